package policy

import (
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Thing is a resource as policies name it.
type Thing struct {
	Node *graph.Node
	// Service and Kind make its ARN: "iam" and "role/", "s3" and "". Behind them
	// comes its name, which may not be known.
	Service, Kind string
	Name          value.String
	// Alone says that nothing else of the scan bears the name, so that an account
	// which is written beside it is taken to be the one of the thing.
	Alone bool
	// Within are patterns for what lies in it, such as the objects of a bucket:
	// "/*". Empty asks for the thing itself.
	Within string
	// In says whether it is deployed to an account of that number, or one that a pattern
	// means, and Beside whether to that of a node. Where they are nil or nothing tells, it
	// is the account of every file.
	In     func(pattern string) (is tri.Bool, told bool)
	Beside func(by *graph.Node) tri.Bool
}

const (
	ownAccount   = "\x01" // a hole that holds the account of the thing
	otherAccount = "\x04" // a hole that holds another account
	someText     = "\x00" // any other hole
)

// Names says whether a pattern of a policy names the thing. The pattern may be text,
// with holes, or refer to resources.
func (t Thing) Names(g *graph.Graph) func(by *graph.Node, pattern value.Value) tri.Bool {
	return func(by *graph.Node, v value.Value) tri.Bool {
		if text, ok := v.Str(); ok {
			return t.matches(text)
		}
		return t.matchesHoled(g, by, v)
	}
}

// matchesHoled asks a pattern that refers to resources, or of which a part is not
// known.
func (t Thing) matchesHoled(g *graph.Graph, by *graph.Node, v value.Value) tri.Bool {
	if v.Parts() == nil {
		targets, complete := g.Resolve(by, "", v)
		if !complete || len(targets) == 0 {
			return t.refersAnywhere(targets)
		}
		out := tri.False
		for _, x := range targets {
			if x.Node == t.Node && isArn(x.Attr) {
				// The reference stands for the thing itself, not for what is in it.
				if t.Within != "" {
					return tri.False
				}
				out = tri.Or(out, x.Sure)
			}
			if x.Node.Mode != graph.Managed {
				out = tri.Or(out, tri.Unknown) // it may be one that this configuration makes
			}
		}
		return out
	}
	var text strings.Builder
	for _, p := range v.Parts() {
		if known, ok := p.Str(); ok {
			text.WriteString(known)
			continue
		}
		text.WriteString(t.hole(g, by, p))
	}
	return t.matches(text.String())
}

func (t Thing) refersAnywhere(targets []graph.Target) tri.Bool {
	for _, x := range targets {
		if x.Node == t.Node {
			return tri.Unknown
		}
	}
	if len(targets) > 0 && targets[0].Sure == tri.True {
		return tri.False
	}
	return tri.Unknown
}

// IsAccount reports the attributes of the data source aws_caller_identity that are
// the number of the account; its ARN is that of whoever applies the configuration.
func IsAccount(attr string) bool { return attr == "account_id" || attr == "id" }

func isArn(attr string) bool { return attr == "" || strings.EqualFold(attr, "arn") }

// hole is what stands for a part that is not known: the thing, the account, or
// anything.
func (t Thing) hole(g *graph.Graph, by *graph.Node, p value.Value) string {
	targets, _ := g.Resolve(by, "", p)
	if len(targets) == 1 && targets[0].Sure == tri.True {
		switch x := targets[0]; {
		case x.Node == t.Node && isArn(x.Attr):
			return "arn:aws:" + t.Service + ":::" + t.Kind + t.name()
		case x.Node == t.Node:
			return t.name()
		case x.Node.Type == "aws_caller_identity" && IsAccount(x.Attr):
			return t.accountOf(x.Node)
		case x.Node.Mode == graph.Data:
			return someText
		case x.Node.Mode == graph.Managed:
			return "\x02" + x.Node.Addr // another resource: nothing that is asked for
		}
	}
	for _, ref := range p.Refs() {
		if ref.Addr == "AWS::AccountId" || strings.Contains(ref.Addr, "aws_caller_identity") && IsAccount(ref.Attr) {
			return t.accountOf(by)
		}
	}
	if o := g.Origins.At(p.Origin()); o.Kind == value.PseudoParameter && o.Name == "AWS::AccountId" {
		return t.accountOf(by)
	}
	return someText
}

// accountOf stands for the account to which a node is deployed.
func (t Thing) accountOf(by *graph.Node) string {
	if t.Beside == nil {
		return ownAccount
	}
	switch t.Beside(by) {
	case tri.True:
		return ownAccount
	case tri.False:
		return otherAccount
	default:
		return someText
	}
}

// name is the name of the thing, or a mark that stands for it.
func (t Thing) name() string {
	if name, ok := t.Name.Get(); ok {
		return name
	}
	return "\x03" + t.Node.Addr
}

// matches asks a text with marks for its holes.
func (t Thing) matches(pattern string) tri.Bool {
	if IsEveryResource(pattern) {
		return tri.True
	}
	segments := strings.SplitN(pattern, ":", 6)
	if len(segments) < 6 {
		if strings.Contains(pattern, someText) || isStarred(pattern) {
			return tri.Unknown
		}
		return tri.False
	}
	return tri.And(segment(segments[2], t.Service), t.inAccount(segments[4]), t.isCalled(segments[5]))
}

// isStarred reports a short pattern that may stand for more than one segment.
func isStarred(pattern string) bool { return strings.Contains(pattern, "*") }

func segment(pattern, text string) tri.Bool {
	if strings.Contains(pattern, someText) {
		return tri.Unknown
	}
	return tri.Of(Matches(strings.ToLower(pattern), text))
}

func (t Thing) inAccount(pattern string) tri.Bool {
	switch {
	case pattern == "" || isStars(pattern) || pattern == ownAccount:
		return tri.True
	case pattern == otherAccount:
		return tri.False
	case strings.Contains(pattern, someText):
		return tri.Unknown
	}
	if t.In != nil {
		if is, told := t.In(pattern); told {
			return is
		}
	}
	if t.Alone {
		return tri.True
	}
	return tri.Unknown
}

// isCalled compares the last segment with the kind and name of the thing.
func (t Thing) isCalled(pattern string) tri.Bool {
	if name, ok := t.Name.Get(); ok || strings.Contains(pattern, t.name()) {
		if !ok {
			name = t.name()
		}
		return matchesHoles(pattern, t.Kind+name+t.Within)
	}
	// The name is not known: only patterns that do not ask for it decide.
	switch {
	case strings.HasPrefix(pattern, t.Kind) && isStars(pattern[len(t.Kind):]):
		return tri.True
	case strings.Contains(pattern, "\x02"):
		return tri.False
	case t.Name.V.IsUnset() && !strings.ContainsAny(pattern, "*?"+someText):
		return tri.False // AWS makes the name up: no text can name it
	}
	kind := min(len(pattern), len(t.Kind))
	if !strings.ContainsAny(pattern[:kind], "*?"+someText) && pattern[:kind] != t.Kind[:kind] {
		return tri.False
	}
	return tri.Unknown
}

// matchesHoles matches where holes may hold anything.
func matchesHoles(pattern, text string) tri.Bool {
	if !strings.Contains(pattern, someText) {
		return tri.Of(Matches(pattern, text))
	}
	if Matches(strings.ReplaceAll(pattern, someText, "*"), text) {
		return tri.Unknown
	}
	return tri.False
}
