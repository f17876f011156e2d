package net

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// MaxPort is the highest port number. Port 0 is the lowest.
const MaxPort = 65535

// PortRange is the ports From to To, both included.
type PortRange struct {
	From, To int
}

// Valid reports whether r is a range of ports: 0 <= From <= To <= MaxPort.
func (r PortRange) Valid() bool { return 0 <= r.From && r.From <= r.To && r.To <= MaxPort }

// Contains reports whether port is in r.
func (r PortRange) Contains(port int) bool { return r.From <= port && port <= r.To }

// String returns "22" or "80-90".
func (r PortRange) String() string {
	if r.From == r.To {
		return strconv.Itoa(r.From)
	}
	return strconv.Itoa(r.From) + "-" + strconv.Itoa(r.To)
}

// PortSet is an immutable set of ports. The zero value is the empty set.
type PortSet struct {
	// ranges are valid, sorted, and have at least one port between them, so that
	// equal sets have equal ranges.
	ranges []PortRange
}

// NewPortSet returns the union of rs. Ranges that are not Valid are left out.
func NewPortSet(rs ...PortRange) PortSet {
	valid := make([]PortRange, 0, len(rs))
	for _, r := range rs {
		if r.Valid() {
			valid = append(valid, r)
		}
	}
	slices.SortFunc(valid, func(a, b PortRange) int { return cmp.Compare(a.From, b.From) })
	merged := valid[:0]
	for _, r := range valid {
		if last := len(merged) - 1; last >= 0 && r.From <= merged[last].To+1 {
			merged[last].To = max(merged[last].To, r.To)
		} else {
			merged = append(merged, r)
		}
	}
	return PortSet{ranges: merged}
}

// SinglePorts returns the set of the given ports. Numbers that are no ports are
// left out.
func SinglePorts(ports ...int) PortSet {
	rs := make([]PortRange, len(ports))
	for i, p := range ports {
		rs[i] = PortRange{p, p}
	}
	return NewPortSet(rs...)
}

// AllPorts returns the set of every port, 0 to MaxPort.
func AllPorts() PortSet { return NewPortSet(PortRange{0, MaxPort}) }

// Ranges returns the ports as the fewest ranges, sorted. The slice is the
// caller's own.
func (s PortSet) Ranges() []PortRange { return slices.Clone(s.ranges) }

// IsEmpty reports whether s has no port.
func (s PortSet) IsEmpty() bool { return len(s.ranges) == 0 }

// Len returns the number of ports in s.
func (s PortSet) Len() int {
	n := 0
	for _, r := range s.ranges {
		n += r.To - r.From + 1
	}
	return n
}

// Equal reports whether both have the same ports.
func (s PortSet) Equal(t PortSet) bool { return slices.Equal(s.ranges, t.ranges) }

// Contains reports whether port is in s.
func (s PortSet) Contains(port int) bool {
	_, found := slices.BinarySearchFunc(s.ranges, port, func(r PortRange, port int) int {
		switch {
		case r.To < port:
			return -1
		case r.From > port:
			return 1
		}
		return 0
	})
	return found
}

// Union returns the ports that are in s or in t.
func (s PortSet) Union(t PortSet) PortSet {
	return NewPortSet(slices.Concat(s.ranges, t.ranges)...)
}

// Intersect returns the ports that are in both.
func (s PortSet) Intersect(t PortSet) PortSet {
	var out []PortRange
	for i, j := 0, 0; i < len(s.ranges) && j < len(t.ranges); {
		a, b := s.ranges[i], t.ranges[j]
		if r := (PortRange{max(a.From, b.From), min(a.To, b.To)}); r.Valid() {
			out = append(out, r)
		}
		if a.To < b.To {
			i++
		} else {
			j++
		}
	}
	// Pieces of different ranges cannot adjoin: one of the inputs has a gap there.
	return PortSet{ranges: out}
}

// Complement returns the ports that are not in s.
func (s PortSet) Complement() PortSet {
	var out []PortRange
	next := 0
	for _, r := range s.ranges {
		if next < r.From {
			out = append(out, PortRange{next, r.From - 1})
		}
		next = r.To + 1
	}
	if next <= MaxPort {
		out = append(out, PortRange{next, MaxPort})
	}
	return PortSet{ranges: out}
}

// Overlaps reports whether s and t have a port in common.
func (s PortSet) Overlaps(t PortSet) bool { return !s.Intersect(t).IsEmpty() }

// Covers reports whether every port of t is in s. The empty set is covered by any.
func (s PortSet) Covers(t PortSet) bool { return s.Intersect(t).Equal(t) }

// String returns "22, 80-90", and "none" for the empty set.
func (s PortSet) String() string {
	if s.IsEmpty() {
		return "none"
	}
	parts := make([]string, len(s.ranges))
	for i, r := range s.ranges {
		parts[i] = r.String()
	}
	return strings.Join(parts, ", ")
}
