package analysistest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analysis/checker"
)

// Run tests the rules of a suite that have an archive in a directory, each in a
// subtest of the rule's name. See the package documentation for the form of an
// archive, and for what is asserted.
func Run(t *testing.T, suite checker.Suite, dir string) {
	t.Helper()
	archives, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(archives) == 0 {
		t.Fatalf("%s holds no archive (*.txtar) of a rule: %v", dir, err)
	}
	for _, path := range archives {
		id := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s, rule := restrict(suite, id)
			if rule == nil {
				t.Fatalf("%s names no rule", path)
			}
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			a, err := parseArchive(path, content)
			if err != nil {
				t.Fatal(err)
			}
			(&harness{suite: s, rule: rule, archive: a}).run(t)
		})
	}
}

// restrict returns the part of a suite that decides a rule.
func restrict(suite checker.Suite, id string) (checker.Suite, *analysis.Rule) {
	for _, a := range suite.Analyzers {
		for _, r := range a.Rules {
			if r.ID == id {
				return checker.Suite{Analyzers: []*analysis.Analyzer{a}, Environment: suite.Environment}, r
			}
		}
	}
	return suite, nil
}

// harness tests one rule.
type harness struct {
	suite   checker.Suite
	rule    *analysis.Rule
	archive *archive
}

func (h *harness) run(t *testing.T) {
	if h.rule.Lang != "" && h.rule.Lang != h.archive.only {
		t.Errorf("the rule holds for %s alone (%s): the header must say so", h.rule.Lang, h.rule.LangWhy)
	}
	for _, problem := range h.archive.complete() {
		t.Error(problem)
	}
	for _, s := range h.archive.scenarios {
		t.Run(s.name, func(t *testing.T) {
			found := map[language]int{}
			for _, lang := range languages {
				if files := s.of(lang); files.has(lang) {
					t.Run(lang.String(), func(t *testing.T) { found[lang] = h.scenario(t, s, lang, files) })
				}
			}
			_, excused := h.archive.counts[s.name]
			switch tf, cfn := found[terraform], found[cloudFormation]; {
			case h.archive.only != "":
			case tf != cfn && !excused:
				t.Errorf("%d findings in Terraform and %d in CloudFormation: the languages must be twins, or the header must say "+
					"\"counts: %s — reason\"", tf, cfn, s.name)
			case tf == cfn && excused:
				t.Errorf("the header excuses different counts, but both languages have %d findings", tf)
			}
		})
	}
}

// scenario tests one directory of the archive in one language, and returns the
// number of findings.
func (h *harness) scenario(t *testing.T, s *scenario, lang language, files fileMap) int {
	e, err := load(t.Context(), t.TempDir(), lang, files)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range e.errors() {
		t.Errorf("%s/%s", s.name, d)
	}
	o, err := h.decide(t.Context(), e, nil)
	if err != nil {
		t.Fatal(err)
	}
	h.expectations(t, s, lang, e, o)
	h.evidence(t, e, o)
	h.monotone(t, e, o)
	h.reordered(t, lang, files, e, o)
	return len(o.Findings)
}
