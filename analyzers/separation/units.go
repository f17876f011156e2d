package separation

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// member is a root or stack with the environment that it may be of. Its node is the
// first of its resources, which stands for it.
type member struct {
	role
	unit *graph.Unit
	// nodes are its resources that count, by address.
	nodes []*graph.Node
	// env is what it certainly is, with the evidence.
	env environment.Evidence
}

// name is what a unit is called in messages.
func (m *member) name() string { return m.unit.Key }

// root is where a unit is deployed from, in whatever world.
func (m *member) root() string {
	if isPath(m.unit.World) {
		return m.unit.World // of Terragrunt
	}
	return cmp.Or(m.unit.Path, m.unit.Dir)
}

// membersOf lists the units that are deployed, have resources that count, and belong
// to an environment, or may: by what is said of the unit, else by what all of these
// resources are.
func membersOf(g *graph.Graph, envs *environment.Environments, counts func(*graph.Node) bool) []member {
	nodes := map[*graph.Unit][]*graph.Node{}
	for _, n := range g.Nodes() {
		if n.Unit != nil && n.Unit.Kind != graph.Example && n.Exists != tri.False && counts(n) {
			nodes[n.Unit] = append(nodes[n.Unit], n)
		}
	}
	var out []member
	for _, u := range g.Units() {
		if len(nodes[u]) == 0 {
			continue
		}
		slices.SortFunc(nodes[u], func(a, b *graph.Node) int { return cmp.Compare(a.Addr, b.Addr) })
		m := member{unit: u, nodes: nodes[u], role: role{node: nodes[u][0]}}
		s := envs.OfUnit(u)
		m.env = s.Best()
		if s.Undecided() {
			m.maybe("the environment of " + u.Key + " is not known")
		} else if m.env.Confidence == environment.None {
			m.byResources(envs, nodes[u])
		}
		if len(m.unsure) == 0 {
			e := m.env.Environment
			m.prod, m.other, m.confidence = e == analysis.Production, e.IsNonProduction(), m.env.Confidence
		}
		if m.prod || m.other {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b member) int { return cmp.Compare(a.unit.Key, b.unit.Key) })
	return out
}

func isPath(world string) bool { return slices.Contains([]byte(world), '/') }

func (m *member) maybe(why string) {
	m.prod, m.other = true, true
	m.unsure = append(m.unsure, value.Fact{Text: why, Span: m.unit.Anchor})
}

// byResources takes the environment that all resources have which say one.
func (m *member) byResources(envs *environment.Environments, nodes []*graph.Node) {
	unknown := false
	for _, n := range nodes {
		s := envs.Signs(n.ID)
		e := s.Best()
		switch {
		case s.Undecided():
			unknown = true
		case e.Confidence != environment.Strong:
		case m.env.Confidence == environment.None:
			m.env = e
		case m.env.Environment != e.Environment:
			m.env, m.unsure = environment.Evidence{}, nil
			return // it holds several
		}
	}
	if unknown {
		m.env = environment.Evidence{}
		m.maybe("the environment of all that " + m.unit.Key + " makes is not known")
	}
}

// holding is a member with what it is deployed into: a state, an account.
type holding struct {
	member
	// id is what it is, empty if that is not known; then may says which it can be.
	id  string
	may func(o *holding) bool
	// vague says that the id is but a name: another one may mean the same.
	vague bool
	// fact says by what that is known, or what is missing, and form is the form of the
	// defect that rests on it.
	fact value.Fact
	form string
}

// mutual decides about things that units of production must not have in common with
// others. It speaks once for each thing, at the first unit of production.
type mutual struct {
	rule *analysis.Rule
	// different says which units may be compared; nil means all.
	different func(a, b *member) bool
	// any says that also two environments must not have it of which none is production.
	any bool
}

func (m mutual) decide(p *analysis.Pass, list []holding) {
	told := map[string]bool{}
	undecided := false
	slices.SortStableFunc(list, func(a, b holding) int { return later(!a.prod, !b.prod) })
	for i := range list {
		h := &list[i]
		if !h.prod && !m.any {
			continue
		}
		same, others := m.partners(list, h)
		switch {
		case len(same) > 0 && len(h.unsure) == 0:
			if !told[h.id] {
				told[h.id] = true
				m.speak(p, h, same)
			}
		case len(others) > 0:
			if !undecided {
				undecided = true
				m.leaveOpen(p, list)
			}
		default:
			p.Decide(m.rule, h.node, value.Good(), analysis.At(h.at()), analysis.OfUnit())
		}
	}
}

