package funcs

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

const awsPrefix = "provider::aws::"

// awsFunctions are those of the AWS provider that take ARNs apart and put them
// together (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/functions/arn_parse).
// They are found by the name that nearly every configuration gives the provider.
func awsFunctions() map[string]function.Function {
	return map[string]function.Function{
		awsPrefix + "arn_build":          arnBuild,
		awsPrefix + "arn_parse":          arnParse,
		awsPrefix + "trim_iam_role_path": trimRolePath,
	}
}

// arnParts are the fields of an ARN behind its prefix.
var arnParts = []string{"partition", "service", "region", "account_id", "resource"}

var arnType = func() cty.Type {
	types := map[string]cty.Type{}
	for _, name := range arnParts {
		types[name] = cty.String
	}
	return cty.Object(types)
}()

// splitARN takes an ARN apart; nil if the text is not one.
func splitARN(arn string) []string {
	fields := strings.SplitN(arn, ":", len(arnParts)+1)
	if len(fields) != len(arnParts)+1 || fields[0] != "arn" {
		return nil
	}
	return fields[1:]
}

var arnParse = function.New(&function.Spec{
	Params:       []function.Parameter{{Name: "arn", Type: cty.String}},
	Type:         function.StaticReturnType(arnType),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		fields := splitARN(args[0].AsString())
		if fields == nil {
			return cty.NilVal, function.NewArgErrorf(0, "is not an ARN")
		}
		attrs := map[string]cty.Value{}
		for i, name := range arnParts {
			attrs[name] = cty.StringVal(fields[i])
		}
		return cty.ObjectVal(attrs), nil
	},
})

var arnBuild = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "partition", Type: cty.String}, {Name: "service", Type: cty.String},
		{Name: "region", Type: cty.String}, {Name: "account_id", Type: cty.String}, {Name: "resource", Type: cty.String}},
	Type:         function.StaticReturnType(cty.String),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		fields := []string{"arn"}
		for _, a := range args {
			fields = append(fields, a.AsString())
		}
		return cty.StringVal(strings.Join(fields, ":")), nil
	},
})

// trimRolePath takes the path out of the ARN of an IAM role: some services know
// roles without it.
var trimRolePath = stringToString("arn", func(arn string) (string, error) {
	fields := splitARN(arn)
	if fields == nil {
		return "", function.NewArgErrorf(0, "is not an ARN")
	}
	kind, path, ok := strings.Cut(fields[4], "/")
	if !ok || kind != "role" || fields[1] != "iam" {
		return "", function.NewArgErrorf(0, "is not the ARN of an IAM role")
	}
	return strings.Join(append([]string{"arn"}, fields[:4]...), ":") + ":role/" + path[strings.LastIndexByte(path, '/')+1:], nil
})
