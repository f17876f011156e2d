package reach_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/value/tri"
)

// simFront is an instance in one subnet behind a load balancer in another one.
type simFront struct {
	facing, network, attached, routed bool
	listen, target                    int
	// The network ACLs of both subnets; nil stands for the default one.
	frontIn, frontOut, backIn, backOut []simRule
	// The security group of the load balancer in and out, and of the instance.
	in, out, back []simRule
	// outToGroup and backFromGroup say that the groups also name each other.
	outToGroup, backFromGroup bool
	acls                      bool
}

var (
	insidePrefixes = prefixes("0.0.0.0/0", "10.0.0.0/8", "10.0.1.0/24", "10.0.2.0/24", "10.0.1.0/25", "192.168.0.0/16", "8.0.0.0/8", "0.0.0.0/1")
	// The addresses that the load balancer and the instance may have.
	frontAddrs = addrs("10.0.1.5", "10.0.1.200")
	backAddrs  = addrs("10.0.2.7", "10.0.2.250")
)

func addrs(texts ...string) []netip.Addr {
	var out []netip.Addr
	for _, s := range texts {
		out = append(out, netip.MustParseAddr(s))
	}
	return out
}

func drawInside(r *rand.Rand, n int, acl bool) []simRule {
	out := drawRules(r, n, acl)
	for i := range out {
		out[i].prefix = insidePrefixes[r.IntN(len(insidePrefixes))]
		if r.IntN(3) == 0 {
			out[i].prefix = insidePrefixes[0]
		}
	}
	return out
}

func drawFront(r *rand.Rand) simFront {
	ports := []int{22, 80, 443, 5432}
	often := func() bool { return r.IntN(8) > 0 }
	f := simFront{facing: often(), network: r.IntN(3) == 0, attached: often(), routed: often(), listen: ports[r.IntN(4)], target: ports[r.IntN(4)],
		in: drawInside(r, 3, false), out: drawInside(r, 2, false), back: drawInside(r, 3, false), outToGroup: r.IntN(2) == 0, backFromGroup: r.IntN(2) == 0, acls: r.IntN(2) == 0}
	if f.acls {
		for _, list := range []*[]simRule{&f.frontIn, &f.frontOut, &f.backIn, &f.backOut} {
			*list = drawInside(r, 3, true)
			if r.IntN(3) > 0 { // otherwise hardly anything passes all four
				*list = append(*list, simRule{number: 32000, allow: true, protocol: "-1", prefix: simPrefixes[0]})
			}
		}
	}
	return f
}

