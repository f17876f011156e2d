package analysistest

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
)

// reordered checks that the order of resources in files, and the distribution
// of resources to files, change nothing.
func (h *harness) reordered(t *testing.T, lang language, files fileMap, e *estate, base *outcome) {
	reversed := fileMap{}
	for p, content := range files {
		switch {
		case strings.HasSuffix(p, ".tf"):
			content = reverseBlocks(content)
		case lang == cloudFormation && path.Ext(p) != ".json":
			content = reverseResources(content)
		}
		reversed[p] = content
	}
	h.same(t, "in reverse order", lang, reversed, base, findingKey)
	if lang == terraform {
		h.same(t, "each in a file of its own", lang, scatter(files), base, decisionKey)
	}
}

// scatter puts each block into a file of its own, the last one first.
func scatter(files fileMap) fileMap {
	out := fileMap{}
	for p, content := range files {
		if !strings.HasSuffix(p, ".tf") {
			out[p] = content
			continue
		}
		blocks := splitBlocks(content)
		for i, b := range blocks {
			out[fmt.Sprintf("%s_%03d.tf", strings.TrimSuffix(p, ".tf"), len(blocks)-i)] = b.text
		}
	}
	return out
}

// same checks that other files lead to the same verdicts, each described by key.
func (h *harness) same(t *testing.T, how string, lang language, files fileMap, base *outcome, key func(*outcome) []string) {
	e, err := load(t.Context(), t.TempDir(), lang, files)
	if err != nil {
		t.Fatalf("%s: %v", how, err)
	}
	o, err := h.decide(t.Context(), e, nil)
	if err != nil {
		t.Fatalf("%s: %v", how, err)
	}
	was, is := key(base), key(o)
	for _, k := range was {
		if !slices.Contains(is, k) {
			t.Errorf("%s: missing: %s", how, k)
		}
	}
	for _, k := range is {
		if !slices.Contains(was, k) {
			t.Errorf("%s: new: %s", how, k)
		}
	}
}

// findingKey describes findings by what a user sees of them, lines aside, and
// by the identity that survives.
func findingKey(o *outcome) []string {
	var out []string
	for _, list := range [][]analysis.Finding{o.Findings, o.Opens} {
		for _, f := range list {
			for _, i := range f.Instances {
				out = append(out, fmt.Sprintf("%s open=%t %s %s %s (%s): %s", f.ID, f.Open, f.Severity, i.Unit, i.Address, f.Subject, f.Message))
			}
		}
	}
	return append(out, decisionKey(o)...)
}

// decisionKey describes decisions by resource and subject.
func decisionKey(o *outcome) []string {
	var out []string
	for _, d := range o.decisions {
		out = append(out, fmt.Sprintf("%s (%s) is %s", nameOf(d.Node), d.Subject, resultOf(d)))
	}
	return out
}
