package policy

import (
	"strings"

	"github.com/wacheck/wacheck/value"
)

// Matches says whether a pattern of an action or resource matches a text: "*"
// stands for any characters, "?" for one. Case matters; fold both for actions.
func Matches(pattern, text string) bool {
	// Greedy with one point of return: linear in practice, quadratic at worst.
	p, t, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' && text[t] != '*' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// CoversAction says whether an action pattern grants all that another grants:
// "s3:*" covers "s3:Get*" and "s3:GetObject". Actions are compared without
// regard to case.
func CoversAction(pattern, wanted string) bool {
	// A star of the wanted pattern is matched only by a star of the other.
	return Matches(canonicalAction(pattern), canonicalAction(wanted))
}

// canonicalAction writes an action in lower case with both its halves.
func canonicalAction(s string) string {
	s = strings.ToLower(s)
	if isStars(s) {
		return "*:*"
	}
	return s
}

// IsEveryAction says whether an action is all of AWS: "*" or "*:*".
func IsEveryAction(s string) bool {
	service, action, both := strings.Cut(s, ":")
	return isStars(service) && (!both || isStars(action))
}

// IsEveryActionOf says whether an action is all of one service: "iam:*".
func IsEveryActionOf(service, s string) bool {
	got, action, both := strings.Cut(s, ":")
	return both && strings.EqualFold(got, service) && isStars(action)
}

// isStars reports a text of one or more stars.
func isStars(s string) bool { return s != "" && strings.Trim(s, "*") == "" }

// IsEveryResource says whether a resource is everything: "*", or an ARN of
// which all segments behind the partition are wildcards.
func IsEveryResource(s string) bool {
	if isStars(s) {
		return true
	}
	rest, ok := strings.CutPrefix(s, "arn:")
	if !ok {
		return false
	}
	_, rest, ok = strings.Cut(rest, ":")
	return ok && strings.Trim(rest, "*:") == "" && strings.Contains(rest, "*")
}

// MayBeEveryAction tells of an action that is not known whether it may be all
// of AWS.
func MayBeEveryAction(v value.Value) bool { return mayBeStars(v) }

// mayBeStars reports whether an unknown text may consist of stars and colons:
// none of its known parts holds anything else. An attribute of a resource never
// does.
func mayBeStars(v value.Value) bool {
	if isComputed(v) {
		return false
	}
	for _, p := range v.Parts() {
		if text, ok := p.Str(); ok && strings.Trim(text, "*:") != "" {
			return false
		}
		if isComputed(p) {
			return false
		}
	}
	return true
}

// MayBeEveryActionOf tells of an action that is not known whether it may be all
// of a service.
func MayBeEveryActionOf(service string) func(value.Value) bool {
	return func(v value.Value) bool {
		if isComputed(v) {
			return false
		}
		prefix := strings.ToLower(v.Prefix())
		want := service + ":"
		if len(prefix) > len(want) {
			return strings.HasPrefix(prefix, want) && strings.Trim(prefix[len(want):], "*") == ""
		}
		return strings.HasPrefix(want, prefix)
	}
}

// MayBeEveryResource tells of a resource that is not known whether it may be
// everything.
func MayBeEveryResource(v value.Value) bool {
	if isComputed(v) {
		return false
	}
	parts := v.Parts()
	if parts == nil {
		return true
	}
	// The partition is often unknown ("arn:${…}:s3:::logs"): it may have letters.
	// Behind it there may be none. It ends at the first colon that is known.
	inPartition := false
	for i, p := range parts {
		text, ok := p.Str()
		if !ok {
			if isComputed(p) && !inPartition {
				return false
			}
			continue
		}
		if rest, arn := strings.CutPrefix(text, "arn:"); arn && i == 0 {
			inPartition, text = true, rest
		}
		if inPartition {
			_, rest, ended := strings.Cut(text, ":")
			if !ended {
				continue
			}
			inPartition, text = false, rest
		}
		if strings.Trim(text, "*:") != "" {
			return false
		}
	}
	return true
}

// isComputed reports a value that another resource gives: an ARN, an id, a
// name. Whatever it is, it names something and is no wildcard.
func isComputed(v value.Value) bool {
	return v.IsUnknown() && v.Kind() != value.KindList && v.Parts() == nil && len(v.Refs()) > 0
}
