package topology_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/graphtest"
	"github.com/wacheck/wacheck/value/tri"
)

// A VPC with an internet gateway, a table that leads there and one that does not.
const network = `
resource "aws_vpc" "v" {
}
resource "aws_internet_gateway" "igw" {
  vpc_id = aws_vpc.v.id
}
resource "aws_route_table" "out" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.igw.id
  }
}
resource "aws_route_table" "in" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "10.0.0.0/8"
    gateway_id = aws_internet_gateway.igw.id
  }
}
resource "aws_subnet" "s" {
  vpc_id = aws_vpc.v.id
}
`

const gateway = `{
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.igw.id
  }
`

func TestPublicSubnets(t *testing.T) {
	tests := map[string]struct {
		more string
		want tri.Bool // public?
		fact string   // among the facts
	}{
		"no association: the main table leads nowhere": {"", tri.False, "no route table is associated"},
		"an association with the table that leads out": {`
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.out.id
}`, tri.True, "route 0.0.0.0/0 goes to aws_internet_gateway.igw"},
		"an association with the table that does not": {`
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.in.id
}`, tri.False, ""},
		"an association with a table outside": {`
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = "rtb-0123456789abcdef0"
}`, tri.Unknown, ""},
		"an association that may not exist, and the main table differs": {`
variable "public" {}
resource "aws_route_table_association" "a" {
  count          = var.public ? 1 : 0
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.out.id
}`, tri.Unknown, "may not exist"},
		"an association of an unknown subnet": {`
variable "subnet" {}
resource "aws_route_table_association" "a" {
  subnet_id      = var.subnet
  route_table_id = aws_route_table.out.id
}`, tri.Unknown, "may belong to it"},
		"an association made by a module that is not here": {`
module "routes" {
  source    = "example.com/routes/aws"
  subnet_id = aws_subnet.s.id
}`, tri.Unknown, "module.routes"},
		"a main table that leads out": {`
resource "aws_main_route_table_association" "m" {
  vpc_id         = aws_vpc.v.id
  route_table_id = aws_route_table.out.id
}`, tri.True, "route 0.0.0.0/0"},
		"a main table that may lead out": {`
variable "public" {}
resource "aws_main_route_table_association" "m" {
  count          = var.public ? 1 : 0
  vpc_id         = aws_vpc.v.id
  route_table_id = aws_route_table.out.id
}`, tri.Unknown, ""},
		"an adopted default table that leads out": {`
resource "aws_default_route_table" "d" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  route ` + gateway + `}`, tri.True, "is the main route table"},
		"an adopted default table, where another may be the main one": {`
variable "vpc" {}
resource "aws_default_route_table" "d" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  route ` + gateway + `}
resource "aws_main_route_table_association" "m" {
  vpc_id         = var.vpc
  route_table_id = aws_route_table.in.id
}`, tri.Unknown, "aws_main_route_table_association.m may belong to it"},
		"a route of its own": {`
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.v.id
}
resource "aws_route" "r" {
  route_table_id         = aws_route_table.t.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.igw.id
}
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.t.id
}`, tri.True, "aws_internet_gateway.igw"},
		"a default route over IPv6": {`
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.v.id
  route {
    ipv6_cidr_block = "::/0"
    gateway_id      = aws_internet_gateway.igw.id
  }
}
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.t.id
}`, tri.True, "route ::/0"},
		"a default route to a NAT gateway": {`
resource "aws_nat_gateway" "n" {
}
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.n.id
  }
}
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.t.id
}`, tri.False, ""},
		"a default route to a VPN gateway": {`
resource "aws_vpn_gateway" "n" {
}
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_vpn_gateway.n.id
  }
}
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.t.id
}`, tri.False, ""},
		"a default route to something unknown": {`
variable "gw" {}
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = var.gw
  }
}
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.t.id
}`, tri.Unknown, "gateway_id is unknown"},
		"routes of unknown number": {`
variable "routes" {}
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.v.id
  dynamic "route" {
    for_each = var.routes
    content {
      cidr_block = route.value
      gateway_id = aws_internet_gateway.igw.id
    }
  }
}
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.t.id
}`, tri.Unknown, "route"},
		"an internet gateway outside, by its id": {`
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = "igw-0123456789abcdef0"
  }
}
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.t.id
}`, tri.True, "igw-0123456789abcdef0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			g := graphtest.Load(t, "-- main.tf --\n"+network+tt.more+"\n")
			s := topology.New(g).Subnet(graphtest.Node(t, g, "aws_subnet.s"))
			var facts []string
			for _, f := range s.Public.Facts() {
				facts = append(facts, f.Text)
			}
			if s.Public.Result != tt.want || !strings.Contains(strings.Join(facts, "; "), tt.fact) {
				t.Errorf("public is %v, because %q; want %v, because %q", s.Public.Result, facts, tt.want, tt.fact)
			}
			if s.VPC == nil || s.VPC.Addr != "aws_vpc.v" {
				t.Errorf("the subnet is in %v", s.VPC)
			}
		})
	}
}

