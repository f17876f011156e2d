package cdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/wacheck/wacheck/source"
)

// maxDepth bounds assemblies in assemblies.
const maxDepth = 16

// maxMajor is the newest major version of the schema that was looked at; see
// docs/semantics.md. Newer ones are read, and told.
const maxMajor = 55

// Options say what to read.
type Options struct {
	// Tree is what may be read, Files takes the files of programs that are shown.
	Tree  *source.Tree
	Files *source.FileSet
	// Paths are all files of the scan: slash-separated, relative to the root of the
	// tree.
	Paths []string
	// Ignored reports which of some files are left out of version control; nil if
	// there is none.
	Ignored func(paths []string) map[string]bool
	// Mappers give mappers of programs in languages whose traces end in the
	// runtime of another one.
	Mappers []NewMapper
}

// Assembly is one cdk.out, with the assemblies in it.
type Assembly struct {
	// Dir is its directory, App that of the program that makes it: where cdk.json
	// is. App is empty if there is none in the tree.
	Dir, App string
	// Ignored says that the files of the assembly are not in version control.
	Ignored bool
	// Stacks are all of its stacks and nested stacks, by template.
	Stacks map[string]*Stack
	// tree holds the classes of constructs by their path.
	tree map[string]string
}

// Stack is a template of an assembly.
type Stack struct {
	Assembly *Assembly
	// Template is the path of the template.
	Template string
	// Name is that of the deployed stack, or of the one that nests it.
	Name string
	// Stage is the path of the stage that the stack is in, or empty.
	Stage string
	// Account and Region say where it is deployed; empty if that is open.
	Account, Region string
	// Parameters and Tags are those of the deployment.
	Parameters, Tags map[string]string
	// Nested says that another stack of the assembly nests it.
	Nested bool
	// Uploaded are the templates that are uploaded for the stack, by the names of the
	// objects that they become.
	Uploaded map[string]string
	// Missing says that values of look-ups that have not been made stand in it.
	Missing bool

	// traces and ids are about constructs by their path, without the slash before it.
	traces map[string]frames
	ids    map[string]string
}

// Result is what Load found.
type Result struct {
	// Assemblies are in order of directory.
	Assemblies []*Assembly
	// Stacks are those of all assemblies, by template.
	Stacks map[string]*Stack
	// Members are the files of assemblies that are no templates: what may be in them
	// is accounted for.
	Members map[string]bool
	// Acknowledgements are the rules of ours that programs accept.
	Acknowledgements []Acknowledgement
	Diagnostics      []source.Diagnostic

	opt      Options
	programs map[string]*program
}

// Load reads the assemblies among the files.
func Load(o Options) *Result {
	r := &Result{Stacks: map[string]*Stack{}, Members: map[string]bool{}, opt: o, programs: map[string]*program{}}
	manifests := r.manifests()
	inner := map[string]bool{}
	for _, dir := range slices.Sorted(maps.Keys(manifests)) {
		if inner[dir] || manifests[dir] == nil {
			continue
		}
		a := &Assembly{Dir: dir, App: r.appOf(dir), Stacks: map[string]*Stack{}}
		r.Assemblies = append(r.Assemblies, a)
		b := &builder{r: r, a: a, manifests: manifests, inner: inner}
		b.add(dir, "", 0)
		b.validationReports()
		b.readTree()
		b.members()
		a.Ignored = r.ignored(a)
		maps.Copy(r.Stacks, a.Stacks)
	}
	r.unsynthesized(manifests)
	return r
}

// manifests finds and reads the manifests of assemblies, by directory. One that
// can't be read is nil.
func (r *Result) manifests() map[string]*manifest {
	out := map[string]*manifest{}
	for _, p := range r.opt.Paths {
		if path.Base(p) != "manifest.json" {
			continue
		}
		content, err := r.opt.Tree.Read(p)
		if err != nil || !bytes.Contains(content, []byte(`"artifacts"`)) && !r.marked(path.Dir(p)) {
			continue // of something else; if it can't be read, the parser of templates says so
		}
		var m manifest
		if err := json.Unmarshal(content, &m); err != nil {
			if r.marked(path.Dir(p)) {
				out[path.Dir(p)] = nil
				r.report(source.Error, "cdk-assembly", p, "is the manifest of a CDK assembly and can't be read: "+describe(content, err))
			}
			continue
		}
		if m.isAssembly() {
			out[path.Dir(p)] = &m
			r.checkVersion(p, m.Version)
		}
	}
	return out
}

// marked reports the file that the CDK puts into its output directories.
func (r *Result) marked(dir string) bool { return r.has(path.Join(dir, "cdk.out")) }

// has reports a file of the scan.
func (r *Result) has(p string) bool {
	_, ok := slices.BinarySearch(r.opt.Paths, p)
	return ok
}

// exists reports a file of the tree, which may be one that nobody asked about.
func (r *Result) exists(p string) bool {
	_, err := r.opt.Tree.Resolve(p)
	return err == nil
}

// isAssembly tells the manifest from those of other tools, which have the same name.
func (m *manifest) isAssembly() bool {
	for _, a := range m.Artifacts {
		if strings.HasPrefix(a.Type, "aws:") || strings.HasPrefix(a.Type, "cdk:") {
			return true
		}
	}
	return false
}

func (r *Result) checkVersion(p, version string) {
	major, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(major); err == nil && n > maxMajor {
		r.report(source.Note, "cdk-assembly", p, "has version "+version+" of the schema of assemblies, which is newer than those known here (up to "+
			strconv.Itoa(maxMajor)+"): what is new in it is not read")
	}
}

// readJSON reads a file that a manifest names, and says what is wrong with it.
func (r *Result) readJSON(p string, into any) bool {
	content, err := r.opt.Tree.Read(p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.report(source.Warning, "cdk-assembly", p, "is named by the manifest of its CDK assembly and is not there")
	case err != nil:
		r.report(source.Warning, "cdk-assembly", p, "can't be read: "+withoutPath(err))
	default:
		if err = json.Unmarshal(content, into); err == nil {
			return true
		}
		r.report(source.Warning, "cdk-assembly", p, "belongs to a CDK assembly and can't be read: "+describe(content, err))
	}
	return false
}

func withoutPath(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

// describe says what is wrong with JSON, with the line where that is known.
func describe(content []byte, err error) string {
	at := int64(-1)
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = e.Offset
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		at = e.Offset
	}
	if at < 0 {
		return err.Error()
	}
	line := 1 + bytes.Count(content[:min(int(at), len(content))], []byte("\n"))
	return "line " + strconv.Itoa(line) + ": " + strings.TrimPrefix(err.Error(), "json: ")
}

func (r *Result) report(l source.Level, code, p, msg string) {
	r.Diagnostics = append(r.Diagnostics, source.Diagnostic{Level: l, Code: code, Path: p, Message: msg})
}

// ignored reports that the templates of an assembly are not in version control, so
// that no reviewer sees them.
func (r *Result) ignored(a *Assembly) bool {
	if r.opt.Ignored == nil || len(a.Stacks) == 0 {
		return false
	}
	one := slices.Sorted(maps.Keys(a.Stacks))[0]
	return r.opt.Ignored([]string{one})[one]
}
