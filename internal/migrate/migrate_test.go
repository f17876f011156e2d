package migrate_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/internal/migrate"
	"github.com/wacheck/wacheck/source"
)

// Each case is a file before and after. Where a suppression is left as it is, why
// is a part of what is said about it.
func TestPlan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before, after string
		keep          bool
		why           string
	}{
		"above a block": {
			before: "# trivy:ignore:AWS-0080 public data\nresource \"aws_db_instance\" \"a\" {\n}\n",
			after:  "# wacheck:ignore rds-not-encrypted -- public data\nresource \"aws_db_instance\" \"a\" {\n}\n"},
		"kept beside": {keep: true,
			before: "# trivy:ignore:AWS-0080 public data\nresource \"aws_db_instance\" \"a\" {\n}\n",
			after:  "# wacheck:ignore rds-not-encrypted -- public data\n# trivy:ignore:AWS-0080 public data\nresource \"aws_db_instance\" \"a\" {\n}\n"},
		"inside a nested module call": {
			before: "module \"a\" {\n  source = \"./a\"\n  #checkov:skip=CKV_AWS_16: public data\n}\n",
			after:  "# wacheck:ignore rds-not-encrypted -- public data\nmodule \"a\" {\n  source = \"./a\"\n}\n"},
		"behind an argument": {
			before: "resource \"aws_db_instance\" \"a\" {\n  storage_encrypted = false #tfsec:ignore:AWS052\n}\n",
			after:  "resource \"aws_db_instance\" \"a\" {\n  storage_encrypted = false # wacheck:ignore rds-not-encrypted -- (was tfsec:ignore AWS052)\n}\n"},
		"a whole file": {
			before: "# kics-scan disable=c9846969-d066-431f-9b34-8c4abafe422a\nresource \"aws_security_group\" \"a\" {\n}\n",
			after:  "# wacheck:ignore-file sg-open-ingress-admin -- (was kics-scan disable c9846969-d066-431f-9b34-8c4abafe422a)\nresource \"aws_security_group\" \"a\" {\n}\n"},
		"the same date for two": {
			before: "#trivy:ignore:AWS-0080:exp:2027-01-01 trivy:ignore:AWS-0107:exp:2027-01-01\nresource \"aws_db_instance\" \"a\" {\n}\n",
			after:  "# wacheck:ignore rds-not-encrypted, sg-open-ingress-admin exp:2027-01-01 -- (was trivy:ignore AWS-0080)\nresource \"aws_db_instance\" \"a\" {\n}\n"},
		"two dates in one comment": {why: "different conditions",
			before: "#trivy:ignore:AWS-0080:exp:2027-01-01 trivy:ignore:AWS-0107\nresource \"aws_db_instance\" \"a\" {\n}\n"},
		"some workspaces": {why: "dev-*",
			before: "#trivy:ignore:AWS-0080:ws:dev-*\nresource \"aws_db_instance\" \"a\" {\n}\n"},
		"nothing of ours": {why: "no rule here stands for CKV_AZURE_1",
			before: "resource \"aws_db_instance\" \"a\" {\n  #checkov:skip=CKV_AZURE_1:x\n}\n"},
		"metadata of JSON": {why: "Metadata",
			before: `{"Resources": {"A": {"Type": "AWS::RDS::DBInstance", "Metadata": {"cfn_nag": {"rules_to_suppress": [{"id": "F27"}]}}}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := source.NewFileSet()
			path := "a.tf"
			if strings.HasPrefix(c.before, "{") {
				path = "a.json"
			}
			if _, err := files.Add(path, []byte(c.before)); err != nil {
				t.Fatal(err)
			}
			steps := migrate.Plan(files, migrate.Options{Keep: c.keep, Known: func(rule string) bool { return !strings.HasPrefix(rule, "rds-p") }})
			if len(steps) != 1 {
				t.Fatalf("%d steps: %+v", len(steps), steps)
			}
			if c.why != "" {
				if steps[0].New != "" || !strings.Contains(steps[0].Why, c.why) {
					t.Errorf("rewritten as %q, said %q; want it left alone, because of %q", steps[0].New, steps[0].Why, c.why)
				}
				c.after = c.before
			}
			got := c.before
			for _, changed := range migrate.Apply(steps) {
				got = string(changed)
			}
			if got != c.after {
				t.Errorf("got\n%s\nwant\n%s", got, c.after)
			}
		})
	}
}
