package environment

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/value"
)

// vocabulary reads environments out of texts: those that the user calls by names of
// their own, and else those that people call alike everywhere.
type vocabulary struct {
	own    []ownName
	layout layout
}

// ownName is a name of the user's own, in words.
type ownName struct {
	analysis.OwnEnvironment
	words []string
}

// newVocabulary reads the settings, which may be nil.
func newVocabulary(s *analysis.Settings) vocabulary {
	var v vocabulary
	if s == nil {
		return v
	}
	for _, o := range s.Own {
		if words := tokens(o.Name); len(words) > 0 {
			v.own = append(v.own, ownName{o, words})
		}
	}
	// The longest first: customer-a-lab is not customer-a.
	slices.SortStableFunc(v.own, func(a, b ownName) int { return len(b.words) - len(a.words) })
	return v
}

// evidence reads a text, which names no environment if it names several.
func (v vocabulary) evidence(text string, from source, c Confidence, f value.Fact) Evidence {
	own, rest := v.ownIn(text)
	env := read(rest, from)
	if some := slices.DeleteFunc(slices.Clone(own), isShared); len(some) > 0 || env != analysis.UnknownEnvironment {
		own = some // what all share yields
	}
	switch {
	case len(own) > 1:
		return Evidence{}
	case len(own) == 1 && Differ(own[0].Environment, env):
		return Evidence{} // customer-a-dev is not the production that customer-a is
	case len(own) == 1:
		f.Text += ", and " + own[0].Name + " is " + string(own[0].Environment) + " (" + own[0].Where + ")"
		return Evidence{Environment: own[0].Environment, Name: own[0].Name, Confidence: c, Fact: f}
	case env != analysis.UnknownEnvironment:
		return Evidence{Environment: env, Confidence: c, Fact: f}
	}
	return Evidence{}
}

func isShared(o ownName) bool { return o.Environment == analysis.Shared }

// read returns the environment that a text names, if that is one alone.
func (v vocabulary) read(text string, from source) analysis.Environment {
	return v.evidence(text, from, Weak, value.Fact{}).Environment
}

// ownIn are the user's own names in a text, and what is left of it: the words of a
// name are not read again, as the "test" of "customer-test" may be the customer's.
func (v vocabulary) ownIn(text string) (own []ownName, rest string) {
	rest = text
	for _, o := range v.own {
		words := tokens(rest)
		if at := indexOf(words, o.words); at >= 0 {
			own = append(own, o)
			rest = strings.Join(words[:at], " ") + " " + strings.Join(words[at+len(o.words):], " ")
		}
	}
	return own, rest
}

// indexOf is where the words of a name stand one after the other, or negative. Digits
// at the end of a word count if the name has them.
func indexOf(words, name []string) int {
	for at := 0; at+len(name) <= len(words); at++ {
		if slices.EqualFunc(words[at:at+len(name)], name, func(have, want string) bool {
			return have == want || strings.TrimRight(have, digits) == want
		}) {
			return at
		}
	}
	return -1
}
