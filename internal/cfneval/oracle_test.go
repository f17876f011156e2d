package cfneval_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/value"
)

// Another implementation's word on the same templates: see
// testdata/cfnlint/record.py. Every value that it finds must be one that we
// allow, and where we know all values, it must find the same ones.
func TestAgreesWithRecord(t *testing.T) {
	records, err := filepath.Glob("testdata/cfnlint/*.record")
	if err != nil || len(records) == 0 {
		t.Fatal("no records", err)
	}
	for _, path := range records {
		t.Run(filepath.Base(path), func(t *testing.T) {
			compared := 0
			for _, d := range compareWithRecord(t, strings.TrimSuffix(path, ".record"), readRecord(t, path), &compared) {
				t.Error(d)
			}
			if compared == 0 {
				t.Error("nothing was compared")
			}
		})
	}
}

func readRecord(t *testing.T, path string) map[string][]any {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var record map[string][]any
	if err := json.Unmarshal(raw, &record); err != nil {
		t.Fatal(err)
	}
	return record
}

// compareWithRecord returns the disagreements on one template.
func compareWithRecord(t *testing.T, template string, record map[string][]any, compared *int) []string {
	t.Helper()
	text, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	b := load(t, filepath.Base(template), string(text), cfneval.Options{})
	var out []string
	for _, path := range sortedPaths(record) {
		n := nodeAt(b.root.Get("Resources"), strings.Split(path, "/"))
		if n == nil {
			continue
		}
		v := b.eval.Eval(n, "")
		ours, all := possible(v)
		theirs := map[string]bool{}
		for _, w := range record[path] {
			if text := normal(w); !strings.Contains(text, "{Fn::") && !strings.Contains(text, "{Ref:") {
				theirs[text] = true
			}
		}
		*compared++
		for w := range ours {
			if !theirs[w] && len(theirs) > 0 {
				out = append(out, fmt.Sprintf("%s: %s\n  %s is possible for us, they know %v", path, b.text(n.Extent()), w, keys(theirs)))
			}
		}
		for w := range theirs {
			if all && !ours[w] {
				out = append(out, fmt.Sprintf("%s: %s\n  %s is possible for them, we know %v", path, b.text(n.Extent()), w, keys(ours)))
			}
		}
	}
	return out
}

// nodeAt follows a path of keys and indices.
func nodeAt(n *syntax.Node, path []string) *syntax.Node {
	if len(path) > 0 && n != nil { // the first step is the resource
		n = n.Get(path[0]).Get("Properties")
		path = path[1:]
	}
	for _, step := range path {
		if n == nil {
			return nil
		}
		var i int
		if _, err := fmt.Sscanf(step, "%d", &i); err == nil && n.Kind == syntax.Sequence && i < len(n.Items) {
			n = n.Items[i]
		} else {
			n = n.Get(step)
		}
	}
	return n
}

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
	return strings.ToLower(fmt.Sprintf("%q", fmt.Sprint(v)))
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
