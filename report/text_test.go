package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/report/reporttest"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// block returns the lines of the excerpt in a text: the two behind the bar.
func block(t *testing.T, text string) (line, under string) {
	t.Helper()
	var out []string
	for l := range strings.SplitSeq(text, "\n") {
		if _, after, ok := strings.Cut(l, "│ "); ok {
			out = append(out, after)
		}
	}
	if len(out) != 2 {
		t.Fatalf("no excerpt in\n%s", text)
	}
	return out[0], out[1]
}

func TestUnderline(t *testing.T) {
	long := strings.Repeat("x", 60)
	tests := map[string]struct{ file, bad, fact, line, under string }{
		"tabs":       {"\t\ta = bad\n", "bad", "a is bad", "        a = bad", "            ^^^ a is bad"},
		"wide":       {"名前 = \"データ\"\n", "\"データ\"", "", "名前 = \"データ\"", "       ^^^^^^^^"},
		"CRLF":       {"a = bad\r\nb\r\n", "bad", "", "a = bad", "    ^^^"},
		"escape":     {"\x1b[2J = bad\n", "bad", "", "\uFFFD[2J = bad", "       ^^^"},
		"long label": {long + " = bad\n", "bad", strings.Repeat("word ", 10), long + " = bad", strings.Repeat(" ", 63) + "^^^"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := reporttest.New(t, map[string]string{"a.tf": tt.file})
			f := analysis.Finding{Rule: reporttest.Versions, Span: b.At("a.tf", tt.bad)}
			if tt.fact != "" {
				f.Steps = []analysis.Step{{Kind: analysis.StepFact, Text: tt.fact, Span: f.Span}}
			}
			b.Add(f)
			got := write(t, Text, b, Options{})
			line, under := block(t, got)
			if line != tt.line || under != tt.under {
				t.Errorf("got\n%s\n%s\nwant\n%s\n%s", line, under, tt.line, tt.under)
			}
			if n := strings.Count(got, strings.TrimSpace(tt.fact)); tt.fact != "" && n != 1 {
				t.Errorf("the fact is told %d times:\n%s", n, got)
			}
		})
	}
}

func TestOrderOfFindings(t *testing.T) {
	b := reporttest.New(t, map[string]string{"b.tf": "one\ntwo\nthree\n", "a.tf": "x\n"})
	for text, s := range map[string]analysis.Severity{"one": analysis.Low, "two": analysis.Critical, "three": analysis.High} {
		b.Add(analysis.Finding{Rule: &analysis.Rule{ID: "r-" + text, Title: "T", Severity: s}, Span: b.At("b.tf", text)})
	}
	b.Add(analysis.Finding{Rule: &analysis.Rule{ID: "r-x", Title: "T", Severity: analysis.Low}, Span: b.At("a.tf", "x")})
	b.Add(analysis.Finding{Rule: &analysis.Rule{ID: "r-nowhere", Title: "T", Severity: analysis.Low}})
	got := write(t, Text, b, Options{})
	last := -1
	for _, id := range []string{"(no file)", "r-nowhere", "a.tf", "r-x", "b.tf", "r-two", "r-three", "r-one"} {
		i := strings.Index(got, id)
		if i <= last {
			t.Errorf("%s is out of order:\n%s", id, got)
		}
		last = i
	}
}

