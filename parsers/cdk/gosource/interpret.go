package gosource

import (
	"go/ast"
	"go/token"
	"maps"
	"strconv"
	"strings"
)

// Limits on a program, so that none can hold up a scan.
const (
	maxSteps = 2_000_000
	maxDepth = 60
	maxLoop  = 200
)

// interpreter follows a program.
type interpreter struct {
	p      *program
	steps  int
	mapper *mapper
	// running are the functions on the way, against recursion.
	running map[*ast.FuncDecl]int
}

func newInterpreter(p *program) *interpreter {
	return &interpreter{p: p, mapper: &mapper{fset: p.fset, made: map[string]*place{}}, running: map[*ast.FuncDecl]int{}}
}

// run follows all programs, and returns what they make.
func (in *interpreter) run() *mapper {
	for _, m := range in.p.mains {
		if f := m.funcs["main"]; f != nil {
			in.call(f, nil, nil, 0)
		}
	}
	in.mapper.index()
	return in.mapper
}

// frame is a call of a function.
type frame struct {
	in    *interpreter
	file  *file
	env   *env
	depth int
	// returned is what the function returns, as far as that is known.
	returned []*value
}

// env are the names of a block and those around it.
type env struct {
	names  map[string]*value
	around *env
}

func (e *env) lookup(name string) (*value, bool) {
	for ; e != nil; e = e.around {
		if v, ok := e.names[name]; ok {
			return v, true
		}
	}
	return nil, false
}

// set changes a name where it is declared, or declares it here.
func (e *env) set(name string, v *value) {
	for at := e; at != nil; at = at.around {
		if _, ok := at.names[name]; ok {
			at.names[name] = v
			return
		}
	}
	e.names[name] = v
}

// closure is a function literal with the names around it.
type closure struct {
	lit *ast.FuncLit
	fr  *frame
}

func (in *interpreter) exhausted() bool {
	in.steps++
	return in.steps > maxSteps
}

// call follows a function of the program with what it is given.
func (in *interpreter) call(f *function, recv *value, args []*value, depth int) *value {
	if depth > maxDepth || f.decl.Body == nil || in.running[f.decl] > 1 || in.exhausted() {
		return nothing
	}
	in.running[f.decl]++
	defer func() { in.running[f.decl]-- }()
	fr := &frame{in: in, file: f.file, env: &env{names: map[string]*value{}}, depth: depth + 1}
	if f.decl.Recv != nil && len(f.decl.Recv.List) == 1 && len(f.decl.Recv.List[0].Names) == 1 {
		fr.env.names[f.decl.Recv.List[0].Names[0].Name] = or(recv)
	}
	fr.bind(f.decl.Type, args)
	fr.block(f.decl.Body)
	return fr.result()
}

func or(v *value) *value {
	if v == nil {
		return nothing
	}
	return v
}

// bind gives the parameters their values.
func (fr *frame) bind(t *ast.FuncType, args []*value) {
	i := 0
	for _, field := range t.Params.List {
		_, variadic := field.Type.(*ast.Ellipsis)
		for _, name := range field.Names {
			switch {
			case variadic:
				fr.env.names[name.Name] = &value{kind: list, elems: args[min(i, len(args)):]}
			case i < len(args):
				fr.env.names[name.Name] = args[i]
			default:
				fr.env.names[name.Name] = nothing
			}
			i++
		}
	}
}

// result is the first value that is known of those that are returned.
func (fr *frame) result() *value {
	for _, v := range fr.returned {
		if v.kind != unknown {
			return v
		}
	}
	return nothing
}

func (fr *frame) block(b *ast.BlockStmt) {
	if b == nil {
		return
	}
	outer := fr.env
	fr.env = &env{names: map[string]*value{}, around: outer}
	for _, s := range b.List {
		fr.stmt(s)
	}
	fr.env = outer
}

func (fr *frame) stmt(s ast.Stmt) {
	if fr.in.exhausted() {
		return
	}
	switch s := s.(type) {
	case *ast.ExprStmt:
		fr.eval(s.X)
	case *ast.AssignStmt:
		fr.assign(s)
	case *ast.DeclStmt:
		fr.declare(s)
	case *ast.ReturnStmt:
		for _, r := range s.Results {
			fr.returned = append(fr.returned, fr.eval(r))
		}
	case *ast.IfStmt:
		fr.scoped(func() {
			fr.simple(s.Init)
			fr.eval(s.Cond)
			fr.block(s.Body)
			if s.Else != nil {
				fr.stmt(s.Else)
			}
		})
	case *ast.BlockStmt:
		fr.block(s)
	case *ast.ForStmt:
		fr.loop(s)
	case *ast.RangeStmt:
		fr.ranges(s)
	case *ast.SwitchStmt:
		fr.scoped(func() {
			fr.simple(s.Init)
			fr.clauses(s.Body)
		})
	case *ast.TypeSwitchStmt:
		fr.clauses(s.Body)
	case *ast.SelectStmt:
		fr.clauses(s.Body)
	case *ast.LabeledStmt:
		fr.stmt(s.Stmt)
	case *ast.DeferStmt:
		fr.eval(s.Call)
	case *ast.GoStmt:
		fr.eval(s.Call)
	}
}

func (fr *frame) scoped(f func()) {
	outer := fr.env
	fr.env = &env{names: map[string]*value{}, around: outer}
	f()
	fr.env = outer
}

func (fr *frame) simple(s ast.Stmt) {
	if s != nil {
		fr.stmt(s)
	}
}

