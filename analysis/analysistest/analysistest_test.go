package analysistest

import (
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analysis/checker"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// The harness is tested with a rule that looks at one attribute:
// "the size of a volume is at most 10", decided rightly and wrongly.

const volumes = `A volume is small.

-- bad/main.tf --
resource "aws_ebs_volume" "big" {
  size = 20 # want test-rule "size is 20"
}

resource "aws_ebs_volume" "small" { # ok test-rule
  size = 1
}
-- bad/template.yaml --
Resources:
  Big:
    Type: AWS::EC2::Volume
    Properties:
      Size: 20 # want test-rule[medium] "Size is 20"
  Small: # ok test-rule
    Type: AWS::EC2::Volume
    Properties:
      Size: 1
-- good/main.tf --
resource "aws_ebs_volume" "small" { # ok test-rule
  size = 1
}
-- good/template.yaml --
Resources:
  Small: # ok test-rule
    Type: AWS::EC2::Volume
    Properties:
      Size: 1
-- open/main.tf --
variable "size" {}

resource "aws_ebs_volume" "some" { # open test-rule "var.size has no value"
  size = var.size
}
-- open/template.yaml --
Parameters:
  Size: {Type: Number}
Resources:
  Some: # open test-rule "Parameters.Size"
    Type: AWS::EC2::Volume
    Properties:
      Size: !Ref Size
`

// size is the attribute, read without a model so that the test depends on none.
func size(n *graph.Node) value.Int {
	name := map[graph.Lang]string{graph.Terraform: "size", graph.CloudFormation: "Size"}[n.Lang]
	return value.Int{Attr: value.Attr{V: n.Body.Get(name), Name: name, Owner: n.Span}}
}

type decider func(p *analysis.Pass, r *analysis.Rule, nodes []*graph.Node)

func right(p *analysis.Pass, r *analysis.Rule, nodes []*graph.Node) {
	for _, n := range nodes {
		p.Decide(r, n, size(n).AtMost(10))
	}
}

// problems runs the harness with a rule that is decided that way.
func problems(t *testing.T, archive string, decide decider) []string {
	t.Helper()
	rule := &analysis.Rule{ID: "test-rule", Title: "Volume is too big", Severity: analysis.Medium}
	a := &analysis.Analyzer{Name: "test", Rules: []*analysis.Rule{rule}, Run: func(p *analysis.Pass) (any, error) {
		decide(p, rule, append(slices.Clone(p.Graph.OfType("aws_ebs_volume")), p.Graph.OfType("AWS::EC2::Volume")...))
		return nil, nil
	}}
	parsed, err := parseArchive("test-rule.txtar", []byte(archive))
	if err != nil {
		return []string{err.Error()}
	}
	h := &harness{suite: checker.Suite{Analyzers: []*analysis.Analyzer{a}}, rule: rule, archive: parsed}
	out := parsed.complete()
	for _, s := range parsed.scenarios {
		found := map[language]int{}
		for _, lang := range languages {
			if files := s.of(lang); files.has(lang) {
				o, problems, err := h.examine(t.Context(), t.TempDir, s, lang, files)
				if err != nil {
					t.Fatal(err)
				}
				found[lang] = len(o.Findings)
				out = append(out, problems...)
			}
		}
		out = append(out, h.parity(s, found)...)
	}
	return out
}

func TestRightRulePasses(t *testing.T) {
	for _, p := range problems(t, volumes, right) {
		t.Error(p)
	}
}

func TestWrongRulesAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		decide decider
		// want is part of a problem that must be reported.
		want string
	}{
		"silent": {func(*analysis.Pass, *analysis.Rule, []*graph.Node) {}, "no such finding here"},
		"does not decide what is good": {func(p *analysis.Pass, r *analysis.Rule, nodes []*graph.Node) {
			for _, n := range nodes {
				if v := size(n).AtMost(10); !v.IsGood() {
					p.Decide(r, n, v)
				}
			}
		}, "no resource that begins here is decided"},
		"finds too much": {func(p *analysis.Pass, r *analysis.Rule, nodes []*graph.Node) {
			for _, n := range nodes {
				p.Decide(r, n, size(n).AtMost(0))
			}
		}, "not annotated: [medium] Volume is too big in aws_ebs_volume.small"},
		"takes unknown for good": {func(p *analysis.Pass, r *analysis.Rule, nodes []*graph.Node) {
			for _, n := range nodes {
				got, _ := size(n).Get()
				p.Decide(r, n, value.That(tri.Of(got <= 10), size(n).Fact()))
			}
		}, "without size of aws_ebs_volume.big: . aws_ebs_volume.big turns from bad to good"},
		"takes unknown for bad": {func(p *analysis.Pass, r *analysis.Rule, nodes []*graph.Node) {
			for _, n := range nodes {
				got, ok := size(n).Get()
				p.Decide(r, n, value.That(tri.Of(ok && got <= 10), size(n).Fact()))
			}
		}, "without size of aws_ebs_volume.small: . aws_ebs_volume.small turns from good to bad"},
		"is silent about the unknown": {func(p *analysis.Pass, r *analysis.Rule, nodes []*graph.Node) {
			for _, n := range nodes {
				if v := size(n).AtMost(10); !v.IsOpen() {
					p.Decide(r, n, v)
				}
			}
		}, ". aws_ebs_volume.big, which was bad, is neither bad nor open any more"},
		"ignores that a body may hold more": {func(p *analysis.Pass, r *analysis.Rule, nodes []*graph.Node) {
			right(p, r, nodes)
			for _, n := range nodes {
				p.Decide(r, n, value.That(tri.Of(len(n.Body.Fields()) < 2)), analysis.Subject("fields"))
				p.Decide(r, n, value.That(tri.Of(n.Body.Get("iops").IsAbsent())), analysis.Subject("iops"))
			}
		}, "without what is not written in  of aws_ebs_volume.big: . aws_ebs_volume.big (iops) turns from good to bad"},
		"looks at the first one alone": {func(p *analysis.Pass, r *analysis.Rule, nodes []*graph.Node) {
			right(p, r, nodes[:1])
		}, "in reverse order it is missing that"},
		"shows another resource": {func(p *analysis.Pass, r *analysis.Rule, nodes []*graph.Node) {
			for _, n := range nodes {
				p.Decide(r, n, size(n).AtMost(10), analysis.At(nodes[len(nodes)-1].Span.Head()))
			}
		}, "shown outside the resource"},
		"does not name the resource": {func(p *analysis.Pass, r *analysis.Rule, nodes []*graph.Node) {
			for _, n := range nodes {
				p.Decide(r, n, size(n).AtMost(10), analysis.Says("size is 20, Size is 20"))
			}
		}, "the sentence names no resource"},
		"gives no reason": {func(p *analysis.Pass, r *analysis.Rule, nodes []*graph.Node) {
			for _, n := range nodes {
				v := size(n).AtMost(10)
				if v.IsOpen() {
					v = value.Open()
				}
				p.Decide(r, n, v)
			}
		}, "an open verdict must say what is missing"},
		"knows one language": {func(p *analysis.Pass, r *analysis.Rule, nodes []*graph.Node) {
			right(p, r, slices.DeleteFunc(nodes, func(n *graph.Node) bool { return n.Lang == graph.CloudFormation }))
		}, "1 findings in Terraform and 0 in CloudFormation"},
	} {
		t.Run(name, func(t *testing.T) {
			got := problems(t, volumes, c.decide)
			if !slices.ContainsFunc(got, func(p string) bool { return strings.Contains(p, c.want) }) {
				t.Errorf("no problem has %q; there are:\n%s", c.want, strings.Join(got, "\n"))
			}
		})
	}
}

