package reach_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/value/tri"
)

// A hop of a path, with the code that makes it pass, the code that cuts it, and
// the code that leaves it open, in one language. An empty text leaves it out.
type hop struct{ on, off, open string }

// setting is what the cases have in common in one language and address family.
type setting struct {
	file string
	hops map[string]hop
	// code is the network around the hops, which stand in it as {name}.
	code string
}

func settingOf(language string, v6 bool) setting {
	if language == "terraform" {
		return terraformSetting(v6)
	}
	return cloudFormationSetting(v6)
}

func terraformSetting(v6 bool) setting {
	all, inside, routeAttr, aclAttr, sgAttr := "0.0.0.0/0", "10.0.0.0/8", "destination_cidr_block", "cidr_block", "cidr_blocks"
	if v6 {
		all, inside, routeAttr, aclAttr, sgAttr = "::/0", "fd00::/8", "destination_ipv6_cidr_block", "ipv6_cidr_block", "ipv6_cidr_blocks"
	}
	return setting{file: "main.tf", hops: map[string]hop{
		"attached":    {"vpc_id = aws_vpc.v.id", "", "vpc_id = var.u"},
		"associated":  {"count = 1", "count = 0", "count = var.u"},
		"destination": {fmt.Sprintf("%s = %q", routeAttr, all), fmt.Sprintf("%s = %q", routeAttr, inside), routeAttr + " = var.u"},
		"target":      {"gateway_id = aws_internet_gateway.g.id", "nat_gateway_id = aws_nat_gateway.n.id", "gateway_id = var.u"},
		"acl in":      {`rule_action = "allow"`, `rule_action = "deny"`, "rule_action = var.u"},
		"acl out":     {"from_port = 1024", "from_port = 65536", "from_port = var.u"},
		"source":      {fmt.Sprintf("%s = [%q]", sgAttr, all), fmt.Sprintf("%s = [%q]", sgAttr, inside), sgAttr + " = [var.u]"},
		"protocol":    {`protocol = "tcp"`, `protocol = "icmp"`, "protocol = var.u"},
	}, code: `
variable "u" {}
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_internet_gateway" "g" {
  {attached}
}
resource "aws_nat_gateway" "n" { subnet_id = aws_subnet.s.id }
resource "aws_subnet" "s" { vpc_id = aws_vpc.v.id }
resource "aws_db_subnet_group" "s" {
  name = "s"
  subnet_ids = [aws_subnet.s.id]
}
resource "aws_route_table" "t" { vpc_id = aws_vpc.v.id }
resource "aws_route_table_association" "a" {
  {associated}
  subnet_id = aws_subnet.s.id
  route_table_id = aws_route_table.t.id
}
resource "aws_route" "r" {
  route_table_id = aws_route_table.t.id
  {destination}
  {target}
}
resource "aws_network_acl" "l" {
  vpc_id = aws_vpc.v.id
  subnet_ids = [aws_subnet.s.id]
}
resource "aws_network_acl_rule" "in" {
  network_acl_id = aws_network_acl.l.id
  rule_number = 100
  protocol = "-1"
  {acl in}
  ` + aclAttr + ` = "` + all + `"
}
resource "aws_network_acl_rule" "out" {
  network_acl_id = aws_network_acl.l.id
  egress = true
  rule_number = 100
  rule_action = "allow"
  protocol = "tcp"
  {acl out}
  to_port = 65535
  ` + aclAttr + ` = "` + all + `"
}
resource "aws_security_group" "k" {
  vpc_id = aws_vpc.v.id
  ingress {
    {protocol}
    from_port = 0
    to_port = 6000
    {source}
  }
}
`}
}

