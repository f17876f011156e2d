package cfneval_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/value"
)

// cases writes a value with when it is which: "a" if Env=prod; "b" if Env=dev.
func (b *bench) cases(v value.Value) string {
	var out []string
	for _, c := range v.Cases() {
		s := b.show(c.Value)
		if when := c.When.String(); when != "" {
			s += " if " + when
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestValuesSayForWhichDeploymentsTheyHold(t *testing.T) {
	const text = `
Parameters:
  Env: {Type: String, AllowedValues: [dev, test, prod]}
  Public: {Type: String, AllowedValues: ["true", "false"]}
  Free: {Type: String}
  Other: {Type: String}
  Long: {Type: String, MinLength: 3}
  Kind: {Type: String, AllowedPattern: "^(web|batch)$"}
  Shape: {Type: String, AllowedPattern: "[a-z]+"}
  Count: {Type: Number, MinValue: 1, MaxValue: 10}
  Secret: {Type: String, NoEcho: true, AllowedValues: [hunter2, swordfish]}
Mappings:
  M:
    dev: {Days: 1}
    test: {Days: 1}
    prod: {Days: 30}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsPublic: !Equals [!Ref Public, "true"]
  Both: !And [!Condition IsProd, !Condition IsPublic]
  HasFree: !Not [!Equals [!Ref Free, ""]]
  Same: !Equals [!Ref Free, !Ref Other]
  Mixed: !And [!Equals [!Ref Free, !Ref Other], !Condition IsProd]
  HasLong: !Not [!Equals [!Ref Long, ""]]
  Capital: !Equals [!Ref Shape, "ABC"]
  Eleven: !Equals [!Ref Count, 11]
  IsSecret: !Equals [!Ref Secret, hunter2]
Resources:
  R: {Properties: {X: EXPR}}
`
	for _, c := range []struct{ expr, want string }{
		{`!Ref Env`, `"dev" if Env=dev; "test" if Env=test; "prod" if Env=prod`},
		{`!If [IsProd, a, b]`, `"a" if Env=prod; "b" if Env is dev or test`},
		{`!If [Both, a, b]`, `"a" if Env=prod and Public=true; "b" if Env is dev or test, or Public=false`},
		{`!If [HasFree, a, b]`, `"a" if Free is not ""; "b" if Free=""`},
		{`!If [Same, a, b]`, `"a" if Same=true; "b" if Same=false`},
		{`!If [Mixed, a, b]`, `"a" if Env=prod and Equals(Free, Other)=true; "b" if Env is dev or test, or Equals(Free, Other)=false`},
		{`!If [IsProd, !If [IsPublic, a, b], c]`, `"a" if Env=prod and Public=true; "b" if Env=prod and Public=false; "c" if Env is dev or test`},
		{`!If [IsProd, a, !If [Both, impossible, b]]`, `"a" if Env=prod; "b" if Env is dev or test`},
		{`!FindInMap [M, !Ref Env, Days]`, `1 if Env is dev or test; 30 if Env=prod`},
		{`!Sub "${Env}-${Public}"`, `"dev-true" if Env=dev and Public=true; "dev-false" if Env=dev and Public=false; ` +
			`"test-true" if Env=test and Public=true; "test-false" if Env=test and Public=false; ` +
			`"prod-true" if Env=prod and Public=true; "prod-false" if Env=prod and Public=false`},
		{`!If [HasLong, a, b]`, `"a"`},
		{`!Ref Kind`, `"web" if Kind=web; "batch" if Kind=batch`},
		{`!If [Capital, a, b]`, `"b"`},
		{`!If [Eleven, a, b]`, `"b"`},
		{`!If [IsSecret, a, b]`, `"a" if Secret is (secret); "b" if Secret is (secret)`},
	} {
		b := load(t, "t.yaml", strings.Replace(text, "EXPR", c.expr, 1), cfneval.Options{})
		if got := b.cases(b.property("R", "X")); got != c.want && !strings.Contains(c.want, "(secret)") {
			t.Errorf("%s\n got %s\nwant %s", c.expr, got, c.want)
		} else if strings.Contains(got, "hunter2") {
			t.Errorf("%s shows a secret: %s", c.expr, got)
		}
	}
}

// Parts that are there in some deployments say in which.
func TestPartsSayForWhichDeploymentsTheyAreThere(t *testing.T) {
	b := load(t, "t.yaml", `
Parameters:
  Env: {Type: String, AllowedValues: [dev, prod]}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  R:
    Properties:
      List: [!If [IsProd, a, !Ref "AWS::NoValue"], b]
      Value: !If [IsProd, !Ref "AWS::NoValue", c]
`, cfneval.Options{})
	if e := b.property("R", "List").Elems()[0]; e.Presence().String() != "Env=prod" || !e.MayBeMissing() {
		t.Error("the element is there when", e.Presence())
	}
	if got := b.cases(b.property("R", "Value")); got != `- if Env=prod; "c" if Env=dev` {
		t.Error(got)
	}
}

func TestRulesExcludeDeployments(t *testing.T) {
	const text = `
Parameters:
  Env: {Type: String, AllowedValues: [dev, test, prod], Default: dev}
  Size: {Type: String, AllowedValues: [small, large]}
  Region: {Type: String}
  Unit: {Type: String, Default: ""}
  Sources: {Type: List<AWS::EC2::Subnet::Id>}
Rules: RULES
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  R: {Properties: {X: EXPR}}
`
	for _, c := range []struct{ name, rules, expr, want string }{
		{"assertion", `{A: {Assertions: [{Assert: !Not [!Equals [!Ref Env, test]]}]}}`, `!Ref Env`, `"dev" if Env=dev; "prod" if Env=prod`},
		{"on condition", `{A: {RuleCondition: !Equals [!Ref Env, prod], Assertions: [{Assert: !Equals [!Ref Size, large]}]}}`, `!Sub "${Env}-${Size}"`,
			`"dev-small" if Env=dev and Size=small; "dev-large" if Env=dev and Size=large; "test-small" if Env=test and Size=small; "test-large" if Env=test and Size=large; "prod-large" if Env=prod and Size=large`},
		{"within a branch", `{A: {RuleCondition: !Equals [!Ref Env, prod], Assertions: [{Assert: !Equals [!Ref Size, large]}]}}`, `!If [IsProd, !Ref Size, none]`,
			`"large" if Env=prod and Size=large; "none" if Env is dev or test`},
		{"contains", `{A: {Assertions: [{Assert: {"Fn::Contains": [[dev, prod], !Ref Env]}}]}}`, `!Ref Env`, `"dev" if Env=dev; "prod" if Env=prod`},
		{"default is no fact", `{A: {RuleCondition: !Equals [!Ref Env, prod], Assertions: [{Assert: !Not [!Equals [!Ref Unit, ""]]}]}}`, `!Ref Env`,
			`"dev" if Env=dev; "test" if Env=test; "prod" if Env=prod`},
		{"of the account", `{A: {Assertions: [{Assert: {"Fn::EachMemberIn": [{"Fn::ValueOfAll": ["AWS::EC2::Subnet::Id", VpcId]}, [a]]}}]}}`, `!Ref Env`,
			`"dev" if Env=dev; "test" if Env=test; "prod" if Env=prod`},
		{"of the account, on condition", `{A: {RuleCondition: !Equals [!Ref Env, prod], Assertions: [{Assert: {"Fn::EachMemberIn": [{"Fn::ValueOfAll": ["AWS::EC2::Subnet::Id", VpcId]}, {"Fn::RefAll": "AWS::EC2::VPC::Id"}]}}, {Assert: !Equals [!Ref Size, large]}]}}`,
			`!If [IsProd, !Ref Size, none]`, `"large" if Env=prod and Size=large; "none" if Env is dev or test`},
		{"of the account, in a branch", `{A: {Assertions: [{Assert: {"Fn::EachMemberIn": [{"Fn::ValueOfAll": ["AWS::EC2::Subnet::Id", VpcId]}, {"Fn::RefAll": "AWS::EC2::VPC::Id"}]}}]}}`,
			`!If [IsProd, a, b]`, `"a" if Env=prod; "b" if Env is dev or test`},
		{"of the account, or else", `{A: {Assertions: [{Assert: !Or [!Equals [!Ref Env, dev], {"Fn::EachMemberIn": [{"Fn::ValueOf": [Sources, VpcId]}, [a]]}]}]}}`,
			`!If [IsProd, a, b]`, `"a" if Env=prod; "b" if Env is dev or test`},
		{"of the account, and more", `{A: {Assertions: [{Assert: !And [!Not [!Equals [!Ref Env, test]], !Not [{"Fn::EachMemberIn": [{"Fn::ValueOf": [Sources, VpcId]}, [a]]}]]}]}}`,
			`!If [IsProd, a, b]`, `"a" if Env=prod; "b" if Env=dev`},
		{"contradiction", `{A: {Assertions: [{Assert: !Equals [!Ref Env, never]}]}}`, `!Ref Env`, `"dev" if Env=dev; "test" if Env=test; "prod" if Env=prod`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := load(t, "t.yaml", strings.NewReplacer("RULES", c.rules, "EXPR", c.expr).Replace(text), cfneval.Options{})
			v := b.property("R", "X")
			if got := b.cases(v); got != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.expr, got, c.want)
			}
			if got, want := b.codes(), map[bool]string{true: "cloudformation-rule"}[c.name == "contradiction"]; got != want {
				t.Errorf("diagnostics %q, want %q", got, want)
			}
		})
	}
}

