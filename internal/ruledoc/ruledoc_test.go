package ruledoc

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/all"
	"github.com/wacheck/wacheck/controls"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// What rules say of themselves must be complete, and their practices must exist.
func TestRulesAreDescribed(t *testing.T) {
	for _, r := range all.Suite().Rules() {
		if _, ok := controls.PracticeByID(r.Practice); !ok {
			t.Errorf("%s: there is no practice %q", r.ID, r.Practice)
		}
		if r.Title == "" || r.Why == "" || r.Fix == "" || r.Precision == "" || efforts[r.Effort] == "" {
			t.Errorf("%s: title, why, fix, precision and effort (S, M, L) must be given", r.ID)
		}
		if r.Lang != "" && r.LangWhy == "" {
			t.Errorf("%s: is for %s only without saying why", r.ID, r.Lang)
		}
	}
}

func testBook() *Book {
	return NewBook([]*analysis.Rule{
		{
			ID: "x-not-y", Title: "The *x* has no y_z", Why: "It <breaks>, as `x` does: " + strings.Repeat("word ", 30) + "end.", Fix: "Set [y].",
			Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Reliability, Practice: "REL10-BP01", Effort: "S",
			In: analysis.Minor(analysis.Low), Variants: map[string]analysis.Severity{"half": analysis.Medium, "given a|b": analysis.Critical},
			ReviewVariants: []string{"half"}, Covers: []string{"weak-rule", "future-rule"}, Aliases: []string{"old-id"},
			Lang: "terraform", LangWhy: "there is no such thing in CloudFormation",
		},
		{ID: "weak-rule", Title: "Weak", Why: "So.", Fix: "Do.", Severity: analysis.Low, Pillar: analysis.Cost, Profile: analysis.Review},
	})
}

func TestPage(t *testing.T) {
	b := testBook()
	p := b.Page("x-not-y")
	p.Examples = ParseExamples([]byte("-- bad.tf --\nx = 1\n\ny = 2\n-- good.yaml --\nA: 1\n"))
	text, err := p.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(text) {
		t.Error("not JSON")
	}
	for name, got := range map[string]string{
		"page.txt": p.Text(), "page.md": p.Markdown(), "page.json": string(text), "weak.md": b.Page("weak-rule").Help(), "index.md": b.Index(),
	} {
		golden := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s: go test ./internal/ruledoc -update rewrites it (-want +got):\n%s", name, diff)
		}
	}
	if b.Page("no-such-rule") != nil {
		t.Error("a page of no rule")
	}
}

// Every example that is built in belongs to a rule, and says something.
func TestEmbeddedExamples(t *testing.T) {
	entries, err := examples.ReadDir("examples")
	if err != nil {
		t.Fatal(err)
	}
	b := NewBook(all.Suite().Rules())
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".txtar")
		if !ok {
			continue
		}
		p := b.Page(id)
		if p == nil || len(p.Examples) == 0 {
			t.Errorf("%s: no rule, or no examples", id)
			continue
		}
		for _, x := range p.Examples {
			if strings.TrimSpace(x.Code) == "" || strings.Contains(x.Code, "# want ") || strings.Contains(x.Code, "# ok ") {
				t.Errorf("%s: empty, or with annotations:\n%s", id, x.Code)
			}
		}
	}
}
