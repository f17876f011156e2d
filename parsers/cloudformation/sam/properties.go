package sam

import (
	_ "embed" // for the table of properties
	"slices"
	"strings"
	"sync"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

// propertyTable has a property a line, as version 1.115 of the transform knows them:
// the type of a resource, "Function/S3" for an event, or "Globals/Function"; the name;
// whether it is required; the kinds of values it takes (see kinds); and whether a
// function may stand for them.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-resources-and-properties.html
//
//go:embed properties.tsv
var propertyTable string

type property struct {
	required bool
	kinds    kinds
	// functions says that the transform leaves a function to CloudFormation.
	functions bool
}

var properties = sync.OnceValue(func() map[string]map[string]property {
	out := map[string]map[string]property{}
	for line := range strings.Lines(propertyTable) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if out[f[0]] == nil {
			out[f[0]] = map[string]property{}
		}
		out[f[0]][f[1]] = property{required: f[2] == "required", kinds: kinds(f[3]), functions: f[4] == "functions"}
	}
	return out
})

// kinds are the kinds of values that a property takes, a letter each: a text, true or
// false (b), a number (i), a list or a mapping; behind a list, in brackets, those of its
// elements; or * for anything.
type kinds string

// KnowsGlobal tells whether Globals may set a property in a section; known is false for
// a section that they do not have.
func KnowsGlobal(section, name string) (ok, known bool) {
	list := properties()["Globals/"+section]
	_, ok = list[name]
	return ok, list != nil
}

// words are what a kind is called, in the order in which several are named.
var words = []struct{ kind, word string }{{"s", "a text"}, {"b", "true or false"}, {"i", "a number"}, {"l", "a list"}, {"m", "a mapping"}}

// String names the kinds.
func (k kinds) String() string {
	top, _, _ := strings.Cut(string(k), "(")
	var out []string
	for _, w := range words {
		if strings.Contains(top, w.kind) {
			out = append(out, w.word)
		}
	}
	return strings.Join(out, " or ")
}

// misfit is the part of a value that is none of the kinds, with the kinds that it
// should be. Scalars are taken for each other, because it is not certain how the
// service reads them, but for a text that is neither true nor false.
func (k kinds) misfit(n *syntax.Node) (*syntax.Node, kinds) {
	if k == "*" || k == "" || n == nil || n.Kind == syntax.Unreadable || isFunction(n) {
		return nil, ""
	}
	top, rest, _ := strings.Cut(string(k), "(")
	switch n.Kind {
	case syntax.Mapping:
		if !strings.Contains(top, "m") {
			return n, k
		}
	case syntax.Sequence:
		if !strings.Contains(top, "l") {
			return n, k
		}
		for _, item := range n.Items {
			if bad, want := kinds(strings.TrimSuffix(rest, ")")).misfit(item); bad != nil {
				return bad, want
			}
		}
	case syntax.Null:
	case syntax.Bool, syntax.Number, syntax.String, syntax.Unreadable:
		if !strings.ContainsAny(top, "sbi") || top == "b" && n.Kind == syntax.String && !isBoolWord(n.Text) {
			return n, k
		}
	}
	return nil, ""
}

// isBoolWord reports the words that one reader or another takes for a truth value, and
// references that are resolved before.
func isBoolWord(s string) bool {
	return slices.Contains([]string{"true", "false", "yes", "no", "on", "off", "y", "n"}, strings.ToLower(s)) || strings.Contains(s, "{{resolve:")
}

// checkProperties reports properties that the transform does not know, or not with that
// kind of value, and those that are missing. What is the resource or event they belong to.
func (e *expander) checkProperties(owner, what string, props *syntax.Node, at source.Span) {
	known := properties()[owner]
	if known == nil || addsKeys(props) {
		return
	}
	var missing []string
	for name, p := range known {
		if v := props.Get(name); p.required && (v == nil || v.Kind == syntax.Null) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		e.warn(at, what+" has no "+strings.Join(missing, ", no ")+", without which SAM refuses it")
	}
	if props == nil {
		return
	}
	for _, pair := range props.Pairs {
		p, ok := known[pair.Key]
		if !ok {
			e.unknownProperty(pair, what, known)
			continue
		}
		if isFunction(pair.Value) && !p.functions && !strings.ContainsAny(string(p.kinds), "*m") && e.staysFunction(pair.Value) {
			e.warn(pair.Value.Extent(), pair.Key+" of "+what+" is a function, which SAM refuses: it needs the value itself")
		}
		if bad, want := p.kinds.misfit(pair.Value); bad != nil {
			e.warn(bad.Extent(), e.notA(pair.Key, bad != pair.Value, what, want))
		}
	}
}

func (e *expander) notA(name string, inside bool, what string, want kinds) string {
	if inside {
		return "an element of " + name + " of " + what + " is not " + want.String() + ", which SAM refuses"
	}
	return name + " of " + what + " is not " + want.String() + ", which SAM refuses"
}

// unknownProperty reports a property that the transform does not know. One that is
// nearly another is certainly a slip; for others, a newer transform may know them.
func (e *expander) unknownProperty(pair syntax.Pair, what string, known map[string]property) {
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	if near := nearest(pair.Key, names); near != "" {
		e.warn(pair.KeySpan, what+" has a property "+pair.Key+", which SAM does not know: did you mean "+near+"?")
		return
	}
	e.report(source.Note, pair.KeySpan, what+" has a property "+pair.Key+", which version 1.115 of SAM refuses, and which is not looked at")
}

// addsKeys reports a mapping to which a transform or a loop adds what is not seen.
func addsKeys(n *syntax.Node) bool {
	return n != nil && (isFunction(n) || slices.ContainsFunc(n.Pairs, func(p syntax.Pair) bool { return strings.HasPrefix(p.Key, "Fn::") || p.Key == "<<" }))
}

// nearest is the name that differs from s in letter case alone or by one slip of
// the pen: a letter too many, missing or wrong, or two that changed places.
func nearest(s string, names []string) string {
	slices.Sort(names)
	for _, name := range names {
		if strings.EqualFold(s, name) || len(s) > 3 && oneSlip(s, name) {
			return name
		}
	}
	return ""
}

func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}
