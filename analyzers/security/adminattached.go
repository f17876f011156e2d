package security

import (
	"fmt"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// The milder forms: a policy that leaves the identities of the account alone, and a
// permission set, which people take for a time.
const (
	nearlyAdmin      = "all but identities"
	ofPermissionSets = "of a permission set"
)

var adminAttached = &analysis.Rule{
	ID: "iam-admin-managed-policy-attached", Title: "Administrator policy of AWS is attached",
	Why:      "Whoever gets hold of the identity can do everything in the account, or give themselves that right: one leaked credential or one hole in a program is the loss of the account.",
	Fix:      "Attach a policy that lists the actions and resources that are needed; use IAM Access Analyzer to generate it from what is used.",
	Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC03-BP02", Effort: "M",
	Variants: map[string]analysis.Severity{nearlyAdmin: analysis.Medium, ofPermissionSets: analysis.Medium},
}

// adminPaths are policies that make administrators, and nearlyAdminPaths those that do
// nearly so.
var (
	adminPaths       = []string{"AdministratorAccess", "IAMFullAccess"}
	nearlyAdminPaths = []string{"PowerUserAccess", "job-function/SystemAdministrator", "AWSOrganizationsFullAccess"}
)

// AdminAttached decides which policies of AWS are attached.
var AdminAttached = &analysis.Analyzer{
	Name: "adminattached", Doc: "finds users, groups, roles and permission sets that are given a policy of AWS for administrators",
	Rules: []*analysis.Rule{adminAttached},
	Run: func(p *analysis.Pass) (any, error) {
		for m := range aws.Managed[aws.IAMRole](p.Graph) {
			decideAttached(p, m.Node(), m.Managed, "")
		}
		for m := range aws.Managed[aws.IAMUser](p.Graph) {
			decideAttached(p, m.Node(), m.Managed, "")
		}
		for m := range aws.Managed[aws.IAMGroup](p.Graph) {
			decideAttached(p, m.Node(), m.Managed, "")
		}
		for m := range aws.Managed[aws.PolicyAttachment](p.Graph) {
			decideAttached(p, m.Node(), m.Policy.Attr, "")
		}
		for m := range aws.Managed[aws.ExclusiveAttachments](p.Graph) {
			decideAttached(p, m.Node(), m.Policies, "")
		}
		for m := range aws.Managed[aws.PermissionSet](p.Graph) {
			decideAttached(p, m.Node(), m.Managed, ofPermissionSets)
		}
		for m := range aws.Managed[aws.PermissionSetAttachment](p.Graph) {
			decideAttached(p, m.Node(), m.Policy, ofPermissionSets)
		}
		return nil, nil
	},
}

// decideAttached speaks about each policy for administrators in a list of ARNs, and
// once about what is not known of it.
func decideAttached(p *analysis.Pass, n *graph.Node, list value.Attr, variant string) {
	items, complete := policy.List{V: list.V}.Items()
	var open []value.Fact
	bad := false
	for _, v := range items {
		is := func(paths []string) (string, tri.Bool) {
			var found string
			ok := policy.AWSManaged(p.Graph, n, list.Name, v, func(path string) bool {
				for _, one := range paths {
					if path == one {
						found = one
						return true
					}
				}
				return false
			})
			if v.MayBeMissing() {
				ok = tri.And(ok, tri.Unknown)
			}
			return found, ok
		}
		form := variant
		path, attached := is(adminPaths)
		if attached == tri.False {
			path, attached = is(nearlyAdminPaths)
			if form == "" {
				form = nearlyAdmin
			}
		}
		fact := value.Fact{Text: fmt.Sprintf("%s names %s", list.Name, path), Span: v.Span(), Origin: v.Origin()}
		switch attached {
		case tri.True:
			bad = true
			name := path[strings.LastIndexByte(path, '/')+1:]
			verdict := value.Bad(fact)
			if form != "" {
				verdict = verdict.As(form)
			}
			p.Decide(adminAttached, n, verdict, analysis.Subject(name), analysis.At(within(n, v, verdict)))
		case tri.Unknown:
			fact.Text = fmt.Sprintf("which policy %s names is not known", list.Name)
			open = append(open, fact)
		case tri.False:
		}
	}
	if !complete && len(open) == 0 && !list.V.IsUnset() {
		open = append(open, list.Fact())
	}
	switch {
	case len(open) > 0:
		p.Decide(adminAttached, n, value.Open(open...))
	case !bad && !list.V.IsUnset():
		p.Decide(adminAttached, n, value.Good())
	}
}
