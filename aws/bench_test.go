package aws

import (
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/scale"
	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/parsers/terraform"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// BenchmarkDecode reads the models of a graph, all of them once.
func BenchmarkDecode(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		for name, files := range map[string]map[string]string{"terraform": scale.Terraform(n, 1), "cloudformation": scale.CloudFormation(n, 1)} {
			b.Run(fmt.Sprintf("%s/%dk", name, n/1000), func(b *testing.B) {
				g := synthetic(b, files)
				models := 0
				b.ReportAllocs()
				for b.Loop() {
					models = decodeAll(g)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(models), "ns/model")
				b.ReportMetric(float64(models), "models")
			})
		}
	}
}

// decodeAll reads every model anew, past what is remembered, and counts them.
func decodeAll(g *graph.Graph) int {
	models := 0
	for _, m := range Models() {
		t := reflect.TypeOf(m).Elem()
		for _, lang := range []graph.Lang{graph.Terraform, graph.CloudFormation} {
			p := planOf(t, lang)
			for _, typ := range p.types {
				for _, n := range g.OfType(typ) {
					if n.Lang == lang {
						decodeModel(g, n, p, reflect.New(t).Elem())
						models++
					}
				}
			}
		}
	}
	return models
}

func synthetic(b *testing.B, files map[string]string) *graph.Graph {
	b.Helper()
	dir := b.TempDir()
	if err := scale.Write(dir, files); err != nil {
		b.Fatal(err)
	}
	tree, err := source.NewTree(dir)
	if err != nil {
		b.Fatal(err)
	}
	var dirs, templates []string
	for _, p := range slices.Sorted(maps.Keys(files)) {
		if path.Ext(p) == ".tf" {
			dirs = append(dirs, path.Dir(p))
		} else if path.Ext(p) == ".yaml" {
			templates = append(templates, p)
		}
	}
	set, origins := source.NewFileSet(), value.NewOrigins()
	tf, err := terraform.Load(b.Context(), terraform.Options{Tree: tree, Files: set, Origins: origins, Dirs: slices.Compact(dirs), ScanRoots: []string{"."}})
	if err != nil {
		b.Fatal(err)
	}
	cfn, err := cloudformation.Load(b.Context(), cloudformation.Options{Tree: tree, Files: set, Origins: origins, Paths: templates, ScanRoots: []string{"."}})
	if err != nil {
		b.Fatal(err)
	}
	builder := graph.NewBuilder(set, origins)
	for _, p := range append(tf.Parts, cfn.Parts...) {
		if err := builder.Add(p); err != nil {
			b.Fatal(err)
		}
	}
	g, _ := builder.Freeze(Options())
	return g
}
