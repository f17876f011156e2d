package graph

import (
	"fmt"
	"runtime/debug"
	"sort"
	"strings"
	"sync"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Builder collects units and nodes. A parser evaluates each unit on its own
// into a [Part], so that units can be evaluated in parallel; the parts are
// added in a fixed order.
type Builder struct {
	Files   *source.FileSet
	Origins *value.Origins
	parts   []*Part
	keys    map[string]bool
}

// NewBuilder returns an empty builder.
func NewBuilder(files *source.FileSet, origins *value.Origins) *Builder {
	return &Builder{Files: files, Origins: origins, keys: map[string]bool{}}
}

// Part is one unit with its nodes, in source order.
type Part struct {
	Unit  *Unit
	Nodes []*Node
	// Exports maps names by which other units refer to values of this one
	// ("export:NAME") to the value.
	Exports map[string]value.Value
}

// Add adds a unit. It fails if the unit's key is taken or two nodes share an address.
func (b *Builder) Add(p *Part) error {
	if b.keys[p.Unit.Key] {
		return fmt.Errorf("two units named %q", p.Unit.Key)
	}
	seen := make(map[string]bool, len(p.Nodes))
	for _, n := range p.Nodes {
		if seen[n.Addr] {
			return fmt.Errorf("%s: two nodes at address %q", p.Unit.Key, n.Addr)
		}
		seen[n.Addr] = true
	}
	b.keys[p.Unit.Key] = true
	b.parts = append(b.parts, p)
	return nil
}

// Options are the tables that the packages above the graph bring: which
// attributes refer to what, and which resources are parts of others.
type Options struct {
	Links []Link
	Folds []Fold
}

// Freeze links and folds, and returns the finished graph. The builder must not
// be used afterwards. Diagnostics tell of conflicts.
func (b *Builder) Freeze(o Options) (*Graph, []source.Diagnostic) {
	g := &Graph{
		Files: b.Files, Origins: b.Origins,
		byType: map[string][]*Node{}, byAddr: map[addrKey]*Node{}, external: map[string]*Node{},
	}
	sort.SliceStable(b.parts, func(i, j int) bool { return b.parts[i].Unit.Key < b.parts[j].Unit.Key })
	for _, p := range b.parts {
		p.Unit.ID = len(g.units)
		g.units = append(g.units, p.Unit)
		for _, n := range p.Nodes {
			n.Unit = p.Unit
			g.addNode(n)
		}
	}
	g.linker = newLinker(g, o.Links)
	g.linker.run()
	g.index()
	diags := g.foldAll(o.Folds)
	return g, diags
}

func (g *Graph) addNode(n *Node) {
	n.ID = NodeID(len(g.nodes))
	g.nodes = append(g.nodes, n)
	g.byType[n.Type] = append(g.byType[n.Type], n)
	if n.Unit != nil {
		g.byAddr[addrKey{n.Unit, n.Addr}] = n
	}
}

// ext returns the external node of that identity, making it when it is new.
func (g *Graph) ext(typ, identity string) *Node {
	if n := g.external[identity]; n != nil {
		return n
	}
	n := &Node{Mode: External, Type: typ, Addr: externalAddr(typ, identity), Name: identity, Exists: tri.True,
		Body: value.OfObject(nil, source.Span{}).Opened()}
	g.addNode(n)
	g.external[identity] = n
	return n
}

// externalAddr is how users write what an identity names, without unit and type.
func externalAddr(typ, identity string) string {
	if _, after, ok := strings.Cut(identity, "//"); ok && !strings.HasPrefix(identity, "arn:") {
		return strings.TrimPrefix(after, typ+"/")
	}
	return identity
}

// index builds the lists of edges of both directions.
func (g *Graph) index() {
	g.out = make([][]int32, len(g.nodes))
	g.in = make([][]int32, len(g.nodes))
	for i, e := range g.edges {
		g.out[e.From] = append(g.out[e.From], int32(i))
		g.in[e.To] = append(g.in[e.To], int32(i))
	}
}

// parallel runs f for 0..n-1 on several goroutines. What panics in one of them
// does so in the caller, who may deal with it.
func parallel(n int, f func(int)) {
	const workers = 4
	var panics [workers]string
	var wg sync.WaitGroup
	for w := range min(workers, n) {
		wg.Go(func() {
			defer func() {
				if x := recover(); x != nil {
					panics[w] = fmt.Sprintf("%v\n%s", x, debug.Stack())
				}
			}()
			for i := w; i < n; i += workers {
				f(i)
			}
		})
	}
	wg.Wait()
	for _, p := range panics {
		if p != "" {
			panic(p)
		}
	}
}
