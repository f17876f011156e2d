package checker_test

import (
	"context"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analysis/checker"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/graphtest"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// about makes an analyzer that decides rules about one node.
func about(addr string, decisions ...func(*analysis.Pass, *graph.Node)) func(rules ...*analysis.Rule) *analysis.Analyzer {
	return func(rules ...*analysis.Rule) *analysis.Analyzer {
		return &analysis.Analyzer{Name: rules[0].ID, Rules: rules, Run: func(p *analysis.Pass) (any, error) {
			for _, n := range p.Graph.Nodes() {
				if n.Addr == addr {
					for _, d := range decisions {
						d(p, n)
					}
				}
			}
			return nil, nil
		}}
	}
}

func says(r *analysis.Rule, v value.Verdict, opts ...analysis.Option) func(*analysis.Pass, *graph.Node) {
	return func(p *analysis.Pass, n *graph.Node) { p.Decide(r, n, v, opts...) }
}

func TestPrecedence(t *testing.T) {
	g := graphtest.Load(t, estate+`
resource "aws_subnet" "c" {
}
`)
	a, b, c := graphtest.Node(t, g, "aws_vpc.a"), graphtest.Node(t, g, "aws_vpc.b"), graphtest.Node(t, g, "aws_subnet.c")
	strong, middle, weak := rule("strong"), rule("middle"), rule("weak")
	strong.Covers, middle.Covers = []string{"middle", "weak"}, []string{"weak"}
	fails := value.Bad(value.Fact{Text: "bad"})
	tests := map[string]struct {
		strong, middle, weak []func(*analysis.Pass, *graph.Node)
		findings, opens      string
		covers               string // of the first finding
	}{
		"the stronger one speaks for both": {
			strong: list(says(strong, fails)), weak: list(says(weak, fails)),
			findings: "strong aws_vpc.a high", covers: "weak"},
		"a chain ends in the strongest": {
			strong: list(says(strong, fails)), middle: list(says(middle, fails)), weak: list(says(weak, fails)),
			findings: "strong aws_vpc.a high", covers: "middle weak"},
		"the middle one speaks where the strong one is content": {
			strong: list(says(strong, value.Good())), middle: list(says(middle, fails)), weak: list(says(weak, fails)),
			findings: "middle aws_vpc.a high", covers: "weak"},
		"an open verdict silences nothing": {
			strong: list(says(strong, value.Open(value.Fact{Text: "missing"}))), weak: list(says(weak, fails)),
			findings: "weak aws_vpc.a high", opens: "strong aws_vpc.a high"},
		"a finding silences what is open": {
			strong: list(says(strong, fails)), weak: list(says(weak, value.Open())),
			findings: "strong aws_vpc.a high"},
		"another part is another thing": {
			strong: list(says(strong, fails, analysis.Subject("tcp 22"))), weak: list(says(weak, fails, analysis.Subject("tcp 80"))),
			findings: "strong aws_vpc.a high; weak aws_vpc.a high"},
		"the same part": {
			strong: list(says(strong, fails, analysis.Subject("tcp 22"))), weak: list(says(weak, fails, analysis.Subject("tcp 22"))),
			findings: "strong aws_vpc.a high", covers: "weak"},
		"another resource is another thing": {
			strong: list(says(strong, fails)), weak: list(func(p *analysis.Pass, _ *graph.Node) { p.Decide(weak, b, fails) }),
			findings: "strong aws_vpc.a high; weak aws_vpc.b high"},
		"a resource that the stronger one concerns": {
			strong: list(says(strong, fails, analysis.Concerns(b.ID))), weak: list(func(p *analysis.Pass, _ *graph.Node) { p.Decide(weak, b, fails) }),
			findings: "strong aws_vpc.a high", covers: "weak"},
		"the part of a resource that the stronger one concerns": {
			strong:   list(says(strong, fails, analysis.ConcernsPart(b.ID, "tcp 22"))),
			weak:     list(func(p *analysis.Pass, _ *graph.Node) { p.Decide(weak, b, fails, analysis.Subject("tcp 22")) }),
			findings: "strong aws_vpc.a high", covers: "weak"},
		"another part of a resource that the stronger one concerns": {
			strong:   list(says(strong, fails, analysis.ConcernsPart(b.ID, "tcp 22"))),
			weak:     list(func(p *analysis.Pass, _ *graph.Node) { p.Decide(weak, b, fails, analysis.Subject("tcp 80")) }),
			findings: "strong aws_vpc.a high; weak aws_vpc.b high"},
		"a verdict about several of which the stronger one concerns some": {
			strong: list(says(strong, fails)),
			weak: list(func(p *analysis.Pass, _ *graph.Node) {
				p.Decide(weak, c, fails, analysis.Concerns(a.ID, b.ID), analysis.Together())
			}),
			findings: "strong aws_vpc.a high; weak aws_subnet.c high"},
		"a verdict about several of which stronger ones concern all": {
			strong: list(func(p *analysis.Pass, n *graph.Node) {
				p.Decide(strong, n, fails)
				p.Decide(strong, b, fails)
			}),
			weak: list(func(p *analysis.Pass, _ *graph.Node) {
				p.Decide(weak, c, fails, analysis.Concerns(a.ID, b.ID), analysis.Together())
			}),
			findings: "strong aws_vpc.a high; strong aws_vpc.b high"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			out, err := run(t, g, checker.Options{}, about(a.Addr, tt.weak...)(weak), about(a.Addr, tt.strong...)(strong), about(a.Addr, tt.middle...)(middle))
			if err != nil {
				t.Fatal(err)
			}
			if got := said(out.Findings); got != tt.findings {
				t.Errorf("findings %s, want %s", got, tt.findings)
			}
			if got := said(out.Opens); got != tt.opens {
				t.Errorf("opens %s, want %s", got, tt.opens)
			}
			if got := strings.Join(out.Findings[0].Covers, " "); got != tt.covers {
				t.Errorf("it covers %q, want %q", got, tt.covers)
			}
		})
	}
}

