package security

import (
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
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
	var services []string
	var related []value.Fact
	for _, c := range u.Credentials.Items {
		if c.Sure != tri.True {
			continue
		}
		name, ok := c.Part.Service.Get()
		if !ok {
			name = "one service"
		}
		services = append(services, name)
		related = append(related, value.Fact{Text: c.Part.Node().Addr + " is a credential of the user for " + name, Span: c.Part.Node().Span.Head()})
	}
	if len(services) == 0 {
		return nil
	}
	return []analysis.Option{
		analysis.Related(related...),
		analysis.Says("%s in %s: its credential for %s needs a user; suppress this with that reason if it is its only use",
			iamUserExists.Title, u.Node().Addr, strings.Join(services, ", ")),
	}
}
