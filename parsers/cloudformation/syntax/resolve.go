package syntax

import "strings"

// resolve gives the kind of a plain scalar, by the core schema of YAML 1.2 with
// the underscores and the octal numbers of YAML 1.1. Dates are strings: the
// version of a policy, 2012-10-17, is meant as one.
func resolve(text string) Kind {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return Null
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return Bool
	}
	if isNumber(text) {
		return Number
	}
	return String
}

func isNumber(s string) bool {
	unsigned := strings.TrimLeft(s[:1], "+-") + s[1:]
	switch unsigned {
	case "":
		return false
	case ".inf", ".Inf", ".INF":
		return true
	case ".nan", ".NaN", ".NAN":
		return len(unsigned) == len(s)
	}
	if unsigned[0] != '.' && (unsigned[0] < '0' || unsigned[0] > '9') {
		return false
	}
	if len(unsigned) > 2 && unsigned[0] == '0' {
		switch unsigned[1] {
		case 'x', 'X':
			return only(unsigned[2:], "0123456789abcdefABCDEF")
		case 'o', 'O':
			return only(unsigned[2:], "01234567")
		case 'b', 'B':
			return only(unsigned[2:], "01")
		}
	}
	return isFloat(unsigned)
}

// only reports whether s consists of digits, of which there is one at least, and
// underscores.
func only(s, digits string) bool {
	seen := false
	for i := range len(s) {
		if !isAny(s[i], digits) && s[i] != '_' {
			return false
		}
		seen = seen || s[i] != '_'
	}
	return seen
}

// isFloat accepts digits, with a fraction and an exponent or without.
func isFloat(s string) bool {
	mantissa, exponent, found := cutAny(s, "eE")
	if found {
		exponent = strings.TrimPrefix(strings.TrimPrefix(exponent, "+"), "-")
		if !only(exponent, "0123456789") {
			return false
		}
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	return only(whole+fraction, "0123456789")
}

func cutAny(s, chars string) (before, after string, found bool) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}
