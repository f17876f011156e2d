package reliability

import (
	"strings"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// backups are the selections of AWS Backup in a graph.
type backups struct {
	g          *graph.Graph
	selections []*aws.BackupSelection
}

func newBackups(g *graph.Graph) *backups {
	b := &backups{g: g}
	for s := range aws.Managed[aws.BackupSelection](g) {
		b.selections = append(b.selections, s)
	}
	return b
}

// cover says whether a selection chooses a resource. Its ARN has the service
// ("dynamodb"), and at its end the kind ("table/") with the name.
func (b *backups) cover(n *graph.Node, service, kind string, name value.String) value.Verdict {
	out := value.Bad()
	for _, s := range b.selections {
		is := tri.And(b.selects(s, n, service, kind, name), s.Node().Exists)
		if is == tri.False || s.Node().Unit != n.Unit && s.Node().Unit.Kind == graph.Example {
			continue
		}
		f := value.Fact{Text: s.Node().Addr + " selects it for backup", Span: s.Node().Span.Head()}
		if is == tri.Unknown {
			f.Text = s.Node().Addr + " may select it for backup"
		}
		out = out.Or(value.That(is, f))
	}
	return out
}

// selects says whether one selection chooses a resource: it must be listed, or
// bear a tag where there is no list, and meet the conditions.
func (b *backups) selects(s *aws.BackupSelection, n *graph.Node, service, kind string, name value.String) tri.Bool {
	listed, tagged := s.Resources.NotEmpty().Result, hasTags(s)
	byList, named := b.lists(s, n, service, kind, name)
	is := tri.Or(listed, tagged)
	if listed != tri.False {
		is = tri.And(is, byList)
	}
	if tagged != tri.False {
		is = tri.And(is, bearsTag(s, n))
	}
	narrowed := tri.Or(s.Conditions.NotEmpty().Result, s.Excluded.NotEmpty().Result)
	if narrowed != tri.False {
		is = tri.And(is, tri.Unknown)
	}
	// Patterns and tags mean something only within one account and region.
	if s.Node().Unit != n.Unit && !named {
		is = tri.And(is, tri.Unknown)
	}
	return is
}

func hasTags(s *aws.BackupSelection) tri.Bool {
	if s.Tags.Open {
		return tri.Unknown
	}
	return tri.Of(len(s.Tags.Items) > 0)
}

// lists says whether a resource is in the list of a selection: by reference
// (then it is named), by its ARN, or by a pattern.
func (b *backups) lists(s *aws.BackupSelection, n *graph.Node, service, kind string, name value.String) (is tri.Bool, named bool) {
	targets, complete := b.g.Resolve(s.Node(), s.Resources.Name, s.Resources.V)
	is = tri.False
	for _, t := range targets {
		if t.Node == n {
			is, named = tri.Or(is, t.Sure), true
		}
	}
	if !complete {
		is = tri.Or(is, tri.Unknown)
	}
	for _, v := range graph.Leaves(s.Resources.V, "") {
		text, ok := v.Str()
		switch {
		case !ok:
		case text == "*":
			is = tri.Or(is, tri.Unknown) // of the types that the region opted in for
		default:
			is = tri.Or(is, matchesARN(text, service, kind, name))
		}
	}
	return is, named
}

// matchesARN compares a pattern with the ARN of a resource of which the region
// and account are not known, and perhaps not the name.
func matchesARN(pattern, service, kind string, name value.String) tri.Bool {
	seg := strings.SplitN(pattern, ":", 6)
	switch {
	case seg[0] != "arn" || len(seg) < 3 || !policy.Matches(seg[2], service) && len(seg) > 3:
		return tri.False
	case len(seg) < 6: // "arn:aws:dynamodb:*"
		return tri.And(tri.Of(strings.HasSuffix(pattern, "*")), tri.Or(tri.Of(seg[len(seg)-1] == "*" && len(seg) > 3), tri.Unknown))
	case policy.Matches(seg[5], kind+"*"):
		return tri.True // whatever it is called
	}
	if text, known := name.Get(); known {
		return tri.Of(policy.Matches(seg[5], kind+text))
	}
	fixed, _, wild := strings.Cut(strings.ReplaceAll(seg[5], "?", "*"), "*")
	if !strings.HasPrefix(fixed, kind) && !strings.HasPrefix(kind, fixed) || !wild && name.V.IsUnset() {
		return tri.False // a name that the service makes up is none that somebody wrote
	}
	return tri.Unknown
}

// bearsTag says whether a resource has one of the tags of a selection.
func bearsTag(s *aws.BackupSelection, n *graph.Node) tri.Bool {
	out := tri.False
	if s.Tags.Open {
		out = tri.Unknown
	}
	tags := aws.TagsOf(n)
	for _, t := range s.Tags.Items {
		key, known := t.Key.Get()
		want, ok := t.Value.Get()
		is := tri.Unknown
		if known && ok && n.Type != "AWS::DynamoDB::GlobalTable" { // whose replicas have tags of their own
			is = isTag(tags.Get(key), want)
		}
		out = tri.Or(out, tri.And(is, t.Exists()))
	}
	return out
}

// isTag says whether a tag has a value.
func isTag(v value.Value, want string) tri.Bool {
	got := value.String{Attr: value.Attr{V: v, Name: "tag"}}
	return got.Is(want).Result
}
