// Package diagram draws a part of the graph: a resource, and what is around it.
package diagram

import (
	"cmp"
	"slices"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value/tri"
)

// Diagram is a part of the graph. What refers to the focus stands to the left of
// it, what it refers to to the right, by the number of steps.
type Diagram struct {
	Boxes []Box
	Lines []Line
	// Left counts nodes that are left out, since there are too many.
	Left int
}

// Box is a node.
type Box struct {
	Node *graph.Node
	// Step is 0 for the focus, negative for what leads to it.
	Step int
	// row is the place in the column of the step.
	row int
}

// Line is all references from one box to another.
type Line struct {
	From, To int // of Boxes
	Labels   []string
	// Certain says that at least one of them is there in every deployment.
	Certain bool
}

// maxBoxes bounds a picture that a person is to look at.
const maxBoxes = 150

// Around returns what is up to depth steps away from some nodes.
func Around(g *graph.Graph, focus []graph.NodeID, depth int) *Diagram {
	steps := map[graph.NodeID]int{}
	for _, id := range focus {
		steps[id] = 0
	}
	spread(steps, focus, depth, 1, func(id graph.NodeID, yield func(graph.NodeID)) {
		for e := range g.Out(id) {
			yield(e.To)
		}
	})
	spread(steps, focus, depth, -1, func(id graph.NodeID, yield func(graph.NodeID)) {
		for e := range g.In(id) {
			yield(e.From)
		}
	})
	d := &Diagram{}
	for id, step := range steps {
		d.Boxes = append(d.Boxes, Box{Node: g.Node(id), Step: step})
	}
	d.arrange()
	d.connect(g)
	return d
}

// spread follows edges in one direction.
func spread(steps map[graph.NodeID]int, from []graph.NodeID, depth, sign int, next func(graph.NodeID, func(graph.NodeID))) {
	for n := 1; n <= depth && len(from) > 0; n++ {
		var reached []graph.NodeID
		for _, id := range from {
			next(id, func(to graph.NodeID) {
				if _, known := steps[to]; !known {
					steps[to] = n * sign
					reached = append(reached, to)
				}
			})
		}
		from = reached
	}
}

// arrange orders the boxes: by step, unit and address. Those that are farthest are
// left out first.
func (d *Diagram) arrange() {
	slices.SortFunc(d.Boxes, func(a, b Box) int {
		return cmp.Or(cmp.Compare(abs(a.Step), abs(b.Step)), cmp.Compare(a.Node.ID, b.Node.ID))
	})
	if len(d.Boxes) > maxBoxes {
		d.Left = len(d.Boxes) - maxBoxes
		d.Boxes = d.Boxes[:maxBoxes]
	}
	slices.SortFunc(d.Boxes, func(a, b Box) int {
		return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Node.Addr, b.Node.Addr), cmp.Compare(a.Node.ID, b.Node.ID))
	})
	rows := map[int]int{}
	for i := range d.Boxes {
		d.Boxes[i].row = rows[d.Boxes[i].Step]
		rows[d.Boxes[i].Step]++
	}
}

func abs(n int) int { return max(n, -n) }

// connect adds the lines between the boxes.
func (d *Diagram) connect(g *graph.Graph) {
	at := map[graph.NodeID]int{}
	for i, b := range d.Boxes {
		at[b.Node.ID] = i
	}
	for i, b := range d.Boxes {
		lines := map[int]*Line{}
		var order []int
		for e := range g.Out(b.Node.ID) {
			to, here := at[e.To]
			if !here || to == i {
				continue
			}
			l := lines[to]
			if l == nil {
				l = &Line{From: i, To: to}
				lines[to], order = l, append(order, to)
			}
			if !slices.Contains(l.Labels, e.Label) {
				l.Labels = append(l.Labels, e.Label)
			}
			l.Certain = l.Certain || e.Exists == tri.True
		}
		slices.Sort(order)
		for _, to := range order {
			d.Lines = append(d.Lines, *lines[to])
		}
	}
}

// name is what a box is called.
func (b Box) name() string {
	if b.Node.Construct != nil {
		return b.Node.Construct.Path
	}
	return b.Node.Addr
}

// certain says that the node is there in every deployment.
func (b Box) certain() bool { return b.Node.Exists == tri.True || b.Node.Mode == graph.External }