func TestBadArchivesAreRefused(t *testing.T) {
	replace := func(old, by string) string {
		t.Helper()
		if !strings.Contains(volumes, old) {
			t.Fatalf("the archive has no %q", old)
		}
		return strings.Replace(volumes, old, by, 1)
	}
	for name, c := range map[string]struct{ archive, want string }{
		"other rule":       {replace("# ok test-rule", "# ok other-rule"), "names other-rule"},
		"no pattern":       {replace(`test-rule "size is 20"`, "test-rule"), "needs a pattern"},
		"broken pattern":   {replace(`"size is 20"`, `"size (is 20"`), "missing closing )"},
		"no severity":      {replace("[medium]", "[grave]"), "unknown severity"},
		"wrong severity":   {replace("[medium]", "[high]"), "no such finding here"},
		"wrong profile":    {replace("[medium]", "[medium review]"), "no such finding here"},
		"garbled":          {replace("# ok test-rule", "#ok test-rule"), "not an annotation"},
		"other directory":  {replace("-- good/main.tf --", "-- fine/main.tf --"), "files stand in bad/, good/, open/"},
		"language missing": {replace("-- open/template.yaml --", "-- open/notes.txt --"), "no scenario in cloudformation shows what is open"},
		"reason missing":   {replace("A volume is small.", "only: terraform"), "must give a reason"},
		"needless excuse":  {replace("A volume is small.", "counts: bad — no reason"), "the header excuses different counts"},
		"needless silence": {replace("A volume is small.", "silent: good — no reason"), "nothing is good (no reason), but terraform shows it"},
		"never bad":        {replace("A volume is small.", "silent: bad — no reason"), "silent: good or open"},
		"gap closed":       {replace(`# want test-rule "size is 20"`, `# todo want test-rule "size is 20"`), "the gap is closed: make it a want"},
		"false one gone":   {replace("# ok test-rule", "# todo ok test-rule"), "the gap is closed: make it an ok"},
		"defect in good":   {replace("{ # ok test-rule\n  size = 1\n}\n-- good/template", "{ # want test-rule \"x\"\n  size = 1\n}\n-- good/template"), "what is good has no"},
		"only one":         {replace("A volume is small.", "only: terraform — no reason"), "the header says only: terraform"},
		"syntax":           {replace("size = 20", "size = = 20"), "bad/main.tf:2"},
	} {
		t.Run(name, func(t *testing.T) {
			got := problems(t, c.archive, right)
			if !slices.ContainsFunc(got, func(p string) bool { return strings.Contains(p, c.want) }) {
				t.Errorf("no problem has %q; there are:\n%s", c.want, strings.Join(got, "\n"))
			}
		})
	}
}

