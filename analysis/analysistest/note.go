package analysistest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/wacheck/wacheck/analysis"
)

// verb is what an annotation says.
type verb string

const (
	want     verb = "want"
	ok       verb = "ok"
	open     verb = "open"
	todoWant verb = "todo want"
	todoOK   verb = "todo ok"
)

// note is one annotation.
type note struct {
	line int
	verb verb
	// severity is what a finding must have, if the annotation says so.
	severity *analysis.Severity
	// profile is the one from which on a finding must speak, likewise.
	profile *analysis.Profile
	// text must match the message, a step or a reason; nil matches all.
	text *regexp.Regexp
}

func (n *note) String() string {
	s := "# " + string(n.verb)
	if n.severity != nil {
		s += " [" + n.severity.String() + "]"
	}
	if n.profile != nil {
		s += " [" + n.profile.String() + "]"
	}
	if n.text != nil {
		s += " " + strconv.Quote(n.text.String())
	}
	return s
}

const quoted = "(?:\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`)"

var (
	// claim is what looks like an annotation; annotation is one.
	claim      = regexp.MustCompile(`# *(?:todo )?(?:want|ok|open) +[a-z0-9]+-[a-z0-9-]+`)
	annotation = regexp.MustCompile(`# (want|ok|open|todo want|todo ok) ([a-z0-9-]+)(?:\[([a-z ]+)\])?((?: +` + quoted + `)*)`)
	pattern    = regexp.MustCompile(quoted)
)

// parseNotes reads the annotations of a file. An annotation about another rule
// is an error: it would assert nothing.
func parseNotes(id, content string) ([]*note, error) {
	var out []*note
	line := 0
	for text := range strings.Lines(content) {
		line++
		found := annotation.FindAllStringSubmatch(text, -1)
		if len(claim.FindAllString(text, -1)) > len(found) {
			return nil, fmt.Errorf("%d: not an annotation: %s", line, strings.TrimSpace(text))
		}
		for _, m := range found {
			if m[2] != id {
				return nil, fmt.Errorf("%d: the annotation names %s, and the archive is about %s", line, m[2], id)
			}
			notes, err := parseNote(verb(m[1]), m[3], m[4])
			if err != nil {
				return nil, fmt.Errorf("%d: %w", line, err)
			}
			for _, n := range notes {
				n.line = line
			}
			out = append(out, notes...)
		}
	}
	return out, nil
}

// parseNote makes one note for each pattern, or one without. The form is what
// stands in brackets: severity, profile or both.
func parseNote(v verb, form, patterns string) ([]*note, error) {
	n := note{verb: v}
	for word := range strings.FieldsSeq(form) {
		if p, err := analysis.ParseProfile(word); err == nil {
			n.profile = &p
			continue
		}
		s, err := analysis.ParseSeverity(word)
		if err != nil {
			return nil, err
		}
		n.severity = &s
	}
	list := pattern.FindAllString(patterns, -1)
	switch {
	case len(list) == 0 && (v == want || v == open):
		return nil, fmt.Errorf("%q needs a pattern that the message, a step or a reason matches", "# "+v)
	case len(list) == 0:
		return []*note{&n}, nil
	}
	var out []*note
	for _, p := range list {
		expr, err := strconv.Unquote(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		c := n
		if c.text, err = regexp.Compile(expr); err != nil {
			return nil, err
		}
		out = append(out, &c)
	}
	return out, nil
}
