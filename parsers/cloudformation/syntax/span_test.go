package syntax

import (
	"strconv"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/source"
)

// spanTests have the span of the node at path between « and ».
var spanTests = []struct {
	name, text, path string
	kind             Kind
	tag, want        string // tag and text
}{
	{"plain", "a: «foo bar» # note\n", "a", String, "", "foo bar"},
	{"plain over lines", "a: «foo\n  bar\n\n  baz»\nb: 1\n", "a", String, "", "foo bar\nbaz"},
	{"plain over lines in braces", "{a: «foo\n  bar»}", "a", String, "", "foo bar"},
	{"plain key over lines", "{a: [«b\n  c»: d]}", "", 0, "", ""},
	{"plain with colon", "a: «arn:aws:s3:::x»\n", "a", String, "", "arn:aws:s3:::x"},
	{"single quotes", "a: «'it''s'»\n", "a", String, "", "it's"},
	{"double quotes", `a: «"x\t\"\u00e9\x41"»` + "\n", "a", String, "", "x\t\"éA"},
	{"double quotes over lines", "a: «\"one\n  two \\\n   three\n\n  four\"»\nb: 1", "a", String, "", "one two three\nfour"},
	{"no value", "a:«»\nb: 1\n", "a", Null, "", ""},
	{"no value, comment, blanks", "a:«»   # none\n\n\nb: 1\n", "a", Null, "", ""},
	{"no value in a list", "- a\n-«»\n- b\n", "1", Null, "", ""},
	{"no value in braces", "{a:«», b: 1}", "a", Null, "", ""},
	{"no value nor colon", "{«»a, b: 1}", "", 0, "", ""},
	{"null", "a: «~»\n", "a", Null, "", "~"},
	{"behind wide characters", "é日🚀: {b: «x»}\n", "é日🚀/b", String, "", "x"},
	{"behind an emoji in a value", "a: [ \"🚀\", «'é'», x ]\n", "a/1", String, "", "é"},
	{"CRLF", "a:\r\n  b: «x y»\r\n  c: 1\r\n", "a/b", String, "", "x y"},
	{"CR only", "a:\r  b: «x y»\r  c: 1\r", "a/b", String, "", "x y"},
	{"byte order mark", "\ufeffa: «x»\n", "a", String, "", "x"},
	{"next line", "# a\u0085a: «x»\n", "a", String, "", "x"},
	{"tab before a value", "a:\t«x»\t# y\n", "a", String, "", "x"},
	{"short tag", "a: !Sub «\"${X}\"»\n", "a", String, "!Sub", "${X}"},
	{"tag with dots", "a: !GetAtt «b.Arn»\n", "a", String, "!GetAtt", "b.Arn"},
	{"tag on a list", "a: !If «[x, [y], !Ref z]»\n", "a", Sequence, "!If", ""},
	{"tag in brackets", "a: [!Ref «b»]\n", "a/0", String, "!Ref", "b"},
	{"tag and nothing", "a: [!Ref«», b]\n", "a/0", Null, "!Ref", ""},
	{"tag on a block", "a: !Join # comment\n  «- ''\n  - - b\n    - c»\nd: 1\n", "a", Sequence, "!Join", ""},
	{"tag on a mapping", "a: !Transform\n  «Name: x\n  Y: z»\n", "a", Mapping, "!Transform", ""},
	{"tag on a key's line", "a:\n  «!X b: c»\n", "a", Mapping, "", ""},
	{"tag and anchor", "a: !Ref &x «b»\nc: *x\n", "a", String, "!Ref", "b"},
	{"anchor and tag", "a: &x !Ref «b»\nc: *x\n", "a", String, "!Ref", "b"},
	{"verbatim tag", "a: !<!Ref> «b»\n", "a", String, "!Ref", "b"},
	{"core tag", "a: !!str «12»\n", "a", String, "", "12"},
	{"non-specific tag", "a: ! «12»\n", "a", String, "", "12"},
	{"binary", "a: !!binary «aGk=»\n", "a", String, "!!binary", "aGk="},
	{"alias", "a: &x [1]\nb: «*x»\n", "b", Sequence, "", ""},
	{"below an alias", "a: &x [«1»]\nb: *x\n", "b/0", Number, "", "1"},
	{"literal", "a: «|\n  one\n\n    two\n  three»\n\nb: 1\n", "a", String, "", "one\n\n  two\nthree\n"},
	{"literal, stripped", "a: «|- # note\n  one\n  two»\n", "a", String, "", "one\ntwo"},
	{"literal, indicator", "a:\n  b: «|2\n      one\n    two»\n", "a/b", String, "", "  one\ntwo\n"},
	{"literal, kept", "a: «|+\n  one»\n\nb: 1\n", "a", String, "", "one\n\n"},
	{"literal, empty", "a: «|»\nb: 1\n", "a", String, "", ""},
	{"literal, at the end", "a: «|\n  one»", "a", String, "", "one"},
	{"literal, wide", "é: «|\n  日本\n  🚀»\n", "é", String, "", "日本\n🚀\n"},
	{"literal, CRLF", "a: «|\r\n  one\r\n  two»\r\nb: 1\r\n", "a", String, "", "one\ntwo\n"},
	{"literal under a tag", "a: !Sub «|\n  ${X}»\n", "a", String, "!Sub", "${X}\n"},
	{"folded", "a: «>\n  one\n  two\n\n  three»\nb: 1", "a", String, "", "one two\nthree\n"},
	{"folded, deeper lines", "a: «>-\n  one\n    two\n  three»\n", "a", String, "", "one\n  two\nthree"},
	{"flow list", "a: «[1, [2, 3], {b: c} , ]» # x\n", "a", Sequence, "", ""},
	{"empty list", "a: «[ # x]\n ]»\n", "a", Sequence, "", ""},
	{"flow mapping", "a: «{b: c, 'd' : [e]\n }»\n", "a", Mapping, "", ""},
	{"flow mapping, no value", "a: «{b: , c}»\n", "a", Mapping, "", ""},
	{"single pair in a list", "a: [«b: c», d]\n", "a/0", Mapping, "", ""},
	{"quoted like JSON", "a: {\"b\":«\"c\"»}\n", "a/b", String, "", "c"},
	{"block mapping", "a:\n  «b: 1\n  c:\n    d: 2»\n\n# end\ne: 1\n", "a", Mapping, "", ""},
	{"block list", "a:\n  «- 1\n  - b: 2\n    c: 3»\nd: 1\n", "a", Sequence, "", ""},
	{"block list, not indented", "a:\n«- 1\n- - 2»\nd: 1\n", "a", Sequence, "", ""},
	{"mapping in a list", "- «a: 1\n  b: 2»\n- 3\n", "0", Mapping, "", ""},
	{"explicit key", "? a\n: «b»\n", "a", String, "", "b"},
	{"JSON string", `{"a": «"x\u0041\/\ud83d\ude80"»}`, "a", String, "", "xA/🚀"},
	{"JSON number", `{"a": «-1.5e3» }`, "a", Number, "", "-1.5e3"},
	{"JSON list", `{"a": «[1, {} ]» , "b":2}`, "a", Sequence, "", ""},
	{"JSON object", ` {"a":{"b" :«{"c": null }»}}`, "a/b", Mapping, "", ""},
	{"JSON, byte order mark", "\ufeff{\"a\": «true»}", "a", Bool, "", "true"},
	{"JSON-like YAML", "{\"a\": «b»,}", "a", String, "", "b"},
}