func cloudFormationSetting(v6 bool) setting {
	all, inside, routeAttr, aclAttr, sgAttr := "0.0.0.0/0", "10.0.0.0/8", "DestinationCidrBlock", "CidrBlock", "CidrIp"
	if v6 {
		all, inside, routeAttr, aclAttr, sgAttr = "'::/0'", "'fd00::/8'", "DestinationIpv6CidrBlock", "Ipv6CidrBlock", "CidrIpv6"
	}
	return setting{file: "template.yaml", hops: map[string]hop{
		"attached":    {"VpcId: !Ref V", "VpcId: !Ref Other", "VpcId: !Ref U"},
		"associated":  {"SubnetId: !Ref S", "SubnetId: !Ref S2", "SubnetId: !Ref U"},
		"destination": {routeAttr + ": " + all, routeAttr + ": " + inside, routeAttr + ": !Ref U"},
		"target":      {"GatewayId: !Ref G", "NatGatewayId: !Ref N", "GatewayId: !Ref U"},
		"acl in":      {"RuleAction: allow", "RuleAction: deny", "RuleAction: !Ref U"},
		"acl out":     {"{From: 1024, To: 65535}", "{From: 1, To: 1023}", "{From: !Ref U, To: 65535}"},
		"source":      {sgAttr + ": " + all, sgAttr + ": " + inside, sgAttr + ": !Ref U"},
		"protocol":    {"IpProtocol: tcp", "IpProtocol: icmp", "IpProtocol: !Ref U"},
	}, code: `
Parameters:
  U: {Type: String}
Resources:
  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  G: {Type: AWS::EC2::InternetGateway}
  GA:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties:
      InternetGatewayId: !Ref G
      {attached}
  N: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref S}}
  S: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V}}
  S2: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V}}
  SG: {Type: AWS::RDS::DBSubnetGroup, Properties: {SubnetIds: [!Ref S]}}
  T: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref V}}
  A:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      RouteTableId: !Ref T
      {associated}
  R:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref T
      {destination}
      {target}
  L: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref V}}
  LA: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref S, NetworkAclId: !Ref L}}
  In:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref L
      RuleNumber: 100
      Protocol: -1
      {acl in}
      ` + aclAttr + `: ` + all + `
  Out:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref L
      Egress: true
      RuleNumber: 100
      RuleAction: allow
      Protocol: 6
      PortRange: {acl out}
      ` + aclAttr + `: ` + all + `
  K:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: k
      VpcId: !Ref V
      SecurityGroupIngress:
        - FromPort: 0
          ToPort: 6000
          {protocol}
          {source}
`}
}

// subject is a thing in the network, with the hops that are its own.
type subject struct {
	addr map[string]string
	hops map[string]map[string]hop // by language
	code map[string]string
}

func subjects(v6 bool) map[string]subject {
	out := map[string]subject{"instance": instanceSubject(v6), "load balancer": loadBalancerSubject(v6), "scaling group": scalingSubject(v6)}
	if !v6 { // the others have public addresses of one family only
		out["database"], out["task"] = databaseSubject(), taskSubject()
		out["classic load balancer"] = classicSubject()
	}
	return out
}

func instanceSubject(v6 bool) subject {
	s := subject{
		addr: map[string]string{"terraform": "aws_instance.x", "cloudformation": "X"},
		hops: map[string]map[string]hop{
			"terraform":      {"address": {"associate_public_ip_address = true", "associate_public_ip_address = false", "associate_public_ip_address = var.u"}},
			"cloudformation": {"address": {"AssociatePublicIpAddress: true", "AssociatePublicIpAddress: false", "AssociatePublicIpAddress: !Ref U"}},
		},
		code: map[string]string{
			"terraform": `
resource "aws_instance" "x" {
  subnet_id = aws_subnet.s.id
  vpc_security_group_ids = [aws_security_group.k.id]
  {address}
}`,
			"cloudformation": `
  X:
    Type: AWS::EC2::Instance
    Properties:
      NetworkInterfaces:
        - DeviceIndex: "0"
          SubnetId: !Ref S
          GroupSet: [!Ref K]
          {address}
`,
		},
	}
	if v6 {
		s.hops["terraform"]["address"] = hop{"ipv6_address_count = 1", "ipv6_address_count = 0", "ipv6_address_count = var.u"}
		s.hops["cloudformation"]["address"] = hop{"Ipv6AddressCount: 1", "Ipv6AddressCount: 0", "Ipv6AddressCount: !Ref U"}
	}
	return s
}

