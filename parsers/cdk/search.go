package cdk

import (
	"regexp"
	"strings"

	"github.com/wacheck/wacheck/source"
)

// literalAt is where a literal begins.
type literalAt struct {
	file   string
	offset int
}

// pattern is a literal with holes: `${name}Access`, f"{name}Access".
type pattern struct {
	text *regexp.Regexp
	at   literalAt
}

// literalText matches the text literals of the languages of the CDK, as far as ids are
// concerned: no escapes, one line.
var literalText = regexp.MustCompile("\"([^\"\\\\\n]{1,200})\"|'([^'\\\\\n]{1,200})'|`([^`\\\\\n]{1,200})`")

// minPattern is how many letters a literal with holes must have outside them to tell
// anything.
const minPattern = 3

// hole matches what is filled in: ${…} in template literals, {…} in those of Python and
// C#, %s and %d in formats.
var hole = regexp.MustCompile(`\$?\{[^{}]*\}|%[sdv]`)

// search finds the one place where a text stands as a literal in the program, its
// tests left out, or where it is made of a literal with holes. Of several, the one counts
// that is handed to the class of the construct.
func (p *program) search(text, class string) (source.Span, bool) {
	if p.literals == nil {
		p.index()
	}
	found := p.literals[text]
	if len(found) == 0 {
		for _, x := range p.patterns {
			if x.text.MatchString(text) {
				found = append(found, x.at)
			}
		}
	}
	if len(found) > 1 && class != "" {
		found = p.ofClass(found, class)
	}
	if len(found) != 1 {
		return source.Span{}, false
	}
	f := p.file(found[0].file)
	if f == nil {
		return source.Span{}, false
	}
	at := callAround(f.Content, found[0].offset)
	return p.line(f.Path, f.Position(f.Span(at, at).Pos).Line)
}

// callee matches the name that is called, before the bracket.
var callee = regexp.MustCompile(`(\w+)\s*(?:<[\w\s,.]*>\s*)?$`)

// ofClass keeps the literals that are arguments of a call of a class: new Bucket(…),
// s3.Bucket(…), awss3.NewBucket(…).
func (p *program) ofClass(found []literalAt, class string) []literalAt {
	var out []literalAt
	for _, l := range found {
		f := p.file(l.file)
		if f == nil {
			continue
		}
		at := callAround(f.Content, l.offset)
		m := callee.FindSubmatch(f.Content[max(0, at-maxCall):at])
		if m != nil && (string(m[1]) == class || string(m[1]) == "New"+class) {
			out = append(out, l)
		}
	}
	return out
}

func (p *program) index() {
	p.literals = map[string][]literalAt{}
	for _, name := range p.files {
		if isTest(name) || p.compiled(name) {
			continue
		}
		content, err := p.r.opt.Tree.Read(name)
		if err != nil || len(content) > maxProgramFile {
			continue
		}
		for _, m := range literalText.FindAllSubmatchIndex(content, -1) {
			for g := 2; g < len(m); g += 2 {
				if m[g] >= 0 {
					p.addLiteral(string(content[m[g]:m[g+1]]), literalAt{name, m[0]})
				}
			}
		}
	}
}

func (p *program) addLiteral(text string, at literalAt) {
	p.literals[text] = append(p.literals[text], at)
	fixed := hole.Split(text, -1)
	if len(fixed) < 2 || len(strings.Join(fixed, "")) < minPattern {
		return
	}
	for i := range fixed {
		fixed[i] = regexp.QuoteMeta(fixed[i])
	}
	p.patterns = append(p.patterns, pattern{regexp.MustCompile("^" + strings.Join(fixed, ".+") + "$"), at})
}

// maxCall bounds how far before an id the call is looked for that it is an argument of.
const maxCall = 1000

// callAround is the opening bracket of the call of which the literal at an offset is an
// argument, or the literal itself: a call that is written over several lines is made
// on the first of them. A statement or a block between them ends the search.
func callAround(content []byte, offset int) int {
	depth := 0
	for i := offset - 1; i >= 0 && i > offset-maxCall; i-- {
		switch content[i] {
		case ')', ']', '}':
			depth++
		case '(':
			if depth == 0 {
				return i
			}
			depth--
		case '[', '{':
			if depth == 0 {
				return offset
			}
			depth--
		case ';':
			return offset
		}
	}
	return offset
}
