package hcleval

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/hcleval/funcs"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Input is one root module and all that its evaluation depends on.
type Input struct {
	// Unit is completed by the evaluation: Inputs, Anchor and Broken are set.
	Unit *graph.Unit
	// Config is the configuration of the root directory.
	Config *Config
	// Names are the attribute names that all configurations of the scan read.
	Names   *Names
	Files   *source.FileSet
	Origins *value.Origins
	// TreeRoot is the directory, as a path of the operating system, that bounds
	// what file functions may read.
	TreeRoot string
	// Resolve finds the source of a module call. Key is the path of the call
	// within the root as modules.json has it: "vpc.subnets".
	Resolve func(key string, from *Config, call Call) Resolved
	// Session is shared by the worlds of one root; nil where there is only one.
	Session *Session
	// Vars are values for the root's variables, in order of rising precedence.
	Vars []VarSource
	// Locked are the provider versions of the lock file by "hashicorp/aws".
	Locked map[string]string
	// Join answers data sources from the other units of the scan; nil where there
	// is nobody to ask.
	Join func(Query) (Answer, bool)
}

// Resolved is where a module call leads.
type Resolved struct {
	// Config is the module's configuration, or nil if it is not there.
	Config *Config
	// Remote says that the files are not the user's own.
	Remote bool
	// Why says why Config is nil, and Hint how to change that.
	Why, Hint string
}

// Unread is a module call without source.
type Unread struct {
	Call Call
	// Why and Hint are as of Resolved.
	Why, Hint string
}

// VarSource is one place that gives values to root variables.
type VarSource struct {
	Kind value.OriginKind
	// File is a parsed variable file, or nil where Raw is given.
	File *File
	// Raw holds texts by name, as from a flag or the environment.
	Raw map[string]string
	// Low is an object of values that were worked out elsewhere.
	Low value.Value
}

// Result is an evaluated root.
type Result struct {
	Part        *graph.Part
	Diagnostics []source.Diagnostic
	// Resolved and Missing count the module instances with and without source,
	// Remote those of the resolved that are not the user's own files.
	Resolved, Missing, Remote int
	// Unread are the calls whose source could not be read, one for each place.
	Unread []Unread
	// Empty counts the blocks that create nothing: count or for_each is known
	// and empty.
	Empty int
}

// Evaluate evaluates a root module with everything that it calls.
func Evaluate(ctx context.Context, in Input) (*Result, error) {
	ev := newEvaluator(in)
	ev.ctx = ctx
	root := newModule(ev, nil, in.Config, "", "")
	root.exists = tri.True
	ev.begin(root)
	ev.broken = in.Config.Broken
	root.emit()
	ev.finish(root)
	ev.instances = len(ev.whole)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &Result{Part: &graph.Part{Unit: in.Unit, Nodes: ev.nodes}, Diagnostics: ev.diags,
		Resolved: ev.resolved, Missing: ev.missing, Remote: ev.remote, Unread: ev.unread, Empty: ev.empty}, nil
}

func newEvaluator(in Input) *evaluator {
	ev := &evaluator{in: in, Session: in.Session, budget: maxSteps, said: map[saidKey]bool{},
		reported: map[*call]bool{}}
	if ev.in.Names == nil {
		ev.in.Names = &Names{}
	}
	if ev.Session == nil {
		ev.Session = NewSession(1)
	}
	ev.whole = make(map[string]*instance, ev.instances)
	if ev.functions == nil {
		ev.functions = ev.table()
	}
	return ev
}

// evaluator is the state of the evaluation of one root. It is used by one
// goroutine.
type evaluator struct {
	*Session
	in     Input
	ctx    context.Context
	root   *module
	budget int
	depth  int
	made   int // instances of modules and resources
	// world is the number of this world in the session, and reads what has been
	// read of its inputs since tracked was called.
	world int
	reads inputs

	// extra are lowered forms of functions that only this evaluator has.
	extra map[string]lowering
	// whole finds the instance that a reference without attribute means; see
	// instanceAt.
	whole map[string]*instance

	nodes                     []*graph.Node
	diags                     []source.Diagnostic
	said                      map[saidKey]bool
	broken                    bool
	resolved, missing, remote int
	unread                    []Unread
	reported                  map[*call]bool
	empty                     int
}

type saidKey struct {
	span source.Span
	code string
}

// say reports trouble, once for each place.
func (ev *evaluator) say(level source.Level, code string, span source.Span, format string, args ...any) {
	k := saidKey{span, code}
	if ev.said[k] {
		return
	}
	ev.said[k] = true
	ev.diags = append(ev.diags, source.Diagnostic{Level: level, Code: code, Span: span, Message: fmt.Sprintf(format, args...)})
}