func scalingSubject(v6 bool) subject {
	s := subject{
		addr: map[string]string{"terraform": "aws_autoscaling_group.x", "cloudformation": "X"},
		hops: map[string]map[string]hop{
			"terraform":      {"address": {"associate_public_ip_address = true", "associate_public_ip_address = false", "associate_public_ip_address = var.u"}},
			"cloudformation": {"address": {"AssociatePublicIpAddress: true", "AssociatePublicIpAddress: false", "AssociatePublicIpAddress: !Ref U"}},
		},
		code: map[string]string{
			"terraform": `
resource "aws_launch_template" "lt" {
  network_interfaces {
    security_groups = [aws_security_group.k.id]
    {address}
  }
}
resource "aws_autoscaling_group" "x" {
  vpc_zone_identifier = [aws_subnet.s.id]
  launch_template {
    id = aws_launch_template.lt.id
  }
}`,
			"cloudformation": `
  LT:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        NetworkInterfaces:
          - DeviceIndex: 0
            Groups: [!Ref K]
            {address}
  X:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      VPCZoneIdentifier: [!Ref S]
      LaunchTemplate: {LaunchTemplateId: !Ref LT, Version: "1"}
`,
		},
	}
	if v6 {
		s.hops["terraform"]["address"] = hop{"ipv6_address_count = 1", "ipv6_address_count = 0", "ipv6_address_count = var.u"}
		s.hops["cloudformation"]["address"] = hop{"Ipv6AddressCount: 1", "Ipv6AddressCount: 0", "Ipv6AddressCount: !Ref U"}
	}
	return s
}

func databaseSubject() subject {
	return subject{
		addr: map[string]string{"terraform": "aws_db_instance.x", "cloudformation": "X"},
		hops: map[string]map[string]hop{
			"terraform": {
				"address": {"publicly_accessible = true", "publicly_accessible = false", "publicly_accessible = var.u"},
				"engine":  {`engine = "postgres"`, "port = 7000", "port = var.u"},
			},
			"cloudformation": {
				"address": {"PubliclyAccessible: true", "PubliclyAccessible: false", "PubliclyAccessible: !Ref U"},
				"engine":  {"Engine: postgres", "Port: 7000", "Port: !Ref U"},
			},
		},
		code: map[string]string{
			"terraform": `
resource "aws_db_instance" "x" {
  db_subnet_group_name = aws_db_subnet_group.s.name
  vpc_security_group_ids = [aws_security_group.k.id]
  {engine}
  {address}
}`,
			"cloudformation": `
  X:
    Type: AWS::RDS::DBInstance
    Properties:
      DBSubnetGroupName: !Ref SG
      VPCSecurityGroups: [!GetAtt K.GroupId]
      {engine}
      {address}
`,
		},
	}
}

func taskSubject() subject {
	return subject{
		addr: map[string]string{"terraform": "aws_ecs_service.x", "cloudformation": "X"},
		hops: map[string]map[string]hop{
			"terraform": {
				"address": {"assign_public_ip = true", "assign_public_ip = false", "assign_public_ip = var.u"},
				"fargate": {`launch_type = "FARGATE"`, `launch_type = "EC2"`, "launch_type = var.u"},
			},
			"cloudformation": {
				"address": {"AssignPublicIp: ENABLED", "AssignPublicIp: DISABLED", "AssignPublicIp: !Ref U"},
				"fargate": {"LaunchType: FARGATE", "LaunchType: EC2", "LaunchType: !Ref U"},
			},
		},
		code: map[string]string{
			"terraform": `
resource "aws_ecs_service" "x" {
  name = "x"
  {fargate}
  network_configuration {
    subnets = [aws_subnet.s.id]
    security_groups = [aws_security_group.k.id]
    {address}
  }
}`,
			"cloudformation": `
  X:
    Type: AWS::ECS::Service
    Properties:
      {fargate}
      NetworkConfiguration:
        AwsvpcConfiguration:
          Subnets: [!Ref S]
          SecurityGroups: [!Ref K]
          {address}
`,
		},
	}
}

