package cli

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

var updateSchema = flag.Bool("update", false, "rewrite the published schema")

func schemaText(t *testing.T) []byte {
	t.Helper()
	text, err := json.MarshalIndent(configSchema(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// The schema that is published is that of the flags as they are.
func TestSchemaIsFresh(t *testing.T) {
	name := filepath.Join("..", "..", "docs", "wacheck.schema.json")
	want := schemaText(t)
	if *updateSchema {
		if err := os.WriteFile(name, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("docs/wacheck.schema.json is stale (%v); run go test ./internal/cli -update", err)
	}
}

// What the schema takes and what the program takes are the same.
func TestSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaText(t)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schemaURL, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(schemaURL)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"":                true,
		"fail_on: high\n": true,
		"fail_on: hihg\n": false,
		"fail-on: high\n": false,
		"output: [a]\n":   false,
		"compat: [checkov, cdk_nag]\nskip_path: old\n":                                                       true,
		"rules: {rds-not-encrypted: low, rds-no-backup: {enabled: false, suppressible: false}, s3-*: off}\n": true,
		"rules: {rds-not-encrypted: {severty: low}}\n":                                                       false,
		"environments: {dev: {fail_on: none}}\n":                                                             true,
		"environments: {deff: {fail_on: none}}\n":                                                            false,
		"environments: {prod: {names: [prd-*, '*-live'], paths: accounts/main, tags: {tier: [gold, g*]}}}\n": true,
		"environments: {prod: {accounts: ['111122223333', 444455556666], workspaces: default}}\n":            true,
		"environments: {prod: {accounts: ['1111']}}\n":                                                       false,
		"environments: {staging: {counts_as: production}, test: {counts_as: dev}}\n":                         true,
		"environments: {staging: {counts_as: non-production}}\n":                                             false,
		"environments: {non-production: {names: a}}\n":                                                       false,
		"environments: {prod: {tags: gold}}\n":                                                               false,
		"paths: [{path: a, fail_on: low}]\n":                                                                 true,
		"paths: [{fail_on: low}]\n":                                                                          false,
		"require_reason: maybe\n":                                                                            false,
		"max_expiry_days: 90\n":                                                                              true,
		"suppressions: [{rule: rds-no-backup, path: a, reason: x, expires: '2027-01-31'}]\n":                 true,
		"suppressions: [{path: a}]\n":                                                                        false,
		"suppressions: [{rules: [rds-no-backup], address: module.a.**}]\n":                                   true,
	} {
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if got := schema.Validate(instance) == nil; got != want {
			t.Errorf("%q: the schema takes it: %v", text, got)
		}
		file := filepath.Join(t.TempDir(), ".wacheck.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		scan := newScan()
		if err := scan.Flags().Set("config", file); err != nil {
			t.Fatal(err)
		}
		if _, err := load(scan.Flags(), []string{filepath.Dir(file)}); (err == nil) != want {
			t.Errorf("%q: the program says %v", text, err)
		}
	}
}