// terraform writes the network as code.
func (f simFront) terraform(id int) string {
	var b strings.Builder
	multiline := strings.NewReplacer("{ ", "{\n  ", " }", "\n}", "; ", "\n  ")
	p := func(format string, args ...any) { fmt.Fprintf(&b, multiline.Replace(format)+"\n", args...) }
	p(`resource "aws_vpc" "v%d" { cidr_block = "10.0.0.0/16" }`, id)
	p(`resource "aws_internet_gateway" "g%d" { vpc_id = aws_vpc.v%d.id }`, id, id)
	if !f.attached {
		b.Reset()
		p(`resource "aws_vpc" "v%d" { cidr_block = "10.0.0.0/16" }`, id)
		p(`resource "aws_internet_gateway" "g%d" {}`, id)
	}
	p(`resource "aws_subnet" "front%d" { vpc_id = aws_vpc.v%d.id; cidr_block = "10.0.1.0/24" }`, id, id)
	p(`resource "aws_subnet" "back%d" { vpc_id = aws_vpc.v%d.id; cidr_block = "10.0.2.0/24" }`, id, id)
	p(`resource "aws_route_table" "t%d" { vpc_id = aws_vpc.v%d.id }`, id, id)
	p(`resource "aws_route_table_association" "a%d" { subnet_id = aws_subnet.front%d.id; route_table_id = aws_route_table.t%d.id }`, id, id, id)
	if f.routed {
		p(`resource "aws_route" "r%d" { route_table_id = aws_route_table.t%d.id; destination_cidr_block = "0.0.0.0/0"; gateway_id = aws_internet_gateway.g%d.id }`, id, id, id)
	}
	if f.acls {
		f.writeACL(p, "front", id, f.frontIn, f.frontOut)
		f.writeACL(p, "back", id, f.backIn, f.backOut)
	}
	p(`resource "aws_security_group" "front%d" { vpc_id = aws_vpc.v%d.id }`, id, id)
	p(`resource "aws_security_group" "back%d" { vpc_id = aws_vpc.v%d.id }`, id, id)
	for i, x := range f.in {
		writeGroupRule(p, "ingress", fmt.Sprintf("in%d_%d", id, i), fmt.Sprintf("front%d", id), x, "")
	}
	for i, x := range f.out {
		writeGroupRule(p, "egress", fmt.Sprintf("out%d_%d", id, i), fmt.Sprintf("front%d", id), x, "")
	}
	for i, x := range f.back {
		writeGroupRule(p, "ingress", fmt.Sprintf("back%d_%d", id, i), fmt.Sprintf("back%d", id), x, "")
	}
	whole := simRule{protocol: "-1"}
	if f.outToGroup {
		writeGroupRule(p, "egress", fmt.Sprintf("to%d", id), fmt.Sprintf("front%d", id), whole, fmt.Sprintf("back%d", id))
	}
	if f.backFromGroup {
		writeGroupRule(p, "ingress", fmt.Sprintf("from%d", id), fmt.Sprintf("back%d", id), whole, fmt.Sprintf("front%d", id))
	}
	kind, protocol := "application", "HTTP"
	if f.network {
		kind, protocol = "network", "TCP"
	}
	p(`resource "aws_lb" "l%d" { internal = %v; load_balancer_type = "%s"; subnets = [aws_subnet.front%d.id]; security_groups = [aws_security_group.front%d.id] }`, id, !f.facing, kind, id, id)
	p(`resource "aws_lb_target_group" "g%d" { port = %d; protocol = "%s" }`, id, f.target, protocol)
	p("resource \"aws_lb_listener\" \"l%d\" { load_balancer_arn = aws_lb.l%d.arn; port = %d; protocol = %q; default_action {\n    type = \"forward\"\n    target_group_arn = aws_lb_target_group.g%d.arn\n  }\n}", id, id, f.listen, protocol, id)
	p(`resource "aws_lb_target_group_attachment" "a%d" { target_group_arn = aws_lb_target_group.g%d.arn; target_id = aws_instance.i%d.id }`, id, id, id)
	p(`resource "aws_instance" "i%d" { subnet_id = aws_subnet.back%d.id; vpc_security_group_ids = [aws_security_group.back%d.id] }`, id, id, id)
	return b.String()
}

func (f simFront) writeACL(p func(string, ...any), name string, id int, in, out []simRule) {
	p(`resource "aws_network_acl" "%s%d" { vpc_id = aws_vpc.v%d.id; subnet_ids = [aws_subnet.%s%d.id] }`, name, id, id, name, id)
	for side, rules := range map[bool][]simRule{false: in, true: out} {
		for i, x := range rules {
			p(`resource "aws_network_acl_rule" "%s%d_%v_%d" { network_acl_id = aws_network_acl.%s%d.id; egress = %v; rule_number = %d; rule_action = "%s"; protocol = "%s"; from_port = %d; to_port = %d; cidr_block = "%s" }`,
				name, id, side, i, name, id, side, x.number, map[bool]string{true: "allow", false: "deny"}[x.allow], x.protocol, x.from, x.to, x.prefix)
		}
	}
}

