package plan

import (
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Part makes a unit of a plan alone, without the configuration that it was made
// of. What refers to what is told by the plan's own account of the configuration,
// which leaves out local values. Places there are none, but that of the unit.
func (p *Plan) Part(unit *graph.Unit, origins *value.Origins) *graph.Part {
	part := &graph.Part{Unit: unit}
	unit.Inputs = value.OfObject(nil, unit.Anchor)
	b := &bare{plan: p, part: part, origins: origins,
		overlay: &overlay{part: part, origins: origins, exact: map[string]*graph.Node{}, blocks: map[string]*graph.Node{}, modules: map[string]*graph.Module{}, planned: map[string][]string{}}}
	for _, i := range p.Instances {
		b.planned[block(i.Addr)] = append(b.planned[block(i.Addr)], i.Addr)
	}
	for _, i := range p.Instances {
		n, _ := b.node(i)
		n.Exists = tri.True
		written := b.written(i)
		n.Body = b.follow(b.merge(b.configured(written, i.Values, i.Unknown, i, n.Span), i.Values, i.Unknown, i.Sensitive, n), n.Addr)
		n.Provider = b.provider(i)
		part.Nodes = append(part.Nodes, n)
	}
	return part
}

type bare struct {
	*overlay
	plan    *Plan
	part    *graph.Part
	origins *value.Origins
}

// level is a module of the configuration with the address of its instance.
type level struct {
	module *tfjson.ConfigModule
	addr   string
	call   *tfjson.ModuleCall
	parent *level
}

// level finds the module of an address.
func (b *bare) level(addr string) *level {
	if b.plan.config == nil {
		return nil
	}
	at := &level{module: b.plan.config.RootModule}
	rest := addr
	for rest != "" && at.module != nil {
		rest = strings.TrimPrefix(rest, ".")
		end := len(rest)
		if i := lastModule(rest); i > 0 {
			end = firstEnd(rest)
		}
		step := rest[:end]
		name := strings.TrimPrefix(block(step), "module.")
		call := at.module.ModuleCalls[name]
		if call == nil {
			return nil
		}
		at = &level{module: call.Module, addr: strings.TrimPrefix(at.addr+"."+step, "."), call: call, parent: at}
		rest = rest[end:]
	}
	return at
}

// firstEnd is where the first call of a path ends.
func firstEnd(path string) int {
	blank := index.ReplaceAllStringFunc(path, func(key string) string { return strings.Repeat("-", len(key)) })
	if i := strings.Index(blank[1:], ".module."); i >= 0 {
		return i + 1
	}
	return len(path)
}

// written are the expressions of the block of an instance.
func (b *bare) written(i Instance) map[string]*tfjson.Expression {
	at := b.level(i.Module)
	if at == nil || at.module == nil {
		return nil
	}
	for _, r := range at.module.Resources {
		if r.Type == i.Type && r.Name == i.Name && (r.Mode == tfjson.DataResourceMode) == i.Data {
			return r.Expressions
		}
	}
	return nil
}

// configured is what the configuration says of a body: of what is written and not
// known, that it is unknown, and what it refers to. What is not written is absent.
func (b *bare) configured(written map[string]*tfjson.Expression, values map[string]any, unknown any, i Instance, at source.Span) value.Value {
	u, _ := unknown.(map[string]any)
	var fields []value.Field
	for name, e := range sortedExpressions(written) {
		v := b.expression(e, values[name], u[name], i, at)
		if !v.IsAbsent() {
			fields = append(fields, value.Field{Name: name, Span: at, Value: v})
		}
	}
	return value.OfObject(fields, at)
}

func sortedExpressions(written map[string]*tfjson.Expression) func(func(string, *tfjson.Expression) bool) {
	return func(yield func(string, *tfjson.Expression) bool) {
		asAny := make(map[string]any, len(written))
		for name := range written {
			asAny[name] = nil
		}
		for _, name := range names(asAny) {
			if !yield(name, written[name]) {
				return
			}
		}
	}
}

func (b *bare) expression(e *tfjson.Expression, planned, unknown any, i Instance, at source.Span) value.Value {
	if e == nil || e.ExpressionData == nil {
		return value.Value{}
	}
	if len(e.NestedBlocks) > 0 {
		var elems []value.Value
		list, _ := planned.([]any)
		for n, nested := range e.NestedBlocks {
			var inner map[string]any
			if n < len(list) {
				inner, _ = list[n].(map[string]any)
			}
			elems = append(elems, b.configured(nested, inner, element(unknown, n), i, at))
		}
		return value.OfList(elems, at)
	}
	refs := b.references(b.level(i.Module), e.References, 0)
	why := b.origins.Add(value.Origin{Kind: value.Computed, Name: first(e.References), Detail: "is known after the plan is applied", Span: at})
	return value.OfUnknown(value.KindAny, at, why).WithRefs(refs...)
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// maxHops bounds the way of a reference through modules.
const maxHops = 64

// references finds the resources that the traversals of an expression lead to. The
// list has each traversal and then what it begins with.
func (b *bare) references(at *level, list []string, hops int) []value.Ref {
	if at == nil || at.module == nil || hops > maxHops {
		return nil
	}
	var out []value.Ref
	prefix := ""
	for _, r := range list {
		if prefix != "" && strings.HasPrefix(prefix, r) {
			continue // the beginning of the one before
		}
		prefix = r
		out = append(out, b.reference(at, r, hops)...)
	}
	return out
}

func (b *bare) reference(at *level, r string, hops int) []value.Ref {
	parts := strings.Split(index.ReplaceAllStringFunc(r, func(key string) string { return strings.ReplaceAll(key, ".", "\x00") }), ".")
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], "\x00", ".")
	}
	switch head := parts[0]; {
	case head == "var" && len(parts) > 1:
		if at.call == nil || at.call.Expressions[parts[1]] == nil || at.call.Expressions[parts[1]].ExpressionData == nil {
			return nil
		}
		return b.references(at.parent, at.call.Expressions[parts[1]].References, hops+1)
	case head == "module" && len(parts) > 2:
		call := at.module.ModuleCalls[block(parts[1])]
		if call == nil || call.Module == nil {
			return nil
		}
		out := call.Module.Outputs[block(parts[2])]
		if out == nil || out.Expression == nil || out.Expression.ExpressionData == nil {
			return nil
		}
		inner := &level{module: call.Module, addr: strings.TrimPrefix(at.addr+".module."+parts[1], "."), call: call, parent: at}
		return b.references(inner, out.Expression.References, hops+1)
	case head == "data" && len(parts) > 2:
		return b.target(at, strings.Join(parts[:3], "."), parts[3:])
	case head == "each", head == "count", head == "local", head == "path", head == "terraform", head == "self", len(parts) < 2:
		return nil
	}
	return b.target(at, strings.Join(parts[:2], "."), parts[2:])
}

