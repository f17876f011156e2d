package suppress

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// directive is a suppression as it is written.
type directive struct {
	// rules are ids or globs.
	rules []string
	// reason and expires may be empty.
	reason, expires string
	// path is a pattern of addresses; attrs must all hold.
	path  string
	attrs []attr
	// file says that it holds for the whole file.
	file bool
	// faults say what is wrong with it.
	faults []string
}

// attr asks for the value of an attribute.
type attr struct{ name, value string }

func (a attr) String() string { return a.name + "=" + a.value }

// marker begins our own suppressions.
const marker = "wacheck:"

// parse reads a comment. It reports false for one that is not addressed to us.
func parse(text string, known func(string) bool) (directive, bool) {
	if len(text) < len(marker) || !strings.EqualFold(text[:len(marker)], marker) {
		return directive{}, false
	}
	rest := text[len(marker):]
	word := strings.ToLower(rest[:wordLen(rest)])
	rest = rest[len(word):]
	var d directive
	switch word {
	case "ignore":
	case "ignore-file":
		d.file = true
	default:
		d.faults = append(d.faults, fmt.Sprintf("%q is not understood; write wacheck:ignore or wacheck:ignore-file", marker+word))
		return d, true
	}
	p := parser{rest: strings.TrimLeft(rest, ": \t")}
	p.rules(&d, known)
	p.options(&d)
	if len(d.rules) == 0 {
		d.faults = append(d.faults, "it names no rule")
	}
	if d.expires != "" && !isDate(d.expires) {
		d.faults = append(d.faults, fmt.Sprintf("%q is no date of the form YYYY-MM-DD", d.expires))
	}
	return d, true
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// wordLen is the length of the rule id, or glob, at the start of s.
func wordLen(s string) int {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '*', c == '?', c == '-' && i > 0:
		default:
			return i
		}
	}
	return len(s)
}

type parser struct{ rest string }

func (p *parser) space() { p.rest = strings.TrimLeft(p.rest, " \t") }

// rules reads ids that are separated by commas. One behind a blank alone counts
// only if there is a rule of that name: it may be the first word of the reason.
func (p *parser) rules(d *directive, known func(string) bool) {
	comma := true
	for {
		p.space()
		n := wordLen(p.rest)
		word := p.rest[:n]
		after := p.rest[n:]
		if n == 0 || strings.HasPrefix(after, "=") || (word == "exp" || word == "expires") && strings.HasPrefix(after, ":") {
			return
		}
		if !comma && !known(word) {
			return
		}
		d.rules = append(d.rules, word)
		p.rest = after
		p.attrs(d)
		p.space()
		if comma = strings.HasPrefix(p.rest, ","); comma {
			p.rest = p.rest[1:]
		}
		if strings.HasPrefix(p.rest, ":") || strings.HasPrefix(p.rest, "--") {
			return
		}
	}
}

// attrs reads "[attr=value, attr=value]".
func (p *parser) attrs(d *directive) {
	if !strings.HasPrefix(p.rest, "[") {
		return
	}
	end := closing(p.rest)
	if end < 0 {
		d.faults = append(d.faults, "a bracket is not closed")
		p.rest = ""
		return
	}
	for part := range strings.SplitSeq(p.rest[1:end], ",") {
		name, value, ok := strings.Cut(part, "=")
		name, value = strings.TrimSpace(name), strings.Trim(strings.TrimSpace(value), `"'`)
		if !ok || name == "" {
			d.faults = append(d.faults, fmt.Sprintf("%q is not of the form attr=value", strings.TrimSpace(part)))
			continue
		}
		d.attrs = append(d.attrs, attr{name, value})
	}
	p.rest = p.rest[end+1:]
}

// closing is the index of the bracket that closes the one at the start of s,
// those in quotes left out; -1 if there is none.
func closing(s string) int {
	quote := byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
		case c == '"' || c == '\'':
			quote = c
		case c == ']':
			return i
		}
	}
	return -1
}

// expiry matches a date that stands somewhere in the text.
var expiry = regexp.MustCompile(`(?i)(?:^|\s|:)exp(?:ires)?:(\S+)`)

// options reads path=, exp: and [attr=value] in any order, then the reason. The
// date may also stand behind the reason.
func (p *parser) options(d *directive) {
	for {
		p.space()
		switch {
		case strings.HasPrefix(p.rest, "["):
			p.attrs(d)
			continue
		case strings.HasPrefix(p.rest, "path="):
			p.rest = p.rest[len("path="):]
			d.path = p.pattern()
			continue
		case expiry.MatchString(p.rest) && expiry.FindStringIndex(p.rest)[0] == 0:
			p.date(d)
			continue
		}
		break
	}
	p.date(d)
	reason := strings.TrimSpace(strings.TrimLeft(p.rest, ":- \t"))
	if quoted, ok := strings.CutPrefix(reason, "reason="); ok {
		reason = strings.Trim(quoted, `"'`)
	}
	d.reason = strings.TrimSpace(reason)
}

// date takes the date out of the rest.
func (p *parser) date(d *directive) {
	m := expiry.FindStringSubmatchIndex(p.rest)
	if m == nil {
		return
	}
	d.expires = strings.TrimRight(p.rest[m[2]:m[3]], ".,;:")
	p.rest = strings.TrimSpace(p.rest[:m[0]] + " " + p.rest[m[1]:])
}

// pattern reads an address pattern: up to a blank outside of quotes and brackets.
func (p *parser) pattern() string {
	quote, depth := byte(0), 0
	for i := range len(p.rest) {
		switch c := p.rest[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
		case c == '"':
			quote = c
		case c == '[':
			depth++
		case c == ']':
			depth--
		case depth <= 0 && (c == ' ' || c == '\t'):
			out := p.rest[:i]
			p.rest = p.rest[i:]
			return out
		}
	}
	out := p.rest
	p.rest = ""
	return out
}
