package syntax

import (
	"strings"
	"testing"
)

func TestLooksLikeTemplate(t *testing.T) {
	tests := map[string]struct {
		path, text string
		want       Class
	}{
		"version":               {"t.yaml", "AWSTemplateFormatVersion: 2010-09-09\nResources: {}\n", Template},
		"version, late":         {"t.yaml", "Description: |\n  x\n\nParameters:\n  A: {Type: String}\n'AWSTemplateFormatVersion' : '2010-09-09'\n", Template},
		"version behind a mark": {"t.yaml", "\ufeff---\nAWSTemplateFormatVersion: 2010-09-09\n", Template},
		"resources alone":       {"t.yaml", "Resources:\n  # all\n  A:\n    Type: AWS::S3::Bucket\n", Template},
		"resources, CRLF":       {"t.yaml", "Resources:\r\n  A:\r\n    Type: AWS::S3::Bucket\r\n", Template},
		"resources, flow":       {"t.yaml", "Resources: {A: {Type: 'Custom::Thing'}}\n", Template},
		"resources, type late":  {"t.yaml", "Resources: &r\n  A:\n    Properties:\n      B: 1\n    Type: \"AWS::S3::Bucket\"\nOutputs: {}\n", Template},
		"type on its own line":  {"t.yaml", "Resources:\n  A:\n    Type:\n      AWS::S3::Bucket\n", Template},
		"SAM":                   {"t.yaml", "AWSTemplateFormatVersion: 2010-09-09\nTransform: AWS::Serverless-2016-10-31\nResources: {}\n", SAMTemplate},
		"SAM in a list":         {"t.yaml", "Transform:\n- Macro\n- 'AWS::Serverless-2016-10-31'\nResources: {}\n", SAMTemplate},
		"language extensions":   {"t.yaml", "Transform: AWS::LanguageExtensions\nResources: {}\n", Template},
		"dynamic reference":     {"t.yaml", "Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties:\n      P: '{{resolve:ssm:x}}'\n", Template},
		"second document":       {"t.yaml", "a: 1\n---\nResources:\n  A:\n    Type: AWS::S3::Bucket\n", Template},
		"JSON":                  {"t.template", ` {"Resources": {"A": {"Properties": {"x": "}{\""}, "Type": "AWS::S3::Bucket"}}}`, Template},
		"JSON, version":         {"t.json", `{"Description": "x", "AWSTemplateFormatVersion" : "2010-09-09"}`, Template},
		"JSON, SAM":             {"t.json", `{"AWSTemplateFormatVersion": "2010-09-09", "Transform": ["AWS::Serverless-2016-10-31"], "Resources": {}}`, SAMTemplate},
		"JSON, cut off":         {"t.json", `{"Resources": {"A": {"Type": "AWS::S3::Bucket"`, Template},

		"empty":                      {"t.yaml", "", Other},
		"blank":                      {"t.json", " \n", Other},
		"JSON list":                  {"t.json", `[{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}]`, Other},
		"resources as a list":        {"t.yaml", "Resources:\n- Type: AWS::S3::Bucket\n", Other},
		"resources, indented list":   {"t.yaml", "Resources:\n\n  - Type: AWS::S3::Bucket\n", Other},
		"resources, JSON list":       {"t.json", `{"Resources": [{"Type": "AWS::S3::Bucket"}]}`, Other},
		"resources as text":          {"t.yaml", "Resources: |\n  Type: AWS::S3::Bucket\n", Other},
		"resources without a type":   {"t.yaml", "Resources:\n  A:\n    Type: string\nOther:\n  Type: AWS::S3::Bucket\n", Other},
		"JSON, type elsewhere":       {"t.json", `{"Resources": {"A": {"Type": "x"}}, "B": {"Type": "AWS::S3::Bucket"}}`, Other},
		"nested template":            {"t.json", `{"body": {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}}`, Other},
		"template in a string":       {"t.json", `{"body": "\"AWSTemplateFormatVersion\": \"2010-09-09\""}`, Other},
		"version in a comment":       {"t.yaml", "# AWSTemplateFormatVersion: 2010-09-09\na: 1\n", Other},
		"version as a value":         {"t.yaml", "required:\n- AWSTemplateFormatVersion\n- Resources\nkey: AWSTemplateFormatVersion\n", Other},
		"Terraform in JSON":          {"main.tf.json", `{"AWSTemplateFormatVersion": "2010-09-09"}`, Other},
		"Serverless Framework":       {"serverless.yml", "service: a\nprovider:\n  name: aws\nresources:\n  Resources:\n    A:\n      Type: AWS::S3::Bucket\n", Other},
		"Compose":                    {"docker-compose.yml", "version: '3'\nservices:\n  web:\n    image: x\n", Other},
		"workflow":                   {"ci.yml", "name: CI\non: [push]\njobs:\n  a:\n    env: {B: \"${{ secrets.B }}\"}\n    steps:\n      - run: x ${{ matrix.os }}\n", Other},
		"OpenAPI":                    {"api.yaml", "openapi: 3.0.0\ninfo:\n  title: Resources\npaths: {}\ncomponents:\n  schemas:\n    Resources:\n      Type: AWS::X\n", Other},
		"package.json":               {"package.json", `{"name": "x", "dependencies": {"Resources": "1"}}`, Other},
		"CDK manifest":               {"manifest.json", `{"version": "36.0.0", "artifacts": {"A.assets": {"type": "cdk:asset-manifest"}, "A": {"type": "aws:cloudformation:stack"}}}`, Other},
		"CDK tree":                   {"tree.json", `{"version": "tree-0.1", "tree": {"children": {"R": {"attributes": {"aws:cdk:cloudformation:type": "AWS::S3::Bucket"}}}}}`, Other},
		"plan":                       {"plan.json", `{"format_version": "1.2", "planned_values": {"root_module": {"resources": []}}}`, Plan},
		"plan in any order":          {"plan.json", `{"configuration": {"a": "` + strings.Repeat("x", 20<<10) + `"}, "format_version": "1.2", "resource_changes": []}`, Plan},
		"state":                      {"state.json", `{"format_version": "1.0", "values": {"root_module": {"resources": []}}}`, Other},
		"schema of plans":            {"schema.json", `{"properties": {"format_version": {}, "planned_values": {}, "resource_changes": {}}}`, Other},
		"state machine":              {"sm.asl.json", `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}}`, Other},
		"parameters":                 {"params.json", `{"Parameters": {"A": "b"}, "Tags": {}}`, Other},
		"Kubernetes":                 {"pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n", Kubernetes},
		"Kubernetes with a template": {"cm.yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  t.yaml: |\n    AWSTemplateFormatVersion: 2010-09-09\n    Resources:\n      A:\n        Type: AWS::S3::Bucket\n", Kubernetes},
		"Kubernetes, several":        {"all.yaml", "apiVersion: v1\nkind: Pod\n---\na: 1\n", Kubernetes},
		"Helm":                       {"templates/x.yaml", "{{- if .Values.on }}\napiVersion: v1\nkind: Pod\n{{- end }}\n", Helm},
		"Helm, inside":               {"templates/x.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ include \"x\" . }}\n", Helm},
		"Helm, no kind":              {"templates/x.yaml", "# x\n{{ include \"lib.all\" . }}\n", Helm},
		"Jinja":                      {"x.yaml", "{% for a in b %}\n- {{ a }}\n{% endfor %}\n", Helm},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := LooksLikeTemplate(tt.path, []byte(tt.text))
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if got.IsTemplate() != (tt.want == Template || tt.want == SAMTemplate) {
				t.Error("IsTemplate is wrong")
			}
		})
	}
}

func TestLooksLikeTemplateAtTheEndOfALargeFile(t *testing.T) {
	filler := strings.Repeat("Key:\n  a: 1\n", 1<<16)
	if got := LooksLikeTemplate("t.yaml", []byte(filler+"Transform: AWS::Serverless-2016-10-31\n")); got != SAMTemplate {
		t.Errorf("got %s", got)
	}
	filler = `{"a": "` + strings.Repeat(`\"}`, 1<<18) + `"`
	if got := LooksLikeTemplate("t.json", []byte(filler+`, "AWSTemplateFormatVersion": "x"}`)); got != Template {
		t.Errorf("got %s", got)
	}
}

func TestClassString(t *testing.T) {
	seen := map[string]bool{}
	for c := Other; c <= Helm; c++ {
		seen[c.String()] = true
	}
	if len(seen) != int(Helm)+1 {
		t.Errorf("names: %v", seen)
	}
}