func TestRemarks(t *testing.T) {
	rule := &analysis.Rule{ID: "r", Title: "T", Severity: analysis.High, In: analysis.Minor(analysis.Low), Variants: map[string]analysis.Severity{"partly": analysis.Medium}}
	var many []analysis.Instance
	for i := range 13 {
		many = append(many, analysis.Instance{Address: fmt.Sprintf("x[%d]", i), Unit: "u", World: "w"})
	}
	tests := map[string]struct {
		f    analysis.Finding
		want string
	}{
		"environment": {analysis.Finding{Severity: analysis.Low, Instances: []analysis.Instance{{Address: "x", Environment: analysis.Test}}}, "severity: low instead of high: in test\n"},
		"variant":     {analysis.Finding{Severity: analysis.Medium, Variant: "partly", Instances: many[:1]}, "severity: medium instead of high: partly\n"},
		"instances":   {analysis.Finding{Instances: many}, "also: x[1], x[2], x[3], x[4], x[5], x[6], x[7], x[8], x[9], x[10], and 2 more\n"},
		"only where the severity differs": {analysis.Finding{Severity: analysis.Low, Instances: []analysis.Instance{
			{Address: "x", Environment: analysis.Test}, {Address: "y", Environment: analysis.Production}}}, "severity: low instead of high: in test\n"},
		"units":   {analysis.Finding{Instances: []analysis.Instance{{Address: "x", Unit: "a"}, {Address: "x", Unit: "b"}}}, "in 2 roots: a, b\n"},
		"a world": {analysis.Finding{Instances: []analysis.Instance{{Address: "x", Unit: "a@prod", World: "prod"}}}, "in world: prod\n"},
		"roots without their worlds": {analysis.Finding{Instances: []analysis.Instance{{Address: "x", Unit: "a@prod", World: "prod"}, {Address: "x", Unit: "a@dev", World: "dev"},
			{Address: "x", Unit: "b@dev", World: "dev"}}}, "in 2 roots: a, b\n"},
		"worlds":  {analysis.Finding{Instances: []analysis.Instance{{Address: "x", World: "prod"}, {Address: "x", World: "dev"}}}, "in 2 worlds: dev, prod\n"},
		"covers":  {analysis.Finding{Covers: []string{"z", "a", "z"}}, "also covers: a, z\n"},
		"example": {analysis.Finding{Example: true}, "code that shows a use"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := reporttest.New(t, map[string]string{"a.tf": "x\n"})
			tt.f.Rule, tt.f.Span = rule, b.At("a.tf", "x")
			b.Coverage.Units, b.Coverage.Roots = 2, 1
			b.Add(tt.f)
			if got := write(t, Text, b, Options{}); !strings.Contains(got, tt.want) {
				t.Errorf("lacks %q:\n%s", tt.want, got)
			}
		})
	}
}

