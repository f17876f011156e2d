package check_test

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analysis/checker"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/check"
	"github.com/wacheck/wacheck/internal/graphtest"
	"github.com/wacheck/wacheck/value"
)

// A table decides each of its rules about every managed resource of its models, in
// both languages, and about nothing else.
func TestTable(t *testing.T) {
	table := check.Table("storage", "check what is encrypted",
		check.Also(
			check.On(analysis.Rule{ID: "encrypted", Title: "Not encrypted"}, func(d *aws.DBInstance) value.Verdict { return d.StorageEncrypted.Is(true) }),
			func(f *aws.EFSFileSystem) value.Verdict { return f.Encrypted.Is(true) }),
		check.On(analysis.Rule{ID: "standby", Title: "No standby"}, func(d *aws.DBInstance) value.Verdict { return d.MultiAZ.Is(true) }))
	if table.Name != "storage" || len(table.Rules) != 2 || table.Rules[0].ID != "encrypted" {
		t.Fatalf("the table is %+v", table)
	}
	g := graphtest.Load(t, `
-- main.tf --
data "aws_db_instance" "there" {
  db_instance_identifier = "x"
}
resource "aws_db_instance" "a" {
  storage_encrypted = true
}
resource "aws_efs_file_system" "b" {
}
resource "aws_sqs_queue" "c" {
}
-- t.yaml --
Resources:
  D:
    Type: AWS::RDS::DBInstance
    Properties: {StorageEncrypted: false, MultiAZ: true}
`)
	for name, tt := range map[string]struct {
		enabled func(*analysis.Rule) bool
		want    string
	}{
		"all":     {nil, "encrypted D; encrypted aws_efs_file_system.b; standby aws_db_instance.a"},
		"one":     {func(r *analysis.Rule) bool { return r.ID == "standby" }, "standby aws_db_instance.a"},
		"neither": {func(*analysis.Rule) bool { return false }, ""},
	} {
		out, err := checker.Run(context.Background(), g, checker.Suite{Analyzers: []*analysis.Analyzer{table}}, checker.Options{Enabled: tt.enabled})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range out.Findings {
			got = append(got, fmt.Sprint(f.Rule.ID, " ", f.Instances[0].Address))
		}
		sort.Strings(got)
		if s := strings.Join(got, "; "); s != tt.want {
			t.Errorf("%s: %s, want %s", name, s, tt.want)
		}
	}
}
