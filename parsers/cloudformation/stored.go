package cloudformation

import (
	"cmp"
	"context"
	"path"

	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/internal/parameterstore"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// storedType is the type of a parameter of Systems Manager.
const storedType = "AWS::SSM::Parameter"

// maxStoredRounds bounds how often templates are prepared again because parameters of
// theirs have turned out to be stored by another one: the length of a chain of such.
const maxStoredRounds = 3

// StoredParameters are the parameters of Systems Manager that the templates of a scan
// make, for what reads them in another language.
func StoredParameters(ctx context.Context, o Options) ([]*parameterstore.Parameter, error) {
	l := &loader{opt: o, result: &Result{Status: map[string]FileStatus{}}}
	if err := l.prepare(ctx); err != nil {
		return nil, err
	}
	return l.ownParameters(), nil
}

// readStored prepares anew what depends on parameters of Systems Manager that a template
// makes: parameters with their values, which conditions and nested stacks may rest on.
func (l *loader) readStored() {
	for range maxStoredRounds {
		before := l.storedReads
		l.storedReads = 0
		l.stored = parameterstore.New(append(l.ownParameters(), l.opt.Stored...)...)
		if l.stored.Len() == 0 {
			return
		}
		again := false
		for _, s := range l.stacks {
			if s.readsStored() {
				again = true
				s.prepare(nil)
			}
		}
		if !again || l.storedReads == before {
			return
		}
		l.nest()
	}
}

// readsStored reports a template with parameters that name parameters of Systems Manager.
func (s *stack) readsStored() bool {
	found := s.eval.ReadsStored()
	s.eachModule(func(m *stack) { found = found || m.eval.ReadsStored() })
	return found
}

// ownParameters are the parameters of Systems Manager that the templates make. Their
// values are worked out, so that nobody has to do so later.
func (l *loader) ownParameters() []*parameterstore.Parameter {
	var out []*parameterstore.Parameter
	for _, s := range l.stacks {
		out = append(out, s.makesStored()...)
		s.eachModule(func(m *stack) { out = append(out, m.makesStored()...) })
	}
	for _, p := range out {
		p.Value()
	}
	return out
}

// makesStored lists the parameters of Systems Manager among the resources of a stack.
// One without a name gets a name that nobody can know.
func (s *stack) makesStored() []*parameterstore.Parameter {
	var out []*parameterstore.Parameter
	for _, p := range s.resources {
		typ := p.Value.Get("Type")
		if typ == nil || typ.Text != storedType || s.used[p.Key] != nil {
			continue
		}
		props := p.Value.Get("Properties")
		made, condition := presence{exists: tri.True}, ""
		if c := p.Value.Get("Condition"); c != nil {
			condition = c.Text
			made.exists, made.when, made.why = s.eval.Condition(condition)
		}
		if around, known := s.around(); known {
			made = made.and(around)
		}
		name := s.eval.Eval(props.Get("Name"), condition)
		if name.IsAbsent() {
			continue
		}
		param := &parameterstore.Parameter{Place: s.place(), Addr: s.prefix + p.Key, Name: name, Exists: made.exists}
		param.Value = s.storedValue(param, props.Get("Value"), condition)
		out = append(out, param)
	}
	return out
}

// storedValue evaluates a value when it is asked for; false if it rests on itself.
func (s *stack) storedValue(p *parameterstore.Parameter, n *syntax.Node, condition string) func() (value.Value, bool) {
	var v value.Value
	var done, running bool
	return func() (value.Value, bool) {
		if running {
			return value.Value{}, false
		}
		if !done {
			running = true
			if v = s.eval.Eval(n, condition).InUnit(s.key()); !v.IsAbsent() {
				v = p.Stored(v, s.loader.opt.Origins)
			}
			running, done = false, true
		}
		return v, !v.IsAbsent()
	}
}

// place is where a stack is deployed.
func (s *stack) place() parameterstore.Place {
	o, d := s.loader.opt, s.deployment
	p := parameterstore.Place{Unit: s.key(), Dir: path.Dir(s.top().path), World: s.world(), Example: isExample(s.top().path, o.ScanRoots)}
	if !s.elsewhere {
		p.Region, p.Account = cmp.Or(o.Region, d.Region), cmp.Or(o.AccountID, d.AccountID)
	}
	return p
}

// resolveStored finds a parameter of Systems Manager by its name, or by the known pieces
// of it: then it may also be another one.
func (s *stack) resolveStored(name value.Value, as string, at source.Span) (value.Value, bool) {
	store := s.loader.stored
	if store == nil {
		return value.Value{}, false
	}
	here := s.place()
	text, known := name.Str()
	var p *parameterstore.Parameter
	switch {
	case known:
		p = store.Named(text, here)
	case name.Alternatives() == nil && name.Parts() != nil:
		p = store.Like(here, func(n value.Value) bool { return cfneval.SamePattern(n, name) })
	}
	if p == nil {
		return value.Value{}, false
	}
	v, ok := p.Value()
	if !ok {
		return value.Value{}, false
	}
	o := value.Origin{Kind: value.Joined, Name: as, Detail: p.Described(), Span: at}
	if v.Origin() != 0 {
		o.From = []value.OriginID{v.Origin()}
	}
	v = cfneval.Elsewhere(v, at, p.Unit).From(s.loader.opt.Origins.Add(o))
	s.loader.readsOne()
	if known {
		return v, true
	}
	why := s.loader.opt.Origins.Add(value.Origin{Kind: value.DynamicReference, Name: as, Detail: "has a name that is known in part only", Span: at})
	return value.OneOf([]value.Value{v, value.OfUnknown(value.KindString, at, why)}, at, why), true
}

// readsOne counts the reads that are answered while templates are prepared, one after
// the other; later, they are of no interest.
func (l *loader) readsOne() {
	if !l.prepared {
		l.storedReads++
	}
}
