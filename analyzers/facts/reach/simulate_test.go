package reach_test

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/value/tri"
)

// The simulator is an independent reading of how AWS forwards packets: it knows
// nothing of sets, and asks for one packet after the other whether it arrives.

type simRoute struct {
	prefix netip.Prefix
	igw    bool
}

type simRule struct {
	number   int
	allow    bool
	protocol string // "tcp", "udp" or "-1"
	from, to int
	prefix   netip.Prefix
}

// simNetwork is one instance in one subnet.
type simNetwork struct {
	attached, publicIP, associated bool
	routes                         []simRoute
	acl                            bool // an ACL of its own
	in, out                        []simRule
	groups                         [][]simRule
}

var simPrefixes = prefixes("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/8", "8.8.0.0/16", "8.8.8.8/32", "10.0.0.0/8", "52.0.0.0/10", "100.64.0.0/10")

func prefixes(texts ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range texts {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

func drawRules(r *rand.Rand, n int, acl bool) []simRule {
	var out []simRule
	numbers := r.Perm(20)
	for i := range r.IntN(n + 1) {
		x := simRule{number: 100 + numbers[i], allow: r.IntN(3) > 0, protocol: []string{"tcp", "tcp", "udp", "-1"}[r.IntN(4)],
			prefix: simPrefixes[r.IntN(len(simPrefixes))]}
		if acl && r.IntN(3) == 0 {
			x.prefix = simPrefixes[0]
		}
		if x.protocol != "-1" {
			ends := []int{0, 22, 22, 80, 443, 1024, 5432, 32768, 65535}
			a, b := ends[r.IntN(len(ends))], ends[r.IntN(len(ends))]
			x.from, x.to = min(a, b), max(a, b)
		}
		out = append(out, x)
	}
	return out
}

func drawNetwork(r *rand.Rand) simNetwork {
	n := simNetwork{attached: r.IntN(10) > 0, publicIP: r.IntN(10) > 0, associated: r.IntN(10) > 0, acl: r.IntN(3) > 0}
	used := map[netip.Prefix]bool{}
	for range r.IntN(4) {
		p := simPrefixes[r.IntN(len(simPrefixes))]
		if !used[p] {
			used[p] = true
			n.routes = append(n.routes, simRoute{p, r.IntN(3) > 0})
		}
	}
	if n.acl {
		n.in, n.out = drawRules(r, 4, true), drawRules(r, 4, true)
		if r.IntN(2) == 0 { // otherwise hardly anything ever comes back
			n.out = append(n.out, simRule{number: 32000, allow: true, protocol: "-1", prefix: simPrefixes[0]})
		}
	}
	for range 1 + r.IntN(2) {
		n.groups = append(n.groups, drawRules(r, 3, false))
	}
	return n
}

// terraform writes the network as code; id tells several in one file apart.
func (n simNetwork) terraform(id int) string {
	var b strings.Builder
	multiline := strings.NewReplacer("{ ", "{\n  ", " }", "\n}")
	p := func(format string, args ...any) { fmt.Fprintf(&b, multiline.Replace(format)+"\n", args...) }
	p(`resource "aws_vpc" "v%d" { cidr_block = "10.0.0.0/16" }`, id)
	if n.attached {
		p(`resource "aws_internet_gateway" "g%d" { vpc_id = aws_vpc.v%d.id }`, id, id)
	} else {
		p(`resource "aws_internet_gateway" "g%d" {}`, id)
	}
	p(`resource "aws_nat_gateway" "n%d" { subnet_id = aws_subnet.s%d.id }`, id, id)
	p(`resource "aws_subnet" "s%d" { vpc_id = aws_vpc.v%d.id }`, id, id)
	p(`resource "aws_route_table" "t%d" { vpc_id = aws_vpc.v%d.id }`, id, id)
	if n.associated {
		p(`resource "aws_route_table_association" "a%d" { subnet_id = aws_subnet.s%d.id
  route_table_id = aws_route_table.t%d.id }`, id, id, id)
	}
	for i, r := range n.routes {
		target := fmt.Sprintf("nat_gateway_id = aws_nat_gateway.n%d.id", id)
		if r.igw {
			target = fmt.Sprintf("gateway_id = aws_internet_gateway.g%d.id", id)
		}
		p(`resource "aws_route" "r%d_%d" { route_table_id = aws_route_table.t%d.id
  destination_cidr_block = "%s"
  %s }`, id, i, id, r.prefix, target)
	}
	if n.acl {
		p(`resource "aws_network_acl" "l%d" { vpc_id = aws_vpc.v%d.id
  subnet_ids = [aws_subnet.s%d.id] }`, id, id, id)
		for side, rules := range map[bool][]simRule{false: n.in, true: n.out} {
			for i, x := range rules {
				p(`resource "aws_network_acl_rule" "x%d_%v_%d" { network_acl_id = aws_network_acl.l%d.id
  egress = %v
  rule_number = %d
  rule_action = %q
  protocol = %q
  from_port = %d
  to_port = %d
  cidr_block = "%s" }`, id, side, i, id, side, x.number, map[bool]string{true: "allow", false: "deny"}[x.allow], x.protocol, x.from, x.to, x.prefix)
			}
		}
	}
	var groups []string
	for i, rules := range n.groups {
		groups = append(groups, fmt.Sprintf("aws_security_group.k%d_%d.id", id, i))
		p(`resource "aws_security_group" "k%d_%d" { vpc_id = aws_vpc.v%d.id`, id, i, id)
		for _, x := range rules {
			p(`  ingress {
    protocol = %q
    from_port = %d
    to_port = %d
    cidr_blocks = ["%s"]
  }`, x.protocol, x.from, x.to, x.prefix)
		}
		p(`}`)
	}
	p(`resource "aws_instance" "i%d" { subnet_id = aws_subnet.s%d.id
  associate_public_ip_address = %v
  vpc_security_group_ids = [%s] }`, id, id, n.publicIP, strings.Join(groups, ", "))
	return b.String()
}

func (x simRule) matches(protocol string, a netip.Addr, port int) bool {
	return x.prefix.Contains(a) && (x.protocol == "-1" || x.protocol == protocol && x.from <= port && port <= x.to)
}

func firstMatch(rules []simRule, protocol string, a netip.Addr, port int) bool {
	best, allow := math.MaxInt, false
	for _, x := range rules {
		if x.number < best && x.matches(protocol, a, port) {
			best, allow = x.number, x.allow
		}
	}
	return allow
}

// arrives follows one packet and its answer.
func (n simNetwork) arrives(protocol string, a netip.Addr, port, from int) bool {
	best, igw := -1, false
	for _, r := range n.routes {
		if r.prefix.Contains(a) && r.prefix.Bits() > best {
			best, igw = r.prefix.Bits(), r.igw
		}
	}
	if !igw || !n.attached || !n.publicIP || !n.associated || private(a) {
		return false
	}
	if n.acl && (!firstMatch(n.in, protocol, a, port) || !firstMatch(n.out, protocol, a, from)) {
		return false
	}
	for _, g := range n.groups {
		for _, x := range g {
			if x.matches(protocol, a, port) {
				return true
			}
		}
	}
	return false
}

var simPrivate = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4")

func private(a netip.Addr) bool {
	return slices.ContainsFunc(simPrivate, func(p netip.Prefix) bool { return p.Contains(a) })
}

// The packets that are tried: one in each area between the borders of the
// prefixes and port ranges above.
var (
	simAddrs = []string{"1.1.1.1", "8.1.1.1", "8.8.1.1", "8.8.8.8", "10.1.1.1", "52.1.1.1", "60.1.1.1", "100.65.1.1", "130.1.1.1", "203.0.113.5"}
	simPorts = []int{0, 10, 22, 50, 80, 100, 443, 500, 1024, 2000, 5432, 6000, 32768, 40000, 65535}
)

func (n simNetwork) reachable() bool {
	for _, addr := range simAddrs {
		a := netip.MustParseAddr(addr)
		for _, protocol := range []string{"tcp", "udp"} {
			for _, port := range simPorts {
				for _, from := range simPorts[8:] { // the ephemeral ones
					if n.arrives(protocol, a, port, from) {
						return true
					}
				}
			}
		}
	}
	return false
}

var networks = flag.Int("networks", 1000, "how many random networks the simulator is asked about")

// TestAgreesWithSimulator compares with the simulator on random networks.
func TestAgreesWithSimulator(t *testing.T) {
	const each = 200
	batches := (*networks + each - 1) / each
	random := rand.New(rand.NewPCG(1, 2))
	reached := 0
	for range batches {
		var nets []simNetwork
		var text strings.Builder
		for i := range each {
			nets = append(nets, drawNetwork(random))
			text.WriteString(nets[i].terraform(i))
		}
		g := load(t, "main.tf", text.String())
		r := reachOf(g)
		for i, n := range nets {
			e := exposure(t, g, r, fmt.Sprintf("aws_instance.i%d", i))
			want := n.reachable()
			if want {
				reached++
			}
			if e.Result != tri.Of(want) {
				t.Fatalf("reach says %v, the simulator %v:\n%s\nmissing %v\ncuts %v", e.Result, want, n.terraform(i), e.Missing, e.Cuts)
			}
		}
	}
	if reached < batches*each/20 {
		t.Errorf("only %d of %d networks are reachable: the comparison says little", reached, batches*each)
	}
	t.Logf("%d of %d networks are reachable", reached, batches*each)
}
