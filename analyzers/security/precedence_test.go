package security_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/wacheck/wacheck/analyzers/all"
	"github.com/wacheck/wacheck/internal/driver"
)

// Rules that are tested alone in their archives silence each other where they
// speak of the same cause; the stronger one names the weaker.
func TestPrecedence(t *testing.T) {
	const source = `
resource "aws_iam_user" "deploy" {
  name = "deploy"
}

resource "aws_iam_access_key" "deploy" {
  user = aws_iam_user.deploy.name
}

resource "aws_iam_user" "other" {
  name = "other"
}

resource "aws_iam_policy" "two" {
  policy = jsonencode({
    Statement = [
      { Sid = "Everything", Effect = "Allow", Action = "*", Resource = "*" },
      { Sid = "OneBucket", Effect = "Allow", Action = "*", Resource = "arn:aws:s3:::logs" },
    ]
  })
}
`
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := driver.Run(context.Background(), driver.Options{Paths: []string{dir}, Suite: all.Suite()})
	if err != nil {
		t.Fatal(err)
	}
	type found struct{ rule, address, subject string }
	covers := map[found][]string{}
	for _, f := range out.Findings {
		covers[found{f.Rule.ID, f.Instances[0].Address, f.Subject}] = f.Covers
	}
	want := map[found][]string{
		{"iam-user-access-key", "aws_iam_access_key.deploy", ""}:          {"iam-user-exists"},
		{"iam-user-exists", "aws_iam_user.other", ""}:                     nil,
		{"iam-policy-admin", "aws_iam_policy.two", "Everything"}:          {"iam-policy-wildcard-action"},
		{"iam-policy-wildcard-action", "aws_iam_policy.two", "OneBucket"}: nil,
	}
	for f, list := range want {
		got, ok := covers[f]
		if !ok || !slices.Equal(got, list) {
			t.Errorf("%v: found %v, covers %v, want %v", f, ok, got, list)
		}
	}
	if len(covers) != len(want) {
		t.Errorf("found %v", covers)
	}
}