func list(fs ...func(*analysis.Pass, *graph.Node)) []func(*analysis.Pass, *graph.Node) { return fs }

// roles tells the environment of nodes by their names.
type roles struct{ g *graph.Graph }

func (r roles) EnvironmentOf(id graph.NodeID) analysis.Environment {
	return map[string]analysis.Environment{"a": analysis.Production, "b": analysis.Development}[r.g.Node(id).Name]
}

func (r roles) EnvironmentNameOf(graph.NodeID) string { return "" }

func TestSeverity(t *testing.T) {
	g := graphtest.Load(t, estate)
	env := analysis.NewFact("environment", "", nil, func(p *analysis.Pass) (checker.Environments, error) { return roles{p.Graph}, nil })
	r := rule("r")
	r.In = map[analysis.Environment]analysis.Severity{analysis.Production: analysis.Critical, analysis.Development: analysis.Low}
	r.Variants = map[string]analysis.Severity{"mild": analysis.Medium, "grave": analysis.Critical}
	for name, tt := range map[string]struct {
		verdict value.Verdict
		opts    []analysis.Option
		want    string
	}{
		"by environment":            {value.Bad(), nil, "r aws_vpc.a critical; r aws_vpc.b low"},
		"of a milder form":          {value.Bad().As("mild"), nil, "r aws_vpc.a medium; r aws_vpc.b low"},
		"of a graver form":          {value.Bad().As("grave"), nil, "r aws_vpc.a critical; r aws_vpc.b low"},
		"of an undeclared form":     {value.Bad().As("other"), nil, "r aws_vpc.a critical; r aws_vpc.b low"},
		"that the analyzer decides": {value.Bad(), []analysis.Option{func(d *analysis.Decision) { s := analysis.Info; d.Severity = &s }}, "r aws_vpc.a info; r aws_vpc.b info"},
	} {
		a := &analysis.Analyzer{Name: "a", Rules: []*analysis.Rule{r}, Run: func(p *analysis.Pass) (any, error) {
			for _, n := range p.Graph.OfType("aws_vpc") {
				p.Decide(r, n, tt.verdict, tt.opts...)
			}
			return nil, nil
		}}
		out, err := checker.Run(context.Background(), g, checker.Suite{Analyzers: []*analysis.Analyzer{a}, Environment: env.Analyzer}, checker.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := said(out.Findings); got != tt.want {
			t.Errorf("severity %s: %s, want %s", name, got, tt.want)
		}
		if got := out.Findings[0].Instances[0].Environment; got != analysis.Production {
			t.Errorf("the instance is said to be in %q", got)
		}
	}
	out, err := run(t, g, checker.Options{}, decides(r, bad))
	if err != nil || said(out.Findings) != "r aws_vpc.a high; r aws_vpc.b high" {
		t.Errorf("without environments: %s, %v", said(out.Findings), err)
	}
}

func TestVariantsThatDoNotSpeak(t *testing.T) {
	g := graphtest.Load(t, estate)
	r := rule("r")
	verdicts := map[string]value.Verdict{"aws_vpc.a": value.Bad(), "aws_vpc.b": value.Bad().As("weak")}
	out, err := run(t, g, checker.Options{Speaks: func(_ *analysis.Rule, variant string) bool { return variant != "weak" }},
		decides(r, func(n *graph.Node) value.Verdict { return verdicts[n.Addr] }))
	if err != nil || said(out.Findings) != "r aws_vpc.a high" || out.Decided["r"].Bad != 1 {
		t.Errorf("%s, decided %v, %v", said(out.Findings), out.Decided, err)
	}
}

// The instances of one block are one finding, which names all of them.
func TestInstancesAreGrouped(t *testing.T) {
	g := graphtest.Load(t, `
-- main.tf --
module "prod" {
  source = "./m"
}
module "dev" {
  source = "./m"
  good   = true
}
module "third" {
  source = "./m"
}
-- other/main.tf --
module "x" {
  source = "../m"
}
-- m/main.tf --
variable "good" {
  default = false
}
resource "aws_vpc" "v" {
  count                = 12
  enable_dns_hostnames = var.good
}
`)
	r := rule("r")
	a := decides(r, func(n *graph.Node) value.Verdict {
		attr := value.Bool{Attr: value.Attr{V: n.Body.Get("enable_dns_hostnames"), Name: "enable_dns_hostnames"}}
		return attr.Is(true)
	})
	out, err := run(t, g, checker.Options{}, a)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Findings) != 1 || out.Decided["r"] != (analysis.Count{Good: 12, Bad: 36}) {
		t.Fatalf("%d findings, decided %v", len(out.Findings), out.Decided)
	}
	f := out.Findings[0]
	if len(f.Instances) != 36 {
		t.Errorf("%d instances", len(f.Instances))
	}
	var order []string
	for _, i := range f.Instances {
		order = append(order, i.Unit+" "+i.Address)
	}
	if got := strings.Join(order[:3], ", "); got != ". module.prod.aws_vpc.v[0], . module.prod.aws_vpc.v[1], . module.prod.aws_vpc.v[2]" {
		t.Errorf("the instances begin with %s", got)
	}
	if order[2] != ". module.prod.aws_vpc.v[2]" || order[10] != ". module.prod.aws_vpc.v[10]" {
		t.Errorf("instances are not in order of number: %v", order[:12])
	}
	if got := g.Files.Position(f.Span.Pos).String(); got != "m/main.tf:6:26" {
		t.Errorf("shown at %s", got)
	}
	if !strings.Contains(f.Message, "module.prod.aws_vpc.v[0]") {
		t.Errorf("the message names %q", f.Message)
	}
}

