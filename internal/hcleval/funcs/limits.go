package funcs

import (
	"math/big"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// The limits beyond which a result counts as unknown. They are far above what
// configurations hold, and low enough that a chain of calls, each just within
// them, does not exhaust the machine.
const (
	maxText       = 16 << 20 // bytes of a string made by a function
	maxEncode     = 4 << 20  // bytes of text in a value given to an encoder; nested encoding doubles escapes
	maxParse      = 1 << 20  // bytes of a document to be decoded or split: values take some hundred times as much
	maxFile       = 4 << 20  // bytes of a file that is read
	maxTemplate   = 1 << 20  // bytes of a template's source
	maxElements   = 1 << 17  // elements of a collection made by a function
	maxMixed      = 4096     // elements of different types in a tuple to be made a list or a set
	maxCompare    = 2 << 20  // comparisons that matchkeys may take
	maxNesting    = 1000     // brackets within brackets in JSON, YAML, HCL
	maxOperators  = 10_000   // of the operators that nest without brackets, in one HCL source
	maxIterations = 100_000  // rounds of all the loops in one template
	maxEntries    = 20_000   // directory entries that one fileset call looks at
	maxDigits     = 5000     // decimal digits of a number, on either side of the point
)

// weigh returns about how many bytes the text in v would take: strings, map
// keys, attribute names, digits of numbers, and some for each element. It stops
// counting beyond limit. Marks are looked through, unknowns weigh nothing.
func weigh(v cty.Value, limit int) int {
	return weighWith(v, limit, func(f *big.Float) int {
		if isUnwritable(f) {
			return limit + 1
		}
		return digits(f)
	})
}

// Weight is the same of what v takes in memory, where a number of very many digits is
// small: it is written out by nobody but [Table]'s functions, which refuse to.
func Weight(v cty.Value, limit int) int {
	return weighWith(v, limit, func(*big.Float) int { return 5 })
}

func weighWith(v cty.Value, limit int, number func(*big.Float) int) int {
	v, _ = v.Unmark()
	if v == cty.NilVal || !v.IsKnown() || v.IsNull() {
		return 4
	}
	t := v.Type()
	switch {
	case t == cty.String:
		return len(v.AsString())
	case t == cty.Number:
		return number(v.AsBigFloat())
	case t.IsPrimitiveType(), t.IsCapsuleType():
		return 5
	}
	sum := 2
	for it := v.ElementIterator(); it.Next() && sum <= limit; {
		key, elem := it.Element()
		if key, _ := key.Unmark(); key.Type() == cty.String && !t.IsSetType() {
			sum += len(key.AsString()) + 4
		}
		sum += weighWith(elem, limit-sum, number) + 2
	}
	return sum
}

// digits returns about how many decimal digits f has when written in full. A
// number as short as 1e600000000 has as many as that says.
func digits(f *big.Float) int {
	if f.IsInf() || f.Sign() == 0 {
		return 3
	}
	exp := f.MantExp(nil)
	if exp < 0 {
		exp = -exp
	}
	return exp*3/10 + 20
}

// isUnwritable reports whether f has too many digits to be written. The time that
// takes grows faster than their number, so this is a limit of its own.
func isUnwritable(f *big.Float) bool { return digits(f) > maxDigits }

// Unwritable reports whether there is, anywhere in v, a number of so many digits
// that to write it out could take minutes: 1e400000000 is a valid literal. The
// functions of the table look out for it themselves; whoever interpolates values
// in templates must do the same.
func Unwritable(v cty.Value) bool {
	v, _ = v.Unmark()
	if v == cty.NilVal || !v.IsKnown() || v.IsNull() {
		return false
	}
	if v.Type() == cty.Number {
		return isUnwritable(v.AsBigFloat())
	}
	if !v.CanIterateElements() {
		return false
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, elem := it.Element(); Unwritable(elem) {
			return true
		}
	}
	return false
}

// hasHugeNumber reports whether a word of the text s is a number that would be
// huge, such as 1e999999999. It looks for exponents only: digits that are written
// out are bounded by the length of the text. Hexadecimal digests may have the
// same letters, hence the care about where the word begins and ends.
func hasHugeNumber(s string) bool {
	for i := 1; i < len(s); i++ {
		if s[i] != 'e' && s[i] != 'E' {
			continue
		}
		start := i
		for start > 0 && (isDigit(s[start-1]) || s[start-1] == '.') {
			start--
		}
		end := i + 1
		if end < len(s) && (s[end] == '+' || s[end] == '-') {
			end++
		}
		n, first := 0, end
		for ; end < len(s) && isDigit(s[end]); end++ {
			n = min(n*10+int(s[end]-'0'), maxDigits+1)
		}
		inWord := start > 0 && isWordByte(s[start-1]) || end < len(s) && isWordByte(s[end])
		if start < i && first < end && n > maxDigits && !inWord {
			return true
		}
	}
	return false
}

// isWordByte reports whether a number cannot end next to b. Quotes count: what
// they enclose is a string.
func isWordByte(b byte) bool {
	return isDigit(b) || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || strings.IndexByte("_.\"'", b) >= 0 || b >= 0x80
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// nesting returns how deep brackets and braces nest in JSON text.
func nesting(s string) int {
	depth, deepest := 0, 0
	inString := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			depth++
			deepest = max(deepest, depth)
		case c == ']' || c == '}':
			depth--
		}
	}
	return deepest
}

// tooLong returns a check that the first argument, a string, has at most limit
// bytes; t is the type of the result.
func tooLong(limit int, t cty.Type) func([]cty.Value) error {
	return func(args []cty.Value) error {
		if n := textLen(args[0]); n > limit {
			return cannotTell(t, "the argument is longer than %d bytes", limit)
		}
		return nil
	}
}

// textLen is the length of v in bytes if it is a known string, else 0.
func textLen(v cty.Value) int {
	if s, ok := text(v); ok {
		return len(s)
	}
	return 0
}

// text returns the string in v if there is one.
func text(v cty.Value) (string, bool) {
	if v.IsMarked() || !v.IsKnown() || v.IsNull() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}

// encodable is the check before a value is encoded as text.
func encodable(args []cty.Value) error {
	if weigh(args[0], maxEncode) > maxEncode {
		return cannotTell(cty.String, "the value is larger than %d bytes", maxEncode)
	}
	return nil
}

// fewElements checks that the collections among args have few enough elements
// in all for a result of type t to be built from them.
func fewElements(args []cty.Value, t cty.Type) error {
	n := 0
	for _, a := range args {
		n += elements(a)
		if n > maxElements {
			return cannotTell(t, "the result would have more than %d elements", maxElements)
		}
	}
	return nil
}

// elements is the number of elements of v if it is a known collection, tuple or
// object, else 0. Marks are looked through.
func elements(v cty.Value) int {
	v, _ = v.Unmark()
	if v == cty.NilVal || !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
		return 0
	}
	return v.LengthInt()
}

// countLines is the number of line breaks in s.
func countLines(s string) int { return strings.Count(s, "\n") }
