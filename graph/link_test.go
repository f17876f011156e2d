package graph_test

import (
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

func TestReferences(t *testing.T) {
	tests := map[string]struct {
		v    value.Value
		want string
	}{
		"a resource":                       {id("subnet.a"), "subnet → subnet.a true"},
		"an element of a list":             {list(id("subnet.a"), id("subnet.b")), "subnet → subnet.a true; subnet → subnet.b true"},
		"a field of a block":               {value.OfObject([]value.Field{field("x", id("subnet.a"))}, id("").Span()), "subnet.x → subnet.a true"},
		"within a text":                    {value.OfParts([]value.Value{text("arn:"), id("subnet.a")}, id("").Span()), "subnet → subnet.a true"},
		"one of two":                       {either(id("subnet.a"), id("subnet.b")), "subnet → subnet.a unknown; subnet → subnet.b unknown"},
		"one or nothing":                   {either(id("subnet.a"), value.Value{}), "subnet → subnet.a unknown"},
		"an element that may not be there": {list(id("subnet.a").Maybe()), "subnet → subnet.a unknown"},
		"made of several":                  {id("subnet.a").WithRefs(value.Ref{Addr: "subnet.b"}), "subnet → subnet.a unknown; subnet → subnet.b unknown"},
		"an instance":                      {id("subnet.c[1]"), "subnet → subnet.c[1] true"},
		"all instances of a block":         {id("subnet.c"), "subnet → subnet.c[0] true; subnet → subnet.c[1] true"},
		"an instance of an unknown number": {id("subnet.n[7]"), "subnet → subnet.n[*] unknown"},
		"a block of unknown number":        {id("subnet.n"), "subnet → subnet.n[*] unknown"},
		"in a module":                      {id(`module.m["a.b"].subnet.x`), `subnet → module.m["a.b"].subnet.x true`},
		"an instance in a known module":    {id(`module.m["a.b"].subnet.n[0]`), `subnet → module.m["a.b"].subnet.n[*] unknown`},
		"in a module of unknown number":    {id("module.u[3].subnet.x"), "subnet → module.u[*].subnet.x unknown"},
		"instances in such a module":       {id("module.u[3].subnet.n[1]"), "subnet → module.u[*].subnet.n[*] unknown"},
		"a key with a bracket":             {id(`subnet.k`), `subnet → subnet.k["a[b"] true`},
		"what is not in the scan":          {id("subnet.zz"), "subnet → <unit//subnet.zz> true"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			u := e.unit("unit")
			for _, addr := range []string{"subnet.a", "subnet.b", "subnet.c[0]", "subnet.c[1]", `module.m["a.b"].subnet.x`, `subnet.k["a[b"]`} {
				e.node(u, addr)
			}
			for _, addr := range []string{"subnet.n[*]", `module.m["a.b"].subnet.n[*]`, "module.u[*].subnet.x", "module.u[*].subnet.n[*]"} {
				e.node(u, addr).Exists = tri.Unknown
			}
			from := e.node(u, "instance.i", field("subnet", tt.v))
			g, _ := e.freeze()
			if got := edges(g, from); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// A value that has one reference is what that refers to, if it came here through
// names alone. What was computed or chosen with the help of something unknown may
// be something else.
func TestReferencesThatAreComputedWith(t *testing.T) {
	type o = value.Origin
	for name, tt := range map[string]struct {
		origin func(add func(o) value.OriginID) value.OriginID
		want   tri.Bool
	}{
		"an id that nobody knows yet": {func(add func(o) value.OriginID) value.OriginID {
			return add(o{Kind: value.Computed, Name: "subnet.a.id"})
		}, tri.True},
		"an attribute of unknown value": {func(add func(o) value.OriginID) value.OriginID {
			return add(o{Kind: value.Attribute, Name: "subnet.a.name", From: []value.OriginID{add(o{Kind: value.NoValue, Name: "var.name"})}})
		}, tri.True},
		"through outputs and locals": {func(add func(o) value.OriginID) value.OriginID {
			id := add(o{Kind: value.Computed, Name: "subnet.a.id"})
			id = add(o{Kind: value.ModuleOutput, Name: "module.net.subnet", From: []value.OriginID{id}})
			return add(o{Kind: value.Local, Name: "local.subnet", From: []value.OriginID{id}})
		}, tri.True},
		"picked by something unknown": {func(add func(o) value.OriginID) value.OriginID {
			return add(o{Kind: value.NoValue, Name: "var.which"})
		}, tri.Unknown},
		"made of it and something unknown": {func(add func(o) value.OriginID) value.OriginID {
			parts := []value.OriginID{add(o{Kind: value.Computed, Name: "subnet.a.id"}), add(o{Kind: value.NoValue, Name: "var.x"})}
			return add(o{Kind: value.Several, From: parts})
		}, tri.Unknown},
		"computed by a function that is not known": {func(add func(o) value.OriginID) value.OriginID {
			return add(o{Kind: value.UnsupportedFunction, Name: "f()"})
		}, tri.Unknown},
	} {
		e := newEstate(t)
		u := e.unit("u")
		e.node(u, "subnet.a")
		from := e.node(u, "instance.i", field("subnet", id("subnet.a").From(tt.origin(e.origins.Add))))
		g, _ := e.freeze()
		if got, want := edges(g, from), "subnet → subnet.a "+tt.want.String(); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if _, complete := g.Resolve(from, "subnet", from.Body.Get("subnet")); complete != (tt.want == tri.True) {
			t.Errorf("%s: complete is %v", name, complete)
		}
	}
}

// Names and ids that are written out lead to what bears them.
func TestLiterals(t *testing.T) {
	e := newEstate(t)
	a, b := e.unit("a"), e.unit("b")
	e.node(a, "bucket.logs", field("name", text("logs")))
	e.node(b, "bucket.logs", field("name", text("logs")))
	e.node(a, "group.g", field("name", text("web")))
	policy := e.node(b, "policy.p", field("bucket", text("logs")))
	e.node(a, "bucket.x", field("name", text("twice")))
	e.node(a, "bucket.y", field("name", text("twice"))).Exists = tri.Unknown
	twice := e.node(a, "tag.t", field("bucket", text("twice")))
	nowhere := e.node(b, "policy.q", field("bucket", text("elsewhere")))
	first := e.node(a, "instance.i", field("subnet", text("subnet-0123456789abcdef0")),
		field("nic", list(value.OfObject([]value.Field{field("groups", list(text("web"), text("db").Maybe()))}, text("").Span()))))
	second := e.node(b, "instance.j", field("subnet", text("subnet-0123456789abcdef0")))
	name := e.node(a, "instance.k", field("subnet", text("by-name")))
	other := e.node(b, "instance.l", field("subnet", text("by-name")))
	g, _ := e.freeze()
	for n, want := range map[*graph.Node]string{
		policy:  "bucket → bucket.logs true", // of its own unit
		twice:   "bucket → bucket.x unknown; bucket → bucket.y unknown",
		nowhere: "bucket → <b//bucket/elsewhere> true",
		first:   "subnet → <subnet-0123456789abcdef0> true; nic.groups → group.g true; nic.groups → <a//group/db> unknown",
		name:    "subnet → <a//subnet/by-name> true",
		other:   "subnet → <b//subnet/by-name> true",
	} {
		if got := edges(g, n); got != want {
			t.Errorf("%s: got  %s\nwant %s", n.Addr, got, want)
		}
	}
	meet := func(n *graph.Node) graph.NodeID {
		for e := range g.Out(n.ID) {
			return e.To
		}
		return 0
	}
	if meet(first) != meet(second) {
		t.Error("two units that name one subnet do not meet there")
	}
	if ext := g.Node(meet(first)); ext.Type != "subnet" || ext.Unit != nil || !ext.Body.IsOpen() {
		t.Errorf("what is outside is %+v", ext)
	}
	if meet(name) == meet(other) {
		t.Error("a name in two units, which may be two accounts, was taken for one thing")
	}
}

func TestReferencesAcrossUnits(t *testing.T) {
	e := newEstate(t)
	a, b, c := e.unit("a"), e.unit("b"), e.unit("c")
	e.node(a, "subnet.x")
	e.node(b, "subnet.x")
	from := e.node(b, "instance.i", field("subnet", idIn("a", "subnet.x")))
	gone := e.node(b, "instance.j", field("subnet", idIn("a", "subnet.gone")))
	same := e.node(c, "instance.k", field("subnet", idIn("a", "subnet.gone")))
	g, _ := e.freeze()
	if got, want := edges(g, from), "subnet → a/subnet.x true"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, n := range []*graph.Node{gone, same} {
		if got, want := edges(g, n), "subnet → <a//subnet.gone> true"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestResolve(t *testing.T) {
	e := newEstate(t)
	u := e.unit("u")
	for _, addr := range []string{"subnet.a", "subnet.b"} {
		e.node(u, addr)
	}
	e.node(u, "group.g", field("name", text("web")))
	n := e.node(u, "instance.i", field("subnet", text("subnet-00000001")))
	g, _ := e.freeze()
	for name, tt := range map[string]struct {
		attr     string
		v        value.Value
		targets  int
		sure     bool
		complete bool
	}{
		"a reference":              {"subnet", id("subnet.a"), 1, true, true},
		"nothing":                  {"subnet", value.Value{}, 0, true, true},
		"two references":           {"subnet", list(id("subnet.a"), id("subnet.b")), 2, true, true},
		"a list that may grow":     {"subnet", list(id("subnet.a")).Opened(), 1, true, false},
		"beside something unknown": {"subnet", list(id("subnet.a"), unknown()), 1, true, false},
		"either":                   {"subnet", either(id("subnet.a"), id("subnet.b")), 2, false, true},
		"either that or unknown":   {"subnet", either(id("subnet.a"), unknown()), 1, false, false},
		"unknown":                  {"subnet", unknown(), 0, true, false},
		"made of several":          {"subnet", id("subnet.a").WithRefs(value.Ref{Addr: "subnet.b"}), 2, false, false},
		"a name":                   {"nic.groups", text("web"), 1, true, true},
		"an id outside":            {"subnet", text("subnet-00000001"), 1, true, true},
		"a text that names none":   {"user_data", text("web"), 0, true, true},
	} {
		targets, complete := g.Resolve(n, tt.attr, tt.v)
		if len(targets) != tt.targets || complete != tt.complete {
			t.Errorf("%s: %d targets, complete %v", name, len(targets), complete)
		}
		for _, target := range targets {
			if (target.Sure == tri.True) != tt.sure {
				t.Errorf("%s: %s is %v", name, target.Node.Addr, target.Sure)
			}
		}
	}
}
