package value_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

func oneOf(vs ...value.Value) value.Value { return value.OneOf(vs, at, 0) }

func attr(v value.Value) value.Attr {
	return value.Attr{V: v, Name: "x", Owner: source.Span{Pos: 1, End: 99}}
}

func withDefault(v, d value.Value) value.Attr {
	a := attr(v)
	a.Default = d
	return a
}

func TestBool(t *testing.T) {
	yes, no := value.OfBool(true, at), value.OfBool(false, at)
	for name, tt := range map[string]struct {
		attr value.Attr
		want tri.Bool // of Is(true)
	}{
		"true":                             {attr(yes), tri.True},
		"false":                            {attr(no), tri.False},
		"text":                             {attr(str("TRUE")), tri.True},
		"not set":                          {attr(value.Value{}), tri.Unknown},
		"not set, by default true":         {withDefault(value.Value{}, yes), tri.True},
		"null, by default false":           {withDefault(value.OfNull(at), no), tri.False},
		"unknown, whatever the default":    {withDefault(unknown(value.KindBool), yes), tri.Unknown},
		"either":                           {attr(oneOf(yes, no)), tri.Unknown},
		"two ways to say it":               {attr(oneOf(yes, str("true"))), tri.True},
		"true or not set, by default true": {withDefault(oneOf(yes, value.Value{}), yes), tri.True},
		"true or not set, by default no":   {withDefault(oneOf(yes, value.OfNull(at)), no), tri.Unknown},
		"nonsense":                         {attr(str("maybe")), tri.Unknown},
		"a list":                           {attr(list(yes)), tri.Unknown},
	} {
		b := value.Bool{Attr: tt.attr}
		if got := b.Is(true).Result; got != tt.want {
			t.Errorf("%s: Is(true) is %v, want %v", name, got, tt.want)
		}
		if got := b.Is(false).Result; got != tt.want.Not() {
			t.Errorf("%s: Is(false) is %v", name, got)
		}
	}
}

func TestInt(t *testing.T) {
	n := func(i int64) value.Value { return value.OfInt(i, at) }
	for name, tt := range map[string]struct {
		attr                    value.Attr
		atLeast7, atMost7, is35 tri.Bool
	}{
		"35":                     {attr(n(35)), tri.True, tri.False, tri.True},
		"7":                      {attr(n(7)), tri.True, tri.True, tri.False},
		"text":                   {attr(str("35")), tri.True, tri.False, tri.True},
		"not set":                {attr(value.Value{}), tri.Unknown, tri.Unknown, tri.Unknown},
		"not set, by default 1":  {withDefault(value.Value{}, n(1)), tri.False, tri.True, tri.False},
		"unknown":                {withDefault(unknown(value.KindNumber), n(1)), tri.Unknown, tri.Unknown, tri.Unknown},
		"7 or 35":                {attr(oneOf(n(7), n(35))), tri.True, tri.Unknown, tri.Unknown},
		"1 or not set, by def 0": {withDefault(oneOf(n(1), value.OfNull(at)), n(0)), tri.False, tri.True, tri.False},
		"a fraction":             {attr(value.OfNumber("7.5", at)), tri.Unknown, tri.Unknown, tri.Unknown},
	} {
		i := value.Int{Attr: tt.attr}
		if a, m, e := i.AtLeast(7).Result, i.AtMost(7).Result, i.Equals(35).Result; a != tt.atLeast7 || m != tt.atMost7 || e != tt.is35 {
			t.Errorf("%s: at least 7 %v, at most 7 %v, 35 %v", name, a, m, e)
		}
	}
	if got, ok := (value.Int{Attr: withDefault(value.Value{}, n(3))}).Get(); got != 3 || !ok {
		t.Errorf("the effective number is %d, %v", got, ok)
	}
}

