// Package policy reads IAM policy documents, with holes: what the files do not
// tell stays unknown, and everything else is read all the same. A document may
// be JSON text (also with interpolations of which the value is not known), an
// object of the configuration, or a reference to a data source
// aws_iam_policy_document, whose blocks are read and merged with its source and
// override documents.
//
// Questions about a document have three answers. True and False rest on what
// is written; Unknown means that a hole decides.
//
// Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
package policy

import (
	"fmt"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Document is a policy document as far as it is known.
type Document struct {
	// Statements are those that the document has, or may have.
	Statements []Statement
	// Open says why there may be others, or why none could be read. Empty means
	// that Statements is all there is.
	Open []value.Fact
	// Alternatives are the documents of which it is one, where a condition is not
	// decided; Statements is empty then.
	Alternatives []Document
}

// Statement is one statement of a document.
type Statement struct {
	// Node is the node in which the statement is written: the resource that was
	// asked about, or a data source aws_iam_policy_document.
	Node *graph.Node
	// Index tells the statements of a node's document apart, from 0, in source order.
	Index int
	// Span is the whole statement; Owner is where a missing part would stand.
	Span, Owner source.Span
	// Exists is unknown for a statement that may not be there or not be used; Why
	// says why that is.
	Exists tri.Bool
	Why    value.Fact
	// Sid and Effect are as written. Where nothing is written, Effect is absent in
	// JSON, which IAM rejects, and "Allow" in a data source.
	Sid, Effect value.Value
	// Actions, NotActions, Resources and NotResources are lists of patterns.
	Actions, NotActions, Resources, NotResources List
	// Principals and NotPrincipals are lists by type.
	Principals, NotPrincipals Principals
	// Conditions all have to hold.
	Conditions Conditions
}

// Principals are the principals of a statement.
type Principals struct {
	Items []Principal
	// Open says that there may be others.
	Open bool
	// Set says whether the element is written.
	Set tri.Bool
}

// Principal lists principals of one type.
type Principal struct {
	// Type is "AWS", "Service", "Federated", "CanonicalUser", or "*" for the text
	// "*" in the place of the whole element.
	Type value.Value
	// IDs are the identifiers.
	IDs List
	// Exists is unknown for an entry that may not be there.
	Exists tri.Bool
}

// Conditions is the Condition element of a statement.
type Conditions struct {
	Items []Condition
	// Open says that there may be others.
	Open bool
	// Span is where the element is written, and Origin why it is not known.
	Span   source.Span
	Origin value.OriginID
}

// Condition compares one key with values.
type Condition struct {
	// Operator is for instance "StringEquals"; Key for instance "aws:SourceArn".
	Operator, Key value.Value
	Values        List
	Span          source.Span
	// Exists is unknown for a condition that may not be there.
	Exists tri.Bool
}

// IsAllow says whether the statement allows something. A statement without
// effect allows nothing: IAM does not accept it.
func (s *Statement) IsAllow() tri.Bool { return isText(s.Effect, "Allow") }

// IsDeny says whether the statement denies something.
func (s *Statement) IsDeny() tri.Bool { return isText(s.Effect, "Deny") }

func isText(v value.Value, want string) tri.Bool {
	return eachOf(v, func(v value.Value) tri.Bool {
		if v.IsUnset() {
			return tri.False
		}
		if got, ok := v.Str(); ok {
			return tri.Of(got == want)
		}
		if !strings.HasPrefix(want, v.Prefix()) {
			return tri.False
		}
		return tri.Unknown
	})
}

// IsConditional says whether the statement has any condition.
func (s *Statement) IsConditional() tri.Bool {
	sure := tri.False
	for _, c := range s.Conditions.Items {
		sure = tri.Or(sure, c.Exists)
	}
	if s.Conditions.Open {
		sure = tri.Or(sure, tri.Unknown)
	}
	return sure
}

// HasPrincipals says whether the statement names principals, by either
// element: identity policies never do.
func (s *Statement) HasPrincipals() tri.Bool {
	return tri.Or(s.Principals.Set, s.NotPrincipals.Set)
}

// Everyone says whether the statement is about everybody, anonymous callers
// included: its principal is "*" or {"AWS": "*"}. The value is the one that says so.
func (s *Statement) Everyone() (tri.Bool, value.Value) {
	out, at := tri.False, value.Value{}
	for _, p := range s.Principals.Items {
		kind := tri.Or(isText(p.Type, "AWS"), isText(p.Type, "*"))
		everyone, v := p.IDs.Has(func(id string) bool { return id == "*" }, mayBeStars)
		is := tri.And(p.Exists, kind, everyone)
		if is == tri.True {
			return is, v
		}
		if is = tri.Or(out, is); is != out {
			out, at = is, v
		}
	}
	if s.Principals.Open {
		out = tri.Or(out, tri.Unknown)
	}
	return out, at
}

// Narrowed says whether a condition confines the statement to an account,
// organisation, network or resource; see [Condition.Narrows]. Conditions all
// have to hold, so that one is enough.
func (s *Statement) Narrowed() tri.Bool {
	out := tri.False
	for i := range s.Conditions.Items {
		c := &s.Conditions.Items[i]
		out = tri.Or(out, tri.And(c.Exists, c.Narrows()))
	}
	if s.Conditions.Open {
		out = tri.Or(out, tri.Unknown)
	}
	return out
}

// Name says what the statement is called within its document, without
// positions: its Sid, or what it says.
func (s *Statement) Name() string {
	if sid, ok := s.Sid.Str(); ok && sid != "" {
		return sid
	}
	effect, ok := s.Effect.Str()
	if !ok {
		effect = "statement"
	}
	what := s.Actions.text()
	if isInstead(s.NotActions, s.Actions) {
		what = "all but " + s.NotActions.text()
	}
	where := ""
	switch {
	case isInstead(s.NotResources, s.Resources):
		where = " on all but " + s.NotResources.text()
	case !s.Resources.V.IsUnset():
		where = " on " + s.Resources.text()
	}
	return fmt.Sprintf("%s %s%s", effect, what, where)
}

// isInstead reports that a list of exceptions stands in the place of the list
// itself; where it is not known which is there, it is the list.
func isInstead(except, list List) bool {
	return except.V.IsKnown() || list.V.IsUnset() && !except.V.IsUnset()
}

// maybe says of the statement that it is not sure.
func (s *Statement) maybe(why value.Fact) {
	s.Exists = tri.And(s.Exists, tri.Unknown)
	if s.Why.Text == "" {
		s.Why = why
	}
}
