package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/source"
)

func TestScalarKinds(t *testing.T) {
	tests := map[Kind][]string{
		Null: {"~", "null", "Null", "NULL"},
		Bool: {"true", "True", "TRUE", "false", "False", "FALSE"},
		Number: {"0", "12", "-3", "+4", "0123", "089", "012345678901", "1_000", "0x1F", "0o17", "0b11", "1.5", ".5", "1.", "-1e3", "1.5E-3",
			".inf", "-.Inf", ".nan"},
		String: {"yes", "no", "on", "off", "y", "nULL", "tRue", "2012-10-17", "2010-09-09T00:00:00Z", "12:30", "12:30:45", "1.2.3", "10.0.0.0/16",
			"0x", "0xg", "_1", "+", ".", "e3", "1e", "1ex", "-.nan", "1__x", "0b12", "0o8", "1-2", "12a", "１"},
	}
	for kind, words := range tests {
		for _, w := range words {
			_, docs, diags := parse(t, "t.yaml", "a: [ "+w+" , !Ref "+w+" , '"+w+"' ]\n")
			if len(diags) != 0 {
				t.Errorf("%s: %v", w, diags)
				continue
			}
			n := docs[0].Get("a")
			for i, want := range []Kind{kind, kind, String} {
				got := n.Items[i]
				if got.Kind != want || got.Text != w || got.Plain != (i < 2) {
					t.Errorf("%s, element %d: %s %q plain=%v, want %s", w, i, got.Kind, got.Text, got.Plain, want)
				}
			}
		}
	}
	_, docs, _ := parse(t, "t.yaml", "[!!int '7', !!bool \"true\", !!null x, !!timestamp 2020-01-01, !!float 3]")
	for i, want := range []Kind{Number, Bool, Null, String, Number} {
		if got := docs[0].Items[i].Kind; got != want {
			t.Errorf("element %d with the tag of a type: %s, want %s", i, got, want)
		}
	}
}

// report writes diagnostics as lines of level, code, line and the start of the message.
func report(f *source.File, diags []source.Diagnostic) string {
	var b strings.Builder
	for _, d := range diags {
		fmt.Fprintf(&b, "%s %s %d: %s\n", d.Level, d.Code, f.Position(d.Span.Pos).Line, d.Message)
	}
	return b.String()
}

func TestDiagnostics(t *testing.T) {
	tests := map[string]struct{ file, text, want string }{
		"duplicate": {"t.yaml", "a: 1\nb:\n  c: 1\n  'c': 2\na: 3\n",
			"error duplicate-key 4: the key \"c\" is already in line 3; this second value is left out\n" +
				"error duplicate-key 5: the key \"a\" is already in line 1; this second value is left out\n"},
		"duplicate in JSON": {"t.json", "{\"a\": 1,\n\"\\u0061\": 2}", "error duplicate-key 2: the key \"a\" is already in line 1; this second value is left out\n"},
		"merge key":         {"t.yaml", "a: &x {k: v}\nb:\n  <<: *x\n", "warning yaml-merge-key 3: CloudFormation does not support the merge key <<; what it would bring in is not known here\n"},
		"no merge key":      {"t.yaml", "a: {'<<': x}\n", ""},
		"placeholder":       {"t.yaml", "a: {{ name }}\n", "error yaml-complex-key 1: a list or mapping can't be a key in a template\n"},
		"cycle":             {"t.yaml", "a: &x\n  - *x\n", "error yaml-alias 2: the alias *x lies within its own anchor\n"},
		"unknown anchor":    {"t.yaml", "a: *x\nb: 1\n", "error cloudformation-syntax 1: invalid YAML: unknown anchor 'x' referenced; not analysed: lines 1 to 1\n"},
		"UTF-16":            {"t.yaml", "\xff\xfea\x00", "error encoding 1: the file is encoded in UTF-16 and was not read; CloudFormation expects UTF-8\n"},
		"Latin-1":           {"t.yaml", "a: 1\nb: gr\xfc\xdf\n", "error encoding 2: the file is not valid UTF-8; such bytes were read as question marks\n"},
		"cut off":           {"t.json", "{\"a\": [1,\n2", "error cloudformation-syntax 2: invalid JSON: the text ends too early; what follows is not analysed\n"},
		"more text":         {"t.json", "{}\n{}", "error cloudformation-syntax 2: invalid JSON: there is text behind the end of the value; what follows is not analysed\n"},
		"comment in JSON":   {"t.json", "{\n// x\n\"a\": 1}", "error cloudformation-syntax 2: invalid JSON: invalid character '/' at start of value\n"},
		"comma in YAML":     {"t.yaml", "{\"a\": 1,}", ""},
		"JSON as YAML":      {"t.yaml", `{"a": "\ud83d\ude80\/"}`, ""},
		"empty":             {"t.yaml", "", ""},
		"comments":          {"t.yaml", "# nothing\n", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, docs, diags := parse(t, tt.file, tt.text)
			if got := report(f, diags); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			for _, d := range docs {
				checkTree(t, f, d)
			}
		})
	}
}

