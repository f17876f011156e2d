package analysistest

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analysis/checker"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	cfnparser "github.com/wacheck/wacheck/parsers/cloudformation"
	tfparser "github.com/wacheck/wacheck/parsers/terraform"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// estate is a scenario that was parsed, and can be frozen any number of times.
type estate struct {
	files       *source.FileSet
	origins     *value.Origins
	parts       []*graph.Part
	diagnostics []source.Diagnostic
}

// load writes the files of one language below a directory and parses them as a
// scan of that directory would.
func load(ctx context.Context, dir string, lang language, files fileMap) (*estate, error) {
	for p, content := range files {
		full := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			return nil, err
		}
	}
	tree, err := source.NewTree(dir)
	if err != nil {
		return nil, err
	}
	e := &estate{files: source.NewFileSet(), origins: value.NewOrigins()}
	if lang == terraform {
		r, err := tfparser.Load(ctx, tfparser.Options{Tree: tree, Files: e.files, Origins: e.origins,
			Dirs: configurationDirs(files), ScanRoots: []string{"."}})
		if err != nil {
			return nil, err
		}
		e.parts, e.diagnostics = r.Parts, r.Diagnostics
		return e, nil
	}
	r, err := cfnparser.Load(ctx, cfnparser.Options{Tree: tree, Files: e.files, Origins: e.origins,
		Paths: files.paths(), ScanRoots: []string{"."}})
	if err != nil {
		return nil, err
	}
	e.parts, e.diagnostics = r.Parts, r.Diagnostics
	return e, nil
}

// configurationDirs lists the directories that a scan would hand to the parser:
// what "terraform init" put in place is found through its manifest alone.
func configurationDirs(files fileMap) []string {
	var out []string
	for p := range files {
		if d := path.Dir(p); isConfiguration(p) && !strings.HasPrefix(p, ".terraform/") && !strings.Contains(p, "/.terraform/") && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	slices.Sort(out)
	return out
}

// errors lists what is broken.
func (e *estate) errors() []string {
	var out []string
	for _, d := range e.diagnostics {
		if d.Level == source.Error {
			out = append(out, fmt.Sprintf("%s: %s", e.files.Position(d.Span.Pos), d.Message))
		}
	}
	return out
}

var tables = sync.OnceValue(aws.Options)

// change replaces what nodes and units hold; the zero change nothing.
type change struct {
	node func(*graph.Node)
	unit func(*graph.Unit)
}

// freeze makes the graph. Freezing writes to units and nodes, so that each time
// has its own.
func (e *estate) freeze(change change) (*graph.Graph, error) {
	b := graph.NewBuilder(e.files, e.origins)
	for _, p := range e.parts {
		unit := *p.Unit
		if change.unit != nil {
			change.unit(&unit)
		}
		part := &graph.Part{Unit: &unit, Exports: p.Exports}
		for _, n := range p.Nodes {
			c := *n
			if change.node != nil {
				change.node(&c)
			}
			part.Nodes = append(part.Nodes, &c)
		}
		if err := b.Add(part); err != nil {
			return nil, err
		}
	}
	g, _ := b.Freeze(tables())
	return g, nil
}

// outcome is what the rule says about an estate.
type outcome struct {
	*checker.Outcome
	estate    *estate
	graph     *graph.Graph
	decisions []analysis.Decision
}

// decide runs the rule.
func (h *harness) decide(ctx context.Context, e *estate, change change) (*outcome, error) {
	g, err := e.freeze(change)
	if err != nil {
		return nil, err
	}
	o := &outcome{estate: e, graph: g}
	o.Outcome, err = checker.Run(ctx, g, h.suite, checker.Options{
		Enabled: func(r *analysis.Rule) bool { return r == h.rule },
		Observe: func(d analysis.Decision) { o.decisions = append(o.decisions, d) },
	})
	return o, err
}
