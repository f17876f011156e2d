package cdk

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/source"
)

// builder reads one assembly with those in it.
type builder struct {
	r         *Result
	a         *Assembly
	manifests map[string]*manifest
	// inner are the directories of assemblies that others hold.
	inner map[string]bool
	dirs  []string
	trees []string
}

// add reads the manifest of a directory, which may be that of a stage.
func (b *builder) add(dir, stage string, depth int) {
	m := b.manifests[dir]
	if depth > maxDepth || slices.Contains(b.dirs, dir) {
		return
	}
	b.dirs = append(b.dirs, dir)
	b.missing(dir, m)
	for _, id := range slices.Sorted(maps.Keys(m.Artifacts)) {
		switch a := m.Artifacts[id]; a.Type {
		case typeStack:
			b.stack(dir, id, stage, m, a)
		case typeTree:
			b.trees = append(b.trees, path.Join(dir, a.Properties.File))
		case typeNested:
			b.nested(dir, stage, id, a, depth)
		}
	}
}

// nested reads the assembly of a stage.
func (b *builder) nested(dir, stage, id string, a artifact, depth int) {
	inner := path.Join(dir, a.Properties.DirectoryName)
	b.inner[inner] = true
	if b.manifests[inner] == nil {
		if _, broken := b.manifests[inner]; !broken {
			b.r.report(source.Error, "cdk-assembly", path.Join(dir, "manifest.json"), "names the assembly "+inner+", which is not there: its stage is not analysed")
		}
		return
	}
	name := firstOf(a.Properties.DisplayName, a.DisplayName, strings.TrimPrefix(id, "assembly-"))
	if stage != "" && !strings.HasPrefix(name, stage+"/") {
		name = stage + "/" + name
	}
	b.add(inner, name, depth+1)
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// missing tells of look-ups that have not been made: what depends on them is not known.
func (b *builder) missing(dir string, m *manifest) {
	if len(m.Missing) == 0 {
		return
	}
	var what []string
	for _, x := range m.Missing {
		what = append(what, firstOf(x.Provider, x.Key))
	}
	slices.Sort(what)
	what = slices.Compact(what)
	number := "one look-up has"
	if len(m.Missing) > 1 {
		number = fmt.Sprintf("%d look-ups have", len(m.Missing))
	}
	b.r.report(source.Warning, "cdk-missing-context", path.Join(dir, "manifest.json"),
		fmt.Sprintf("%s not been made (%s): placeholders stand for what would be found, and count as not known; run \"cdk synth\" with access to the account, or commit cdk.context.json",
			number, strings.Join(what, ", ")))
}

func (b *builder) stack(dir, id, stage string, m *manifest, a artifact) {
	p := path.Join(dir, a.Properties.TemplateFile)
	switch name := firstOf(a.DisplayName, id); {
	case a.Properties.TemplateFile == "":
		b.r.report(source.Error, "cdk-assembly", path.Join(dir, "manifest.json"), "names no template of the stack "+name+", which is not analysed")
		return
	case !b.r.has(p) && !b.r.exists(p):
		b.r.report(source.Error, "cdk-assembly", path.Join(dir, "manifest.json"), "names "+p+" as the template of the stack "+name+", which is not there: the stack is not analysed")
		return
	case !b.r.has(p): // somebody chose to leave it out
		return
	}
	s := &Stack{Assembly: b.a, Template: p, Name: firstOf(a.Properties.StackName, id), Stage: stage, Missing: len(m.Missing) > 0,
		Parameters: texts(a.Properties.Parameters), Tags: texts(a.Properties.Tags), traces: map[string]frames{}, ids: map[string]string{}}
	s.Account, s.Region = place(a.Environment)
	b.a.Stacks[p] = s
	s.messages(a.Metadata)
	b.acknowledged(a.Metadata, path.Join(dir, "manifest.json"))
	if a.MetadataFile != "" {
		var more map[string][]message
		if b.r.readJSON(path.Join(dir, a.MetadataFile), &more) {
			s.messages(more)
			b.acknowledged(more, path.Join(dir, a.MetadataFile))
		}
	}
	b.nestedStacks(dir, s, m, a)
}

func texts(in map[string]literal) map[string]string {
	if len(in) == 0 {
		return nil
	}
	out := make(map[string]string, len(in))
	for k, v := range in {
		out[k] = string(v)
	}
	return out
}

// messages keeps what is said of constructs: their logical ids and their traces. Of
// several traces that of the creation counts. A logical id that constructs of several
// nested stacks have is nobody's: what is said here does not tell them apart.
func (s *Stack) messages(about map[string][]message) {
	for _, key := range slices.Sorted(maps.Keys(about)) {
		construct := strings.TrimPrefix(key, "/")
		for _, m := range about[key] {
			switch m.Type {
			case messageLogicalID:
				var id string
				if json.Unmarshal(m.Data, &id) == nil {
					if other, known := s.ids[id]; !known || other == construct {
						s.ids[id] = construct
					} else {
						s.ids[id] = ""
					}
				}
				if _, known := s.traces[construct]; !known && len(m.Trace) > 0 {
					s.traces[construct] = m.Trace
				}
			case messageCreation:
				var trace frames
				if json.Unmarshal(m.Data, &trace) == nil && len(trace) > 0 {
					s.traces[construct] = trace
				}
			}
		}
	}
}

// nestedStacks finds the templates of nested stacks among the assets of a stack.
// They are deployed where, and as part of what, nests them.
func (b *builder) nestedStacks(dir string, s *Stack, m *manifest, a artifact) {
	s.Uploaded = map[string]string{}
	for _, file := range b.assetFiles(dir, m, a) {
		p := path.Join(dir, file.path)
		if !strings.HasSuffix(file.path, ".template.json") || !b.r.has(p) {
			continue
		}
		for _, key := range file.keys {
			s.Uploaded[path.Base(key)] = p
		}
		if b.a.Stacks[p] != nil {
			continue
		}
		nested := *s
		nested.Template, nested.Nested, nested.Parameters = p, true, nil
		b.a.Stacks[p] = &nested
	}
}

// asset is a file that is uploaded, with the keys of the objects that it becomes.
type asset struct {
	path string
	keys []string
}

// assetFiles are the files that are uploaded for a stack: those of the asset
// manifests that it depends on, or, in assemblies of version 1 of the CDK, of its
// metadata.
func (b *builder) assetFiles(dir string, m *manifest, a artifact) []asset {
	var out []asset
	for _, dep := range a.Dependencies {
		on := m.Artifacts[dep]
		if on.Type != typeAssets {
			continue
		}
		var list assets
		if b.r.readJSON(path.Join(dir, on.Properties.File), &list) {
			for _, key := range slices.Sorted(maps.Keys(list.Files)) {
				f := asset{path: list.Files[key].Source.Path}
				for _, to := range list.Files[key].Destinations {
					if to.ObjectKey != "" {
						f.keys = append(f.keys, to.ObjectKey)
					}
				}
				out = append(out, f)
			}
		}
	}
	for _, construct := range slices.Sorted(maps.Keys(a.Metadata)) {
		for _, x := range a.Metadata[construct] {
			var named struct {
				Path string `json:"path"`
			}
			if x.Type == messageAsset && json.Unmarshal(x.Data, &named) == nil {
				out = append(out, asset{path: named.Path})
			}
		}
	}
	return out
}

// members accounts for the files of the assembly that are no templates.
func (b *builder) members() {
	for _, p := range b.r.opt.Paths {
		if b.a.Stacks[p] == nil && slices.Contains(b.dirs, path.Dir(p)) {
			b.r.Members[p] = true
		}
	}
}

// node is a construct in the tree of an assembly.
type node struct {
	Path          string          `json:"path"`
	Children      map[string]node `json:"children"`
	ConstructInfo struct {
		FQN string `json:"fqn"`
	} `json:"constructInfo"`
}

// readTree reads the classes of all constructs.
func (b *builder) readTree() {
	b.a.tree = map[string]string{}
	for _, p := range b.trees {
		var t struct {
			Tree node `json:"tree"`
		}
		if b.r.has(p) && b.r.readJSON(p, &t) {
			b.classes(t.Tree)
		}
	}
}

func (b *builder) classes(n node) {
	if n.ConstructInfo.FQN != "" {
		b.a.tree[n.Path] = n.ConstructInfo.FQN
	}
	for _, child := range n.Children {
		b.classes(child)
	}
}
