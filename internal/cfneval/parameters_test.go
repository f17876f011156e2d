package cfneval_test

import (
	"testing"

	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/value"
)

func TestGivenParameters(t *testing.T) {
	opt := cfneval.Options{Region: "eu-west-1", AccountID: "012345678901",
		Parameters: map[string]string{"Free": "given", "Env": "prod", "Names": "x,y", "Many": "other", "Ami": "/my/ami", "Subnets": "subnet-1, subnet-2", "Unheard": "of"}}
	for _, c := range []struct{ expr, want string }{
		{`!Ref Free`, `"given"`},
		{`!Ref Env`, `"prod"`},
		{`!Ref Many`, `"other"`},
		{`!Ref Names`, `["x","y"]`},
		{`!Ref Subnets`, `["subnet-1","subnet-2"]`},
		{`!Ref Ami`, `?dynamic-reference`},
		{`!If [IsProd, a, b]`, `"a"`},
		{`!If [HasFree, a, b]`, `"a"`},
		{`!If [IsEast, a, b]`, `"b"`},
		{`!Ref AWS::Region`, `"eu-west-1"`},
		{`!Ref AWS::Partition`, `"aws"`},
		{`!Ref AWS::URLSuffix`, `"amazonaws.com"`},
		{`!Ref AWS::AccountId`, `"012345678901"`},
		{`!Ref AWS::StackName`, `?pseudo-parameter`},
		{`!Select [0, !GetAZs eu-west-1]`, `?pseudo-parameter(AWS::AZs.[0])`},
		{`!FindInMap [Regions, !Ref AWS::Region, Ami]`, `"ami-2"`},
	} {
		b := load(t, "t.yaml", replaceExpr(c.expr), opt)
		if got := b.show(b.property("R", "X")); got != c.want {
			t.Errorf("%s: got %s, want %s", c.expr, got, c.want)
		}
	}
}

func TestPartitions(t *testing.T) {
	for region, want := range map[string]string{
		"cn-north-1": `"aws-cn"`, "us-gov-west-1": `"aws-us-gov"`, "us-iso-east-1": `?pseudo-parameter`, "us-east-1": `"aws"`,
	} {
		b := load(t, "t.yaml", replaceExpr("!Ref AWS::Partition"), cfneval.Options{Region: region})
		if got := b.show(b.property("R", "X")); got != want {
			t.Errorf("%s: got %s, want %s", region, got, want)
		}
	}
}

func TestParameterOrigins(t *testing.T) {
	for _, c := range []struct {
		expr   string
		opt    cfneval.Options
		kind   value.OriginKind
		name   string
		source string
	}{
		{`!Ref Plain`, cfneval.Options{}, value.ParameterDefault, "Parameters.Plain", `"plain"`},
		{`!Ref Plain`, cfneval.Options{Parameters: map[string]string{"Plain": "x"}}, value.ParameterFile, "Parameters.Plain", ""},
		{`!Ref Env`, cfneval.Options{}, value.AllowedValues, "Parameters.Env", `["dev", "prod"]`},
		{`!Ref Free`, cfneval.Options{}, value.NoValue, "Parameters.Free", `"Free"`},
		{`!FindInMap [Sizes, dev, Type]`, cfneval.Options{}, value.Mapping, "Mappings.Sizes.dev.Type", `"t3.micro"`},
	} {
		b := load(t, "t.yaml", replaceExpr(c.expr), c.opt)
		v := b.property("R", "X")
		o := b.origins.At(v.Origin())
		if o.Kind != c.kind || o.Name != c.name || b.text(o.Span) != c.source {
			t.Errorf("%s: origin %s %s at %q, want %s %s at %q", c.expr, o.Kind, o.Name, b.text(o.Span), c.kind, c.name, c.source)
		}
		if got := b.text(v.Span()); got != c.expr {
			t.Errorf("%s: the value is said to be at %q", c.expr, got)
		}
	}
}