// A defect of what may not exist is open, and conditional.
func TestConditional(t *testing.T) {
	g := graphtest.Load(t, `
-- main.tf --
variable "on" {}
resource "aws_vpc" "maybe" {
  count = var.on ? 1 : 0
}
resource "aws_vpc" "never" {
  count = 0
}
`)
	out, err := run(t, g, checker.Options{}, decides(rule("r"), bad))
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Findings) != 0 || len(out.Opens) != 1 || !out.Opens[0].Conditional || !out.Opens[0].Open {
		t.Fatalf("findings %s, opens %s", said(out.Findings), said(out.Opens))
	}
	if rs := out.Opens[0].Reasons; len(rs) != 2 || !strings.Contains(rs[0].Text, "var.on") {
		t.Errorf("it does not say what decides: %v", rs)
	}
	if out.Decided["r"] != (analysis.Count{Open: 1}) {
		t.Errorf("decided %v", out.Decided)
	}
	open, err := run(t, g, checker.Options{}, decides(rule("r"), func(*graph.Node) value.Verdict { return value.Open() }))
	if err != nil || len(open.Opens) != 1 || open.Opens[0].Conditional {
		t.Errorf("an open verdict counts as a defect of what may not exist: %+v, %v", open.Opens, err)
	}
}

// The identity of a finding outlives everything but a new name for the block.
func TestIdentity(t *testing.T) {
	r := rule("r")
	id := func(archive string, subject string) string {
		t.Helper()
		g := graphtest.Load(t, archive)
		a := &analysis.Analyzer{Name: "a", Rules: []*analysis.Rule{r}, Run: func(p *analysis.Pass) (any, error) {
			for _, n := range p.Graph.OfType("aws_vpc") {
				p.Decide(r, n, bad(n), analysis.Subject(subject))
			}
			return nil, nil
		}}
		out, err := run(t, g, checker.Options{}, a)
		if err != nil || len(out.Findings) != 1 {
			t.Fatalf("%s, %v", said(out.Findings), err)
		}
		return out.Findings[0].ID
	}
	before := id("-- main.tf --\nresource \"aws_vpc\" \"a\" {\n}\n", "")
	for name, archive := range map[string]string{
		"lines before it":       "-- main.tf --\n# new\n\nlocals {\n}\nresource \"aws_vpc\" \"a\" {\n}\n",
		"a longer block":        "-- main.tf --\nresource \"aws_vpc\" \"a\" {\n  cidr_block = \"10.0.0.0/16\"\n}\n",
		"other files":           "-- a.tf --\nresource \"aws_subnet\" \"s\" {\n}\n-- main.tf --\nresource \"aws_vpc\" \"a\" {\n}\n",
		"a count":               "-- main.tf --\nresource \"aws_vpc\" \"a\" {\n  count = 3\n}\n",
		"a file moved to CRLF":  "-- main.tf --\nresource \"aws_vpc\" \"a\" {\r\n}\r\n",
		"another indent":        "-- main.tf --\n  resource   \"aws_vpc\"   \"a\"   {  }\n",
		"another one behind it": "-- main.tf --\nresource \"aws_vpc\" \"a\" {\n}\nresource \"aws_subnet\" \"b\" {\n}\n",
	} {
		if got := id(archive, ""); got != before {
			t.Errorf("%s changes the identity", name)
		}
	}
	for name, got := range map[string]string{
		"another name":    id("-- main.tf --\nresource \"aws_vpc\" \"b\" {\n}\n", ""),
		"another file":    id("-- other.tf --\nresource \"aws_vpc\" \"a\" {\n}\n", ""),
		"another subject": id("-- main.tf --\nresource \"aws_vpc\" \"a\" {\n}\n", "x"),
	} {
		if got == before {
			t.Errorf("%s keeps the identity", name)
		}
	}
}

