package aws

import (
	"fmt"

	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Refused returns a warning for each rule of a security group or network ACL that EC2
// turns down. Such a rule admits nothing, and passes: without a word about it, a
// mistyped port would look like a closed one.
func Refused(g *graph.Graph) []source.Diagnostic {
	var out []source.Diagnostic
	for _, rules := range []*groupRules{ingresses(g), egresses(g)} {
		for _, r := range rules.all {
			out = append(out, refusals(r.Node, r.Protocol, r.From, r.To, addresses(r.CIDRs[:]...))...)
		}
	}
	for n := range Managed[NetworkACL](g) {
		for _, l := range []List[ACLRuleBlock]{n.Ingress, n.Egress} {
			for _, r := range l.Items {
				out = append(out, refusals(n.Node(), r.Protocol, r.From, r.To, []value.Value{r.CIDR.V, r.CIDR6.V})...)
			}
		}
	}
	for r := range Managed[NetworkACLRule](g) {
		out = append(out, refusals(r.Node(), r.Protocol, r.From, r.To, []value.Value{r.CIDR.V, r.CIDR6.V})...)
	}
	return out
}

func addresses(lists ...value.Strings) []value.Value {
	var out []value.Value
	for _, l := range lists {
		items, _ := l.Items()
		out = append(out, items...)
	}
	return out
}

// refusals judges one rule by what is known of it.
func refusals(n *graph.Node, protocol value.String, from, to value.Int, cidrs []value.Value) []source.Diagnostic {
	var out []source.Diagnostic
	say := func(at source.Span, format string, args ...any) {
		out = append(out, source.Diagnostic{Level: source.Warning, Code: "refused-rule", Span: at,
			Message: fmt.Sprintf("EC2 refuses this rule of %s: ", n.Addr) + fmt.Sprintf(format, args...)})
	}
	if !protocol.V.IsSensitive() {
		if text, ok := protocol.Get(); ok {
			if _, err := awsnet.ParseProtocol(text); err != nil {
				say(protocol.Span(), "%v", err)
			}
		}
	}
	for _, b := range []value.Int{from, to} {
		if notANumber(b) {
			say(b.Span(), "%s is %s, which is no number", b.Name, value.Show(b.V))
		}
	}
	if t := TrafficOf(protocol, from, to); awsnet.Refused(t.Protocol, t.From, t.To) == tri.True && !from.V.IsSensitive() && !to.V.IsSensitive() {
		say(refusedBound(from, to).Span(), "%s", refusedRange(from, to))
	}
	for _, c := range cidrs {
		if text, ok := c.Str(); ok && text != "" && !c.IsSensitive() {
			if _, err := awsnet.ParsePrefix(text); err != nil {
				say(c.Span(), "%v", err)
			}
		}
	}
	return out
}

// notANumber reports a known bound of which no number can be made.
func notANumber(b value.Int) bool {
	_, ok := b.Get()
	return !ok && b.V.IsKnown() && b.V.Alternatives() == nil && !b.V.IsSensitive()
}

// refusedBound is the end of a refused range that is to blame.
func refusedBound(from, to value.Int) value.Int {
	if f, ok := from.Get(); ok && 0 <= f && f <= awsnet.MaxPort {
		return to
	}
	return from
}

func refusedRange(from, to value.Int) string {
	f, okFrom := from.Get()
	t, okTo := to.Get()
	switch {
	case okFrom && okTo && 0 <= f && f <= awsnet.MaxPort && 0 <= t && t <= awsnet.MaxPort:
		return fmt.Sprintf("its ports are the wrong way round, from %d to %d", f, t)
	case okFrom && (f < 0 || f > awsnet.MaxPort):
		return fmt.Sprintf("%s is %d, and ports are 0 to %d", from.Name, f, awsnet.MaxPort)
	case okTo && (t < 0 || t > awsnet.MaxPort):
		return fmt.Sprintf("%s is %d, and ports are 0 to %d", to.Name, t, awsnet.MaxPort)
	}
	return "it has no range of ports"
}
