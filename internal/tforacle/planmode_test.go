package tforacle

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analysis/checker"
	"github.com/wacheck/wacheck/analyzers/all"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	tfplan "github.com/wacheck/wacheck/parsers/plan"
	"github.com/wacheck/wacheck/parsers/terraform"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// modes compares the verdicts about a configuration with those about its plan.
type modes struct {
	// both are defects that both find, settled those that the plan alone decides,
	// lost those that it leaves open and the configuration does not. cleared is what
	// the plan shows to be no defect where the configuration leaves it open, and
	// unsure what it leaves open where the configuration shows that there is none.
	both, settled, lost, cleared, unsure int
	contradictions                       []string
}

func (m *modes) add(o modes) {
	m.both += o.both
	m.settled += o.settled
	m.lost += o.lost
	m.cleared += o.cleared
	m.unsure += o.unsure
	m.contradictions = append(m.contradictions, o.contradictions...)
}

func (m modes) String() string {
	return fmt.Sprintf("%d defects by both; left open by the configuration alone: %d defects, %d none; left open by the plan alone: %d defects, %d none; %d contradictions",
		m.both, m.settled, m.cleared, m.lost, m.unsure, len(m.contradictions))
}

// ofRecord is the plan that a record is of.
func ofRecord(rec *Record) *tfplan.Plan {
	p := &tfplan.Plan{}
	for _, r := range rec.Resources {
		i := tfplan.Instance{Addr: r.Addr, Type: r.Type, Data: r.Data, Values: r.After, Unknown: r.Unknown, Sensitive: r.Secret}
		bare := strings.TrimPrefix(instanceKey.ReplaceAllString(r.Addr, ""), "data.")
		i.Name = bare[strings.LastIndexByte(bare, '.')+1:]
		if at := strings.LastIndex(r.Addr, moduleEnd(r)); at > 0 {
			i.Module = strings.TrimSuffix(r.Addr[:at], ".")
		}
		p.Instances = append(p.Instances, i)
	}
	return p
}

var instanceKey = regexp.MustCompile(`\["[^"]*"\]|\[\d+\]`)

func moduleEnd(r Resource) string {
	if r.Data {
		return "data." + r.Type + "."
	}
	return r.Type + "."
}

// loaded is a root that was evaluated.
type loaded struct {
	files   *source.FileSet
	origins *value.Origins
	parts   []*graph.Part
}

