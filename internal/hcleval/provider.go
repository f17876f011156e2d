package hcleval

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// awsSource is the provider that rules know.
const awsSource = "hashicorp/aws"

// providerFor returns the configuration of the AWS provider that holds for a
// resource, or nil for a resource of another provider.
func (m *module) providerFor(r *resource) *graph.Provider {
	local, _, _ := strings.Cut(r.typ, "_")
	alias := ""
	if r.provider != nil {
		if t, ok := traversalOf(r.provider.expr); ok {
			local = t.RootName()
			alias, _ = attrAt(t, 1)
		}
	}
	if m.cfg.providerSource(local) != awsSource && local != "aws" {
		return nil
	}
	return m.provider(local, alias)
}

// provider finds the configuration that a local name and alias stand for in
// the module: its own, one that it was handed, or its parent's default.
func (m *module) provider(local, alias string) *graph.Provider {
	key := local
	if alias != "" {
		key += "." + alias
	}
	if p, ok := m.providerOf[key]; ok {
		return p
	}
	p := m.findProvider(local, alias, key)
	m.providerOf[key] = p
	return p
}

func (m *module) findProvider(local, alias, key string) *graph.Provider {
	for _, b := range m.cfg.providers {
		if b.name == local && b.alias == alias && (m.parent == nil || hasContent(b)) {
			return m.lowerProvider(b, local, key)
		}
	}
	if m.parent == nil {
		return m.implied(local, key)
	}
	if m.call.providers != nil {
		if o, ok := m.call.providers.expr.(*hclsyntax.ObjectConsExpr); ok {
			for _, it := range o.Items {
				if providerKey(it.KeyExpr) != key {
					continue
				}
				if t, ok := traversalOf(it.ValueExpr); ok {
					theirs, _ := attrAt(t, 1)
					return m.parent.provider(t.RootName(), theirs)
				}
			}
		}
	}
	if alias != "" {
		return m.implied(local, key)
	}
	return m.parent.provider(local, "")
}

// hasContent tells a provider block from an empty one, by which old modules
// say that they are to be handed a provider.
func hasContent(b *providerBlock) bool {
	for _, it := range b.block.body.items {
		if it.name != "alias" && it.name != "version" {
			return true
		}
	}
	return false
}

// providerKey reads a key of the providers argument: aws or aws.west.
func providerKey(e hclsyntax.Expression) string {
	if name, ok := keyword(e); ok {
		return name
	}
	k, ok := e.(*hclsyntax.ObjectConsKeyExpr)
	if !ok {
		return ""
	}
	t, ok := traversalOf(k.Wrapped)
	if !ok {
		return ""
	}
	name := t.RootName()
	if alias, ok := attrAt(t, 1); ok {
		name += "." + alias
	}
	return name
}

// implied is a provider without a block: its settings come from the environment.
func (m *module) implied(local, key string) *graph.Provider {
	p := &graph.Provider{Addr: m.nameOf(key), Constraint: m.constraint(local)}
	p.Locked = m.ev.in.Locked[m.cfg.providerSource(local)]
	return p
}

// constraint is the version that the module, or the next one above it that
// says anything, requires.
func (m *module) constraint(local string) string {
	for up := m; up != nil; up = up.parent {
		if c := up.cfg.requirements[local].constraint; c != "" {
			return c
		}
	}
	return ""
}

func (m *module) lowerProvider(b *providerBlock, local, key string) *graph.Provider {
	p := m.implied(local, key)
	body := b.block.body
	p.Span = b.block.span
	if a := body.attr("version"); a != nil && p.Constraint == "" {
		p.Constraint = text(a) // the form before Terraform 0.13
	}
	attr := func(from *block, name string) value.Value {
		if from == nil {
			return value.Value{}
		}
		if a := from.body.attr(name); a != nil {
			return m.scope.lowerAttr(a)
		}
		return value.Value{}
	}
	p.Region = attr(b.block, "region")
	p.Profile = attr(b.block, "profile")
	p.AccountIDs = attr(b.block, "allowed_account_ids")
	p.AssumeRole = m.lowerNested(body, "assume_role", "role_arn")
	p.DefaultTags = m.lowerNested(body, "default_tags", "tags")
	return p
}

// lowerNested lowers an argument of a nested block, which may be dynamic. Of
// several the last is taken, as roles are assumed one after the other.
func (m *module) lowerNested(b *body, typ, name string) value.Value {
	it := b.index[typ]
	if it == nil {
		return value.Value{}
	}
	list := m.scope.lowerItem(it)
	elems := list.Elems()
	if len(elems) == 0 {
		return value.Value{}
	}
	last := elems[len(elems)-1]
	v := last.Get(name)
	if last.MayBeMissing() {
		return value.OneOf([]value.Value{v, {}}, v.Span(), list.Origin())
	}
	return v
}
