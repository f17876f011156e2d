package suppress

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseDirective(t *testing.T) {
	t.Parallel()
	known := func(id string) bool { return strings.HasPrefix(id, "rds-") || strings.HasPrefix(id, "s3-") }
	for text, want := range map[string]directive{
		"wacheck:ignore rds-a":                             {rules: []string{"rds-a"}},
		"WACHECK:IGNORE RDS-a because":                     {rules: []string{"RDS-a"}, reason: "because"},
		"wacheck:ignore rds-a, s3-b because":               {rules: []string{"rds-a", "s3-b"}, reason: "because"},
		"wacheck:ignore rds-a,s3-b: because":               {rules: []string{"rds-a", "s3-b"}, reason: "because"},
		"wacheck:ignore rds-a s3-b because":                {rules: []string{"rds-a", "s3-b"}, reason: "because"},
		"wacheck:ignore rds-a -- s3-b is worse":            {rules: []string{"rds-a"}, reason: "s3-b is worse"},
		"wacheck:ignore:rds-a:because":                     {rules: []string{"rds-a"}, reason: "because"},
		"wacheck:ignore unknown-rule, other why":           {rules: []string{"unknown-rule", "other"}, reason: "why"},
		"wacheck:ignore s3-*":                              {rules: []string{"s3-*"}},
		"wacheck:ignore * vendored":                        {rules: []string{"*"}, reason: "vendored"},
		"wacheck:ignore rds-a exp:2027-01-31 because":      {rules: []string{"rds-a"}, expires: "2027-01-31", reason: "because"},
		"wacheck:ignore rds-a because exp:2027-01-31":      {rules: []string{"rds-a"}, expires: "2027-01-31", reason: "because"},
		"wacheck:ignore rds-a:exp:2027-01-31:because":      {rules: []string{"rds-a"}, expires: "2027-01-31:because", faults: []string{`"2027-01-31:because" is no date of the form YYYY-MM-DD`}},
		"wacheck:ignore rds-a exp:soon":                    {rules: []string{"rds-a"}, expires: "soon", faults: []string{`"soon" is no date of the form YYYY-MM-DD`}},
		"wacheck:ignore rds-a[a=1, b.c=\"x]\"] why":        {rules: []string{"rds-a"}, attrs: []attr{{"a", "1"}, {"b.c", "x]"}}, reason: "why"},
		"wacheck:ignore rds-a [a=1] path=m.*[\"b c\"] w":   {rules: []string{"rds-a"}, attrs: []attr{{"a", "1"}}, path: `m.*["b c"]`, reason: "w"},
		"wacheck:ignore rds-a path=module.db reason=\"w\"": {rules: []string{"rds-a"}, path: "module.db", reason: "w"},
		"wacheck:ignore rds-a[a=1":                         {rules: []string{"rds-a"}, faults: []string{"a bracket is not closed"}},
		"wacheck:ignore rds-a[a]":                          {rules: []string{"rds-a"}, faults: []string{`"a" is not of the form attr=value`}},
		"wacheck:ignore-file rds-a generated":              {rules: []string{"rds-a"}, file: true, reason: "generated"},
		"wacheck:ignore":                                   {faults: []string{"it names no rule"}},
		"wacheck:ignore exp:2027-01-31":                    {expires: "2027-01-31", faults: []string{"it names no rule"}},
		"wacheck:skip rds-a": {faults: []string{
			`"wacheck:skip" is not understood; write wacheck:ignore or wacheck:ignore-file`}},
	} {
		got, ok := parse(text, known)
		if !ok {
			t.Errorf("%s: not read", text)
			continue
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(directive{}, attr{})); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
	}
	for _, text := range []string{"", "wacheck", "see wacheck:ignore rds-a", "checkov:skip=CKV_AWS_1"} {
		if d, ok := parse(text, known); ok {
			t.Errorf("%q: read as %+v", text, d)
		}
	}
}

func FuzzParseDirective(f *testing.F) {
	f.Add(`wacheck:ignore a, b[c="d"] path=x["y"] exp:2027-01-31 -- reason`)
	f.Fuzz(func(_ *testing.T, text string) {
		parse(text, func(s string) bool { return len(s)%2 == 0 })
		NewAddresses(text).Match(text)
	})
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, address string
		want             bool
	}{
		{"aws_db_instance.this", "aws_db_instance.this", true},
		{"aws_db_instance.this", "aws_db_instance.this[0]", true},
		{"aws_db_instance.this", `aws_db_instance.this["eu"]`, true},
		{"aws_db_instance.this", "aws_db_instance.this2", false},
		{"aws_db_instance.this", "module.a.aws_db_instance.this", false},
		{"module.db", "module.db.aws_db_instance.this", true},
		{"module.db", `module.db["eu"].aws_db_instance.this`, true},
		{`module.db["eu"]`, `module.db["eu"].aws_db_instance.this`, true},
		{`module.db["eu"]`, `module.db["us"].aws_db_instance.this`, false},
		{`module.db["eu"].aws_db_instance.this`, `module.db["eu"].aws_db_instance.this`, true},
		{"module.*.aws_db_instance.this", `module.db.aws_db_instance.this`, true},
		{"module.*.aws_db_instance.this", `module.db["a.b"].aws_db_instance.this`, false},
		{"module.*[*].aws_db_instance.this", `module.db["a.b"].aws_db_instance.this`, true},
		{"module.*.aws_db_instance.this", `module.a.module.b.aws_db_instance.this`, false},
		{"module.**.aws_db_instance.this", `module.a.module.b["x"].aws_db_instance.this`, true},
		{"aws_*.this", "aws_db_instance.this", true},
		{"aws_*.this", "aws_db_instance.that", false},
		{"**", "anything", true},
	} {
		if got := NewAddresses(c.pattern).Match(c.address); got != c.want {
			t.Errorf("%s against %s: %v", c.pattern, c.address, got)
		}
	}
}