func TestString(t *testing.T) {
	hole := func(prefix string) value.Value { return value.OfParts([]value.Value{str(prefix), ref("x")}, at) }
	for name, tt := range map[string]struct {
		attr              value.Attr
		is, isFold, prefx tri.Bool // of "aws:kms" and "AES256"; "aws:"
	}{
		"one of them":               {attr(str("aws:kms")), tri.True, tri.True, tri.True},
		"another case":              {attr(str("AWS:KMS")), tri.False, tri.True, tri.True},
		"another text":              {attr(str("none")), tri.False, tri.False, tri.False},
		"not set":                   {attr(value.Value{}), tri.False, tri.False, tri.False},
		"not set, by default":       {withDefault(value.Value{}, str("AES256")), tri.True, tri.True, tri.False},
		"unknown":                   {attr(unknown(value.KindString)), tri.Unknown, tri.Unknown, tri.Unknown},
		"a beginning that fits":     {attr(hole("aws:")), tri.Unknown, tri.Unknown, tri.True},
		"a short beginning":         {attr(hole("aw")), tri.Unknown, tri.Unknown, tri.Unknown},
		"a beginning that does not": {attr(hole("gcp:")), tri.False, tri.Unknown, tri.False},
		"either of them":            {attr(oneOf(str("aws:kms"), str("AES256"))), tri.True, tri.True, tri.Unknown},
		"one of them or none":       {attr(oneOf(str("aws:kms"), value.OfNull(at))), tri.Unknown, tri.Unknown, tri.Unknown},
		"neither":                   {attr(oneOf(str("a"), str("b"))), tri.False, tri.False, tri.False},
		"a list":                    {attr(list(str("aws:kms"))), tri.Unknown, tri.Unknown, tri.Unknown},
	} {
		s := value.String{Attr: tt.attr}
		is, fold, prefix := s.Is("aws:kms", "AES256").Result, s.IsFold("aws:kms", "aes256").Result, s.HasPrefix("aws:").Result
		if is != tt.is || fold != tt.isFold || prefix != tt.prefx {
			t.Errorf("%s: Is %v, IsFold %v, HasPrefix %v", name, is, fold, prefix)
		}
	}
}

func TestSet(t *testing.T) {
	for name, tt := range map[string]struct {
		v             value.Value
		set, notEmpty tri.Bool
	}{
		"absent":                     {value.Value{}, tri.False, tri.False},
		"null":                       {value.OfNull(at), tri.False, tri.False},
		"text":                       {str("a"), tri.True, tri.True},
		"empty text":                 {str(""), tri.True, tri.False},
		"unknown":                    {unknown(value.KindString), tri.Unknown, tri.Unknown},
		"the identity of a resource": {ref("x").Given(), tri.True, tri.True},
		"one identity or another":    {oneOf(ref("x").Given(), ref("y").Given()), tri.True, tri.True},
		"an identity or null":        {oneOf(ref("x").Given(), value.OfNull(at)), tri.Unknown, tri.Unknown},
		"two holes, one an identity": {value.OfParts([]value.Value{ref("x"), ref("y").Given()}, at), tri.True, tri.True},
		"text with a hole":           {value.OfParts([]value.Value{str("a"), ref("x")}, at), tri.True, tri.True},
		"text with a hole in front":  {value.OfParts([]value.Value{ref("x"), str("a")}, at), tri.True, tri.True},
		"text or text":               {oneOf(str("a"), str("b")), tri.True, tri.True},
		"text or null":               {oneOf(str("a"), value.OfNull(at)), tri.Unknown, tri.Unknown},
		"null or absent":             {oneOf(value.OfNull(at), value.Value{}), tri.False, tri.False},
		"text or unknown":            {oneOf(str("a"), unknown(value.KindString)), tri.Unknown, tri.Unknown},
		"an empty list":              {list(), tri.True, tri.False},
		"a list":                     {list(str("a")), tri.True, tri.True},
		"a list that may be longer":  {list().Opened(), tri.True, tri.Unknown},
		"a list of what may be":      {list(str("a").Maybe()), tri.True, tri.Unknown},
		"a list of more that is":     {list(str("a").Maybe(), str("b")).Opened(), tri.True, tri.True},
		"a number":                   {value.OfInt(0, at), tri.True, tri.True},
		"an object":                  {obj("a", str("b")), tri.True, tri.True},
	} {
		a := attr(tt.v)
		if got := a.Set().Result; got != tt.set {
			t.Errorf("%s: Set is %v, want %v", name, got, tt.set)
		}
		if got := a.NotEmpty().Result; got != tt.notEmpty {
			t.Errorf("%s: NotEmpty is %v, want %v", name, got, tt.notEmpty)
		}
	}
	if got := withDefault(value.Value{}, str("a")).Set(); !got.IsBad() {
		t.Errorf("an attribute with a default counts as set: %v", got.Result)
	}
}

