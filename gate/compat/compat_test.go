package compat

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/source"
)

// remark is a comment on a line of its own, in a block, above a nested one.
func remark(t *testing.T, text string) source.Remark {
	t.Helper()
	f, err := source.NewFileSet().Add("a.tf", []byte(strings.Repeat(" ", 100)))
	if err != nil {
		t.Fatal(err)
	}
	return source.Remark{Comment: source.Comment{Text: text, Span: f.Span(10, 20)}, Own: true, Next: f.Span(30, 40), NextBlock: true,
		Around: []source.Span{f.Span(5, 50), f.Span(1, 90)}, Line: f.Span(10, 20), Below: f.Span(21, 29), Head: true}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"checkov:skip=CKV_AWS_20:it is a site":                "checkov CKV_AWS_20 1-90 reason=it is a site",
		"bridgecrew:skip=CKV_AWS_20,CKV_AWS_21":               "checkov CKV_AWS_20,CKV_AWS_21 1-90",
		"see here checkov:skip=CKV2_AWS_6: why":               "checkov CKV2_AWS_6 1-90 reason=why",
		"trivy:ignore:AVD-AWS-0089":                           "trivy AVD-AWS-0089 30-40",
		"trivy:ignore:aws-s3-enable-logging:exp:2027-01-31 x": "trivy aws-s3-enable-logging 30-40 expires=2027-01-31 reason=x",
		"trivy:ignore:AWS-0107[from_port=22,type=ingress]":    "trivy AWS-0107 30-40 from_port=22 type=ingress",
		"trivy:ignore:*": "trivy * 30-40",
		"tfsec:ignore:AWS002 - No logging enabled":             "tfsec AWS002 30-40 reason=No logging enabled",
		"tfsec:ignore:aws-s3-enable-versioning tfsec:ignore:x": "tfsec aws-s3-enable-versioning 30-40; tfsec x 30-40",
		"trivy:ignore:AWS-0089:ws:dev-*":                       "trivy AWS-0089 30-40 workspace=dev-*",
		"trivy:ignore:AWS-0089:nonsense:x":                     "",
		"kics-scan ignore-block":                               "kics * 30-40",
		"kics-scan ignore-line":                                "kics * 21-29",
		"kics-scan ignore":                                     "kics * file",
		"kics-scan disable=a-b,c":                              "kics a-b,c file",
		"kics-scan enable=a-b":                                 "",
		"a comment":                                            "",
	} {
		var got []string
		for _, s := range Parse(remark(t, text)) {
			got = append(got, show(s))
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s:\n got %q\nwant %q", text, got, want)
		}
	}
}

func show(s Suppression) string {
	parts := []string{s.Tool, strings.Join(s.IDs, ",")}
	for _, x := range s.Scopes {
		parts = append(parts, fmt.Sprintf("%d-%d", x.Pos-1, x.End-1))
	}
	if s.File {
		parts = append(parts, "file")
	}
	for _, a := range s.Attrs {
		parts = append(parts, a.Name+"="+a.Value)
	}
	if s.Expires != "" {
		parts = append(parts, "expires="+s.Expires)
	}
	if s.Workspace != "" {
		parts = append(parts, "workspace="+s.Workspace)
	}
	if s.Reason != "" {
		parts = append(parts, "reason="+s.Reason)
	}
	return strings.Join(parts, " ")
}

func TestEquivalents(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ tool, id, want string }{
		{Checkov, "ckv_aws_16", "rds-not-encrypted"},
		{Trivy, "AVD-AWS-0107", "sg-open-ingress-admin"},
		{Trivy, "aws-0107", "sg-open-ingress-admin"},
		{Tfsec, "AWS077", "s3-no-versioning"},
		{Tfsec, "aws-s3-enable-versioning", "s3-no-versioning"},
		{CfnNag, "F26", "rds-not-encrypted"},
		{CdkNag, "HIPAA.Security-EC2RestrictedSSH", "sg-open-ingress-admin"},
		{Guard, "restricted_ssh", "sg-open-ingress-admin"},
		{KICS, "151187cb-0efc-481c-babd-ad24e3c9bc22", "sg-open-ingress-admin"},
		{KICS, "C9846969-d066-431f-9b34-8c4abafe422a", "sg-open-ingress-admin"},
		{KICS, "remote_desktop_port_open_to_internet", "sg-open-ingress-admin"},
	} {
		if got := Equivalents(c.tool, c.id); !slices.Contains(got, c.want) {
			t.Errorf("%s %s: %v, want %s", c.tool, c.id, got, c.want)
		}
	}
	if got := Equivalents(Checkov, "CKV_AZURE_1"); len(got) > 0 {
		t.Errorf("CKV_AZURE_1: %v", got)
	}
	for _, tool := range Tools() {
		if len(all(tool)) == 0 {
			t.Errorf("no rule has an equivalent of %s", tool)
		}
	}
}
