package aws_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/graphtest"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// of returns the model of the node at an address.
func of[T any, M aws.Model[T]](t *testing.T, g *graph.Graph, addr string) M {
	t.Helper()
	m := aws.Of[T, M](g, graphtest.Node(t, g, addr))
	if m == nil {
		t.Fatalf("%s has no such model", addr)
	}
	return m
}

func place(g *graph.Graph, f value.Fact) string { return g.Files.Position(f.Span.Pos).String() }

// One struct is filled by both languages, each with its own names, defaults and places.
func TestAttributes(t *testing.T) {
	g := graphtest.Load(t, `
-- main.tf --
variable "days" {}
resource "aws_db_instance" "none" {
}
resource "aws_db_instance" "some" {
  storage_encrypted       = true
  multi_az                = null
  backup_retention_period = var.days
}
-- t.yaml --
Resources:
  None:
    Type: AWS::RDS::DBInstance
    Properties: {}
  Some:
    Type: AWS::RDS::DBInstance
    Properties:
      StorageEncrypted: "true"
      MultiAZ: !Ref AWS::NoValue
      BackupRetentionPeriod: !GetAtt X.Y
`)
	tests := []struct {
		addr                          string
		encrypted, multiAZ, keepsWeek tri.Bool
		encryptedFact, daysFact, at   string
	}{
		{"aws_db_instance.none", tri.False, tri.False, tri.False, "storage_encrypted is not set (default false)", "backup_retention_period is not set (default 0)", "main.tf:2:1"},
		{"aws_db_instance.some", tri.True, tri.False, tri.Unknown, "storage_encrypted is true", "backup_retention_period is unknown", "main.tf:5:29"},
		{"None", tri.False, tri.False, tri.False, "StorageEncrypted is not set (default false)", "BackupRetentionPeriod is not set (default 1)", "t.yaml:2:3"},
		{"Some", tri.True, tri.False, tri.Unknown, "StorageEncrypted is true", "BackupRetentionPeriod is unknown", "t.yaml:8:25"},
	}
	for _, tt := range tests {
		d := of[aws.DBInstance](t, g, tt.addr)
		if e, m, w := d.StorageEncrypted.Is(true).Result, d.MultiAZ.Is(true).Result, d.BackupDays.AtLeast(7).Result; e != tt.encrypted ||
			m != tt.multiAZ || w != tt.keepsWeek {
			t.Errorf("%s: encrypted %v, multi-AZ %v, a week %v", tt.addr, e, m, w)
		}
		if got := strings.ReplaceAll(d.StorageEncrypted.Fact().Text, `"`, ""); got != tt.encryptedFact {
			t.Errorf("%s: %s", tt.addr, got)
		}
		if got := d.BackupDays.Fact().Text; got != tt.daysFact {
			t.Errorf("%s: %s", tt.addr, got)
		}
		if got := place(g, d.StorageEncrypted.Fact()); got != tt.at {
			t.Errorf("%s: encryption is shown at %s, want %s", tt.addr, got, tt.at)
		}
	}
	// Terraform has no such attribute on an instance: that is absent, and not open.
	if v := of[aws.DBInstance](t, g, "aws_db_instance.none").Cluster.Set(); !v.IsBad() {
		t.Errorf("an attribute that the language lacks is %v", v.Result)
	}
}

