package net

import (
	"net/netip"
	"strings"
	"sync"

	"go4.org/netipx"

	"github.com/wacheck/wacheck/value/tri"
)

// PrefixSet is a set of addresses of both families. It is immutable but for
// Incomplete; the zero value is the empty set.
type PrefixSet struct {
	known *netipx.IPSet // nil is empty

	// Incomplete says that further members exist, or may exist, that the files
	// do not tell: a computed address, a prefix list, an unresolved variable.
	Incomplete bool
}

// NewPrefixSet returns the complete set of the addresses in ps. Invalid
// prefixes are left out.
func NewPrefixSet(ps ...netip.Prefix) PrefixSet {
	var b netipx.IPSetBuilder
	for _, p := range ps {
		if p.IsValid() {
			b.AddPrefix(p)
		}
	}
	return PrefixSet{known: build(&b)}
}

// build drops the error: it reports only invalid inputs, of which there are none.
func build(b *netipx.IPSetBuilder) *netipx.IPSet {
	set, _ := b.IPSet()
	return set
}

var everything = sync.OnceValue(func() *netipx.IPSet {
	var b netipx.IPSetBuilder
	b.Complement()
	return build(&b)
})

// WithUnknown returns s with Incomplete set.
func (s PrefixSet) WithUnknown() PrefixSet {
	s.Incomplete = true
	return s
}

// The true set lies between lower and upper; every answer below compares these
// two bounds, and is thus as sharp as it can be.

func (s PrefixSet) lower() *netipx.IPSet {
	if s.known == nil {
		return &netipx.IPSet{}
	}
	return s.known
}

func (s PrefixSet) upper() *netipx.IPSet {
	if s.Incomplete {
		return everything()
	}
	return s.lower()
}

// decide is True if sure, False if not even possible.
func decide(sure, possible bool) tri.Bool {
	switch {
	case sure:
		return tri.True
	case !possible:
		return tri.False
	}
	return tri.Unknown
}

// Contains reports whether a is in the set. Addresses with a zone never are.
func (s PrefixSet) Contains(a netip.Addr) tri.Bool {
	a = a.Unmap()
	return decide(s.lower().Contains(a), s.upper().Contains(a))
}

// ContainsPrefix reports whether every address of p is in the set, be it by
// several members together: 0.0.0.0/1 and 128.0.0.0/1 contain 0.0.0.0/0. An
// invalid prefix is never contained.
func (s PrefixSet) ContainsPrefix(p netip.Prefix) tri.Bool {
	return decide(s.lower().ContainsPrefix(p), s.upper().ContainsPrefix(p))
}

// ContainsAll reports whether every address of t is in s.
func (s PrefixSet) ContainsAll(t PrefixSet) tri.Bool {
	return decide(containsSet(s.lower(), t.upper()), containsSet(s.upper(), t.lower()))
}

func containsSet(s, t *netipx.IPSet) bool {
	for _, r := range t.Ranges() {
		if !s.ContainsRange(r) {
			return false
		}
	}
	return true
}

// Overlaps reports whether s and t have an address in common.
func (s PrefixSet) Overlaps(t PrefixSet) tri.Bool {
	return decide(s.lower().Overlaps(t.lower()), s.upper().Overlaps(t.upper()))
}

// OverlapsPrefix reports whether s has an address of p.
func (s PrefixSet) OverlapsPrefix(p netip.Prefix) tri.Bool {
	return decide(s.lower().OverlapsPrefix(p), s.upper().OverlapsPrefix(p))
}

// HasAll reports whether s contains the whole of IPv4 or the whole of IPv6.
func (s PrefixSet) HasAll() tri.Bool {
	return tri.Or(
		s.ContainsPrefix(netip.PrefixFrom(netip.IPv4Unspecified(), 0)),
		s.ContainsPrefix(netip.PrefixFrom(netip.IPv6Unspecified(), 0)),
	)
}

// HasPublic reports whether s contains an address for which IsPublic holds.
func (s PrefixSet) HasPublic() tri.Bool {
	return decide(s.lower().Overlaps(publicSet()), s.upper().Overlaps(publicSet()))
}

// IsEmpty reports whether s has no address at all.
func (s PrefixSet) IsEmpty() tri.Bool {
	switch {
	case len(s.lower().Ranges()) > 0:
		return tri.False
	case s.Incomplete:
		return tri.Unknown
	}
	return tri.True
}

// Union returns the addresses that are in s or in t.
func (s PrefixSet) Union(t PrefixSet) PrefixSet {
	var b netipx.IPSetBuilder
	b.AddSet(s.lower())
	b.AddSet(t.lower())
	return PrefixSet{known: build(&b), Incomplete: s.Incomplete || t.Incomplete}
}

// Intersection returns the addresses that are in both. It is incomplete only if
// it could be larger than what is known of it.
func (s PrefixSet) Intersection(t PrefixSet) PrefixSet {
	sure := intersect(s.lower(), t.lower())
	return PrefixSet{known: sure, Incomplete: !intersect(s.upper(), t.upper()).Equal(sure)}
}

func intersect(s, t *netipx.IPSet) *netipx.IPSet {
	if s == t {
		return s // sets are immutable, and many are the whole internet
	}
	var b netipx.IPSetBuilder
	b.AddSet(s)
	b.Intersect(t)
	return build(&b)
}

// Prefixes returns the known addresses as the fewest prefixes, sorted, IPv4
// first. Adjoining members are merged, so these need not be the prefixes that
// the set was made of.
func (s PrefixSet) Prefixes() []netip.Prefix { return s.lower().Prefixes() }

// Equal reports whether both have the same known addresses and completeness.
func (s PrefixSet) Equal(t PrefixSet) bool {
	return s.Incomplete == t.Incomplete && s.lower().Equal(t.lower())
}

// String returns the known prefixes, and "unknown" last if s is incomplete:
// "10.0.0.0/8, ::/0, unknown". The empty set is "none".
func (s PrefixSet) String() string {
	var parts []string
	for _, p := range s.Prefixes() {
		parts = append(parts, p.String())
	}
	if s.Incomplete {
		parts = append(parts, "unknown")
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
