package cloudformation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// export is an output that other stacks may import.
type export struct {
	stack *stack
	span  source.Span
	name  value.Value
	node  *syntax.Node
	cond  string

	value   value.Value
	done    bool
	running bool
}

// exports are those of all templates of the scan. Once evaluated, they are
// read from several goroutines.
type exports struct {
	all    []*export
	byName map[string][]*export
	// outputs are those of stacks whose name is known, by stack and output.
	outputs map[[2]string]*export
	// patterns are the exports that a partly known name fits, by the name.
	patterns sync.Map
}

// collectExports lists the exports of all stacks with their names.
func collectExports(stacks []*stack) *exports {
	x := &exports{byName: map[string][]*export{}, outputs: map[[2]string]*export{}}
	for _, s := range stacks {
		s.nameOutputs(x)
		for _, e := range s.outputs() {
			x.all = append(x.all, e)
			if name, ok := e.name.Str(); ok {
				x.byName[name] = append(x.byName[name], e)
			}
		}
	}
	return x
}

// outputs lists the exports of a stack. An output that is certainly not made
// exports nothing.
func (s *stack) outputs() []*export {
	section := s.root.Get("Outputs")
	if section == nil || section.Kind != syntax.Mapping {
		return nil
	}
	pairs, _ := s.eval.Expand(section, "")
	var out []*export
	for _, p := range pairs {
		cond := ""
		if c := p.Value.Get("Condition"); c != nil && c.Kind == syntax.String {
			cond = c.Text
			if made, _, _ := s.eval.Condition(cond); made == tri.False {
				continue
			}
		}
		name := p.Value.Get("Export").Get("Name")
		if name == nil {
			continue
		}
		out = append(out, &export{stack: s, span: p.KeySpan, name: s.eval.Eval(name, cond), node: p.Value.Get("Value"), cond: cond})
	}
	return out
}

// evaluate computes the values of all exports, one after the other: an export
// may rest on what its stack imports from another one.
func (x *exports) evaluate() {
	for _, e := range x.all {
		x.get(e)
	}
	for _, name := range slices.SortedFunc(maps.Keys(x.outputs), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		x.get(x.outputs[name])
	}
}

// nameOutputs lists the outputs of a stack of which the name is known. Of two stacks
// of one name neither counts.
func (s *stack) nameOutputs(x *exports) {
	section := s.root.Get("Outputs")
	if s.deployment.StackName == "" || section == nil || section.Kind != syntax.Mapping {
		return
	}
	pairs, _ := s.eval.Expand(section, "")
	for _, p := range pairs {
		name := [2]string{s.deployment.StackName, p.Key}
		if _, twice := x.outputs[name]; twice {
			x.outputs[name] = &export{stack: s, done: true} // absent
			continue
		}
		cond := ""
		if c := p.Value.Get("Condition"); c != nil && c.Kind == syntax.String {
			cond = c.Text
		}
		x.outputs[name] = &export{stack: s, span: p.KeySpan, name: value.OfString(s.deployment.StackName+"."+p.Key, p.KeySpan), node: p.Value.Get("Value"), cond: cond}
	}
}

// resolveStackOutput finds an output by the name of its stack.
func (s *stack) resolveStackOutput(stack, output string, at source.Span) (value.Value, bool) {
	x := s.loader.exports
	if x == nil { // they are being collected
		return value.Value{}, false
	}
	e := x.outputs[[2]string{stack, output}]
	if e == nil || e.stack == s {
		return value.Value{}, false
	}
	return x.imported(e, at)
}

// get returns the value of an export, and false if it rests on itself.
func (x *exports) get(e *export) (value.Value, bool) {
	if e.running {
		return value.Value{}, false
	}
	if !e.done {
		e.running = true
		e.value = e.stack.eval.Eval(e.node, e.cond)
		e.running = false
		e.done = true
	}
	return e.value, !e.value.IsAbsent()
}

