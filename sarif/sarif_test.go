package sarif

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/report/reporttest"
	"github.com/wacheck/wacheck/source"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// log is the part of SARIF that the tests look at.
type log struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Name            string
				Version         string
				SemanticVersion string
				Rules           []rule
			}
		}
		ColumnKind        string
		AutomationDetails struct{ ID string }
		Results           []result
		Invocations       []struct {
			ExecutionSuccessful        bool
			ToolExecutionNotifications []struct {
				Level      string
				Message    struct{ Text string }
				Descriptor struct{ ID string }
				Locations  []location
			}
		}
		Properties map[string]any
	}
}

type rule struct {
	ID, Name                          string
	ShortDescription, FullDescription struct{ Text string }
	Help                              struct{ Text, Markdown string }
	HelpURI                           string
	DefaultConfiguration              struct{ Level string }
	DeprecatedIDs                     []string
	Properties                        map[string]any
}

type location struct {
	ID               int
	Message          struct{ Text string }
	PhysicalLocation struct {
		ArtifactLocation struct{ URI, URIBaseID string }
		Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
	}
	LogicalLocations []struct{ FullyQualifiedName, Name, Kind string }
}

type result struct {
	RuleID, Kind, Level string
	RuleIndex           int
	Message             struct{ Text string }
	Locations           []location
	RelatedLocations    []location
	CodeFlows           []struct {
		ThreadFlows []struct{ Locations []struct{ Location location } }
	}
	Fingerprints, PartialFingerprints map[string]string
	BaselineState                     string
	Suppressions                      []struct{ Kind, Status, Justification string }
	Properties                        map[string]any
}

func (r result) at() string {
	p := r.Locations[0].PhysicalLocation
	return fmt.Sprintf("%s:%d:%d-%d", p.ArtifactLocation.URI, p.Region.StartLine, p.Region.StartColumn, p.Region.EndColumn)
}

// officialSchema is the schema of OASIS; see testdata/README.md.
var officialSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	text, err := os.ReadFile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(schemaURI, doc); err != nil {
		return nil, err
	}
	return c.Compile(schemaURI)
})

// write writes a result, validates the output by the official schema and by
// what GitHub asks for, and returns it.
func write(t *testing.T, b *reporttest.Build, o Options) (log, []byte) {
	t.Helper()
	var buf bytes.Buffer
	if err := New(o).Write(&buf, &b.Result); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(buf.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := officialSchema()
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("not valid: %v", err)
	}
	var l log
	if err := json.Unmarshal(buf.Bytes(), &l); err != nil {
		t.Fatal(err)
	}
	if len(l.Runs) != 1 {
		t.Fatalf("%d runs", len(l.Runs))
	}
	checkGitHub(t, l)
	if bytes.Contains(buf.Bytes(), []byte(": null")) {
		t.Error("there are nulls")
	}
	return l, buf.Bytes()
}

// checkGitHub checks what GitHub code scanning asks for and the schema does not.
func checkGitHub(t *testing.T, l log) {
	t.Helper()
	run := l.Runs[0]
	if run.Tool.Driver.Name != "wacheck" || run.ColumnKind != "unicodeCodePoints" || run.Results == nil {
		t.Errorf("tool %q, columns %q, results nil: %v", run.Tool.Driver.Name, run.ColumnKind, run.Results == nil)
	}
	for i, r := range run.Tool.Driver.Rules {
		if i > 0 && r.ID <= run.Tool.Driver.Rules[i-1].ID {
			t.Errorf("rule %s is not in order, or twice", r.ID)
		}
		if r.ShortDescription.Text == "" || r.FullDescription.Text == "" || r.Help.Text == "" || r.Help.Markdown == "" || r.Name == "" {
			t.Errorf("rule %s lacks a text: %+v", r.ID, r)
		}
		if n := len(r.Properties["tags"].([]any)); n == 0 || n > 10 {
			t.Errorf("rule %s has %d tags", r.ID, n)
		}
	}
	seen := map[string]bool{}
	for _, r := range run.Results {
		if len(r.Locations) != 1 {
			t.Errorf("%s has %d locations", r.RuleID, len(r.Locations))
			continue
		}
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("%s has index %d", r.RuleID, r.RuleIndex)
		}
		key := fmt.Sprintf("%s %s %d", r.RuleID, r.Locations[0].PhysicalLocation.ArtifactLocation.URI, r.Locations[0].PhysicalLocation.Region.StartLine)
		if seen[key] && len(r.Suppressions) == 0 {
			t.Errorf("two results for %s", key)
		}
		seen[key] = true
		places := append(append([]location(nil), r.Locations...), r.RelatedLocations...)
		for _, f := range r.CodeFlows {
			for _, l := range f.ThreadFlows[0].Locations {
				places = append(places, l.Location)
			}
		}
		for _, l := range places {
			checkLocation(t, r.RuleID, l)
		}
		if r.PartialFingerprints["primaryLocationLineHash"] == "" && r.BaselineState != "absent" || r.Message.Text == "" {
			t.Errorf("%s lacks a fingerprint or message", key)
		}
	}
}

