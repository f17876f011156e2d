package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/report/reporttest"
)

const stepsTF = `bad = one
two
three
four
`

// proofOf returns the lines of the text between the excerpt and the fix. Steps are
// written kind|text|place, a place as file:word.
func proofOf(t *testing.T, o Options, steps ...string) string {
	t.Helper()
	b := reporttest.New(t, map[string]string{"a.tf": stepsTF, "b.tf": stepsTF})
	f := analysis.Finding{Rule: &analysis.Rule{ID: "r", Title: "T", Fix: "Mend it."}, Span: b.At("a.tf", "one")}
	for _, s := range steps {
		parts := strings.Split(s, "|")
		step := analysis.Step{Kind: analysis.StepKind(parts[0]), Text: parts[1]}
		if file, word, ok := strings.Cut(parts[2], ":"); ok {
			step.Span = b.At(file, word)
		}
		f.Steps = append(f.Steps, step)
	}
	b.Add(f)
	got := write(t, Text, b, o)
	_, got, _ = strings.Cut(got, "^^^")
	got, _, _ = strings.Cut(got, "    fix:")
	return got
}

func TestProof(t *testing.T) {
	tests := map[string]struct {
		steps []string
		want  string
	}{
		"the fact in the excerpt": {
			[]string{"fact|a is one|a.tf:one", "origin|var.a gets its default|a.tf:two", "origin|far|b.tf:two"},
			" a is one\n      ← var.a gets its default (line 2) ← far (b.tf:2)\n"},
		"short facts stand together": {
			[]string{"fact|a is one|a.tf:one", "fact|b is 2|a.tf:two", "fact|c is 3|a.tf:four", "fact|d is 4|b.tf:two"},
			" a is one\n    • b is 2, c is 3  lines 2–4\n    • d is 4  b.tf:2\n"},
		"long ones do not": {
			[]string{"fact|" + strings.Repeat("x", 41) + "|a.tf:two", "fact|c is 3|a.tf:two"},
			"\n    • " + strings.Repeat("x", 41) + "  line 2\n    • c is 3  line 2\n"},
		"nor do those with a way": {
			[]string{"fact|b is 2|a.tf:two", "origin|var.b is set|", "fact|c is 3|a.tf:two"},
			"\n    • b is 2  line 2\n      ← var.b is set\n    • c is 3  line 2\n"},
		"what stands on the line of the finding": {
			[]string{"fact|" + strings.Repeat("word ", 20) + "|a.tf:one", "related|here|a.tf:one"},
			"\n    • " + strings.TrimSpace(strings.Repeat("word ", 19)) + "\n      word\n    see here\n"},
		"hops are counted": {
			[]string{"hop|first|a.tf:two", "hop|second|b.tf:three", "origin|var.x is set|a.tf:four"},
			"\n    1. first  line 2\n    2. second  b.tf:3\n      ← var.x is set (line 4)\n"},
		"calls stand together": {
			[]string{"module|module.a is called|a.tf:two", "module|module.b is called|b.tf:two"},
			"\n    ↑ module.a is called (line 2), module.b is called (b.tf:2)\n"},
		"a long way has a line for each step": {
			[]string{"fact|b is 2|a.tf:two", "origin|" + strings.Repeat("x", 60) + "|", "origin|" + strings.Repeat("y", 60) + "|b.tf:two"},
			"\n    • b is 2  line 2\n      ← " + strings.Repeat("x", 60) + "\n      ← " + strings.Repeat("y", 60) + " (b.tf:2)\n"},
		"a way before any fact": {
			[]string{"origin|it may not exist|a.tf:two"}, "\n      ← it may not exist (line 2)\n"},
		"nothing is nothing": {[]string{"fact||a.tf:two"}, "\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, proofOf(t, Options{}, tt.steps...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// With explain, every step has its line and its whole place.
func TestEveryStep(t *testing.T) {
	got := proofOf(t, Options{Explain: true}, "fact|a is one|a.tf:one", "origin|far|b.tf:two", "fact|b is 2|a.tf:two", "fact|c is 3|a.tf:three",
		"hop|go|b.tf:two", "module|called|a.tf:two", "related|too|")
	want := " a is one\n    ← far  b.tf:2:1\n    • b is 2  a.tf:2:1\n    • c is 3  a.tf:3:1\n    1. go  b.tf:2:1\n    ↑ called  a.tf:2:1\n    see too\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
