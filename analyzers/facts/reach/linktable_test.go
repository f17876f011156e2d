package reach_test

// network is a subnet with a load balancer X that has no public address.
var network = map[string]string{
	tf: `
variable "u" {}
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "b" { vpc_id = aws_vpc.v.id }
resource "aws_security_group" "k" { vpc_id = aws_vpc.v.id }
resource "aws_security_group" "other" { vpc_id = aws_vpc.v.id }
resource "aws_vpc_security_group_egress_rule" "k" {
  security_group_id = aws_security_group.k.id
  ip_protocol = "-1"
  cidr_ipv4 = "0.0.0.0/0"
}
resource "aws_security_group" "t" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol = "tcp"
    from_port = 443
    to_port = 443
    {admits}
  }
}
resource "aws_lb" "y" { internal = true }
resource "aws_lb" "x" {
  internal = true
  subnets = [aws_subnet.b.id]
  security_groups = [aws_security_group.t.id]
}
resource "aws_lb_listener" "y" {
  load_balancer_arn = aws_lb.y.arn
  port = 443
}
resource "aws_lb_listener" "x" {
  load_balancer_arn = aws_lb.x.arn
  {listens}
}`,
	cfn: `
Parameters:
  U: {Type: String}
Resources:
  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V}}
  K: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: k, VpcId: !Ref V}}
  Nobody: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: nobody, VpcId: !Ref V}}
  T:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: t
      VpcId: !Ref V
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 443
          ToPort: 443
          {admits}
  Y: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal}}
  X: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [!Ref B], SecurityGroups: [!Ref T]}}
  LY: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Y, Port: 443}}
  LX:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref X
      {listens}
`}

