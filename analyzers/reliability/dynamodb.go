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
		s := &tableScan{p: p, backups: newBackups(p.Graph)}
		for t := range aws.Managed[aws.Table](p.Graph) {
			s.table(t.Node(), t.Name, t.IsStateLock())
			s.decide("", t.Recovery, nil)
			for _, r := range t.Replicas.Items {
				s.replica(r.Region, r.Recovery, &r.Item)
			}
			s.more(t.Replicas.Open, t.Replicas.Attr)
		}
		for t := range aws.Managed[aws.TableReplica](p.Graph) {
			s.table(t.Node(), value.String{}, value.Bad())
			s.decide("", t.Recovery, nil)
		}
		for t := range aws.Managed[aws.GlobalTable](p.Graph) {
			s.table(t.Node(), t.Name, t.IsStateLock())
			for _, r := range t.Replicas.Items {
				s.replica(r.Region, r.Recovery, &r.Item)
			}
			s.more(t.Replicas.Open, t.Replicas.Attr)
		}
		return nil, nil
	},
}

// tableScan goes through the tables of a graph.
type tableScan struct {
	p       *analysis.Pass
	backups *backups
	// node is the table that is judged, excused says whether it may do without.
	node    *graph.Node
	excused value.Verdict
	// pattern says that a block was judged that stands for any number of replicas.
	pattern bool
}

// table begins with a table. A Terraform state lock holds nothing to restore.
func (s *tableScan) table(n *graph.Node, name value.String, lock value.Verdict) {
	s.node, s.pattern = n, false
	s.excused = lock.Or(s.backups.cover(n, "dynamodb", "table/", name))
}

func (s *tableScan) decide(subject string, recovery value.Bool, block *aws.Item) {
	v := recovery.Is(true)
	if block != nil {
		s.pattern = s.pattern || block.Exists() != tri.True
		v = v.When(value.That(block.Exists(), value.Fact{Text: "whether the replica is there is not known", Span: block.Span(), Origin: block.Value().Origin()}))
	}
	s.p.Decide(dynamoNoPITR, s.node, v.Unless(s.excused), analysis.Subject(subject))
}

func (s *tableScan) replica(region value.String, recovery value.Bool, block *aws.Item) {
	subject := "replica"
	if name, ok := region.Get(); ok {
		subject += " " + name
	}
	s.decide(subject, recovery, block)
}

// more says that there may be more replicas than are written.
func (s *tableScan) more(open bool, list value.Attr) {
	if open && !s.pattern {
		f := list.Fact()
		f.Text = "there may be other replicas"
		s.p.Decide(dynamoNoPITR, s.node, value.Open(f).Unless(s.excused), analysis.Subject("replica"))
	}
}
