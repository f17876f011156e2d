package security

import (
	"fmt"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// allows says that the effect of a statement is Allow. As long as that is so it
// is not worth a fact.
func allows(s *policy.Statement) value.Verdict {
	is := s.IsAllow()
	if is == tri.True {
		return value.Good()
	}
	return value.That(is, value.Fact{Text: "the effect is " + value.Show(s.Effect), Span: placeOf(s.Effect, s), Origin: s.Effect.Origin()})
}

func unconditional(s *policy.Statement) value.Verdict {
	f := value.Fact{Text: "the statement has a condition", Span: s.Conditions.Span, Origin: s.Conditions.Origin}
	switch s.IsConditional() {
	case tri.False:
		return value.Good()
	case tri.Unknown:
		f.Text = "whether the statement has a condition is not known"
		return value.Open(f)
	case tri.True:
	}
	return value.Bad(f)
}

func placeOf(v value.Value, s *policy.Statement) source.Span {
	if v.Span().IsValid() {
		return v.Span()
	}
	return s.Owner.Head()
}

// settle takes into account that a statement may not be there.
func settle(v value.Verdict, s *policy.Statement) value.Verdict {
	if v.IsBad() && s.Exists != tri.True {
		why := s.Why
		if why.Text == "" {
			why = value.Fact{Text: "whether the statement is there is not known", Span: s.Owner.Head()}
		}
		return value.Open(why)
	}
	return v
}

// within is the place to show a verdict at: the first of its facts, if that
// lies in the resource, else the attribute that leads to it.
func within(n *graph.Node, attr value.Value, v value.Verdict) source.Span {
	for _, f := range v.Facts() {
		if f.Span.IsValid() && n.Span.Contains(f.Span) {
			return f.Span
		}
		if f.Span.IsValid() {
			break
		}
	}
	if n.Span.Contains(attr.Span()) {
		return attr.Span()
	}
	return source.Span{}
}

// decisive returns the statements of a document to decide about. Where it is
// not decided which of several documents it is, a statement is as sure as its
// document if each of them has a defect: then there is one, whichever it is.
func decisive(doc policy.Document, isBad func(*policy.Statement) bool) []policy.Statement {
	if len(doc.Alternatives) == 0 {
		return doc.Statements
	}
	var out []policy.Statement
	for _, a := range doc.Alternatives {
		list := decisive(a, isBad)
		bad := false
		for i := range list {
			bad = bad || isBad(&list[i])
		}
		if !bad {
			return doc.All()
		}
		out = append(out, list...)
	}
	return out
}

// names tells apart verdicts of a rule about statements of a node that say the
// same.
type names map[nameKey]int

type nameKey struct {
	rule *analysis.Rule
	node graph.NodeID
	name string
}

// subject names a statement of a node.
func (s names) subject(r *analysis.Rule, n *graph.Node, name string) analysis.Option {
	key := nameKey{r, n.ID, name}
	s[key]++
	if i := s[key]; i > 1 {
		name = fmt.Sprintf("%s (%d)", name, i)
	}
	return analysis.Subject(name)
}