// Values with which a stack can't be deployed are left out.
func TestUndeployableValues(t *testing.T) {
	b := load(t, "t.yaml", `
Parameters:
  Env: {Type: String, AllowedValues: [dev, test, prod]}
Mappings:
  M: {dev: {Days: 1}, prod: {Days: 30}}
Resources:
  R: {Properties: {X: !FindInMap [M, !Ref Env, Days]}}
`, cfneval.Options{})
	if got := b.cases(b.property("R", "X")); got != "1 if Env=dev; 30 if Env=prod" {
		t.Error(got)
	}
	if got := b.codes(); got != "cloudformation-mapping" {
		t.Errorf("diagnostics %q", got)
	}
}

// What depends on many parameters at once is still told apart from what is
// impossible.
func TestManyParameters(t *testing.T) {
	var params, or, and strings.Builder
	for _, n := range "ABCDEFGHIJKLMNOPQRST" {
		params.WriteString("  " + string(n) + ": {Type: String, AllowedValues: [a, b, c]}\n")
		or.WriteString("!Equals [!Ref " + string(n) + ", a], ")
		and.WriteString("!Not [!Equals [!Ref " + string(n) + ", a]], ")
	}
	text := "Parameters:\n" + params.String() + "Conditions:\n  Any: !Or [" + or.String() + "!Equals [x, y]]\n  None: !And [" + and.String() + "!Equals [x, x]]\n" +
		"  Never: !And [!Condition Any, !Condition None]\nResources:\n  R: {Properties: {X: !If [Never, a, b], Y: !If [Any, !If [None, a, b], c]}}\n"
	b := load(t, "t.yaml", text, cfneval.Options{})
	if got := b.show(b.property("R", "X")); got != `"b"` {
		t.Error(got)
	}
	if got := b.show(b.property("R", "Y")); got != `"b"|"c"` {
		t.Error(got)
	}
}
