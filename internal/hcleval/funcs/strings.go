package funcs

import (
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// stringFunctions are those on text.
func stringFunctions() map[string]function.Function {
	return map[string]function.Function{
		"chomp":       stdlib.ChompFunc,
		"endswith":    endsWith,
		"format":      guarded(stdlib.FormatFunc, shortFormat),
		"formatlist":  formatList,
		"indent":      guarded(stdlib.IndentFunc, shortIndent),
		"join":        guarded(stdlib.JoinFunc, shortJoin),
		"lower":       stdlib.LowerFunc,
		"regex":       stdlib.RegexFunc,
		"regexall":    guarded(stdlib.RegexAllFunc, shortSecond(cty.DynamicPseudoType)),
		"replace":     replace,
		"split":       guarded(stdlib.SplitFunc, shortSecond(cty.List(cty.String))),
		"startswith":  startsWith,
		"strcontains": strContains,
		"strrev":      stdlib.ReverseFunc,
		"substr":      stdlib.SubstrFunc,
		"title":       stdlib.TitleFunc,
		"trim":        stdlib.TrimFunc,
		"trimprefix":  stdlib.TrimPrefixFunc,
		"trimspace":   stdlib.TrimSpaceFunc,
		"trimsuffix":  stdlib.TrimSuffixFunc,
		"upper":       stdlib.UpperFunc,
	}
}

// shortSecond checks the length of the second argument of regexall and split,
// whose results have an element for as little as nothing of it.
func shortSecond(t cty.Type) func([]cty.Value) error {
	return func(args []cty.Value) error {
		if textLen(args[1]) > maxParse {
			return cannotTell(t, "the string is longer than %d bytes", maxParse)
		}
		return nil
	}
}

func shortJoin(args []cty.Value) error {
	total, sep := 0, textLen(args[0])
	for _, list := range args[1:] {
		total += weigh(list, maxText) + elements(list)*sep
		if total > maxText {
			return cannotTell(cty.String, "the result would be longer than %d bytes", maxText)
		}
	}
	return nil
}

func shortIndent(args []cty.Value) error {
	if !args[0].IsKnown() || args[0].IsNull() {
		return nil
	}
	spaces, _ := args[0].AsBigFloat().Int64()
	s, _ := text(args[1])
	if spaces < 0 {
		return nil // refused by the function itself
	}
	if spaces > maxText || int(spaces)*(countLines(s)+1)+len(s) > maxText {
		return cannotTell(cty.String, "the result would be longer than %d bytes", maxText)
	}
	return nil
}

// affix makes startswith and endswith; partly decides where the string is known
// in part only.
func affix(name string, has func(s, affix string) bool, partly func(r cty.ValueRange, affix string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "str", Type: cty.String, AllowUnknown: true},
			{Name: name, Type: cty.String},
		},
		Type:         function.StaticReturnType(cty.Bool),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			part := args[1].AsString()
			if !args[0].IsKnown() {
				if partly(args[0].Range(), part) {
					return cty.True, nil
				}
				return cty.UnknownVal(cty.Bool), nil
			}
			return cty.BoolVal(has(args[0].AsString(), part)), nil
		},
	})
}

var (
	startsWith = affix("prefix", strings.HasPrefix, func(r cty.ValueRange, prefix string) bool {
		return r.DefinitelyNotNull() && strings.HasPrefix(r.StringPrefix(), prefix)
	})
	endsWith    = affix("suffix", strings.HasSuffix, func(cty.ValueRange, string) bool { return false })
	strContains = affix("substr", strings.Contains, func(r cty.ValueRange, part string) bool {
		return r.DefinitelyNotNull() && strings.Contains(r.StringPrefix(), part)
	})
)

// replace takes its second argument as a regular expression if it stands
// between slashes.
var replace = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "str", Type: cty.String},
		{Name: "substr", Type: cty.String},
		{Name: "replace", Type: cty.String},
	},
	Type:         function.StaticReturnType(cty.String),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		str, sub, repl := args[0].AsString(), args[1].AsString(), args[2].AsString()
		if len(sub) > 1 && strings.HasPrefix(sub, "/") && strings.HasSuffix(sub, "/") {
			return replacePattern(str, sub[1:len(sub)-1], repl)
		}
		if len(str)+strings.Count(str, sub)*len(repl) > maxText {
			return cty.NilVal, cannotTell(cty.String, "the result would be longer than %d bytes", maxText)
		}
		return cty.StringVal(strings.ReplaceAll(str, sub, repl)), nil
	},
})

// replacePattern replaces what matches pattern. It goes match by match to notice
// a result that grows out of bounds, as by "$0$0".
func replacePattern(str, pattern, repl string) (cty.Value, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return cty.NilVal, function.NewArgErrorf(1, "not a regular expression: %s", err)
	}
	if len(str) > maxParse {
		return cty.NilVal, cannotTell(cty.String, "the string is longer than %d bytes", maxParse)
	}
	var out []byte
	end := 0
	matches := re.FindAllStringSubmatchIndex(str, maxElements+1)
	if len(matches) > maxElements {
		return cty.NilVal, cannotTell(cty.String, "there are more than %d matches", maxElements)
	}
	for _, m := range matches {
		out = append(out, str[end:m[0]]...)
		out = re.ExpandString(out, repl, str, m)
		end = m[1]
		if len(out) > maxText {
			return cty.NilVal, cannotTell(cty.String, "the result would be longer than %d bytes", maxText)
		}
	}
	return cty.StringVal(string(append(out, str[end:]...))), nil
}
