package cloudformation_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/source"
)

// refusal is what AWS's transform says of a template that it refuses.
type refusal struct {
	Message string `json:"errorMessage"`
}

// faulty are the ids of the resources that the message names.
var faulty = regexp.MustCompile(`Resource with id \[([^\]]*)\]`)

// TestRefusesWhatSAMRefuses counts the templates which AWS's transform refuses, as its
// own tests say, and which have a diagnostic here; and checks that none of those which it
// takes has one that says so. A resource that the transform names counts as told if
// a diagnostic stands within it.
func TestRefusesWhatSAMRefuses(t *testing.T) {
	dir := samPairs()
	inputs, err := filepath.Glob(filepath.Join(dir, "input", "*.yaml"))
	if err != nil || len(inputs) == 0 {
		t.Skip("no pairs of templates: set SAM_PAIRS to tests/translator of a checkout of aws/serverless-application-model")
	}
	var refused, told, resources, toldResources, valid int
	for _, in := range inputs {
		name := strings.TrimSuffix(filepath.Base(in), ".yaml")
		if !strings.Contains(name, *samOnly) {
			continue
		}
		text, err := os.ReadFile(in)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(name, "error") {
			if _, err := os.Stat(filepath.Join(dir, "output", name+".json")); err != nil {
				continue
			}
			valid++
			for _, d := range samDiagnostics(t, text) {
				if !strings.Contains(d, "cloudformation-sam") {
					continue // which CloudFormation refuses, where the transform does not look
				}
				t.Errorf("%s is taken by the transform: %s", name, d)
			}
			continue
		}
		var says refusal
		if out, err := os.ReadFile(filepath.Join(dir, "output", name+".json")); err != nil || json.Unmarshal(out, &says) != nil || says.Message == "" {
			continue
		}
		refused++
		list := samDiagnostics(t, text)
		if len(list) > 0 {
			told++
		} else if *samDifferences > 0 {
			t.Logf("%s: %s", name, says.Message)
		}
		for _, m := range faulty.FindAllStringSubmatch(says.Message, -1) {
			resources++
			if slices.ContainsFunc(list, func(d string) bool { return strings.Contains(d, " in "+m[1]+":") }) {
				toldResources++
			} else if *samDifferences > 1 && len(list) > 0 {
				t.Logf("%s: [%s] of %s\n%s", name, m[1], says.Message, strings.Join(list, "\n"))
			}
		}
	}
	t.Logf("refused by SAM: %d templates, told of here: %d (%.1f %%); resources named in its messages: %d, with a diagnostic in them here: %d (%.1f %%); valid templates: %d",
		refused, told, 100*float64(told)/float64(max(refused, 1)), resources, toldResources, 100*float64(toldResources)/float64(max(resources, 1)), valid)
	if *samOnly == "" && 100*told < 80*refused {
		t.Errorf("%d of %d refused templates are told of, want 80 %%", told, refused)
	}
}

// samDiagnostics are the warnings and errors about a template, as "line in resource: message".
func samDiagnostics(t *testing.T, text []byte) []string {
	t.Helper()
	s := load(t, "-- t.yaml --\n"+string(text), cloudformation.Options{Region: "ap-southeast-1"})
	// The keys below "Resources:" of these templates stand two spaces in, or four.
	var in []string
	resource, indent, inside := "", -1, false
	for line := range strings.Lines(string(text)) {
		trimmed := strings.TrimRight(line, " \r\n")
		lead := len(trimmed) - len(strings.TrimLeft(trimmed, " "))
		switch body := strings.TrimSpace(trimmed); {
		case body == "" || strings.HasPrefix(body, "#"):
		case lead == 0:
			inside, indent, resource = strings.HasPrefix(body, "Resources:"), -1, ""
		case inside && (indent < 0 || lead == indent):
			indent = lead
			resource = strings.Trim(strings.SplitN(body, ":", 2)[0], `"'`)
		}
		in = append(in, resource)
	}
	var out []string
	for _, d := range s.result.Diagnostics {
		if d.Level == source.Note && d.Code != "cloudformation-sam" {
			continue
		}
		line := s.files.Position(d.Span.Pos).Line
		where := ""
		if line > 0 && line <= len(in) {
			where = in[line-1]
		}
		out = append(out, fmt.Sprintf("%d in %s: %s: %s: %s", line, where, d.Level, d.Code, d.Message))
	}
	return out
}
