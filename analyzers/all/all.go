// Package all is the explicit list of what wacheck runs.
package all

import (
	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analysis/checker"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/analyzers/operations"
	"github.com/wacheck/wacheck/analyzers/reliability"
	"github.com/wacheck/wacheck/analyzers/security"
	"github.com/wacheck/wacheck/analyzers/separation"
)

// Suite returns all analyzers with the fact that tells environments apart.
func Suite() checker.Suite {
	return checker.Suite{
		Environment: environment.Fact.Analyzer,
		Analyzers: []*analysis.Analyzer{
			operations.ECS,
			reliability.Cache,
			reliability.DynamoDB,
			reliability.RDS,
			reliability.Scaling,
			reliability.Zones,
			security.AdminAttached,
			security.BucketAccess,
			security.CIDRSource,
			security.EBS,
			security.Encryption,
			security.Escalation,
			security.IAMPolicies,
			security.IAMUsers,
			security.OpenIngress,
			security.PrivateSubnet,
			security.PublicAddress,
			security.PublicSubnet,
			security.Reachable,
			security.SharedGroups,
			separation.AddressSize,
			separation.Accounts,
			separation.Addresses,
			separation.Connections,
			separation.CrossReferences,
			separation.GroupRules,
			separation.Names,
			separation.OneAccount,
			separation.RoleChains,
			separation.Shared,
			separation.States,
			separation.SubnetPlan,
		},
	}
}
