package cloudformation_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/value/tri"
)

// The way of a value names the condition that chose it, the mapping it was found in, and
// the defaults and files behind both, each with its place; also where the value is that
// something is not set.
func TestProvenance(t *testing.T) {
	s := load(t, `
-- db.yaml --
Parameters:
  Key: {Type: String, Default: ""}
  Size: {Type: String, Default: small}
  Env: {Type: String, AllowedValues: [dev, prod]}
Mappings: {Sizes: {small: {days: 0}, large: {days: 7}}}
Conditions:
  HasKey: !Not [!Equals [!Ref Key, ""]]
  NoKey: !Not [!Condition HasKey]
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Db:
    Type: AWS::Test::Db
    Condition: NoKey
    Properties:
      Encrypted: !If [HasKey, true, false]
      Removed: !If [HasKey, x, !Ref AWS::NoValue]
      Days: !FindInMap [Sizes, !Ref Size, days]
      Block: !If [NoKey, {Inner: [a, {Deep: 1}], Gone: !If [HasKey, 1, !Ref AWS::NoValue]}, !Ref AWS::NoValue]
      Ref: !If [NoKey, !Ref Other, x]
      Plain: x
  Other: {Type: AWS::Test::Other, Condition: IsProd, Properties: {P: !If [IsProd, a, b]}}
`, cloudformation.Options{})
	db := s.must("Db")
	ways := func(path string) string {
		var out []string
		for _, o := range s.origins.Chain(db.Body.Path(path).Origin()) {
			out = append(out, o.Name+"@"+s.text(o.Span))
		}
		return strings.Join(out, " ")
	}
	for path, want := range map[string]string{
		"Encrypted":    `Conditions.HasKey@HasKey Parameters.Key@""`,
		"Removed":      `Conditions.HasKey@HasKey Parameters.Key@""`,
		"Days":         `Mappings.Sizes.small.days@0 Parameters.Size@small`,
		"Block.Inner":  ``,
		"Block.Gone":   `Conditions.HasKey@HasKey Parameters.Key@""`,
		"Plain":        ``,
		"NotMentioned": ``,
	} {
		if got := ways(path); got != want {
			t.Errorf("%s came by %q, want %q", path, got, want)
		}
	}
	if v := db.Body.Get("Removed"); !v.IsAbsent() || s.text(v.Span()) != "!If [HasKey, x, !Ref AWS::NoValue]" {
		t.Errorf("what is taken away is %s at %q", show(v), s.text(v.Span()))
	}
	deep := db.Body.Path("Block.Inner").Elems()[1].Get("Deep")
	if chain := s.origins.Chain(deep.Origin()); len(chain) != 2 || chain[0].Text() != "Conditions.NoKey decides (it is true)" {
		t.Errorf("what is deep in a block came by %+v", chain)
	}
	if refs := db.Body.Get("Ref").Refs(); len(refs) != 1 {
		t.Error("the reference is lost")
	}
	if db.Exists != tri.True || len(s.origins.Chain(db.ExistsWhy)) != 2 {
		t.Errorf("the resource exists through %+v", s.origins.Chain(db.ExistsWhy))
	}
	other := s.must("Other")
	if chain := s.origins.Chain(other.Body.Get("P").Origin()); len(chain) != 1 || chain[0].Detail != "it is true here" {
		t.Errorf("what is decided where it stands came by %+v", chain)
	}
}
