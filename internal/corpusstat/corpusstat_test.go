package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/report"
)

// TestMain lets the test binary be the program that is measured, as the
// command itself is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "scan" {
		main()
	}
	os.Exit(m.Run())
}

func TestTable(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"cfn/queue.yaml": "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {SqsManagedSseEnabled: false}\n",
		"cfn/README.md":  "a queue\n",
		"tf/main.tf":     "variable \"key\" {}\nresource \"aws_sns_topic\" \"a\" {\n  kms_master_key_id = var.key\n}\n",
		"tf/broken.tf":   "resource {\n",
		"none/README.md": "nothing\n",
	} {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	if err := run([]string{"-runs", "2", dir}, &out, os.Stderr); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimPrefix(out.String(), header), "\n")
	for i, want := range []string{
		"| cfn | 2 | 1 | 1 | 0 | 1 | 1 | 0 | 100.0 % | - | 1 | 0 | ",
		"| none | 1 | 0 | 1 | 0 | 0 | 0 | 0 | - | - | 0 | 0 | ",
		"| tf | 2 | 1 | 0 | 1 | 1 | 1 | 0 | 0.0 % | - | 0 | 1 | ",
		"| 3 estates | 5 | 2 | 2 | 1 | 2 | 2 | 0 | 50.0 % | - | 1 | 1 | ",
	} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("row %d is %q, want %q…", i, lines[i], want)
		}
	}
}

func TestFilesThatAreNotAccountedForAreAnError(t *testing.T) {
	m := measurement{document: &report.Document{}, seconds: []float64{1}, kib: []int{1}}
	m.document.Coverage.Files = report.FileCoverage{Found: 5, Terraform: 1, Templates: 1, Skipped: map[string]int{"not infrastructure code": 1}, Broken: []string{"a.tf"}}
	if _, err := rowOf("e", &m); err == nil || !strings.Contains(err.Error(), "1 of 5 files") {
		t.Errorf("got %v", err)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"-runs", "0", "x"}, {filepath.Join(t.TempDir(), "gone")}, {t.TempDir()}} {
		if err := run(args, os.Stdout, os.Stderr); err == nil {
			t.Errorf("%v is no error", args)
		}
	}
}

func TestOpenRules(t *testing.T) {
	d := &report.Document{Findings: []report.Finding{
		{Rule: "sg-open-ingress-admin"},
		{Rule: "sg-open-ingress-admin", Variant: "on what the internet does not reach"},
		{Rule: "internet-reachable-instance", Covers: []string{"ec2-public-ip", "sg-open-ingress-sensitive-port"}},
		{Rule: "ebs-not-encrypted"},
	}}
	var out strings.Builder
	if err := writeOpenRules(&out, openRulesOf("e", d)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| sg-open-ingress-admin | stays |", "| sg-open-ingress-admin | milder:", "| sg-open-ingress-sensitive-port | said by internet-reachable-instance |", "3 findings of open ingress: 1 milder"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}
