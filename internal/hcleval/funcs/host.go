package funcs

import (
	"path"
	"strings"

	"github.com/hashicorp/go-cty-funcs/filesystem"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// hostFunctions depend on the moment or the machine, or would if they were given
// something else. What they leave unknown would differ from one analysis to the
// next, or tell where on whose machine it ran.
func hostFunctions() map[string]function.Function {
	moment := unknownString(nil, "it depends on the moment of planning or applying")
	str := function.Parameter{Name: "str", Type: cty.String}
	return map[string]function.Function{
		"abspath":       absPath,
		"basename":      filesystem.BasenameFunc,
		"bcrypt":        unknownString(&function.Parameter{Name: "cost", Type: cty.Number}, "it is salted at random", str),
		"dirname":       filesystem.DirnameFunc,
		"pathexpand":    pathExpand,
		"plantimestamp": moment,
		"timestamp":     moment,
		"uuid":          unknownString(nil, "it is random"),
	}
}

// unknownString makes a function whose result can never be told.
func unknownString(rest *function.Parameter, why string, params ...function.Parameter) function.Function {
	return function.New(&function.Spec{
		Params:       params,
		VarParam:     rest,
		Type:         function.StaticReturnType(cty.String),
		RefineResult: notNull,
		Impl: func([]cty.Value, cty.Type) (cty.Value, error) {
			return cty.NilVal, cannotTell(cty.String, "%s", why)
		},
	})
}

// absPath leaves relative paths unknown: the checkout has another path elsewhere.
var absPath = stringToString("path", func(p string) (string, error) {
	if !strings.HasPrefix(p, "/") {
		return "", cannotTell(cty.String, "it depends on where the configuration lies")
	}
	return path.Clean(p), nil
})

// pathExpand never tells the home directory.
var pathExpand = stringToString("path", func(p string) (string, error) {
	switch {
	case p == "~" || strings.HasPrefix(p, "~/") || strings.HasPrefix(p, `~\`):
		return "", cannotTell(cty.String, "it depends on the home directory")
	case strings.HasPrefix(p, "~"):
		return "", function.NewArgErrorf(0, "home directories of named users are not supported")
	default:
		return p, nil
	}
})
