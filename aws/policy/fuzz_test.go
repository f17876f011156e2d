package policy

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// FuzzDecode reads any text, whole and with a hole in it. It must not panic,
// and what is hidden may open an answer, but never turn it round: monotony.
func FuzzDecode(f *testing.F) {
	for _, s := range policies {
		for _, at := range []uint16{0, 5, 40, 60, 90} {
			f.Add(s, at, uint8(3))
		}
	}
	g, n := stage(f)
	f.Fuzz(func(t *testing.T, text string, start uint16, length uint8) {
		full := Decode(g, n, "policy", value.OfString(text, source.Span{}))
		got, ok := withHole(text, int(start), int(length))
		part := Decode(g, n, "policy", got)
		if ok && unambiguous(text) {
			sameOrOpen(t, text, full, part)
		}
	})
}

// TestHoles hides every part of every text of some policies.
func TestHoles(t *testing.T) {
	g, n := stage(t)
	for _, text := range policies {
		full := Decode(g, n, "policy", value.OfString(text, source.Span{}))
		for start := range text {
			for length := range 8 {
				if part, ok := withHole(text, start, length); ok {
					sameOrOpen(t, value.Show(part), full, Decode(g, n, "policy", part))
				}
			}
		}
	}
}

// policies are what the tests begin with.
var policies = []string{
	`{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:Get*","*"],"Resource":"*"}]}`,
	`{"Statement":{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::123456789012:root","*"]},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"}}`,
	`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":["o-1"]},"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}}]}`,
	`{"Statement":[{"Effect":"Deny","NotAction":"iam:*","NotResource":"x","NotPrincipal":{"AWS":"*"}},{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:*:*:*:*"}]}`,
	"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"\\u002a\",\"Resource\":\"\\ud83d\\ude00\"}, ]}",
}

func sameOrOpen(t *testing.T, text string, full, part Document) {
	t.Helper()
	for name, ask := range questions {
		if x, y := ask(full), ask(part); y != tri.Unknown && y != x {
			t.Errorf("%s: %v, but with a hole %v: %s", name, x, y, text)
		}
	}
}

// questions are what rules ask about a document.
var questions = map[string]func(Document) tri.Bool{
	"grants everything": func(d Document) tri.Bool {
		return anyStatement(d, func(s *Statement) tri.Bool {
			action, _ := s.Actions.Has(IsEveryAction, MayBeEveryAction)
			resource, _ := s.Resources.Has(IsEveryResource, MayBeEveryResource)
			return tri.And(s.IsAllow(), action, resource, s.IsConditional().Not())
		})
	},
	"lets everybody in": func(d Document) tri.Bool {
		return anyStatement(d, func(s *Statement) tri.Bool {
			everyone, _ := s.Everyone()
			return tri.And(s.IsAllow(), everyone, s.Narrowed().Not())
		})
	},
	"denies all of IAM": func(d Document) tri.Bool {
		return anyStatement(d, func(s *Statement) tri.Bool {
			action, _ := s.Actions.Has(func(a string) bool { return IsEveryActionOf("iam", a) }, MayBeEveryActionOf("iam"))
			return tri.And(s.IsDeny(), action)
		})
	},
	"names principals": func(d Document) tri.Bool { return anyStatement(d, (*Statement).HasPrincipals) },
}

func anyStatement(d Document, ask func(*Statement) tri.Bool) tri.Bool {
	out := tri.False
	all := d.All()
	for i := range all {
		out = tri.Or(out, tri.And(all[i].Exists, ask(&all[i])))
	}
	if len(d.Opens()) > 0 {
		out = tri.Or(out, tri.Unknown)
	}
	return out
}

// withHole hides a part of a text. It reports whether a template could have
// made the text: whether the part lies within one JSON string.
func withHole(text string, start, length int) (value.Value, bool) {
	start = min(start, len(text))
	end := min(start+length, len(text))
	v := value.OfParts([]value.Value{
		value.OfString(text[:start], source.Span{}), value.OfUnknown(value.KindString, source.Span{}, 0), value.OfString(text[end:], source.Span{}),
	}, source.Span{})
	quotes := strings.Count(strings.ReplaceAll(strings.ReplaceAll(text[:start], `\\`, ``), `\"`, ``), `"`)
	escape := strings.LastIndexByte(text[:start], '\\')
	return v, quotes%2 == 1 && !strings.ContainsAny(text[start:end], `"\`) && (escape < 0 || start-escape > 12)
}

// unambiguous reports strict JSON in which no object has a field twice: which
// one counts there, a hole in a name can change.
func unambiguous(text string) bool {
	if !utf8.ValidString(text) || !json.Valid([]byte(text)) {
		return false
	}
	dec := json.NewDecoder(strings.NewReader(text))
	type frame struct {
		object, value bool
		names         map[string]bool
	}
	var stack []frame
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return true
		}
		if err != nil {
			return false
		}
		switch tok {
		case json.Delim('}'), json.Delim(']'):
			stack = stack[:len(stack)-1]
			continue
		}
		if n := len(stack); n > 0 && stack[n-1].object {
			top := &stack[n-1]
			if top.value = !top.value; top.value {
				name, _ := tok.(string)
				if top.names[name] {
					return false
				}
				top.names[name] = true
			}
		}
		switch tok {
		case json.Delim('{'):
			stack = append(stack, frame{object: true, names: map[string]bool{}})
		case json.Delim('['):
			stack = append(stack, frame{})
		}
	}
}

// FuzzAlign: places are only ever within the source.
func FuzzAlign(f *testing.F) {
	f.Add("<<EOF\n{\"a\": \"${x}\"}\nEOF", "{\"a\": \"\xff\"}\n")
	f.Add(`"{\"a\": \"${x}b\"}"`, `{"a": "cb"}`)
	f.Add("!Sub |\n  {\"a\": 1}", "{\"a\": 1}\n")
	f.Add("<<EOF\n$${a}%%{b}\nEOF", "${a}%{b}\n")
	f.Fuzz(func(t *testing.T, raw, text string) {
		offsets := align(raw, text).offsets
		if offsets != nil && len(offsets) != len(text) {
			t.Fatalf("%d offsets for %d bytes", len(offsets), len(text))
		}
		for i, o := range offsets {
			if o < 0 || int(o) >= len(raw) || i > 0 && o < offsets[i-1] {
				t.Fatalf("offset %d of %v is out of order or range", i, offsets)
			}
		}
	})
}