func TestKeepsTheFirstOfTwoKeys(t *testing.T) {
	var b strings.Builder
	for i := range 30 { // more than are compared one by one
		fmt.Fprintf(&b, "k%d: %d\n", i%20, i)
	}
	_, docs, diags := parse(t, "t.yaml", b.String())
	if len(docs[0].Pairs) != 20 || len(diags) != 10 {
		t.Fatalf("%d entries, %d diagnostics", len(docs[0].Pairs), len(diags))
	}
	for i, p := range docs[0].Pairs {
		if p.Key != fmt.Sprint("k", i) || p.Value.Text != fmt.Sprint(i) {
			t.Errorf("entry %d is %s: %s", i, p.Key, p.Value.Text)
		}
	}
}

func TestMergeKeyStays(t *testing.T) {
	_, docs, _ := parse(t, "t.yaml", "x: &x {k: v}\na:\n  <<: *x\n  b: 1\n")
	a := docs[0].Get("a")
	if a.Get("k") != nil || a.Get("<<").Get("k").Text != "v" || a.Get("b") == nil {
		t.Errorf("got %+v", a)
	}
}

func TestDocuments(t *testing.T) {
	_, docs, diags := parse(t, "t.yaml", "%YAML 1.1\n---\na: 1\n--- # two\nb: 2\n...\n---\n- &c 3\n- *c\n")
	if len(docs) != 3 || len(diags) != 0 {
		t.Fatalf("%d documents, %v", len(docs), diags)
	}
	if docs[1].Get("b").Text != "2" || docs[2].Items[1].Text != "3" {
		t.Error("wrong content")
	}
}

func TestAliases(t *testing.T) {
	f, docs, _ := parse(t, "t.yaml", "a: &x !Sub\n  k: v\nb: *x\n")
	a, b := docs[0].Get("a"), docs[0].Get("b")
	if b.Tag != "!Sub" || b.TagSpan.IsValid() || b.Get("k") != a.Get("k") || content(f, b.Span) != "*x" {
		t.Errorf("got %+v", b)
	}
}

