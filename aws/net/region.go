package net

import (
	"net/netip"
	"slices"
	"sync"

	"go4.org/netipx"
)

// Region is a set of packets of one protocol: pairs of an outside address and a
// port. It is kept as boxes (a set of addresses × a set of ports), which may
// overlap, and is immutable; the zero value is empty.
type Region struct{ boxes []box }

type box struct {
	addrs *netipx.IPSet
	ports PortSet
}

func (b box) isEmpty() bool { return len(b.addrs.Ranges()) == 0 || b.ports.IsEmpty() }

// RegionOf is the region of all pairs of the two sets.
func RegionOf(addrs *netipx.IPSet, ports PortSet) Region {
	return Region{}.with(box{addrs, ports})
}

func (r Region) with(b box) Region {
	if b.isEmpty() {
		return r
	}
	return Region{append(slices.Clip(r.boxes), b)}
}

// IsEmpty reports that no packet is in r.
func (r Region) IsEmpty() bool { return len(r.boxes) == 0 }

// Union returns the packets that are in r or in s.
func (r Region) Union(s Region) Region {
	return Region{append(slices.Clip(r.boxes), s.boxes...)}
}

// Intersect returns the packets that are in both.
func (r Region) Intersect(s Region) Region {
	var out Region
	for _, a := range r.boxes {
		for _, b := range s.boxes {
			out = out.with(box{intersect(a.addrs, b.addrs), a.ports.Intersect(b.ports)})
		}
	}
	return out
}

// Minus returns the packets of r that are not in s.
func (r Region) Minus(s Region) Region {
	rest := r.boxes
	for _, cut := range s.boxes {
		var next Region
		for _, b := range rest {
			common := intersect(b.addrs, cut.addrs)
			if len(common.Ranges()) == 0 || !b.ports.Overlaps(cut.ports) {
				next = next.with(b)
				continue
			}
			next = next.with(box{subtract(b.addrs, cut.addrs), b.ports})
			next = next.with(box{common, b.ports.Intersect(cut.ports.Complement())})
		}
		rest = next.boxes
	}
	return Region{rest}
}

// Addresses returns the addresses for which some port is in r.
func (r Region) Addresses() *netipx.IPSet {
	var b netipx.IPSetBuilder
	for _, x := range r.boxes {
		b.AddSet(x.addrs)
	}
	return build(&b)
}

// Ports returns the ports for which some address is in r.
func (r Region) Ports() PortSet {
	var out PortSet
	for _, b := range r.boxes {
		out = out.Union(b.ports)
	}
	return out
}

// Contains reports that a packet is in r.
func (r Region) Contains(a netip.Addr, port int) bool {
	for _, b := range r.boxes {
		if b.addrs.Contains(a) && b.ports.Contains(port) {
			return true
		}
	}
	return false
}

func subtract(s, t *netipx.IPSet) *netipx.IPSet {
	var b netipx.IPSetBuilder
	b.AddSet(s)
	b.RemoveSet(t)
	return build(&b)
}

// PublicAddresses returns all addresses of the family that somebody on the
// internet can have: see [IsPublic].
func PublicAddresses(v6 bool) *netipx.IPSet {
	if v6 {
		return publicIPv6()
	}
	return publicIPv4()
}

var (
	publicIPv4 = sync.OnceValue(func() *netipx.IPSet { return publicOf(netip.IPv4Unspecified()) })
	publicIPv6 = sync.OnceValue(func() *netipx.IPSet { return publicOf(netip.IPv6Unspecified()) })
)

func publicOf(family netip.Addr) *netipx.IPSet {
	var b netipx.IPSetBuilder
	b.AddPrefix(netip.PrefixFrom(family, 0))
	b.Intersect(publicSet())
	return build(&b)
}

// Addresses returns the set of the addresses of prefixes.
func Addresses(ps ...netip.Prefix) *netipx.IPSet { return NewPrefixSet(ps...).lower() }

// Without returns the addresses of s that are not in t.
func Without(s, t *netipx.IPSet) *netipx.IPSet { return subtract(s, t) }

// Both returns the addresses that are in s and in t.
func Both(s, t *netipx.IPSet) *netipx.IPSet { return intersect(s, t) }
