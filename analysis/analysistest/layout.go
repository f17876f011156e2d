package analysistest

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/graph"
)

// layout is a way to write the same resources with modules (UR-1.1).
type layout struct {
	name string
	// arrange lays out one root directory. It returns why that can't be done, or "".
	arrange func(out fileMap, r *rootFiles) (impossible string)
	// modules matches what the layout puts before addresses.
	modules *regexp.Regexp
}

var layouts = []layout{
	{"nested", nest, regexp.MustCompile(`module\.outer\.module\.middle\.module\.inner\.`)},
	{"siblings", split, regexp.MustCompile(`module\.part\d+\.`)},
	{"vendored", vendor, regexp.MustCompile(`module\.bought\.`)},
}

// rootFiles is a root directory of a scenario, taken apart.
type rootFiles struct {
	dir    string
	blocks []block
	// settings are the blocks that only a root may have: terraform, provider.
	settings, variables, content []block
	// inputs are files that stay with the root, beside those of other modules;
	// companions are files that the code may read by path.module.
	inputs, companions fileMap
	// modules are the files below the directory that are no configuration of
	// another root, by their path in it.
	modules  fileMap
	manifest string
	// roots are all root directories of the scenario, taken what stands elsewhere
	// in the layout.
	roots []string
	taken map[string]bool
}

// rearrange lays all roots of a scenario out. Units tell which directories are
// roots.
func (l layout) rearrange(files fileMap, units []*graph.Unit) (fileMap, string) {
	out := fileMap{}
	taken := map[string]bool{}
	var roots []string
	for _, u := range units {
		roots = append(roots, path.Clean(u.Dir))
	}
	for _, dir := range roots {
		r := takeApart(files, dir)
		r.roots, r.taken = roots, taken
		for p := range files {
			if path.Dir(p) == dir {
				taken[p] = true
			}
		}
		if why := r.unfit(); why != "" {
			return nil, why
		}
		if why := l.arrange(out, r); why != "" {
			return nil, why
		}
	}
	for p, content := range files {
		if _, made := out[p]; !made && !taken[p] {
			out[p] = content
		}
	}
	return out, ""
}

func takeApart(files fileMap, dir string) *rootFiles {
	r := &rootFiles{dir: path.Clean(dir), inputs: fileMap{}, companions: fileMap{}, modules: fileMap{}}
	for _, p := range files.paths() {
		switch {
		case p == path.Join(r.dir, ".terraform/modules/modules.json"):
			r.manifest = files[p]
		case path.Dir(p) != r.dir && inside(r.dir, p) && !strings.Contains(p, ".terraform/"):
			r.modules[strings.TrimPrefix(strings.TrimPrefix(p, r.dir), "/")] = files[p]
		case path.Dir(p) != r.dir:
		case strings.HasSuffix(p, ".tf"):
			r.blocks = append(r.blocks, splitBlocks(files[p])...)
		case strings.Contains(p, ".tfvars"), path.Base(p) == ".terraform.lock.hcl":
			r.inputs[path.Base(p)] = files[p]
		default:
			r.companions[path.Base(p)] = files[p]
		}
	}
	for _, b := range r.blocks {
		switch b.kind {
		case "terraform", "provider":
			r.settings = append(r.settings, b)
		case "variable":
			r.variables = append(r.variables, b)
		default:
			r.content = append(r.content, b)
		}
	}
	return r
}

// unfit says why a root can't be the content of a module.
func (r *rootFiles) unfit() string {
	for _, b := range r.blocks {
		switch {
		case b.kind == "moved" || b.kind == "import" || b.kind == "removed":
			return "it has a block " + b.kind + ", which names addresses of the root"
		case b.kind == "provider" && regexp.MustCompile(`\b(local|data|module)\.`).MatchString(b.text):
			return "a provider takes values from the rest of the root"
		}
	}
	return ""
}

