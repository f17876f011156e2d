package aws_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/internal/graphtest"
)

func TestRefusedRules(t *testing.T) {
	for _, tc := range []struct{ name, rule, want string }{
		{"fine", `from_port = 22, to_port = 22, protocol = "tcp", cidr_blocks = ["10.0.0.0/8"]`, ""},
		{"all traffic with ports", `from_port = 99, to_port = 9, protocol = "-1", cidr_blocks = ["10.0.0.0/8"]`, ""},
		{"types of ICMP", `from_port = -1, to_port = -1, protocol = "icmp", cidr_blocks = ["10.0.0.0/8"]`, ""},
		{"unknown", `from_port = var.p, to_port = 99999, protocol = var.q, cidr_blocks = [var.q]`, ""},
		{"too high", `from_port = 0, to_port = 2000000000, protocol = "tcp", cidr_blocks = ["0.0.0.0/0"]`, "ingress.to_port is 2000000000, and ports are 0 to 65535"},
		{"too high beside unknown", `from_port = var.p, to_port = 65536, protocol = "tcp", cidr_blocks = ["0.0.0.0/0"]`, "ingress.to_port is 65536, and ports are 0 to 65535"},
		{"too low", `from_port = -1, to_port = -1, protocol = "tcp", cidr_blocks = ["0.0.0.0/0"]`, "ingress.from_port is -1, and ports are 0 to 65535"},
		{"reversed", `from_port = 100, to_port = 20, protocol = "udp", cidr_blocks = ["0.0.0.0/0"]`, "its ports are the wrong way round, from 100 to 20"},
		{"no number", `from_port = 22, to_port = "22x", protocol = "tcp", cidr_blocks = ["0.0.0.0/0"]`, `ingress.to_port is "22x", which is no number`},
		{"protocol", `from_port = 22, to_port = 22, protocol = "tpc", cidr_blocks = ["0.0.0.0/0"]`, `protocol "tpc": neither a known name, -1, nor a number up to 255`},
		{"prefix", `from_port = 22, to_port = 22, protocol = "tcp", cidr_blocks = ["10.0.0.0/33"]`, `10.0.0.0/33`},
	} {
		g := graphtest.Load(t, `
-- main.tf --
variable "p" {}
variable "q" {}
resource "aws_security_group" "a" {
  ingress {
`+strings.ReplaceAll(tc.rule, ", ", "\n")+`
  }
}
`)
		var got []string
		for _, d := range aws.Refused(g) {
			got = append(got, d.Message)
		}
		if all := strings.Join(got, "\n"); (all == "") != (tc.want == "") || !strings.Contains(all, tc.want) || len(got) > 1 {
			t.Errorf("%s: got %q, want %q", tc.name, all, tc.want)
		}
	}
}

func TestRefusedRulesOfNetworkACLs(t *testing.T) {
	g := graphtest.Load(t, `
-- main.tf --
resource "aws_network_acl" "a" {
  ingress {
    rule_no    = 1
    action     = "allow"
    protocol   = "tcp"
    from_port  = 443
    to_port    = 70000
    cidr_block = "0.0.0.0/0"
  }
}
-- t.yaml --
Resources:
  Entry:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: acl-1, RuleNumber: 1, RuleAction: allow, Protocol: 6, CidrBlock: 0.0.0.0/0, PortRange: {From: 20, To: 10}}
  Rule:
    Type: AWS::EC2::SecurityGroupEgress
    Properties: {GroupId: sg-1, IpProtocol: tcp, FromPort: 20, ToPort: 10, CidrIp: 0.0.0.0/0}
`)
	var got []string
	for _, d := range aws.Refused(g) {
		got = append(got, d.Message)
	}
	want := []string{
		"EC2 refuses this rule of Rule: its ports are the wrong way round, from 20 to 10",
		"EC2 refuses this rule of aws_network_acl.a: ingress.to_port is 70000, and ports are 0 to 65535",
		"EC2 refuses this rule of Entry: its ports are the wrong way round, from 20 to 10",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
