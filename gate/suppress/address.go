package suppress

import (
	"regexp"
	"strings"
)

// Addresses is a pattern of addresses. As for Terraform's -target, "module.db"
// covers all that is in the module, and "aws_instance.a" all of its instances.
// An asterisk stands for any part of one segment or index, two for anything; all
// else stands for itself.
type Addresses struct{ re *regexp.Regexp }

// segment matches what one asterisk stands for: no unquoted dot or bracket.
const segment = `(?:[^."\[\]]|"(?:[^"\\]|\\.)*")*`

// NewAddresses makes a pattern.
func NewAddresses(pattern string) Addresses {
	var b strings.Builder
	b.WriteString("^")
	pattern = strings.ToValidUTF8(pattern, "\uFFFD") // no address matches what is no text
	for pattern != "" {
		if rest, ok := strings.CutPrefix(pattern, "**"); ok {
			b.WriteString(".*")
			pattern = rest
			continue
		}
		if rest, ok := strings.CutPrefix(pattern, "*"); ok {
			b.WriteString(segment)
			pattern = rest
			continue
		}
		n := strings.IndexByte(pattern, '*')
		if n < 0 {
			n = len(pattern)
		}
		b.WriteString(regexp.QuoteMeta(pattern[:n]))
		pattern = pattern[n:]
	}
	b.WriteString(`(?:$|[.\[])`)
	re, err := regexp.Compile(b.String())
	if err != nil {
		return Addresses{} // too long to be an address
	}
	return Addresses{re}
}

// Match reports whether the pattern covers an address.
func (a Addresses) Match(address string) bool {
	return a.re != nil && a.re.MatchString(address)
}
