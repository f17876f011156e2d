package cloudformation_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// BenchmarkCorpus reads 500 templates of a corpus (CFN_CORPUS): parsed alone, and
// evaluated as well.
func BenchmarkCorpus(b *testing.B) {
	root := os.Getenv("CFN_CORPUS")
	if root == "" {
		b.Skip("no corpus: set CFN_CORPUS")
	}
	paths := templatesOf(b, root, 500)
	tree, err := source.NewTree(root)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			files := source.NewFileSet()
			for _, p := range paths {
				f, err := tree.Load(files, p)
				if err != nil {
					b.Fatal(err)
				}
				syntax.Parse(f)
			}
		}
	})
	b.Run("evaluate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := cloudformation.Load(context.Background(), cloudformation.Options{Tree: tree, Files: source.NewFileSet(), Origins: value.NewOrigins(), Paths: paths})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// templatesOf lists the first templates below a directory, in order of path.
func templatesOf(b *testing.B, root string, n int) []string {
	b.Helper()
	var out []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !slices.Contains([]string{".yaml", ".yml", ".json", ".template"}, filepath.Ext(p)) {
			return err
		}
		content, err := os.ReadFile(p)
		if err == nil && len(out) < n && syntax.LooksLikeTemplate(p, content).IsTemplate() {
			rel, _ := filepath.Rel(root, p)
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil || len(out) < n {
		b.Fatalf("%d templates: %v", len(out), err)
	}
	return out
}
