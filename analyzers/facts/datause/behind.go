package datause

import (
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// content is a value that stands behind what a workload is told of.
type content struct {
	node  *graph.Node
	attr  string
	value value.Value
	sure  tri.Bool
}

// standIns are the attributes by which a resource leads to a data store whose
// address it gives to others.
var standIns = map[string][]string{
	"aws_rds_cluster_instance": {"cluster_identifier"}, "aws_rds_cluster_endpoint": {"cluster_identifier"},
	"aws_docdb_cluster_instance": {"cluster_identifier"},
	"aws_route53_record":         {"records"}, "AWS::Route53::RecordSet": {"ResourceRecords"},
}

// behind is what a secret, parameter, record or member of a cluster leads to.
func (c *collector) behind(n *graph.Node) []content {
	var out []content
	for _, attr := range standIns[n.Type] {
		out = append(out, content{n, attr, n.Body.Path(attr), tri.True})
	}
	if m := aws.Of[aws.Parameter](c.g, n); m != nil {
		out = append(out, content{n, m.Value.Name, m.Value.V, tri.True})
	}
	if m := aws.Of[aws.Secret](c.g, n); m != nil {
		out = append(out, content{n, m.Text.Name, m.Text.V, tri.True})
		for _, s := range m.Versions.Items {
			out = append(out, content{s.Part.Node(), s.Part.Text.Name, s.Part.Text.V, s.Sure})
		}
		for _, s := range m.Attachments.Items {
			out = append(out, content{s.Part.Node(), s.Part.Target.Name, s.Part.Target.V, s.Sure})
		}
		for _, f := range append(m.Versions.Open, m.Attachments.Open...) {
			c.unknown(value.OfUnknown(value.KindAny, f.Span, f.Origin))
		}
	}
	return out
}

// shallow is walk for what stands behind something: JSON text is read.
func (c *collector) shallow(v value.Value, sure tri.Bool) {
	if read, ok := policy.ReadJSON(c.g, v); ok {
		v = read
	}
	c.ends = true
	c.walk(v, sure)
}
