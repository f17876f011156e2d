package policy

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

func TestDecodeText(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"one statement, not in a list", `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`, "Allow s3:* on *"},
		{"a list", `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow"},{"Effect":"Deny","NotAction":["iam:*","sts:*"],"NotResource":"x"}]}`,
			"A; Deny all but iam:*, sts:* on all but x"},
		{"lists are shortened in names", `{"Statement":{"Effect":"Allow","Action":["a:1","a:2","a:3","a:4"],"Resource":"*"}}`, "Allow a:1, a:2, a:3, … on *"},
		{"no statement", `{"Version":"2012-10-17"}`, ""},
		{"an empty list", `{"Statement":[]}`, ""},
		{"a hole in a text", `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::«name»/*"}}`, "Allow s3:* on …"},
		{"a hole in the place of a value", `{"Statement":{"Effect":"Allow","Action":«actions»,"Resource":"*"}}`, "Allow … on *"},
		{"a hole in the place of statements", `{"Statement":«all»}`, "…"},
		{"a hole among the statements", `{"Statement":[{"Sid":"A","Effect":"Allow"},«more»]}`, "A; …"},
		{"a hole among the elements", `{"Statement":{"Effect":"Allow","Action":["s3:Get*",«more»],"Resource":"*"}}`, "Allow s3:Get*, … on *"},
		{"a hole that is the whole", `«all»`, "…"},
		{"a hole for the name of a field", `{"Statement":{"«what»":"Allow","Action":"*"}}`, "statement * on …"},
		{"commas too many", `{"Statement":[{"Sid":"A","Effect":"Allow",},],}`, "A"},
		{"a comma too few", "{\"Statement\":[{\"Sid\":\"A\"\n\"Effect\":\"Allow\"}]}", "A"},
		{"nothing", ``, "…"},
		{"no JSON", `Allow everything`, "…"},
		{"a JSON text", `"Allow"`, "…"},
		{"cut off", `{"Statement":[{"Effect":"Allow"`, "…"},
		{"more behind it", `{"Statement":[]} {}`, "…"},
		{"a statement that is a text", `{"Statement":["Allow",{"Sid":"B"}]}`, "B; …"},
		{"null", `{"Statement":null}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := brief(decoded(t, c.in)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	d := decoded(t, `{"Statement": nope}`)
	if len(d.Open) != 1 || !strings.Contains(d.Open[0].Text, `policy can't be read as JSON: "nope" is no value`) {
		t.Errorf("got %+v", d.Open)
	}
}

func TestDecodeNestingIsBounded(t *testing.T) {
	for _, deep := range []string{strings.Repeat("[", 100_000), `{"a":` + strings.Repeat("{\"a\":", 1000), strings.Repeat("[", 65) + strings.Repeat("]", 65)} {
		if d := decoded(t, deep); len(d.Open) != 1 {
			t.Errorf("%.20s…: open for %d reasons, want 1", deep, len(d.Open))
		}
	}
	if d := decoded(t, `{"Statement":"`+strings.Repeat("x", maxText)+`"}`); len(d.Open) != 1 {
		t.Errorf("a text of more than %d bytes was read", maxText)
	}
}