// clauses follows all cases.
func (fr *frame) clauses(b *ast.BlockStmt) {
	for _, c := range b.List {
		var body []ast.Stmt
		switch c := c.(type) {
		case *ast.CaseClause:
			body = c.Body
		case *ast.CommClause:
			body = c.Body
		}
		fr.block(&ast.BlockStmt{List: body})
	}
}

func (fr *frame) assign(s *ast.AssignStmt) {
	values := make([]*value, len(s.Lhs))
	for i := range values {
		values[i] = nothing
		if len(s.Rhs) == len(s.Lhs) {
			values[i] = fr.eval(s.Rhs[i])
		}
	}
	if len(s.Rhs) == 1 && len(s.Lhs) > 1 {
		values[0] = fr.eval(s.Rhs[0]) // a value and an error, or a value and whether there is one
	}
	for i, l := range s.Lhs {
		v := values[i]
		if s.Tok == token.ADD_ASSIGN {
			v = textOf(fr.eval(l).known() + v.known())
		}
		fr.store(l, v, s.Tok == token.DEFINE)
	}
}

func (fr *frame) store(l ast.Expr, v *value, define bool) {
	switch l := l.(type) {
	case *ast.Ident:
		switch {
		case l.Name == "_":
		case define:
			fr.env.names[l.Name] = v
		default:
			if old, ok := fr.env.lookup(l.Name); ok && old.kind == text && v.kind == text && old.text != v.text && fr.conditional() {
				v = textOf("*") // one or the other
			}
			fr.env.set(l.Name, v)
		}
	case *ast.SelectorExpr:
		if o := fr.eval(l.X); o.kind == object {
			o.fields[l.Sel.Name] = v
		}
	case *ast.IndexExpr:
		if o := fr.eval(l.X); o.kind == object {
			o.fields[fr.eval(l.Index).known()] = v
		}
	case *ast.StarExpr:
		fr.store(l.X, v, define)
	}
}

// conditional reports that a name is set again within a block: whether it is run is
// not known, so that the old value may stay.
func (fr *frame) conditional() bool { return fr.env.around != nil && fr.env.around.around != nil }

func (fr *frame) declare(s *ast.DeclStmt) {
	d, ok := s.Decl.(*ast.GenDecl)
	if !ok {
		return
	}
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, name := range v.Names {
			fr.env.names[name.Name] = nothing
			switch {
			case len(v.Values) == len(v.Names):
				fr.env.names[name.Name] = fr.eval(v.Values[i])
			case len(v.Values) == 0 && v.Type != nil:
				if t := typeName(v.Type); t != "" && t != "string" && t != "error" {
					fr.env.names[name.Name] = &value{kind: object, typ: t, fields: map[string]*value{}}
				}
			}
		}
	}
}

// loop runs the body of a counted loop, and of any other one once, with a wildcard
// in the place of what counts.
func (fr *frame) loop(s *ast.ForStmt) {
	fr.scoped(func() {
		fr.simple(s.Init)
		name, from, to, ok := fr.counted(s)
		if !ok {
			for n, v := range fr.env.names {
				if v.kind == text {
					fr.env.names[n] = textOf("*")
				}
			}
			fr.block(s.Body)
			return
		}
		for i := from; i < to; i++ {
			fr.env.names[name] = textOf(strconv.Itoa(i))
			fr.block(s.Body)
		}
	})
}

// counted reads "i := 0; i < 3; i++".
func (fr *frame) counted(s *ast.ForStmt) (name string, from, to int, ok bool) {
	cond, isCond := s.Cond.(*ast.BinaryExpr)
	if _, isStep := s.Post.(*ast.IncDecStmt); !isCond || !isStep {
		return "", 0, 0, false
	}
	id, isName := cond.X.(*ast.Ident)
	if !isName || cond.Op != token.LSS && cond.Op != token.LEQ {
		return "", 0, 0, false
	}
	start, err1 := strconv.Atoi(fr.eval(id).known())
	end, err2 := strconv.Atoi(fr.eval(cond.Y).known())
	if err1 != nil || err2 != nil || end-start > maxLoop {
		return "", 0, 0, false
	}
	if cond.Op == token.LEQ {
		end++
	}
	return id.Name, start, end, true
}

// ranges runs the body for each element that is known, and once with unknown ones
// if they are not.
func (fr *frame) ranges(s *ast.RangeStmt) {
	over := fr.eval(s.X)
	run := func(key, elem *value) {
		fr.scoped(func() {
			if id, ok := s.Key.(*ast.Ident); ok {
				fr.store(id, key, true)
			}
			if id, ok := s.Value.(*ast.Ident); ok {
				fr.store(id, elem, true)
			}
			fr.block(s.Body)
		})
	}
	switch {
	case over.kind == list && len(over.elems) <= maxLoop:
		for i, e := range over.elems {
			run(textOf(strconv.Itoa(i)), e)
		}
	case over.kind == object && over.typ == "map" && len(over.fields) <= maxLoop:
		for _, k := range sorted(over.fields) {
			run(textOf(k), over.fields[k])
		}
	case over.kind == text:
		if n, err := strconv.Atoi(over.text); err == nil && n <= maxLoop {
			for i := range n {
				run(textOf(strconv.Itoa(i)), nothing)
			}
			return
		}
		run(nothing, nothing)
	default:
		run(nothing, nothing)
	}
}

func sorted(m map[string]*value) []string {
	out := make([]string, 0, len(m))
	for k := range maps.Keys(m) {
		out = append(out, k)
	}
	// an order, so that two runs give the same
	for i := range out {
		for j := i; j > 0 && strings.Compare(out[j], out[j-1]) < 0; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}
