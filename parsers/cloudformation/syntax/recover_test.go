package syntax

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// dump writes a tree in short: ? stands for what is unreadable.
func dump(n *Node) string {
	var parts []string
	switch n.Kind {
	case Unreadable:
		return "?"
	case Sequence:
		for _, i := range n.Items {
			parts = append(parts, dump(i))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case Mapping:
		for _, p := range n.Pairs {
			parts = append(parts, p.Key+":"+dump(p.Value))
		}
		return "{" + strings.Join(parts, " ") + "}"
	case Null, Bool, Number, String:
		return n.Text
	}
	return "!"
}

func TestRecover(t *testing.T) {
	tests := map[string]struct {
		text string
		// want is the tree, lines those of the diagnostics.
		want, lines string
	}{
		"bad entry": {
			"Resources:\n  A:\n    T: 1\n  B:\n    T: [1\n    U: 2\n  C:\n    T: 3\nOutputs:\n  D: 4\n",
			"{Resources:{A:{T:1} B:? C:{T:3}} Outputs:{D:4}}", "5",
		},
		"open quote": { // it ends at a quote much further down, where nothing is wrong
			"Resources:\n  A:\n    T: \"1\n  B:\n    T: \"2\"\n  C:\n    T: \"3\"\nOutputs:\n  D: 4\n",
			"{Resources:{A:? B:{T:2} C:{T:3}} Outputs:{D:4}}", "3",
		},
		"two bad entries": {
			"Resources:\n  A:\n    T: {\n  B:\n    T: 2\n  C:\n    T: x: y\n",
			"{Resources:{A:? B:{T:2} C:?}}", "3 7",
		},
		"tab": {
			"R:\n  A:\n    T: 1\n\tU: 2\n  B: 3\n",
			"{R:{A:? B:3}}", "4",
		},
		"wrong indentation": {
			"R:\n  A:\n    T: 1\n   U: 2\n  B: 3\n",
			"{R:{A:? B:3}}", "4",
		},
		"entry too far left": {
			"R:\n  A: 1\n C: 2\n  B: 3\nO: 4\n",
			"{R:{A:1 B:3} O:4}", "3",
		},
		"bad key": {
			"R:\n  A: 1\n  \"B: 2\n  C: 3\n",
			"{R:{A:1 C:3}}", "3",
		},
		"no key": {
			"R:\n  A: 1\n  nonsense\n  C: 3\n",
			"{R:{A:1 C:3}}", "3",
		},
		"bad section": {
			"Description: it's: bad\nR:\n  A: 1\n",
			"{Description:? R:{A:1}}", "1",
		},
		"block scalar section": {
			"Description: |\n  it's: fine: here\n  \"\nR:\n  A: [\n  B: 1\n",
			"{Description:it's: fine: here\n\"\n R:{A:? B:1}}", "5",
		},
		"bad list section": {
			"T:\n- a\n- [b\nR:\n  A: 1\n",
			"{T:? R:{A:1}}", "3",
		},
		"engine": {
			"R:\n  A:\n    {%- if x %}\n    T: 1\n    {%- endif %}\n  B: 2\n",
			"{R:{A:? B:2}}", "3",
		},
		"anchors elsewhere": {
			"R:\n  A: &x 1\n  B: *x\n  C: [\n",
			"{R:{A:1 B:1 C:?}}", "4",
		},
		"unknown anchor": {
			"R:\n  A:\n    T: *x\n  B: 2\n",
			"{R:{A:? B:2}}", "3",
		},
		"second document": {
			"R:\n  A: 1\n---\nS:\n  B: ]\n  C: 2\n",
			"{R:{A:1}} {S:{B:? C:2}}", "5",
		},
		"control character": {
			"R:\n  A: \"\x01\"\n  B: 2\n",
			"{R:{A:? B:2}}", "2",
		},
		"flow root": {
			"{a: 1, b: [}",
			"", "1",
		},
		"prose": {
			"not a: template: at all\n\tneither this\n",
			"", "1",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, docs, diags := parse(t, "t.yaml", tt.text)
			var got, lines []string
			for _, d := range docs {
				checkTree(t, f, d)
				got = append(got, dump(d))
			}
			for _, d := range diags {
				lines = append(lines, fmt.Sprint(f.Position(d.Span.Pos).Line))
			}
			if strings.Join(got, " ") != tt.want || strings.Join(lines, " ") != tt.lines {
				t.Errorf("got  %s\nwant %s\nlines %v, want %s\n%s", strings.Join(got, " "), tt.want, lines, tt.lines, report(f, diags))
			}
		})
	}
}

func TestUnreadableSpan(t *testing.T) {
	f, docs, diags := parse(t, "t.yaml", "R:\n  A: x\n    T: [1  \n\n  # note\n  B: 2\n")
	a := docs[0].Get("R").Get("A")
	if a.Kind != Unreadable || strings.TrimSpace(content(f, a.Span)) != "x\n    T: [1  \n\n  # note" {
		t.Errorf("%s at %q", a.Kind, content(f, a.Span))
	}
	if len(diags) != 1 || !strings.HasSuffix(diags[0].Message, "; not analysed: lines 2 to 5") {
		t.Errorf("got %s", report(f, diags))
	}
}

func TestRecoverJSON(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"bad entry":       {`{"R": {"A": {"T": 1}, "B": {"T": 2, "U": [1, }}, "C": 3}`, "{R:{A:{T:1} B:?}}"},
		"cut off":         {`{"R": {"A": {"T": 1}, "B": {"T": 2`, "{R:{A:{T:1} B:?}}"},
		"cut off a key":   {`{"R": {"A": {"T": 1}, "B`, "{R:{A:{T:1}}}"},
		"no value":        {`{"R": {"A": }}`, "{R:{A:?}}"},
		"bad string":      {`{"R": {"A": 1, "B": "\x"}}`, "{R:{A:1 B:?}}"},
		"trailing commas": {`{"R": {"A": [1, 2, ], }, }`, "{R:{A:[1 2]}}"},
		"comments":        {"{ // one\n\"R\": /* two */ {\"A\": \"//\" # three\n}}", "{R:{A://}}"},
		"text behind":     {`{"R": 1} x`, "{R:1}"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, docs, diags := parse(t, "t.json", tt.text)
			if len(docs) != 1 || len(diags) != 1 || diags[0].Code != codeSyntax {
				t.Fatalf("%d documents, %s", len(docs), report(f, diags))
			}
			checkTree(t, f, docs[0])
			if got := dump(docs[0]); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestRecoverIsBounded breaks every entry of a large template.
func TestRecoverIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("Resources:\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "  A%d:\n    T: [\n", i)
	}
	start := time.Now()
	_, docs, diags := parse(t, "t.yaml", b.String())
	if d := time.Since(start); d > 2*time.Minute {
		t.Errorf("took %v", d)
	}
	if len(docs) != 1 || len(docs[0].Get("Resources").Pairs) != 5000 || len(diags) != maxFaults+1 {
		t.Errorf("%d documents, %d diagnostics", len(docs), len(diags))
	}
}
