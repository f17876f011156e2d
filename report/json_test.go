package report

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/report/reporttest"
)

// decode reads a document, and fails on members that the format does not have.
func decode(t *testing.T, text string) Document {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	var d Document
	if err := dec.Decode(&d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestJSON(t *testing.T) {
	d := decode(t, write(t, JSON, reporttest.Estate(t), Options{Version: "1.2.3", Path: func(p string) string { return "infra/" + p }}))
	if d.SchemaVersion != 1 || d.Tool != (Tool{"wacheck", "1.2.3"}) {
		t.Errorf("version %d, tool %+v", d.SchemaVersion, d.Tool)
	}
	s := d.Summary
	if s.Findings != len(d.Findings) || s.Opens != len(d.Opens) || s.Conditional != 2 || s.Suppressed != 1 || s.Baselined != 1 || len(d.Accepted) != 2 {
		t.Errorf("summary %+v", s)
	}
	if s.BySeverity != (SeverityCounts{Critical: 1, High: 2, Medium: 4, Low: 1}) || s.Diagnostics != (DiagnosticCount{1, 1, 1}) {
		t.Errorf("summary %+v", s)
	}
	if s.OpensByReason["undecided-condition"] != 2 || s.OpensByReason["no-value"] != 1 || s.Decided["ec2-old-generation"].Good != 3 {
		t.Errorf("summary %+v", s)
	}
	remote := d.Findings[0]
	if remote.Rule != "subnet-public-ips" || *remote.Location != (Location{"infra/envs/prod/main.tf", 3, 12, 3, 16}) ||
		*remote.Module.Location != (Location{"infra/envs/prod/.terraform/modules/network/main.tf", 2, 29, 2, 39}) ||
		*remote.Module.Call != (Location{"infra/envs/prod/main.tf", 1, 1, 4, 2}) {
		t.Errorf("remote: %+v %+v", remote, remote.Module)
	}
	if got := *d.Diagnostics[1].Location; got != (Location{Path: "infra/envs/prod/huge.json"}) {
		t.Errorf("diagnostic without line at %+v", got)
	}
	if got := d.Coverage.Files.Broken; len(got) != 1 || got[0] != "infra/envs/prod/broken.tf" {
		t.Errorf("broken %v", got)
	}
	for i, r := range d.Rules {
		if i > 0 && r.ID <= d.Rules[i-1].ID {
			t.Errorf("rule %s is out of order", r.ID)
		}
		if r.ID == "rds-single-az" && !reflect.DeepEqual(r.SeverityIn, map[string]string{"development": "low", "test": "low", "sandbox": "low"}) {
			t.Errorf("severities %v", r.SeverityIn)
		}
	}
}

func TestJSONHasNoNulls(t *testing.T) {
	b := reporttest.New(t, map[string]string{"a.tf": "x\n"})
	b.Add(analysis.Finding{Rule: &analysis.Rule{ID: "r"}})
	text := write(t, JSON, b, Options{})
	if strings.Contains(text, "null") {
		t.Errorf("nulls in %s", text)
	}
	if d := decode(t, text); d.Findings[0].Location != nil || d.Findings[0].Covers == nil {
		t.Errorf("got %+v", d.Findings[0])
	}
}

func TestJSONKeepsText(t *testing.T) {
	b := reporttest.New(t, map[string]string{"a.tf": "x\n"})
	b.Add(analysis.Finding{Rule: &analysis.Rule{ID: "r", Title: "a < b && c"}, Message: "<\xff>"})
	text := write(t, JSON, b, Options{})
	if !strings.Contains(text, "a < b && c") {
		t.Error("text for people is escaped")
	}
	if d := decode(t, text); d.Findings[0].Message != "<\uFFFD>" {
		t.Errorf("message %q", d.Findings[0].Message)
	}
}
