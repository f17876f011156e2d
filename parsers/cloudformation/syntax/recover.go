package syntax

import (
	"bytes"
	"fmt"
	"sort"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/wacheck/wacheck/source"
)

// maxRepairs is how many times a text is read again with less of it.
const maxRepairs = 8

func parseYAML(f *source.File, text []byte, start int) ([]*Node, []source.Diagnostic) {
	b := &builder{file: f, text: text, anchors: map[*yaml.Node]*built{}, lines: lineStarts(text, start)}
	docs, failure := loadYAML(text[start:])
	if failure != nil {
		docs = b.repair(start, docs, failure)
	}
	nodes := make([]*Node, 0, len(docs))
	for _, doc := range docs {
		nodes = append(nodes, b.document(doc))
	}
	return nodes, b.diags
}

// repair reads what it can of a text with syntax errors. The YAML library can't
// go on behind an error. So that one bad resource does not hide the others,
// parts are overwritten with blanks, which moves nothing, and the text is read
// again. First each entry of each section (a resource, a parameter) is tried
// alone, which finds the faults where they are, and not where a quote or bracket
// that was left open makes trouble. If that is not enough, more and more is
// given up around the error: the entry, the section, the rest of the file.
func (b *builder) repair(start int, docs []*yaml.Node, failure *yamlError) []*yaml.Node {
	if c := firstByte(b.text[start:]); c == '{' || c == '[' {
		b.faults([]fault{{at: b.failurePlace(failure, 0), message: failure.message}})
		return docs
	}
	sections := outline(b.text, b.lines)
	b.text = bytes.Clone(b.text)
	found := b.isolate(sections)
	original := failure
	if len(found) > 0 {
		for _, f := range found {
			b.blankOut(f.lost)
		}
		docs, failure = b.reload(start)
	}
	for try := 0; failure != nil && failure.line > 0; try++ {
		at := b.failurePlace(failure, 0)
		lost := b.giveUp(sections, at, try >= maxRepairs)
		if lost.start >= lost.end {
			break
		}
		b.blankOut(lost)
		found = extend(found, fault{at: at, message: failure.message, lost: lost})
		docs, failure = b.reload(start)
	}
	if len(found) == 0 {
		found = []fault{{at: b.failurePlace(original, 0), message: original.message}}
	}
	b.faults(found)
	return docs
}

// reload reads the text again after parts of it were blanked out.
func (b *builder) reload(start int) ([]*yaml.Node, *yamlError) {
	sort.Slice(b.blank, func(i, j int) bool { return b.blank[i].start < b.blank[j].start })
	b.lines, b.line = lineStarts(b.text, start), 0
	return loadYAML(b.text[start:])
}

// fault is a syntax error and what is not read for it.
type fault struct {
	at      int
	message string
	lost    region
}

// maxFaults is how many syntax errors of one file are reported.
const maxFaults = 50

// faults reports syntax errors.
func (b *builder) faults(found []fault) {
	for i, f := range found {
		if i == maxFaults {
			b.report(source.Error, codeSyntax, f.at, f.at, "invalid YAML in %d more places", len(found)-i)
			return
		}
		message := "invalid YAML: " + f.message
		if f.lost.start < f.lost.end {
			span := b.file.Span(f.lost.start, f.lost.end)
			first, last := b.file.Position(span.Pos).Line, b.file.Position(span.End).Line
			message += fmt.Sprintf("; not analysed: lines %d to %d", first, last)
		}
		end := f.at + lineLen(b.file.Content[f.at:])
		b.report(source.Error, codeSyntax, f.at, end, "%s", message)
	}
}

// extend adds a fault, or widens what is lost for those that it contains: an
// error in the remains of a part tells nothing new.
func extend(found []fault, f fault) []fault {
	known := false
	for i, old := range found {
		if f.lost.start <= old.lost.start && old.lost.end <= f.lost.end {
			found[i].lost, known = f.lost, true
		}
	}
	if known {
		return found
	}
	return append(found, f)
}

// isolate finds the faults of entries and sections that aren't valid alone.
func (b *builder) isolate(sections []section) []fault {
	var found []fault
	for _, s := range sections {
		parts := s.entries
		if len(parts) == 0 {
			parts = []region{s.region}
		}
		for _, r := range parts {
			failure := isolated(b.text[r.start:r.end])
			if failure == nil {
				continue
			}
			first := sort.SearchInts(b.lines, r.start)
			at := min(b.failurePlace(failure, first), max(r.end-1, r.start))
			found = append(found, fault{at: at, message: failure.message, lost: b.trim(valueOf(b.text, r))})
		}
	}
	return found
}

// isolated returns the error in a text that should be an entry of a mapping.
func isolated(text []byte) *yamlError {
	docs, failure := loadYAML(text)
	switch {
	case failure != nil && failure.elsewhere:
		return nil
	case failure != nil:
		return failure
	case len(docs) == 1 && len(docs[0].Content) == 1 && docs[0].Content[0].Kind != yaml.MappingNode:
		return &yamlError{message: "did not find a key with a value", line: 1, column: 1 + leadingSpaces(text)}
	}
	return nil
}

// failurePlace returns where an error is, for text that starts with the line of
// index first. An error at the end of the text is reported where that begins
// which was not finished.
func (b *builder) failurePlace(e *yamlError, first int) int {
	if e.context > 0 && (e.line == 0 || e.unfinished) {
		return b.place(first+e.context, e.contextColumn)
	}
	at := b.place(first+max(e.line, 1), max(e.column, 1))
	return min(at, len(bytes.TrimRight(b.text, " \t\r\n")))
}

// giveUp chooses the smallest part around an error that isn't blank yet, or all
// from its section on.
func (b *builder) giveUp(sections []section, at int, all bool) region {
	s, ok := around(sections, at)
	if !ok {
		return region{}
	}
	var parts []region
	if e, ok := s.entryAt(at); ok {
		parts = append(parts, valueOf(b.file.Content, e), e)
	}
	parts = append(parts, valueOf(b.file.Content, s.region), s.region)
	if all {
		parts = nil
	}
	for _, r := range append(parts, region{s.start, len(b.text)}) {
		if len(bytes.TrimSpace(b.text[r.start:r.end])) > 0 {
			return b.trim(r)
		}
	}
	return region{}
}

// trim takes white space from the end of a region.
func (b *builder) trim(r region) region {
	r.end = r.start + len(bytes.TrimRight(b.file.Content[r.start:r.end], " \t\r\n"))
	return r
}

// blankOut overwrites a region with blanks, except for line ends.
func (b *builder) blankOut(r region) {
	blankOut(b.text[r.start:r.end])
	b.blank = append(b.blank, r)
}

// isElsewhere tells errors that a part has only when it is read alone.
func isElsewhere(message string) bool { return strings.HasPrefix(message, "unknown anchor") }

// isUnfinished tells errors at the end of something that was not closed.
func isUnfinished(message, context string) bool {
	return strings.Contains(message, "end of stream") || strings.Contains(context, "quoted scalar") && strings.Contains(message, "document indicator") ||
		strings.Contains(context, "flow")
}
