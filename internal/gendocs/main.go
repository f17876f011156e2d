// Command gendocs writes the pages under docs/rules, from the rules and their
// tests, and the examples that "wacheck explain" shows:
//
//	go run ./internal/gendocs -root .
//
// An example is the first case of a rule's test, with all that belongs to it.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/all"
	"github.com/wacheck/wacheck/gate/suppress"
	"github.com/wacheck/wacheck/internal/ruledoc"
)

//go:generate go run . -root ../..

// Directories that gendocs owns, below the root.
const (
	pagesDir    = "docs/rules"
	examplesDir = "internal/ruledoc/examples"
)

func main() {
	root := flag.String("root", ".", "the `directory` of the module")
	flag.Parse()
	if err := run(*root); err != nil {
		fmt.Fprintln(os.Stderr, "gendocs:", err)
		os.Exit(1)
	}
}

// run writes what is wanted, and removes what is not any more.
func run(root string) error {
	files, err := generate(root)
	if err != nil {
		return err
	}
	for _, dir := range []string{pagesDir, examplesDir} {
		there, err := filepath.Glob(filepath.Join(root, dir, "*"))
		if err != nil {
			return err
		}
		for _, p := range there {
			if _, ok := files[dir+"/"+filepath.Base(p)]; !ok {
				if err := os.Remove(p); err != nil {
					return err
				}
			}
		}
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			return err
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(name)), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate returns the files to be written, by their path below the root.
func generate(root string) (map[string][]byte, error) {
	rules := append(all.Suite().Rules(), suppress.IncompleteRule)
	slices.SortFunc(rules, func(a, b *analysis.Rule) int { return strings.Compare(a.ID, b.ID) })
	archives, err := tests(root, rules)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{examplesDir + "/README.md": []byte(examplesReadme)}
	book := ruledoc.NewBook(rules)
	for _, r := range rules {
		page := book.Page(r.ID)
		page.Examples = nil // those that are built in may be stale
		if a := archives[r.ID]; a != nil {
			examples, err := examplesOf(r.ID, a)
			if err != nil {
				return nil, err
			}
			if len(examples.Files) > 0 {
				content := txtar.Format(examples)
				files[examplesDir+"/"+r.ID+".txtar"] = content
				page.Examples = ruledoc.ParseExamples(content)
			}
		}
		files[pagesDir+"/"+r.ID+".md"] = []byte(page.Markdown())
	}
	files[pagesDir+"/README.md"] = []byte(book.Index())
	return files, nil
}

const examplesReadme = "The examples of each rule, which `go generate ./...` takes from its test.\n"

// tests reads the archives of rules, by rule.
func tests(root string, rules []*analysis.Rule) (map[string]*txtar.Archive, error) {
	paths, err := filepath.Glob(filepath.Join(root, "analyzers", "*", "testdata", "*.txtar"))
	if err != nil {
		return nil, err
	}
	out := map[string]*txtar.Archive{}
	for _, p := range paths {
		id := strings.TrimSuffix(filepath.Base(p), ".txtar")
		if !slices.ContainsFunc(rules, func(r *analysis.Rule) bool { return r.ID == id }) {
			continue // the test of an analyzer says so
		}
		if out[id], err = txtar.ParseFile(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}
