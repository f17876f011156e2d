package policy

import (
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// AWSManaged says whether a value names a policy that AWS manages and whose path
// ("AdministratorAccess", "job-function/ViewOnlyAccess") satisfies match: by its ARN in
// any partition, or by a data source. Attr is the attribute of n that holds the value.
func AWSManaged(g *graph.Graph, n *graph.Node, attr string, v value.Value, match func(path string) bool) tri.Bool {
	return eachOf(v, func(v value.Value) tri.Bool {
		switch {
		case v.IsUnset():
			return tri.False
		case len(v.Refs()) > 0 && v.Parts() == nil:
			return referred(g, n, attr, v, match)
		}
		if text, ok := v.Str(); ok {
			return tri.Of(isPath(text, match))
		}
		return ofHoled(g, v, match)
	})
}

func isPath(arn string, match func(string) bool) bool {
	path, ok := ManagedPath(arn)
	return ok && match(path)
}

// ManagedPath is the path of a policy that AWS manages, by its ARN.
func ManagedPath(arn string) (string, bool) {
	head, path, ok := strings.Cut(arn, ":iam::aws:policy/")
	return path, ok && strings.HasPrefix(head, "arn:") && !strings.Contains(head[len("arn:"):], ":")
}

// ofHoled asks an ARN in which something is not known. What stands for the partition does
// not matter, and the number of an account is not "aws".
func ofHoled(g *graph.Graph, v value.Value, match func(string) bool) tri.Bool {
	var b strings.Builder
	for _, p := range v.Parts() {
		text, known := p.Str()
		switch {
		case known:
		case isComputed(p):
			text = ownAccount
		default:
			text = someText
			for _, ref := range p.Refs() {
				if ref.Addr == "AWS::AccountId" || strings.Contains(ref.Addr, "aws_caller_identity") {
					text = ownAccount
				}
			}
			if o := g.Origins.At(p.Origin()); o.Kind == value.PseudoParameter && o.Name == "AWS::AccountId" {
				text = ownAccount
			}
		}
		b.WriteString(text)
	}
	text := b.String()
	if path, ok := ManagedPath(text); ok && !strings.Contains(path, someText) {
		return tri.Of(match(path))
	}
	segments := strings.SplitN(text, ":", 6)
	if len(segments) == 6 && (!strings.Contains(segments[4], someText) && segments[4] != "aws" || !strings.HasPrefix(segments[5], "policy/") && !strings.HasPrefix(segments[5], someText)) {
		return tri.False
	}
	if v.Parts() != nil && !strings.Contains(text, someText) {
		return tri.False
	}
	return tri.Unknown
}

// referred asks what a value refers to.
func referred(g *graph.Graph, n *graph.Node, attr string, v value.Value, match func(string) bool) tri.Bool {
	targets, complete := g.Resolve(n, attr, v)
	out := tri.False
	for _, t := range targets {
		is := tri.Unknown
		switch {
		case t.Node.Mode == graph.Managed:
			is = tri.False
		case t.Node.Type == "aws_iam_policy":
			is = ofData(t.Node, match)
		}
		out = tri.Or(out, tri.And(is, t.Sure))
	}
	if !complete || len(targets) == 0 {
		out = tri.Or(out, tri.Unknown)
	}
	return out
}

// ofData asks the data source of a policy, which is given its ARN or its name.
func ofData(n *graph.Node, match func(string) bool) tri.Bool {
	arn, name := n.Body.Get("arn"), n.Body.Get("name")
	if text, ok := arn.Str(); ok {
		return tri.Of(isPath(text, match))
	}
	if text, ok := name.Str(); ok {
		return tri.Of(match(text) || match("job-function/"+text))
	}
	return tri.Unknown
}
