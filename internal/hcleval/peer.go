package hcleval

import (
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Peer is a unit of the scan as the others see it: its outputs, where its state
// is kept, and its resources. Only what is asked for is evaluated. A peer is
// used by one goroutine at a time.
type Peer struct {
	Unit *graph.Unit
	root *module
}

// NewPeer makes a peer of what would be evaluated as a unit.
func NewPeer(in Input) *Peer {
	ev := newEvaluator(in)
	root := newModule(ev, nil, in.Config, "", "")
	root.exists = tri.True
	ev.begin(root)
	return &Peer{in.Unit, root}
}

// Output is an output of the root module; false if it has none of that name.
func (p *Peer) Output(name string) (value.Value, bool) {
	o := p.root.cfg.outputs[name]
	if o == nil {
		return value.Value{}, false
	}
	return p.root.outLow(o).InUnit(p.Unit.Key), true
}

// Outputs are all outputs as an object.
func (p *Peer) Outputs() value.Value {
	fields := make([]value.Field, 0, len(p.root.cfg.outNames))
	for _, name := range p.root.cfg.outNames {
		v, _ := p.Output(name)
		fields = append(fields, value.Field{Name: name, Span: p.root.cfg.outputs[name].block.span, Value: v})
	}
	return value.OfObject(fields, source.Span{})
}

// Backend is where the configuration says that its state is kept: the type of the
// backend, empty if none is named, and its arguments.
func (p *Peer) Backend() (typ string, args value.Value) { return p.root.backend() }

func (m *module) backend() (typ string, args value.Value) {
	for _, b := range m.cfg.blocks {
		if b.typ != "terraform" {
			continue
		}
		for _, be := range b.body.blocks("backend") {
			return be.label(0), m.scope.lowerBody(be.body, be.span)
		}
		for _, c := range b.body.blocks("cloud") {
			return "remote", m.scope.lowerBody(c.body, c.span)
		}
	}
	return "", value.Value{}
}

// Instance is an instance of a resource of a peer.
type Instance struct {
	Peer *Peer
	in   *instance
}

// Instances are those of the resources of a type, in all modules of the peer.
func (p *Peer) Instances(typ string) []Instance { return p.instances(typ, false) }

// Queries are what the data sources of a type ask of others, for all that they have.
func (p *Peer) Queries(typ string) []Query {
	var out []Query
	for _, i := range p.instances(typ, true) {
		out = append(out, Query{Type: typ, Args: i.in.body(), Provider: i.Provider()})
	}
	return out
}

func (p *Peer) instances(typ string, data bool) []Instance {
	var out []Instance
	var walk func(m *module)
	walk = func(m *module) {
		for _, r := range m.cfg.resources {
			if r.data != data || r.typ != typ {
				continue
			}
			for _, in := range m.resourceOf(r).inst {
				out = append(out, Instance{p, in})
			}
		}
		for _, c := range m.cfg.calls {
			for _, child := range m.callOf(c).inst {
				if child.cfg != nil {
					walk(child)
				}
			}
		}
	}
	walk(p.root)
	return out
}

// Addr is the address in its unit.
func (i Instance) Addr() string { return i.in.addr }

// Certain reports that the instance exists, and is a single one.
func (i Instance) Certain() bool {
	return i.in.exists == tri.True && !strings.Contains(i.in.addr, symbolicSuffix)
}

// Provider is the configuration of its provider, or nil.
func (i Instance) Provider() *graph.Provider {
	return i.in.rs.m.providerFor(i.in.rs.r, i.in.scope)
}

// Attr is an attribute as other units see it.
func (i Instance) Attr(name string) value.Value {
	return i.in.attrLow(name).InUnit(i.Peer.Unit.Key)
}

// Written is an argument as the configuration gives it, absent if it does not.
func (i Instance) Written(name string) value.Value {
	it := i.in.rs.r.body.index[name]
	if it == nil {
		return value.Value{}
	}
	return i.in.scope.lowerItem(it).InUnit(i.Peer.Unit.Key)
}
