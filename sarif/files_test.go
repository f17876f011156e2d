package sarif

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Reports that the command has written are checked like those of the tests: by
// the official schema, and, in the form for GitHub, by what GitHub asks for. See
// .ci/sarif.
func TestWrittenFiles(t *testing.T) {
	dir := os.Getenv("WACHECK_SARIF_DIR")
	if dir == "" {
		t.Skip("WACHECK_SARIF_DIR names no directory with reports")
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.sarif"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no reports in %s (%v)", dir, err)
	}
	schema, err := officialSchema()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); err != nil {
				t.Errorf("not valid: %v", err)
			}
			var l log
			if err := json.Unmarshal(data, &l); err != nil {
				t.Fatal(err)
			}
			checkGitHub(t, l)
			root, err := os.ReadFile(strings.TrimSuffix(strings.TrimSuffix(name, ".sarif"), filepath.Ext(strings.TrimSuffix(name, ".sarif"))) + ".root")
			if err != nil {
				t.Fatal(err)
			}
			checkFilesExist(t, l, strings.TrimSpace(string(root)))
		})
	}
}

// checkFilesExist checks that every location is a file of the checkout.
func checkFilesExist(t *testing.T, l log, root string) {
	t.Helper()
	seen := map[string]bool{}
	for _, r := range l.Runs[0].Results {
		for _, loc := range append(r.Locations, r.RelatedLocations...) {
			uri := loc.PhysicalLocation.ArtifactLocation.URI
			if seen[uri] {
				continue
			}
			seen[uri] = true
			name, err := url.PathUnescape(uri)
			if err != nil {
				t.Errorf("%s: %v", uri, err)
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(name))); err != nil {
				t.Errorf("%s of %s: %v", uri, r.RuleID, err)
			}
		}
	}
}
