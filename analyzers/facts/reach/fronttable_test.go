package reach_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analyzers/facts/reach"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value/tri"
)

// fronted asks what comes to a node through something in front of it.
func fronted(t testing.TB, g *graph.Graph, r *reach.Reach, addr string) *reach.Exposure {
	t.Helper()
	n := g.Lookup(g.Units()[0], addr)
	if n == nil {
		t.Fatalf("no node %s", addr)
	}
	e, known := r.FromFronts(n)
	if !known {
		t.Fatalf("%s can't be behind anything", addr)
	}
	return e
}

// balancedSetting adds, to the network of the direct paths, a load balancer in its
// subnet, and what is behind that in another one.
func balancedSetting(language string, v6 bool) setting {
	s := settingOf(language, v6)
	// What the load balancer has in front is tried by the table of direct paths.
	on := s.hops
	s.hops = map[string]hop{"source": on["source"], "destination": on["destination"]}
	for name, h := range on {
		if s.hops[name].on == "" {
			s.code = strings.ReplaceAll(s.code, "{"+name+"}", h.on)
		}
	}
	more := map[string]map[string]hop{
		"terraform": {
			"scheme":    {"internal = false", "internal = true", "internal = var.u"},
			"listens":   {"port = 443", "port = 8443", "port = var.u"},
			"balancer":  {"load_balancer_arn = aws_lb.f.arn", "load_balancer_arn = aws_lb.other.arn", "load_balancer_arn = var.u"},
			"lb out":    {"to_port = 80", "to_port = 79", "to_port = var.u"},
			"target in": {`action = "allow"`, `action = "deny"`, "action = var.u"},
			"answer":    {"from_port = 1024", "from_port = 65536", "from_port = var.u"},
		},
		"cloudformation": {
			"scheme":    {"Scheme: internet-facing", "Scheme: internal", "Scheme: !Ref U"},
			"listens":   {"Port: 443", "Port: 8443", "Port: !Ref U"},
			"balancer":  {"LoadBalancerArn: !Ref F", "LoadBalancerArn: !Ref Internal", "LoadBalancerArn: !Ref U"},
			"lb out":    {"{From: 0, To: 80}", "{From: 0, To: 79}", "{From: 0, To: !Ref U}"},
			"target in": {"RuleAction: allow", "RuleAction: deny", "RuleAction: !Ref U"},
			"answer":    {"{From: 1024, To: 65535}", "{From: 1, To: 1023}", "{From: !Ref U, To: 65535}"},
		},
	}
	maps.Copy(s.hops, more[language])
	s.code = strings.Replace(s.code, "GroupDescription: k\n", `GroupDescription: k
      SecurityGroupEgress:
        - IpProtocol: tcp
          FromPort: 80
          ToPort: 80
          {egress}
`, 1)
	s.code += map[string]string{"terraform": balancedTerraform, "cloudformation": balancedCloudFormation}[language]
	return s
}

