package security

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// policySource is a place where a policy of an identity is written, or the
// trust policy of a role.
type policySource struct {
	node *graph.Node
	// attr and value are the path and content of the attribute.
	attr  string
	value value.Value
	// name is that of an inline policy, to tell several of a resource apart.
	name string
	// identity is bad for a managed policy that only serves as a boundary.
	identity value.Verdict
	// trust marks the trust policy of a role.
	trust bool
}

// policySources lists the identity policies and trust policies of a graph.
func policySources(g *graph.Graph) []policySource {
	var out []policySource
	add := func(n *graph.Node, a value.Attr, name string, identity value.Verdict) {
		out = append(out, policySource{node: n, attr: a.Name, value: a.V, name: name, identity: identity})
	}
	inline := func(n *graph.Node, list aws.List[aws.InlinePolicy]) {
		for _, p := range list.Items {
			name, _ := p.Name.Get()
			add(n, p.Document, name, value.That(p.Exists(), value.Fact{Text: "whether the inline policy is there is not known", Span: p.Span()}))
		}
		if list.Open {
			add(n, list.Attr, "", value.Good())
		}
	}
	for r := range aws.Managed[aws.IAMRole](g) {
		inline(r.Node(), r.Inline)
		out = append(out, policySource{node: r.Node(), attr: r.Trust.Name, value: r.Trust.V, name: "trust", identity: value.Good(), trust: true})
	}
	for u := range aws.Managed[aws.IAMUser](g) {
		inline(u.Node(), u.Inline)
	}
	for u := range aws.Managed[aws.IAMGroup](g) {
		inline(u.Node(), u.Inline)
	}
	boundaries := unknownUses(g)
	for m := range aws.Managed[aws.ManagedPolicy](g) {
		add(m.Node(), m.Document, "", notBoundary(g, m, boundaries))
	}
	for e := range aws.Managed[aws.EmbeddedPolicy](g) {
		add(e.Node(), e.Document, "", value.Good())
	}
	for s := range aws.Managed[aws.PermissionSet](g) {
		add(s.Node(), s.Inline, "", value.Good())
	}
	return out
}

// isBlank reports something of which nothing is known, not even what it refers to.
func isBlank(v value.Value) bool {
	if v.IsUnset() || len(v.Refs()) > 0 {
		return false
	}
	for _, parts := range [][]value.Value{v.Alternatives(), v.Elems(), v.Parts()} {
		if slices.ContainsFunc(parts, isBlank) {
			return true
		}
	}
	for _, f := range v.Fields() {
		if isBlank(f.Value) {
			return true
		}
	}
	return v.IsOpen() && v.Alternatives() == nil && v.Parts() == nil
}

// attachments are the uses of managed policies in a unit that can't be
// resolved: as a boundary, or as permissions.
type attachments struct{ boundary, permission *value.Fact }

// unknownUses lists them by unit.
func unknownUses(g *graph.Graph) map[*graph.Unit]*attachments {
	out := map[*graph.Unit]*attachments{}
	note := func(n *graph.Node, a value.Attr, boundary bool) {
		if !isBlank(a.V) {
			return
		}
		at := out[n.Unit]
		if at == nil {
			at = &attachments{}
			out[n.Unit] = at
		}
		f := value.Fact{Text: n.Addr + " may name it: " + a.Name + " is not known", Span: a.Span(), Origin: a.V.Origin()}
		if boundary {
			at.boundary = &f
		} else {
			at.permission = &f
		}
	}
	for m := range aws.Managed[aws.IAMRole](g) {
		note(m.Node(), m.Boundary, true)
		note(m.Node(), m.Managed, false)
	}
	for m := range aws.Managed[aws.IAMUser](g) {
		note(m.Node(), m.Boundary, true)
		note(m.Node(), m.Managed, false)
	}
	for m := range aws.Managed[aws.IAMGroup](g) {
		note(m.Node(), m.Managed, false)
	}
	for m := range aws.Managed[aws.PolicyAttachment](g) {
		note(m.Node(), m.Policy.Attr, false)
	}
	return out
}

