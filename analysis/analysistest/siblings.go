package analysistest

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// item is a block that others can refer to.
type item struct {
	// key is how others name it: "aws_vpc.main", "data.aws_vpc.x", "module.net".
	key   string
	block block
	uses  []string
	// part is the module that it goes to: what it refers to is in lower ones.
	part int
}

// expression matches a reference to a block, with the constant steps behind it.
var expression = regexp.MustCompile(`(^|[^.\w-])((?:data\.)?[a-z][a-z0-9]*_\w+\.[\w-]+|module\.[\w-]+)((?:\.[A-Za-z_]\w*|\[(?:\d+|"[^"]*"|\*)\])*)`)

var dependsOn = regexp.MustCompile(`(?m)^\s*depends_on\s*=\s*\[[^\]]*\]\n`)

// split deals the blocks of a root out to sibling modules, so that each
// reference between blocks leads through an output and a variable: what refers
// to nothing is in the first, what refers to that in the second, and so on.
// Explicit dependencies are left out, since they can't be handed on.
func split(out fileMap, r *rootFiles) string {
	if r.manifest != "" {
		return "the modules of a registry are found by the calls' path"
	}
	items, shared, why := itemsOf(r)
	if why != "" {
		return why
	}
	parts := assign(items)
	if parts < 2 {
		return "no block refers to another"
	}
	var calls strings.Builder
	handed := map[string]string{} // output by expression
	from := map[string]int{}      // part by output
	contents := make([]string, parts)
	args := make([]map[string]string, parts)
	for p := range parts {
		args[p] = r.passed()
		var body strings.Builder
		for _, it := range items {
			if it.part == p {
				body.WriteString(rename(it.block.text, items, p, func(expr string, part int) string {
					name := outputName(expr)
					handed[name], from[name] = expr, part
					args[p][name] = fmt.Sprintf("module.part%d.%s", part, name)
					return "var." + name
				}))
				body.WriteString("\n")
			}
		}
		for _, name := range sortedKeys(args[p]) {
			if _, own := from[name]; own {
				fmt.Fprintf(&body, "variable %q {}\n\n", name)
			}
		}
		contents[p] = joinBlocks(r.variables) + joinBlocks(shared) + body.String()
	}
	for _, name := range sortedKeys(handed) {
		contents[from[name]] += fmt.Sprintf("output %q {\n  value = %s\n}\n\n", name, handed[name])
	}
	for p := range parts {
		name := fmt.Sprintf("part%d", p)
		r.putModule(out, path.Join(r.dir, name), contents[p])
		calls.WriteString(r.call(name, "./"+name, args[p]) + "\n")
	}
	r.put(out, calls.String())
	return ""
}

// itemsOf lists the blocks to deal out, and those that every part gets.
func itemsOf(r *rootFiles) (items []*item, shared []block, why string) {
	for _, b := range r.content {
		switch b.kind {
		case "resource":
			items = append(items, &item{key: strings.Join(b.labels, "."), block: b})
		case "data", "module":
			items = append(items, &item{key: b.kind + "." + strings.Join(b.labels, "."), block: b})
		case "locals":
			shared = append(shared, b)
		case "output":
		default:
			return nil, nil, "it has a block " + b.kind
		}
	}
	for _, b := range shared {
		if expressionsIn(b.text, items) != nil {
			return nil, nil, "a local value refers to a resource"
		}
	}
	for _, it := range items {
		it.block.text = dependsOn.ReplaceAllString(it.block.text, "")
		it.uses = expressionsIn(it.block.text, items)
	}
	return items, shared, ""
}

// expressionsIn lists the keys of the items that a text refers to.
func expressionsIn(text string, items []*item) []string {
	var out []string
	for _, m := range expression.FindAllStringSubmatch(text, -1) {
		if find(items, m[2]) != nil && !slices.Contains(out, m[2]) {
			out = append(out, m[2])
		}
	}
	return out
}

func find(items []*item, key string) *item {
	for _, it := range items {
		if it.key == key {
			return it
		}
	}
	return nil
}

// assign numbers the parts and returns how many there are.
func assign(items []*item) int {
	parts := 0
	for range items { // as many rounds as the longest chain can need
		for _, it := range items {
			for _, key := range it.uses {
				if used := find(items, key); used != it {
					it.part = max(it.part, used.part+1)
				}
			}
			parts = max(parts, it.part+1)
		}
	}
	return parts
}

// rename replaces each reference to an item of another part.
func rename(text string, items []*item, part int, by func(expr string, part int) string) string {
	return expression.ReplaceAllStringFunc(text, func(s string) string {
		m := expression.FindStringSubmatch(s)
		it := find(items, m[2])
		if it == nil || it.part == part {
			return s
		}
		return m[1] + by(m[2]+m[3], it.part)
	})
}

var notName = regexp.MustCompile(`[^A-Za-z0-9_]+`)

// outputName makes a name of an expression: aws_subnet_a_0_id.
func outputName(expr string) string {
	return strings.Trim(notName.ReplaceAllString(strings.ReplaceAll(expr, "*", "all"), "_"), "_")
}