const balancedTerraform = `
resource "aws_subnet" "b" {
  vpc_id = aws_vpc.v.id
  cidr_block = "10.0.2.0/24"
}
resource "aws_network_acl_rule" "lb_out" {
  network_acl_id = aws_network_acl.l.id
  egress = true
  rule_number = 50
  rule_action = "allow"
  protocol = "tcp"
  from_port = 0
  {lb out}
  cidr_block = "10.0.0.0/16"
}
resource "aws_network_acl_rule" "lb_back" {
  network_acl_id = aws_network_acl.l.id
  rule_number = 50
  rule_action = "allow"
  protocol = "tcp"
  from_port = 1024
  to_port = 65535
  cidr_block = "10.0.0.0/16"
}
resource "aws_network_acl" "m" {
  vpc_id = aws_vpc.v.id
  subnet_ids = [aws_subnet.b.id]
  ingress {
    rule_no = 1
    protocol = "tcp"
    {target in}
    from_port = 80
    to_port = 80
    cidr_block = "0.0.0.0/0"
  }
  egress {
    rule_no = 1
    protocol = "tcp"
    action = "allow"
    {answer}
    to_port = 65535
    cidr_block = "0.0.0.0/0"
  }
}
resource "aws_security_group" "other" { vpc_id = aws_vpc.v.id }
resource "aws_security_group" "t" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol = "tcp"
    from_port = 80
    to_port = 80
    {admits}
  }
}
resource "aws_security_group_rule" "out" {
  type = "egress"
  security_group_id = aws_security_group.k.id
  protocol = "tcp"
  from_port = 80
  to_port = 80
  {egress}
}
resource "aws_lb_target_group" "g" {
  vpc_id = aws_vpc.v.id
  {group}
}
resource "aws_lb_target_group" "other" {
  vpc_id = aws_vpc.v.id
  {group}
}
resource "aws_lb" "f" {
  subnets = [aws_subnet.s.id]
  security_groups = [aws_security_group.k.id]
  ip_address_type = "dualstack"
  {type}
  {scheme}
}
resource "aws_lb" "other" {
  internal = true
  subnets = [aws_subnet.s.id]
  security_groups = [aws_security_group.k.id]
  {type}
}
resource "aws_lb_listener" "f" {
  {balancer}
  {listens}
  {protocol of listener}
  default_action {
    type = "forward"
    {forward}
  }
}
`

const balancedCloudFormation = `
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V, CidrBlock: 10.0.2.0/24}}
  LbOut:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref L
      Egress: true
      RuleNumber: 50
      RuleAction: allow
      Protocol: 6
      PortRange: {lb out}
      CidrBlock: 10.0.0.0/16
  LbBack: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref L, RuleNumber: 50, RuleAction: allow, Protocol: 6, PortRange: {From: 1024, To: 65535}, CidrBlock: 10.0.0.0/16}}
  M: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref V}}
  MA: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref B, NetworkAclId: !Ref M}}
  TargetIn:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref M
      RuleNumber: 1
      Protocol: 6
      PortRange: {From: 80, To: 80}
      CidrBlock: 0.0.0.0/0
      {target in}
  Answer:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref M
      Egress: true
      RuleNumber: 1
      RuleAction: allow
      Protocol: 6
      PortRange: {answer}
      CidrBlock: 0.0.0.0/0
  Nobody: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: nobody, VpcId: !Ref V}}
  TG:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: t
      VpcId: !Ref V
  TGIn:
    Type: AWS::EC2::SecurityGroupIngress
    Properties:
      GroupId: !Ref TG
      IpProtocol: tcp
      FromPort: 80
      ToPort: 80
      {admits}
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      VpcId: !Ref V
      {group}
      {targets}
  OtherGroup:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      VpcId: !Ref V
      {group}
  F:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Subnets: [!Ref S]
      SecurityGroups: [!Ref K]
      IpAddressType: dualstack
      {type}
      {scheme}
  Internal:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internal, Subnets: [!Ref S], SecurityGroups: [!Ref K]}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      {balancer}
      {listens}
      {protocol of listener}
      DefaultActions:
        - Type: forward
          {forward}
`

// behind is something behind a load balancer.
type behind struct {
	subject
	// fill says what stands in the places of the setting that are no hops.
	fill map[string]map[string]string
	// without are hops of the setting that it has not.
	without []string
}