// A default is what a deployment gets that gives nothing else: so it is told, unless it is
// known what the deployment gives.
func TestWordsOfDefaults(t *testing.T) {
	const open, settled = "Parameters.Plain gets its default (a deployment may give another value)", "Parameters.Plain gets its default"
	for name, c := range map[string]struct {
		opt  cfneval.Options
		want string
	}{
		"a stack":               {cfneval.Options{}, open},
		"with flags":            {cfneval.Options{Parameters: map[string]string{"Free": "x"}}, open},
		"with a parameter file": {cfneval.Options{Files: []cfneval.Given{{Name: "Free", Text: "x"}}}, settled},
		"a nested stack":        {cfneval.Options{Given: map[string]value.Value{}}, settled},
		"a module":              {cfneval.Options{Module: true}, settled},
	} {
		b := load(t, "t.yaml", replaceExpr(`!Ref Plain`), c.opt)
		if got := b.origins.At(b.property("R", "X").Origin()).Text(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestSecretsStaySecret(t *testing.T) {
	for _, expr := range []string{`!Ref Secret`, `!Sub "x${Secret}"`, `!Join [":", [a, !Ref Secret]]`, `!Select [0, !Split ["t", !Ref Secret]]`, `!If [Always, !Ref Secret, a]`,
		`!Sub "x${Secret}${Free}"`} {
		b := load(t, "t.yaml", replaceExpr(expr), cfneval.Options{})
		if v := b.property("R", "X"); !v.IsSensitive() {
			t.Errorf("%s: %s is not marked as sensitive", expr, b.show(v))
		}
	}
}

// Spans are those of the place of use: also of what stands elsewhere.
func TestSpans(t *testing.T) {
	for _, c := range []struct {
		expr string
		pick func(value.Value) value.Value
		want string
	}{
		{`!Sub "a-${Free}-${Bucket.Arn}"`, func(v value.Value) value.Value { return v.Parts()[1] }, `${Free}`},
		{`!Sub "a-${Free}-${Bucket.Arn}"`, func(v value.Value) value.Value { return v.Parts()[3] }, `${Bucket.Arn}`},
		{`!If [Always, yes, no]`, func(v value.Value) value.Value { return v }, `yes`},
		{`!If [IsProd, a, !Ref Plain]`, func(v value.Value) value.Value { return v }, `!If [IsProd, a, !Ref Plain]`},
		{`!If [IsProd, a, !Ref Plain]`, func(v value.Value) value.Value { return v.Alternatives()[1] }, `!Ref Plain`},
		{`!Ref Env`, func(v value.Value) value.Value { return v.Alternatives()[0] }, `!Ref Env`},
		{`!Ref Names`, func(v value.Value) value.Value { return v.Elems()[1] }, `!Ref Names`},
		{`{k: [1, "two"]}`, func(v value.Value) value.Value { return v.Get("k").Elems()[1] }, `"two"`},
		{`{k: [1, "two"]}`, func(v value.Value) value.Value { return v }, `{k: [1, "two"]}`},
		{`{"Fn::GetAtt": [Bucket, Arn]}`, func(v value.Value) value.Value { return v }, `{"Fn::GetAtt": [Bucket, Arn]}`},
		{`!FindInMap [Sizes, prod, Zones]`, func(v value.Value) value.Value { return v.Elems()[0] }, `!FindInMap [Sizes, prod, Zones]`},
	} {
		b := load(t, "t.yaml", replaceExpr(c.expr), cfneval.Options{})
		if got := b.text(c.pick(b.property("R", "X")).Span()); got != c.want {
			t.Errorf("%s: span of %q, want %q", c.expr, got, c.want)
		}
	}
}

func TestFieldSpans(t *testing.T) {
	b := load(t, "t.yaml", replaceExpr(`{"key": !Ref Plain}`), cfneval.Options{})
	f := b.property("R", "X").Fields()[0]
	if got := b.text(f.Span); got != `"key"` {
		t.Errorf("field at %q", got)
	}
	if got := b.text(f.Value.Span()); got != `!Ref Plain` {
		t.Errorf("value at %q", got)
	}
}
