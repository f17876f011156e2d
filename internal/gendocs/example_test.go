package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

const archive = `Prose.

-- bad-other/main.tf --
resource "aws_x" "other" {} # want a-rule "x"
-- bad/main.tf --
# ok unrelated prose
terraform {
  required_version = "1"
}

variable "cidr" {
  default = "a" # why
}

resource "aws_vpc" "main" {
  cidr = var.cidr
}

# Of another case.
resource "aws_x" "two" { # want a-rule[high review] "one" "two"
  vpc = aws_vpc.two.id
}

resource "aws_vpc" "two" {}

resource "aws_x" "main" {
  # want a-rule "an annotation on a line of its own"
  vpc    = aws_vpc.main.id # stays # want a-rule ` + "`x`" + `
  policy = <<EOF
{
}
EOF
}

# Refers to the case.
resource "aws_y" "of_main" {
  x = aws_x.two.id
}
-- bad/template.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Size:
    Type: Number
  Unused:
    Type: String
Resources:
  # The bad one.
  Bad:
    Type: AWS::X::Vpc # want a-rule "x"
    Properties:
      Size: !Ref Size

      Peer: !GetAtt Vpc.Id
  Vpc:
    Type: AWS::X::Vpc
  Part:
    Type: AWS::X::Part
    Properties: {Of: !Ref Bad}
  Lonely:
    Type: AWS::X::Bad
  Other:
    Type: AWS::X::Y # want a-rule "y"
    DependsOn: Bad
-- good/prod/main.tf --
resource "aws_x" "a" {} # ok a-rule
-- good/dev/main.tf --
resource "aws_x" "b" {}
-- open/main.tf --
resource "aws_x" "c" {} # open a-rule "c"
`

const examples = `-- bad.tf --
# Of another case.
resource "aws_x" "two" {
  vpc = aws_vpc.two.id
}

resource "aws_vpc" "two" {}

# Refers to the case.
resource "aws_y" "of_main" {
  x = aws_x.two.id
}
-- bad.yaml --
Parameters:
  Size:
    Type: Number
Resources:
  # The bad one.
  Bad:
    Type: AWS::X::Vpc
    Properties:
      Size: !Ref Size
      Peer: !GetAtt Vpc.Id
  Vpc:
    Type: AWS::X::Vpc
  Part:
    Type: AWS::X::Part
    Properties: {Of: !Ref Bad}
-- good.tf --
# prod/main.tf
resource "aws_x" "a" {}

# dev/main.tf
resource "aws_x" "b" {}
`

func TestCandidates(t *testing.T) {
	got := &txtar.Archive{}
	for _, kind := range []string{"bad", "good"} {
		for _, l := range languages {
			if c := l.candidates(txtar.Parse([]byte(archive)), kind); len(c) > 0 {
				got.Files = append(got.Files, txtar.File{Name: kind + "." + l.ext, Data: []byte(c[0].code)})
			}
		}
	}
	if diff := cmp.Diff(examples, string(txtar.Format(got))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestExcerptKeepsHeredocsAndComments(t *testing.T) {
	text := "variable \"cidr\" {\n  default = \"a\"\n}\n\nresource \"aws_x\" \"main\" {\n  # want a-rule \"alone\"\n" +
		"  cidr   = var.cidr # stays # want a-rule `x`\n  policy = <<EOF\n{\n}\nEOF\n}\n\nresource \"aws_z\" \"no\" {}\n"
	want := "variable \"cidr\" {\n  default = \"a\"\n}\n\nresource \"aws_x\" \"main\" {\n  cidr   = var.cidr # stays\n  policy = <<EOF\n{\n}\nEOF\n}\n"
	if diff := cmp.Diff(want, clean(languages[0].excerpt(text))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
