package cloudformation_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/parsers/cloudformation"
)

// A file that AWS::Include names by a relative path stands in the place of the transform:
// as a value, among the entries of a mapping, and below another file that is included.
func TestInclude(t *testing.T) {
	s := load(t, `
-- app/main.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Parameters: {Name: {Type: String, Default: n}}
Resources:
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: parts/resources.yaml}}
  Whole: {Type: AWS::Test::Whole, Properties: {Body: {"Fn::Transform": {Name: AWS::Include, Parameters: {Location: ./body.json}}}}}
  Short: {Type: AWS::Test::Short, Properties: {Body: !Transform {Name: AWS::Include, Parameters: {Location: ./body.json}}}}
  Mixed: {Type: AWS::Test::Mixed, Properties: {A: 1, "Fn::Transform": {Name: AWS::Include, Parameters: {Location: body.json}}}}
-- app/parts/resources.yaml --
Queue:
  Type: AWS::Test::Queue
  Properties: {Body: {"Fn::Transform": {Name: AWS::Include, Parameters: {Location: ../body.json}}}}
-- app/body.json --
{"Key": {"Ref": "Name"}}
`, cloudformation.Options{})
	if got := s.messages(); got != "" {
		t.Error(got)
	}
	for id, attr := range map[string]string{"Whole": "Body", "Short": "Body", "Queue": "Body", "Mixed": ""} {
		body := s.must(id).Body
		if attr != "" {
			body = body.Get(attr)
		}
		if got := show(body.Get("Key")); got != `"n"` || body.IsOpen() {
			t.Errorf("%s: %s, open %v", id, got, body.IsOpen())
		}
		if got := s.text(body.Get("Key").Span()); got != `{"Ref": "Name"}` {
			t.Errorf("%s: the value is said to stand at %q", id, got)
		}
	}
	if at := s.files.Position(s.must("Queue").Span.Pos); at.Path != "app/parts/resources.yaml" || at.Line != 1 {
		t.Errorf("Queue is at %s", at)
	}
	for _, p := range []string{"app/parts/resources.yaml", "app/body.json"} {
		if got := s.result.Status[p].Kind; got != cloudformation.Included {
			t.Errorf("%s is %s", p, got)
		}
	}
}

// What can't be included leaves the value unknown, and is told.
func TestNotIncluded(t *testing.T) {
	for name, c := range map[string]struct{ location, file, want string }{
		"S3":         {"s3://bucket/part.yaml", "A: 1", "note: what a macro puts here is not known"},
		"parameter":  {"{Ref: Place}", "A: 1", "note: what a macro puts here is not known"},
		"absolute":   {"/part.yaml", "A: 1", "note: what a macro puts here is not known"},
		"gone":       {"gone.yaml", "A: 1", "warning: gone.yaml is to be included here, and could not be read: no such file or directory"},
		"outside":    {"../gone.yaml", "A: 1", "warning: ../gone.yaml is to be included here, and could not be read: lies outside the tree that may be read"},
		"broken":     {"part.yaml", "A: [", "warning: part.yaml is to be included here, and could not be parsed"},
		"itself":     {"part.yaml", "Fn::Transform: {Name: AWS::Include, Parameters: {Location: part.yaml}}", "warning: part.yaml includes itself: it is not included"},
		"no mapping": {"part.yaml", "[A]", "warning: part.yaml is no mapping, and there are other entries beside it: it is not included"},
		"twice":      {"part.yaml", "B: 2", "warning: B is also an entry where this file is included: it is not included"},
	} {
		t.Run(name, func(t *testing.T) {
			s := load(t, `
-- main.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Parameters: {Place: {Type: String}}
Resources:
  R: {Type: AWS::Test::R, Properties: {B: 1, "Fn::Transform": {Name: AWS::Include, Parameters: {Location: `+c.location+`}}}}
-- part.yaml --
`+c.file+"\n", cloudformation.Options{})
			if got := s.messages(); !strings.Contains(got, c.want) {
				t.Errorf("got %s", got)
			}
			if r := s.must("R").Body; !r.IsOpen() || show(r.Get("B")) != "1" {
				t.Errorf("the resource is %s, open %v", show(r), r.IsOpen())
			}
		})
	}
}

// Files that include each other many times end somewhere.
func TestIncludesAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("-- main.yaml --\nAWSTemplateFormatVersion: \"2010-09-09\"\nResources:\n  R: {Type: AWS::Test::R, Properties: {A: {\"Fn::Transform\": {Name: AWS::Include, Parameters: {Location: 0.yaml}}}}}\n")
	for i := range 9 {
		one := `{"Fn::Transform": {Name: AWS::Include, Parameters: {Location: ` + string(rune('1'+i)) + `.yaml}}}`
		b.WriteString("-- " + string(rune('0'+i)) + ".yaml --\nX: [" + strings.Repeat(one+", ", 9) + one + "]\n")
	}
	b.WriteString("-- 9.yaml --\nX: 1\n")
	if got := load(t, b.String(), cloudformation.Options{}).messages(); !strings.Contains(got, "too many files are included") {
		t.Error(got)
	}
}
