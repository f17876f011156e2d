package reach_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/wacheck/wacheck/value/tri"
)

// A database, a client beside it, and one in another VPC.
const insideTerraform = `
variable "u" {}
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_vpc" "w" { cidr_block = "10.1.0.0/16" }
resource "aws_subnet" "data" {
  vpc_id = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_subnet" "apps" {
  vpc_id = aws_vpc.v.id
  cidr_block = "10.0.2.0/24"
}
resource "aws_subnet" "far" {
  vpc_id = aws_vpc.w.id
  cidr_block = "10.1.1.0/24"
}
resource "aws_vpc_peering_connection" "p" {
  vpc_id = aws_vpc.w.id
  {peer}
}
resource "aws_vpc_peering_connection" "other" {
  vpc_id = aws_vpc.w.id
  peer_vpc_id = "vpc-0123456789abcdef0"
}
resource "aws_route_table" "data" { vpc_id = aws_vpc.v.id }
resource "aws_route_table_association" "data" {
  subnet_id = aws_subnet.data.id
  route_table_id = aws_route_table.data.id
}
resource "aws_route" "back" {
  route_table_id = aws_route_table.data.id
  {back}
  vpc_peering_connection_id = aws_vpc_peering_connection.p.id
}
resource "aws_route_table" "far" { vpc_id = aws_vpc.w.id }
resource "aws_route_table_association" "far" {
  subnet_id = aws_subnet.far.id
  route_table_id = aws_route_table.far.id
}
resource "aws_route" "there" {
  route_table_id = aws_route_table.far.id
  {there}
  vpc_peering_connection_id = aws_vpc_peering_connection.p.id
}
resource "aws_security_group" "client" {
  vpc_id = aws_vpc.v.id
  egress {
    protocol = "tcp"
    from_port = 5432
    to_port = 5432
    {out}
  }
}
resource "aws_security_group" "other" { vpc_id = aws_vpc.v.id }
resource "aws_security_group" "db" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol = "tcp"
    {port}
    to_port = 5500
    {admits}
  }
}
resource "aws_db_subnet_group" "db" { subnet_ids = [aws_subnet.data.id] }
resource "aws_db_instance" "db" {
  engine = "postgres"
  db_subnet_group_name = aws_db_subnet_group.db.name
  vpc_security_group_ids = [aws_security_group.db.id]
}
resource "aws_lambda_function" "near" {
  function_name = "near"
  vpc_config {
    subnet_ids = [aws_subnet.apps.id]
    security_group_ids = [aws_security_group.client.id]
  }
}
resource "aws_instance" "far" {
  subnet_id = aws_subnet.far.id
  vpc_security_group_ids = [aws_security_group.client.id]
}
`

// TestInside toggles alone what lets a workload connect to a database.
func TestInside(t *testing.T) {
	hops := map[string]hop{
		"out":    {`cidr_blocks = ["10.0.0.0/16"]`, `cidr_blocks = ["10.0.2.0/24"]`, "cidr_blocks = [var.u]"},
		"port":   {"from_port = 5400", "from_port = 5433", "from_port = var.u"},
		"admits": {`cidr_blocks = ["10.0.0.0/8"]`, `cidr_blocks = ["192.168.0.0/16"]`, "cidr_blocks = [var.u]"},
	}
	byGroup := maps.Clone(hops)
	byGroup["admits"] = hop{"security_groups = [aws_security_group.client.id]", "security_groups = [aws_security_group.other.id]", "security_groups = [var.u]"}
	routes := map[string]hop{
		"peer":  {"peer_vpc_id = aws_vpc.v.id", `peer_vpc_id = "vpc-0123456789abcdef1"`, "peer_vpc_id = var.u"},
		"there": {`destination_cidr_block = "10.0.0.0/16"`, `destination_cidr_block = "10.9.0.0/16"`, "destination_cidr_block = var.u"},
		"back":  {`destination_cidr_block = "10.1.0.0/16"`, `destination_cidr_block = "10.9.0.0/16"`, "destination_cidr_block = var.u"},
	}
	far := maps.Clone(hops)
	maps.Copy(far, routes)
	for kind, c := range map[string]struct {
		from string
		hops map[string]hop
	}{
		"a function beside it, by address": {"aws_lambda_function.near", hops},
		"a function beside it, by group":   {"aws_lambda_function.near", byGroup},
		"an instance across a peering":     {"aws_instance.far", far},
	} {
		check := func(name, changed, text string, want tri.Bool) {
			t.Run(kind+"/"+name, func(t *testing.T) {
				all := maps.Clone(routes)
				maps.Copy(all, c.hops)
				code := fill(insideTerraform, all, changed, text)
				g := load(t, "main.tf", code)
				list, _, known := reachOf(g).FromInside(g.Lookup(g.Units()[0], "aws_db_instance.db"))
				if !known {
					t.Fatal("a database is no data store")
				}
				got := tri.False
				for _, n := range list {
					if n.Node.Addr == c.from {
						got = n.Result
						if n.Result == tri.Unknown && len(n.Missing) == 0 {
							t.Error("it does not say what is missing")
						}
					}
				}
				if got != want {
					t.Errorf("got %v, want %v\n%s", got, want, code)
				}
			})
		}
		check("all on", "", "", tri.True)
		for _, name := range slices.Sorted(maps.Keys(c.hops)) {
			check(name+" off", name, c.hops[name].off, tri.False)
			check(name+" open", name, c.hops[name].open, tri.Unknown)
		}
	}
}

// TestNetworksInto lists what leads into the VPC of a database.
func TestNetworksInto(t *testing.T) {
	g := load(t, "template.yaml", `
Resources:
  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  W: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  S: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V}}
  Group: {Type: AWS::ElastiCache::SubnetGroup, Properties: {Description: g, SubnetIds: [!Ref S]}}
  Cache: {Type: AWS::ElastiCache::CacheCluster, Properties: {CacheSubnetGroupName: !Ref Group}}
  P: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref W, PeerVpcId: !Ref V}}
  Gateway: {Type: AWS::EC2::VPNGateway, Properties: {Type: ipsec.1}}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref V, VpnGatewayId: !Ref Gateway}}
  Internet: {Type: AWS::EC2::InternetGateway}
  Other: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref V, InternetGatewayId: !Ref Internet}}
  T: {Type: AWS::EC2::TransitGateway}
  Front: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: network, Scheme: internal, Subnets: [!Ref S]}}
  Service: {Type: AWS::EC2::VPCEndpointService, Properties: {NetworkLoadBalancerArns: [!Ref Front]}}
  TA: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref T, VpcId: !Ref V, SubnetIds: [!Ref S]}}
`)
	_, networks, _ := reachOf(g).FromInside(g.Lookup(g.Units()[0], "Cache"))
	var got []string
	for _, n := range networks {
		got = append(got, n.Node.Addr+": "+n.What)
	}
	want := []string{"P: peering with W", "TA: transit gateway T", "Attached: VPN or Direct Connect", "Service: endpoint service of Front"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
