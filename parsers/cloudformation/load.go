package cloudformation

import (
	"bytes"
	"context"
	"runtime"
	"slices"
	"sort"

	"golang.org/x/sync/errgroup"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/internal/guard"
	"github.com/wacheck/wacheck/internal/parameterstore"
	"github.com/wacheck/wacheck/internal/progress"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// Options say what to load and with which inputs.
type Options struct {
	// Tree is what may be read.
	Tree *source.Tree
	// Files takes the templates that are read.
	Files *source.FileSet
	// Origins is the table of the scan.
	Origins *value.Origins
	// Paths are the files that may be templates: slash-separated and relative to
	// the root of the tree. Those that are none are dismissed.
	Paths []string
	// ScanRoots are the directories that the user named, relative to the root of
	// the tree; what lies in an examples or test directory below one of them is
	// an example. Without any, it is the root of the tree.
	ScanRoots []string
	// Parameters are values of parameters, by name, for all templates.
	Parameters map[string]string
	// World names the set of inputs, or is empty for the default one.
	World string
	// Region and AccountID say where stacks are deployed; empty if not known.
	Region, AccountID string
	// SAMConfigs are the files samconfig.toml of the scan.
	SAMConfigs []string
	// OneWorld leaves parameter files alone that were not named.
	OneWorld bool
	// Stored are parameters of Systems Manager that others than templates make.
	Stored []*parameterstore.Parameter
	// Deployments says more of how the template of a path is deployed.
	Deployments map[string]Deployment
}

// Deployment is what is known of the deployment of one template, beside what holds
// for all. Flags of the user come before it.
type Deployment struct {
	// World names it; empty if there is but one.
	World string
	// Parameters are values of parameters.
	Parameters map[string]string
	// Region, AccountID and StackName say where, and under which name; empty if not
	// known.
	Region, AccountID, StackName string
	// Tags are those of the stack.
	Tags map[string]string
	// Uploaded are the paths of templates by the names of the objects that they are
	// uploaded as, for the stack to nest them.
	Uploaded map[string]string
	// IsPlaceholder reports texts that only stand in for a value; nil if none does.
	IsPlaceholder func(text string) bool

	// given are the values of a parameter file, and tags the tags of the stack in it; from
	// is the file, and guessed says that it was joined to the template by names alone.
	given   []cfneval.Given
	tags    []cfneval.Given
	from    string
	guessed bool
}

// Result is what Load found.
type Result struct {
	// Parts are the templates as units with their nodes, in order of path.
	Parts []*graph.Part
	// Diagnostics tell what was broken or left out, in order of place.
	Diagnostics []source.Diagnostic
	// Status says of every path what became of it.
	Status map[string]FileStatus
	// Modules counts the uses of modules.
	Modules ModuleCounts
	// Faults are faults of this program that kept it from reading a file. The
	// file counts as broken, and the others are read.
	Faults []error
}

// StatusKind says what became of a file.
type StatusKind uint8

const (
	// Template is a template, of which everything that could be read is in a part.
	Template StatusKind = iota
	// NotTemplate is some other YAML or JSON file.
	NotTemplate
	// TerraformPlan is a plan of Terraform, which is not read unless it is asked for.
	TerraformPlan
	// ParameterFile holds values for the parameters of a template.
	ParameterFile
	// Included is put in the place of a transform of a template.
	Included
	// Broken is a file that could not be read, or a template without any
	// resource that could be; a diagnostic says why.
	Broken
)

// String returns a stable slug.
func (k StatusKind) String() string {
	switch k {
	case Template:
		return "template"
	case NotTemplate:
		return "not-template"
	case TerraformPlan:
		return "terraform-plan"
	case ParameterFile:
		return "parameter-file"
	case Included:
		return "included"
	case Broken:
		return "broken"
	}
	return "unknown"
}

// FileStatus says what became of a file, and how much was in it.
type FileStatus struct {
	Kind StatusKind
	// Reason says why it is not a template, or broken.
	Reason string
	// Resources counts the resources of a template; Excluded counts those of them
	// whose condition is false with the given inputs, and which are no nodes.
	Resources, Excluded int
}

// Load reads and evaluates the templates among the paths. It fails only if ctx
// is cancelled or the file set is full; what is wrong with the input becomes
// diagnostics.
func Load(ctx context.Context, o Options) (*Result, error) {
	l := &loader{opt: o, result: &Result{Status: map[string]FileStatus{}}}
	if err := l.prepare(ctx); err != nil {
		return nil, err
	}
	if err := l.eachStack(ctx, (*stack).evaluate); err != nil {
		return nil, err
	}
	return l.finish(), nil
}

// prepare reads the templates, and works out what they exchange. After that, each
// can be evaluated by itself.
func (l *loader) prepare(ctx context.Context) error {
	if err := l.read(ctx); err != nil {
		return err
	}
	if err := l.eachStack(ctx, (*stack).parse); err != nil {
		return err
	}
	l.keepTemplates()
	l.include()
	l.useFragments()
	l.deploy()
	l.nest()
	l.readStored()
	l.exports = collectExports(l.stacks)
	l.exports.evaluate()
	if l.stored != nil && l.stored.Len() > 0 { // now also what rests on imports
		l.stored = parameterstore.New(append(l.ownParameters(), l.opt.Stored...)...)
	}
	l.prepared = true
	return nil
}

// eachStack calls f for all stacks. One that can't be dealt with, by a fault of
// this program, is broken.
func (l *loader) eachStack(ctx context.Context, f func(*stack)) error {
	faults := make([]error, len(l.stacks))
	step := progress.Begin(ctx, "templates", len(l.stacks))
	err := each(ctx, len(l.stacks), func(i int) {
		faults[i] = guard.Do("reading "+l.stacks[i].path, func() error {
			f(l.stacks[i])
			return nil
		})
		step()
	})
	for i, fault := range faults {
		if fault != nil {
			l.stacks[i].fail()
			l.result.Faults = append(l.result.Faults, fault)
		}
	}
	return err
}

// fail makes a stack count as broken: what was made of it stays, and more may be missing.
func (s *stack) fail() {
	d := source.Diagnostic{Level: source.Error, Code: "internal", Span: s.file.Whole().Head(), Message: "could not be analysed because of a fault of this program"}
	s.status = FileStatus{Kind: Broken, Reason: d.Message}
	if s.part == nil {
		s.syntaxDiags = append(s.syntaxDiags, d)
		return
	}
	s.part.Unit.Broken = true
	s.diags = append(s.diags, d)
}

// loader is one run of Load.
type loader struct {
	opt     Options
	result  *Result
	stacks  []*stack
	exports *exports
	// inputs are the files that may hold parameters.
	inputs []input
	// fragments are the templates of modules, by the type that they are registered as.
	fragments map[string][]*stack
	// stored are the parameters of Systems Manager that the scan makes, storedReads counts
	// how often a template has read one while it was prepared, and prepared says that
	// this is over.
	stored      *parameterstore.Store
	storedReads int
	prepared    bool
	// nested says that what nested stacks exchange has been computed.
	nested bool
}

// input is a file that may hold parameters.
type input struct {
	path    string
	content []byte
}

// read puts the files that look like templates into the file set, in order of path.
func (l *loader) read(ctx context.Context) error {
	paths := append([]string(nil), l.opt.Paths...)
	sort.Strings(paths)
	type candidate struct {
		content []byte
		err     error
		class   syntax.Class
		input   bool
	}
	found := make([]candidate, len(paths))
	err := each(ctx, len(paths), func(i int) {
		c := &found[i]
		if f := l.opt.Files.Lookup(paths[i]); f != nil {
			c.content = f.Content
		} else {
			c.content, c.err = l.opt.Tree.Read(paths[i])
		}
		if c.err != nil {
			return
		}
		c.class = syntax.LooksLikeTemplate(paths[i], c.content)
		c.input = c.class == syntax.Other && mayHoldParameters(paths[i], c.content)
		if !c.class.IsTemplate() && !c.input {
			c.content = nil // so as not to hold all files of a repository
		}
	})
	if err != nil {
		return err
	}
	for _, p := range l.opt.SAMConfigs {
		if content, err := l.opt.Tree.Read(p); err == nil { // what can't be read is told by whoever lists it
			l.inputs = append(l.inputs, input{p, content})
		}
	}
	for i, p := range paths {
		c := found[i]
		switch {
		case i > 0 && paths[i-1] == p:
		case c.err != nil:
			d := source.Unreadable(p, c.err)
			l.result.Status[p] = FileStatus{Kind: Broken, Reason: d.Message}
			l.result.Diagnostics = append(l.result.Diagnostics, d)
		case !c.class.IsTemplate():
			if c.input {
				l.inputs = append(l.inputs, input{p, c.content})
			}
			l.result.Status[p] = statusOf(c.class)
		default:
			f, err := l.opt.Files.Add(p, c.content)
			if err != nil {
				return err
			}
			l.stacks = append(l.stacks, &stack{loader: l, file: f, path: p, deployment: l.opt.Deployments[p]})
		}
	}
	return nil
}

// statusOf says why a file of that class is not a template.
func statusOf(c syntax.Class) FileStatus {
	switch c {
	case syntax.Plan:
		return FileStatus{Kind: TerraformPlan, Reason: "is a plan of Terraform"}
	case syntax.Kubernetes, syntax.Helm:
		return FileStatus{Kind: NotTemplate, Reason: "is a file of " + c.String()}
	case syntax.Other, syntax.Template, syntax.SAMTemplate:
	}
	return FileStatus{Kind: NotTemplate, Reason: "has neither AWSTemplateFormatVersion nor Resources"}
}

// keepTemplates drops what turned out not to be a template.
func (l *loader) keepTemplates() {
	kept := l.stacks[:0]
	for _, s := range l.stacks {
		l.result.Status[s.path] = s.status
		if s.status.Kind == NotTemplate {
			continue
		}
		l.result.Diagnostics = append(l.result.Diagnostics, s.syntaxDiags...)
		if s.status.Kind == Template {
			kept = append(kept, s)
		}
	}
	l.stacks = kept
}

func (l *loader) finish() *Result {
	r := l.result
	for _, s := range l.stacks {
		r.Parts = append(r.Parts, s.part)
		r.Status[s.path] = s.status
		r.Diagnostics = append(r.Diagnostics, s.diags...)
		s.eachModule(func(m *stack) {
			r.Diagnostics = append(r.Diagnostics, m.diags...)
			r.Modules.Resolved++
		})
		r.Modules.Missing += s.missingModules()
	}
	r.Diagnostics = once(r.Diagnostics)
	r.Diagnostics = source.SortDiagnostics(l.opt.Files, r.Diagnostics)
	return r
}

// once drops diagnostics that are there before: a module is read for each of its uses.
func once(list []source.Diagnostic) []source.Diagnostic {
	type key struct {
		code, message string
		at            source.Span
	}
	seen := map[key]bool{}
	return slices.DeleteFunc(list, func(d source.Diagnostic) bool {
		k := key{d.Code, d.Message, d.Span}
		twice := seen[k] && d.Span.IsValid()
		seen[k] = true
		return twice
	})
}

// each calls f for 0..n-1 on as many goroutines as there are processors.
func each(ctx context.Context, n int, f func(int)) error {
	var g errgroup.Group
	g.SetLimit(max(2, runtime.GOMAXPROCS(0)))
	for i := range n {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error {
			f(i)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// keyText is the text of a key as it stands in the file, without quotes.
func keyText(f *source.File, at source.Span) string {
	raw := f.Content[f.Offset(at.Pos):f.Offset(at.End)]
	return string(bytes.Trim(raw, `"'`))
}
