package identity

import (
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Held is the role that a workload holds.
type Held struct {
	Role *Principal
	Sure tri.Bool
	// At says so.
	At value.Fact
}

// HeldBy returns the roles of an instance (by its profile), a scaling group (by its
// template), an ECS service (by its task definition) or a function. Open says what
// is not known.
func (x *Identities) HeldBy(n *graph.Node) (held []Held, open []value.Fact) {
	c := collector{x: x, holder: n}
	g := x.g
	if m := aws.Of[aws.LambdaFunction](g, n); m != nil {
		c.role(m.Node(), m.Role, tri.True)
	}
	if m := aws.Of[aws.Instance](g, n); m != nil {
		if m.Profile.V.IsUnset() {
			c.template(m.Template.Get(), tri.True)
		} else {
			c.profile(m.Node(), m.Profile, tri.True)
		}
	}
	if m := aws.Of[aws.AutoScalingGroup](g, n); m != nil {
		c.template(m.Template.Get(), tri.True)
		if b := m.Mixed.Get(); b != nil {
			c.templateOf(&b.ID, &b.Name, tri.True)
		}
		if lc := aws.Of[aws.LaunchConfiguration](g, m.Configuration.One()); lc != nil {
			c.profile(lc.Node(), lc.Profile, tri.True)
		}
	}
	if m := aws.Of[aws.ECSService](g, n); m != nil {
		for _, t := range c.follow(m.Node(), m.Definition) {
			if def := aws.Of[aws.TaskDefinition](g, t.Node); def != nil {
				c.role(def.Node(), def.TaskRole, t.Sure)
			}
		}
	}
	return c.held, c.open
}

// Roles returns the roles that an attribute of a workload names.
func (x *Identities) Roles(n *graph.Node, a value.Attr) (held []Held, open []value.Fact) {
	c := collector{x: x, holder: n}
	c.role(n, a, tri.True)
	return c.held, c.open
}

type collector struct {
	x      *Identities
	holder *graph.Node
	held   []Held
	open   []value.Fact
}

// follow are the resources that an attribute refers to.
func (c *collector) follow(n *graph.Node, a value.Attr) []graph.Target {
	targets := c.x.resolve(n, a.Name, a.V)
	if len(targets) == 0 && a.V.IsUnknown() {
		c.open = append(c.open, a.Fact())
	}
	return targets
}

func (c *collector) role(n *graph.Node, a value.Attr, sure tri.Bool) {
	for _, t := range c.follow(n, a) {
		if p := c.x.Of(t.Node); p != nil {
			c.held = append(c.held, Held{p, tri.And(sure, t.Sure), value.Fact{Text: c.holder.Addr + " holds " + p.Node.Addr, Span: a.Span(), Origin: a.V.Origin(), Hop: true}})
		}
	}
}

// profile follows the name or ARN of an instance profile.
func (c *collector) profile(n *graph.Node, a value.Attr, sure tri.Bool) {
	for _, t := range c.follow(n, a) {
		m := aws.Of[aws.InstanceProfile](c.x.g, t.Node)
		if m == nil || t.Node.Mode != graph.Managed {
			continue
		}
		role := m.Role
		if role.V.IsUnset() {
			role = m.Roles
		}
		c.role(m.Node(), role, tri.And(sure, t.Sure))
	}
}

func (c *collector) template(ref *aws.TemplateRef, sure tri.Bool) {
	if ref != nil {
		c.templateOf(&ref.ID, &ref.Name, sure)
	}
}

func (c *collector) templateOf(id, name *aws.Ref[aws.LaunchTemplate], sure tri.Bool) {
	for _, ref := range []*aws.Ref[aws.LaunchTemplate]{id, name} {
		for _, t := range ref.Targets() {
			if lt := aws.Of[aws.LaunchTemplate](c.x.g, t.Node); lt != nil {
				c.profile(lt.Node(), lt.Profile, tri.And(sure, t.Sure))
			}
		}
	}
}
