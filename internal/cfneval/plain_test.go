package cfneval_test

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/wacheck/wacheck/value"
)

// possible lists the values that v may have, and whether these are all.
func possible(v value.Value) (values map[string]bool, all bool) {
	values = map[string]bool{}
	if alts := v.Alternatives(); alts != nil {
		all = true
		for _, a := range alts {
			more, allOfThem := possible(a)
			all = all && allOfThem
			for m := range more {
				values[m] = true
			}
		}
		return values, all
	}
	plain, ok := plainOf(v)
	if !ok {
		return values, false
	}
	if plain != nil {
		values[normal(plain)] = true
	}
	return values, true
}

// plainOf converts a value that is known all the way down. Absent is nil.
func plainOf(v value.Value) (any, bool) {
	if v.IsAbsent() {
		return nil, true
	}
	if text, ok := v.Str(); ok {
		return text, true
	}
	switch {
	case !v.IsKnown() || v.IsOpen() || v.IsJSON():
		return nil, false
	case v.Kind() == value.KindList:
		list := []any{}
		for _, e := range v.Elems() {
			p, ok := plainOf(e)
			if !ok || e.MayBeMissing() {
				return nil, false
			}
			list = append(list, p)
		}
		return list, true
	case v.Kind() == value.KindObject:
		obj := map[string]any{}
		for _, f := range v.Fields() {
			p, ok := plainOf(f.Value)
			if !ok {
				return nil, false
			}
			obj[f.Name] = p
		}
		return obj, true
	}
	return nil, false
}

// normal is a text that is the same for equal values: numbers and bools are texts.
func normal(v any) string {
	switch v := v.(type) {
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = normal(e)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		var parts []string
		for k, e := range v {
			parts = append(parts, k+":"+normal(e))
		}
		sort.Strings(parts)
		return "{" + strings.Join(parts, ",") + "}"
	}
	text := fmt.Sprint(v)
	if lower := strings.ToLower(text); lower == "true" || lower == "false" { // Python writes True
		text = lower
	} else if number, err := strconv.ParseFloat(text, 64); err == nil && strings.HasSuffix(text, ".0") { // JSON writes 70 for 70.0
		text = fmt.Sprint(number)
	}
	return fmt.Sprintf("%q", text)
}

func keys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func sortedPaths(m map[string][]any) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