// balancedSubjects are what can be behind load balancers, and how.
func balancedSubjects() map[string]behind {
	byGroup := map[string]map[string]hop{
		tf: {
			"admits":  {"security_groups = [aws_security_group.k.id]", "security_groups = [aws_security_group.other.id]", "security_groups = [var.u]"},
			"egress":  {"source_security_group_id = aws_security_group.t.id", "source_security_group_id = aws_security_group.other.id", "source_security_group_id = var.u"},
			"forward": {"target_group_arn = aws_lb_target_group.g.arn", "target_group_arn = aws_lb_target_group.other.arn", "target_group_arn = var.u"},
		},
		cfn: {
			"admits":  {"SourceSecurityGroupId: !Ref K", "SourceSecurityGroupId: !Ref Nobody", "SourceSecurityGroupId: !Ref U"},
			"egress":  {"DestinationSecurityGroupId: !Ref TG", "DestinationSecurityGroupId: !Ref Nobody", "DestinationSecurityGroupId: !Ref U"},
			"forward": {"TargetGroupArn: !Ref Group", "TargetGroupArn: !Ref OtherGroup", "TargetGroupArn: !Ref U"},
		},
	}
	with := func(language string, more map[string]hop) map[string]hop {
		out := maps.Clone(byGroup[language])
		maps.Copy(out, more)
		return out
	}
	application := map[string]map[string]string{
		tf:  {"group": "port = 80\n  protocol = \"HTTP\"\n  target_type = \"instance\"", "type": "", "protocol of listener": `protocol = "HTTPS"`},
		cfn: {"group": "Port: 80\n      Protocol: HTTP", "type": "", "protocol of listener": "Protocol: HTTPS"},
	}
	ip := map[string]map[string]string{
		tf:  {"group": "port = 9\n  protocol = \"HTTP\"\n  target_type = \"ip\"", "type": "", "protocol of listener": `protocol = "HTTPS"`},
		cfn: {"group": "Port: 9\n      Protocol: HTTP\n      TargetType: ip", "type": "", "protocol of listener": "Protocol: HTTPS"},
	}
	network := map[string]map[string]string{
		tf:  {"group": "port = 80\n  protocol = \"TCP\"", "type": `load_balancer_type = "network"`, "protocol of listener": `protocol = "TCP"`},
		cfn: {"group": "Port: 80\n      Protocol: TCP", "type": "Type: network", "protocol of listener": "Protocol: TCP"},
	}
	// Packets keep the address of the client, which the target has to admit.
	client := map[string]map[string]hop{
		tf:  {"admits": {`cidr_blocks = ["0.0.0.0/0"]`, `cidr_blocks = ["192.168.0.0/16"]`, "cidr_blocks = [var.u]"}},
		cfn: {"admits": {"CidrIp: 0.0.0.0/0", "CidrIp: 192.168.0.0/16", "CidrIp: !Ref U"}},
	}
	instances := map[string]string{
		tf: `
resource "aws_instance" "y" { subnet_id = aws_subnet.b.id }
resource "aws_instance" "x" {
  subnet_id = aws_subnet.b.id
  vpc_security_group_ids = [aws_security_group.t.id]
}
resource "aws_lb_target_group_attachment" "x" {
  target_group_arn = aws_lb_target_group.g.arn
  {target}
}`,
		cfn: `
  Y: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref B}}
  X: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref B, SecurityGroupIds: [!Ref TG]}}
`,
	}
	addresses := map[string]string{tf: "aws_instance.x", cfn: "X"}
	toInstance := map[string]hop{
		tf:  {"target_id = aws_instance.x.id", "target_id = aws_instance.y.id", "target_id = var.u"},
		cfn: {"Targets: [{Id: !Ref X}]", "Targets: [{Id: !Ref Y}]", "Targets: [{Id: !Ref U}]"},
	}
	return map[string]behind{
		"instance behind application load balancer": {
			subject: subject{addr: addresses, code: instances, hops: map[string]map[string]hop{
				tf: with(tf, map[string]hop{"target": toInstance[tf]}), cfn: with(cfn, map[string]hop{"targets": toInstance[cfn]})}},
			fill: application,
		},
		"instance behind network load balancer": {
			subject: subject{addr: addresses, code: instances, hops: map[string]map[string]hop{
				tf:  with(tf, map[string]hop{"target": toInstance[tf], "admits": client[tf]["admits"]}),
				cfn: with(cfn, map[string]hop{"targets": toInstance[cfn], "admits": client[cfn]["admits"]})}},
			fill: network,
		},
		"task behind application load balancer": {
			subject: subject{addr: map[string]string{tf: "aws_ecs_service.x", cfn: "X"}, hops: map[string]map[string]hop{
				tf:  with(tf, map[string]hop{"service": {"target_group_arn = aws_lb_target_group.g.arn", "target_group_arn = aws_lb_target_group.other.arn", "target_group_arn = var.u"}}),
				cfn: with(cfn, map[string]hop{"service": {"TargetGroupArn: !Ref Group", "TargetGroupArn: !Ref OtherGroup", "TargetGroupArn: !Ref U"}})},
				code: map[string]string{tf: `
resource "aws_ecs_service" "x" {
  launch_type = "FARGATE"
  network_configuration {
    subnets = [aws_subnet.b.id]
    security_groups = [aws_security_group.t.id]
  }
  load_balancer {
    {service}
    container_name = "x"
    container_port = 80
  }
}`, cfn: `
  X:
    Type: AWS::ECS::Service
    Properties:
      LaunchType: FARGATE
      NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref B], SecurityGroups: [!Ref TG]}}
      LoadBalancers:
        - ContainerName: x
          ContainerPort: 80
          {service}
`}},
			fill: ip,
		},
		"scaling group behind network load balancer": {
			subject: subject{addr: map[string]string{tf: "aws_autoscaling_group.x", cfn: "X"}, hops: map[string]map[string]hop{
				tf:  with(tf, map[string]hop{"admits": client[tf]["admits"], "registers": {"target_group_arns = [aws_lb_target_group.g.arn]", "target_group_arns = []", "target_group_arns = [var.u]"}}),
				cfn: with(cfn, map[string]hop{"admits": client[cfn]["admits"], "registers": {"TargetGroupARNs: [!Ref Group]", "TargetGroupARNs: []", "TargetGroupARNs: [!Ref U]"}})},
				code: map[string]string{tf: `
resource "aws_launch_template" "x" {
  vpc_security_group_ids = [aws_security_group.t.id]
}
resource "aws_autoscaling_group" "x" {
  vpc_zone_identifier = [aws_subnet.b.id]
  {registers}
  launch_template {
    id = aws_launch_template.x.id
  }
}`, cfn: `
  LT: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {SecurityGroupIds: [!Ref TG]}}}
  X:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      VPCZoneIdentifier: [!Ref B]
      LaunchTemplate: {LaunchTemplateId: !Ref LT, Version: "1"}
      {registers}
`}},
			fill: network,
		},
		"function behind application load balancer": {
			subject: subject{addr: map[string]string{tf: "aws_lambda_function.x", cfn: "X"}, hops: map[string]map[string]hop{
				tf:  {"forward": byGroup[tf]["forward"], "permission": permitted[tf], "target": {"target_id = aws_lambda_function.x.arn", "target_id = aws_lambda_function.y.arn", "target_id = var.u"}},
				cfn: {"forward": byGroup[cfn]["forward"], "permission": permitted[cfn], "targets": {"Targets: [{Id: !GetAtt X.Arn}]", "Targets: [{Id: !GetAtt Y.Arn}]", "Targets: [{Id: !Ref U}]"}}},
				code: map[string]string{tf: permission(tf, "elasticloadbalancing.amazonaws.com") + `
resource "aws_lambda_function" "x" { function_name = "x" }
resource "aws_lambda_function" "y" { function_name = "y" }
resource "aws_lb_target_group_attachment" "x" {
  target_group_arn = aws_lb_target_group.g.arn
  {target}
}`, cfn: permission(cfn, "elasticloadbalancing.amazonaws.com") + `
  X: {Type: AWS::Lambda::Function, Properties: {Role: r, Code: {ZipFile: x}}}
  Y: {Type: AWS::Lambda::Function, Properties: {Role: r, Code: {ZipFile: x}}}
`}},
			fill: map[string]map[string]string{
				tf:  {"group": `target_type = "lambda"`, "type": "", "protocol of listener": `protocol = "HTTPS"`, "admits": "self = true", "egress": "self = true"},
				cfn: {"group": "TargetType: lambda", "type": "", "protocol of listener": "Protocol: HTTPS", "admits": "CidrIp: 10.0.0.0/8", "egress": "CidrIp: 10.0.0.0/8"},
			},
			without: []string{"lb out", "target in", "answer"},
		},
		"application behind network load balancer": {
			subject: subject{addr: map[string]string{tf: "aws_lb.x", cfn: "X"}, hops: map[string]map[string]hop{
				tf: with(tf, map[string]hop{"target": {"target_id = aws_lb.x.arn", "target_id = aws_lb.y.arn", "target_id = var.u"},
					"inner listener": {"port = 80", "port = 81", "port = var.u"}}),
				cfn: with(cfn, map[string]hop{"targets": {"Targets: [{Id: !Ref X}]", "Targets: [{Id: !Ref Y}]", "Targets: [{Id: !Ref U}]"},
					"inner listener": {"Port: 80", "Port: 81", "Port: !Ref U"}})},
				code: map[string]string{tf: `
resource "aws_lb" "y" { internal = true }
resource "aws_lb" "x" {
  internal = true
  subnets = [aws_subnet.b.id]
  security_groups = [aws_security_group.t.id]
}
resource "aws_lb_listener" "x" {
  load_balancer_arn = aws_lb.x.arn
  {inner listener}
}
resource "aws_lb_target_group_attachment" "x" {
  target_group_arn = aws_lb_target_group.g.arn
  {target}
}`, cfn: `
  X: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [!Ref B], SecurityGroups: [!Ref TG]}}
  Y: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [!Ref B]}}
  XL:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref X
      {inner listener}
`}},
			fill: map[string]map[string]string{
				tf:  {"group": "port = 80\n  protocol = \"TCP\"\n  target_type = \"alb\"", "type": `load_balancer_type = "network"`, "protocol of listener": `protocol = "TCP"`},
				cfn: {"group": "Port: 80\n      Protocol: TCP\n      TargetType: alb", "type": "Type: network", "protocol of listener": "Protocol: TCP"},
			},
		},
	}
}

