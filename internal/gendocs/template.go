package main

import (
	"regexp"
	"strings"
)

var (
	sectionStart = regexp.MustCompile(`^[A-Za-z][\w]*:\s*(?:#.*)?$`)
	entryStart   = regexp.MustCompile(`^  ([A-Za-z][\w]*):`)
)

// splitTemplate takes a template apart into the entries of its sections, which
// are indented by two blanks. Comments belong to the entry below them.
func splitTemplate(text string) []*block {
	var out []*block
	var current *block
	section, comments := "", ""
	for line := range strings.Lines(text) {
		bare := strings.TrimRight(annotation.ReplaceAllString(line, ""), " \t\r\n")
		switch m := entryStart.FindStringSubmatch(bare); {
		case sectionStart.MatchString(bare):
			section, current, comments = line, nil, ""
		case section == "":
			comments = ""
		case m != nil:
			current = &block{section: section, text: comments + line, ids: []string{m[1]}, aside: !strings.HasPrefix(section, "Resources:")}
			comments = ""
			out = append(out, current)
		case strings.HasPrefix(bare, "  #") && !strings.HasPrefix(bare, "   "):
			comments += line
		case current != nil && bare != "":
			current.text += line
		}
	}
	for _, b := range out {
		b.mentions = func(id string) bool { return mentionsInTemplate(b.text, id) }
	}
	return out
}

// mentionsInTemplate finds the forms in which templates refer to an entry.
func mentionsInTemplate(text, id string) bool {
	name := regexp.QuoteMeta(id)
	return regexp.MustCompile(`(?m)(?:\b(?:Ref|GetAtt|DependsOn|Condition|If|FindInMap|Fn::\w+):?[ \["']*` + name + `\b)|` +
		`\$\{` + name + `[.}]|^\s*- ["']?` + name + `["']?\s*(?:#.*)?$|[\[,] *["']?` + name + `["']? *[\],]`).MatchString(text)
}