// The main table of a VPC that is not in the scan is not known.
func TestSubnetsOfForeignNetworks(t *testing.T) {
	g := graphtest.Load(t, `
-- main.tf --
data "aws_vpc" "v" {
}
resource "aws_subnet" "data" {
  vpc_id = data.aws_vpc.v.id
}
resource "aws_subnet" "literal" {
  vpc_id = "vpc-0123456789abcdef0"
}
resource "aws_instance" "i" {
  subnet_id = "subnet-0123456789abcdef0"
}
resource "aws_default_subnet" "default" {
  availability_zone = "eu-west-1a"
}
-- t.yaml --
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Plain: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}
  Gw: {Type: AWS::EC2::InternetGateway}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Route: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gw}}
  Association: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Out, RouteTableId: !Ref Table}}
`)
	topo := topology.New(g)
	for addr, want := range map[string]tri.Bool{
		"aws_subnet.data": tri.Unknown, "aws_subnet.literal": tri.Unknown, "subnet-0123456789abcdef0": tri.Unknown,
		"aws_default_subnet.default": tri.Unknown, "Plain": tri.False, "Out": tri.True,
	} {
		if got := topo.Subnet(graphtest.Node(t, g, addr)).Public; got.Result != want {
			t.Errorf("%s is public: %v (%v)", addr, got.Result, got.Facts())
		}
	}
}

func TestPlacement(t *testing.T) {
	g := graphtest.Load(t, `
-- main.tf --
variable "subnets" {}
variable "one" {}
resource "aws_subnet" "a" {
}
resource "aws_subnet" "b" {
}
resource "aws_db_subnet_group" "both" {
  name       = "both"
  subnet_ids = [aws_subnet.a.id, aws_subnet.b.id]
}
resource "aws_db_instance" "by_reference" {
  db_subnet_group_name = aws_db_subnet_group.both.name
}
data "aws_caller_identity" "me" {
}
resource "aws_db_subnet_group" "composed" {
  name       = "db-${data.aws_caller_identity.me.account_id}"
  subnet_ids = [aws_subnet.a.id]
}
resource "aws_db_instance" "by_composed_name" {
  db_subnet_group_name = aws_db_subnet_group.composed.name
}
resource "aws_db_instance" "by_name" {
  db_subnet_group_name = "both"
}
resource "aws_db_instance" "elsewhere" {
  db_subnet_group_name = "other"
}
resource "aws_db_instance" "default" {
}
resource "aws_instance" "direct" {
  subnet_id = aws_subnet.a.id
}
resource "aws_instance" "either" {
  subnet_id = var.one ? aws_subnet.a.id : aws_subnet.b.id
}
resource "aws_lb" "unknown" {
  subnets = var.subnets
}
resource "aws_lb" "partly" {
  subnets = concat([aws_subnet.a.id], var.subnets)
}
resource "aws_lambda_function" "outside" {
}
resource "aws_lambda_function" "inside" {
  vpc_config {
    subnet_ids         = [aws_subnet.a.id]
    security_group_ids = [aws_security_group.g.id, "sg-0123456789abcdef0"]
  }
}
resource "aws_security_group" "g" {
}
resource "aws_sqs_queue" "none" {
}
`)
	topo := topology.New(g)
	workloads := map[graph.NodeID]bool{}
	for _, w := range topo.Workloads() {
		workloads[w.Node.ID] = true
	}
	for addr, want := range map[string]struct {
		subnets  string
		complete bool
		kind     aws.WorkloadKind
		listed   bool
	}{
		"aws_db_instance.by_reference":     {"aws_subnet.a true, aws_subnet.b true", true, aws.Database, true},
		"aws_db_instance.by_composed_name": {"aws_subnet.a true", true, aws.Database, true},
		"aws_db_instance.by_name":          {"aws_subnet.a true, aws_subnet.b true", true, aws.Database, true},
		"aws_db_instance.elsewhere":        {"", false, aws.Database, true},
		"aws_db_instance.default":          {"", true, aws.Database, false},
		"aws_instance.direct":              {"aws_subnet.a true", true, aws.Compute, true},
		"aws_instance.either":              {"aws_subnet.a unknown, aws_subnet.b unknown", true, aws.Compute, true},
		"aws_lb.unknown":                   {"", false, aws.LoadBalancer, true},
		"aws_lb.partly":                    {"aws_subnet.a true", false, aws.LoadBalancer, true},
		"aws_lambda_function.outside":      {"", true, aws.Function, false},
		"aws_lambda_function.inside":       {"aws_subnet.a true", true, aws.Function, true},
	} {
		n := graphtest.Node(t, g, addr)
		p, ok := topo.Placement(n)
		var subnets []string
		for _, s := range p.Subnets {
			subnets = append(subnets, s.Node.Addr+" "+s.Sure.String())
		}
		if got := strings.Join(subnets, ", "); !ok || got != want.subnets || p.Complete != want.complete || p.Kind != want.kind {
			t.Errorf("%s sits in %q, complete %v, a %s", addr, got, p.Complete, p.Kind)
		}
		if workloads[n.ID] != want.listed {
			t.Errorf("%s is listed among the workloads: %v", addr, workloads[n.ID])
		}
	}
	if _, ok := topo.Placement(graphtest.Node(t, g, "aws_sqs_queue.none")); ok {
		t.Error("a queue sits in subnets")
	}
	if !topology.IsWorkload("AWS::RDS::DBInstance") || topology.IsWorkload("AWS::SQS::Queue") {
		t.Error("workloads are taken for something else")
	}
	groups, complete := topo.SecurityGroups(graphtest.Node(t, g, "aws_lambda_function.inside"))
	if len(groups) != 2 || !complete {
		t.Errorf("%d security groups, complete %v", len(groups), complete)
	}
}
