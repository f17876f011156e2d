package net_test

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/value/tri"
)

func prefixes(texts ...string) awsnet.PrefixSet {
	var ps []netip.Prefix
	for _, s := range texts {
		ps = append(ps, netip.MustParsePrefix(s))
	}
	return awsnet.NewPrefixSet(ps...)
}

func TestPrefixSet(t *testing.T) {
	private := prefixes("10.0.0.0/8", "fd00::/8")
	halves := prefixes("0.0.0.0/1", "128.0.0.0/1")
	universe := prefixes("0.0.0.0/0", "::/0")
	for _, tc := range []struct {
		name string
		got  tri.Bool
		want tri.Bool
	}{
		{"address in", private.Contains(netip.MustParseAddr("10.2.3.4")), tri.True},
		{"mapped address in", private.Contains(netip.MustParseAddr("::ffff:10.2.3.4")), tri.True},
		{"address out", private.Contains(netip.MustParseAddr("11.0.0.0")), tri.False},
		{"address perhaps", private.WithUnknown().Contains(netip.MustParseAddr("11.0.0.0")), tri.Unknown},
		{"address in, incomplete", private.WithUnknown().Contains(netip.MustParseAddr("10.0.0.0")), tri.True},
		{"two halves are all", halves.HasAll(), tri.True},
		{"half is not all", prefixes("0.0.0.0/1").HasAll(), tri.False},
		{"half is perhaps all", prefixes("0.0.0.0/1").WithUnknown().HasAll(), tri.Unknown},
		{"private is not public", private.HasPublic(), tri.False},
		{"private and unknown", private.WithUnknown().HasPublic(), tri.Unknown},
		{"public and unknown", halves.WithUnknown().HasPublic(), tri.True},
		{"prefix across", private.ContainsPrefix(netip.MustParsePrefix("10.0.0.0/7")), tri.False},
		{"prefix overlaps", private.OverlapsPrefix(netip.MustParsePrefix("10.0.0.0/7")), tri.True},
		{"prefix apart", private.OverlapsPrefix(netip.MustParsePrefix("12.0.0.0/7")), tri.False},
		{"prefix perhaps", private.WithUnknown().OverlapsPrefix(netip.MustParsePrefix("12.0.0.0/7")), tri.Unknown},
		{"invalid prefix", universe.WithUnknown().ContainsPrefix(netip.Prefix{}), tri.False},
		{"subset", universe.ContainsAll(private), tri.True},
		{"subset whatever is missing", universe.ContainsAll(private.WithUnknown()), tri.True},
		{"superset", private.ContainsAll(universe), tri.False},
		{"superset for all that is missing", private.ContainsAll(universe.WithUnknown()), tri.False},
		{"empty and empty", awsnet.PrefixSet{}.ContainsAll(awsnet.PrefixSet{}), tri.True},
		{"unknown overlaps nothing", awsnet.PrefixSet{}.WithUnknown().Overlaps(awsnet.PrefixSet{}), tri.False},
		{"unknown overlaps something", awsnet.PrefixSet{}.WithUnknown().Overlaps(private), tri.Unknown},
		{"empty", awsnet.PrefixSet{}.IsEmpty(), tri.True},
		{"unknown is perhaps empty", awsnet.PrefixSet{}.WithUnknown().IsEmpty(), tri.Unknown},
		{"not empty", private.WithUnknown().IsEmpty(), tri.False},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, tc.got, tc.want)
		}
	}
}

func TestPrefixSetString(t *testing.T) {
	for _, tc := range []struct {
		set  awsnet.PrefixSet
		want string
	}{
		{awsnet.PrefixSet{}, "none"},
		{awsnet.PrefixSet{}.WithUnknown(), "unknown"},
		{prefixes("::/0", "10.128.0.0/9", "10.0.0.0/9"), "10.0.0.0/8, ::/0"},
		{prefixes("10.0.0.0/8").WithUnknown(), "10.0.0.0/8, unknown"},
		{prefixes("10.0.0.0/8").Intersection(prefixes("10.3.0.0/16", "11.0.0.0/8")), "10.3.0.0/16"},
		{prefixes("10.0.0.0/8").WithUnknown().Intersection(prefixes("10.3.0.0/16")), "10.3.0.0/16"},
		{prefixes("10.0.0.0/8").WithUnknown().Intersection(prefixes("11.0.0.0/8")), "unknown"},
		{awsnet.NewPrefixSet(netip.Prefix{}), "none"},
	} {
		if got := tc.set.String(); got != tc.want {
			t.Errorf("String() = %q, want %q", got, tc.want)
		}
	}
}

