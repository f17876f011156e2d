package hcleval

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The HCL parser and evaluator recurse, and a Go stack that overflows ends the
// process without a chance to recover. 10,000 levels are harmless, 100,000 are
// fatal.
const (
	maxNesting   = 1_000   // brackets within brackets, where they must be counted exactly
	maxOperators = 10_000  // operators, indexes and steps that nest in one expression
	freeOpeners  = 5_000   // a file with fewer opening brackets cannot nest too deep
	freeSteps    = 100_000 // nor can one with fewer operators
	maxBytes     = 8 << 20 // a tree takes some 26 times the size of its file
)

// tooDeep reports whether parsing src as native syntax might exhaust the stack.
// Only files with very many brackets are looked at closely: tokens take longer
// to make than everything else about parsing.
func tooDeep(src []byte) bool {
	openers, steps := 0, 0
	for _, c := range src {
		switch c {
		case '(', '[', '{':
			openers++
		case '+', '-', '*', '/', '%', '!', '&', '|', '?', '<', '>', '.':
			steps++
		}
	}
	if openers < freeOpeners && steps < freeSteps {
		return false
	}
	// The scanner itself is not recursive, and errors are the parser's to report.
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	return nestsTooDeep(tokens)
}

// nestsTooDeep walks the tokens with a stack of open brackets. What has
// accumulated on one level (a + b + c nests to the left) counts until a comma
// or a line end finishes the expression.
func nestsTooDeep(tokens hclsyntax.Tokens) bool {
	counts := []int{0}
	total := 0
	for _, t := range tokens {
		top := len(counts) - 1
		switch t.Type {
		case hclsyntax.TokenOParen, hclsyntax.TokenOBrack, hclsyntax.TokenOBrace,
			hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp:
			counts[top]++ // a[0][0] nests to the left as well
			total++
			counts = append(counts, 0)
		case hclsyntax.TokenCParen, hclsyntax.TokenCBrack, hclsyntax.TokenCBrace,
			hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
			if top > 0 {
				total -= counts[top]
				counts = counts[:top]
			}
		case hclsyntax.TokenComma, hclsyntax.TokenNewline:
			total -= counts[top]
			counts[top] = 0
		case hclsyntax.TokenTemplateControl:
			counts[top] += 2 // %{ if } nests what follows
			total += 2
			counts = append(counts, 0)
		case hclsyntax.TokenPlus, hclsyntax.TokenMinus, hclsyntax.TokenStar, hclsyntax.TokenSlash,
			hclsyntax.TokenPercent, hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenBang,
			hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq,
			hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq, hclsyntax.TokenQuestion, hclsyntax.TokenDot:
			counts[top]++
			total++
		default: // all other tokens neither nest nor end anything
		}
		if len(counts) > maxNesting || total > maxOperators {
			return true
		}
	}
	return false
}

// jsonTooDeep is the same for JSON: brackets outside strings nest as values,
// and a string with an interpolation is parsed as a template.
func jsonTooDeep(src []byte) bool {
	depth := 0
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '[', '{':
			if depth++; depth > maxNesting {
				return true
			}
		case ']', '}':
			depth--
		case '"':
			end := i + 1
			for end < len(src) && src[end] != '"' {
				if src[end] == '\\' {
					end++
				}
				end++
			}
			text := src[i:min(end, len(src))]
			if (bytes.Contains(text, []byte("${")) || bytes.Contains(text, []byte("%{"))) && tooDeep(text) {
				return true
			}
			i = end
		}
	}
	return false
}