// notBoundary says whether a managed policy grants permissions: one that only
// limits those of others, as their boundary, grants nothing.
func notBoundary(g *graph.Graph, m *aws.ManagedPolicy, unknown map[*graph.Unit]*attachments) value.Verdict {
	granted := m.Users.NotEmpty().Or(m.Groups.NotEmpty(), m.Roles.NotEmpty())
	var limits []value.Fact
	for e := range g.In(m.Node().ID) {
		from := g.Node(e.From)
		switch {
		case e.Label == "depends_on" || e.Label == "DependsOn":
		case strings.Contains(strings.ToLower(strings.ReplaceAll(e.Label, "_", "")), "permissionsboundary"):
			limits = append(limits, value.Fact{Text: "it is the permissions boundary of " + from.Addr, Span: e.Span})
		default:
			granted = granted.Or(value.That(tri.And(e.Exists, from.Exists), value.Fact{Text: from.Addr + " may use it", Span: e.Span}))
		}
	}
	u := unknown[m.Node().Unit]
	switch {
	case granted.IsGood():
		return value.Good()
	case len(limits) == 0 && (u == nil || u.boundary == nil):
		return value.Good() // nobody is known to use it: it is made to be used
	case len(limits) == 0:
		return value.Open(*u.boundary)
	case granted.IsOpen():
		return granted
	case u != nil && u.permission != nil:
		return value.Open(*u.permission)
	}
	return value.Bad(limits...)
}

// documentUse says who uses a data source that makes a policy.
type documentUse struct {
	// identity says that an identity policy or trust policy uses it, perhaps not
	// all its statements.
	identity bool
	// alone is good if nobody is known to use it and it looks like an identity
	// policy: it names no principals.
	alone value.Verdict
}

// documentUses finds out who uses which data source.
type documentUses struct {
	// sources are the attributes that hold identity policies.
	sources map[sourceKey]bool
	// unknown are policies of other kinds of which the content is not known, by unit.
	unknown map[*graph.Unit]*value.Fact
}

type sourceKey struct {
	node graph.NodeID
	attr string
}

func newDocumentUses(g *graph.Graph, sources []policySource) *documentUses {
	d := &documentUses{sources: map[sourceKey]bool{}, unknown: map[*graph.Unit]*value.Fact{}}
	for _, s := range sources {
		d.sources[sourceKey{s.node.ID, s.attr}] = true
	}
	for _, n := range g.Nodes() {
		if n.Lang != graph.Terraform || n.Mode == graph.External || n.Mode == graph.Opaque || d.unknown[n.Unit] != nil {
			continue
		}
		for _, f := range n.Body.Fields() {
			if holdsPolicy(n, f.Name) && isBlank(f.Value) {
				d.unknown[n.Unit] = &value.Fact{Text: n.Addr + " may use it: " + f.Name + " is not known", Span: f.Value.Span(), Origin: f.Value.Origin()}
				break
			}
		}
	}
	return d
}

// holdsPolicy guesses by its name whether an attribute can hold a policy
// document.
func holdsPolicy(n *graph.Node, attr string) bool {
	switch n.Type {
	case policy.DataSource:
		return strings.HasSuffix(attr, "_json") || strings.HasSuffix(attr, "_policy_documents")
	case "aws_organizations_policy":
		return attr == "content"
	}
	return strings.HasPrefix(n.Type, "aws_") && strings.Contains(attr, "polic") && !strings.Contains(attr, "arn") && !strings.HasSuffix(attr, "_type")
}

// of says who uses the document of a data source, also as part of others.
func (d *documentUses) of(g *graph.Graph, n *graph.Node) documentUse {
	var use documentUse
	elsewhere := false
	seen := map[graph.NodeID]bool{n.ID: true}
	queue := []graph.NodeID{n.ID}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		for e := range g.In(id) {
			from := g.Node(e.From)
			switch {
			case e.Attr != "json" && e.Attr != "minified_json":
			case from.Mode == graph.Data && from.Type == policy.DataSource:
				if !seen[from.ID] {
					seen[from.ID] = true
					queue = append(queue, from.ID)
				}
			case d.sources[sourceKey{from.ID, e.Label}]:
				use.identity = true
			case from.Mode == graph.Managed && strings.HasPrefix(from.Type, "aws_"):
				elsewhere = true // a policy of a resource, an organisation, an endpoint
			}
		}
	}
	use.alone = value.Bad()
	if !use.identity && !elsewhere {
		use.alone = d.looksLikeIdentity(g, n)
	}
	return use
}

// looksLikeIdentity judges a document that nobody is known to use.
func (d *documentUses) looksLikeIdentity(g *graph.Graph, n *graph.Node) value.Verdict {
	named := tri.False
	doc := policy.Merged(g, n)
	for i := range doc.Statements {
		named = tri.Or(named, doc.Statements[i].HasPrincipals())
	}
	if len(doc.Open) > 0 && named == tri.False {
		return value.Open(doc.Open...)
	}
	none := value.That(named.Not(), value.Fact{Text: "whether its statements name principals is not known", Span: n.Span.Head()})
	if f := d.unknown[n.Unit]; f != nil {
		none = none.And(value.Open(*f))
	}
	return none
}
