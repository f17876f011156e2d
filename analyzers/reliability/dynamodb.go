package reliability

import (
	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var dynamoNoPITR = &analysis.Rule{
	ID: "dynamodb-no-pitr", Title: "DynamoDB table has no point-in-time recovery",
	Why:      "Items that are overwritten or deleted by a bug can't be brought back.",
	Fix:      "Enable point_in_time_recovery / PointInTimeRecoverySpecification, or select the table in a backup plan.",
	Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Reliability, Practice: "REL09-BP03", Effort: "S",
}

// DynamoDB decides whether tables can be restored.
var DynamoDB = &analysis.Analyzer{
	Name: "dynamodb-reliability", Doc: "checks that tables have point-in-time recovery or a backup plan",
	Rules: []*analysis.Rule{dynamoNoPITR},
	Run: func(p *analysis.Pass) (any, error) {
		backups := selections(p.Graph)
		for t := range aws.Managed[aws.Table](p.Graph) {
			v := t.Recovery.Is(true).Unless(t.HashKey.Is("LockID")) // a Terraform state lock holds nothing to restore
			p.Decide(dynamoNoPITR, t.Node(), v.Unless(backups.cover(t.Node())))
			for _, r := range t.Replicas.Items {
				replica(p, t.Node(), r.Region, r.Recovery, backups)
			}
		}
		for t := range aws.Managed[aws.TableReplica](p.Graph) {
			p.Decide(dynamoNoPITR, t.Node(), t.Recovery.Is(true).Unless(backups.cover(t.Node())))
		}
		for t := range aws.Managed[aws.GlobalTable](p.Graph) {
			for _, r := range t.Replicas.Items {
				replica(p, t.Node(), r.Region, r.Recovery, backups)
			}
			if t.Replicas.Open {
				p.Decide(dynamoNoPITR, t.Node(), value.Open(t.Replicas.Fact()))
			}
		}
		for t := range aws.Managed[aws.SimpleTable](p.Graph) {
			p.Decide(dynamoNoPITR, t.Node(), t.Recovery.Is(true).Unless(backups.cover(t.Node())))
		}
		return nil, nil
	},
}

func replica(p *analysis.Pass, n *graph.Node, region value.String, recovery value.Bool, backups selected) {
	subject := "replica"
	if name, ok := region.Get(); ok {
		subject += " " + name
	}
	p.Decide(dynamoNoPITR, n, recovery.Is(true).Unless(backups.cover(n)), analysis.Subject(subject))
}

// selected is what AWS Backup saves.
type selected struct {
	sure map[graph.NodeID]value.Fact
	// open are selections that may choose any table of their unit.
	open map[*graph.Unit][]value.Fact
}

func selections(g *graph.Graph) selected {
	s := selected{sure: map[graph.NodeID]value.Fact{}, open: map[*graph.Unit][]value.Fact{}}
	for b := range aws.Managed[aws.BackupSelection](g) {
		n := b.Node()
		fact := value.Fact{Text: n.Addr + " selects it for backup", Span: n.Span.Head()}
		for _, t := range b.Resources.Targets {
			if t.Sure == tri.True && n.Exists == tri.True {
				s.sure[t.Node.ID] = fact
			}
		}
		if !b.ByTag.V.IsUnset() || !b.ByRule.V.IsUnset() || !b.Resources.Complete || n.Exists != tri.True || wildcard(b) {
			s.open[n.Unit] = append(s.open[n.Unit], value.Fact{Text: n.Addr + " may select it for backup", Span: n.Span.Head()})
		}
	}
	return s
}

// wildcard reports a selection by pattern, such as "*" or "arn:aws:dynamodb:*:*:table/*".
func wildcard(b *aws.BackupSelection) bool {
	for _, v := range graph.Leaves(b.Resources.V, "") {
		if s, ok := v.Str(); ok && len(s) > 0 && s[len(s)-1] == '*' {
			return true
		}
	}
	return false
}

func (s selected) cover(n *graph.Node) value.Verdict {
	if f, ok := s.sure[n.ID]; ok {
		return value.Good(f)
	}
	if open := s.open[n.Unit]; len(open) > 0 {
		return value.Open(open...)
	}
	return value.Bad()
}