func checkLocation(t *testing.T, id string, l location) {
	t.Helper()
	a, r := l.PhysicalLocation.ArtifactLocation, l.PhysicalLocation.Region
	u, err := url.Parse(a.URI)
	if err != nil || u.IsAbs() || a.URIBaseID != "" || a.URI == "" || strings.HasPrefix(a.URI, "/") ||
		strings.Contains(a.URI, "..") || strings.Contains(a.URI, ".terraform/") || strings.Contains(a.URI, `\`) {
		t.Errorf("%s: bad address %q", id, a.URI)
	}
	if r.StartLine < 1 || r.EndLine != r.StartLine || r.StartColumn < 1 || r.EndColumn < r.StartColumn {
		t.Errorf("%s: bad region %+v", id, r)
	}
}

func find(t *testing.T, l log, id string) result {
	t.Helper()
	for _, r := range l.Runs[0].Results {
		if r.RuleID == id {
			return r
		}
	}
	t.Fatalf("no result of %s", id)
	return result{}
}

func TestGolden(t *testing.T) {
	for name, o := range map[string]Options{
		"estate.sarif": {Version: "1.2.3"},
		"opens.sarif":  {Version: "dev", IncludeOpen: true, Prefix: "infra", Category: "nightly", IncludeAccepted: true},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := write(t, reporttest.Estate(t), o)
			reporttest.Golden(t, name, got, *update)
		})
	}
}

func TestSameBytesInAnyOrder(t *testing.T) {
	o := Options{IncludeOpen: true}
	_, want := write(t, reporttest.Estate(t), o)
	b := reporttest.Estate(t)
	for _, list := range [][]analysis.Finding{b.Findings, b.Opens} {
		for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
			list[i], list[j] = list[j], list[i]
		}
	}
	b.Diagnostics[0], b.Diagnostics[2] = b.Diagnostics[2], b.Diagnostics[0]
	b.Rules[0], b.Rules[1] = b.Rules[1], b.Rules[0]
	if _, got := write(t, b, o); !bytes.Equal(got, want) {
		t.Error("the order of the input shows in the output")
	}
}

func TestLevels(t *testing.T) {
	tests := []struct {
		severity                    analysis.Severity
		level, score, problem, risk string
	}{
		{analysis.Critical, "error", "9.5", "error", "HRI"},
		{analysis.High, "error", "8.0", "error", "HRI"},
		{analysis.Medium, "warning", "5.5", "warning", "MRI"},
		{analysis.Low, "note", "2.5", "recommendation", "MRI"},
		{analysis.Info, "note", "", "recommendation", "MRI"},
	}
	for _, tt := range tests {
		t.Run(tt.severity.String(), func(t *testing.T) {
			b := reporttest.New(t, map[string]string{"a.tf": "x\ny\n"})
			for _, p := range []analysis.Pillar{analysis.Security, analysis.Cost} {
				b.Add(analysis.Finding{Span: b.At("a.tf", "x"), Rule: &analysis.Rule{
					ID: "some-" + string(p), Title: "T", Severity: tt.severity, Pillar: p, Practice: "X01-BP01"}})
			}
			l, _ := write(t, b, Options{})
			cost, security := l.Runs[0].Tool.Driver.Rules[0], l.Runs[0].Tool.Driver.Rules[1]
			if got, _ := security.Properties["security-severity"].(string); got != tt.score {
				t.Errorf("score %q, want %q", got, tt.score)
			}
			if _, ok := security.Properties["problem.severity"]; ok {
				t.Error("a security rule has a problem severity")
			}
			if _, ok := cost.Properties["security-severity"]; ok {
				t.Error("a cost rule has a security score")
			}
			if got := cost.Properties["problem.severity"]; got != tt.problem {
				t.Errorf("problem severity %v, want %v", got, tt.problem)
			}
			if got, want := fmt.Sprint(cost.Properties["tags"]), fmt.Sprintf("[cost well-architected X01-BP01 %s]", tt.risk); got != want {
				t.Errorf("tags %s, want %s", got, want)
			}
			r := find(t, l, "some-cost")
			if r.Level != tt.level || cost.DefaultConfiguration.Level != tt.level || r.Kind != "fail" {
				t.Errorf("level %s, default %s, kind %s", r.Level, cost.DefaultConfiguration.Level, r.Kind)
			}
		})
	}
}

func TestRuleTexts(t *testing.T) {
	b := reporttest.New(t, nil)
	b.Rule(reporttest.Encrypted)
	b.Rule(&analysis.Rule{ID: "bare", Title: strings.Repeat("é", 2000)})
	l, _ := write(t, b, Options{
		Help: func(id string) (string, string) {
			if id == "bare" {
				return "", ""
			}
			return "text of " + id, "markdown of " + id
		},
		HelpURI: func(id string) string { return "https://example.org/" + id },
	})
	bare, rds := l.Runs[0].Tool.Driver.Rules[0], l.Runs[0].Tool.Driver.Rules[1]
	if rds.Name != "RdsNotEncrypted" || rds.Help.Text != "text of rds-not-encrypted" || rds.Help.Markdown != "markdown of rds-not-encrypted" ||
		rds.HelpURI != "https://example.org/rds-not-encrypted" || fmt.Sprint(rds.DeprecatedIDs) != "[rds-plain-storage]" {
		t.Errorf("got %+v", rds)
	}
	if n := len([]rune(bare.ShortDescription.Text)); n != 1024 {
		t.Errorf("short description of %d characters", n)
	}
	if !strings.Contains(bare.Help.Markdown, "é") {
		t.Errorf("help %q", bare.Help.Markdown)
	}
}

func TestNoFindings(t *testing.T) {
	b := reporttest.New(t, map[string]string{"a.tf": "\n"})
	b.Rule(reporttest.Quiet)
	l, raw := write(t, b, Options{})
	if !bytes.Contains(raw, []byte(`"results": []`)) || len(l.Runs[0].Tool.Driver.Rules) != 1 || !l.Runs[0].Invocations[0].ExecutionSuccessful {
		t.Errorf("got %s", raw)
	}
	empty := &reporttest.Build{}
	if l, _ := write(t, empty, Options{}); len(l.Runs[0].Results) != 0 {
		t.Error("an empty result has results")
	}
}

func TestDiagnostics(t *testing.T) {
	b := reporttest.New(t, map[string]string{"a.tf": "x y\n", "../up.tf": "z\n"})
	b.Diagnostics = []source.Diagnostic{
		{Level: source.Warning, Code: "w", Span: b.At("../up.tf", "z"), Message: "outside"},
		{Level: source.Warning, Code: "w", Path: "a b.json", Message: "unreadable"},
		{Level: source.Warning, Code: "", Message: ""},
	}
	for i := range maxNotes + 7 {
		b.Diagnostics = append(b.Diagnostics, source.Diagnostic{Code: "n", Path: fmt.Sprintf("f%d", i), Message: "note"})
	}
	l, _ := write(t, b, Options{})
	inv := l.Runs[0].Invocations[0]
	if !inv.ExecutionSuccessful {
		t.Error("warnings make a run unsuccessful")
	}
	notes, hidden := 0, ""
	for _, n := range inv.ToolExecutionNotifications {
		switch {
		case n.Descriptor.ID == "n":
			notes++
		case n.Descriptor.ID == notesNotice:
			hidden = n.Message.Text
		case n.Message.Text == "outside." && len(n.Locations) != 0:
			t.Errorf("outside: %+v", n)
		case n.Message.Text == "unreadable." && n.Locations[0].PhysicalLocation.ArtifactLocation.URI != "a%20b.json":
			t.Errorf("unreadable: %+v", n)
		}
	}
	if notes != maxNotes || !strings.HasPrefix(hidden, "7 more") {
		t.Errorf("%d notes, %q", notes, hidden)
	}
	b.Diagnostics = append(b.Diagnostics, source.Diagnostic{Level: source.Error, Code: "e", Span: b.At("a.tf", "y"), Message: "broken"})
	l, _ = write(t, b, Options{})
	if l.Runs[0].Invocations[0].ExecutionSuccessful {
		t.Error("an error leaves the run successful")
	}
}

func TestVersion(t *testing.T) {
	for version, want := range map[string]string{"1.2.3": "1.2.3", "v1.2.3-rc.1": "1.2.3-rc.1", "dev": "0.0.0-dev", "": ""} {
		l, _ := write(t, reporttest.New(t, nil), Options{Version: version})
		if d := l.Runs[0].Tool.Driver; d.Version != want || d.SemanticVersion != want {
			t.Errorf("%q: got %q, %q", version, d.Version, d.SemanticVersion)
		}
	}
}

func TestWriteFails(t *testing.T) {
	b := reporttest.New(t, nil)
	if err := New(Options{}).Write(failing{}, &b.Result); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("got %v", err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, fmt.Errorf("disk full") }
