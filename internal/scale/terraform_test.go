package scale_test

import (
	"path"
	"strings"
	"testing"

	"github.com/hashicorp/go-cty-funcs/cidr"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/wacheck/wacheck/internal/scale"
)

func TestTerraformCounts(t *testing.T) {
	for _, n := range sizes {
		e := parseTerraform(t, scale.Terraform(n, int64(n)))
		if got := e.count(); got != n {
			t.Errorf("%d resources wanted, %d made", n, got)
		}
	}
}

func TestTerraformIsFormatted(t *testing.T) {
	for _, bad := range []float64{0, 0.5, 1} {
		for name, text := range (scale.Options{Resources: 600, Seed: 3, Bad: bad}).Terraform() {
			if got := string(hclwrite.Format([]byte(text))); got != text {
				t.Errorf("%s: terraform fmt would change it", name)
			}
		}
	}
}

func TestTerraformIsVaried(t *testing.T) {
	types := map[string]int{}
	attributes, resources := 0, 0
	for _, m := range parseTerraform(t, scale.Terraform(1000, 1)).modules {
		for _, b := range m.blocks("resource") {
			types[b.Labels[0]]++
			resources++
			attributes += countAttributes(b.Body)
		}
	}
	if len(types) < 50 {
		t.Errorf("%d resource types, want at least 50", len(types))
	}
	if mean := float64(attributes) / float64(resources); mean < 7 || mean > 16 {
		t.Errorf("%.1f attributes a resource, want about 10", mean)
	}
}

func countAttributes(b *hclsyntax.Body) int {
	n := len(b.Attributes)
	for _, inner := range b.Blocks {
		n += countAttributes(inner.Body)
	}
	return n
}

// tfEstate evaluates just enough of Terraform to expand count, for_each and
// modules without knowing how the generator counts.
type tfEstate struct {
	t       *testing.T
	modules map[string]*tfModule // by directory
}

type tfModule struct {
	dir    string
	bodies []*hclsyntax.Body
	vars   *hclsyntax.Body // tfvars
}

func parseTerraform(t *testing.T, files map[string]string) *tfEstate {
	t.Helper()
	e := &tfEstate{t, map[string]*tfModule{}}
	for name, text := range files {
		f, diags := hclsyntax.ParseConfig([]byte(text), name, hcl.InitialPos)
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		dir := path.Dir(name)
		m := e.modules[dir]
		if m == nil {
			m = &tfModule{dir: dir}
			e.modules[dir] = m
		}
		if body := f.Body.(*hclsyntax.Body); path.Ext(name) == ".tfvars" {
			m.vars = body
		} else {
			m.bodies = append(m.bodies, body)
		}
	}
	return e
}

func (m *tfModule) blocks(kind string) []*hclsyntax.Block {
	var out []*hclsyntax.Block
	for _, body := range m.bodies {
		for _, b := range body.Blocks {
			if b.Type == kind {
				out = append(out, b)
			}
		}
	}
	return out
}

func (e *tfEstate) count() int {
	n := 0
	for dir, m := range e.modules {
		if strings.HasPrefix(dir, "live/") {
			vars := map[string]cty.Value{}
			for name, a := range m.vars.Attributes {
				vars[name], _ = a.Expr.Value(nil)
			}
			n += e.countModule(m, vars)
		}
	}
	return n
}

func (e *tfEstate) countModule(m *tfModule, vars map[string]cty.Value) int {
	scope := e.scope(m, vars)
	n := 0
	for _, b := range m.blocks("resource") {
		n += len(e.instances(b, scope))
	}
	for _, b := range m.blocks("module") {
		source, _ := b.Body.Attributes["source"].Expr.Value(nil)
		child := e.modules[path.Join(m.dir, source.AsString())]
		if child == nil {
			e.t.Fatalf("%s: no module %s", m.dir, source.AsString())
		}
		for _, each := range e.instances(b, scope) {
			inner := scope.NewChild()
			inner.Variables = map[string]cty.Value{"each": each}
			args := map[string]cty.Value{}
			for name, a := range b.Body.Attributes {
				args[name] = valueOrUnknown(a.Expr, inner)
			}
			n += e.countModule(child, args)
		}
	}
	return n
}

// valueOrUnknown takes what refers to resources or data for unknown.
func valueOrUnknown(x hcl.Expression, scope *hcl.EvalContext) cty.Value {
	v, diags := x.Value(scope)
	if diags.HasErrors() {
		return cty.DynamicVal
	}
	return v
}

func (e *tfEstate) scope(m *tfModule, vars map[string]cty.Value) *hcl.EvalContext {
	all := map[string]cty.Value{}
	for _, b := range m.blocks("variable") {
		name := b.Labels[0]
		all[name] = cty.DynamicVal
		if a := b.Body.Attributes["default"]; a != nil {
			all[name], _ = a.Expr.Value(nil)
		}
		if v, ok := vars[name]; ok {
			all[name] = v
		}
	}
	scope := &hcl.EvalContext{
		Variables: map[string]cty.Value{"var": cty.ObjectVal(all)},
		Functions: map[string]function.Function{
			"length":     stdlib.LengthFunc,
			"toset":      stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
			"cidrsubnet": cidr.SubnetFunc,
		},
	}
	locals := map[string]cty.Value{}
	for _, b := range m.blocks("locals") {
		for name, a := range b.Body.Attributes {
			locals[name] = valueOrUnknown(a.Expr, scope)
		}
	}
	scope.Variables["local"] = cty.ObjectVal(locals)
	return scope
}

// instances returns the value of each for every instance of a block.
func (e *tfEstate) instances(b *hclsyntax.Block, scope *hcl.EvalContext) []cty.Value {
	known := func(a *hclsyntax.Attribute) cty.Value {
		v, diags := a.Expr.Value(scope)
		if diags.HasErrors() || !v.IsKnown() || v.IsNull() {
			e.t.Fatalf("%s: %s is not known: %v", a.Range(), a.Name, diags)
		}
		return v
	}
	var out []cty.Value
	if a := b.Body.Attributes["count"]; a != nil {
		n, _ := known(a).AsBigFloat().Int64()
		for range n {
			out = append(out, cty.DynamicVal)
		}
		return out
	}
	if a := b.Body.Attributes["for_each"]; a != nil {
		for it := known(a).ElementIterator(); it.Next(); {
			k, v := it.Element()
			out = append(out, cty.ObjectVal(map[string]cty.Value{"key": k, "value": v}))
		}
		return out
	}
	return []cty.Value{cty.DynamicVal}
}
