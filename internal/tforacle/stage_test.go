package tforacle

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// stage is a copy of an estate in which roots can be planned offline: backends
// are local, variables without default have values, and modules of registries
// are taken from elsewhere, or are stubs whose outputs are not known.
type stage struct {
	dir string
	// given are the directories of modules by source.
	given map[string]string
}

// copyTree copies what Terraform may read.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, p)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o755)
		case d.Type()&fs.ModeSymlink != 0:
			link, err := os.Readlink(p)
			if err != nil {
				return err
			}
			return os.Symlink(link, target)
		}
		content, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

var (
	moduleBlock  = regexp.MustCompile(`(?ms)^module\s+"([^"]+)"\s*\{(.*?)^\}`)
	sourceLine   = regexp.MustCompile(`(?m)^\s*source\s*=\s*"([^"]+)"`)
	argumentLine = regexp.MustCompile(`(?m)^  (\w+)\s*=`)
)

// files returns the text of the configuration of a directory.
func files(dir string) string {
	var b strings.Builder
	names, _ := filepath.Glob(filepath.Join(dir, "*.tf"))
	for _, n := range names {
		content, _ := os.ReadFile(n) // a dangling link has nothing to say
		b.Write(content)
		b.WriteString("\n")
	}
	return b.String()
}

// ready writes into a root what it takes to plan it.
func (s *stage) ready(t *testing.T, root string) {
	t.Helper()
	dir := filepath.Join(s.dir, root)
	_ = os.Remove(filepath.Join(dir, ".terraform.lock.hcl")) // it has the hashes of the real providers
	text := files(dir)
	if shared, err := os.ReadFile(filepath.Join(s.dir, "env", "variables.tf")); err == nil && !strings.Contains(text, "variable \"env\"") {
		// Declarations that a wrapper puts beside those of every root.
		write(t, filepath.Join(dir, "zz_oracle_variables.tf"), string(shared))
		text += string(shared)
	}
	given := s.copyVars(t, root)
	write(t, filepath.Join(dir, "zz_oracle_override.tf"),
		"terraform {\n  required_version = \">= 1.0\"\n  backend \"local\" {}\n"+anyVersion(text)+"}\n"+remoteStates(t, dir, text))
	write(t, filepath.Join(dir, "zz_oracle_providers.tf"), missingProviders(text))
	missingFiles(t, dir, text)
	var vars strings.Builder
	for _, v := range declaredVariables(dir) {
		if v.hasDefault || regexp.MustCompile(`(?m)^\s*"?`+regexp.QuoteMeta(v.name)+`"?\s*[=:]`).MatchString(given) {
			continue
		}
		fmt.Fprintf(&vars, "%s = %s\n", v.name, madeUp(v.typ, usesOf("var."+v.name, text)))
	}
	write(t, filepath.Join(dir, "zz_oracle.auto.tfvars"), vars.String())
	s.manifest(t, dir)
}

// conventions say which variable files the people of an estate give on the
// command line, by estate: functions of the directory of the root.
var conventions = map[string]func(root string) []string{
	"binbashar__le-tf-infra-aws": func(root string) []string {
		account, _, _ := strings.Cut(root, "/")
		return []string{"config/common.tfvars", account + "/config/account.tfvars", account + "/config/backend.tfvars"}
	},
	"cds-snc__notification-terraform": func(string) []string { return []string{"env/staging_config.tfvars"} },
}

// copyVars gives a root the variable files of its estate, and returns all that
// the root gives to variables.
func (s *stage) copyVars(t *testing.T, root string) string {
	t.Helper()
	var all strings.Builder
	if names := conventions[filepath.Base(s.dir)]; names != nil {
		for i, n := range names(root) {
			content, err := os.ReadFile(filepath.Join(s.dir, n))
			if err == nil {
				write(t, filepath.Join(s.dir, root, fmt.Sprintf("zz_%d.auto.tfvars", i)), string(content))
			}
		}
	}
	for _, pattern := range []string{"terraform.tfvars*", "*.auto.tfvars*"} {
		found, _ := filepath.Glob(filepath.Join(s.dir, root, pattern))
		for _, f := range found {
			content, _ := os.ReadFile(f)
			all.Write(content)
			all.WriteString("\n")
		}
	}
	return all.String()
}

var (
	// outputUse is any reading of an output: a state may go through locals and
	// loops before it is read.
	outputUse     = regexp.MustCompile(`\.outputs\.(\w+)(\[|\.\w|\*)?`)
	remoteState   = regexp.MustCompile(`(?m)^data\s+"terraform_remote_state"\s+"([^"]+)"`)
	providerAlias = regexp.MustCompile(`\baws\.([a-z][\w-]*)`)
	aliasLine     = regexp.MustCompile(`(?m)^\s*alias\s*=\s*"([^"]+)"`)
	providerUse   = regexp.MustCompile(`(?m)^\s*provider\s*=|^\s*aws(\.[\w-]+)?\s*=\s*aws\.`)
)

