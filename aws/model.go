// Package aws holds typed models of AWS resources: one struct a resource,
// filled from Terraform and CloudFormation alike, so that a rule is written
// once. Struct tags say where each language keeps a thing and what holds when
// it is not written:
//
//	type DBInstance struct {
//	    Head     `tf:"aws_db_instance,by=identifier" cfn:"AWS::RDS::DBInstance,by=DBInstanceIdentifier"`
//	    MultiAZ  value.Bool         `tf:"multi_az,default=false" cfn:"MultiAZ,default=false"`
//	    Cluster  Ref[DBCluster]     `cfn:"DBClusterIdentifier,parent"`
//	    Versions Satellites[Thing]  // all Things whose parent attribute names this
//	}
//
// The tag of Head names the type, several separated by "|"; "by=" names the
// attributes that identify a resource by a literal. A field without a tag for
// a language is absent in it. "default=" gives what applies when nothing is
// written; without it an unset attribute is open. "parent" makes the struct a
// part of what the reference names.
//
// A model exists only where a rule reads it. All models are listed in
// [Models]; tests check every tag against the schemas of both languages.
package aws

import (
	"iter"
	"reflect"
	"sync"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Head is embedded in every model: the node that it was read from.
type Head struct {
	node *graph.Node
	g    *graph.Graph
}

// Node returns the node of the model.
func (h *Head) Node() *graph.Node { return h.node }

// Graph returns the graph of the node.
func (h *Head) Graph() *graph.Graph { return h.g }

func (h *Head) bind(g *graph.Graph, n *graph.Node) { h.g, h.node = g, n }

// Model is the constraint of all models: a pointer to a struct with a Head.
type Model[T any] interface {
	*T
	Node() *graph.Node
	Graph() *graph.Graph
	bind(*graph.Graph, *graph.Node)
}

// normalizer is a model with something that tags can't say.
type normalizer interface{ normalize() }

type modelKey struct{ t reflect.Type }

// models of one type, in order of node id.
type modelSet[T any] struct {
	list   []*T
	by     map[graph.NodeID]*T
	inUnit func() map[*graph.Unit][]*T
}

func set[T any, M Model[T]](g *graph.Graph) *modelSet[T] {
	t := reflect.TypeFor[T]()
	return g.Memo(modelKey{t}, func() any {
		s := &modelSet[T]{by: map[graph.NodeID]*T{}}
		for _, lang := range []graph.Lang{graph.Terraform, graph.CloudFormation} {
			p := planOf(t, lang)
			for _, typ := range p.types {
				for _, n := range g.OfType(typ) {
					if n.Lang != lang && n.Mode != graph.External {
						continue
					}
					m := new(T)
					M(m).bind(g, n)
					decodeModel(g, n, p, reflect.ValueOf(m).Elem())
					if z, ok := any(m).(normalizer); ok {
						z.normalize()
					}
					s.list = append(s.list, m)
					s.by[n.ID] = m
				}
			}
		}
		s.inUnit = sync.OnceValue(func() map[*graph.Unit][]*T {
			units := map[*graph.Unit][]*T{}
			for _, m := range s.list {
				if n := M(m).Node(); n.Mode == graph.Managed {
					units[n.Unit] = append(units[n.Unit], m)
				}
			}
			return units
		})
		return s
	}).(*modelSet[T])
}

// All calls yield for every model of a type: resources, data sources and what
// is only known by its identity; ask Node().Mode. Models are read once a graph
// and shared: they must not be changed.
func All[T any, M Model[T]](g *graph.Graph) iter.Seq[M] {
	return func(yield func(M) bool) {
		for _, m := range set[T, M](g).list {
			if !yield(M(m)) {
				return
			}
		}
	}
}

// Managed is All without data sources and externals.
func Managed[T any, M Model[T]](g *graph.Graph) iter.Seq[M] {
	return func(yield func(M) bool) {
		for _, m := range set[T, M](g).list {
			if M(m).Node().Mode == graph.Managed && !yield(M(m)) {
				return
			}
		}
	}
}

// ManagedIn is Managed for one unit.
func ManagedIn[T any, M Model[T]](g *graph.Graph, u *graph.Unit) iter.Seq[M] {
	return func(yield func(M) bool) {
		for _, m := range set[T, M](g).inUnit()[u] {
			if !yield(M(m)) {
				return
			}
		}
	}
}

// Of returns the model of a node, or nil if the node is of another type.
func Of[T any, M Model[T]](g *graph.Graph, n *graph.Node) M {
	if n == nil {
		return nil
	}
	return M(set[T, M](g).by[n.ID])
}

// Types returns the resource types that a model stands for, of both languages.
func Types[T any]() []string {
	t := reflect.TypeFor[T]()
	return append(append([]string(nil), planOf(t, graph.Terraform).types...), planOf(t, graph.CloudFormation).types...)
}

// Item is embedded in the structs of nested blocks.
type Item struct {
	value value.Value
}

// Span is the whole block.
func (i *Item) Span() source.Span { return i.value.Span() }

// Value is the block as it was evaluated.
func (i *Item) Value() value.Value { return i.value }

// Exists is unknown for a block that a dynamic block or condition may leave out.
func (i *Item) Exists() tri.Bool {
	if i.value.MayBeMissing() {
		return tri.Unknown
	}
	return tri.True
}

func (i *Item) setValue(v value.Value) { i.value = v }

// Block is a nested block or property that occurs at most once.
type Block[T any] struct {
	value.Attr
	item *T
}

// Get returns the block. With ok false there is none, or it is not known: ask
// Set. Fields of a block that is unknown as a whole can be asked all the same:
// their verdicts are open.
func (b *Block[T]) Get() *T { return b.item }

// List is a nested block or property that occurs any number of times.
type List[T any] struct {
	value.Attr
	// Items are the blocks, in source order.
	Items []*T
	// Open says that there may be more: a dynamic block over something unknown.
	Open bool
}

// Ref is an attribute that names one other resource.
type Ref[T any] struct {
	value.Attr
	targets []graph.Target
	others  []graph.Target
}

// Targets returns all that the attribute may name. More than one, or one that
// is not sure, means that it is one of them.
func (r *Ref[T]) Targets() []graph.Target { return r.targets }

// Others returns what the attribute names that is of another type: a VPN
// gateway where an internet gateway was asked for.
func (r *Ref[T]) Others() []graph.Target { return r.others }

// One returns the node that the attribute certainly names, or nil.
func (r *Ref[T]) One() *graph.Node {
	if len(r.targets) == 1 && r.targets[0].Sure == tri.True {
		return r.targets[0].Node
	}
	return nil
}

// Unresolved says why it is not known what the attribute leads to, and for one that
// is not written, what then decides.
func (r *Ref[T]) Unresolved(instead string) value.Fact {
	f := r.Fact()
	switch {
	case r.V.IsUnset():
		f.Text += ": " + instead
	case r.V.IsKnown():
		f.Text += ", which is not in this scan"
	}
	return f
}

// Refs is an attribute that names any number of other resources.
type Refs[T any] struct {
	value.Attr
	// Targets are what is named, in source order.
	Targets []graph.Target
	// Complete says that there are no others: nothing in the list is unknown
	// without being a reference.
	Complete bool
}

// Satellites are the resources that are parts of this one: those whose parent
// attribute names it.
type Satellites[T any] struct {
	// Items are the parts, in order of node id.
	Items []Satellite[T]
	// Open lists why there may be others; empty means there are none in this scan.
	Open []value.Fact
}

// Satellite is one part. Sure is unknown if it may belong to something else,
// or may not exist.
type Satellite[T any] struct {
	Part *T
	Sure tri.Bool
}
