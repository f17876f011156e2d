package identity

import (
	"strings"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// receivers are the attributes that say to whom a policy is given, by kind.
var receivers = []struct{ attr, kind string }{
	{"role", "role"}, {"roles", "role"}, {"Roles", "role"}, {"RoleName", "role"},
	{"user", "user"}, {"users", "user"}, {"Users", "user"}, {"UserName", "user"},
	{"role_name", "role"}, {"user_name", "user"}, {"group_name", "group"},
	{"group", "group"}, {"groups", "group"}, {"Groups", "group"}, {"GroupName", "group"},
}

// attach gives policies that are resources of their own to whom they name.
func (x *Identities) attach(groups map[graph.NodeID][]policy.Grant) {
	give := func(n *graph.Node, grants func(exists tri.Bool) []policy.Grant) {
		for _, r := range receivers {
			v := n.Body.Get(r.attr)
			if v.IsUnset() {
				continue
			}
			targets, complete := x.whom(n, r.attr, r.kind, v)
			for _, t := range targets {
				x.give(groups, t.Node, grants(tri.And(t.Sure, n.Exists)))
			}
			if !complete {
				x.giveAll(groups, n.Unit, r.kind, value.Fact{Text: n.Addr + " may be given to it", Span: v.Span(), Origin: v.Origin()})
			}
		}
	}
	for m := range aws.Managed[aws.EmbeddedPolicy](x.g) {
		give(m.Node(), func(exists tri.Bool) []policy.Grant {
			return []policy.Grant{x.document(m.Node(), m.Document.Name, m.Document.V, exists)}
		})
	}
	for m := range aws.Managed[aws.ManagedPolicy](x.g) {
		give(m.Node(), func(exists tri.Bool) []policy.Grant {
			return []policy.Grant{x.document(m.Node(), m.Document.Name, m.Document.V, exists)}
		})
	}
	for m := range aws.Managed[aws.PolicyAttachment](x.g) {
		give(m.Node(), func(exists tri.Bool) []policy.Grant {
			return x.managedOne(m.Node(), m.Policy.Name, m.Policy.V, exists)
		})
	}
	for m := range aws.Managed[aws.ExclusiveAttachments](x.g) {
		give(m.Node(), func(exists tri.Bool) []policy.Grant {
			var out []policy.Grant
			x.managed(&out, m.Node(), m.Policies.Name, m.Policies.V)
			for i := range out {
				out[i].Exists = tri.And(out[i].Exists, exists)
			}
			return out
		})
	}
}

func (x *Identities) give(groups map[graph.NodeID][]policy.Grant, to *graph.Node, grants []policy.Grant) {
	if p := x.by[to.ID]; p != nil {
		p.Grants = append(p.Grants, grants...)
		return
	}
	if _, ok := groups[to.ID]; ok {
		groups[to.ID] = append(groups[to.ID], grants...)
	}
}

// giveAll opens what everybody of a kind may do who could be meant.
func (x *Identities) giveAll(groups map[graph.NodeID][]policy.Grant, u *graph.Unit, kind string, why value.Fact) {
	for _, p := range x.list {
		if p.Node.Unit == u && p.Thing.Kind == kind+"/" {
			p.Grants = append(p.Grants, unread(why))
		}
	}
	for m := range aws.ManagedIn[aws.IAMGroup](x.g, u) {
		if kind == "group" {
			groups[m.Node().ID] = append(groups[m.Node().ID], unread(why))
		}
	}
}

// whom finds whom a value names: by reference, or by name within the unit.
func (x *Identities) whom(n *graph.Node, attr, kind string, v value.Value) (targets []graph.Target, complete bool) {
	targets, complete = x.g.Resolve(n, attr, v)
	items, _ := policy.List{V: v}.Items()
	for _, e := range items {
		text, ok := e.Str()
		if !ok || len(e.Refs()) > 0 {
			continue
		}
		for _, m := range x.named[nameKey{kind, text}] {
			if m.Unit == n.Unit {
				targets = append(targets, graph.Target{Node: m, Sure: tri.And(m.ExistsWith(n), tri.Of(!e.MayBeMissing())), Value: e})
			}
		}
	}
	return targets, complete
}

// members gives users what their groups have.
func (x *Identities) members(groups map[graph.NodeID][]policy.Grant) {
	join := func(n *graph.Node, users, in value.Attr) {
		us, all := x.whom(n, users.Name, "user", users.V)
		gs, every := x.whom(n, in.Name, "group", in.V)
		for _, u := range us {
			for _, g := range gs {
				x.belong(u, g, groups)
			}
			if p := x.by[u.Node.ID]; p != nil && !every {
				p.Grants = append(p.Grants, unread(in.Fact()))
			}
		}
		if !all {
			x.giveAll(groups, n.Unit, "user", users.Fact())
		}
	}
	for m := range aws.Managed[aws.IAMUser](x.g) {
		gs, every := x.whom(m.Node(), m.Groups.Name, "group", m.Groups.V)
		for _, g := range gs {
			x.belong(graph.Target{Node: m.Node(), Sure: tri.True}, g, groups)
		}
		if !every {
			x.by[m.Node().ID].Grants = append(x.by[m.Node().ID].Grants, unread(m.Groups.Fact()))
		}
	}
	for m := range aws.Managed[aws.GroupMembership](x.g) {
		if m.Node().Lang == graph.CloudFormation {
			join(m.Node(), m.Users, m.Group)
		} else {
			join(m.Node(), m.User, m.Groups)
		}
	}
}

func (x *Identities) belong(user, group graph.Target, groups map[graph.NodeID][]policy.Grant) {
	p := x.by[user.Node.ID]
	if p == nil {
		return
	}
	for _, g := range groups[group.Node.ID] {
		g.Exists = tri.And(g.Exists, user.Sure, group.Sure)
		p.Grants = append(p.Grants, g)
	}
}

// isAWSName reports the names of policies that are known here.
func isAWSName(name string) bool { _, ok := awsPolicies[name]; return ok }

// awsPolicies are policies of AWS by what they allow, as of 2026-11. Of others only
// this is said, that AWS means them to do one job.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
var awsPolicies = map[string]struct{ actions, not []string }{
	"AdministratorAccess":    {actions: []string{"*"}},
	"IAMFullAccess":          {actions: []string{"iam:*"}},
	"PowerUserAccess":        {not: []string{"iam:*", "organizations:*", "account:*"}},
	"AmazonS3FullAccess":     {actions: []string{"s3:*"}},
	"AmazonS3ReadOnlyAccess": {actions: []string{"s3:Get*", "s3:List*"}},
	"AmazonEC2FullAccess":    {actions: []string{"ec2:*"}},
	"AWSLambda_FullAccess":   {actions: []string{"lambda:*"}},
}

// escalating are the actions that lead from one principal to another.
var escalating = []string{"iam:*", "sts:*", "lambda:UpdateFunctionCode", "lambda:CreateFunction", "ec2:RunInstances", "glue:CreateDevEndpoint",
	"cloudformation:CreateStack", "datapipeline:CreatePipeline", "ecs:RunTask", "ecs:RegisterTaskDefinition", "codebuild:CreateProject",
	"sagemaker:CreateNotebookInstance", "states:CreateStateMachine"}

// known is the document of a policy that AWS manages, as far as it is known.
func known(name string, n *graph.Node, at value.Value) policy.Document {
	s := policy.Statement{Node: n, Span: at.Span(), Owner: n.Span, Exists: tri.True, Sid: value.OfString(name, at.Span()), Effect: value.OfString("Allow", at.Span()),
		Resources: policy.List{V: value.OfString("*", at.Span()), Name: "Resource"}}
	list := func(texts []string) policy.List {
		var elems []value.Value
		for _, text := range texts {
			elems = append(elems, value.OfString(text, at.Span()))
		}
		return policy.List{V: value.OfList(elems, at.Span()), Name: "Action"}
	}
	p, ok := awsPolicies[name]
	switch {
	case ok && p.actions != nil:
		s.Actions = list(p.actions)
	case ok:
		s.NotActions = list(p.not)
	default:
		// One for a job: it may allow anything but what makes administrators.
		s.NotActions = list(escalating)
		s.Resources.V = value.OfUnknown(value.KindString, at.Span(), 0)
		if !isForOneJob(name) {
			s.NotActions = list(nil)
			if !strings.Contains(name, "Admin") && !strings.Contains(name, "PowerUser") {
				// It may do much within its service; the roles that it takes are those of the service.
				s.NotActions = list([]string{"sts:*"})
			}
		}
	}
	return policy.Document{Statements: []policy.Statement{s}}
}

// isForOneJob reports policies that AWS makes for a service or for reading.
func isForOneJob(name string) bool {
	for _, mark := range []string{"service-role/", "aws-service-role/", "ReadOnly", "ViewOnly", "Basic", "ManagedInstanceCore", "AgentServerPolicy", "AmazonEKS"} {
		if strings.Contains(name, mark) {
			return true
		}
	}
	return false
}
