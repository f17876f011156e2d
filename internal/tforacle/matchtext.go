package tforacle

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"sort"
	"strings"

	"github.com/wacheck/wacheck/value"
)

func sortedKeys(m map[string]any) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func anyMaybe(vs []value.Value) bool {
	return slices.ContainsFunc(vs, value.Value.MayBeMissing)
}

func part(v any, i int) any {
	if l, ok := v.([]any); ok && i < len(l) {
		return l[i]
	}
	if v == true {
		return true
	}
	return nil
}

func field(v any, name string) any {
	if o, ok := v.(map[string]any); ok {
		return o[name]
	}
	if v == true {
		return true
	}
	return nil
}

// sameScalar compares text, numbers and bools, which convert into each other.
func sameScalar(v value.Value, there any) bool {
	ours := v.Text()
	var theirs string
	switch x := there.(type) {
	case string:
		theirs = x
	case bool:
		theirs = fmt.Sprint(x)
	case json.Number:
		theirs = x.String()
	default:
		return false
	}
	if ours == theirs {
		return true
	}
	a, ok1 := new(big.Rat).SetString(ours)
	b, ok2 := new(big.Rat).SetString(theirs)
	_, number := there.(json.Number)
	return ok1 && ok2 && (number || v.Kind() == value.KindNumber) && a.Cmp(b) == 0
}

// invented reports a value that the stand-in made up for a data source.
func invented(v any) bool {
	switch x := v.(type) {
	case string:
		return strings.Contains(x, "@fake:")
	case json.Number:
		return x == "424242"
	case []any:
		for _, e := range x {
			if !invented(e) {
				return false
			}
		}
		return len(x) > 0
	}
	return false
}

// leavesIn counts the scalars of a value.
func leavesIn(v any) int {
	n := 0
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			n += leavesIn(e)
		}
	case map[string]any:
		for _, e := range x {
			if e != nil && !emptyList(e) {
				n += leavesIn(e)
			}
		}
	default:
		return 1
	}
	return max(n, 1)
}

// text writes a value of the plan, shortened.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return shorten(string(b))
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return s
}

// render writes one of our values, shortened.
func render(v value.Value) string { return shorten(renderAll(v)) }

func renderAll(v value.Value) string {
	join := func(open, shut string, vs []value.Value) string {
		out := make([]string, len(vs))
		for i, e := range vs {
			out[i] = renderAll(e)
		}
		return open + strings.Join(out, ", ") + shut
	}
	switch {
	case v.Alternatives() != nil:
		return join("one of (", ")", v.Alternatives())
	case v.Parts() != nil:
		return join("parts (", ")", v.Parts())
	case v.IsUnset():
		return v.State().String()
	case v.IsUnknown():
		return "?"
	case v.Kind() == value.KindList:
		return join("[", "]", v.Elems())
	case v.Kind() == value.KindObject:
		out := make([]string, len(v.Fields()))
		for i, f := range v.Fields() {
			out[i] = f.Name + " = " + renderAll(f.Value)
		}
		return "{" + strings.Join(out, ", ") + "}"
	}
	return fmt.Sprintf("%q", v.Text())
}
