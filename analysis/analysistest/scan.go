package analysistest

import (
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wacheck/wacheck/analysis/checker"
)

// Scan runs all rules of a suite over the files of an archive, without
// scenarios, in one language, and returns the outcome as a user gets it: with
// weaker findings silenced. It is for tests of how rules play together.
func Scan(t *testing.T, suite checker.Suite, archive string) *checker.Outcome {
	t.Helper()
	files := fileMap{}
	lang := cloudFormation
	for _, f := range txtar.Parse([]byte(archive)).Files {
		files[f.Name] = string(f.Data)
		if isConfiguration(f.Name) {
			lang = terraform
		}
	}
	e, err := load(t.Context(), t.TempDir(), lang, files)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range e.errors() {
		t.Error(p)
	}
	g, err := e.freeze(change{})
	if err != nil {
		t.Fatal(err)
	}
	o, err := checker.Run(t.Context(), g, suite, checker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}