// TestFrontTruthTable toggles each hop of the paths through load balancers alone.
func TestFrontTruthTable(t *testing.T) {
	cases := 0
	for kind, b := range balancedSubjects() {
		for _, v6 := range []bool{false, true} {
			for _, language := range []string{"terraform", "cloudformation"} {
				base := balancedSetting(language, v6)
				hops := maps.Clone(base.hops)
				maps.Copy(hops, b.hops[language])
				for _, name := range b.without {
					hops[name] = hop{on: hops[name].on}
				}
				code := base.code + b.code[language]
				for name, text := range b.fill[language] {
					code = strings.ReplaceAll(code, "{"+name+"}", text)
				}
				if hops["targets"].on == "" {
					code = strings.ReplaceAll(code, "{targets}", "")
				}
				check := func(name, changed, text string, want tri.Bool) {
					cases++
					t.Run(fmt.Sprintf("%s/%s/v6=%v/%s", kind, language, v6, name), func(t *testing.T) {
						written := fill(code, hops, changed, text)
						g := load(t, base.file, written)
						e := fronted(t, g, reachOf(g), b.addr[language])
						checkFronted(t, e, want, written)
					})
				}
				check("all on", "", "", tri.True)
				for _, name := range slices.Sorted(maps.Keys(hops)) {
					if hops[name].off == "" {
						continue
					}
					check(name+" off", name, hops[name].off, tri.False)
					check(name+" open", name, hops[name].open, tri.Unknown)
				}
			}
		}
	}
	if cases < 400 {
		t.Errorf("only %d cases", cases)
	}
}

func checkFronted(t *testing.T, e *reach.Exposure, want tri.Bool, code string) {
	t.Helper()
	if e.Result != want {
		t.Errorf("got %v, want %v\nmissing %v\ncuts %v\n%s", e.Result, want, e.Missing, e.Cuts, code)
	}
	switch {
	case want == tri.True && (len(e.Paths) == 0 || len(e.Paths[0].Fronts) == 0 || len(e.Paths[0].Hops) < 4):
		t.Errorf("the path has no hops: %v", e.Paths)
	case want == tri.Unknown && len(e.Missing) == 0:
		t.Error("it is open without saying what is missing")
	case want == tri.False && len(e.Cuts) == 0:
		t.Error("it does not say where the path is cut")
	}
}
