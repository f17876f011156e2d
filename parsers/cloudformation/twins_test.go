package cloudformation_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

// TestTwins turns the YAML templates of all rule archives into JSON: what is read
// of both has to be the same, places aside.
func TestTwins(t *testing.T) {
	archives, err := filepath.Glob("../../analyzers/*/testdata/*.txtar")
	if err != nil || len(archives) < 20 {
		t.Fatalf("%d archives: %v", len(archives), err)
	}
	own, err := filepath.Glob("testdata/sam/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range own {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		n += twin(t, name, text)
	}
	for _, name := range archives {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if ext := filepath.Ext(f.Name); ext == ".yaml" || ext == ".yml" || ext == ".template" {
				n += twin(t, name+"/"+f.Name, f.Data)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d templates were compared", n)
	}
	t.Logf("%d templates are the same in YAML and JSON", n)
}

// comment matches what the rule harness reads beside the template.
var comment = regexp.MustCompile(`(?m)[ \t]+# .*$|^# .*$`)

// twin compares a template with its form in JSON, and reports 1 if there was one.
func twin(t *testing.T, name string, text []byte) int {
	t.Helper()
	text = comment.ReplaceAll(text, nil)
	f, err := source.NewFileSet().Add("a.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	docs, diags := syntax.Parse(f)
	if len(docs) != 1 || len(diags) > 0 || docs[0].Get("Resources") == nil {
		return 0 // broken on purpose, or no template
	}
	var b bytes.Buffer
	writeJSON(&b, docs[0])
	if !json.Valid(b.Bytes()) {
		t.Fatalf("%s: no JSON: %s", name, b.String())
	}
	yaml, other := describe(t, "a.yaml", text), describe(t, "a.json", b.Bytes())
	if yaml != other {
		t.Errorf("%s differs\nYAML\n%s\nJSON\n%s", name, yaml, other)
	}
	return 1
}

// describe tells of all resources of a template: types, existence, values.
func describe(t *testing.T, name string, text []byte) string {
	t.Helper()
	s := load(t, "-- "+name+" --\n"+string(text)+"\n", cloudformation.Options{})
	var b strings.Builder
	for _, p := range s.result.Parts {
		for _, n := range p.Nodes {
			b.WriteString(n.Addr + " " + n.Type + " " + n.Exists.String() + " " + n.When.String() + " " + canonical(n.Body) + "\n")
		}
	}
	return b.String()
}

// writeJSON writes a tree as JSON, short forms of functions as long ones.
func writeJSON(b *bytes.Buffer, n *syntax.Node) {
	if n == nil {
		b.WriteString("null")
		return
	}
	if name, ok := strings.CutPrefix(n.Tag, "!"); ok {
		if name != "Ref" && name != "Condition" {
			name = "Fn::" + name
		}
		bare := *n
		bare.Tag = ""
		b.WriteString(`{` + quote(name) + `: `)
		writeJSON(b, &bare)
		b.WriteString(`}`)
		return
	}
	switch n.Kind {
	case syntax.Mapping:
		b.WriteByte('{')
		for i, p := range n.Pairs {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(quote(p.Key) + ": ")
			writeJSON(b, p.Value)
		}
		b.WriteByte('}')
	case syntax.Sequence:
		b.WriteByte('[')
		for i, item := range n.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			writeJSON(b, item)
		}
		b.WriteByte(']')
	case syntax.Null:
		b.WriteString("null")
	case syntax.Bool:
		b.WriteString(strings.ToLower(n.Text))
	case syntax.Number:
		if json.Valid([]byte(n.Text)) {
			b.WriteString(n.Text)
			return
		}
		b.WriteString(quote(n.Text))
	case syntax.String, syntax.Unreadable:
		b.WriteString(quote(n.Text))
	}
}

func quote(s string) string {
	out, _ := json.Marshal(s) // a text always has a form
	return string(out)
}