// at follows a path of keys and indices.
func at(n *Node, path string) *Node {
	for part := range strings.SplitSeq(path, "/") {
		if n == nil || path == "" {
			return n
		}
		if n.Kind == Sequence {
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(n.Items) {
				return nil
			}
			n = n.Items[i]
			continue
		}
		n = n.Get(part)
	}
	return n
}

func TestSpans(t *testing.T) {
	for _, tt := range spanTests {
		if tt.path == "" {
			continue // for the fuzzer
		}
		t.Run(tt.name, func(t *testing.T) {
			before, rest, _ := strings.Cut(tt.text, "«")
			inner, after, _ := strings.Cut(rest, "»")
			f, docs, diags := parse(t, "t.yaml", before+inner+after)
			if len(docs) != 1 || len(diags) != 0 {
				t.Fatalf("%d documents, %v", len(docs), diags)
			}
			checkTree(t, f, docs[0])
			n := at(docs[0], tt.path)
			if n == nil {
				t.Fatal("not found")
			}
			if n.Kind != tt.kind || n.Tag != tt.tag || n.Text != tt.want {
				t.Errorf("got %s %q %q, want %s %q %q", n.Kind, n.Tag, n.Text, tt.kind, tt.tag, tt.want)
			}
			if want := f.Span(len(before), len(before)+len(inner)); n.Span != want {
				t.Errorf("span is %q, want %q", content(f, n.Span), inner)
			}
		})
	}
}

func content(f *source.File, sp source.Span) string {
	return string(f.Content[f.Offset(sp.Pos):f.Offset(sp.End)])
}

