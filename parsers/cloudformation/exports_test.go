package cloudformation_test

import (
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/parsers/cloudformation"
)

const network = `
-- network.yaml --
Parameters: {Peer: {Type: String, Default: peer-id}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
Outputs:
  Vpc: {Value: !Ref Vpc, Export: {Name: main-vpc}}
  Peer: {Value: !Ref Peer, Export: {Name: main-peer}}
  Named: {Value: !GetAtt Vpc.CidrBlock, Export: {Name: !Sub "${AWS::StackName}-cidr"}}
  Chained: {Value: !ImportValue base-key, Export: {Name: main-key}}
  Loop: {Value: !ImportValue loop-b, Export: {Name: loop-a}}
-- base.yaml --
Resources:
  Key: {Type: AWS::KMS::Key}
Outputs:
  Key: {Value: !GetAtt Key.Arn, Export: {Name: base-key}}
  Loop: {Value: !ImportValue loop-a, Export: {Name: loop-b}}
  One: {Value: !Ref Key, Export: {Name: twice}}
-- app.yaml --
Parameters: {Net: {Type: String}}
Resources:
  App:
    Type: AWS::Test::App
    Properties:
      Vpc: !ImportValue main-vpc
      Peer: !ImportValue main-peer
      Cidr: !ImportValue {"Fn::Sub": "${Net}-cidr"}
      Key: !ImportValue main-key
      Loop: !ImportValue loop-a
      Twice: !ImportValue twice
      Other: !ImportValue elsewhere
      Unknown: !ImportValue {"Fn::Sub": "${Net}-what"}
-- app2.yaml --
Resources:
  App2: {Type: AWS::Test::App, Properties: {Other: !ImportValue elsewhere, Text: !Sub ["arn:${v}", {v: !ImportValue main-vpc}]}}
Outputs:
  One: {Value: x, Export: {Name: twice}}
`

func TestExports(t *testing.T) {
	s := load(t, network, cloudformation.Options{})
	if d := s.diagnostics(); d != "" {
		t.Error(d)
	}
	app := s.must("App").Body
	for name, want := range map[string]string{
		"Vpc": "?network.yaml/Vpc.Ref", "Peer": `"peer-id"`, "Cidr": "?network.yaml/Vpc.CidrBlock|?import ${Parameters.Net}-cidr.",
		"Key": "?base.yaml/Key.Arn", "Twice": "?export/twice.", "Other": "?export/elsewhere.", "Unknown": "?import ${Parameters.Net}-what.",
	} {
		if got := show(app.Get(name)); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
		if got := s.text(app.Get(name).Span()); len(got) < 3 || got[:7] != "!Import" {
			t.Errorf("%s is said to be at %q", name, got)
		}
	}
	if v := app.Get("Loop"); !v.IsUnknown() {
		t.Errorf("Loop is %s", show(v))
	}
	for name, want := range map[string]string{
		"Twice": `imports "twice", which may be that of any of app2.yaml, base.yaml`,
		"Other": `imports "elsewhere", which no template of the scan exports`,
		"Cidr":  `imports "…-cidr", which may be that of network.yaml, or of a stack that is not in the scan`,
	} {
		if got := s.origins.At(app.Get(name).Origin()).Detail; got != want {
			t.Errorf("%s: it %s, want %s", name, got, want)
		}
	}
	chain := s.origins.Chain(app.Get("Peer").Origin())
	if len(chain) != 2 || chain[0].Name != `export "main-peer"` || s.text(chain[0].Span) != "Peer" || chain[1].Name != "Parameters.Peer" {
		t.Errorf("the chain of Peer is %+v", chain)
	}
	if v, ok := s.result.Parts[3].Exports["export:main-vpc"]; !ok || show(v) != "?Vpc.Ref" {
		t.Errorf("the part exports %v", s.result.Parts[3].Exports)
	}
}

func TestExportEdges(t *testing.T) {
	g := load(t, network, cloudformation.Options{}).graph(graph.Options{})
	var apps []*graph.Node
	var ext *graph.Node
	for _, n := range g.Nodes() {
		switch {
		case n.Type == "AWS::Test::App":
			apps = append(apps, n)
		case n.Mode == graph.External && n.Addr == "elsewhere":
			ext = n
		}
	}
	if ext == nil || len(apps) != 2 {
		t.Fatal("no external node for the import")
	}
	count := 0
	for e := range g.In(ext.ID) {
		if e.Label == "Other" {
			count++
		}
	}
	if count != 2 {
		t.Errorf("%d stacks meet at what they both import", count)
	}
}
