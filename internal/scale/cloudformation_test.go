package scale_test

import (
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/wacheck/wacheck/internal/scale"
)

func TestCloudFormationCounts(t *testing.T) {
	for _, n := range sizes {
		total := 0
		for name, text := range scale.CloudFormation(n, int64(n)) {
			resources := len(sections(t, name, text)["Resources"])
			if resources == 0 || resources > 450 {
				t.Errorf("%d: %s has %d resources, want 1 to 450", n, name, resources)
			}
			total += resources
		}
		if total != n {
			t.Errorf("%d resources wanted, %d made", n, total)
		}
	}
}

func TestCloudFormationIsVaried(t *testing.T) {
	types := map[string]bool{}
	for name, text := range scale.CloudFormation(1000, 1) {
		for _, body := range sections(t, name, text)["Resources"] {
			for i := 0; i < len(body.Content); i += 2 {
				if body.Content[i].Value == "Type" {
					types[body.Content[i+1].Value] = true
				}
			}
		}
	}
	if len(types) < 50 {
		t.Errorf("%d resource types, want at least 50", len(types))
	}
}

var (
	refs       = regexp.MustCompile(`!Ref (\w+)(?:[\s,\]]|$)`)
	attributes = regexp.MustCompile(`!GetAtt (\w+)\.`)
	conditions = regexp.MustCompile(`(?:\n    Condition: |!Condition |!If \[|!If\n +- )(\w+)`)
	mappings   = regexp.MustCompile(`!FindInMap \[(\w+)`)
	imports    = regexp.MustCompile(`Fn::ImportValue: !Sub "(.+)"`)
	exports    = regexp.MustCompile(`Export:\n +Name: !Sub "(.+)"`)
)

// TestCloudFormationReferences looks up every name that a template refers to.
func TestCloudFormationReferences(t *testing.T) {
	files := (scale.Options{Resources: 2000, Seed: 5, Bad: 0.5}).CloudFormation()
	for name, text := range files {
		s := sections(t, name, text)
		lookUp := func(re *regexp.Regexp, in ...string) {
			for _, m := range re.FindAllStringSubmatch(text, -1) {
				found := false
				for _, section := range in {
					found = found || s[section][m[1]] != nil
				}
				if !found {
					t.Errorf("%s: %q: no such name in %v", name, m[0], in)
				}
			}
		}
		lookUp(refs, "Parameters", "Resources")
		lookUp(attributes, "Resources")
		lookUp(conditions, "Conditions")
		lookUp(mappings, "Mappings")

		network := files[strings.Replace(name, "-apps.yaml", "-network.yaml", 1)]
		for _, m := range imports.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(network, "Name: !Sub \""+m[1]+"\"") {
				t.Errorf("%s: nobody exports %s", name, m[1])
			}
		}
		if strings.HasSuffix(name, "-network.yaml") && len(exports.FindAllString(text, -1)) == 0 {
			t.Errorf("%s exports nothing", name)
		}
	}
}

// sections returns the entries of each section of a template by name.
func sections(t *testing.T, name, text string) map[string]map[string]*yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	out := map[string]map[string]*yaml.Node{}
	for section, body := range entries(t, name, doc.Content[0]) {
		if body.Kind == yaml.MappingNode {
			out[section] = entries(t, name, body)
		}
	}
	return out
}

func entries(t *testing.T, name string, mapping *yaml.Node) map[string]*yaml.Node {
	t.Helper()
	out := map[string]*yaml.Node{}
	for i := 0; i < len(mapping.Content); i += 2 {
		key := mapping.Content[i]
		if out[key.Value] != nil {
			t.Errorf("%s:%d: %s is there twice", name, key.Line, key.Value)
		}
		out[key.Value] = mapping.Content[i+1]
	}
	return out
}
