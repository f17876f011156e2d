package analysis

import (
	"fmt"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Analyzer is a computation over the graph. It decides the rules it lists, or
// makes a product that other analyzers read.
type Analyzer struct {
	// Name is a short identifier; Doc says in a sentence what is computed.
	Name, Doc string
	Rules     []*Rule
	// Requires lists the facts that Run reads.
	Requires []*Analyzer
	// Run does the work and returns the product, nil for an analyzer of rules.
	Run func(*Pass) (any, error)
}

// Fact is an analyzer whose product is a T.
type Fact[T any] struct{ Analyzer *Analyzer }

// NewFact makes a fact.
func NewFact[T any](name, doc string, requires []*Analyzer, run func(*Pass) (T, error)) Fact[T] {
	return Fact[T]{&Analyzer{Name: name, Doc: doc, Requires: requires,
		Run: func(p *Pass) (any, error) { return run(p) }}}
}

// Of returns the product in a pass whose analyzer requires the fact. It panics
// otherwise, which the checker reports as a fault of that analyzer.
func (f Fact[T]) Of(p *Pass) T {
	v, ok := p.results[f.Analyzer]
	if !ok {
		panic(fmt.Sprintf("analyzer %s reads fact %s without requiring it", p.Analyzer.Name, f.Analyzer.Name))
	}
	return v.(T)
}

// Pass is one run of an analyzer over one graph.
type Pass struct {
	Analyzer *Analyzer
	Graph    *graph.Graph
	// Settings are what the user says of the estate; may be nil.
	Settings *Settings

	results   map[*Analyzer]any
	enabled   func(*Rule) bool
	decisions []Decision
}

// NewPass is for the checker.
func NewPass(a *Analyzer, g *graph.Graph, results map[*Analyzer]any, enabled func(*Rule) bool) *Pass {
	return &Pass{Analyzer: a, Graph: g, results: results, enabled: enabled}
}

// Decisions returns what was decided, in order.
func (p *Pass) Decisions() []Decision { return p.decisions }

// Enabled reports whether anyone wants to hear of a rule: work for it alone can
// be left out otherwise.
func (p *Pass) Enabled(r *Rule) bool { return p.enabled == nil || p.enabled(r) }

// Decision is one verdict of one rule about one node.
type Decision struct {
	Rule    *Rule
	Node    *graph.Node
	Verdict value.Verdict
	// Subject tells apart several verdicts about a node; it is part of the
	// finding's identity, so it must not hold positions: "ingress tcp 22 0.0.0.0/0".
	Subject string
	// Message replaces the generated sentence.
	Message string
	// At is the place to show; else the first fact that the verdict rests on.
	At source.Span
	// Concerns lists further nodes that the verdict is about, for precedence.
	Concerns []graph.NodeID
	// Parts lists verdicts about parts of nodes that have the same cause, for
	// precedence: of those about the node only the ones with that subject.
	Parts []Part
	// Together says that stronger verdicts silence this one only if there is one
	// about each of the nodes that it concerns.
	Together bool
	// Related are places that help to understand, without being the proof.
	Related []value.Fact
	// Severity, if not nil, overrides the rule's.
	Severity *Severity
	// Whole says that the verdict is about the unit of the node as a whole.
	Whole bool
}

// Part is a part of a node, by the subject of verdicts about it.
type Part struct {
	Node    graph.NodeID
	Subject string
}

// Option refines a decision.
type Option func(*Decision)

// Subject names the part of the node that the verdict is about.
func Subject(s string) Option { return func(d *Decision) { d.Subject = s } }

// Says replaces the sentence of the finding.
func Says(format string, args ...any) Option {
	return func(d *Decision) { d.Message = fmt.Sprintf(format, args...) }
}

// At sets the place that the finding is shown at.
func At(s source.Span) Option { return func(d *Decision) { d.At = s } }

// Concerns names further nodes that the finding is about.
func Concerns(ids ...graph.NodeID) Option {
	return func(d *Decision) { d.Concerns = append(d.Concerns, ids...) }
}

// ConcernsPart names a part of a further node that the finding is about.
func ConcernsPart(id graph.NodeID, subject string) Option {
	return func(d *Decision) { d.Parts = append(d.Parts, Part{id, subject}) }
}

// Together lets a finding be silenced only if stronger ones speak of each of the
// nodes that it concerns.
func Together() Option { return func(d *Decision) { d.Together = true } }

// OfUnit says that a verdict is about the root or stack as a whole, of which the node
// is but an example: what At names is then the block of the finding.
func OfUnit() Option { return func(d *Decision) { d.Whole = true } }

// Related adds places that help to understand.
func Related(facts ...value.Fact) Option {
	return func(d *Decision) { d.Related = append(d.Related, facts...) }
}

// Decide gives the verdict of a rule about a node. It is the only way to speak.
// A defect of a node that may not exist is open: whoever reads it is told so.
func (p *Pass) Decide(r *Rule, n *graph.Node, v value.Verdict, opts ...Option) {
	if !p.Enabled(r) || n.Exists == tri.False {
		return
	}
	if r.Lang != "" && r.Lang != n.Lang.String() {
		return
	}
	d := Decision{Rule: r, Node: n, Verdict: v.Under(n.When)}
	for _, o := range opts {
		o(&d)
	}
	p.decisions = append(p.decisions, d)
}
