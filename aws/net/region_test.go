package net_test

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	awsnet "github.com/wacheck/wacheck/aws/net"
)

// drawRegion makes a region of a few boxes in 10.0.0.0/28 × ports 0 to 15, with
// the function that says what is in it.
func drawRegion(t *rapid.T, label string) (awsnet.Region, func(a netip.Addr, port int) bool) {
	type part struct {
		p        netip.Prefix
		from, to int
	}
	var parts []part
	var r awsnet.Region
	for range rapid.IntRange(0, 3).Draw(t, label+" boxes") {
		bits := rapid.IntRange(28, 32).Draw(t, label+" bits")
		last := byte(rapid.IntRange(0, 15).Draw(t, label+" address"))
		from := rapid.IntRange(0, 15).Draw(t, label+" from")
		to := rapid.IntRange(from, 15).Draw(t, label+" to")
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, last}), bits).Masked()
		parts = append(parts, part{p, from, to})
		r = r.Union(awsnet.RegionOf(awsnet.Addresses(p), awsnet.NewPortSet(awsnet.PortRange{From: from, To: to})))
	}
	return r, func(a netip.Addr, port int) bool {
		for _, x := range parts {
			if x.p.Contains(a) && x.from <= port && port <= x.to {
				return true
			}
		}
		return false
	}
}

// TestRegionAlgebra compares with membership, packet by packet.
func TestRegionAlgebra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, inA := drawRegion(t, "a")
		b, inB := drawRegion(t, "b")
		union, both, minus := a.Union(b), a.Intersect(b), a.Minus(b)
		anyMinus := false
		for last := range 16 {
			addr := netip.AddrFrom4([4]byte{10, 0, 0, byte(last)})
			for port := range 16 {
				x, y := inA(addr, port), inB(addr, port)
				anyMinus = anyMinus || x && !y
				if union.Contains(addr, port) != (x || y) || both.Contains(addr, port) != (x && y) || minus.Contains(addr, port) != (x && !y) {
					t.Fatalf("%s:%d: a %v b %v, union %v, intersection %v, difference %v", addr, port, x, y,
						union.Contains(addr, port), both.Contains(addr, port), minus.Contains(addr, port))
				}
			}
		}
		if minus.IsEmpty() == anyMinus {
			t.Fatalf("IsEmpty is %v, but it has packets: %v", minus.IsEmpty(), anyMinus)
		}
	})
}

func TestPublicAddresses(t *testing.T) {
	for _, c := range []struct {
		addr   string
		public bool
	}{{"8.8.8.8", true}, {"10.1.2.3", false}, {"100.64.1.1", false}, {"203.0.113.9", false}, {"2a00::1", true}, {"fd00::1", false}} {
		a := netip.MustParseAddr(c.addr)
		if got := awsnet.PublicAddresses(a.Is6()).Contains(a); got != c.public {
			t.Errorf("%s is public: %v, want %v", c.addr, got, c.public)
		}
		if awsnet.PublicAddresses(!a.Is6()).Contains(a) {
			t.Errorf("%s is in the other family", c.addr)
		}
	}
}
