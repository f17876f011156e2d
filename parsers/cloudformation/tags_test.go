package cloudformation_test

import (
	"testing"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/parsers/cloudformation"
)

// tagOf is a tag that a node bears, as text.
func tagOf(n *graph.Node, key string) string { return show(aws.TagsOf(n).Get(key)) }

// inUnits gives the nodes of a scan the units that the graph would give them.
func (s *scan) inUnits() *scan {
	s.t.Helper()
	s.graph(graph.Options{})
	return s
}

// Resources get the tags of their stack, behind their own, whichever kind of file
// tells what these are.
func TestTagsOfStacks(t *testing.T) {
	s := load(t, `
-- pipeline/db.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Parameters: {Size: {Type: String}}
Resources:
  Pipeline: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Size, Tags: [{Key: team, Value: own}]}}
-- pipeline/prod.json --
{"Parameters": {"Size": "small"}, "Tags": {"env": "prod", "team": "stack"}}
-- gitsync/db.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Synced: {Type: AWS::SNS::Topic}
-- gitsync/deployment.yaml --
template-file-path: gitsync/db.yaml
tags: {env: dev}
-- plain/db.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Plain: {Type: AWS::SNS::Topic}
`, cloudformation.Options{}).inUnits()
	for id, want := range map[string][2]string{
		"Pipeline": {`"prod"`, `"own"`}, "Synced": {`"dev"`, show(aws.Tags{}.Get("x"))}, "Plain": {show(aws.Tags{}.Get("x")), show(aws.Tags{}.Get("x"))},
	} {
		n := s.must(id)
		if got := [2]string{tagOf(n, "env"), tagOf(n, "team")}; got != want {
			t.Errorf("%s has the tags %q, want %q", id, got, want)
		}
	}
	v := aws.TagsOf(s.must("Pipeline")).Get("env")
	if got := s.text(v.Span()); got != `"prod"` {
		t.Errorf("the tag is said to stand at %q", got)
	}
	if chain := s.origins.Chain(v.Origin()); len(chain) != 1 || chain[0].Text() != "env is a tag of the stack (in a file that is taken to be for this template by its name and parameters)" {
		t.Errorf("the tag came by %+v", chain)
	}
}

// The tags of samconfig.toml are written in three ways.
func TestTagsOfSAMConfig(t *testing.T) {
	for name, tags := range map[string]string{
		"text": `"env=prod \"cost center\"=42"`, "list": `["env=prod", "'cost center'=42"]`, "table": `{env = "prod", "cost center" = 42}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := load(t, `
-- template.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Topic: {Type: AWS::SNS::Topic}
-- samconfig.toml --
[default.deploy.parameters]
tags = `+tags+"\n", cloudformation.Options{SAMConfigs: []string{"samconfig.toml"}}).inUnits()
			n := s.must("Topic")
			if tagOf(n, "env") != `"prod"` || tagOf(n, "cost center") != `"42"` {
				t.Errorf("the tags are %v", aws.TagsOf(n).List())
			}
		})
	}
}

// A single tag may have blanks that are not quoted; with more, "sam deploy" leaves out what is
// before them, and so it is told.
func TestBlanksInTagsOfSAMConfig(t *testing.T) {
	for tags, want := range map[string][2]string{
		`"team=the shop"`:               {`"the shop"`, ""},
		`["team=the shop"]`:             {`"the shop"`, ""},
		`["env=prod", "team=the shop"]`: {`"the"`, "samconfig.toml:2 parameter-file"},
		`'team=the\ shop env=prod'`:     {`"the shop"`, ""},
	} {
		s := load(t, `
-- template.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Topic: {Type: AWS::SNS::Topic}
-- samconfig.toml --
[default.deploy.parameters]
tags = `+tags+"\n", cloudformation.Options{SAMConfigs: []string{"samconfig.toml"}}).inUnits()
		if got := [2]string{tagOf(s.must("Topic"), "team"), s.diagnostics()}; got != want {
			t.Errorf("%s: %q, want %q", tags, got, want)
		}
	}
}

// A nested stack hands on the tags of its resource, and those of the stack around it.
func TestTagsOfNestedStacks(t *testing.T) {
	s := load(t, `
-- main.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Parameters: {Env: {Type: String, Default: dev}, Other: {Type: String}}
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: child.yaml, Tags: [{Key: env, Value: !Ref Env}, {Key: owner, Value: child}]}
  Twice:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: twice.yaml, Tags: [{Key: env, Value: a}, {Key: one, Value: x}]}
  Again:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: twice.yaml, Tags: [{Key: env, Value: b}]}
  Open:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: open.yaml, Tags: [{Key: !Ref Other, Value: b}]}
-- child.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Inner: {Type: AWS::SNS::Topic}
-- twice.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Shared: {Type: AWS::SNS::Topic}
-- open.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Opened: {Type: AWS::SNS::Topic}
-- deployment.yaml --
template-file-path: main.yaml
tags: {owner: root, team: core}
`, cloudformation.Options{}).inUnits()
	inner := s.must("Inner")
	if tagOf(inner, "env") != `"dev"` || tagOf(inner, "owner") != `"child"` || tagOf(inner, "team") != `"core"` {
		t.Errorf("the inner tags are %v", aws.TagsOf(inner).List())
	}
	shared := s.must("Shared")
	if got := tagOf(shared, "env"); got != `"a"|"b"` {
		t.Errorf("env of the stack that is there twice is %s", got)
	}
	if got := aws.TagsOf(shared).Get("one"); got.IsKnown() || got.IsAbsent() {
		t.Errorf("a tag of one of two calls is %s", show(got))
	}
	opened := s.must("Opened")
	if !aws.TagsOf(opened).Open || aws.TagsOf(opened).Get("env").IsAbsent() || aws.TagsOf(opened).Get("team").IsKnown() {
		t.Errorf("a tag with an unknown key leaves %v", aws.TagsOf(opened).List())
	}
}
