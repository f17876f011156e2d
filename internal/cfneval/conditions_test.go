package cfneval_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

const conditionParameters = `
Parameters:
  Env: {Type: String, AllowedValues: [dev, test, prod]}
  Size: {Type: String, AllowedValues: [s, l]}
  Flag: {Type: String, AllowedValues: ["true", "false"]}
  Default: {Type: String, Default: x}
  Free: {Type: String}
  Other: {Type: String}
  Ids: {Type: List<AWS::EC2::Subnet::Id>}
  None: {Type: CommaDelimitedList, Default: ""}
Mappings:
  M:
    dev: {on: "false"}
    test: {on: "false"}
    prod: {on: "true"}
Conditions:
`

func TestConditions(t *testing.T) {
	for _, c := range []struct {
		name, conditions, want string
	}{
		{"default", `{C: !Equals [!Ref Default, x]}`, "true"},
		{"case counts", `{C: !Equals [!Ref Default, X]}`, "false"},
		{"bool and text", `{C: !Equals [true, "true"]}`, "true"},
		{"number and text", `{C: !Equals [1, "1"]}`, "true"},
		{"one of several", `{C: !Equals [!Ref Env, dev]}`, "unknown"},
		{"none of several", `{C: !Equals [!Ref Env, stage]}`, "false"},
		{"any of several", `{C: !Or [!Equals [!Ref Env, dev], !Equals [!Ref Env, test], !Equals [!Ref Env, prod]]}`, "true"},
		{"most of several", `{C: !Or [!Equals [!Ref Env, dev], !Equals [!Ref Env, test]]}`, "unknown"},
		{"not both", `{C: !And [!Equals [!Ref Env, dev], !Equals [!Ref Env, prod]]}`, "false"},
		{"two parameters", `{C: !And [!Equals [!Ref Env, dev], !Equals [!Ref Size, s]]}`, "unknown"},
		{"excluded middle", `{A: !Equals [!Ref Env, dev], C: !Or [!Condition A, !Not [!Condition A]]}`, "true"},
		{"excluded middle, long form", `{A: !Equals [!Ref Env, dev], C: {"Fn::Or": [{Condition: A}, {"Fn::Not": [{Condition: A}]}]}}`, "true"},
		{"excluded middle of a free parameter", `{A: !Equals [!Ref Free, ""], C: !Or [!Condition A, !Not [!Condition A]]}`, "true"},
		{"free parameter", `{C: !Equals [!Ref Free, ""]}`, "unknown"},
		{"free parameter is not both", `{C: !And [!Equals [!Ref Free, a], !Equals [!Ref Free, b]]}`, "false"},
		{"free parameter other than all", `{C: !Not [!Or [!Equals [!Ref Free, a], !Equals [!Ref Free, b]]]}`, "unknown"},
		{"same parameter", `{C: !Equals [!Ref Free, !Ref Free]}`, "true"},
		{"two free parameters", `{C: !Equals [!Ref Free, !Ref Other]}`, "unknown"},
		{"text with a known piece", `{C: !Equals [!Sub "${Free}-x", ""]}`, "false"},
		{"text with a known piece that fits", `{C: !Equals [!Sub "${Free}-x", "a-x"]}`, "unknown"},
		{"by mapping", `{C: !Equals [!FindInMap [M, !Ref Env, "on"], maybe]}`, "false"},
		{"by mapping and parameter", `{A: !Equals [!FindInMap [M, !Ref Env, "on"], "true"], C: !And [!Condition A, !Equals [!Ref Env, dev]]}`, "false"},
		{"empty list", `{C: !Equals [!Join ["", !Ref None], ""]}`, "true"},
		{"unknown list", `{C: !Equals [!Join ["", !Ref Ids], ""]}`, "unknown"},
		{"pseudo", `{C: !Equals [!Ref AWS::Region, us-east-1]}`, "unknown"},
		{"cycle", `{C: !Not [!Condition D], D: !Not [!Condition C]}`, "unknown"},
		{"undefined", `{C: !Condition D}`, "unknown"},
		{"undefined does not matter", `{C: !Or [!Condition D, !Equals [a, a]]}`, "true"},
		{"broken", `{C: !Equals [a]}`, "unknown"},
		{"not a condition", `{C: [a]}`, "unknown"},
		{"long form", `{C: {"Fn::Equals": [{Ref: Env}, stage]}}`, "false"},
		{"nested", `{C: !And [!Equals [a, a], !Or [!Equals [a, b], !Not [!Equals [a, b]]]]}`, "true"},
		{"two parameters are the same", `{C: !Equals [!Ref Env, !Ref Size]}`, "false"},
		{"if in a condition", `{A: !Equals [!Ref Flag, "true"], C: !Equals [!If [A, x, y], !If [A, x, y]]}`, "true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := load(t, "t.yaml", conditionParameters+"  "+c.conditions+"\n", cfneval.Options{})
			got, _, why := b.eval.Condition("C")
			if got.String() != c.want {
				t.Errorf("%s is %s, want %s", c.conditions, got, c.want)
			}
			if got == tri.Unknown && len(b.origins.Reasons(why)) == 0 {
				t.Error("no reason is given")
			}
		})
	}
}