// partners are the units of other environments that certainly have the same thing,
// best known first, and those that may have it.
func (m mutual) partners(list []holding, h *holding) (same, others []*holding) {
	for i := range list {
		o := &list[i]
		if o.unit == h.unit || !m.opposed(h, o) || m.different != nil && !m.different(&h.member, &o.member) {
			continue
		}
		switch {
		case h.id != "" && h.id == o.id && len(h.unsure)+len(o.unsure) == 0:
			same = append(same, o)
		case h.id != "" && o.id != "" && h.id != o.id && !h.vague && !o.vague:
		case h.id != "" && h.id == o.id, h.may(o) && o.may(h):
			others = append(others, o)
		}
	}
	slices.SortStableFunc(same, func(a, b *holding) int { return cmp.Compare(b.confidence, a.confidence) })
	return same, others
}

// opposed reports that two units must not have something in common, if their
// environments are what they may be.
func (m mutual) opposed(h, o *holding) bool {
	if h.prod || !m.any {
		return h.prod && o.other && !alike(h.role, o.role)
	}
	return environment.Differ(h.env.Environment, o.env.Environment) && !o.prod
}

// at is where the unit says what it is deployed into.
func (h *holding) at() source.Span {
	if h.fact.Span.IsValid() {
		return h.fact.Span
	}
	return h.unit.Anchor
}

func (m mutual) speak(p *analysis.Pass, h *holding, same []*holding) {
	o := same[0]
	facts := []value.Fact{{Text: fmt.Sprintf("%s (%s) and %s (%s) have %s", h.name(), h.env.Environment, o.name(), o.env.Environment, h.id),
		Span: h.fact.Span, Origin: h.fact.Origin}}
	facts = append(facts, h.evidence()...)
	concerns := []graph.NodeID{}
	for i, s := range same {
		concerns = append(concerns, s.node.ID)
		if i < mostListed {
			facts = append(facts, s.evidence()...)
		}
	}
	v := value.Bad(facts...)
	switch {
	case h.form != "":
		v = v.As(h.form)
	case min(h.confidence, o.confidence) < environment.Strong:
		v = v.As(byName)
	}
	p.Decide(m.rule, h.node, v, analysis.Subject(h.id), analysis.At(h.at()), analysis.OfUnit(), analysis.Concerns(concerns...),
		analysis.Says("%s: %s", m.rule.Title, facts[0].Text))
}

// evidence are the hops that show the environment of a unit, and what it is deployed
// into.
func (h *holding) evidence() []value.Fact {
	return []value.Fact{
		{Text: fmt.Sprintf("%s is %s: %s", h.name(), h.env.Environment, h.env.Fact.Text), Span: h.env.Fact.Span, Origin: h.env.Fact.Origin, Hop: true},
		{Text: fmt.Sprintf("in %s, %s", h.name(), h.fact.Text), Span: h.fact.Span, Origin: h.fact.Origin, Hop: true},
	}
}

// leaveOpen says once of all units what would have to be known.
func (m mutual) leaveOpen(p *analysis.Pass, list []holding) {
	var facts []value.Fact
	var concerns []graph.NodeID
	var first *holding
	for i := range list {
		h := &list[i]
		if !h.prod && !m.any {
			continue
		}
		_, others := m.partners(list, h)
		if len(others) == 0 {
			continue
		}
		if first == nil {
			first = h
		}
		for _, x := range append([]*holding{h}, others...) {
			concerns = append(concerns, x.node.ID)
			facts = append(facts, x.unsure...)
			if x.id == "" || x.vague {
				facts = append(facts, x.fact)
			}
		}
	}
	facts = distinctFacts(facts)
	p.Decide(m.rule, first.node, value.Open(facts[:min(len(facts), mostListed)]...), analysis.At(first.at()), analysis.OfUnit(), analysis.Concerns(concerns...),
		analysis.Says("%s, perhaps: %s and others", m.rule.Title, first.name()))
}
