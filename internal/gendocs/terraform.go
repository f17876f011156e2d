package main

import (
	"regexp"
	"strings"
)

var (
	blockStart = regexp.MustCompile(`^([a-z_]+)((?: +"[^"]*")*) *\{`)
	label      = regexp.MustCompile(`"([^"]*)"`)
	localName  = regexp.MustCompile(`(?m)^  ([A-Za-z_][\w-]*) *=`)
	aliasName  = regexp.MustCompile(`(?m)^ +alias *= *"([^"]*)"`)
	heredoc    = regexp.MustCompile(`<<[-~]?([A-Za-z_]\w*)\s*$`)
)

// splitTerraform takes a formatted file apart: its blocks begin and end at the
// margin. Comments belong to the block below them.
func splitTerraform(text string) []*block {
	var out []*block
	var current, comments strings.Builder
	until := "" // the end of a heredoc
	for line := range strings.Lines(text) {
		bare := strings.TrimRight(annotation.ReplaceAllString(line, ""), " \t\r\n")
		switch {
		case until != "":
			current.WriteString(line)
			if strings.TrimSpace(bare) == until {
				until = ""
			}
			continue
		case current.Len() > 0:
			current.WriteString(line)
		case blockStart.MatchString(line):
			current.WriteString(comments.String() + line)
			comments.Reset()
		case strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//"):
			comments.WriteString(line)
		default:
			comments.Reset()
		}
		if m := heredoc.FindStringSubmatch(bare); m != nil && current.Len() > 0 {
			until = m[1]
		}
		oneLine := blockStart.MatchString(line) && strings.HasSuffix(bare, "}")
		if current.Len() > 0 && (strings.HasPrefix(bare, "}") || oneLine) {
			out = append(out, terraformBlock(current.String()))
			current.Reset()
		}
	}
	return out
}

func terraformBlock(text string) *block {
	b := &block{text: text}
	b.mentions = func(id string) bool {
		return regexp.MustCompile(`(?:^|[^\w.-])` + regexp.QuoteMeta(id) + `(?:$|[^\w-])`).MatchString(text)
	}
	var kind string
	var labels []string
	for line := range strings.Lines(text) {
		if m := blockStart.FindStringSubmatch(line); m != nil {
			kind = m[1]
			for _, l := range label.FindAllStringSubmatch(m[2], -1) {
				labels = append(labels, l[1])
			}
			break
		}
	}
	name := strings.Join(labels, ".")
	switch kind {
	case "resource":
		b.ids = []string{name}
	case "data", "module":
		b.ids = []string{kind + "." + name}
	case "variable":
		b.ids, b.aside = []string{"var." + name}, true
	case "locals":
		b.aside = true
		for _, m := range localName.FindAllStringSubmatch(text, -1) {
			b.ids = append(b.ids, "local."+m[1])
		}
	case "provider":
		b.aside = true
		if m := aliasName.FindStringSubmatch(text); m != nil {
			b.ids = []string{name + "." + m[1]}
		}
	default:
		b.aside = true
	}
	return b
}