// variableNames lists the variables of the root.
func (r *rootFiles) variableNames() []string {
	var out []string
	for _, b := range r.variables {
		out = append(out, b.labels[0])
	}
	return out
}

var aliasAttr = regexp.MustCompile(`(?m)^\s*alias\s*=\s*"([^"]+)"`)

// aliases lists the provider configurations with an alias: "aws.eu".
func (r *rootFiles) aliases() []string {
	var out []string
	for _, b := range r.settings {
		if m := aliasAttr.FindStringSubmatch(b.text); b.kind == "provider" && m != nil {
			out = append(out, b.labels[0]+"."+m[1])
		}
	}
	return out
}

// call is a module block with arguments, which hands on aliased providers.
func (r *rootFiles) call(name, source string, args map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "module %q {\n  source = %q\n", name, source)
	if !isLocalPath(source) {
		b.WriteString("  version = \"1.2.3\"\n")
	}
	if aliases := r.aliases(); len(aliases) > 0 {
		b.WriteString("  providers = {\n    aws = aws\n")
		for _, a := range aliases {
			fmt.Fprintf(&b, "    %s = %s\n", a, a)
		}
		b.WriteString("  }\n")
	}
	for _, k := range sortedKeys(args) {
		fmt.Fprintf(&b, "  %s = %s\n", k, args[k])
	}
	b.WriteString("}\n")
	return b.String()
}

// receives is what a module must declare to be handed aliased providers.
func (r *rootFiles) receives() string {
	aliases := r.aliases()
	if len(aliases) == 0 {
		return ""
	}
	return fmt.Sprintf("terraform {\n  required_providers {\n    aws = {\n      source = \"hashicorp/aws\"\n"+
		"      configuration_aliases = [%s]\n    }\n  }\n}\n", strings.Join(aliases, ", "))
}

// passed hands on all variables of the root under their names.
func (r *rootFiles) passed() map[string]string {
	out := map[string]string{}
	for _, v := range r.variableNames() {
		out[v] = "var." + v
	}
	return out
}

// put writes the root itself: settings, variables, inputs and what calls modules.
func (r *rootFiles) put(out fileMap, calls string) {
	out[path.Join(r.dir, "main.tf")] = joinBlocks(r.settings) + joinBlocks(r.variables) + calls
	for name, content := range r.inputs {
		out[path.Join(r.dir, name)] = content
	}
}

// putModule writes a module with content of the root.
func (r *rootFiles) putModule(out fileMap, dir, content string) {
	out[path.Join(dir, "main.tf")] = r.receives() + moveSources(content, r.dir, dir)
	for name, content := range r.companions {
		out[path.Join(dir, name)] = content
	}
}

func isLocalPath(source string) bool { return strings.HasPrefix(source, ".") }

var sourceAttr = regexp.MustCompile(`(?m)^(\s*source\s*=\s*)"(\.[^"]*)"`)

// moveSources keeps local module sources pointing to where they did, when the
// code moves from one directory to another.
func moveSources(content, from, to string) string {
	return sourceAttr.ReplaceAllStringFunc(content, func(attr string) string {
		m := sourceAttr.FindStringSubmatch(attr)
		return fmt.Sprintf("%s%q", m[1], relative(to, path.Join(from, m[2])))
	})
}

// relative is the path to a directory as a module source in another one.
func relative(from, to string) string {
	up := ""
	for !inside(from, to) {
		up += "../"
		from = path.Dir(from)
	}
	if from != "." {
		to = strings.TrimPrefix(strings.TrimPrefix(to, from), "/")
	}
	if up == "" {
		up = "./"
	}
	return up + to
}

func inside(dir, p string) bool { return dir == "." || p == dir || strings.HasPrefix(p, dir+"/") }