// Unset attributes hold no document; one of several is told by its alternatives.
func TestDecodeValues(t *testing.T) {
	g, n := stage(t)
	text := func(s string) value.Value { return value.OfString(s, source.Span{}) }
	const deny, allow = `{"Statement":{"Effect":"Deny","Action":"*"}}`, `{"Statement":{"Effect":"Allow","Action":"*"}}`
	for _, c := range []struct {
		name string
		in   value.Value
		want string
	}{
		{"absent", value.Value{}, ""},
		{"null", value.OfNull(source.Span{}), ""},
		{"unknown", value.OfUnknown(value.KindString, source.Span{}, 0), "…"},
		{"one of two", value.OneOf([]value.Value{text(deny), text(allow)}, source.Span{}, 0), "?Deny *; ?Allow *"},
		{"one or none", value.OneOf([]value.Value{text(allow), {}}, source.Span{}, 0), "?Allow *"},
		{"a number", value.OfInt(1, source.Span{}), "…"},
		{"a reference to something else", value.OfUnknown(value.KindString, source.Span{}, 0).WithRefs(value.Ref{Addr: "aws_iam_policy.p", Attr: "policy"}), "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := brief(Decode(g, n, "policy", c.in)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// asked are the answers about the only statement of a document.
type asked struct{ allow, deny, everyone, principals, conditional, narrowed tri.Bool }

func TestQuestions(t *testing.T) {
	const no, yes, open = tri.False, tri.True, tri.Unknown
	for _, c := range []struct {
		name, in string
		want     asked
	}{
		{"an identity policy", `"Effect":"Allow","Action":"*","Resource":"*"`, asked{allow: yes, deny: no, everyone: no, principals: no, conditional: no, narrowed: no}},
		{"without effect", `"Action":"*"`, asked{allow: no, deny: no, everyone: no, principals: no, conditional: no, narrowed: no}},
		{"effect in the wrong case", `"Effect":"allow"`, asked{allow: no, deny: no, everyone: no, principals: no, conditional: no, narrowed: no}},
		{"unknown effect", `"Effect":"«x»"`, asked{allow: open, deny: open, everyone: no, principals: no, conditional: no, narrowed: no}},
		{"effect known in part", `"Effect":"De«x»"`, asked{allow: no, deny: open, everyone: no, principals: no, conditional: no, narrowed: no}},
		{"everybody", `"Effect":"Allow","Principal":"*"`, asked{allow: yes, deny: no, everyone: yes, principals: yes, conditional: no, narrowed: no}},
		{"everybody with an account or without", `"Effect":"Allow","Principal":{"AWS":"*"}`, asked{allow: yes, deny: no, everyone: yes, principals: yes, conditional: no, narrowed: no}},
		{"everybody in a list", `"Effect":"Allow","Principal":{"Service":"x","AWS":["arn:aws:iam::123456789012:root","*"]}`,
			asked{allow: yes, deny: no, everyone: yes, principals: yes, conditional: no, narrowed: no}},
		{"a role", `"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/*"}`, asked{allow: yes, deny: no, everyone: no, principals: yes, conditional: no, narrowed: no}},
		{"every service", `"Effect":"Allow","Principal":{"Service":"*"}`, asked{allow: yes, deny: no, everyone: no, principals: yes, conditional: no, narrowed: no}},
		{"all but one", `"Effect":"Deny","NotPrincipal":{"AWS":"*"}`, asked{allow: no, deny: yes, everyone: no, principals: yes, conditional: no, narrowed: no}},
		{"an account that is not known", `"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::«x»:root"}`, asked{allow: yes, deny: no, everyone: no, principals: yes, conditional: no, narrowed: no}},
		{"a principal that is not known", `"Effect":"Allow","Principal":{"AWS":"«x»"}`, asked{allow: yes, deny: no, everyone: open, principals: yes, conditional: no, narrowed: no}},
		{"a principal that another resource gives", `"Effect":"Allow","Principal":{"AWS":"«@aws_iam_role.r»"}`, asked{allow: yes, deny: no, everyone: no, principals: yes, conditional: no, narrowed: no}},
		{"principals that are not known", `"Effect":"Allow","Principal":«x»`, asked{allow: yes, deny: no, everyone: open, principals: open, conditional: no, narrowed: no}},
		{"an empty condition", `"Effect":"Allow","Condition":{}`, asked{allow: yes, deny: no, everyone: no, principals: no, conditional: no, narrowed: no}},
		{"a condition", `"Effect":"Allow","Condition":{"Bool":{"aws:SecureTransport":"true"}}`, asked{allow: yes, deny: no, everyone: no, principals: no, conditional: yes, narrowed: no}},
		{"a condition that narrows", `"Effect":"Allow","Condition":{"Bool":{"aws:SecureTransport":"true"},"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`,
			asked{allow: yes, deny: no, everyone: no, principals: no, conditional: yes, narrowed: yes}},
		{"a condition that is not known", `"Effect":"Allow","Condition":«x»`, asked{allow: yes, deny: no, everyone: no, principals: no, conditional: open, narrowed: open}},
		{"an operator that is not known", `"Effect":"Allow","Condition":{"«x»":{"aws:PrincipalOrgID":"o-1"}}`,
			asked{allow: yes, deny: no, everyone: no, principals: no, conditional: open, narrowed: open}},
		{"keys that are not known", `"Effect":"Allow","Condition":{"StringEquals":«x»}`, asked{allow: yes, deny: no, everyone: no, principals: no, conditional: open, narrowed: open}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := decoded(t, `{"Statement":{`+c.in+`}}`)
			if len(d.Statements) != 1 {
				t.Fatalf("got %d statements, open %v", len(d.Statements), d.Open)
			}
			s := &d.Statements[0]
			everyone, _ := s.Everyone()
			got := asked{s.IsAllow(), s.IsDeny(), everyone, s.HasPrincipals(), s.IsConditional(), s.Narrowed()}
			if got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

// What is known in an object that may have other fields, or of which it is
// not known which one it is.
func TestDecodeObjects(t *testing.T) {
	g, n := stage(t)
	at := source.Span{}
	text := func(s string) value.Value { return value.OfString(s, at) }
	object := func(kv ...any) value.Value {
		var fields []value.Field
		for i := 0; i < len(kv); i += 2 {
			fields = append(fields, value.Field{Name: kv[i].(string), Value: kv[i+1].(value.Value)})
		}
		return value.OfObject(fields, at)
	}
	statement := object("Effect", text("Allow"), "Action", text("*"), "Resource", text("*"))
	for _, c := range []struct {
		name string
		in   value.Value
		want string
	}{
		{"an object", object("Statement", value.OfList([]value.Value{statement}, at)), "Allow * on *"},
		{"a statement that may be missing", object("Statement", value.OfList([]value.Value{statement.Maybe()}, at)), "?Allow * on *"},
		{"a list that may go on", object("Statement", value.OfList([]value.Value{statement}, at).Opened()), "Allow * on *; …"},
		{"one of two lists", object("Statement", value.OneOf([]value.Value{value.OfList([]value.Value{statement}, at), value.OfList(nil, at)}, at, 0)), "?Allow * on *"},
		{"one of two statements", object("Statement", value.OneOf([]value.Value{statement, object("Effect", text("Deny"), "Action", text("*"), "Resource", text("*"))}, at, 0)),
			"statement * on *"},
		{"other fields may be there", object("Version", text("2012-10-17")).Opened(), "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := brief(Decode(g, n, "policy", c.in)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
