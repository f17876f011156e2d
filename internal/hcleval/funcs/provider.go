package funcs

import (
	"fmt"
	"sort"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

const providerPrefix = "provider::terraform::"

// providerFunctions are those of the provider that is built into Terraform. A
// module must require terraform.io/builtin/terraform to call them.
func providerFunctions() map[string]function.Function {
	return map[string]function.Function{
		providerPrefix + "decode_tfvars": decodeTfvars,
		providerPrefix + "encode_expr":   guarded(encodeExpr, encodable),
		providerPrefix + "encode_tfvars": guarded(encodeTfvars, encodable),
	}
}

// encodeExpr writes a value as an expression in Terraform's syntax.
var encodeExpr = function.New(&function.Spec{
	Params:       []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType}},
	Type:         function.StaticReturnType(cty.String),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(cty.String), nil
		}
		return cty.StringVal(string(hclwrite.TokensForValue(args[0]).Bytes())), nil
	},
})

// encodeTfvars writes an object in the syntax of .tfvars files.
var encodeTfvars = function.New(&function.Spec{
	Params:       []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType}},
	Type:         function.StaticReturnType(cty.String),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v := args[0]
		if t := v.Type(); !t.IsObjectType() && !t.IsMapType() {
			return cty.NilVal, function.NewArgErrorf(0, "must be an object, not %s", t.FriendlyName())
		}
		if !v.IsWhollyKnown() {
			return cty.UnknownVal(cty.String), nil
		}
		values := v.AsValueMap()
		names := make([]string, 0, len(values))
		for name := range values {
			if !hclsyntax.ValidIdentifier(name) {
				return cty.NilVal, function.NewArgErrorf(0, "%q cannot be the name of a variable", name)
			}
			names = append(names, name)
		}
		sort.Strings(names)
		file := hclwrite.NewEmptyFile()
		for _, name := range names {
			file.Body().SetAttributeValue(name, values[name])
		}
		return cty.StringVal(string(file.Bytes())), nil
	},
})

// decodeTfvars reads the syntax of .tfvars files: constant expressions alone.
var decodeTfvars = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "src", Type: cty.String}},
	Type:   function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		src := []byte(args[0].AsString())
		if why := tooIntricate(src, hclsyntax.LexConfig); why != "" {
			return cty.NilVal, cannotTell(cty.DynamicPseudoType, "%s", why)
		}
		file, diags := hclsyntax.ParseConfig(src, "tfvars", hcl.InitialPos)
		if diags.HasErrors() {
			return cty.NilVal, function.NewArgErrorf(0, "not in the syntax of .tfvars files: %s", diags[0].Summary)
		}
		attrs, diags := file.Body.JustAttributes()
		if diags.HasErrors() {
			return cty.NilVal, function.NewArgErrorf(0, "not in the syntax of .tfvars files: %s", diags[0].Summary)
		}
		values := make(map[string]cty.Value, len(attrs))
		names := make([]string, 0, len(attrs))
		for name := range attrs {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			v, diags := attrs[name].Expr.Value(nil)
			if diags.HasErrors() {
				return cty.NilVal, fmt.Errorf("the value of %q is not constant: %s", name, diags[0].Summary)
			}
			values[name] = v
		}
		return cty.ObjectVal(values), nil
	},
})
