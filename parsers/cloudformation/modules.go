package cloudformation

import (
	"path"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// maxModules bounds the nesting of modules. CloudFormation takes three levels.
const maxModules = 8

// ModuleCounts count the uses of modules: those whose fragment is in the scan, and
// the others.
type ModuleCounts struct{ Resolved, Missing int }

// modules is how a stack relates to the modules that it uses. A module is a template
// whose resources become those of the stack that uses it: each use is a stack of its
// own that adds to the part of the other.
// https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/modules-structure.html
type modules struct {
	// used are the modules that the stack uses, by logical id.
	used map[string]*stack
	// inner are the logical ids of resources in modules by the other ways to write them.
	inner map[string]string
	// taken are the addresses of the nodes, of a stack that is no module.
	taken map[string]bool

	// in is the stack that uses this one as a module; nil for all that are none. The
	// other fields belong to such.
	in *stack
	// id is the logical id of the use, and written what stands there.
	id      string
	written *syntax.Node
	// condition is that of the use, and made says whether it holds.
	condition string
	made      presence
	// prefix begins the addresses of the resources.
	prefix string
	module *graph.Module
}

// useModules prepares the modules that a stack uses and whose fragment is here, and
// makes their resources known to it. Any other stands for what it would add.
func (s *stack) useModules() {
	s.used, s.inner, s.taken = nil, nil, nil
	for _, p := range s.resources {
		typ := p.Value.Get("Type")
		if typ == nil || !cfneval.IsModule(typ.Text) {
			continue
		}
		fragment := s.fragmentOf(typ)
		if fragment == nil {
			continue
		}
		m := s.use(p, fragment, typ.Text)
		if s.used == nil {
			s.used, s.inner = map[string]*stack{}, map[string]string{}
		}
		s.used[p.Key] = m
		s.eval.Forget(p.Key)
		for _, r := range m.exposed() {
			id := p.Key + r.id
			s.eval.Declare(id, r.resource)
			for _, name := range r.names {
				s.eval.Alias(p.Key+"."+name, id)
				s.inner[p.Key+"."+name] = id
				if name != r.id {
					s.eval.Alias(p.Key+name, id)
					s.inner[p.Key+name] = id
				}
			}
		}
	}
}

// fragmentOf finds the template of a type of module. One that is ambiguous, or that
// uses itself, is not read.
func (s *stack) fragmentOf(typ *syntax.Node) *stack {
	list := s.loader.fragments[typ.Text]
	switch {
	case len(list) == 0:
		return nil
	case len(list) > 1:
		s.report(source.Warning, codeModule, typ.Extent(), "several fragments of the scan are of the module "+typ.Text+": "+list[0].path+" and "+list[1].path+"; none is taken")
		return nil
	}
	depth := 0
	for around := s; around != nil; around = around.in {
		if depth++; depth > maxModules || around.path == list[0].path {
			s.report(source.Error, codeModule, typ.Extent(), "the module "+typ.Text+" uses itself, or modules are nested too deeply")
			return nil
		}
	}
	return list[0]
}

// use prepares one use of a module.
func (s *stack) use(p syntax.Pair, fragment *stack, typ string) *stack {
	m := &stack{loader: s.loader, file: fragment.file, path: fragment.path, root: fragment.root, broken: fragment.broken, syntaxDiags: fragment.syntaxDiags, deployment: s.deployment}
	m.deployment.given, m.elsewhere = nil, s.elsewhere
	m.modules = modules{in: s, id: p.Key, written: p.Value, made: presence{exists: tri.True}, prefix: s.prefix + p.Key}
	m.module = &graph.Module{Path: m.prefix, Name: p.Key, Parent: s.module, Call: p.KeySpan, Source: typ, Dir: path.Dir(fragment.path)}
	if c := p.Value.Get("Condition"); c != nil && c.Kind == syntax.String && c.Tag == "" && s.eval.Defined(c.Text) {
		m.condition = c.Text
		m.made.exists, m.made.when, m.made.why = s.eval.Condition(c.Text)
	}
	m.prepare(s.moduleArguments(p, fragment, m.condition))
	return m
}

// moduleArguments evaluates what a use gives to the parameters of a module.
func (s *stack) moduleArguments(p syntax.Pair, fragment *stack, condition string) map[string]value.Value {
	props := p.Value.Get("Properties")
	obj := s.eval.Eval(props, condition)
	names := fragment.eval.ParameterNames()
	for _, f := range obj.Fields() {
		if !slices.Contains(names, f.Name) {
			s.report(source.Warning, codeModule, f.Span, "gives a value to "+f.Name+", a parameter that the module in "+fragment.path+" does not have")
		}
	}
	given := map[string]value.Value{}
	for _, name := range names {
		dflt := fragment.root.Get("Parameters").Get(name).Get("Default")
		v := obj.Get(name)
		if v.IsAbsent() {
			if dflt == nil && !obj.IsOpen() {
				s.report(source.Warning, codeModule, p.KeySpan, p.Key+" gives no value to "+name+", a parameter of the module in "+fragment.path+" without default")
			}
			continue
		}
		given[name] = s.argument(p.Key+"."+name, withDefault(v, s.eval.Eval(dflt, condition)))
	}
	return given
}

// argument is a value that is handed to a module.
func (s *stack) argument(name string, v value.Value) value.Value {
	origin := value.Origin{Kind: value.ModuleArgument, Name: name, Span: v.Span()}
	if v.Origin() != 0 {
		origin.From = []value.OriginID{v.Origin()}
	}
	return v.From(s.loader.opt.Origins.Add(origin))
}

// withDefault puts the default of a parameter in the place of a value that may be
// taken away.
func withDefault(v, dflt value.Value) value.Value {
	cases := v.Cases()
	for i, c := range cases {
		if c.Value.IsAbsent() {
			cases[i].Value = dflt
		}
	}
	if len(cases) < 2 {
		return v
	}
	return value.OneOfCases(cases, v.Span(), v.Origin())
}

// exposed is a resource of a module as the stack that uses it may name it.
type exposed struct {
	// id is its logical id in the module; names are all ways to write it there.
	id       string
	names    []string
	resource cfneval.Resource
}

// exposed lists the resources of a module, and of the modules in it.
func (s *stack) exposed() []exposed {
	var out []exposed
	for _, p := range s.resources {
		m := s.used[p.Key]
		if m == nil {
			r := cfneval.Resource{Properties: p.Value.Get("Properties")}
			if typ := p.Value.Get("Type"); typ != nil {
				r.Type = typ.Text
			}
			out = append(out, exposed{p.Key, []string{p.Key}, r})
			continue
		}
		for _, r := range m.exposed() {
			var names []string
			for _, name := range r.names {
				names = append(names, p.Key+name, p.Key+"."+name)
			}
			out = append(out, exposed{p.Key + r.id, names, r.resource})
		}
	}
	return out
}

// around says whether that exists in which the resources of a stack are.
func (s *stack) around() (p presence, known bool) {
	if s.in == nil {
		return s.presence, len(s.calls) > 0 && s.presence.exists != tri.False
	}
	if outer, known := s.in.around(); known {
		return s.made.and(outer), true
	}
	return s.made, true
}

// top is the stack whose part the nodes are in.
func (s *stack) top() *stack {
	for s.in != nil {
		s = s.in
	}
	return s
}

// take notes an address, and reports whether it was free: the logical ids in a module
// may be the same as those beside it.
func (s *stack) take(addr string) bool {
	top := s.top()
	if top.taken[addr] {
		return false
	}
	if top.taken == nil {
		top.taken = map[string]bool{}
	}
	top.taken[addr] = true
	return true
}

// eachModule calls f for the modules that a stack uses and that may be made, those in
// them included, in source order.
func (s *stack) eachModule(f func(*stack)) {
	for _, p := range s.resources {
		if m := s.used[p.Key]; m != nil {
			f(m)
			m.eachModule(f)
		}
	}
}

// missingModules counts the uses of modules that are not here.
func (s *stack) missingModules() int {
	n := 0
	count := func(s *stack) {
		for _, p := range s.resources {
			if typ := p.Value.Get("Type"); typ != nil && cfneval.IsModule(typ.Text) && s.used[p.Key] == nil {
				n++
			}
		}
	}
	count(s)
	s.eachModule(count)
	return n
}

// addresses are those of the nodes that a name means in DependsOn: a module is all of
// its resources.
func (s *stack) addresses(name string) []string {
	if id := s.inner[name]; id != "" {
		return []string{s.prefix + id}
	}
	m := s.used[name]
	if m == nil {
		return []string{s.prefix + name}
	}
	var out []string
	for _, r := range m.exposed() {
		out = append(out, m.prefix+r.id)
	}
	return out
}

// moduleMeta adds what a use of a module says of all resources in it. A policy of the
// resource itself comes before.
func (s *stack) moduleMeta(fields []value.Field) []value.Field {
	if s.in == nil {
		return fields
	}
	for _, p := range s.written.Pairs {
		i := slices.IndexFunc(fields, func(f value.Field) bool { return f.Name == p.Key })
		switch p.Key {
		case "DeletionPolicy", "UpdateReplacePolicy":
			v := s.in.eval.Eval(p.Value, s.condition)
			if text, _ := v.Str(); i < 0 && !v.IsAbsent() && (p.Key == "DeletionPolicy" || text != "Snapshot") {
				fields = append(fields, value.Field{Name: p.Key, Span: p.KeySpan, Value: v})
			}
		case "DependsOn":
			v := s.in.dependsOn(p.Value, s.in.eval.Eval(p.Value, s.condition))
			if i < 0 {
				fields = append(fields, value.Field{Name: p.Key, Span: p.KeySpan, Value: v})
				continue
			}
			own := fields[i].Value
			fields[i].Value = value.OfList(append(slices.Clone(own.Elems()), v.Elems()...), own.Span())
		}
	}
	return s.in.moduleMeta(fields)
}

// moduleOutput is an output of a module, which its stack has by the names of both.
func (s *stack) moduleOutput(name string) value.Value {
	for _, p := range s.resources {
		if m := s.used[p.Key]; m != nil {
			if rest, ok := strings.CutPrefix(name, p.Key); ok {
				if v := m.output(rest); !v.IsAbsent() {
					return v
				}
			}
		}
	}
	return value.Value{}
}

// checkFragment tells of what a module must not have, and what hides resources.
func (s *stack) checkFragment() {
	for _, d := range s.syntaxDiags {
		if d.Level == source.Error && d.Code != codeDuplicate {
			s.part.Unit.Broken = true
		}
	}
	if transform, ok := s.root.Lookup("Transform"); ok {
		s.report(source.Warning, codeModule, transform.KeySpan, "a module cannot have a Transform")
		s.part.Unit.Broken = true
	}
}
