package cfneval

import (
	"regexp"
	"regexp/syntax"

	cfn "github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// maxListed bounds the texts that an AllowedPattern is written out to.
const maxListed = 32

// allowedPattern is the AllowedPattern of a parameter, which must match the
// whole value. It is nil if there is none, or one that only Java understands.
func allowedPattern(def *cfn.Node) *regexp.Regexp {
	text, ok := literal(def.Get("AllowedPattern"))
	if !ok || text == "" || len(text) > 1000 {
		return nil
	}
	re, err := regexp.Compile(`\A(?:` + text + `)\z`)
	if err != nil {
		return nil
	}
	return re
}

// listed writes out a pattern that only a few texts match: "(dev|prod)-(a|b)".
func listed(pattern string) ([]string, bool) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || len(pattern) > 1000 {
		return nil, false
	}
	return texts(re.Simplify())
}

func texts(re *syntax.Regexp) ([]string, bool) {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine:
		return []string{""}, true
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return nil, false
		}
		return []string{string(re.Rune)}, true
	case syntax.OpCapture:
		return texts(re.Sub[0])
	case syntax.OpQuest:
		out, ok := texts(re.Sub[0])
		return append(out, ""), ok
	case syntax.OpCharClass:
		return characters(re.Rune)
	case syntax.OpConcat:
		return concatenated(re.Sub)
	case syntax.OpAlternate:
		var out []string
		for _, sub := range re.Sub {
			more, ok := texts(sub)
			if out = append(out, more...); !ok || len(out) > maxListed {
				return nil, false
			}
		}
		return out, true
	default: // repetitions and what stands for any character
		return nil, false
	}
}

func characters(ranges []rune) ([]string, bool) {
	var out []string
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i+1]-ranges[i] > maxListed {
			return nil, false
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			out = append(out, string(r))
		}
	}
	return out, len(out) <= maxListed
}

func concatenated(subs []*syntax.Regexp) ([]string, bool) {
	out := []string{""}
	for _, sub := range subs {
		ends, ok := texts(sub)
		if !ok || len(out)*len(ends) > maxListed {
			return nil, false
		}
		var next []string
		for _, begin := range out {
			for _, end := range ends {
				next = append(next, begin+end)
			}
		}
		out = next
	}
	return out, true
}
