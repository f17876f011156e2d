package syntax

import (
	"regexp"
	"sort"
)

// region is a stretch of text.
type region struct{ start, end int }

// section is a top-level entry of a template, such as Resources, as told by the
// indentation of its lines: this works for text that is not valid YAML.
type section struct {
	region
	// entries are the lines of the resources, parameters and so on; none if the
	// section is no block mapping.
	entries []region
}

// container matches the first line of a section that holds a block mapping.
var container = regexp.MustCompile(`^[^\s#|>'"][^|>'"]*:(\s+[!&]\S*)*\s*(#.*)?$`)

// keyPart matches the key in front of a value, with its colon.
var keyPart = regexp.MustCompile(`^\s*(?:"[^"\\]*"|'[^']*'|[A-Za-z0-9_.:-]+?)\s*:(?:\s|$)`)

// outline finds the sections of a text, whose lines start at the given offsets.
func outline(text []byte, lines []int) []section {
	var out []section
	open := false
	for i, start := range lines {
		end := len(text)
		if i+1 < len(lines) {
			end = lines[i+1]
		}
		line := text[start:end]
		switch indent, kind := lineKind(line); {
		case kind == lineMarker:
			open = false
		case indent == 0 && kind == lineContent:
			out = append(out, section{region: region{start, end}})
			open = true
		case open:
			last := &out[len(out)-1]
			last.end = end
		}
	}
	for i := range out {
		out[i].entries = entriesOf(text, lines, out[i].region)
	}
	return out
}

// entriesOf finds the entries of a section: each starts with a line that is
// indented as the first one.
func entriesOf(text []byte, lines []int, s region) []region {
	var out []region
	childIndent := -1
	first := sort.SearchInts(lines, s.start)
	for i := first; i < len(lines) && lines[i] < s.end; i++ {
		end := s.end
		if i+1 < len(lines) {
			end = min(end, lines[i+1])
		}
		line := text[lines[i]:end]
		if i == first {
			if !container.Match(line[:lineLen(line)]) {
				return nil
			}
			continue
		}
		indent, kind := lineKind(line)
		if childIndent < 0 && kind == lineItem {
			return nil
		}
		if childIndent < 0 && kind == lineContent {
			childIndent = indent
		}
		switch {
		case kind == lineContent && indent <= childIndent:
			out = append(out, region{lines[i], end})
		case len(out) > 0:
			out[len(out)-1].end = end
		}
	}
	return out
}

// The kinds of lines that matter for the outline.
const (
	lineEmpty   = iota // blank, a comment, or indented with tabs: part of what is before
	lineMarker         // the start or end of a document
	lineItem           // an item of a list
	lineContent        // anything else
)

// lineKind returns the indentation of a line and what it is.
func lineKind(line []byte) (indent, kind int) {
	line = line[:lineLen(line)]
	indent = leadingSpaces(line)
	rest := line[indent:]
	switch {
	case blankLen(rest) > 0 || len(rest) == 0 || rest[0] == '#':
		return indent, lineEmpty
	case indent == 0 && isMarker(rest):
		return indent, lineMarker
	case rest[0] == '-' && (len(rest) == 1 || isBlank(rest[1])):
		return indent, lineItem
	}
	return indent, lineContent
}

// isMarker reports whether a line is the start or end of a document, or a
// directive.
func isMarker(line []byte) bool {
	if line[0] == '%' {
		return true
	}
	if len(line) < 3 || string(line[:3]) != "---" && string(line[:3]) != "..." {
		return false
	}
	return len(line) == 3 || isBlank(line[3])
}

// around returns the section that holds an offset, or the last one before.
func around(sections []section, at int) (section, bool) {
	i := sort.Search(len(sections), func(i int) bool { return sections[i].start > at })
	if i == 0 {
		return section{}, false
	}
	return sections[i-1], true
}

// entryAt returns the entry of a section that holds an offset.
func (s section) entryAt(at int) (region, bool) {
	i := sort.Search(len(s.entries), func(i int) bool { return s.entries[i].start > at })
	if i == 0 || at >= s.entries[i-1].end {
		return region{}, false
	}
	return s.entries[i-1], true
}

// valueOf returns the region without the key at its start, if that can be told.
func valueOf(text []byte, r region) region {
	first := text[r.start:r.end]
	if key := keyPart.Find(first[:lineLen(first)]); key != nil {
		colon := len(key)
		for key[colon-1] != ':' {
			colon--
		}
		r.start += colon
	}
	return r
}
