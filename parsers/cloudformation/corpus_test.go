package cloudformation

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

func TestCorpus(t *testing.T) {
	root := os.Getenv("CFN_CORPUS")
	if root == "" {
		t.Skip()
	}
	var paths []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch filepath.Ext(p) {
		case ".yaml", ".yml", ".json", ".template":
			if d.Type().IsRegular() {
				r, _ := filepath.Rel(root, p)
				paths = append(paths, filepath.ToSlash(r))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	tree, err := source.NewTree(root)
	if err != nil {
		t.Fatal(err)
	}
	files, origins := source.NewFileSet(), value.NewOrigins()
	start := time.Now()
	r, err := Load(context.Background(), Options{Tree: tree, Files: files, Origins: origins, Paths: paths})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d paths, %d parts, %v", len(paths), len(r.Parts), time.Since(start))
	b := graph.NewBuilder(files, origins)
	nodes := 0
	for _, p := range r.Parts {
		nodes += len(p.Nodes)
		if err := b.Add(p); err != nil {
			t.Error(err)
		}
	}
	start = time.Now()
	g, _ := b.Freeze(graph.Options{})
	t.Logf("%d nodes, %d edges, freeze %v", nodes, len(g.Edges()), time.Since(start))
	counts := map[string]int{}
	for p, s := range r.Status {
		counts[s.Kind.String()+" "+strings.SplitN(s.Reason, ":", 2)[0]]++
		_ = p
	}
	t.Log(counts)
	codes := map[string]int{}
	out := os.Getenv("CFN_DIAGS")
	var sb strings.Builder
	for _, d := range r.Diagnostics {
		codes[d.Level.String()+" "+d.Code]++
		fmt.Fprintf(&sb, "%s %s %s %s\n", files.Position(d.Span.Pos), d.Level, d.Code, d.Message)
	}
	if out != "" {
		if err := os.WriteFile(out, []byte(sb.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Log(codes)
}