// The naive model cuts the address space into four cells a family. A set is a
// bit mask, and an incomplete one stands for each of its supersets.
const cells = 8

func cellPrefix(i int) netip.Prefix {
	high := byte(i%4) << 6
	if i < 4 {
		return netip.PrefixFrom(netip.AddrFrom4([4]byte{high}), 2)
	}
	return netip.PrefixFrom(netip.AddrFrom16([16]byte{high}), 2)
}

type model struct {
	mask       int
	incomplete bool
}

func drawModel(t *rapid.T, name string) model {
	return model{rapid.IntRange(0, 1<<cells-1).Draw(t, name), rapid.Bool().Draw(t, name+" incomplete")}
}

func (m model) set() awsnet.PrefixSet {
	var ps []netip.Prefix
	for i := range cells {
		if m.mask&(1<<i) != 0 {
			ps = append(ps, cellPrefix(i))
		}
	}
	s := awsnet.NewPrefixSet(ps...)
	s.Incomplete = m.incomplete
	return s
}

func (m model) worlds() []int {
	if !m.incomplete {
		return []int{m.mask}
	}
	var out []int
	for x := range 1 << cells {
		if x&m.mask == m.mask {
			out = append(out, x)
		}
	}
	return out
}

// everyWorld is True or False if f is so in every pair of worlds.
func everyWorld(a, b model, f func(a, b int) bool) tri.Bool {
	var seen [2]bool
	for _, x := range a.worlds() {
		for _, y := range b.worlds() {
			if f(x, y) {
				seen[1] = true
			} else {
				seen[0] = true
			}
		}
	}
	if seen[0] && seen[1] {
		return tri.Unknown
	}
	return tri.Of(seen[1])
}

func TestPrefixSetModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawModel(t, "a"), drawModel(t, "b")
		s, u := a.set(), b.set()
		i := rapid.IntRange(0, cells-1).Draw(t, "cell")
		for _, c := range []struct {
			name string
			got  tri.Bool
			want func(a, b int) bool
		}{
			{"Contains", s.Contains(cellPrefix(i).Addr()), func(a, _ int) bool { return a&(1<<i) != 0 }},
			{"ContainsPrefix", s.ContainsPrefix(cellPrefix(i)), func(a, _ int) bool { return a&(1<<i) != 0 }},
			{"OverlapsPrefix", s.OverlapsPrefix(cellPrefix(i)), func(a, _ int) bool { return a&(1<<i) != 0 }},
			{"ContainsAll", s.ContainsAll(u), func(a, b int) bool { return a&b == b }},
			{"Overlaps", s.Overlaps(u), func(a, b int) bool { return a&b != 0 }},
			{"IsEmpty", s.IsEmpty(), func(a, _ int) bool { return a == 0 }},
			{"HasAll", s.HasAll(), func(a, _ int) bool { return a&15 == 15 || a>>4 == 15 }},
			{"union is empty", s.Union(u).IsEmpty(), func(a, b int) bool { return a|b == 0 }},
			{"union contains", s.Union(u).Contains(cellPrefix(i).Addr()), func(a, b int) bool { return (a|b)&(1<<i) != 0 }},
		} {
			if want := everyWorld(a, b, c.want); c.got != want {
				t.Fatalf("%s of %v and %v: %v, want %v", c.name, s, u, c.got, want)
			}
		}
		both := s.Intersection(u)
		fixed := everyWorld(a, b, func(x, y int) bool { return x&y == a.mask&b.mask }) == tri.True
		if want := (model{a.mask & b.mask, !fixed}).set(); !both.Equal(want) {
			t.Fatalf("intersection of %v and %v: %v, want %v", s, u, both, want)
		}
	})
}
