// Package operations holds the rules of the operational excellence pillar that
// look at one resource and its parts, one table a subject.
package operations

import (
	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/check"
	"github.com/wacheck/wacheck/value"
)

// ECS decides whether deployments of services are safe.
var ECS = check.Table("ecs-operations", "checks that failed deployments are rolled back",
	check.On(analysis.Rule{
		ID: "ecs-no-deployment-circuit-breaker", Title: "ECS service does not stop failed deployments",
		Why:      "A task that never becomes healthy is started again and again, and the deployment neither ends nor goes back by itself.",
		Fix:      "Enable deployment_circuit_breaker / DeploymentCircuitBreaker with rollback, or deployment alarms with rollback.",
		Severity: analysis.Medium, Precision: analysis.VeryHigh, Pillar: analysis.Operations, Practice: "OPS06-BP04", Effort: "S",
		In:     analysis.Minor(analysis.Low),
		Covers: []string{"ecs-no-deployment-rollback"},
	}, func(s *aws.ECSService) value.Verdict {
		return s.CircuitBreaker.Is(true).Or(s.AlarmsOn.Is(true).And(s.AlarmsRollback.Is(true))).When(s.Controller.IsFold("ECS"))
	}),
)
