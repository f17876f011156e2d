package analysistest

import (
	"context"
	"fmt"
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
	t.Helper()
	if h.rule.Lang != "" && h.rule.Lang != h.archive.only {
		t.Errorf("the rule holds for %s alone (%s): the header must say so", h.rule.Lang, h.rule.LangWhy)
	}
	report(t, h.archive.complete())
	for _, s := range h.archive.scenarios {
		t.Run(s.name, func(t *testing.T) {
			found := map[language]int{}
			for _, lang := range languages {
				if files := s.of(lang); files.has(lang) {
					t.Run(lang.String(), func(t *testing.T) { found[lang] = h.scenario(t, s, lang, files) })
				}
			}
			report(t, h.parity(s, found))
		})
	}
}

// parity checks that the languages have the same number of findings.
func (h *harness) parity(s *scenario, found map[language]int) []string {
	_, excused := h.archive.counts[s.name]
	switch tf, cfn := found[terraform], found[cloudFormation]; {
	case h.archive.only != "":
	case tf != cfn && !excused:
		return []string{fmt.Sprintf("%d findings in Terraform and %d in CloudFormation: the languages must be twins, or the header "+
			"must say \"counts: %s — reason\"", tf, cfn, s.name)}
	case tf == cfn && excused:
		return []string{fmt.Sprintf("the header excuses different counts, but both languages have %d findings", tf)}
	}
	return nil
}

// scenario tests one directory of the archive in one language, and returns the
// number of findings.
func (h *harness) scenario(t *testing.T, s *scenario, lang language, files fileMap) int {
	t.Helper()
	base, problems, err := h.examine(t.Context(), t.TempDir, s, lang, files)
	if err != nil {
		t.Fatal(err)
	}
	report(t, problems)
	if lang == terraform {
		h.layouts(t, s, files, base)
	}
	return len(base.Findings)
}

// layouts tests the scenario laid out in modules. What can't be laid out is
// skipped with the reason.
func (h *harness) layouts(t *testing.T, s *scenario, files fileMap, base *outcome) {
	t.Helper()
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			if reason, excused := h.archive.layouts[s.name]; excused {
				t.Skip(reason)
			}
			problems, impossible, err := h.laidOut(t.Context(), t.TempDir(), l, files, base)
			switch {
			case err != nil:
				t.Fatal(err)
			case impossible != "":
				t.Skip(impossible)
			}
			report(t, problems)
		})
	}
}

// examine runs the rule on a scenario and returns all that is wrong with what
// it says. Each call of dir must give another empty directory.
func (h *harness) examine(ctx context.Context, dir func() string, s *scenario, lang language, files fileMap) (*outcome, []string, error) {
	base, err := h.load(ctx, dir(), lang, files)
	if err != nil {
		return nil, nil, err
	}
	var problems []string
	for _, d := range base.estate.errors() {
		problems = append(problems, s.name+"/"+d)
	}
	problems = append(problems, expectations(s, lang, base)...)
	problems = append(problems, evidence(base)...)
	flips, err := h.monotone(ctx, base)
	if err != nil {
		return nil, nil, err
	}
	problems = append(problems, flips...)
	other, err := h.load(ctx, dir(), lang, reversed(lang, files))
	if err != nil {
		return nil, nil, err
	}
	problems = append(problems, differences("in reverse order", seen(base), seen(other))...)
	if lang == terraform {
		if other, err = h.load(ctx, dir(), lang, scattered(files)); err != nil {
			return nil, nil, err
		}
		problems = append(problems, differences("with each block in a file of its own", decided(base), decided(other))...)
	}
	return base, problems, nil
}

// load parses files and runs the rule.
func (h *harness) load(ctx context.Context, dir string, lang language, files fileMap) (*outcome, error) {
	e, err := load(ctx, dir, lang, files)
	if err != nil {
		return nil, err
	}
	return h.decide(ctx, e, change{})
}

// report fails for each problem, up to a number that can be read.
func report(t *testing.T, problems []string) {
	t.Helper()
	const most = 20
	for i, p := range problems {
		if i == most {
			t.Errorf("and %d more like these", len(problems)-most)
			return
		}
		t.Error(p)
	}
}