// finish fills in what the unit has from its root module.
func (ev *evaluator) finish(root *module) {
	u := ev.in.Unit
	u.Broken = u.Broken || ev.broken
	u.Anchor = root.cfg.anchor
	fields := make([]value.Field, 0, len(root.cfg.varNames))
	for _, name := range root.cfg.varNames {
		fields = append(fields, value.Field{Name: name, Span: root.cfg.variables[name].block.span, Value: root.varLow(name)})
	}
	u.Inputs = value.OfObject(fields, u.Anchor)
	if u.Backend == "" {
		u.Backend, u.State = root.backend()
	}
	u.Workspaced = u.Workspace != "" || root.cfg.ReadsWorkspace()
}

// table returns the functions that expressions of this root may call.
func (ev *evaluator) table() map[string]function.Function {
	base := ""
	if ev.in.TreeRoot != "" {
		base = filepath.Join(ev.in.TreeRoot, filepath.FromSlash(ev.in.Unit.Dir))
	}
	t := funcs.Table(funcs.Options{BaseDir: base, Root: ev.in.TreeRoot, Unknown: ev.unknownResult})
	for _, prefix := range []string{"", "core::"} {
		t[prefix+"slice"] = ev.sliceFunc(t["slice"])
		t[prefix+"element"] = ev.elementFunc(t["element"])
	}
	return t
}

// unknownResult stands for what a function can't compute.
func (ev *evaluator) unknownResult(fn, why string, t cty.Type) cty.Value {
	return cty.UnknownVal(t).Mark(ev.originMark(value.Origin{Kind: value.UnsupportedFunction, Name: fn + "()", Detail: why}))
}

func (ev *evaluator) originMark(o value.Origin) mark {
	return mark{originMark, uint32(ev.in.Origins.Add(o))}
}

// invalid is what stands for something broken. A diagnostic says more.
func (ev *evaluator) invalid(name, detail string, span source.Span) cty.Value {
	return cty.DynamicVal.Mark(ev.originMark(value.Origin{Kind: value.InvalidInput, Name: name, Detail: detail, Span: span}))
}

// maxDepth bounds chains of references: a local that reads a local that reads
// a variable that …
const maxDepth = 1_000

// symbol is something with a name that is evaluated at most once in each way.
type symbol struct {
	ctyState, lowState state
	ctyReads, lowReads inputs
	cty                cty.Value
	low                value.Value
}

type state uint8

const (
	untouched state = iota
	running
	done
)

// enter guards the evaluation of a symbol against cycles and depth. It
// returns false where the symbol can't be evaluated now.
func (ev *evaluator) enter(st *state, name thing, span source.Span) bool {
	if *st == running {
		ev.say(source.Warning, codeCycle, span, "%s refers to itself; it was taken as unknown", name)
		return false
	}
	if ev.depth >= maxDepth {
		ev.say(source.Warning, codeLimit, span, "%s is reached through more than %d references; it was taken as unknown", name, maxDepth)
		return false
	}
	ev.depth++
	*st = running
	return true
}

func (ev *evaluator) leave(st *state) {
	ev.depth--
	*st = done
}

// ctyOf evaluates a symbol to a cty value.
func (ev *evaluator) ctyOf(s *symbol, what thing, span source.Span, compute func() cty.Value) cty.Value {
	if s.ctyState == untouched {
		if m, ok := ev.recall(what, formCty); ok {
			s.cty, s.ctyReads, s.ctyState = m.cty, m.reads, done
		}
	}
	if s.ctyState != done {
		if !ev.enter(&s.ctyState, what, span) {
			return ev.invalid(what.String(), "refers to itself", span)
		}
		s.ctyReads = ev.tracked(func() { s.cty = compute() })
		ev.leave(&s.ctyState)
		ev.remember(what, formCty, memo{cty: s.cty, reads: s.ctyReads})
	}
	ev.reads |= s.ctyReads
	return s.cty
}

// lowOf lowers a symbol.
func (ev *evaluator) lowOf(s *symbol, what thing, span source.Span, compute func() value.Value) value.Value {
	if s.lowState == untouched {
		if m, ok := ev.recall(what, formLow); ok {
			s.low, s.lowReads, s.lowState = m.low, m.reads, done
		}
	}
	if s.lowState != done {
		if !ev.enter(&s.lowState, what, span) {
			return value.OfUnknown(value.KindAny, span, ev.in.Origins.Add(value.Origin{
				Kind: value.InvalidInput, Name: what.String(), Detail: "refers to itself", Span: span}))
		}
		s.lowReads = ev.tracked(func() { s.low = ev.light(compute(), what, span) })
		ev.leave(&s.lowState)
		ev.remember(what, formLow, memo{low: s.low, reads: s.lowReads})
	}
	ev.reads |= s.lowReads
	return s.low
}

// excerpt is the source text of an expression in one line, shortened.
func (ev *evaluator) excerpt(span source.Span) string {
	f := ev.in.Files.File(span.Pos)
	if f == nil {
		return ""
	}
	from, to := f.Offset(span.Pos), f.Offset(span.End)
	if from < 0 || to > len(f.Content) || from > to {
		return ""
	}
	r := []rune(strings.Join(strings.Fields(string(f.Content[from:to])), " "))
	if len(r) > 80 {
		r = append(r[:79], '…')
	}
	return string(r)
}
