package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const wantTerraform = `# hashicorp/aws 9.8.7: names and types of attributes and blocks, and nothing else of the provider
aws_ant	+hill@L00(deep!n)
aws_new	+id:s
aws_zoo	arn=s doors=S{colors:Ls width:n} id:s labels:Ms name!s open:b size:n cage@L11(+key:s bar@S00() content@L01?) timeouts@O00(create:s)
data.aws_zoo	name!s
`

func fixtureAdditions() []addition {
	return []addition{
		{target: "aws_zoo", body: body{"size": optional("string")}}, // idle
		{target: "aws_zoo/cage", body: body{"content": open()}, replace: true},
		{target: "aws_zoo/cage", body: body{"key": optional("string")}},
		{target: "aws_ant", body: body{"hill": many("list", body{"deep": required("number")})}},
		{target: "aws_new", body: body{"id": optional("string")}, create: true},
	}
}

func fixture[T any](t *testing.T, name string) *T {
	t.Helper()
	in := new(T)
	if err := readJSON(filepath.Join("testdata", name), in); err != nil {
		t.Fatal(err)
	}
	return in
}

func TestTerraformText(t *testing.T) {
	for range 20 { // maps are walked in another order each time
		var log strings.Builder
		got, err := terraformText(fixture[providerSchemas](t, "terraform.json"), "9.8.7", fixtureAdditions(), &log)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wantTerraform, got); diff != "" {
			t.Fatal(diff)
		}
		if want := "addition aws_zoo size: the provider has it\n"; log.String() != want {
			t.Errorf("log %q", log.String())
		}
	}
}

const wantCloudFormation = `# fixture 1: names and kinds of properties and names for Fn::GetAtt, and nothing else of the schemas
AWS::Bare::Type	{?}	
AWS::Custom::Any	{?Token:s}	*
AWS::Zoo::Park	{Alias:s Area:n Arn=s Cages!L#0 Keeper:{Model:s Person:s} Labels:Ms Limits:Mi Lost:* Name!s Open:b Rules:* Size:i}	Arn Outputs.*	{?Bars!i Inner:#0}
`

func TestCloudFormationText(t *testing.T) {
	for range 20 {
		got, err := cloudformationText(fixture[cfnDump](t, "cloudformation.json"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wantCloudFormation, got); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestErrors(t *testing.T) {
	tests := []struct{ name, resource, want string }{
		{"type", `{"attributes":{"a":{"type":"float"}}}`, `aws_x: a: type "float"`},
		{"collection", `{"attributes":{"a":{"type":["tuple",["string"]]}}}`, `aws_x: a: type ["tuple",["string"]]`},
		{"nesting", `{"block_types":{"b":{"nesting_mode":"map"}}}`, `aws_x: b: nesting mode "map"`},
		{"number", `{"block_types":{"b":{"nesting_mode":"list","max_items":10}}}`, `aws_x: b: the table has one digit for the numbers of blocks, not 0 and 10`},
		{"name", `{"attributes":{"a b":{"type":"string"}}}`, `aws_x: a b: name "a b" has more than letters, digits and underscores`},
		{"field", `{"attributes":{"a":{"type":["object",{"b:c":"string"}]}}}`, `aws_x: a: name "b:c" has more than letters, digits and underscores`},
	}
	for _, tt := range tests {
		path := filepath.Join(t.TempDir(), "in.json")
		text := `{"provider_schemas":{"` + awsProvider + `":{"resource_schemas":{"aws_x":{"block":` + tt.resource + `}}}}}`
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var in providerSchemas
		if err := readJSON(path, &in); err != nil {
			t.Fatal(err)
		}
		if _, err := terraformText(&in, "1", nil, io.Discard); err == nil || err.Error() != tt.want {
			t.Errorf("%s: error %v, want %s", tt.name, err, tt.want)
		}
	}
	if _, err := terraformText(&providerSchemas{}, "1", nil, io.Discard); err == nil {
		t.Error("no error without a schema of the AWS provider")
	}
	if _, err := cloudformationText(&cfnDump{}); err == nil {
		t.Error("no error without types")
	}
	for _, a := range []addition{{target: "aws_gone"}, {target: "aws_zoo/moat"}} {
		in := fixture[providerSchemas](t, "terraform.json")
		if _, err := terraformText(in, "1", []addition{a}, io.Discard); err == nil {
			t.Errorf("no error for an addition to %s", a.target)
		}
	}
}

// TestRun writes the same files twice, from plain and from gzipped input.
func TestRun(t *testing.T) {
	packed := filepath.Join(t.TempDir(), "cloudformation.json.gz")
	data, err := os.ReadFile("testdata/cloudformation.json")
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	if _, err := zw.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(packed, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var files [][]byte
	for _, in := range []string{"testdata/cloudformation.json", packed} {
		out := t.TempDir()
		if err := run("", "", in, out, io.Discard); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(out, "cloudformation.txt.gz"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(out, "terraform.txt.gz")); err == nil {
			t.Error("a table was written without input")
		}
		files = append(files, data)
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("the same input gave two tables")
	}
	if err := run("", "", "", t.TempDir(), io.Discard); err == nil {
		t.Error("no error without input")
	}
	if err := run("testdata/none.json", "", "", t.TempDir(), io.Discard); err == nil {
		t.Error("no error for a file that does not exist")
	}
}