func TestStrings(t *testing.T) {
	world := func(s string) bool { return s == "0.0.0.0/0" }
	all, some := str("0.0.0.0/0"), str("10.0.0.0/8")
	for name, tt := range map[string]struct {
		v    value.Value
		want tri.Bool
	}{
		"not set":                   {value.Value{}, tri.False},
		"empty":                     {list(), tri.False},
		"among others":              {list(some, all), tri.True},
		"not among others":          {list(some), tri.False},
		"a single text":             {all, tri.True},
		"an unknown element":        {list(some, unknown(value.KindString)), tri.Unknown},
		"there beside the unknown":  {list(unknown(value.KindString), all), tri.True},
		"perhaps there":             {list(all.Maybe()), tri.Unknown},
		"a list that may be longer": {list(some).Opened(), tri.Unknown},
		"there in an open list":     {list(all).Opened(), tri.True},
		"unknown":                   {unknown(value.KindList), tri.Unknown},
		"in each of two lists":      {oneOf(list(all), list(some, all)), tri.True},
		"in one of two lists":       {oneOf(list(all), list(some)), tri.Unknown},
		"in none of two lists":      {oneOf(list(some), value.OfNull(at)), tri.False},
		"an element that is either": {list(oneOf(all, some)), tri.Unknown},
		"an element that is not":    {list(oneOf(some, str("10.1.0.0/16"))), tri.False},
	} {
		s := value.Strings{Attr: attr(tt.v)}
		if got := s.Has(world).Result; got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	around := source.Span{Pos: here.Pos - 1, End: here.End + 1}
	for place, whole := range map[source.Span]source.Span{
		here: around, // the element itself
		at:   at,     // what is written at the place of use: the element stands in a local value
	} {
		v := value.Strings{Attr: attr(list(some, all.At(here)).At(whole))}.Has(world)
		if f := v.Facts()[0]; f.Text != `x has "0.0.0.0/0"` || f.Span != place {
			t.Errorf("the verdict rests on %q at %v, want %v", f.Text, f.Span, place)
		}
	}
}

func TestFact(t *testing.T) {
	no := value.OfBool(false, at)
	for want, a := range map[string]value.Attr{
		"x is false":                        attr(no),
		"x is not set":                      attr(value.Value{}),
		"x is not set (default false)":      withDefault(value.OfNull(at), no),
		"x is unknown":                      attr(unknown(value.KindBool)),
		`x is one of "a", "b"`:              attr(oneOf(str("a"), str("b"))),
		`x is "…-b", known in part`:         attr(value.OfParts([]value.Value{unknown(value.KindString), str("-b")}, at)),
		"x is (sensitive)":                  attr(str("hunter2").Sensitive()),
		`x is ["` + strings.Repeat("é", 76): attr(list(str(strings.Repeat("é", 100)))),
	} {
		got := a.Fact().Text
		if cut, ok := strings.CutSuffix(got, "…"); ok {
			got = cut
		}
		if !strings.HasPrefix(got, want) || len(got) > len(want)+2 {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if f := attr(str("hunter2").Sensitive()).Fact(); !f.Secret {
		t.Error("the fact of a secret is none")
	}
	if f := attr(value.Value{}).Fact(); f.Span != (source.Span{Pos: 1, End: 1}) {
		t.Errorf("a missing attribute is shown at %v, not at the head of its block", f.Span)
	}
	if f := attr(no.From(4)).Fact(); f.Span != at || f.Origin != 4 {
		t.Errorf("a value is shown at %v, origin %d", f.Span, f.Origin)
	}
}
