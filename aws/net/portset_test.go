package net_test

import (
	"testing"

	"pgregory.net/rapid"

	awsnet "github.com/wacheck/wacheck/aws/net"
)

func TestPortSetString(t *testing.T) {
	for _, tc := range []struct {
		set  awsnet.PortSet
		want string
	}{
		{awsnet.PortSet{}, "none"},
		{awsnet.SinglePorts(22), "22"},
		{awsnet.NewPortSet(awsnet.PortRange{From: 80, To: 90}, awsnet.PortRange{From: 22, To: 22}), "22, 80-90"},
		{awsnet.SinglePorts(3, 1, 2, 2, 5), "1-3, 5"},
		{awsnet.AllPorts(), "0-65535"},
		{awsnet.AllPorts().Complement(), "none"},
		{awsnet.SinglePorts(0, 65535).Complement(), "1-65534"},
		{awsnet.SinglePorts(-1, 65536, 70000), "none"},
		{awsnet.NewPortSet(awsnet.PortRange{From: 90, To: 80}), "none"},
		{awsnet.NewPortSet(awsnet.PortRange{From: -1, To: 80}), "none"},
	} {
		if got := tc.set.String(); got != tc.want {
			t.Errorf("String() = %q, want %q", got, tc.want)
		}
	}
	if n := awsnet.AllPorts().Len(); n != 65536 {
		t.Errorf("AllPorts has %d ports", n)
	}
}

// near holds ports around both ends, so that drawn ranges touch and adjoin often.
var near = func() []int {
	var ports []int
	for i := range 20 {
		ports = append(ports, i, awsnet.MaxPort-i)
	}
	return ports
}()

func drawPorts(t *rapid.T, name string) (awsnet.PortSet, map[int]bool) {
	member := map[int]bool{}
	var rs []awsnet.PortRange
	for range rapid.IntRange(0, 5).Draw(t, name+" size") {
		r := awsnet.PortRange{From: rapid.SampledFrom(near).Draw(t, "from"), To: rapid.SampledFrom(near).Draw(t, "to")}
		rs = append(rs, r)
		for _, p := range near {
			if r.Valid() && r.Contains(p) {
				member[p] = true
			}
		}
	}
	return awsnet.NewPortSet(rs...), member
}

func TestPortSetModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, inA := drawPorts(t, "a")
		b, inB := drawPorts(t, "b")
		union, both, not := a.Union(b), a.Intersect(b), a.Complement()
		covers, overlaps := true, false
		for _, p := range near {
			if a.Contains(p) != inA[p] || not.Contains(p) == inA[p] {
				t.Fatalf("%v, complement %v: port %d", a, not, p)
			}
			if union.Contains(p) != (inA[p] || inB[p]) || both.Contains(p) != (inA[p] && inB[p]) {
				t.Fatalf("%v and %v: union %v, intersection %v: port %d", a, b, union, both, p)
			}
			covers = covers && (inA[p] || !inB[p])
			overlaps = overlaps || inA[p] && inB[p]
		}
		if a.Covers(b) != covers || a.Overlaps(b) != overlaps {
			t.Fatalf("%v and %v: covers %v, overlaps %v", a, b, a.Covers(b), a.Overlaps(b))
		}
		for _, s := range []awsnet.PortSet{union, both, not} {
			if again := awsnet.NewPortSet(s.Ranges()...); !again.Equal(s) {
				t.Fatalf("%v is not in normal form, %v is", s, again)
			}
		}
		if union.Len()+both.Len() != a.Len()+b.Len() || a.Len()+not.Len() != awsnet.MaxPort+1 {
			t.Fatalf("%v and %v: lengths do not add up", a, b)
		}
	})
}