// nest calls the root as a module, three levels deep.
func nest(out fileMap, r *rootFiles) string {
	at := r.dir
	r.put(out, r.call("outer", "./outer", r.passed()))
	for i, name := range []string{"outer", "middle"} {
		at = path.Join(at, name)
		next := []string{"middle", "inner"}[i]
		out[path.Join(at, "main.tf")] = r.receives() + joinBlocks(r.variables) + r.call(next, "./"+next, r.passed())
	}
	r.putModule(out, path.Join(at, "inner"), joinBlocks(r.variables)+joinBlocks(r.content))
	return r.putManifest(out, "outer.middle.inner.", nil)
}

// vendor makes the root a registry module that "terraform init" has fetched,
// with its own modules in the package.
func vendor(out fileMap, r *rootFiles) string {
	const dir = ".terraform/modules/bought"
	for _, b := range r.content {
		for _, m := range sourceAttr.FindAllStringSubmatch(b.text, -1) {
			if !inside(r.dir, path.Join(r.dir, m[2])) {
				return "it calls a module outside its directory, which no package holds"
			}
		}
	}
	for _, other := range r.roots {
		if other != r.dir && inside(r.dir, other) {
			return "there is another root below it"
		}
	}
	for p, content := range r.modules {
		out[path.Join(r.dir, dir, p)] = content
		r.taken[path.Join(r.dir, p)] = true
	}
	r.put(out, r.call("bought", "example/bought/aws", r.passed()))
	out[path.Join(r.dir, dir, "main.tf")] = r.receives() + joinBlocks(r.variables) + joinBlocks(r.content)
	for name, content := range r.companions {
		out[path.Join(r.dir, dir, name)] = content
	}
	return r.putManifest(out, "bought.", &manifestEntry{Key: "bought", Source: "registry.terraform.io/example/bought/aws", Version: "1.2.3", Dir: dir})
}

type manifestEntry struct{ Key, Source, Version, Dir string }

// putManifest writes modules.json with the modules of the root moved below a
// module, and one more.
func (r *rootFiles) putManifest(out fileMap, prefix string, more *manifestEntry) string {
	var file struct{ Modules []manifestEntry }
	if r.manifest != "" {
		if err := json.Unmarshal([]byte(r.manifest), &file); err != nil {
			return "its modules.json can't be read: " + err.Error()
		}
	}
	for i := range file.Modules {
		if m := &file.Modules[i]; m.Key != "" {
			m.Key = prefix + m.Key
		}
	}
	if more != nil {
		file.Modules = append(file.Modules, *more)
	}
	if len(file.Modules) == 0 {
		return ""
	}
	content, err := json.Marshal(file)
	if err != nil {
		return err.Error()
	}
	out[path.Join(r.dir, ".terraform/modules/modules.json")] = string(content)
	return ""
}

// laidOut compares the verdicts of a layout with those of the flat form. It
// returns why the layout is impossible, if it is.
func (h *harness) laidOut(ctx context.Context, dir string, l layout, files fileMap, base *outcome) (problems []string, impossible string, err error) {
	moved, impossible := l.rearrange(files, base.graph.Units())
	if impossible != "" {
		return nil, impossible, nil
	}
	o, err := h.load(ctx, dir, terraform, moved)
	if err != nil {
		return nil, "", err
	}
	for _, p := range o.estate.errors() {
		problems = append(problems, "laid out "+l.name+": "+p)
	}
	flat := decided(o)
	for i, s := range flat {
		flat[i] = l.modules.ReplaceAllString(s, "")
	}
	problems = append(problems, differences("laid out "+l.name, decided(base), flat)...)
	if len(problems) > 0 {
		problems = append(problems, "the layout "+l.name+" is:\n"+moved.String())
	}
	return problems, "", nil
}

// String writes the files as an archive would.
func (f fileMap) String() string {
	var b strings.Builder
	for _, p := range f.paths() {
		fmt.Fprintf(&b, "-- %s --\n%s\n", p, strings.TrimRight(f[p], "\n"))
	}
	return b.String()
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