func loadBalancerSubject(v6 bool) subject {
	s := subject{
		addr: map[string]string{"terraform": "aws_lb.x", "cloudformation": "X"},
		hops: map[string]map[string]hop{
			"terraform": {
				"address":  {"internal = false", "internal = true", "internal = var.u"},
				"listener": {"port = 443", "port = 8443", "port = var.u"},
			},
			"cloudformation": {
				"address":  {"Scheme: internet-facing", "Scheme: internal", "Scheme: !Ref U"},
				"listener": {"Port: 443", "Port: 8443", "Port: !Ref U"},
			},
		},
		code: map[string]string{
			"terraform": `
resource "aws_lb" "x" {
  name = "x"
  subnets = [aws_subnet.s.id]
  security_groups = [aws_security_group.k.id]
  ip_address_type = "dualstack"
  {address}
}
resource "aws_lb_listener" "x" {
  load_balancer_arn = aws_lb.x.arn
  {listener}
}`,
			"cloudformation": `
  X:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Subnets: [!Ref S]
      SecurityGroups: [!Ref K]
      IpAddressType: dualstack
      {address}
  XL:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref X
      {listener}
`,
		},
	}
	if v6 {
		stack := map[string]hop{
			"terraform":      {`ip_address_type = "dualstack"`, `ip_address_type = "ipv4"`, "ip_address_type = var.u"},
			"cloudformation": {"IpAddressType: dualstack", "IpAddressType: ipv4", "IpAddressType: !Ref U"},
		}
		for language, h := range stack {
			s.hops[language]["stack"] = h
			s.code[language] = strings.Replace(s.code[language], h.on, "{stack}", 1)
		}
	}
	return s
}

func classicSubject() subject {
	return subject{
		addr: map[string]string{"terraform": "aws_elb.x", "cloudformation": "X"},
		hops: map[string]map[string]hop{
			"terraform": {
				"address":  {"internal = false", "internal = true", "internal = var.u"},
				"listener": {"lb_port = 443", "lb_port = 8443", "lb_port = var.u"},
			},
			"cloudformation": {
				"address":  {"Scheme: internet-facing", "Scheme: internal", "Scheme: !Ref U"},
				"listener": {"LoadBalancerPort: 443", "LoadBalancerPort: 8443", "LoadBalancerPort: !Ref U"},
			},
		},
		code: map[string]string{
			"terraform": `
resource "aws_elb" "x" {
  name = "x"
  subnets = [aws_subnet.s.id]
  security_groups = [aws_security_group.k.id]
  {address}
  listener {
    instance_port = 80
    instance_protocol = "tcp"
    lb_protocol = "tcp"
    {listener}
  }
}`,
			"cloudformation": `
  X:
    Type: AWS::ElasticLoadBalancing::LoadBalancer
    Properties:
      Subnets: [!Ref S]
      SecurityGroups: [!Ref K]
      {address}
      Listeners:
        - InstancePort: "80"
          Protocol: tcp
          {listener}
`,
		},
	}
}

// fill writes the code with one hop changed.
func fill(code string, hops map[string]hop, changed, text string) string {
	for name, h := range hops {
		on := h.on
		if name == changed {
			on = text
		}
		code = strings.ReplaceAll(code, "{"+name+"}", on)
	}
	return code
}

// TestTruthTable toggles each hop alone: cut, the thing is not reachable; open,
// the answer is open and says what is missing.
func TestTruthTable(t *testing.T) {
	cases := 0
	for _, v6 := range []bool{false, true} {
		for _, language := range []string{"terraform", "cloudformation"} {
			for kind, s := range subjects(v6) {
				base := settingOf(language, v6)
				hops := maps.Clone(base.hops)
				maps.Copy(hops, s.hops[language])
				code := base.code + s.code[language]
				check := func(name, changed, text string, want tri.Bool) {
					cases++
					t.Run(fmt.Sprintf("%s/%s/v6=%v/%s", kind, language, v6, name), func(t *testing.T) {
						g := load(t, base.file, fill(code, hops, changed, text))
						e := exposure(t, g, reachOf(g), s.addr[language])
						if e.Result != want {
							t.Errorf("got %v, want %v\nmissing %v\ncuts %v\n%s", e.Result, want, e.Missing, e.Cuts, fill(code, hops, changed, text))
						}
						switch {
						case want == tri.True && (len(e.Paths) == 0 || len(e.Paths[0].Hops) < 4):
							t.Errorf("the path has no hops: %v", e.Paths)
						case want == tri.Unknown && len(e.Missing) == 0:
							t.Error("it is open without saying what is missing")
						case want == tri.False && len(e.Cuts) == 0:
							t.Error("it does not say where the path is cut")
						}
					})
				}
				check("all on", "", "", tri.True)
				for _, name := range slices.Sorted(maps.Keys(hops)) {
					check(name+" off", name, hops[name].off, tri.False)
					check(name+" open", name, hops[name].open, tri.Unknown)
				}
			}
		}
	}
	if cases < 150 {
		t.Errorf("only %d cases", cases)
	}
}