func TestConditionCycleIsReported(t *testing.T) {
	b := load(t, "t.yaml", "Conditions:\n  A: !Condition B\n  B: !Condition A\n", cfneval.Options{})
	if got := b.codes(); got != "cloudformation-condition" {
		t.Errorf("diagnostics %q", got)
	}
}

func TestWhyUndecided(t *testing.T) {
	b := load(t, "t.yaml", conditionParameters+"  C: !Equals [!Ref Env, dev]\n", cfneval.Options{})
	_, _, why := b.eval.Condition("C")
	chain := b.origins.Chain(why)
	if len(chain) != 2 || chain[0].Kind != value.UndecidedCondition || chain[0].Name != "Conditions.C" ||
		!strings.Contains(chain[0].Detail, "Env") || chain[1].Kind != value.AllowedValues || chain[1].Name != "Parameters.Env" {
		t.Errorf("chain %+v", chain)
	}
	if got := b.text(chain[0].Span); got != "C" {
		t.Errorf("the condition is said to be at %q", got)
	}
}

// A resource with a condition is evaluated as if the condition held: otherwise
// it does not exist.
func TestUnderCondition(t *testing.T) {
	const text = conditionParameters + `
  IsProd: !Equals [!Ref Env, prod]
  Big: !And [!Condition IsProd, !Equals [!Ref Size, l]]
  Small: !Not [!Condition Big]
  Open: !Equals [!Join [",", !Ref Ids], ""]
  Both: !And [!Condition Open, !Condition IsProd]
  Known: !Equals [!Ref Free, fixed]
Resources:
  R:
    Condition: COND
    Properties: {X: EXPR}
`
	for _, c := range []struct{ name, condition, expr, want string }{
		{"parameter", "IsProd", `!Ref Env`, `"prod"`},
		{"implied", "Big", `!Ref Env`, `"prod"`},
		{"implied too", "Big", `!Ref Size`, `"l"`},
		{"not implied", "Small", `!Ref Env`, `"dev"|"test"|"prod"`},
		{"not implied but related", "Small", `!If [IsProd, !Ref Size, x]`, `"s"|"x"`},
		{"same condition", "IsProd", `!If [IsProd, a, b]`, `"a"`},
		{"other condition", "IsProd", `!If [Small, a, b]`, `"a"|"b"`},
		{"excluded condition", "Big", `!If [Small, a, b]`, `"b"`},
		{"undecidable condition", "Open", `!If [Open, a, b]`, `"a"`},
		{"implied undecidable condition", "Both", `!If [Open, a, b]`, `"a"`},
		{"text", "Small", `!Sub "${Env}-${Size}"`, `"dev-s"|"dev-l"|"test-s"|"test-l"|"prod-s"`},
		{"mapping", "IsProd", `!FindInMap [M, !Ref Env, "on"]`, `"true"`},
		{"free parameter", "Known", `!Sub "${Free}!"`, `"fixed!"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := load(t, "t.yaml", strings.NewReplacer("COND", c.condition, "EXPR", c.expr).Replace(text), cfneval.Options{})
			if got := b.show(b.property("R", "X")); got != c.want {
				t.Errorf("%s under %s\n got %s\nwant %s", c.expr, c.condition, got, c.want)
			}
		})
	}
}

// With more assignments than are tried, nothing is claimed.
func TestTooManyAssignments(t *testing.T) {
	var params, or strings.Builder
	for _, n := range "ABCDEFGHIJKL" {
		params.WriteString("  " + string(n) + ": {Type: String, AllowedValues: [a, b, c]}\n")
		or.WriteString("!Equals [!Ref " + string(n) + ", a], ")
	}
	text := "Parameters:\n" + params.String() + "Conditions:\n  C: !Or [" + or.String() + "!Equals [a, b]]\n  Sure: !Or [" + or.String() + "!Equals [a, a]]\n"
	b := load(t, "t.yaml", text, cfneval.Options{})
	if got, _, _ := b.eval.Condition("C"); got != tri.Unknown {
		t.Errorf("C is %s", got)
	}
	if got, _, _ := b.eval.Condition("Sure"); got != tri.True {
		t.Errorf("Sure is %s", got)
	}
}