// Paths go through blocks, and a missing attribute is shown at the innermost
// block that lacks it.
func TestPathsThroughBlocks(t *testing.T) {
	g := graphtest.Load(t, `
-- main.tf --
variable "on" {}
variable "blocks" {}
resource "aws_opensearch_domain" "none" {
}
resource "aws_opensearch_domain" "empty" {
  encrypt_at_rest {
  }
}
resource "aws_opensearch_domain" "on" {
  encrypt_at_rest {
    enabled = true
  }
}
resource "aws_opensearch_domain" "unknown" {
  encrypt_at_rest {
    enabled = var.on
  }
}
resource "aws_opensearch_domain" "dynamic" {
  dynamic "encrypt_at_rest" {
    for_each = var.blocks
    content {
      enabled = true
    }
  }
}
resource "aws_opensearch_domain" "decided" {
  dynamic "encrypt_at_rest" {
    for_each = [1]
    content {
      enabled = true
    }
  }
}
-- t.yaml --
Conditions:
  On: !Equals [!Ref AWS::AccountId, "1"]
Resources:
  None:
    Type: AWS::OpenSearchService::Domain
  Either:
    Type: AWS::OpenSearchService::Domain
    Properties:
      EncryptionAtRestOptions: !If [On, {Enabled: true}, !Ref AWS::NoValue]
  Both:
    Type: AWS::OpenSearchService::Domain
    Properties:
      EncryptionAtRestOptions: !If [On, {Enabled: true}, {Enabled: "true"}]
  Neither:
    Type: AWS::OpenSearchService::Domain
    Properties:
      EncryptionAtRestOptions: !If [On, {Enabled: false}, !Ref AWS::NoValue]
`)
	for addr, tt := range map[string]struct {
		want tri.Bool
		at   string
	}{
		"aws_opensearch_domain.none":    {tri.False, "main.tf:3:1"},
		"aws_opensearch_domain.empty":   {tri.False, "main.tf:6:3"},
		"aws_opensearch_domain.on":      {tri.True, "main.tf:11:15"},
		"aws_opensearch_domain.unknown": {tri.Unknown, "main.tf:16:15"},
		"aws_opensearch_domain.dynamic": {tri.Unknown, ""},
		"aws_opensearch_domain.decided": {tri.True, "main.tf:31:17"},
		"None":                          {tri.False, "t.yaml:4:3"},
		"Either":                        {tri.Unknown, ""},
		"Both":                          {tri.True, ""},
		"Neither":                       {tri.False, ""},
	} {
		d := of[aws.SearchDomain](t, g, addr)
		if got := d.Encrypted.Is(true).Result; got != tt.want {
			t.Errorf("%s is encrypted: %v, want %v (%s)", addr, got, tt.want, d.Encrypted.Fact().Text)
		}
		if got := place(g, d.Encrypted.Fact()); tt.at != "" && got != tt.at {
			t.Errorf("%s is shown at %s, want %s", addr, got, tt.at)
		}
	}
}

func TestLists(t *testing.T) {
	g := graphtest.Load(t, `
-- main.tf --
variable "rules" {}
resource "aws_security_group" "none" {
}
resource "aws_security_group" "two" {
  ingress {
    from_port = 22
  }
  ingress {
    from_port = 80
  }
}
resource "aws_security_group" "open" {
  ingress {
    from_port = 22
  }
  dynamic "ingress" {
    for_each = var.rules
    content {
      from_port = 80
    }
  }
}
-- t.yaml --
Conditions:
  On: !Equals [!Ref AWS::AccountId, "1"]
Resources:
  Maybe:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - FromPort: 22
        - !If [On, {FromPort: 80}, !Ref AWS::NoValue]
`)
	for addr, want := range map[string]string{
		"aws_security_group.none": "",
		"aws_security_group.two":  "22 true, 80 true",
		"aws_security_group.open": "22 true, 80 unknown, open",
		"Maybe":                   "22 true, 80 unknown",
	} {
		sg := of[aws.SecurityGroup](t, g, addr)
		var got []string
		for _, i := range sg.Ingress.Items {
			port := "?"
			if text, ok := i.From.V.Str(); ok {
				port = text
			}
			for _, alt := range i.From.V.Alternatives() {
				if text, ok := alt.Str(); ok {
					port = text
				}
			}
			got = append(got, port+" "+i.Exists().String())
		}
		if sg.Ingress.Open {
			got = append(got, "open")
		}
		if s := strings.Join(got, ", "); !strings.HasPrefix(s, want) || want == "" && s != "" || strings.HasSuffix(s, "open") != strings.HasSuffix(want, "open") {
			t.Errorf("%s has %s, want %s", addr, s, want)
		}
	}
}