// linked are the paths of services into that network.
func linked() map[string]service {
	balancerX := map[string]string{tf: "aws_lb.x", cfn: "X"}
	listens := map[string]hop{tf: {"port = 443", "port = 444", "port = var.u"}, cfn: {"Port: 443", "Port: 444", "Port: !Ref U"}}
	anybody := map[string]hop{
		tf:  {`cidr_blocks = ["0.0.0.0/0"]`, `cidr_blocks = ["192.168.0.0/16"]`, "cidr_blocks = [var.u]"},
		cfn: {"CidrIp: 0.0.0.0/0", "CidrIp: 192.168.0.0/16", "CidrIp: !Ref U"},
	}
	return map[string]service{
		"load balancer behind Global Accelerator": {addr: balancerX, hops: map[string]map[string]hop{
			tf: {"admits": anybody[tf], "listens": listens[tf],
				"enabled":  {"enabled = true", "enabled = false", "enabled = var.u"},
				"endpoint": {"endpoint_id = aws_lb.x.arn", "endpoint_id = aws_lb.y.arn", "endpoint_id = var.u"},
				"weight":   {"weight = 1", "weight = 0", "weight = var.u"},
				"ports":    {"from_port = 443", "from_port = 444", "from_port = var.u"}},
			cfn: {"admits": anybody[cfn], "listens": listens[cfn],
				"enabled":  {"Enabled: true", "Enabled: false", "Enabled: !Ref U"},
				"endpoint": {"EndpointId: !Ref X", "EndpointId: !Ref Y", "EndpointId: !Ref U"},
				"weight":   {"Weight: 1", "Weight: 0", "Weight: !Ref U"},
				"ports":    {"{FromPort: 443, ToPort: 500}", "{FromPort: 444, ToPort: 500}", "{FromPort: !Ref U, ToPort: 500}"}},
		}, code: map[string]string{
			tf: network[tf] + `
resource "aws_globalaccelerator_accelerator" "a" {
  name = "a"
  {enabled}
}
resource "aws_globalaccelerator_listener" "l" {
  accelerator_arn = aws_globalaccelerator_accelerator.a.arn
  protocol = "TCP"
  port_range {
    {ports}
    to_port = 500
  }
}
resource "aws_globalaccelerator_endpoint_group" "g" {
  listener_arn = aws_globalaccelerator_listener.l.arn
  endpoint_configuration {
    {endpoint}
    {weight}
  }
}`,
			cfn: network[cfn] + `
  A:
    Type: AWS::GlobalAccelerator::Accelerator
    Properties:
      Name: a
      {enabled}
  L:
    Type: AWS::GlobalAccelerator::Listener
    Properties:
      AcceleratorArn: !Ref A
      Protocol: TCP
      PortRanges:
        - {ports}
  G:
    Type: AWS::GlobalAccelerator::EndpointGroup
    Properties:
      ListenerArn: !Ref L
      EndpointGroupRegion: eu-west-1
      EndpointConfigurations:
        - {endpoint}
          {weight}
`}},
		"load balancer behind HTTP API": {addr: balancerX, hops: map[string]map[string]hop{
			tf: {"listens": listens[tf],
				"admits":      {"security_groups = [aws_security_group.k.id]", "security_groups = [aws_security_group.other.id]", "security_groups = [var.u]"},
				"link":        {"security_group_ids = [aws_security_group.k.id]", "security_group_ids = [aws_security_group.other.id]", "security_group_ids = [var.u]"},
				"integration": {"integration_uri = aws_lb_listener.x.arn", "integration_uri = aws_lb_listener.y.arn", "integration_uri = var.u"}},
			cfn: {"listens": listens[cfn],
				"admits":      {"SourceSecurityGroupId: !Ref K", "SourceSecurityGroupId: !Ref Nobody", "SourceSecurityGroupId: !Ref U"},
				"link":        {"SecurityGroupIds: [!Ref K]", "SecurityGroupIds: [!Ref Nobody]", "SecurityGroupIds: [!Ref U]"},
				"integration": {"IntegrationUri: !Ref LX", "IntegrationUri: !Ref LY", "IntegrationUri: !Ref U"}},
		}, code: map[string]string{
			tf: network[tf] + `
resource "aws_apigatewayv2_api" "a" {
  name = "a"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_stage" "s" {
  api_id = aws_apigatewayv2_api.a.id
  name = "$default"
}
resource "aws_apigatewayv2_vpc_link" "l" {
  name = "l"
  subnet_ids = [aws_subnet.b.id]
  {link}
}
resource "aws_apigatewayv2_integration" "i" {
  api_id = aws_apigatewayv2_api.a.id
  integration_type = "HTTP_PROXY"
  connection_type = "VPC_LINK"
  connection_id = aws_apigatewayv2_vpc_link.l.id
  {integration}
}
resource "aws_apigatewayv2_route" "r" {
  api_id = aws_apigatewayv2_api.a.id
  route_key = "$default"
  target = "integrations/${aws_apigatewayv2_integration.i.id}"
}`,
			cfn: network[cfn] + `
  A: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}
  S: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref A, StageName: $default}}
  Link:
    Type: AWS::ApiGatewayV2::VpcLink
    Properties:
      Name: l
      SubnetIds: [!Ref B]
      {link}
  I:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref A
      IntegrationType: HTTP_PROXY
      ConnectionType: VPC_LINK
      ConnectionId: !Ref Link
      {integration}
  R: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref A, RouteKey: $default, Target: !Sub 'integrations/${I}'}}
`}},
		"load balancer behind CloudFront in the VPC": {addr: balancerX, hops: map[string]map[string]hop{
			tf: {"admits": anybody[tf], "listens": listens[tf],
				"enabled": {"enabled = true", "enabled = false", "enabled = var.u"},
				"target":  {"arn = aws_lb.x.arn", "arn = aws_lb.y.arn", "arn = var.u"},
				"policy":  {`origin_protocol_policy = "https-only"`, `origin_protocol_policy = "http-only"`, "origin_protocol_policy = var.u"}},
			cfn: {"admits": anybody[cfn], "listens": listens[cfn],
				"enabled": {"Enabled: true", "Enabled: false", "Enabled: !Ref U"},
				"target":  {"Arn: !Ref X", "Arn: !Ref Y", "Arn: !Ref U"},
				"policy":  {"OriginProtocolPolicy: https-only", "OriginProtocolPolicy: http-only", "OriginProtocolPolicy: !Ref U"}},
		}, code: map[string]string{
			tf: network[tf] + `
resource "aws_cloudfront_vpc_origin" "o" {
  vpc_origin_endpoint_config {
    name = "o"
    http_port = 80
    https_port = 443
    {target}
    {policy}
  }
}
resource "aws_cloudfront_distribution" "d" {
  {enabled}
  origin {
    origin_id = "o"
    domain_name = "internal"
    vpc_origin_config {
      vpc_origin_id = aws_cloudfront_vpc_origin.o.id
    }
  }
  default_cache_behavior {
    target_origin_id = "o"
  }
}`,
			cfn: network[cfn] + `
  O:
    Type: AWS::CloudFront::VpcOrigin
    Properties:
      VpcOriginEndpointConfig:
        Name: o
        {target}
        {policy}
  D:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        {enabled}
        Origins: [{Id: o, DomainName: internal, VpcOriginConfig: {VpcOriginId: !GetAtt O.Id}}]
        DefaultCacheBehavior: {ViewerProtocolPolicy: https-only, TargetOriginId: o}
`}},
	}
}
