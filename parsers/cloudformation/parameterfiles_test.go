package cloudformation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/parsers/cloudformation"
)

// messages are the diagnostics with their places and words.
func (s *scan) messages() string {
	var out []string
	for _, d := range s.result.Diagnostics {
		at := s.files.Position(d.Span.Pos)
		out = append(out, fmt.Sprintf("%s:%d:%d: %s: %s", at.Path, at.Line, at.Column, d.Level, d.Message))
	}
	return strings.Join(out, "\n")
}

// worlds are the values of an attribute of a node in each world, as "world=value".
func (s *scan) worlds(id, attr string) string {
	var out []string
	for _, p := range s.result.Parts {
		for _, n := range p.Nodes {
			if n.Addr == id {
				out = append(out, p.Unit.World+"="+show(n.Body.Get(attr)))
			}
		}
	}
	return strings.Join(out, " ")
}

const database = `
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Encrypt: {Type: String, Default: "true"}
  Size: {Type: Number, Default: 20}
Resources:
  Orders:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, AllocatedStorage: !Ref Size, StorageEncrypted: !Ref Encrypt}
`

// A parameter that a template lacks, as it may have been renamed or misspelt, does not keep
// a file from being joined to it, and is told with its place.
func TestUnknownParameters(t *testing.T) {
	const (
		list   = `[{"ParameterKey": "Encrypt", "ParameterValue": "false"},` + "\n" + ` {"ParameterKey": "Gone", "ParameterValue": "x"}]`
		joined = "prod=\"false\""
	)
	for name, c := range map[string]struct{ files, worlds, messages string }{
		"list, half known": {
			"-- db.yaml --" + database + "-- params-prod.json --\n" + list, joined,
			"params-prod.json:2:45: warning: gives a value to Gone, a parameter that db.yaml, the template that it is taken to be for, does not have: create-stack and update-stack fail with it, and deploy leaves it out",
		},
		"list, one of three, but the name of the template": {
			"-- db.yaml --" + database + "-- db-prod.json --\n" + strings.TrimSuffix(list, "]") + ",\n" + ` {"ParameterKey": "Lost", "ParameterValue": "x"}]`, joined,
			"db-prod.json:2:45: warning: gives a value to Gone, a parameter that db.yaml, the template that it is taken to be for, does not have: create-stack and update-stack fail with it, and deploy leaves it out\n" +
				"db-prod.json:3:45: warning: gives a value to Lost, a parameter that db.yaml, the template that it is taken to be for, does not have: create-stack and update-stack fail with it, and deploy leaves it out",
		},
		"list, one of three": {
			"-- db.yaml --" + database + "-- prod.json --\n" + strings.TrimSuffix(list, "]") + ",\n" + ` {"ParameterKey": "Lost", "ParameterValue": "x"}]`, "=\"true\"",
			"prod.json:1:1: warning: gives values to parameters of which no template near it declares enough: it is not used",
		},
		"list, another template has all": {
			"-- db.yaml --" + database + "-- prod.json --\n" + list +
				"\n-- other.yaml --\nAWSTemplateFormatVersion: \"2010-09-09\"\nParameters: {Gone: {Type: String}, Encrypt: {Type: String}}\nResources: {Topic: {Type: AWS::SNS::Topic}}", "=\"true\"", "",
		},
		"list, two templates": {
			"-- a/db.yaml --" + database + "-- a/db2.yaml --" + strings.ReplaceAll(database, "Orders", "Others") + "-- a/prod.json --\n" + list, "=\"true\"",
			"a/prod.json:1:1: warning: may be for any of a/db.yaml, a/db2.yaml, which declare its parameters: none is analysed with it",
		},
		"list, no template near": {
			"-- a/b/db.yaml --" + database + "-- c/d/prod.json --\n" + list, "=\"true\"",
			"c/d/prod.json:1:1: note: gives values to parameters of a template that is not in the scan, or lies elsewhere: it is not used",
		},
		"list with an entry that is none": {
			"-- db.yaml --" + database + "-- prod.json --\n" + `[{"ParameterKey": "Encrypt", "ParameterValue": "false"}, {"Key": "a"},` + "\n" + `{"ParameterKey": "Size", "ParameterValue": [1]}, {"ParameterKey": "Size", "UsePreviousValue": true}]`, joined,
			"prod.json:1:58: warning: is no entry of a parameter file: it has no ParameterKey\nprod.json:2:44: warning: the value of Size is not a text",
		},
		"template configuration": {
			"-- db.yaml --" + database + "-- prod.json --\n" + `{"Parameters": {"Encrypt": "false", "Gone": "x"}}`, joined,
			"prod.json:1:45: warning: gives a value to Gone, a parameter that db.yaml, the template that it is taken to be for, does not have: the deployment fails",
		},
		"map, half known: any file may look so": {
			"-- db.yaml --" + database + "-- params-prod.json --\n" + `{"Encrypt": "false", "unrelated": "x"}`, "=\"true\"", "",
		},
		"map, most known": {
			"-- db.yaml --" + database + "-- params-prod.json --\n" + `{"Encrypt": "false", "Size": 5, "Gone": "x"}`, joined,
			"params-prod.json:1:41: warning: gives a value to Gone, a parameter that db.yaml, the template that it is taken to be for, does not have: the deployment leaves it out",
		},
		"Git sync": {
			"-- db.yaml --" + database + "-- prod.yaml --\ntemplate-file-path: db.yaml\nparameters:\n  Gone: x\n  Encrypt: 'false'\n", joined,
			"prod.yaml:3:9: warning: gives a value to Gone, a parameter that db.yaml does not have: the deployment fails",
		},
		"SAM": {
			"-- template.yaml --" + database + "-- samconfig.toml --\n[prod.deploy.parameters]\nparameter_overrides = 'Encrypt=false Gone=x'\n", joined,
			"samconfig.toml:2:38: warning: gives a value to Gone, a parameter that template.yaml does not have: the deployment leaves it out",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := load(t, c.files, cloudformation.Options{SAMConfigs: samConfigs(c.files)})
			if got := s.worlds("Orders", "StorageEncrypted"); got != c.worlds {
				t.Errorf("the worlds are %s, want %s", got, c.worlds)
			}
			if got := s.messages(); got != c.messages {
				t.Errorf("got\n%s\nwant\n%s", got, c.messages)
			}
		})
	}
}

