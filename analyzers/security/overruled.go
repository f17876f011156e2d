package security

import (
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// overruled says whether a document itself takes back what a statement of it allows:
// another one denies the action on everything, whatever the circumstances. A denial
// under conditions leaves the rest allowed. Action is "*" or that of a service ("iam:*"); a
// denial of all but some actions counts as one of "*".
func overruled(doc policy.Document, action string) value.Verdict {
	out := value.Bad()
	if open := doc.Opens(); len(open) > 0 {
		out = value.Open(open...)
	}
	question := policy.Question{Action: action,
		Names: everyResource,
		Holds: func(s *policy.Statement) tri.Bool { return s.IsConditional().Not() },
	}
	for _, s := range doc.All() {
		switch tri.And(s.IsDeny(), s.Applies(question)) {
		case tri.True:
			return value.Good(value.Fact{Text: s.Name() + " overrules it", Span: s.Span})
		case tri.Unknown:
			out = value.Open(value.Fact{Text: "whether " + s.Name() + " overrules it is not known", Span: s.Span})
		case tri.False:
		}
	}
	return out
}

func everyResource(_ *graph.Node, v value.Value) tri.Bool {
	if text, ok := v.Str(); ok {
		return tri.Of(policy.IsEveryResource(text))
	}
	return tri.And(tri.Unknown, tri.Of(policy.MayBeEveryResource(v)))
}
