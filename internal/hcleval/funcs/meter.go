package funcs

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// budget is what the loops of one rendering may still spend.
type budget struct{ rounds, bytes int }

func (b *budget) blown() bool { return b.rounds < 0 || b.bytes < 0 }

// meter puts counters into the loops of a parsed template. hclsyntax has no limit
// of its own: five loops over range(1024) within each other never end.
func meter(expr hclsyntax.Expression) *budget {
	b := &budget{rounds: maxIterations, bytes: maxText}
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n := n.(type) {
		case *hclsyntax.ForExpr:
			b.putInto(n)
		case *meteredCollection: // the walk goes on from what is inside, without a call for it
			b.putIntoLoop(n.Expression)
		case *meteredElement:
			b.putIntoLoop(n.Expression)
		}
		return nil
	})
	return b
}

func (b *budget) putInto(loop *hclsyntax.ForExpr) {
	loop.CollExpr = &meteredCollection{Expression: loop.CollExpr, left: b}
	loop.ValExpr = &meteredElement{Expression: loop.ValExpr, left: b}
}

func (b *budget) putIntoLoop(e hclsyntax.Expression) {
	if loop, ok := e.(*hclsyntax.ForExpr); ok {
		b.putInto(loop)
	}
}

// meteredCollection is what a loop runs over. Each of its elements costs a round.
type meteredCollection struct {
	hclsyntax.Expression
	left *budget
}

// Value implements hcl.Expression.
func (m *meteredCollection) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := m.Expression.Value(ctx)
	if m.left.rounds -= elements(v); m.left.blown() {
		return cty.DynamicVal, overspent(m)
	}
	return v, diags
}

// meteredElement is what a loop makes in each round. Its text costs bytes.
type meteredElement struct {
	hclsyntax.Expression
	left *budget
}

// Value implements hcl.Expression.
func (m *meteredElement) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if m.left.blown() {
		return cty.DynamicVal, overspent(m)
	}
	v, diags := m.Expression.Value(ctx)
	m.left.bytes -= weigh(v, m.left.bytes)
	return v, diags
}

// overspent ends an evaluation. The text is not shown: render says it better.
func overspent(e hcl.Expression) hcl.Diagnostics {
	return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Too much work", Subject: e.Range().Ptr()}}
}

// lexer is hclsyntax.LexConfig or hclsyntax.LexTemplate.
type lexer func(src []byte, filename string, start hcl.Pos) (hclsyntax.Tokens, hcl.Diagnostics)

// tooIntricate returns why src should not be parsed, or "". The parser recurses
// with the nesting of the source, and a Go stack that overflows ends the process.
func tooIntricate(src []byte, lex lexer) string {
	if len(src) > maxTemplate {
		return "the source is too long"
	}
	if hasHugeNumber(string(src)) {
		return "there is a number with too many digits"
	}
	tokens, _ := lex(src, "", hcl.InitialPos) // the parser reports what is wrong
	depth, operators := 0, 0
	for _, tok := range tokens {
		switch tok.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenOQuote,
			hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp:
			depth++
		case hclsyntax.TokenTemplateControl: // also nests by what stands between two of them
			depth++
			operators++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCQuote,
			hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
			depth--
		case hclsyntax.TokenBang, hclsyntax.TokenMinus, hclsyntax.TokenQuestion:
			operators++
		default:
		}
		if depth > maxNesting || operators > maxOperators {
			return "the source nests too deep"
		}
	}
	return ""
}