// resolveImport finds the export that an import of this stack names.
func (s *stack) resolveImport(name value.Value, at source.Span) (value.Value, bool) {
	x := s.loader.exports
	if x == nil { // the names of exports are being collected
		return value.Value{}, false
	}
	text, known := name.Str()
	if known {
		if e := x.only(s, x.byName[text]); e != nil {
			return x.imported(e, at)
		}
		if len(x.byName[text]) > 0 {
			return s.undecidedImport(name, x.byName[text], at)
		}
	}
	e := x.only(s, x.matching(name))
	if e == nil {
		return s.undecidedImport(name, x.matching(name), at)
	}
	// The name fits, but may be that of another stack as well.
	v, ok := x.imported(e, at)
	if !ok {
		return value.Value{}, false
	}
	other := s.eval.Imported(name, at, "which may be that of "+e.stack.path+", or of a stack that is not in the scan")
	return value.OneOf([]value.Value{v, other}, at, other.Origin()), true
}

// undecidedImport is the value of an import that any of several exports fits; false if
// only those of the importing stack itself do.
func (s *stack) undecidedImport(name value.Value, among []*export, at source.Span) (value.Value, bool) {
	var paths []string
	for _, e := range among {
		if e.stack != s && !slices.Contains(paths, e.stack.path) {
			paths = append(paths, e.stack.path)
		}
	}
	const few = 3
	switch n := len(paths); {
	case n == 0:
		return value.Value{}, false
	case n > few:
		paths = append(paths[:few], fmt.Sprintf("%d more", n-few))
	}
	return s.eval.Imported(name, at, "which may be that of any of "+strings.Join(paths, ", ")), true
}

// matching returns the exports that a name fits. It is remembered: the same few
// names are imported in many places.
func (x *exports) matching(name value.Value) []*export {
	key := patternKey(name)
	if found, ok := x.patterns.Load(key); ok {
		return found.([]*export)
	}
	var found []*export
	for _, e := range x.all {
		if cfneval.SamePattern(e.name, name) {
			found = append(found, e)
		}
	}
	x.patterns.Store(key, found)
	return found
}

// patternKey tells apart names that may fit different exports.
func patternKey(name value.Value) string {
	if text, ok := name.Str(); ok {
		return "=" + text
	}
	var b strings.Builder
	for _, p := range name.Parts() {
		text, known := p.Str()
		fmt.Fprintf(&b, "%t%q", known, text)
	}
	return b.String()
}

// only returns the one of some exports that belongs to another stack, if there is
// only one.
func (x *exports) only(s *stack, among []*export) *export {
	if s.world() != "" && len(among) > 1 { // stacks of one environment import from each other
		same := slices.DeleteFunc(slices.Clone(among), func(e *export) bool { return e.stack.world() != s.world() })
		if len(same) > 0 {
			among = same
		}
	}
	var found *export
	for _, e := range among {
		if e.stack == s {
			continue
		}
		if found != nil {
			return nil
		}
		found = e
	}
	return found
}

// imported is the value of an export at the place where it is imported.
func (x *exports) imported(e *export, at source.Span) (value.Value, bool) {
	v, ok := x.get(e)
	if !ok {
		return value.Value{}, false
	}
	origins := e.stack.loader.opt.Origins
	o := value.Origin{Kind: value.ModuleOutput, Name: "export " + value.Show(e.name), Detail: e.stack.path, Span: e.span}
	if v.Origin() != 0 {
		o.From = []value.OriginID{v.Origin()}
	}
	return cfneval.Elsewhere(v, at, e.stack.part.Unit.Key).From(origins.Add(o)), true
}

// publish lists the exports of known name in the part.
func (s *stack) publish() {
	for _, e := range s.loader.exports.all {
		if name, ok := e.name.Str(); ok && e.stack == s {
			s.part.Exports["export:"+name] = e.value
		}
	}
}