// target is a reference to a resource of a module.
func (b *bare) target(at *level, addr string, attr []string) []value.Ref {
	addr = strings.TrimPrefix(at.addr+"."+addr, ".")
	if len(b.planned[block(addr)]) == 0 {
		return nil
	}
	if index.FindString(addr) == "" && (len(b.planned[block(addr)]) > 1 || b.planned[block(addr)][0] != addr) {
		addr += "[*]" // which of them, follow finds out
	}
	return []value.Ref{{Addr: addr, Attr: block(strings.Join(attr, "."))}}
}

// provider is the configuration of the provider of an instance, as far as it is
// written in constants.
func (b *bare) provider(i Instance) *graph.Provider {
	at := b.level(i.Module)
	if at == nil || at.module == nil || b.plan.config == nil {
		return nil
	}
	for _, r := range at.module.Resources {
		if r.Type != i.Type || r.Name != i.Name {
			continue
		}
		c := b.plan.config.ProviderConfigs[r.ProviderConfigKey]
		if c == nil {
			return nil
		}
		span := b.part.Unit.Anchor
		p := &graph.Provider{Addr: r.ProviderConfigKey, Constraint: c.VersionConstraint, Span: span}
		p.Region = b.setting(c.Expressions, "region", span)
		p.Profile, p.AccessKey = b.setting(c.Expressions, "profile", span), b.setting(c.Expressions, "access_key", span)
		p.AccountIDs = b.setting(c.Expressions, "allowed_account_ids", span)
		if files := b.setting(c.Expressions, "shared_credentials_files", span); !files.IsAbsent() {
			p.CredentialFiles = append(p.CredentialFiles, files)
		}
		// Of several the last counts, as roles are assumed one after the other.
		for _, block := range []string{"assume_role_with_web_identity", "assume_role"} {
			if e := c.Expressions[block]; e != nil && e.ExpressionData != nil && len(e.NestedBlocks) > 0 {
				p.AssumeRole = b.setting(e.NestedBlocks[len(e.NestedBlocks)-1], "role_arn", span)
			}
		}
		if e := c.Expressions["default_tags"]; e != nil && e.ExpressionData != nil && len(e.NestedBlocks) == 1 {
			if tags := e.NestedBlocks[0]["tags"]; tags != nil && tags.ExpressionData != nil {
				p.DefaultTags = b.value(value.Value{}, tags.ConstantValue, nil, nil, span, &graph.Node{Span: span})
			}
		}
		return p
	}
	return nil
}

// setting is an argument of a provider, which a plan knows only where it is a literal.
func (b *bare) setting(of map[string]*tfjson.Expression, name string, at source.Span) value.Value {
	e := of[name]
	if e == nil || e.ExpressionData == nil {
		return value.Value{}
	}
	if e.ConstantValue != nil && e.ConstantValue != tfjson.UnknownConstantValue {
		return b.value(value.Value{}, e.ConstantValue, nil, nil, at, &graph.Node{Span: at})
	}
	why := b.origins.Add(value.Origin{Kind: value.Computed, Name: first(e.References), Detail: "is not told by the plan", Span: at})
	return value.OfUnknown(value.KindAny, at, why)
}
