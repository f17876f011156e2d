// Package reporttest builds results of runs by hand, for tests of what writes
// them.
package reporttest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/source"
)

// Build is a result in the making.
type Build struct {
	analysis.Result
	t testing.TB
}

// New returns a result without findings on files with the given contents.
func New(t testing.TB, files map[string]string) *Build {
	t.Helper()
	b := &Build{t: t}
	b.Files = source.NewFileSet()
	b.Decided = map[string]analysis.Count{}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if _, err := b.Files.Add(name, []byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// At returns the span of the first occurrence of text in a file.
func (b *Build) At(path, text string) source.Span {
	b.t.Helper()
	f := b.Files.Lookup(path)
	if f == nil {
		b.t.Fatalf("no file %s", path)
	}
	i := bytes.Index(f.Content, []byte(text))
	if i < 0 {
		b.t.Fatalf("%s does not contain %q", path, text)
	}
	return f.Span(i, i+len(text))
}

// Add adds a finding, or an open verdict. An empty severity, message or identity
// is filled in, and the rule becomes one of those that were run.
func (b *Build) Add(f analysis.Finding) {
	if f.Severity == 0 && f.Rule.Severity != 0 {
		f.Severity = f.Rule.Severity
	}
	name := ""
	if len(f.Instances) > 0 {
		name = f.Instances[0].Address
	}
	if f.Message == "" {
		f.Message = f.Rule.Title + " in " + name
		for _, s := range f.Steps {
			if s.Kind == analysis.StepFact {
				f.Message += ": " + s.Text
				break
			}
		}
	}
	if f.ID == "" {
		sum := sha256.Sum256([]byte(f.Rule.ID + name + f.Subject))
		f.ID = hex.EncodeToString(sum[:8])
	}
	b.Rule(f.Rule)
	c := b.Decided[f.Rule.ID]
	switch {
	case f.Accepted != nil:
		b.Accepted = append(b.Accepted, f)
		c.Bad++
	case f.Open:
		b.Opens = append(b.Opens, f)
		c.Open++
	default:
		b.Findings = append(b.Findings, f)
		c.Bad++
	}
	b.Decided[f.Rule.ID] = c
}

// Rule adds a rule to those that were run.
func (b *Build) Rule(r *analysis.Rule) {
	if slices.Contains(b.Rules, r) {
		return
	}
	b.Rules = append(b.Rules, r)
}

// Golden compares got with the file testdata/name, or writes it there.
func Golden(t testing.TB, name string, got []byte, update bool) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run the test with -update)", err)
	}
	if bytes.Equal(got, want) {
		return
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		var x, y string
		if i < len(g) {
			x = g[i]
		}
		if i < len(w) {
			y = w[i]
		}
		if x != y {
			t.Fatalf("%s differs first on line %d:\n got %q\nwant %q", path, i+1, x, y)
		}
	}
}