func TestRefs(t *testing.T) {
	g := graphtest.Load(t, `
-- main.tf --
variable "subnet" {}
variable "choice" {}
resource "aws_vpc" "v" {
}
resource "aws_vpc" "w" {
}
resource "aws_vpn_gateway" "vpn" {
}
resource "aws_internet_gateway" "igw" {
}
resource "aws_subnet" "known" {
  vpc_id = aws_vpc.v.id
}
resource "aws_subnet" "none" {
}
resource "aws_subnet" "unknown" {
  vpc_id = var.subnet
}
resource "aws_subnet" "either" {
  vpc_id = var.choice ? aws_vpc.v.id : aws_vpc.w.id
}
resource "aws_subnet" "outside" {
  vpc_id = "vpc-0123456789abcdef0"
}
resource "aws_route" "vpn" {
  route_table_id         = "rtb-0123456789abcdef0"
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_vpn_gateway.vpn.id
}
`)
	for addr, tt := range map[string]struct {
		one     string
		targets int
		set     tri.Bool
	}{
		"aws_subnet.known":   {"aws_vpc.v", 1, tri.True},
		"aws_subnet.none":    {"", 0, tri.False},
		"aws_subnet.unknown": {"", 0, tri.Unknown},
		"aws_subnet.either":  {"", 2, tri.Unknown},
		"aws_subnet.outside": {"vpc-0123456789abcdef0", 1, tri.True},
	} {
		s := of[aws.Subnet](t, g, addr)
		one := ""
		if n := s.VPC.One(); n != nil {
			one = n.Addr
		}
		if one != tt.one || len(s.VPC.Targets()) != tt.targets {
			t.Errorf("%s lies in %q, %d targets", addr, one, len(s.VPC.Targets()))
		}
	}
	route := of[aws.Route](t, g, "aws_route.vpn")
	if len(route.Gateway.Targets()) != 0 || len(route.Gateway.Others()) != 1 {
		t.Errorf("a VPN gateway is taken for an internet gateway: %v", route.Gateway.Targets())
	}
	vpc := of[aws.VPC](t, g, "aws_vpc.v")
	var subnets []string
	for _, s := range vpc.Subnets.Items {
		subnets = append(subnets, s.Part.Node().Addr+" "+s.Sure.String())
	}
	if got := strings.Join(subnets, ", "); got != "aws_subnet.known true, aws_subnet.either unknown" {
		t.Errorf("the subnets of the VPC are %s", got)
	}
	if len(vpc.Subnets.Open) != 1 || !strings.Contains(vpc.Subnets.Open[0].Text, "aws_subnet.unknown") {
		t.Errorf("the VPC may have further subnets: %v", vpc.Subnets.Open)
	}
}

// A member that names its cluster in a literal is one member, although two models
// link the attribute.
func TestAPartIsCountedOnce(t *testing.T) {
	g := graphtest.Load(t, `
-- t.yaml --
Resources:
  Cluster:
    Type: AWS::RDS::DBCluster
    Properties:
      DBClusterIdentifier: orders
  Only:
    Type: AWS::RDS::DBInstance
    Properties:
      DBClusterIdentifier: orders
`)
	members := of[aws.DBCluster](t, g, "Cluster").Members
	if len(members.Items) != 1 || members.Items[0].Sure != tri.True || len(members.Open) != 0 {
		t.Errorf("%d members, open: %v", len(members.Items), members.Open)
	}
}

func TestModelsOfDataAndExternals(t *testing.T) {
	g := graphtest.Load(t, `
-- main.tf --
data "aws_vpc" "there" {
  id = "vpc-1"
}
resource "aws_vpc" "here" {
}
resource "aws_subnet" "s" {
  vpc_id = "vpc-0123456789abcdef0"
}
`)
	modes := map[graph.Mode]int{}
	for v := range aws.All[aws.VPC](g) {
		modes[v.Node().Mode]++
	}
	if modes[graph.Managed] != 1 || modes[graph.Data] != 1 || modes[graph.External] != 1 {
		t.Errorf("the VPCs are %v", modes)
	}
	for v := range aws.Managed[aws.VPC](g) {
		if v.Node().Addr != "aws_vpc.here" || v.Graph() != g {
			t.Errorf("%s counts as a resource", v.Node().Addr)
		}
	}
	if aws.Of[aws.VPC](g, graphtest.Node(t, g, "aws_subnet.s")) != nil || aws.Of[aws.VPC](g, nil) != nil {
		t.Error("a subnet has the model of a VPC")
	}
	if got := strings.Join(aws.Types[aws.VPC](), " "); got != "aws_vpc aws_default_vpc AWS::EC2::VPC" {
		t.Errorf("a VPC is of the types %s", got)
	}
}