func writeGroupRule(p func(string, ...any), direction, name, group string, x simRule, peer string) {
	whom := fmt.Sprintf("cidr_blocks = [%q]", x.prefix.String())
	if peer != "" {
		whom = fmt.Sprintf("source_security_group_id = aws_security_group.%s.id", peer)
	}
	p(`resource "aws_security_group_rule" "%s" { type = "%s"; security_group_id = aws_security_group.%s.id; protocol = "%s"; from_port = %d; to_port = %d; %s }`, name, direction, group, x.protocol, x.from, x.to, whom)
}

func admits(rules []simRule, a netip.Addr, port int) bool {
	return slices.ContainsFunc(rules, func(x simRule) bool { return x.matches("tcp", a, port) })
}

// passesACL asks a network ACL, if there is one of its own.
func (f simFront) passesACL(rules []simRule, a netip.Addr, port int) bool {
	return !f.acls || firstMatch(rules, "tcp", a, port)
}

// arrives follows a request from a client over the load balancer at one address to
// the instance at another, and the answers.
func (f simFront) arrives(client, front, back netip.Addr, ephemeral, inner int) bool {
	if !f.facing || !f.attached || !f.routed || private(client) {
		return false
	}
	if !f.passesACL(f.frontIn, client, f.listen) || !f.passesACL(f.frontOut, client, ephemeral) || !admits(f.in, client, f.listen) {
		return false
	}
	sender := front
	if f.network { // a group of instances: the client's address is kept
		sender = client
	}
	if !f.passesACL(f.frontOut, back, f.target) || !f.passesACL(f.backIn, sender, f.target) ||
		!f.passesACL(f.backOut, sender, inner) || !f.passesACL(f.frontIn, back, inner) {
		return false
	}
	return (f.outToGroup || admits(f.out, back, f.target)) && (f.backFromGroup || admits(f.back, sender, f.target))
}

// reachable says whether some packet arrives wherever the two are in their subnets,
// and whether one does if they are in the right places.
func (f simFront) reachable() (always, ever bool) {
	always = true
	for _, front := range frontAddrs {
		for _, back := range backAddrs {
			some := false
			for _, client := range simAddrs {
				for _, ephemeral := range simPorts[8:] {
					for _, inner := range simPorts[8:] {
						some = some || f.arrives(netip.MustParseAddr(client), front, back, ephemeral, inner)
					}
				}
			}
			always, ever = always && some, ever || some
		}
	}
	return always, ever
}

// TestFrontsAgreeWithSimulator compares paths through load balancers with the
// simulator. Where it depends on the addresses that the two get, reach must not
// decide; where it does not, it may leave open but few.
func TestFrontsAgreeWithSimulator(t *testing.T) {
	const each = 100
	batches := (*networks + each - 1) / each
	random := rand.New(rand.NewPCG(5, 6))
	reached, open := 0, 0
	for range batches {
		var nets []simFront
		var text strings.Builder
		for i := range each {
			nets = append(nets, drawFront(random))
			text.WriteString(nets[i].terraform(i))
		}
		g := load(t, "main.tf", text.String())
		r := reachOf(g)
		for i, n := range nets {
			e := fronted(t, g, r, fmt.Sprintf("aws_instance.i%d", i))
			always, ever := n.reachable()
			switch {
			case e.Result == tri.True && !always, e.Result == tri.False && ever, e.Result == tri.Unknown && !ever:
				t.Fatalf("reach says %v, the simulator %v always and %v ever:\n%s\nmissing %v\ncuts %v", e.Result, always, ever, n.terraform(i), e.Missing, e.Cuts)
			case e.Result == tri.Unknown && always:
				open++
			case always:
				reached++
			}
		}
	}
	t.Logf("%d of %d are reachable, %d more are left open", reached, batches*each, open)
	if reached < batches*each/20 || open > reached/20 {
		t.Errorf("of %d networks only %d are reachable, and %d open: the comparison says little", batches*each, reached, open)
	}
}
