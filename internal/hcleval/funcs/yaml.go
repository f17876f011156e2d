package funcs

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
	"go.yaml.in/yaml/v4"
)

// tameYAML checks that a document can be decoded with bounded stack and memory.
// Aliases make a small document large: nine lines of nine aliases each to the
// line before stand for half a thousand million values.
func tameYAML(args []cty.Value) error {
	s, _ := text(args[0])
	if len(s) > maxParse {
		return cannotTell(cty.DynamicPseudoType, "the document is longer than %d bytes", maxParse)
	}
	if hasHugeNumber(s) {
		return cannotTell(cty.DynamicPseudoType, "the document has a number of more than %d digits", maxDigits)
	}
	if !strings.Contains(s, "&") && mayNest(s) <= maxNesting {
		return nil // the usual case: no need to parse it twice
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(s), &root); err != nil {
		if mayNest(s) <= maxNesting && !strings.Contains(s, "*") {
			return nil // harmless; let the function itself say what it thinks of it
		}
		return cannotTell(cty.DynamicPseudoType, "the document is too intricate")
	}
	m := yamlMeter{size: map[*yaml.Node]int{}}
	if m.measure(&root, 0) > maxElements {
		return cannotTell(cty.DynamicPseudoType, "the document has more than %d values, or nests deeper than %d levels", maxElements, maxNesting)
	}
	return nil
}

// mayNest returns an upper bound of how deep s nests.
func mayNest(s string) int {
	n := 0
	for _, mark := range []string{"[", "{", ":", "?", "- ", "-\n", "-\t", "-\r"} {
		n += strings.Count(s, mark)
	}
	return n
}

// yamlMeter counts the values of a document with its aliases replaced by what
// they stand for.
type yamlMeter struct {
	size map[*yaml.Node]int // of anchored nodes; -1 while being measured
}

func (m *yamlMeter) measure(n *yaml.Node, depth int) int {
	if n == nil {
		return 0
	}
	if depth > maxNesting {
		return maxElements + 1
	}
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if size, ok := m.size[n]; ok {
		if size < 0 {
			return maxElements + 1 // an alias inside what it stands for
		}
		return size
	}
	m.size[n] = -1
	total := 1
	for _, child := range n.Content {
		if total += m.measure(child, depth+1); total > maxElements {
			total = maxElements + 1
			break
		}
	}
	m.size[n] = total
	return total
}
