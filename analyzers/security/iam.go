package security

import (
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

var iamUserExists = &analysis.Rule{
	ID: "iam-user-exists", Title: "IAM user is declared",
	Why: "A user has passwords and keys that live until somebody removes them; people and programs can have short-lived credentials from one place instead, " +
		"which end with the person's account.",
	Fix:      "Give people access through IAM Identity Center, and programs a role: instance profile, IRSA, OIDC or Roles Anywhere.",
	Severity: analysis.Medium, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC02-BP04", Effort: "L",
}

var iamUserAccessKey = &analysis.Rule{
	ID: "iam-user-access-key", Title: "IAM user has a long-lived access key",
	Why: "The key works from anywhere until somebody deletes it, and its secret is kept in the state or output of the deployment: " +
		"leaked keys are the most common way into AWS accounts.",
	Fix:      "Use a role with temporary credentials (OIDC for pipelines, Roles Anywhere for servers elsewhere) and delete the key.",
	Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC02-BP02", Effort: "M",
	Covers: []string{"iam-user-exists"},
}

// IAMUsers decides about users and their keys.
var IAMUsers = &analysis.Analyzer{
	Name: "iamusers", Doc: "finds IAM users and their long-lived credentials",
	Rules: []*analysis.Rule{iamUserExists, iamUserAccessKey},
	Run: func(p *analysis.Pass) (any, error) {
		for u := range aws.Managed[aws.IAMUser](p.Graph) {
			n := u.Node()
			p.Decide(iamUserExists, n, value.Bad(value.Fact{Text: "a user has long-lived credentials of its own", Span: n.Span.Head()}), serviceCredentials(u)...)
		}
		for k := range aws.Managed[aws.IAMAccessKey](p.Graph) {
			var opts []analysis.Option
			if user := k.User.One(); user != nil {
				opts = append(opts, analysis.Concerns(user.ID))
			}
			p.Decide(iamUserAccessKey, k.Node(), k.Status.IsFold("Inactive"), opts...)
		}
		return nil, nil
	},
}

// serviceCredentials says what to do about a user that exists for a service
// that knows no roles: there is no other way, so the finding may be accepted.
func serviceCredentials(u *aws.IAMUser) []analysis.Option {
	if !u.Login.V.IsUnset() || len(u.Logins.Items) > 0 {
		return nil // somebody logs in
	}
	var services []string
	var related []value.Fact
	note := func(n *graph.Node, service string) {
		services = append(services, service)
		related = append(related, value.Fact{Text: n.Addr + " is a credential of the user for " + service, Span: n.Span.Head()})
	}
	for _, c := range u.Credentials.Items {
		service, ok := c.Part.Service.Get()
		if !ok {
			service = "one service"
		}
		note(c.Part.Node(), service)
	}
	for _, k := range u.Keys.Items {
		if !sendsMail(u.Graph(), k.Part.Node()) {
			return nil
		}
		note(k.Part.Node(), "ses.amazonaws.com")
	}
	if len(services) == 0 {
		return nil
	}
	return []analysis.Option{
		analysis.Related(related...),
		analysis.Says("%s in %s: its only use here is a credential for %s, which needs a user; suppress this with that reason",
			iamUserExists.Title, u.Node().Addr, strings.Join(services, ", ")),
	}
}

// sendsMail reports that of a key only the password that is made of it for SMTP
// is read.
func sendsMail(g *graph.Graph, key *graph.Node) bool {
	reads := 0
	for e := range g.In(key.ID) {
		if !strings.HasPrefix(e.Attr, "ses_smtp_password") {
			return false
		}
		reads++
	}
	return reads > 0
}
