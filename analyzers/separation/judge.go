package separation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/analyzers/facts/sharing"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// judge decides whether production shares what others use.
type judge struct {
	envs *environment.Environments
	// ofUnit are resources of which it is not known what they use, by kind and
	// unit; anywhere are some of all of them.
	ofUnit   map[unitKind][]role
	anywhere map[aws.ShareKind][]role
}

type unitKind struct {
	unit *graph.Unit
	kind aws.ShareKind
}

// role is what a resource may be as far as separation goes.
type role struct {
	node        *graph.Node
	prod, other bool // it may be
	confidence  environment.Confidence
	// unsure says what is not known about it, and cause names it: two of one cause
	// are of one environment.
	unsure []value.Fact
	cause  string
	use    *sharing.Use
}

func newJudge(envs *environment.Environments, s *sharing.Sharing) *judge {
	j := &judge{envs: envs, ofUnit: map[unitKind][]role{}, anywhere: map[aws.ShareKind][]role{}}
	for kind := range sharedRules { // the order does not matter: each has entries of its own
		for _, u := range s.Unplaced(kind) {
			r := roleOf(j.envs, u.User)
			if !r.prod && !r.other {
				continue
			}
			r.unsure = append(r.unsure, value.Fact{Text: "what " + u.User.Addr + " uses is not known", Span: u.At.Span(), Origin: u.At.Origin()})
			k := unitKind{u.User.Unit, kind}
			j.ofUnit[k] = few(append(j.ofUnit[k], r))
			j.anywhere[kind] = few(append(j.anywhere[kind], r))
		}
	}
	return j
}

// roleOf says what a resource may be. One without any sign of an environment,
// or of a shared one, is neither.
func roleOf(envs *environment.Environments, n *graph.Node) role {
	if s := envs.Signs(n.ID); s.Undecided() {
		return role{node: n, prod: true, other: true, cause: s.Cause(),
			unsure: []value.Fact{{Text: "the environment of " + n.Addr + " is not known", Span: n.Span.Head(), Origin: s.Why(n)}}}
	}
	e := envs.Of(n.ID)
	return role{node: n, prod: e.Environment == analysis.Production, other: e.Environment.IsNonProduction(), confidence: e.Confidence}
}

func (j *judge) decide(p *analysis.Pass, t *sharing.Thing) {
	rule := sharedRules[t.Kind]
	if !p.Enabled(rule) {
		return
	}
	v, at := j.verdict(t)
	if v.IsBad() && t.Kind == aws.SharedRole && onlyServicePolicies(p.Graph, t.Node) {
		v = v.As(serviceRole)
	}
	var concerns []graph.NodeID
	for _, u := range t.Uses {
		concerns = append(concerns, u.User.ID)
	}
	n, opts := t.Node, []analysis.Option{analysis.Concerns(concerns...)}
	if t.Node.Mode != graph.Managed {
		if at == nil {
			return
		}
		// What is outside the scan has no place of its own: the finding is shown
		// where production names it.
		n = at.User
		opts = append(opts, analysis.Subject(string(t.Kind)+" "+t.Node.Addr), analysis.At(at.At.Span()), analysis.Concerns(t.Node.ID))
	} else {
		opts = append(opts, analysis.At(n.Span.Head()))
	}
	if v.IsBad() {
		opts = append(opts, analysis.Says("%s: %s", rule.Title, v.Facts()[0].Text))
	}
	p.Decide(rule, n, v, opts...)
}

// verdict looks for a user of production and one of another environment. The
// second result is the use at which to show the verdict.
func (j *judge) verdict(t *sharing.Thing) (value.Verdict, *sharing.Use) {
	roles := j.roles(t)
	if p, o, ok := together(roles, environment.Strong); ok {
		return j.shared(t, p, o, roles), p.use
	}
	if p, o, ok := together(roles, environment.Weak); ok {
		return j.shared(t, p, o, roles).As(byName), p.use
	}
	var first *sharing.Use
	if len(roles) > 0 {
		first = roles[0].use
	}
	if why := j.undecided(t, roles); why != nil {
		return value.Open(why...), first
	}
	return value.Good(), first
}

// roles lists what the users of a thing may be, by address: the order in the
// files must not show.
func (j *judge) roles(t *sharing.Thing) []role {
	var out []role
	for i := range t.Uses {
		u := &t.Uses[i]
		r := roleOf(j.envs, u.User)
		r.use = u
		if u.Sure != tri.True {
			r.unsure = append(r.unsure, value.Fact{Text: doubtOf(t.Node, u.User), Span: u.At.Span(), Origin: u.At.Origin()})
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b role) int {
		return strings.Compare(a.node.Unit.Key+" "+a.node.Addr, b.node.Unit.Key+" "+b.node.Addr)
	})
	return out
}