// verdicts are the findings and open verdicts about each resource and subject.
func verdicts(t *testing.T, l loaded) (bad, open map[string]bool) {
	t.Helper()
	b := graph.NewBuilder(l.files, l.origins)
	for _, p := range l.parts {
		if err := b.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	g, _ := b.Freeze(aws.Options())
	out, err := checker.Run(context.Background(), g, all.Suite(), checker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	set := func(list []analysis.Finding) map[string]bool {
		out := map[string]bool{}
		for _, f := range list {
			for _, i := range f.Instances {
				out[f.Rule.ID+" "+i.Address] = true
			}
			for _, covered := range f.Covers {
				for _, i := range f.Instances {
					out[covered+" "+i.Address] = true
				}
			}
		}
		return out
	}
	return set(out.Findings), set(out.Opens)
}

// compareModes judges a root twice: as it is written, and as it was planned.
func compareModes(t *testing.T, dir, root string, rec *Record) (m modes) {
	t.Helper()
	read := func() loaded {
		tree, err := source.NewTree(dir)
		if err != nil {
			t.Fatal(err)
		}
		l := loaded{files: source.NewFileSet(), origins: value.NewOrigins()}
		res, err := terraform.Load(context.Background(), terraform.Options{Tree: tree, Files: l.files, Origins: l.origins,
			Dirs: []string{root}, ScanRoots: []string{root}, Workspace: "default", OneWorld: true})
		if err != nil {
			t.Fatal(err)
		}
		l.parts = slices.DeleteFunc(res.Parts, func(p *graph.Part) bool { return p.Unit.Dir != root })
		return l
	}
	bad, open := verdicts(t, read())
	l := read()
	if len(l.parts) != 1 {
		t.Fatalf("%s: %d units", root, len(l.parts))
	}
	p := ofRecord(rec)
	if strangers := p.Overlay(l.parts[0], l.origins); len(strangers) > 0 {
		m.contradictions = append(m.contradictions, root+": planned and not configured: "+strings.Join(strangers, ", "))
	}
	planned := map[string]bool{}
	for _, n := range l.parts[0].Nodes {
		planned[n.Addr] = true
	}
	planBad, planOpen := verdicts(t, l)
	for _, v := range slices.Sorted(maps.Keys(bad)) {
		_, addr, _ := strings.Cut(v, " ")
		switch {
		case planBad[v]:
			m.both++
		case planOpen[v]:
			m.lost++
		case planned[addr]:
			m.contradictions = append(m.contradictions, root+": a defect as written, none as planned: "+v)
		}
	}
	for v := range open {
		if _, addr, _ := strings.Cut(v, " "); planned[addr] && !planBad[v] && !planOpen[v] {
			m.cleared++
		}
	}
	for v := range planOpen {
		rule, addr, _ := strings.Cut(v, " ")
		if symbolic := rule + " " + instanceKey.ReplaceAllString(addr, "[*]"); !bad[v] && !open[v] && !open[symbolic] && !bad[symbolic] {
			m.unsure++
		}
	}
	for _, v := range slices.Sorted(maps.Keys(planBad)) {
		rule, addr, _ := strings.Cut(v, " ")
		symbolic := rule + " " + instanceKey.ReplaceAllString(addr, "[*]")
		switch {
		case bad[v]:
		case open[v], open[symbolic], bad[symbolic]:
			m.settled++
		default:
			m.contradictions = append(m.contradictions, root+": no defect as written, one as planned: "+v)
		}
	}
	return m
}

// TestPlanMode judges the fixtures as they are written and as Terraform plans them.
func TestPlanMode(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*/main.tf*")
	if err != nil || len(dirs) == 0 {
		t.Fatal("no fixtures", err)
	}
	var total modes
	for _, main := range dirs {
		m := compareModes(t, filepath.Dir(main), ".", recorded(t, filepath.Dir(main)))
		for _, c := range m.contradictions {
			t.Errorf("%s: %s", filepath.Dir(main), c)
		}
		total.add(m)
	}
	t.Log(total)
	if total.both < 20 {
		t.Errorf("the fixtures have %d defects that both find: too few to tell anything", total.both)
	}
}

// TestPlanModeOverCorpus does so with what TestCorpus has recorded.
func TestPlanModeOverCorpus(t *testing.T) {
	keep := filepath.Join(os.Getenv(EnvOracle), "corpus")
	records, err := filepath.Glob(filepath.Join(keep, "records", "*", "*.json"))
	if os.Getenv(EnvOracle) == "" || err != nil || len(records) == 0 {
		t.Skip("no recorded plans of a corpus: set " + EnvOracle + " and run TestCorpus first")
	}
	byEstate := map[string]*modes{}
	roots := map[string]int{}
	for _, name := range records {
		estate := filepath.Base(filepath.Dir(name))
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := ReadRecord(src)
		if err != nil {
			t.Fatal(err)
		}
		root := strings.ReplaceAll(strings.TrimSuffix(filepath.Base(name), ".json"), "~", "/")
		if byEstate[estate] == nil {
			byEstate[estate] = &modes{}
		}
		byEstate[estate].add(compareModes(t, filepath.Join(keep, "work", estate), root, rec))
		roots[estate]++
	}
	var total modes
	for _, estate := range slices.Sorted(maps.Keys(byEstate)) {
		m := byEstate[estate]
		t.Logf("%s, %d roots: %s", estate, roots[estate], m)
		for _, c := range m.contradictions {
			t.Errorf("%s: %s", estate, c)
		}
		total.add(*m)
	}
	t.Logf("all, %d roots: %s", len(records), total)
}
