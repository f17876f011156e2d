package compat

import (
	_ "embed" // for the table
	"slices"
	"strings"
	"sync"
)

// table says which rules of other tools ours stand for: tool, rule of ours, ids
// of theirs. Trivy and tfsec share their ids; the oldest of tfsec's are among
// them.
//
//go:embed ids.tsv
var table string

type key struct{ tool, id string }

type index struct {
	rules map[key][]string
	all   map[string][]string
}

var ids = sync.OnceValue(func() index {
	x := index{map[key][]string{}, map[string][]string{}}
	for line := range strings.Lines(table) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		x.all[f[0]] = append(x.all[f[0]], f[1])
		for id := range strings.FieldsSeq(f[2]) {
			k := key{f[0], strings.ToLower(id)}
			x.rules[k] = append(x.rules[k], f[1])
		}
	}
	return x
})

// Equivalents returns the ids of our rules that stand for a rule of another
// tool, in any case and form that the tool takes.
func Equivalents(tool, id string) []string {
	tool, id = canonical(tool, strings.ToLower(strings.TrimSpace(id)))
	out := slices.Clone(ids().rules[key{tool, id}])
	slices.Sort(out)
	return slices.Compact(out)
}

// canonical is the form of an id in the table.
func canonical(tool, id string) (string, string) {
	switch tool {
	case Trivy, Tfsec:
		return Trivy, strings.TrimPrefix(id, "avd-")
	case CdkNag:
		// The packs put their name before that of the rule: HIPAA.Security-S3BucketLoggingEnabled.
		if pack, rule, ok := strings.Cut(id, "-"); ok && pack != "awssolutions" {
			rule = rule[strings.LastIndexByte(rule, '-')+1:]
			return tool, rule
		}
	}
	return tool, id
}

// all returns the ids of all our rules that have an equivalent.
func all(tool string) []string {
	tool, _ = canonical(tool, "")
	return slices.Clone(ids().all[tool])
}