func doubtOf(thing, user *graph.Node) string {
	if thing == user { // a data store, which is the first of its users
		return "whether " + thing.Addr + " holds the data of one environment is not known"
	}
	return "whether " + user.Addr + " uses " + thing.Addr + " is not known"
}

// together finds a user of production and another one, both of which are
// certain and of at least that confidence.
func together(roles []role, least environment.Confidence) (prod, other role, ok bool) {
	var prods, others []role
	for _, r := range roles {
		switch {
		case len(r.unsure) > 0 || r.confidence < least:
		case r.prod:
			prods = append(prods, r)
		case r.other:
			others = append(others, r)
		}
	}
	others = few(others)
	for _, p := range prods {
		for _, o := range others {
			if deployed(p.node, o.node) {
				return p, o, true
			}
		}
	}
	return role{}, role{}, false
}

// deployed reports that two resources are deployed next to each other: an
// example is not.
func deployed(a, b *graph.Node) bool {
	return a.Unit == b.Unit || a.Unit.Kind != graph.Example && b.Unit.Kind != graph.Example
}

// undecided looks for two resources that may share a thing, and says what would
// have to be known; nil if there are none. Two of which it is not known what
// they use may only share what their own unit makes: anything else would be
// far-fetched.
func (j *judge) undecided(t *sharing.Thing, roles []role) []value.Fact {
	in := few(roles)
	if why := pair(in, in); why != nil {
		return why
	}
	if why := pair(j.anywhere[t.Kind], in); why != nil {
		return why
	}
	own := j.ofUnit[unitKind{t.Node.Unit, t.Kind}]
	return pair(own, own)
}

func pair(as, bs []role) []value.Fact {
	for _, a := range as {
		for _, b := range bs {
			if a.node != b.node && (a.prod && b.other || a.other && b.prod) && deployed(a.node, b.node) && !alike(a, b) {
				return append(slices.Clip(a.unsure), b.unsure...)
			}
		}
	}
	return nil
}

// alike reports that two resources are of one environment, whichever that is.
func alike(a, b role) bool { return a.cause != "" && a.cause == b.cause }

// few leaves out roles of which there are enough to find a pair.
func few(roles []role) []role {
	type class struct {
		prod, other bool
		cause       string
		example     *graph.Unit
	}
	seen := map[class]int{}
	var out []role
	for _, r := range roles {
		c := class{prod: r.prod, other: r.other, cause: r.cause}
		if r.node.Unit.Kind == graph.Example {
			c.example = r.node.Unit
		}
		if seen[c]++; seen[c] <= 2 {
			out = append(out, r)
		}
	}
	return out
}

// mostListed bounds the users of each side that the evidence names.
const mostListed = 10

// shared says that p is of production and o is not, and who else is on either side.
func (j *judge) shared(t *sharing.Thing, p, o role, roles []role) value.Verdict {
	at := p.use.At
	if p.node == t.Node {
		at = o.use.At
	}
	facts := []value.Fact{{Text: j.sentence(t.Node, p, o), Span: at.Span(), Origin: at.Origin()}}
	facts = append(append(facts, j.user(t.Node, p)...), j.user(t.Node, o)...)
	prod, other := 1, 1
	for _, r := range roles {
		if len(r.unsure) > 0 || r.node == p.node || r.node == o.node {
			continue
		}
		if r.prod {
			prod++
		}
		if r.other {
			other++
		}
		if r.prod && prod <= mostListed || r.other && other <= mostListed {
			facts = append(facts, j.user(t.Node, r)...)
		}
	}
	return value.Bad(facts...)
}

// sentence says who uses a thing, which may itself be of one of the environments.
func (j *judge) sentence(thing *graph.Node, p, o role) string {
	of := func(r role) string {
		name := r.node.Addr
		if p.node.Unit != o.node.Unit {
			name = nameFrom(thing, r.node)
		}
		return fmt.Sprintf("%s (%s)", name, j.envs.EnvironmentOf(r.node.ID))
	}
	switch thing {
	case p.node:
		return of(p) + " is used by " + of(o)
	case o.node:
		return of(o) + " is used by " + of(p)
	}
	return thing.Addr + " is used by " + of(p) + " and " + of(o)
}

// user are the hops that show a user's environment and how it names the thing.
func (j *judge) user(thing *graph.Node, r role) []value.Fact {
	e := j.envs.Of(r.node.ID)
	facts := []value.Fact{{Text: fmt.Sprintf("%s is %s: %s", r.node.Addr, e.Environment, e.Fact.Text), Span: e.Fact.Span, Origin: e.Fact.Origin, Hop: true}}
	if r.node == thing {
		return facts
	}
	facts = append(facts, r.use.Hops...)
	return append(facts, value.Fact{Text: r.node.Addr + " uses it here", Span: r.use.At.Span(), Origin: r.use.At.Origin(), Hop: true})
}
