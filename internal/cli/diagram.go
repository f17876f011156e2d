package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/diagram"
)

// diagramWriters are the formats of a part of the graph.
var diagramWriters = []struct {
	name  string
	write func(*diagram.Diagram, io.Writer) error
}{
	{"text", (*diagram.Diagram).WriteText},
	{"svg", (*diagram.Diagram).WriteSVG},
	{"dot", (*diagram.Diagram).WriteDOT},
	{"mermaid", (*diagram.Diagram).WriteMermaid},
}

func diagramFormats() []string {
	var names []string
	for _, w := range diagramWriters {
		names = append(names, w.name)
	}
	return names
}

// diagramWriter draws what is around the resources that an address stands for.
func diagramWriter(format, focus string, depth int) (func(*graph.Graph, io.Writer) error, error) {
	if depth < 0 {
		return nil, errors.New("--depth: it can't be negative")
	}
	for _, w := range diagramWriters {
		if w.name == format {
			return func(g *graph.Graph, out io.Writer) error {
				ids, err := nodesAt(g, focus)
				if err != nil {
					return err
				}
				return w.write(diagram.Around(g, ids, depth), out)
			}, nil
		}
	}
	names := diagramFormats()
	return nil, withHint(fmt.Errorf("--format: unknown format %q with --focus (one of %s)", format, strings.Join(names, ", ")), format, names)
}

// nodesAt are the nodes whose address, or path of a construct, matches.
func nodesAt(g *graph.Graph, pattern string) ([]graph.NodeID, error) {
	var ids []graph.NodeID
	var names []string
	for _, n := range g.Nodes() {
		if matchesAddress(pattern, n.Addr) || n.Construct != nil && matchesAddress(pattern, n.Construct.Path) {
			ids = append(ids, n.ID)
		}
		names = append(names, n.Addr)
	}
	if len(ids) == 0 {
		return nil, withHint(fmt.Errorf("--focus: no resource has the address %s", pattern), pattern, names)
	}
	return ids, nil
}
