package graph_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

func TestAddRefusesDoubles(t *testing.T) {
	b := graph.NewBuilder(source.NewFileSet(), value.NewOrigins())
	if err := b.Add(&graph.Part{Unit: &graph.Unit{Key: "u"}}); err != nil {
		t.Fatal(err)
	}
	if err := b.Add(&graph.Part{Unit: &graph.Unit{Key: "u"}}); err == nil || !strings.Contains(err.Error(), `"u"`) {
		t.Errorf("a second unit of that key: %v", err)
	}
	double := &graph.Part{Unit: &graph.Unit{Key: "v"}, Nodes: []*graph.Node{{Addr: "a.b"}, {Addr: "a.b"}}}
	if err := b.Add(double); err == nil || !strings.Contains(err.Error(), `"a.b"`) {
		t.Errorf("two nodes at one address: %v", err)
	}
}

// picture writes a whole graph down.
func picture(g *graph.Graph) string {
	var b strings.Builder
	for _, n := range g.Nodes() {
		unit := ""
		if n.Unit != nil {
			unit = fmt.Sprintf("%d %s", n.Unit.ID, n.Unit.Key)
		}
		fmt.Fprintf(&b, "%d %s %s %s: %s | %s | %s\n", n.ID, unit, n.Mode, n.Addr, edges(g, n), parts(g, n, "policy"), parts(g, n, "tag"))
	}
	return b.String()
}

// The order in which units are added, and how the work is spread over threads,
// must not show.
func TestFreezeIsDeterministic(t *testing.T) {
	build := func(order []int) string {
		e := newEstate(t)
		for _, i := range order {
			u := e.unit(fmt.Sprintf("unit-%02d", i))
			for j := range 8 {
				e.node(u, fmt.Sprintf("bucket.b%d", j), field("name", text(fmt.Sprintf("name-%d", j))))
				e.node(u, fmt.Sprintf("policy.p%d", j), field("bucket", text(fmt.Sprintf("name-%d", j+4))))
				e.node(u, fmt.Sprintf("tag.t%d", j), field("bucket", either(id(fmt.Sprintf("bucket.b%d", j)), id("bucket.b0"))))
				e.node(u, fmt.Sprintf("instance.i%d", j), field("subnet", text("subnet-00000001")), field("peer", idIn("unit-00", "bucket.b1")))
			}
		}
		g, _ := e.freeze()
		return picture(g)
	}
	order := make([]int, 12)
	for i := range order {
		order[i] = i
	}
	want := build(order)
	for seed := range uint64(5) {
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		if got := build(order); got != want {
			t.Fatalf("the graph depends on the order %v", order)
		}
	}
	if !strings.Contains(want, "<subnet-00000001>") || !strings.Contains(want, "policy.p3 true") {
		t.Errorf("the picture is empty:\n%s", want)
	}
}

func TestQueries(t *testing.T) {
	e := newEstate(t)
	u := e.unit("u")
	a := e.node(u, "subnet.a")
	i := e.node(u, "instance.i", field("subnet", id("subnet.a")), field("other", id("subnet.a")))
	i.Meta = value.OfObject([]value.Field{field("depends_on", list(value.OfUnknown(value.KindAny, source.Span{}, 0).WithRefs(value.Ref{Addr: "subnet.a"})))}, source.Span{})
	g, _ := e.freeze()
	if g.Lookup(u.Unit, "subnet.a") != a || g.Lookup(u.Unit, "subnet.z") != nil || g.Node(a.ID) != a {
		t.Error("Lookup does not find what is there")
	}
	if got := g.OfType("subnet"); len(got) != 1 || got[0] != a {
		t.Errorf("OfType gives %v", got)
	}
	var in []string
	for e := range g.In(a.ID) {
		in = append(in, e.Label)
	}
	if got := strings.Join(in, " "); got != "subnet other depends_on" {
		t.Errorf("what refers to the subnet: %s", got)
	}
	n := 0
	for range g.Out(i.ID) {
		n++
		break
	}
	if n != 1 {
		t.Error("a walk can't be ended")
	}
}

func TestMemoIsMadeOnce(t *testing.T) {
	g, _ := newEstate(t).freeze()
	type key struct{}
	made := 0
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := g.Memo(key{}, func() any { made++; return "product" }); got != "product" {
				t.Errorf("got %v", got)
			}
		})
	}
	wg.Wait()
	if made != 1 {
		t.Errorf("made %d times", made)
	}
}

// Whoever asks for a product that could not be made is told why, not handed nothing.
func TestMemoKeepsPanics(t *testing.T) {
	g, _ := newEstate(t).freeze()
	type key struct{}
	for range 2 {
		func() {
			defer func() {
				if x := recover(); x != "broken" {
					t.Errorf("recovered %v", x)
				}
			}()
			g.Memo(key{}, func() any { panic("broken") })
		}()
	}
}

func TestOlderThan(t *testing.T) {
	for _, tt := range []struct {
		constraint, locked string
		major              int
		want               bool
	}{
		{"", "", 4, false},
		{"~> 3.0", "", 4, true},
		{"~> 3.0", "", 3, false},
		{"~> 3.76.0", "", 4, true},
		{">= 3.0", "", 4, false},
		{">= 3.0, < 4.0", "", 4, true},
		{">= 3.0, < 4.0.1", "", 4, false},
		{"3.76.1", "", 4, true},
		{"= 4.1.0", "", 4, false},
		{"< 4.0", "", 4, true},
		{"nonsense", "", 4, false},
		{">= 3.0", "3.76.1", 4, true},
		{"~> 3.0", "4.67.0", 4, false},
		{"", "nonsense", 4, false},
	} {
		p := &graph.Provider{Constraint: tt.constraint, Locked: tt.locked}
		if got := p.OlderThan(tt.major); got != tt.want {
			t.Errorf("constraint %q, locked %q: older than %d is %v", tt.constraint, tt.locked, tt.major, got)
		}
	}
}

func TestModesAndLanguages(t *testing.T) {
	if graph.Opaque.String() != "opaque" || graph.External.String() != "external" || graph.CloudFormation.String() != "cloudformation" ||
		graph.Terraform.String() != "terraform" {
		t.Error("a name has changed that the output shows")
	}
}