// samConfigs is samconfig.toml, if it is in an archive.
func samConfigs(archive string) []string {
	if strings.Contains(archive, "-- samconfig.toml --") {
		return []string{"samconfig.toml"}
	}
	return nil
}

// A file that is called like a parameter file, and broken, is told of where there are templates
// that it may be for, and counts as broken.
func TestBrokenParameterFiles(t *testing.T) {
	for name, c := range map[string]struct{ files, path, message string }{
		"JSON":          {"-- db.yaml --" + database + "-- broken-params.json --\n[", "broken-params.json", "broken-params.json:1:"},
		"in a list":     {"-- db.yaml --" + database + "-- prod.json --\n[\n {\"ParameterKey\": \"Encrypt\", \"ParameterValue\": }]", "prod.json", "prod.json:2:"},
		"in YAML":       {"-- db.yaml --" + database + "-- params/prod.yaml --\nEncrypt: [\n", "params/prod.yaml", "params/prod.yaml:"},
		"samconfig":     {"-- template.yaml --" + database + "-- samconfig.toml --\nversion = 0.1\n[prod\n", "samconfig.toml", "samconfig.toml:2:1: warning: can't be read, so that the deployments that it describes are not analysed: invalid TOML: "},
		"samconfig.yml": {"-- template.yaml --" + database + "-- samconfig.yml --\nversion: 0.1\nprod: [\n", "samconfig.yml", "samconfig.yml:"},
	} {
		t.Run(name, func(t *testing.T) {
			s := load(t, c.files, cloudformation.Options{SAMConfigs: samConfigs(c.files)})
			got := s.messages()
			if !strings.HasPrefix(got, c.message) || !strings.Contains(got, ": warning: can't be read, so that the deployments that it describes are not analysed: ") || strings.Contains(got, "x00") || strings.Contains(got, "\n") {
				t.Errorf("got %s", got)
			}
			t.Log(got)
			if st := s.result.Status[c.path]; st.Kind != cloudformation.Broken {
				t.Errorf("the file is %v", st)
			}
			if s.worlds("Orders", "AllocatedStorage") != "=20" {
				t.Errorf("the template is not analysed: %s", s.worlds("Orders", "AllocatedStorage"))
			}
		})
	}
}

// Without a template near, or with another name, a broken file is nobody's business.
func TestOtherBrokenFiles(t *testing.T) {
	for _, files := range []string{
		"-- a/b/db.yaml --" + database + "-- c/d/broken-params.json --\n[",
		"-- db.yaml --" + database + "-- broken.json --\n[",
	} {
		if got := load(t, files, cloudformation.Options{}).messages(); got != "" {
			t.Error(got)
		}
	}
}

// Each override stands at its own place, though the same text stands in other environments.
func TestPlacesOfSAMConfig(t *testing.T) {
	for name, config := range map[string]string{
		"samconfig.toml": "version = 0.1\n[dev.deploy.parameters]\nparameter_overrides = \"Encrypt=false Size=1\"\n[prod.deploy.parameters]\nparameter_overrides = [\n  \"Size=1\",\n  \"Encrypt=false\",\n]\n",
		"samconfig.yaml": "version: 0.1\ndev:\n  deploy: {parameters: {parameter_overrides: Encrypt=false Size=1}}\nprod:\n  deploy: {parameters: {parameter_overrides: [\n  Size=1,\n  Encrypt=false]}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			files := "-- template.yaml --" + database + "-- " + name + " --\n" + config
			s := load(t, files, cloudformation.Options{SAMConfigs: samConfigs(files)})
			var got []string
			for _, p := range s.result.Parts {
				for _, n := range p.Nodes {
					for _, step := range s.origins.Chain(n.Body.Get("StorageEncrypted").Origin()) {
						if at := s.files.Position(step.Span.Pos); at.Path == name {
							got = append(got, fmt.Sprintf("%s %d %s", p.Unit.World, at.Line, s.text(step.Span)))
						}
					}
				}
			}
			if want := "dev 3 Encrypt=false, prod 7 Encrypt=false"; strings.Join(got, ", ") != want {
				t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
			}
			if got := s.messages(); got != "" {
				t.Error(got)
			}
		})
	}
}
