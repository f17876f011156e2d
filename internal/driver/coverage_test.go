package driver_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/wacheck/wacheck/internal/driver"
)

// scan writes files into a new directory, links among them, and analyses it.
func scan(t *testing.T, files, links map[string]string, o driver.Options) *driver.Output {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	o.Paths = []string{dir}
	out, err := driver.Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEveryFileIsAccountedForOnce(t *testing.T) {
	out := scan(t, map[string]string{
		"net/main.tf":                  "resource \"aws_vpc\" \"main\" {}\n",
		"net/terraform.tfvars":         "size = 1\n",
		"net/other.tfvars":             "size = 2\n",
		"net/.#main.tf":                "what an editor leaves",
		"net/.terraform.lock.hcl":      "",
		"net/broken.tf":                "resource \"aws_vpc\" {\n",
		"live/terragrunt.hcl":          "terraform {}\n",
		"live/versions.hcl":            "locals {}\n",
		"stack.yaml":                   "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n",
		"stack-broken.yaml":            "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Topic: [\n",
		"values.json":                  "{\"a\": 1}\n",
		"README.md":                    "read me\n",
		"app/README.md":                "read me\n",
		"old/gone.tf":                  "resource \"aws_vpc\" \"gone\" {}\n",
		"gone.yaml":                    "Resources: {}\n",
		"net/.terraform/modules/x.tf":  "resource \"aws_vpc\" \"x\" {}\n",
		"cdk.out/asset.123/index.yaml": "Resources: {}\n",
	}, map[string]string{"app/common.tf": "../net/main.tf", "common.tf": "net/main.tf"},
		driver.Options{SkipPaths: []string{"old", "gone.*"}})
	f := out.Coverage.Files
	skipped := map[string]int{
		"not infrastructure code":                3, // values.json and two READMEs
		"left out by --skip-path":                1, // gone.yaml
		"variables that no root reads by itself": 1,
		"ignored by Terraform":                   1,
		"Terragrunt or other HCL":                1, // versions.hcl
	}
	if !reflect.DeepEqual(f.Skipped, skipped) {
		t.Errorf("skipped %v, want %v", f.Skipped, skipped)
	}
	// main.tf, two links to it, terraform.tfvars, the lock file and terragrunt.hcl.
	if f.Terraform != 6 {
		t.Errorf("%d Terraform files, want 6", f.Terraform)
	}
	if f.Templates != 1 {
		t.Errorf("%d templates, want 1", f.Templates)
	}
	if want := []string{"net/broken.tf", "stack-broken.yaml"}; !reflect.DeepEqual(f.Broken, want) {
		t.Errorf("broken %v, want %v", f.Broken, want)
	}
	left := map[string]int{"left out by --skip-path": 1, "tools or dependencies": 2}
	if !reflect.DeepEqual(f.LeftOut, left) {
		t.Errorf("left out %v, want %v", f.LeftOut, left)
	}
	sum := f.Terraform + f.Templates + len(f.Broken)
	for _, n := range f.Skipped {
		sum += n
	}
	if sum != f.Found {
		t.Errorf("%d files accounted for, %d found", sum, f.Found)
	}
}
