package funcs

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func TestARN(t *testing.T) {
	for expr, want := range map[string]string{
		`provider::aws::arn_parse("arn:aws-cn:iam:eu-west-1:123456789012:user/a:b")`: `{"account_id":"123456789012","partition":"aws-cn","region":"eu-west-1","resource":"user/a:b","service":"iam"}`,
		`provider::aws::arn_build("aws", "s3", "", "", "bucket")`:                    `"arn:aws:s3:::bucket"`,
		`provider::aws::trim_iam_role_path("arn:aws:iam::1:role/with/path/name")`:    `"arn:aws:iam::1:role/name"`,
		`provider::aws::trim_iam_role_path("arn:aws:iam::1:user/name")`:              asError,
		`provider::aws::arn_parse("bucket")`:                                         asError,
		`provider::aws::arn_parse("arn:aws:s3")`:                                     asError,
	} {
		e, diags := hclsyntax.ParseExpression([]byte("jsonencode("+expr+")"), "", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		got := asError
		if v, diags := e.Value(&hcl.EvalContext{Functions: Table(Options{})}); !diags.HasErrors() {
			got = v.AsString()
		}
		if got != want {
			t.Errorf("%s = %s, want %s", expr, got, want)
		}
	}
}