func TestSplitBlocks(t *testing.T) {
	const text = `# about x
variable "x" {}

resource "aws_vpc" "a" { # ok
  cidr_block = "10.0.0.0/8" # }

  tags = {
    a = "b"
  }
} # end
locals { a = 1 }
`
	var got []string
	for _, b := range splitBlocks(text) {
		got = append(got, b.kind+" "+strings.Join(b.labels, "."))
	}
	if want := []string{"variable x", "resource aws_vpc.a", "locals "}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestReverseResources(t *testing.T) {
	const text = `Parameters:
  P: {Type: String}
Resources:
  # about A
  A: # ok
    Type: X
    # inside A
    Properties: {}

  B:
    Type: Y
Outputs:
  O: {Value: 1}
`
	const want = `Parameters:
  P: {Type: String}
Resources:
  B:
    Type: Y
  # about A
  A: # ok
    Type: X
    # inside A
    Properties: {}
Outputs:
  O: {Value: 1}
`
	if got := reverseResources(text); got != want {
		t.Errorf("got:\n%s", got)
	}
}

// TestLosses makes sure that a loss of every sort is tried.
func TestLosses(t *testing.T) {
	n := &graph.Node{Exists: tri.True, Body: value.OfObject([]value.Field{
		{Name: "list", Value: value.OfList([]value.Value{value.OfInt(1, source.Span{})}, source.Span{})},
	}, source.Span{})}
	var got []string
	n.Addr, n.Provider = "a.b", &graph.Provider{Addr: "aws", DefaultTags: value.OfObject(nil, source.Span{})}
	u := &graph.Unit{Key: "u", Inputs: value.OfObject([]value.Field{{Name: "env", Value: value.OfString("dev", source.Span{})}}, source.Span{})}
	e := &estate{parts: []*graph.Part{{Unit: u, Nodes: []*graph.Node{n, n}}}}
	for _, l := range e.losses(1) {
		got = append(got, strings.TrimSuffix(l.what, " of a.b"))
	}
	node := []string{"the existence", "list", "list but its kind", "list[0]", "the existence of list[0]",
		"list[0], which may or may not be there,", "the length of list", "what is not written in "}
	want := append([]string{"input.env of u", "what is not written in input of u"}, node...)
	want = append(append(want, "default_tags of provider aws", "default_tags but its kind of provider aws",
		"what is not written in default_tags of provider aws"), node...)
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