// remoteStates has the remote states of a root read from local files, in which
// every output that is read is made up.
func remoteStates(t *testing.T, dir, text string) string {
	t.Helper()
	var b strings.Builder
	for _, m := range remoteState.FindAllStringSubmatch(text, -1) {
		outputs := map[string]any{}
		for _, u := range outputUse.FindAllStringSubmatch(text, -1) {
			name := "@fake:" + m[1] + "/" + u[1]
			if u[2] != "" || strings.HasSuffix(u[1], "s") {
				outputs[u[1]] = map[string]any{"value": []string{name + "0", name + "1", name + "2"}, "type": []any{"list", "string"}}
			} else if outputs[u[1]] == nil {
				outputs[u[1]] = map[string]any{"value": name, "type": "string"}
			}
		}
		state, err := json.Marshal(map[string]any{"version": 4, "terraform_version": "1.5.0", "serial": 1, "lineage": "x", "outputs": outputs, "resources": []any{}})
		if err != nil {
			t.Fatal(err)
		}
		file := "zz_oracle." + m[1] + ".tfstate"
		write(t, filepath.Join(dir, file), string(state))
		fmt.Fprintf(&b, "data \"terraform_remote_state\" %q {\n  backend = \"local\"\n  config  = { path = %q }\n}\n", m[1], file)
	}
	return b.String()
}

// anyVersion takes back which version of the provider a root asks for: the oracle
// has a few.
func anyVersion(text string) string {
	if !strings.Contains(text, "required_providers") || strings.Contains(text, "configuration_aliases") {
		return ""
	}
	return "  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\"\n      version = \">= 3.0\"\n    }\n  }\n"
}

// missingProviders configures the providers that only a wrapper of Terraform
// would configure.
func missingProviders(text string) string {
	if !providerUse.MatchString(text) || strings.Contains(text, "configuration_aliases") {
		return "" // none is used, or it is a module that others hand theirs to
	}
	have := map[string]bool{}
	for _, m := range aliasLine.FindAllStringSubmatch(text, -1) {
		have[m[1]] = true
	}
	var b strings.Builder
	for _, m := range providerAlias.FindAllStringSubmatch(text, -1) {
		if !have[m[1]] && regexp.MustCompile(`=\s*"?aws\.`+regexp.QuoteMeta(m[1])+`\b`).MatchString(text) {
			have[m[1]] = true
			fmt.Fprintf(&b, "provider \"aws\" {\n  alias  = %q\n  region = \"us-east-1\"\n}\n", m[1])
		}
	}
	return b.String()
}

// manifest writes where the modules of a root are.
func (s *stage) manifest(t *testing.T, dir string) {
	t.Helper()
	type entry struct{ Key, Source, Version, Dir string }
	entries := []entry{{Dir: "."}}
	var walk func(key, at string, depth int)
	walk = func(key, at string, depth int) {
		if depth > 10 {
			return
		}
		text := files(at)
		for _, call := range moduleBlock.FindAllStringSubmatch(text, -1) {
			src := sourceLine.FindStringSubmatch(call[2])
			if src == nil {
				continue
			}
			child := strings.TrimPrefix(key+"."+call[1], ".")
			e := entry{Key: child, Source: src[1]}
			target := filepath.Join(at, src[1])
			if !strings.HasPrefix(src[1], ".") {
				base, sub, _ := strings.Cut(src[1], "//")
				if given, ok := s.given[base]; ok {
					target = filepath.Join(given, sub)
				} else {
					target = s.stub(t, dir, child, call[1], call[2], text)
				}
				if strings.Count(base, "/") == 2 && !strings.Contains(base, ".") {
					e.Source, e.Version = "registry.terraform.io/"+src[1], "99.0.0"
					if v := regexp.MustCompile(`version\s*=\s*"[^0-9"]*([0-9.]+)`).FindStringSubmatch(call[2]); v != nil {
						e.Version = v[1] + strings.Repeat(".0", 2-strings.Count(v[1], "."))
					}
				}
			}
			rel, err := filepath.Rel(dir, target)
			if err != nil {
				t.Fatal(err)
			}
			e.Dir = rel
			entries = append(entries, e)
			walk(child, target, depth+1)
		}
	}
	walk("", dir, 0)
	if err := os.MkdirAll(filepath.Join(dir, ".terraform", "modules"), 0o755); err != nil {
		t.Fatal(err)
	}
	manifest, err := json.Marshal(map[string]any{"Modules": entries})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, ".terraform", "modules", "modules.json"), string(manifest))
}

// stub makes a module that takes the arguments of a call and has the outputs
// that are read of it. What they are is not known before the apply.
func (s *stage) stub(t *testing.T, root, key, name, body, caller string) string {
	t.Helper()
	dir := filepath.Join(root, ".terraform", "modules", "stub."+key)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, m := range argumentLine.FindAllStringSubmatch(body, -1) {
		switch m[1] {
		case "source", "version", "providers", "depends_on", "count", "for_each":
		default:
			fmt.Fprintf(&b, "variable %q {\n  type    = any\n  default = null\n}\n", m[1])
		}
	}
	outs := map[string]bool{}
	for _, m := range regexp.MustCompile(`module\.`+regexp.QuoteMeta(name)+`(?:\[[^\]]*\])?\.(\w+)`).FindAllStringSubmatch(caller, -1) {
		outs[m[1]] = true
	}
	for _, o := range slices.Sorted(maps.Keys(outs)) {
		fmt.Fprintf(&b, "output %q {\n  value = jsondecode(timestamp())\n}\n", o)
	}
	aliases := regexp.MustCompile(`(?m)^\s+aws\.(\w+)\s*=`).FindAllStringSubmatch(body, -1)
	if len(aliases) > 0 {
		b.WriteString("terraform {\n  required_providers {\n    aws = {\n      source                = \"hashicorp/aws\"\n      configuration_aliases = [")
		for i, a := range aliases {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString("aws." + a[1])
		}
		b.WriteString("]\n    }\n  }\n}\n")
	}
	write(t, filepath.Join(dir, "main.tf"), b.String())
	return dir
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
