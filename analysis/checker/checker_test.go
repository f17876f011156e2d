package checker_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analysis/checker"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/graphtest"
	"github.com/wacheck/wacheck/value"
)

const estate = `
-- main.tf --
resource "aws_vpc" "a" {
}

resource "aws_vpc" "b" {
}
`

// rule makes a rule of that id.
func rule(id string) *analysis.Rule {
	return &analysis.Rule{ID: id, Title: "Title of " + id, Severity: analysis.High}
}

// decides makes an analyzer that gives each VPC the verdict of a rule.
func decides(r *analysis.Rule, verdict func(*graph.Node) value.Verdict, requires ...*analysis.Analyzer) *analysis.Analyzer {
	return &analysis.Analyzer{Name: "analyzer-" + r.ID, Rules: []*analysis.Rule{r}, Requires: requires, Run: func(p *analysis.Pass) (any, error) {
		for _, n := range p.Graph.OfType("aws_vpc") {
			p.Decide(r, n, verdict(n))
		}
		return nil, nil
	}}
}

func bad(n *graph.Node) value.Verdict {
	return value.Bad(value.Fact{Text: "it is bad", Span: n.Span.Head()})
}

func run(t *testing.T, g *graph.Graph, o checker.Options, as ...*analysis.Analyzer) (*checker.Outcome, error) {
	t.Helper()
	out, err := checker.Run(context.Background(), g, checker.Suite{Analyzers: as}, o)
	if out == nil {
		t.Fatalf("no outcome: %v", err)
	}
	return out, err
}

// said writes findings in short: "rule address severity".
func said(fs []analysis.Finding) string {
	var out []string
	for _, f := range fs {
		var addresses []string
		for _, i := range f.Instances {
			addresses = append(addresses, i.Address)
		}
		out = append(out, fmt.Sprintf("%s %s %s", f.Rule.ID, strings.Join(addresses, "+"), f.Severity))
	}
	return strings.Join(out, "; ")
}

// An analyzer that panics is named and fails the run; what the others say is there.
func TestPanicIsNamedAndOthersAreHeard(t *testing.T) {
	g := graphtest.Load(t, estate)
	half := rule("half")
	panics := &analysis.Analyzer{Name: "clumsy", Rules: []*analysis.Rule{half}, Run: func(p *analysis.Pass) (any, error) {
		p.Decide(half, p.Graph.OfType("aws_vpc")[0], bad(p.Graph.OfType("aws_vpc")[0]))
		return p.Graph.Nodes()[len(p.Graph.Nodes())], nil
	}}
	fails := &analysis.Analyzer{Name: "honest", Rules: []*analysis.Rule{rule("none")}, Run: func(*analysis.Pass) (any, error) {
		return nil, errors.New("can't be done")
	}}
	out, err := run(t, g, checker.Options{}, panics, fails, decides(rule("sound"), bad))
	if err == nil || !strings.Contains(err.Error(), "clumsy panicked") || !strings.Contains(err.Error(), "checker_test.go") {
		t.Errorf("the error does not say who panicked and where: %v", err)
	}
	if !strings.Contains(fmt.Sprint(err), "honest: can't be done") {
		t.Errorf("the error does not say who failed: %v", err)
	}
	if got, want := said(out.Findings), "sound aws_vpc.a high; sound aws_vpc.b high"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(out.Decided) != 1 {
		t.Errorf("rules that were not decided to the end are counted: %v", out.Decided)
	}
}

func TestFactsAreMadeOnceAndFirst(t *testing.T) {
	g := graphtest.Load(t, estate)
	var made atomic.Int32
	inner := analysis.NewFact("inner", "", nil, func(*analysis.Pass) (int, error) { return int(made.Add(1)), nil })
	outer := analysis.NewFact("outer", "", []*analysis.Analyzer{inner.Analyzer}, func(p *analysis.Pass) (string, error) {
		return fmt.Sprint("made of ", inner.Of(p)), nil
	})
	var as []*analysis.Analyzer
	for i := range 8 {
		r := rule(fmt.Sprint("r", i))
		as = append(as, &analysis.Analyzer{Name: r.ID, Rules: []*analysis.Rule{r}, Requires: []*analysis.Analyzer{outer.Analyzer, inner.Analyzer},
			Run: func(p *analysis.Pass) (any, error) {
				p.Decide(r, p.Graph.OfType("aws_vpc")[0], value.Bad(value.Fact{Text: outer.Of(p)}))
				return nil, nil
			}})
	}
	out, err := run(t, g, checker.Options{}, as...)
	if err != nil {
		t.Fatal(err)
	}
	if made.Load() != 1 || len(out.Findings) != 8 || !strings.HasSuffix(out.Findings[0].Message, "made of 1") {
		t.Errorf("made %d times; %s", made.Load(), said(out.Findings))
	}
}

