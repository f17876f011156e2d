package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Fold says that resources of one type are parts of another: a bucket policy
// of its bucket, a rule of its security group.
type Fold struct {
	// Satellite is the type of the part, Attr the attribute that names the whole.
	Satellite, Attr string
	// Parents are the types of the whole.
	Parents []string
	// Single says that a whole has at most one such part.
	Single bool
}

// Satellite is a part that is written as a resource of its own.
type Satellite struct {
	Node *Node
	// Sure is unknown where the part may belong to another whole, or may not exist
	// although the whole does.
	Sure tri.Bool
}

// Satellites are the parts of one type that a whole has.
type Satellites struct {
	Items []Satellite
	// Open lists why there may be more than Items: a part whose whole is not
	// known, a module that is given the whole and could not be read, a broken
	// file. Empty means that Items is all there is in this scan.
	Open []value.Fact
}

type foldIndex struct {
	items map[foldKey][]Satellite
	// parts are all satellites of a whole, whatever their type.
	parts map[NodeID][]*Node
	// unplaced are parts whose whole could not be resolved, by unit.
	unplaced map[unplacedKey][]*Node
	// named are parts whose whole is called by a name that nothing known bears.
	named map[unplacedKey][]namedPart
}

type namedPart struct {
	node *Node
	name string
}

type foldKey struct {
	parent NodeID
	typ    string
}

type unplacedKey struct {
	unit *Unit
	typ  string
}

// foldAll mounts all satellites. Conflicts are reported, and both parts kept.
func (g *Graph) foldAll(folds []Fold) []source.Diagnostic {
	g.fold = foldIndex{items: map[foldKey][]Satellite{}, parts: map[NodeID][]*Node{}, unplaced: map[unplacedKey][]*Node{}, named: map[unplacedKey][]namedPart{}}
	var diags []source.Diagnostic
	for _, f := range folds {
		parents := map[string]bool{}
		for _, p := range f.Parents {
			parents[p] = true
		}
		for _, n := range g.byType[f.Satellite] {
			if n.Mode == Managed {
				diags = append(diags, g.mount(f, parents, n)...)
			}
		}
	}
	return diags
}

func (g *Graph) mount(f Fold, parents map[string]bool, n *Node) []source.Diagnostic {
	var diags []source.Diagnostic
	placed := false
	for e := range g.Out(n.ID) {
		p := g.nodes[e.To]
		if e.Label != f.Attr || !parents[p.Type] && p.Mode != External {
			continue
		}
		placed = true
		key := foldKey{p.ID, n.Type}
		sure := tri.And(e.Exists, n.ExistsWith(p))
		if there := g.fold.items[key]; len(there) > 0 && there[len(there)-1].Node == n {
			there[len(there)-1].Sure = tri.Or(there[len(there)-1].Sure, sure) // it names its whole twice
			continue
		}
		if f.Single && e.Exists == tri.True && n.Exists == tri.True {
			diags = append(diags, conflict(n, p, g.fold.items[key])...)
		}
		g.fold.items[key] = append(g.fold.items[key], Satellite{n, sure})
		g.fold.parts[p.ID] = append(g.fold.parts[p.ID], n)
	}
	v := n.Body.Path(f.Attr)
	key := unplacedKey{n.Unit, n.Type}
	targets, complete := g.Resolve(n, f.Attr, v)
	if !complete || !placed && v.IsUnknown() {
		g.fold.unplaced[key] = append(g.fold.unplaced[key], n)
		return diags
	}
	for _, t := range targets {
		if name, ok := t.Value.Str(); ok && t.Node.Mode == External && !globalID.MatchString(name) {
			g.fold.named[key] = append(g.fold.named[key], namedPart{n, name})
		}
	}
	return diags
}

func conflict(n, parent *Node, there []Satellite) []source.Diagnostic {
	for _, s := range there {
		if s.Sure == tri.True {
			return []source.Diagnostic{{Level: source.Warning, Code: "satellite-conflict", Span: n.Span.Head(),
				Message: fmt.Sprintf("%s and %s both configure %s; the later one to be applied wins", s.Node.Addr, n.Addr, parent.Addr)}}
		}
	}
	return nil
}

// Parts returns all that is, or may be, mounted under a node. The slice must
// not be changed.
func (g *Graph) Parts(id NodeID) []*Node { return g.fold.parts[id] }

// Satellites returns the parts of a type that a node has.
func (g *Graph) Satellites(parent *Node, typ string) Satellites {
	s := Satellites{Items: g.fold.items[foldKey{parent.ID, typ}]}
	key := unplacedKey{parent.Unit, typ}
	for _, n := range g.fold.unplaced[key] {
		s.mayHave(n)
	}
	for _, p := range g.fold.named[key] {
		if g.mayBeCalled(parent, p.name) {
			s.mayHave(p.node)
		}
	}
	s.Open = append(s.Open, g.MayHide(parent)...)
	return s
}

func (s *Satellites) mayHave(n *Node) {
	listed := slices.ContainsFunc(s.Items, func(i Satellite) bool { return i.Node == n })
	if !listed && n.Exists != tri.False {
		s.Open = append(s.Open, value.Fact{Text: fmt.Sprintf("%s may belong to it", n.Addr), Span: n.Span.Head(), Open: true})
	}
}

// mayBeCalled reports that a node may bear a name: what identifies it is not known.
func (g *Graph) mayBeCalled(n *Node, name string) bool {
	for _, attr := range g.linker.by[n.Type] {
		if mayBe(n.Body.Path(attr), name) {
			return true
		}
	}
	return false
}

func mayBe(v value.Value, text string) bool {
	if alts := v.Alternatives(); alts != nil {
		return slices.ContainsFunc(alts, func(a value.Value) bool { return mayBe(a, text) })
	}
	if got, ok := v.Str(); ok {
		return got == text
	}
	return v.IsUnknown() && strings.HasPrefix(text, v.Prefix())
}

// MayHide returns why a part or peer of a node may stand where it can't be
// seen: modules that are given the node but can't be read, and broken files.
// It is empty when all that could refer to the node is in the graph.
func (g *Graph) MayHide(n *Node) []value.Fact {
	var out []value.Fact
	for e := range g.In(n.ID) {
		if m := g.nodes[e.From]; m.Mode == Opaque && m.Exists != tri.False {
			out = append(out, value.Fact{Text: fmt.Sprintf("%s is given it, and its source is not here", m.Addr), Span: e.Span, Open: true})
		}
	}
	if n.Unit != nil && n.Unit.Broken {
		out = append(out, value.Fact{Text: "part of the configuration could not be read", Span: n.Unit.Anchor, Open: true})
	}
	return out
}
