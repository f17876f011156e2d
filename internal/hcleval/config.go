package hcleval

import (
	"fmt"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wacheck/wacheck/internal/schema"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// Config is the configuration of one directory: what all its files say
// together. It is immutable, and shared by all modules whose source it is.
type Config struct {
	// Dir is the slash path of the directory, relative to the root of the tree.
	Dir string
	// Broken says that part of a file could not be read.
	Broken bool
	// Diagnostics are the faults of the files and of their sum.
	Diagnostics []source.Diagnostic

	variables map[string]*variable
	varNames  []string // in source order
	locals    map[string]*attribute
	outputs   map[string]*output
	outNames  []string // in source order
	calls     []*call  // in source order
	callIndex map[string]*call
	resources []*resource // in source order
	byKey     map[string]*resource
	// ephemeral are the resources of which nothing remains, by type and name.
	ephemeral map[string]*block
	providers []*providerBlock
	// requirements are the entries of required_providers.
	requirements map[string]requirement
	// blocks are all top-level blocks, after overriding.
	blocks []*block
	// strange are the types of top-level blocks that are not known.
	strange map[string]bool
	anchor  source.Span
	names   names
}

type requirement struct{ source, constraint string }

type output struct {
	name      string
	value     *attribute
	sensitive *attribute
	block     *block
}

// call is a module block.
type call struct {
	name            string
	prefix          string // "module.name"
	block           *block
	source, version string
	// literal says that the source is given and is plain text.
	literal bool
	repetition
	dependsOn *attribute
	providers *attribute
	args      []*attribute
	argIndex  map[string]*attribute
}

// resource is a resource or data block.
type resource struct {
	data      bool
	typ, name string
	// key is how expressions name it: "aws_vpc.main", "data.aws_vpc.main".
	key   string
	block *block
	body  *body // without what Terraform itself handles
	repetition
	provider  *attribute
	dependsOn *attribute
	lifecycle []*block
	meta      []*item // provisioner, connection
	schema    *schema.Resource
}

type providerBlock struct {
	name, alias string
	block       *block
}

// Call is what the reader of directories needs to know of a module block.
type Call struct {
	Name, Source, Version string
	// Literal says that the source is written as plain text.
	Literal bool
	Span    source.Span
}

// Calls returns the module calls in source order.
func (c *Config) Calls() []Call {
	out := make([]Call, len(c.calls))
	for i, k := range c.calls {
		out[i] = k.public()
	}
	return out
}

// HasContent reports that the configuration has a resource, data source or
// module call, so that it is worth evaluating.
func (c *Config) HasContent() bool { return len(c.calls) > 0 || len(c.resources) > 0 }

// HasOutputs reports that the configuration has outputs, which the roots that read
// its state may depend on.
func (c *Config) HasOutputs() bool { return len(c.outNames) > 0 }

// Variables returns the names of the declared variables in source order.
func (c *Config) Variables() []string { return c.varNames }

// NewConfig merges the files of a directory. They must be in order, files
// whose name is "override" or ends in "_override" behind all others.
func NewConfig(dir string, files []*File) *Config {
	c := &Config{Dir: dir, variables: map[string]*variable{}, locals: map[string]*attribute{},
		outputs: map[string]*output{}, callIndex: map[string]*call{}, byKey: map[string]*resource{},
		ephemeral: map[string]*block{}, strange: map[string]bool{}, requirements: map[string]requirement{}}
	var blocks []*block
	for _, f := range files {
		c.Broken = c.Broken || f.Broken
		c.Diagnostics = append(c.Diagnostics, f.Diagnostics...)
		for n := range f.names {
			c.names.add(n)
		}
		if IsOverride(f.Path) {
			blocks = overrideBlocks(blocks, f.blocks)
		} else {
			blocks = append(blocks, f.blocks...)
		}
	}
	for _, b := range blocks {
		c.add(b)
	}
	c.blocks = blocks
	c.checkDeclared(blocks)
	for _, b := range blocks {
		if b.typ == "terraform" || b.typ == "provider" && b.label(0) == "aws" {
			c.anchor = b.span
			break
		}
	}
	if !c.anchor.IsValid() && len(blocks) > 0 {
		c.anchor = blocks[0].span
	}
	return c
}

func (c *Config) add(b *block) {
	want, known := topLevel[b.typ]
	switch {
	case !known:
		c.strange[b.typ] = true
		c.note(source.Note, codeUnknown, b.span, fmt.Sprintf("blocks of type %q are not known and were left out", b.typ))
		return
	case len(b.labels) < want:
		c.Broken = true
		c.note(source.Error, codeSyntax, b.span, fmt.Sprintf("a %s block needs %d labels", b.typ, want))
		return
	}
	switch b.typ {
	case "variable":
		c.addVariable(b)
	case "locals":
		for _, it := range b.body.items {
			if it.attr == nil {
				continue
			}
			if c.locals[it.name] != nil {
				c.duplicate(it.attr.span, "local."+it.name)
				continue
			}
			c.locals[it.name] = it.attr
		}
	case "output":
		c.addOutput(b)
	case "module":
		c.addCall(b)
	case "resource", "data":
		c.addResource(b)
	case "ephemeral":
		c.ephemeral[b.label(0)+"."+b.label(1)] = b
	case "provider":
		c.providers = append(c.providers, &providerBlock{name: b.label(0), alias: text(b.body.attr("alias")), block: b})
	case "terraform":
		c.addRequirements(b)
	case "check":
		for _, d := range b.body.blocks("data") {
			c.addResource(d)
		}
	}
	// moved, import and removed blocks create nothing that a rule could look at.
}

func (c *Config) note(l source.Level, code string, span source.Span, message string) {
	c.Diagnostics = append(c.Diagnostics, source.Diagnostic{Level: l, Code: code, Span: span, Message: message})
}

func (c *Config) duplicate(span source.Span, what string) {
	c.note(source.Error, codeDuplicate, span, what+" is declared twice; the first declaration was used")
}

func (c *Config) addOutput(b *block) {
	name := b.label(0)
	if c.outputs[name] != nil {
		c.duplicate(b.span, "output."+name)
		return
	}
	c.outputs[name] = &output{name: name, block: b, value: b.body.attr("value"), sensitive: b.body.attr("sensitive")}
	c.outNames = append(c.outNames, name)
}

func (c *Config) addCall(b *block) {
	name := b.label(0)
	if c.callIndex[name] != nil {
		c.duplicate(b.span, "module."+name)
		return
	}
	k := &call{name: name, prefix: "module." + name, block: b, argIndex: map[string]*attribute{}}
	for _, it := range b.body.items {
		a := it.attr
		if a == nil {
			if it.name == "lifecycle" {
				k.enabled = it.blocks[0].body.attr("enabled")
			}
			continue
		}
		switch it.name {
		case "source":
			k.source, k.literal = a.fixed.Str()
		case "version":
			k.version = text(a)
		case "count":
			k.count = a
		case "for_each":
			k.forEach = a
		case "depends_on":
			k.dependsOn = a
		case "providers":
			k.providers = a
		default:
			k.args = append(k.args, a)
			k.argIndex[it.name] = a
		}
	}
	c.calls = append(c.calls, k)
	c.callIndex[name] = k
}

func (c *Config) addResource(b *block) {
	r := &resource{data: b.typ == "data", typ: b.label(0), name: b.label(1), block: b}
	r.key = r.typ + "." + r.name
	if r.data {
		r.key = "data." + r.key
	}
	if c.byKey[r.key] != nil {
		c.duplicate(b.span, r.key)
		return
	}
	r.schema = schemaOf(r.typ, r.data)
	r.body = &body{index: map[string]*item{}}
	for _, it := range b.body.items {
		switch {
		case it.name == "count" && it.attr != nil:
			r.count = it.attr
		case it.name == "for_each" && it.attr != nil:
			r.forEach = it.attr
		case it.name == "provider" && it.attr != nil:
			r.provider = it.attr
		case it.name == "depends_on" && it.attr != nil:
			r.dependsOn = it.attr
		case it.name == "lifecycle" && it.attr == nil:
			r.lifecycle = it.blocks
			r.enabled = it.blocks[0].body.attr("enabled")
		case (it.name == "provisioner" || it.name == "connection") && it.attr == nil:
			spellOut(it.blocks)
			r.meta = append(r.meta, it)
		default:
			r.body.items = append(r.body.items, it)
			r.body.index[it.name] = it
		}
	}
	c.resources = append(c.resources, r)
	c.byKey[r.key] = r
}

// spellOut takes the words of provisioners (when = destroy) for the texts that
// they are; they refer to nothing.
func spellOut(provisioners []*block) {
	for _, p := range provisioners {
		for _, name := range []string{"when", "on_failure"} {
			a := p.body.attr(name)
			if a == nil {
				continue
			}
			if t, ok := traversalOf(a.expr); ok && len(t) == 1 {
				a.fixed, a.isFixed = value.OfString(t.RootName(), spanOf(a.expr.Range())), true
			}
		}
	}
}

func (c *Config) addRequirements(b *block) {
	for _, req := range b.body.blocks("required_providers") {
		for _, it := range req.body.items {
			if it.attr == nil {
				continue
			}
			r := requirement{source: "hashicorp/" + it.name}
			if version, ok := it.attr.fixed.Str(); ok {
				r.constraint = version // the form of Terraform 0.12
			}
			// configuration_aliases keeps the object from being fixed.
			if o, ok := it.attr.expr.(*hclsyntax.ObjectConsExpr); ok {
				for _, item := range o.Items {
					key, _ := keyword(item.KeyExpr)
					if !isFixed(item.ValueExpr) {
						continue
					}
					text, _ := lowerFixed(item.ValueExpr).Str()
					switch key {
					case "source":
						r.source = text
					case "version":
						r.constraint = text
					}
				}
			}
			c.requirements[it.name] = r
		}
	}
}

// providerSource is the address of the provider that a local name stands for.
func (c *Config) providerSource(local string) string {
	if r, ok := c.requirements[local]; ok {
		return strings.TrimPrefix(strings.TrimPrefix(r.source, "registry.terraform.io/"), "registry.opentofu.org/")
	}
	return "hashicorp/" + local
}

// text returns the text of an argument that is a plain string.
func text(a *attribute) string {
	if a == nil {
		return ""
	}
	s, _ := a.fixed.Str()
	return s
}

// truth returns the value of an argument that is a plain bool.
func truth(a *attribute, otherwise bool) bool {
	if a == nil {
		return otherwise
	}
	if b, ok := a.fixed.Truth(); ok {
		return b
	}
	return otherwise
}

// traversalOf returns the traversal that an expression is, or that its text is:
// in JSON syntax, and in the language before 0.12, references are strings.
func traversalOf(e hclsyntax.Expression) (hcl.Traversal, bool) {
	if x, ok := e.(*hclsyntax.ScopeTraversalExpr); ok {
		return x.Traversal, true
	}
	if isFixed(e) {
		if s, ok := lowerFixed(e).Str(); ok {
			t, diags := hclsyntax.ParseTraversalAbs([]byte(s), e.Range().Filename, e.Range().Start)
			return t, !diags.HasErrors()
		}
	}
	return nil, false
}

// elementsOf returns the expressions of a tuple as written.
func elementsOf(a *attribute) []hclsyntax.Expression {
	if a == nil {
		return nil
	}
	if t, ok := a.expr.(*hclsyntax.TupleConsExpr); ok {
		return t.Exprs
	}
	return nil
}

// Names is the union of the attribute names that several configurations read.
type Names struct{ sorted []string }

// NamesOf collects the names of all configurations of a scan.
func NamesOf(configs []*Config) *Names {
	all := names{}
	for _, c := range configs {
		for name := range c.names {
			all[name] = true
		}
	}
	return &Names{sortedKeys(all)}
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