func TestOrder(t *testing.T) {
	g := graphtest.Load(t, "-- b.tf --\nresource \"aws_vpc\" \"a\" {\n}\n-- a.tf --\nresource \"aws_vpc\" \"z\" {\n}\nresource \"aws_vpc\" \"b\" {\n}\n")
	out, err := run(t, g, checker.Options{}, decides(rule("y"), bad), decides(rule("x"), bad))
	if err != nil {
		t.Fatal(err)
	}
	want := "x aws_vpc.z high; y aws_vpc.z high; x aws_vpc.b high; y aws_vpc.b high; x aws_vpc.a high; y aws_vpc.a high"
	if got := said(out.Findings); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRemoteModules(t *testing.T) {
	g := graphtest.Load(t, estate)
	n := graphtest.Node(t, g, "aws_vpc.a")
	call := source.Span{Pos: 3, End: 9}
	outer := &graph.Module{Path: "module.net", Source: "terraform-aws-modules/vpc/aws", Version: "5.0", Remote: true, Call: call}
	n.Module = &graph.Module{Path: "module.net.module.sub", Source: "./sub", Remote: true, Parent: outer}
	out, err := run(t, g, checker.Options{}, decides(rule("r"), bad))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range out.Findings {
		if f.Instances[0].Address != "aws_vpc.a" {
			continue
		}
		if f.Remote == nil || f.Remote.Path != "module.net" || f.Remote.Call != call || f.Remote.Version != "5.0" {
			t.Errorf("the finding is to be shown at %+v", f.Remote)
		}
		last := f.Steps[len(f.Steps)-1]
		if last.Kind != analysis.StepModule || last.Text != "module.net is called" {
			t.Errorf("the last step is %+v", last)
		}
	}
}