func TestOpenCounts(t *testing.T) {
	b := reporttest.New(t, map[string]string{"a.tf": "x\n"})
	open := func(conditional bool, reasons ...analysis.Reason) {
		b.Add(analysis.Finding{Rule: reporttest.MultiAZ, Open: true, Conditional: conditional, Span: b.At("a.tf", "x"), Reasons: reasons})
	}
	no := func(name string) analysis.Reason {
		return analysis.Reason{Kind: value.NoValue, Text: "var." + name + " has no value"}
	}
	for _, n := range []string{"a", "b", "c", "d"} {
		open(false, no(n))
	}
	open(false, no("d"), no("d"), no("c"))
	open(true, no("d"), analysis.Reason{Kind: value.Computed, Text: "x.arn is known only after deployment"})
	open(false)
	got := write(t, Text, b, Options{})
	for _, want := range []string{
		"not decided  7, of which 1 would be defects if a condition holds\n",
		"no value (6): var.d has no value (3), var.c has no value (2), var.a has no value, and\n               1 more\n",
		"computed (1): x.arn is known only after deployment\n",
		"other (1)\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
}

func TestOpensAreGrouped(t *testing.T) {
	b := reporttest.New(t, map[string]string{"a.tf": "x y\n", "b.tf": "x\n"})
	open := func(rule *analysis.Rule, at string, reasons ...analysis.Reason) {
		b.Add(analysis.Finding{Rule: rule, Open: true, Span: b.At("a.tf", at), Instances: []analysis.Instance{{Address: "r"}}, Reasons: reasons})
	}
	here := analysis.Reason{Kind: value.NoValue, Text: "var.a has no value", Span: b.At("a.tf", "x")}
	there := here
	there.Span = b.At("b.tf", "x")
	open(reporttest.MultiAZ, "x", here, there)
	open(reporttest.Versions, "x", here, there)
	open(reporttest.Versions, "y", here)
	got := write(t, Text, b, Options{Opens: true})
	want := "Not decided\n\n" +
		"  r  a.tf:1:1\n    RDS instance runs in a single zone  [rds-single-az]\n    S3 bucket keeps no versions  [s3-no-versioning]\n" +
		"    ? var.a has no value  a.tf:1:1, b.tf:1:1\n\n" +
		"  r  a.tf:1:3\n    S3 bucket keeps no versions  [s3-no-versioning]\n    ? var.a has no value  a.tf:1:1\n"
	if !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHiddenCounts(t *testing.T) {
	b := reporttest.New(t, nil)
	if got := write(t, Text, b, Options{}); strings.Contains(got, "not shown") {
		t.Errorf("tells of what is not there:\n%s", got)
	}
	b.Coverage.Hidden = analysis.Hidden{ExampleFindings: 3, ExampleOpens: 1, MilderOpens: 2, SkippedFindings: 1, OffFindings: 2}
	got := write(t, Text, b, Options{})
	for _, want := range []string{"3 findings and 1 open verdict in examples", "0 findings and 2 open verdicts below",
		"1 finding and 0 open verdicts in what is left out", "2 findings and 0 open verdicts of rules that"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
}

// The heading names a resource that the severity is true of.
func TestHeadingNamesTheGravestInstance(t *testing.T) {
	b := reporttest.New(t, map[string]string{"a.tf": "x\n"})
	b.Add(analysis.Finding{
		Rule: &analysis.Rule{ID: "r", Title: "T", Severity: analysis.High, In: analysis.Minor(analysis.Low)}, Severity: analysis.High,
		Span: b.At("a.tf", "x"), Instances: []analysis.Instance{{Address: "a", Environment: analysis.Test}, {Address: "z", Environment: analysis.Production}},
	})
	if got := write(t, Text, b, Options{}); !strings.Contains(got, "    z  a.tf:1:1\n") || !strings.Contains(got, "also: a\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestWarningsAndNotesAreCapped(t *testing.T) {
	b := reporttest.New(t, nil)
	for i := range maxWarnings + 5 {
		for _, level := range []source.Level{source.Note, source.Warning, source.Error} {
			b.Diagnostics = append(b.Diagnostics, source.Diagnostic{Level: level, Code: "c", Path: fmt.Sprintf("f%02d", i), Message: "trouble"})
		}
	}
	count := func(o Options) (notes, warnings, errors int) {
		got := write(t, Text, b, o)
		return strings.Count(got, "note: trouble"), strings.Count(got, "warning: trouble"), strings.Count(got, "error: trouble")
	}
	if notes, warnings, errors := count(Options{}); notes != maxNotes || warnings != maxWarnings || errors != maxWarnings+5 {
		t.Errorf("%d notes, %d warnings, %d errors", notes, warnings, errors)
	}
	if notes, warnings, errors := count(Options{Explain: true}); notes+warnings+errors != 3*(maxWarnings+5) {
		t.Errorf("%d notes, %d warnings, %d errors when all are asked for", notes, warnings, errors)
	}
	got := write(t, Text, b, Options{})
	for _, want := range []string{"  and 15 more notes (--explain shows all)\n", "  and 5 more warnings (--explain shows all)\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
}

func TestTextIsInert(t *testing.T) {
	const evil = "\x1b]0;title\a\nline\u202e"
	b := reporttest.New(t, map[string]string{"a" + evil + ".tf": "x\n"})
	rule := &analysis.Rule{ID: "r", Title: "T", Fix: evil}
	sp := b.At("a"+evil+".tf", "x")
	b.Add(analysis.Finding{
		Rule: rule, Span: sp, Message: evil, Instances: []analysis.Instance{{Address: evil}, {Address: evil + "2"}},
		Steps: []analysis.Step{{Kind: analysis.StepOrigin, Text: evil, Span: sp}},
	})
	b.Diagnostics = []source.Diagnostic{{Level: source.Error, Code: "c", Path: evil, Message: evil}}
	b.Coverage.Files.Broken = []string{evil}
	for _, o := range []Options{{}, {Quiet: true}, {Explain: true}} {
		if got := write(t, Text, b, o); strings.ContainsAny(got, "\x1b\a\u202e\r") {
			t.Errorf("control characters in %q", got)
		}
	}
}

func TestNoColorUnlessAsked(t *testing.T) {
	for _, o := range []Options{{}, {Quiet: true}} {
		if strings.Contains(write(t, Text, reporttest.Estate(t), o), "\x1b") {
			t.Error("colours without being asked for")
		}
		o.Color = true
		t.Setenv("NO_COLOR", "1") // the caller reads the environment
		if !strings.Contains(write(t, Text, reporttest.Estate(t), o), "\x1b[") {
			t.Error("no colours")
		}
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"", nil},
		{"one", []string{"one"}},
		{"one two three", []string{"one two", "three"}},
		{"averylongword a", []string{"averylongword", "a"}},
		{"日本 日本 日", []string{"日本 日本", "日"}},
		{"  a \n b ", []string{"a b"}},
	}
	for _, tt := range tests {
		if got := wrap(tt.text, 9); !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestShare(t *testing.T) {
	for _, tt := range []struct {
		part, all int
		want      string
	}{{0, 0, "all"}, {1, 3, "33.3 %"}, {9999, 10000, "99.9 %"}, {5, 5, "100.0 %"}} {
		if got := share(tt.part, tt.all); got != tt.want {
			t.Errorf("%d of %d: %s", tt.part, tt.all, got)
		}
	}
}
