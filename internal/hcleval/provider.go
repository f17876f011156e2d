package hcleval

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// awsSource is the provider that rules know.
const awsSource = "hashicorp/aws"

// providerRef is what names a provider configuration: aws, aws.west, or
// aws.by_region["eu-west-1"], which OpenTofu has.
type providerRef struct {
	local, alias string
	// key is set where keyed is; it may not be known.
	key   cty.Value
	keyed bool
}

// address is the form in which the reference is written; false if it can't be.
func (r providerRef) address() (string, bool) {
	out := r.local
	if r.alias != "" {
		out += "." + r.alias
	}
	if !r.keyed {
		return out, true
	}
	if !r.key.IsKnown() || r.key.IsNull() || r.key.Type() != cty.String {
		return out + symbolicSuffix, false
	}
	return out + keySuffix(r.key.AsString()), true
}

// providerRef reads a reference to a provider configuration.
func (s *scope) providerRef(e hclsyntax.Expression) (providerRef, bool) {
	if x, ok := e.(*hclsyntax.IndexExpr); ok {
		r, ok := s.providerRef(x.Collection)
		key, _ := s.eval(x.Key).UnmarkDeep()
		r.key, r.keyed = key, true
		return r, ok
	}
	t, ok := traversalOf(e)
	if !ok {
		return providerRef{}, false
	}
	r := providerRef{local: t.RootName()}
	r.alias, _ = attrAt(t, 1)
	if len(t) > 2 {
		if i, ok := t[2].(hcl.TraverseIndex); ok {
			r.key, r.keyed = i.Key, true
		}
	}
	return r, true
}

// providerFor returns the configuration of the AWS provider that holds for a
// resource, or nil for a resource of another provider. The scope is that of the
// instance.
func (m *module) providerFor(r *resource, s *scope) *graph.Provider {
	ref := providerRef{}
	ref.local, _, _ = strings.Cut(r.typ, "_")
	if r.provider != nil {
		if given, ok := s.providerRef(r.provider.expr); ok {
			ref = given
		}
	}
	if ref.local != "aws" && m.cfg.providerSource(ref.local) != awsSource {
		return nil
	}
	return m.provider(ref)
}

// provider finds the configuration that a reference stands for in the module:
// its own, one that it was handed, or its parent's default.
func (m *module) provider(ref providerRef) *graph.Provider {
	addr, _ := ref.address()
	p, ok := m.providerOf[addr]
	if !ok {
		p.reads = m.ev.tracked(func() { p.provider = m.findProvider(ref, addr) })
		m.providerOf[addr] = p
	}
	m.ev.reads |= p.reads
	return p.provider
}

// handed is the configuration of the AWS provider that a module is handed, or nil
// if it may use several.
func (m *module) handed() *graph.Provider {
	if m.call.providers == nil {
		return m.parent.provider(providerRef{local: "aws"})
	}
	o, ok := m.call.providers.expr.(*hclsyntax.ObjectConsExpr)
	if !ok || len(o.Items) != 1 || providerKey(o.Items[0].KeyExpr) != "aws" {
		return nil
	}
	ref, ok := m.argScope.providerRef(o.Items[0].ValueExpr)
	if !ok {
		return nil
	}
	return m.parent.provider(ref)
}

// providerState is a provider configuration, and the inputs that it depends on.
type providerState struct {
	provider *graph.Provider
	reads    inputs
}

func (m *module) findProvider(ref providerRef, addr string) *graph.Provider {
	for _, b := range m.cfg.providers {
		if b.name == ref.local && b.alias == ref.alias && (m.parent == nil || hasContent(b)) {
			return m.lowerProvider(b, ref, addr)
		}
	}
	if m.parent == nil {
		return m.implied(ref.local, addr)
	}
	if m.call.providers != nil {
		if o, ok := m.call.providers.expr.(*hclsyntax.ObjectConsExpr); ok {
			for _, it := range o.Items {
				if providerKey(it.KeyExpr) != addr {
					continue
				}
				if theirs, ok := m.argScope.providerRef(it.ValueExpr); ok {
					return m.parent.provider(theirs)
				}
			}
		}
	}
	if ref.alias != "" {
		return m.implied(ref.local, addr)
	}
	return m.parent.provider(providerRef{local: ref.local})
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

// credentialFiles are the arguments that name files with credentials and settings,
// in the forms of all versions of the provider.
var credentialFiles = []string{"shared_credentials_files", "shared_credentials_file", "shared_config_files"}

func (m *module) lowerProvider(b *providerBlock, ref providerRef, addr string) *graph.Provider {
	p := m.implied(ref.local, addr)
	body := b.block.body
	p.Span = b.block.span
	if a := body.attr("version"); a != nil && p.Constraint == "" {
		p.Constraint = text(a) // the form before Terraform 0.13
	}
	s := m.providerScope(b, ref)
	attr := func(name string) value.Value {
		if a := body.attr(name); a != nil {
			return s.lowerAttr(a)
		}
		return value.Value{}
	}
	p.Region = attr("region")
	p.Profile, p.AccessKey = attr("profile"), attr("access_key")
	for _, name := range credentialFiles {
		if v := attr(name); !v.IsUnset() {
			p.CredentialFiles = append(p.CredentialFiles, v)
		}
	}
	p.AccountIDs = attr("allowed_account_ids")
	p.AssumeRole = s.lowerNested(body, "assume_role", "role_arn")
	if p.AssumeRole.IsAbsent() {
		p.AssumeRole = s.lowerNested(body, "assume_role_with_web_identity", "role_arn")
	}
	p.DefaultTags = s.lowerNested(body, "default_tags", "tags")
	return p
}

// providerScope is where the arguments of a provider block are evaluated: with
// each, where the block has for_each.
func (m *module) providerScope(b *providerBlock, ref providerRef) *scope {
	a := b.block.body.attr("for_each")
	if a == nil {
		return m.scope
	}
	x := m.expandEach(a, thing{m.path, "provider.", ref.local + "." + ref.alias})
	for _, k := range x.keys {
		if k.suffix == symbolicSuffix || ref.keyed && ref.key.RawEquals(cty.StringVal(k.name)) {
			return m.scope.with(k.frames)
		}
	}
	return m.scope.with(m.symbolicEach(a).keys[0].frames)
}

// lowerNested lowers an argument of a nested block, which may be dynamic. Of
// several the last is taken, as roles are assumed one after the other.
func (s *scope) lowerNested(b *body, typ, name string) value.Value {
	it := b.index[typ]
	if it == nil {
		return value.Value{}
	}
	list := s.lowerItem(it)
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
