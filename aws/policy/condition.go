package policy

import (
	"regexp"
	"strings"

	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// keyKind says what a condition key compares.
type keyKind uint8

const (
	// plainKey is an identifier of an account, organisation or network.
	plainKey keyKind = iota
	// arnKey is the ARN of a principal or resource.
	arnKey
	// addressKey is an address range.
	addressKey
)

// narrowing are the keys that confine a request to an account, organisation,
// network or resource, in lower case: keys are compared without regard to case.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
var narrowing = map[string]keyKind{
	"aws:principalorgid": plainKey, "aws:principalorgpaths": plainKey, "aws:principalaccount": plainKey,
	"aws:principalarn": arnKey, "aws:sourcearn": arnKey,
	"aws:sourceaccount": plainKey, "aws:sourceowner": plainKey, "aws:sourceorgid": plainKey, "aws:sourceorgpaths": plainKey,
	"aws:sourcevpc": plainKey, "aws:sourcevpce": plainKey, "aws:vpceaccount": plainKey, "aws:vpceorgid": plainKey,
	"aws:userid": plainKey, "s3:dataaccesspointaccount": plainKey, "s3:dataaccesspointarn": arnKey,
	"aws:sourceip": addressKey,
}

// Narrows says whether the condition confines a statement to an account,
// organisation, network or resource: a positive operator compares a key that
// names one with values that all fix it. Operators that are negated, that hold
// where the key is missing (...IfExists, ForAllValues:) or that only ask
// whether it is there (Null) confine nothing. A value that another resource
// gives fixes what it names.
func (c *Condition) Narrows() tri.Bool {
	return eachOf(c.Operator, func(op value.Value) tri.Bool {
		return eachOf(c.Key, func(key value.Value) tri.Bool { return c.narrows(op, key) })
	})
}

func (c *Condition) narrows(op, key value.Value) tri.Bool {
	opText, knownOp := op.Str()
	keyText, knownKey := key.Str()
	kind, names := narrowing[strings.ToLower(keyText)]
	positive, wild := operator(opText)
	switch {
	case knownOp && !positive, knownKey && !names:
		return tri.False
	case !knownOp || !knownKey:
		return tri.Unknown
	}
	loose, _ := c.Values.Has(func(s string) bool { return !fixes(kind, wild, s) }, func(v value.Value) bool { return !isFixed(v) })
	return tri.And(c.Values.some(), loose.Not())
}

// operator says whether a condition operator is positive, and whether it takes
// "*" in a value for a wildcard.
func operator(name string) (positive, wild bool) {
	name = strings.ToLower(name)
	name = strings.TrimPrefix(name, "foranyvalue:")
	switch name {
	case "stringequals", "stringequalsignorecase", "ipaddress":
		return true, false
	case "stringlike", "arnlike", "arnequals": // ArnEquals and ArnLike are the same
		return true, true
	}
	return false, false
}

// account is the number of an account.
var account = regexp.MustCompile(`(?:^|[^0-9])[0-9]{12}(?:[^0-9]|$)`)

// fixes says whether a value names one account, organisation, network or
// resource, or a group of them that strangers can't join.
func fixes(kind keyKind, wild bool, text string) bool {
	switch kind {
	case addressKey:
		p, err := awsnet.ParsePrefix(text)
		if err != nil {
			return true // never matches
		}
		if p.Addr().Is4() {
			return p.Bits() >= 8
		}
		return p.Bits() >= 32
	case arnKey:
		if !wild || !strings.ContainsAny(text, "*?") {
			return true
		}
		return fixesARN(text)
	case plainKey:
	}
	if !wild {
		return true // a star is an ordinary character then
	}
	literal := text
	if i := strings.IndexAny(text, "*?"); i >= 0 {
		literal = strings.TrimRight(text[:i], "-")
		for _, p := range []string{"o", "r", "ou", "vpc", "vpce", "AROA", "AIDA"} {
			if literal == p {
				literal = ""
			}
		}
	}
	return literal != "" || account.MatchString(text)
}

// fixesARN judges an ARN with wildcards: it must name the account or, where
// the service has none in its ARNs, the resource.
func fixesARN(text string) bool {
	seg := strings.SplitN(text, ":", 6)
	if len(seg) < 6 || seg[0] != "arn" {
		return account.MatchString(text)
	}
	if seg[4] != "" {
		return !strings.ContainsAny(seg[4], "*?")
	}
	name, _, _ := strings.Cut(seg[5], "/")
	return name != "" && !strings.ContainsAny(name, "*?")
}

// isFixed reports of an unknown value that it certainly names something.
func isFixed(v value.Value) bool {
	if isComputed(v) {
		return true
	}
	for _, p := range v.Parts() {
		if text, ok := p.Str(); ok && account.MatchString(text) || isComputed(p) {
			return true
		}
	}
	return false
}
