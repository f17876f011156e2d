package separation

import (
	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

var sharedState = func() *analysis.Rule {
	r := sharedRule(analysis.Rule{
		ID: "terraform-state-shared-across-environments", Title: "Two environments have one Terraform state",
		Why:      "Each root takes what the other has made for its own: an apply of one plans to destroy what the other manages.",
		Fix:      "Give each root a key of its own in the backend, best with the environment in it, and production a bucket of its own.",
		Severity: analysis.High, Practice: "SEC01-BP01", Effort: "S",
	})
	r.Lang, r.LangWhy = "terraform", "CloudFormation keeps the state of stacks itself"
	return r
}()

// States decides whether roots of different environments have states of their own.
var States = &analysis.Analyzer{
	Name: "states", Doc: "finds roots of different environments with one state",
	Rules:    []*analysis.Rule{sharedState},
	Requires: []*analysis.Analyzer{environment.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		var list []holding
		members := membersOf(p.Graph, environment.Fact.Of(p), func(n *graph.Node) bool { return n.Mode == graph.Managed && isAWS(n.Type) })
		for _, m := range members {
			if s, ok := stateOf(m.unit); ok {
				list = append(list, s.holding(m))
			}
		}
		mutual{rule: sharedState, different: func(a, b *member) bool { return a.root() != b.root() }, any: true}.decide(p, list)
		return nil, nil
	},
}

// state is where a root keeps its state in S3.
type state struct {
	bucket, key, prefix value.Value
	all                 value.Value
}

// stateOf is the state of a root whose backend says completely where it is, and that
// has but one.
func stateOf(u *graph.Unit) (state, bool) {
	s := state{u.State.Get("bucket"), u.State.Get("key"), u.State.Get("workspace_key_prefix"), u.State}
	complete := u.Backend == "s3" && !u.Workspaced && (!s.bucket.IsUnset() && !s.key.IsUnset() || u.State.IsUnknown())
	return s, complete
}

func (s state) holding(m member) holding {
	h := holding{member: m, fact: value.Fact{Text: "the state is " + value.Show(s.key) + " in " + value.Show(s.bucket), Span: s.all.Span(), Origin: s.all.Origin()}}
	h.may = func(o *holding) bool {
		other, _ := stateOf(o.unit)
		return mayEqual(s.bucket, other.bucket) && mayEqual(s.key, other.key) && mayEqual(s.prefix, other.prefix)
	}
	bucket, known := s.bucket.Str()
	key, keyKnown := s.key.Str()
	prefix, prefixKnown := s.prefix.Str()
	if known && keyKnown && (prefixKnown || s.prefix.IsUnset()) {
		h.id = "state s3://" + bucket + "/" + key
		if prefix != "" {
			h.id += " (" + prefix + ")"
		}
		return h
	}
	for _, v := range []value.Value{s.all, s.bucket, s.key, s.prefix} {
		if v.IsUnknown() {
			h.fact = value.Fact{Text: "where the state is kept is not known", Span: v.Span(), Origin: v.Origin()}
			break
		}
	}
	return h
}

// mayEqual reports that two texts are, or may be, the same.
func mayEqual(a, b value.Value) bool {
	x, known := a.Str()
	y, other := b.Str()
	return !known && !a.IsUnset() || !other && !b.IsUnset() || x == y
}