func TestTagAndKeySpans(t *testing.T) {
	f, docs, _ := parse(t, "t.yaml", "\"k\\u0065y\":\n  - !Sub   x\n  - ! y\n  - !!int 5\n'b': !<!Ref> z\n&a c: 1\n")
	root := docs[0]
	var keys, texts []string
	for _, p := range root.Pairs {
		keys = append(keys, p.Key)
		texts = append(texts, content(f, p.KeySpan))
	}
	if got, want := strings.Join(keys, " "), "key b c"; got != want {
		t.Errorf("keys %q, want %q", got, want)
	}
	if got, want := strings.Join(texts, " "), `"k\u0065y" 'b' c`; got != want {
		t.Errorf("keys at %q, want %q", got, want)
	}
	for path, want := range map[string]string{"key/0": "!Sub", "key/1": "!", "key/2": "!!int", "b": "!<!Ref>"} {
		if got := content(f, at(root, path).TagSpan); got != want {
			t.Errorf("%s: tag at %q, want %q", path, got, want)
		}
	}
	if sub := at(root, "key/0"); content(f, sub.Extent()) != "!Sub   x" {
		t.Errorf("extent %q", content(f, sub.Extent()))
	}
	if at(root, "c").TagSpan.IsValid() {
		t.Error("a tag where there is none")
	}
}

// TestInner looks for the source of a part of the text.
func TestInner(t *testing.T) {
	tests := map[string]struct{ text, find, want string }{
		"plain":             {"a: x ${Foo} y\n", "${Foo}", "${Foo}"},
		"plain over lines":  {"a: x\n\n   ${Foo} y\n", "${Foo}", "${Foo}"},
		"single":            {"a: 'it''s ${Foo}'\n", "${Foo}", "${Foo}"},
		"single, escape":    {"a: 'it''s'\n", "'", "''"},
		"double":            {`a: "\t\u00e9日${Foo}\n"`, "${Foo}", "${Foo}"},
		"double, escape":    {`a: "x\u00e9y"`, "é", `\u00e9`},
		"double, continued": {"a: \"x \\\n   ${Foo}\"", "${Foo}", "${Foo}"},
		"double, folded":    {"a: \"x\n  y ${Foo}\"", "${Foo}", "${Foo}"},
		"literal":           {"a: |\n  one ${Foo}\n\n    two ${Bar}\n", "${Bar}", "${Bar}"},
		"literal, same":     {"a: |\n  x\n  x\n  x ${Foo}\n", "${Foo}", "${Foo}"},
		"literal, over":     {"a: |-\n  one\n  two\n", "e\nt", "e\n  t"},
		"literal, CRLF":     {"a: |\r\n  one\r\n  ${Foo}\r\n", "${Foo}", "${Foo}"},
		"folded":            {"a: >\n  one\n  two ${Foo}\n\n  x\n", "${Foo}", "${Foo}"},
		"folded, deeper":    {"a: >\n  one\n\n     two ${Foo}\n  x\n", "${Foo}", "${Foo}"},
		"JSON":              {`{"a": "\ud83d\ude80\n${Foo}"}`, "${Foo}", "${Foo}"},
		"JSON, pair":        {`{"a": "x\ud83d\ude80"}`, "🚀", `\ud83d\ude80`},
		"alias":             {"b: &x ${Foo}\na: *x\n", "${Foo}", "*x"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, docs, _ := parse(t, "t.yaml", tt.text)
			n := docs[0].Get("a")
			i := strings.Index(n.Text, tt.find)
			if i < 0 {
				t.Fatalf("text is %q", n.Text)
			}
			sp := n.Slice(i, i+len(tt.find))
			if got := content(f, sp); got != tt.want {
				t.Errorf("slice %q, want %q", got, tt.want)
			}
			if p := n.Inner(i); p != sp.Pos {
				t.Errorf("inner %d, want %d", p, sp.Pos)
			}
		})
	}
}

func TestInnerEdges(t *testing.T) {
	f, docs, _ := parse(t, "t.yaml", "a: \"xy\"\nb: ''\nc: []\n")
	a, b, c := docs[0].Get("a"), docs[0].Get("b"), docs[0].Get("c")
	if got := f.Offset(a.Inner(2)); got != 6 {
		t.Errorf("the end of xy is at %d, want the quote at 6", got)
	}
	if got := f.Offset(b.Inner(0)); got != 12 {
		t.Errorf("the end of an empty text is at %d, want the second quote at 12", got)
	}
	for name, sp := range map[string]source.Span{"before": a.Slice(-1, 1), "behind": a.Slice(0, 3), "reversed": a.Slice(2, 1)} {
		if sp != a.Span {
			t.Errorf("%s: %v, want the whole scalar", name, sp)
		}
	}
	if c.Inner(0) != c.Span.Pos {
		t.Error("a list has no text")
	}
}