func TestBrokenFacts(t *testing.T) {
	g := graphtest.Load(t, estate)
	broken := analysis.NewFact("broken", "", nil, func(*analysis.Pass) (int, error) { panic("oh") })
	unused := analysis.NewFact("unused", "", nil, func(*analysis.Pass) (int, error) { return 1, nil })
	sneaky := rule("sneaky")
	out, err := run(t, g, checker.Options{},
		decides(rule("needs"), bad, broken.Analyzer),
		&analysis.Analyzer{Name: "sneak", Rules: []*analysis.Rule{sneaky}, Run: func(p *analysis.Pass) (any, error) { return unused.Of(p), nil }},
		decides(rule("sound"), bad))
	if err == nil || !strings.Contains(err.Error(), "analyzer-needs: needs analyzer broken panicked: oh") {
		t.Errorf("the error does not say which fact was missing: %v", err)
	}
	if !strings.Contains(fmt.Sprint(err), "analyzer sneak reads fact unused without requiring it") {
		t.Errorf("a fact that was not asked for could be read: %v", err)
	}
	if got, want := said(out.Findings), "sound aws_vpc.a high; sound aws_vpc.b high"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOnlyWhatIsWantedRuns(t *testing.T) {
	g := graphtest.Load(t, estate)
	var fact atomic.Int32
	costly := analysis.NewFact("costly", "", nil, func(*analysis.Pass) (int, error) { fact.Add(1); return 0, nil })
	wanted := decides(rule("wanted"), bad)
	unwanted := decides(rule("unwanted"), bad, costly.Analyzer)
	out, err := run(t, g, checker.Options{Enabled: func(r *analysis.Rule) bool { return r.ID == "wanted" }}, unwanted, wanted)
	if err != nil || fact.Load() != 0 || len(out.Rules) != 1 || out.Rules[0].ID != "wanted" || len(out.Findings) != 2 {
		t.Errorf("fact made %d times, rules %v, findings %s, %v", fact.Load(), out.Rules, said(out.Findings), err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	out, err := checker.Run(ctx, graphtest.Load(t, estate), checker.Suite{Analyzers: []*analysis.Analyzer{decides(rule("r"), bad)}}, checker.Options{})
	if !errors.Is(err, context.Canceled) || len(out.Findings) != 0 {
		t.Errorf("got %v and %s", err, said(out.Findings))
	}
}

// The order of the threads must not show.
func TestRunIsDeterministic(t *testing.T) {
	g := graphtest.Load(t, estate)
	picture := func() string {
		var as []*analysis.Analyzer
		for i := range 20 {
			as = append(as, decides(rule(fmt.Sprintf("r%02d", i)), bad))
		}
		out, err := run(t, g, checker.Options{}, as...)
		if err != nil {
			t.Fatal(err)
		}
		return said(out.Findings)
	}
	want := picture()
	for _, threads := range []int{1, 2, 4} {
		before := runtime.GOMAXPROCS(threads)
		got := picture()
		runtime.GOMAXPROCS(before)
		if got != want {
			t.Errorf("with %d threads: %s\nwant %s", threads, got, want)
		}
	}
}

func TestValidate(t *testing.T) {
	ring := &analysis.Analyzer{Name: "ring"}
	ring.Requires = []*analysis.Analyzer{{Name: "between", Requires: []*analysis.Analyzer{ring}}}
	alias := rule("new-name")
	alias.Aliases = []string{"old-name"}
	covers := func(id string, others ...string) *analysis.Rule {
		r := rule(id)
		r.Covers = others
		return r
	}
	holds := func(rules ...*analysis.Rule) *analysis.Analyzer { return &analysis.Analyzer{Name: "a", Rules: rules} }
	for want, as := range map[string][]*analysis.Analyzer{
		"":                          {holds(rule("one"), covers("two", "one", "to-come")), holds(alias)},
		"rule same belongs to":      {holds(rule("same")), holds(rule("same"))},
		"rule old-name belongs to":  {holds(alias), holds(rule("old-name"))},
		"fact ring requires itself": {ring},
		"rule x covers itself":      {holds(covers("x", "y"), covers("y", "z"), covers("z", "x"))},
	} {
		err := checker.Suite{Analyzers: as}.Validate()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
