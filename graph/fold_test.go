package graph_test

import (
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

func TestSatellites(t *testing.T) {
	tests := map[string]struct {
		bucket value.Value // of the policy
		exists tri.Bool
		a, b   string // what buckets a and b have
	}{
		"by reference":              {id("bucket.a"), tri.True, "policy.p true", ""},
		"by name":                   {text("name-b"), tri.True, "", "policy.p true"},
		"that names it twice":       {list(id("bucket.a"), either(id("bucket.a"), id("bucket.b"))), tri.True, "policy.p true", "policy.p unknown"},
		"of one of two":             {either(id("bucket.a"), id("bucket.b")), tri.True, "policy.p unknown", "policy.p unknown"},
		"that may not exist":        {id("bucket.a"), tri.Unknown, "policy.p unknown", ""},
		"of something unknown":      {unknown(), tri.True, "open: policy.p may belong to it", "open: policy.p may belong to it"},
		"of a or something unknown": {either(id("bucket.a"), unknown()), tri.True, "policy.p unknown", "open: policy.p may belong to it"},
		"of a text with a hole": {value.OfParts([]value.Value{text("name-"), unknown()}, text("").Span()), tri.True,
			"open: policy.p may belong to it", "open: policy.p may belong to it"},
		"of a bucket outside": {text("elsewhere"), tri.True, "", ""},
		"of nothing":          {value.Value{}, tri.True, "", ""},
		"of a thing that is no bucket, by an id nobody knows": {id("instance.i"), tri.True,
			"open: policy.p may belong to it", "open: policy.p may belong to it"},
		"unknown, and certainly not there": {unknown(), tri.False, "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			u, v := e.unit("u"), e.unit("v")
			a := e.node(u, "bucket.a", field("name", text("name-a")))
			b := e.node(u, "bucket.b", field("name", text("name-b")))
			e.node(u, "instance.i")
			other := e.node(v, "bucket.c")
			e.node(u, "policy.p", field("bucket", tt.bucket)).Exists = tt.exists
			g, diags := e.freeze()
			if got := parts(g, a, "policy"); got != tt.a {
				t.Errorf("a has %q, want %q", got, tt.a)
			}
			if got := parts(g, b, "policy"); got != tt.b {
				t.Errorf("b has %q, want %q", got, tt.b)
			}
			if got := parts(g, other, "policy"); got != "" {
				t.Errorf("a bucket of another unit has %q", got)
			}
			if len(diags) > 0 {
				t.Errorf("diagnostics %v", diags)
			}
		})
	}
}

// A bucket whose name is not known may be the one that a literal names.
func TestSatelliteOfUnknownName(t *testing.T) {
	e := newEstate(t)
	u := e.unit("u")
	known := e.node(u, "bucket.a", field("name", text("name-a")))
	other := e.node(u, "bucket.b", field("name", value.OfParts([]value.Value{text("other-"), unknown()}, text("").Span())))
	random := e.node(u, "bucket.c")
	open := e.node(u, "bucket.d", field("name", unknown()))
	begun := e.node(u, "bucket.e", field("name", value.OfParts([]value.Value{text("some-"), unknown()}, text("").Span())))
	chosen := e.node(u, "bucket.f", field("name", either(text("some-name"), text("name-f"))))
	e.node(u, "policy.p", field("bucket", text("some-name")))
	g, _ := e.freeze()
	for _, n := range []*graph.Node{known, other, random} {
		if got := parts(g, n, "policy"); got != "" {
			t.Errorf("%s, which has another name, has %q", n.Addr, got)
		}
	}
	for _, n := range []*graph.Node{open, begun, chosen} {
		if got, want := parts(g, n, "policy"), "open: policy.p may belong to it"; got != want {
			t.Errorf("%s, whose name is not known, has %q, want %q", n.Addr, got, want)
		}
	}
}

func TestSatelliteConflicts(t *testing.T) {
	e := newEstate(t)
	u := e.unit("u")
	a := e.node(u, "bucket.a")
	b := e.node(u, "bucket.b")
	e.node(u, "policy.p", field("bucket", id("bucket.a")))
	second := e.node(u, "policy.q", field("bucket", id("bucket.a")))
	e.node(u, "policy.r", field("bucket", id("bucket.b")))
	e.node(u, "policy.s", field("bucket", id("bucket.b"))).Exists = tri.Unknown
	e.node(u, "tag.x", field("bucket", id("bucket.a")))
	e.node(u, "tag.y", field("bucket", id("bucket.a")))
	g, diags := e.freeze()
	if got, want := parts(g, a, "policy"), "policy.p true; policy.q true"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := parts(g, b, "policy"), "policy.r true; policy.s unknown"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := parts(g, a, "tag"), "tag.x true; tag.y true"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(diags) != 1 || diags[0].Code != "satellite-conflict" || diags[0].Span != second.Span.Head() {
		t.Errorf("diagnostics %+v", diags)
	}
}

// What is given to a module that can't be read may have parts there, and so may
// everything in a unit of which part could not be read.
func TestWhatMayHide(t *testing.T) {
	e := newEstate(t)
	u, broken := e.unit("u"), e.unit("broken")
	given := e.node(u, "bucket.a")
	free := e.node(u, "bucket.b")
	opaque := e.node(u, "module.policies", field("bucket", id("bucket.a")))
	opaque.Mode, opaque.Type = graph.Opaque, ""
	gone := e.node(u, "module.never", field("bucket", id("bucket.b")))
	gone.Mode, gone.Type, gone.Exists = graph.Opaque, "", tri.False
	there := e.node(broken, "bucket.c")
	broken.Unit.Broken = true
	g, _ := e.freeze()
	for n, want := range map[*graph.Node]string{
		given: "open: module.policies is given it, and its source is not here",
		free:  "",
		there: "open: part of the configuration could not be read",
	} {
		if got := parts(g, n, "policy"); got != want {
			t.Errorf("%s has %q, want %q", n.Addr, got, want)
		}
	}
	for _, f := range g.MayHide(given) {
		if !f.Open {
			t.Errorf("%q is not marked as missing", f.Text)
		}
	}
}
