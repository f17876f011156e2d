package analysistest

import (
	"regexp"
	"slices"
	"strings"
)

// block is a top-level block of a Terraform file, with the comments before it.
type block struct {
	text string
	// kind and labels are its header: "resource", ["aws_vpc", "main"].
	kind   string
	labels []string
}

var header = regexp.MustCompile(`^([a-z_]+)((?:\s+"[^"]*")*)\s*\{`)

// splitBlocks splits a Terraform file as "terraform fmt" leaves it: a block
// begins at the left margin and ends with the brace at the left margin. The
// tests need no parser for what they lay out themselves.
func splitBlocks(content string) []block {
	var out []block
	var text strings.Builder
	var current *block
	for line := range strings.Lines(content) {
		text.WriteString(line)
		bare := strings.TrimRight(line, " \t\r\n")
		if m := header.FindStringSubmatch(line); current == nil && m != nil {
			current = &block{kind: m[1]}
			for label := range strings.FieldsSeq(m[2]) {
				current.labels = append(current.labels, strings.Trim(label, `"`))
			}
			if !strings.HasSuffix(code(bare), "}") {
				continue
			}
		} else if current == nil || bare != "}" && !strings.HasPrefix(bare, "} #") {
			continue
		}
		current.text = text.String()
		out = append(out, *current)
		current = nil
		text.Reset()
	}
	return out
}

// code is a line without the comment at its end.
func code(line string) string {
	before, _, _ := strings.Cut(line, " #")
	return strings.TrimRight(before, " \t")
}

func joinBlocks(blocks []block) string {
	var b strings.Builder
	for _, x := range blocks {
		b.WriteString(strings.TrimLeft(x.text, "\n"))
		b.WriteString("\n")
	}
	return b.String()
}

// reverseBlocks turns the order of blocks in a Terraform file around.
func reverseBlocks(content string) string {
	blocks := splitBlocks(content)
	slices.Reverse(blocks)
	return joinBlocks(blocks)
}

var (
	resourcesKey = regexp.MustCompile(`^Resources:\s*(#.*)?$`)
	resourceKey  = regexp.MustCompile(`^  [^\s#]`)
	comment      = regexp.MustCompile(`^\s*#`)
)

// reverseResources turns the order of resources in a YAML template around.
func reverseResources(content string) string {
	var before, after strings.Builder
	var resources []string
	var pending string // comments stay with what follows
	state := &before
	for line := range strings.Lines(content) {
		switch {
		case resourcesKey.MatchString(strings.TrimRight(line, "\n")):
			before.WriteString(line)
			state = nil
		case state != nil:
			state.WriteString(line)
		case strings.HasPrefix(line, "  #"):
			pending += line
		case resourceKey.MatchString(line):
			resources = append(resources, pending+line)
			pending = ""
		case line[0] != ' ' && strings.TrimSpace(line) != "" && !comment.MatchString(line):
			after.WriteString(line)
			state = &after
		case len(resources) > 0:
			resources[len(resources)-1] += pending + line
			pending = ""
		default:
			before.WriteString(line)
		}
	}
	slices.Reverse(resources)
	var b strings.Builder
	b.WriteString(before.String())
	for _, r := range resources {
		b.WriteString(strings.TrimRight(r, "\n") + "\n")
	}
	b.WriteString(after.String())
	return b.String()
}
