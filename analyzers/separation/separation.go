// Package separation holds the rules about environments that should be held
// apart: things that production shares with others, address plans that overlap,
// connections between networks, names that contradict.
package separation

import (
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/analyzers/facts/sharing"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// byName is the form whose only evidence are words in names.
const byName = "by names only"

// serviceRole is the form of a role that holds nothing but what AWS says that
// every workload of its kind needs.
const serviceRole = "a service role"

// sharedRule completes a rule about a kind of thing that is shared.
func sharedRule(r analysis.Rule) *analysis.Rule {
	r.Precision, r.Pillar = analysis.HighPrecision, analysis.Security
	r.ReviewVariants = []string{byName}
	if r.Variants == nil {
		r.Variants = map[string]analysis.Severity{}
	}
	r.Variants[byName] = r.Severity
	return &r
}

// edgeRule completes a rule about a resource of one environment that another one uses.
func edgeRule(r analysis.Rule) *analysis.Rule {
	r.Covers = append(r.Covers, crossReferenceID)
	return sharedRule(r)
}

// sharedRules are the rules by what is shared.
var sharedRules = map[aws.ShareKind]*analysis.Rule{
	aws.SharedVPC: edgeRule(analysis.Rule{
		ID: "vpc-shared-across-environments", Title: "Production shares a VPC with another environment",
		Why:      "A mistake or break-in in the other environment has a network path to production, and one wrong route or rule takes both down.",
		Fix:      "Give production an account and a VPC of its own.",
		Severity: analysis.High, Practice: "SEC01-BP01", Effort: "L",
		Covers: []string{"resource-name-environment-mismatch"},
	}),
	aws.SharedSubnet: edgeRule(analysis.Rule{
		ID: "subnet-shared-across-environments", Title: "Production shares a subnet with another environment",
		Why:      "Nothing but security groups separates the environments: they share routes, network ACLs and addresses.",
		Fix:      "Give production an account, or at least a VPC and subnets, of its own.",
		Severity: analysis.High, Practice: "SEC01-BP01", Effort: "L",
		Covers: []string{"vpc-shared-across-environments", "resource-name-environment-mismatch"},
	}),
	aws.SharedGroup: edgeRule(analysis.Rule{
		ID: "sg-shared-across-environments", Title: "Production shares a security group with another environment",
		Why:      "Whatever is opened for the other environment is open in production too, and groups that name this one as a source let both in.",
		Fix:      "Give each environment security groups of its own.",
		Severity: analysis.High, Practice: "SEC05-BP02", Effort: "M",
	}),
	aws.SharedCluster: edgeRule(analysis.Rule{
		ID: "cluster-shared-across-environments", Title: "Production shares a cluster with another environment",
		Why:      "The environments compete for the same capacity and quotas, and one upgrade, mistake or break-in reaches both.",
		Fix:      "Run production on a cluster of its own, in an account of its own.",
		Severity: analysis.Medium, Practice: "SEC01-BP01", Effort: "L",
	}),
	aws.SharedRole: edgeRule(analysis.Rule{
		ID: "iam-role-shared-across-environments", Title: "Production shares a role with another environment",
		Why:      "Code of the other environment holds the permissions of production, and a permission that it needs is given to production as well.",
		Fix:      "Give each environment roles of its own.",
		Severity: analysis.Medium, Practice: "SEC03-BP02", Effort: "M",
		Variants: map[string]analysis.Severity{serviceRole: analysis.Low},
	}),
	aws.SharedKey: edgeRule(analysis.Rule{
		ID: "kms-key-shared-across-environments", Title: "Production shares an encryption key with another environment",
		Why:      "Who may decrypt the data of the other environment may decrypt that of production, and the key can't be disabled for one alone.",
		Fix:      "Give each environment a key of its own.",
		Severity: analysis.Medium, Practice: "SEC08-BP01", Effort: "L",
	}),
	aws.SharedStore: edgeRule(analysis.Rule{
		ID: "datastore-shared-across-environments", Title: "Production and another environment use the same data",
		Why:      "Programs that are being developed and tested read the data of customers, and can change or lose it; or production rests on data that anybody may change.",
		Fix:      "Give each environment data stores of its own, and its roles access to these alone.",
		Severity: analysis.High, Practice: "SEC01-BP01", Effort: "L",
	}),
}

// Shared decides what production shares.
var Shared = &analysis.Analyzer{
	Name: "shared", Doc: "finds networks, groups, clusters, roles, keys and data stores that production shares with other environments",
	Rules: []*analysis.Rule{sharedRules[aws.SharedVPC], sharedRules[aws.SharedSubnet], sharedRules[aws.SharedGroup],
		sharedRules[aws.SharedCluster], sharedRules[aws.SharedRole], sharedRules[aws.SharedKey], sharedRules[aws.SharedStore]},
	Requires: []*analysis.Analyzer{sharing.Fact.Analyzer, environment.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		uses := sharing.Fact.Of(p)
		j := newJudge(environment.Fact.Of(p), uses)
		for _, t := range uses.Things {
			j.decide(p, t)
		}
		return nil, nil
	},
}

// onlyServicePolicies reports a role that holds policies of AWS for service
// roles, and nothing else.
func onlyServicePolicies(g *graph.Graph, role *graph.Node) bool {
	found := false
	m := aws.Of[aws.IAMRole](g, role)
	if m == nil || !m.Inline.V.IsUnset() {
		return false
	}
	for _, v := range graph.Leaves(m.Managed.V, "") {
		found = true
		if !isServicePolicy(v) {
			return false
		}
	}
	for e := range g.In(role.ID) {
		from := g.Node(e.From)
		if aws.Of[aws.EmbeddedPolicy](g, from) != nil {
			return false
		}
		if a := aws.Of[aws.PolicyAttachment](g, from); a != nil {
			found = true
			if !isServicePolicy(a.Policy.V) {
				return false
			}
		}
	}
	return found
}

func isServicePolicy(v value.Value) bool {
	text, ok := v.Str()
	return ok && strings.Contains(text, ":iam::aws:policy/service-role/")
}