// TestBombs reads what would take for ever, or all memory, if expanded.
func TestBombs(t *testing.T) {
	var laughs strings.Builder
	laughs.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := range 12 {
		fmt.Fprintf(&laughs, "a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), i)
	}
	var tower strings.Builder // each anchor nests the one before
	tower.WriteString("a0: &a0 1\n")
	for i := range 1000 {
		fmt.Fprintf(&tower, "a%d: &a%d [*a%d]\n", i+1, i+1, i)
	}
	tests := map[string]struct{ file, text, code string }{
		"laughs":        {"t.yaml", laughs.String(), codeAlias},
		"tower":         {"t.yaml", tower.String(), codeAlias},
		"brackets":      {"t.yaml", "a: " + strings.Repeat("[", 100_000), codeSyntax},
		"dashes":        {"t.yaml", strings.Repeat("- ", 100_000), codeSyntax},
		"JSON":          {"t.json", strings.Repeat("[", 100_000), codeSyntax},
		"JSON, objects": {"t.json", strings.Repeat(`{"a":`, 100_000), codeSyntax},
		"large":         {"t.yaml", strings.Repeat("#", source.MaxFileBytes+1), codeTooLarge},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, docs, diags := parse(t, tt.file, tt.text)
			if len(diags) == 0 || diags[0].Code != tt.code || diags[0].Level != source.Error {
				t.Fatalf("got %.200s", report(f, diags))
			}
			for _, d := range docs {
				count, deepest := measure(d, 0)
				if count > maxNodes || deepest > maxDepth {
					t.Errorf("%d nodes, %d deep", count, deepest)
				}
			}
		})
	}
}

// measure counts nodes and levels, through aliases.
func measure(n *Node, depth int) (count, deepest int) {
	count, deepest = 1, depth
	children := n.Items
	for _, p := range n.Pairs {
		children = append(children, p.Value)
		count++
	}
	for _, c := range children {
		m, d := measure(c, depth+1)
		count, deepest = count+m, max(deepest, d)
	}
	return count, deepest
}

func TestKindString(t *testing.T) {
	seen := map[string]bool{}
	for k := Null; k <= Unreadable; k++ {
		seen[k.String()] = true
	}
	if len(seen) != int(Unreadable)+1 || seen["unknown"] || Kind(99).String() != "unknown" {
		t.Errorf("names: %v", seen)
	}
}

func TestNilNode(t *testing.T) {
	var n *Node
	if n.Get("a").Get("b") != nil || n.IsScalar() {
		t.Error("a nil node has content")
	}
}

// generated is a template of about the given size.
func generated(asJSON bool, size int) []byte {
	var b strings.Builder
	one := "  Bucket%d:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: !Sub \"${AWS::StackName}-%d\"\n" +
		"      Tags:\n        - Key: team\n          Value: storage\n        - {Key: n, Value: 12}\n"
	b.WriteString("AWSTemplateFormatVersion: 2010-09-09\nResources:\n")
	if asJSON {
		b.Reset()
		one = "    \"Bucket%d\": {\n      \"Type\": \"AWS::S3::Bucket\",\n      \"Properties\": {\n        \"BucketName\": {\"Fn::Sub\": \"${AWS::StackName}-%d\"},\n" +
			"        \"Tags\": [{\"Key\": \"team\", \"Value\": \"storage\"}, {\"Key\": \"n\", \"Value\": 12}]\n      }\n    },\n"
		b.WriteString("{\n  \"AWSTemplateFormatVersion\": \"2010-09-09\",\n  \"Resources\": {\n")
	}
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, one, i, i)
	}
	if asJSON {
		return []byte(strings.TrimSuffix(b.String(), ",\n") + "\n  }\n}\n")
	}
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"t.yaml", "t.json"} {
		text := generated(name == "t.json", 3<<20)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				f, err := source.NewFileSet().Add(name, text)
				if err != nil {
					b.Fatal(err)
				}
				if _, diags := Parse(f); len(diags) != 0 {
					b.Fatal(diags)
				}
			}
		})
	}
}

func BenchmarkLooksLikeTemplate(b *testing.B) {
	for name, text := range map[string][]byte{
		"other":    []byte(strings.Repeat("key: some value that says nothing\n", 1<<17)),
		"resource": append([]byte("Resources: []\n"), strings.Repeat("key: some value that says nothing\n", 1<<17)...),
		"yaml":     generated(false, 3<<20), "json": generated(true, 3<<20),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				LooksLikeTemplate("x", text)
			}
		})
	}
}
