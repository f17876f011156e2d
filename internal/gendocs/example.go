package main

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

const (
	// maxLines is the number of lines up to which an example has everything that
	// refers to the case.
	maxLines = 110
	// maxWhole is the number of lines up to which whole files are shown.
	maxWhole = 120
)

// language is one in which examples are written.
type language struct {
	// ext is that of the example, main the file of a scenario that comes first.
	ext, main string
	// is tells by the name whether a file is of the language, split takes one apart.
	is    func(name string) bool
	split func(text string) []*block
}

var languages = []language{
	{"tf", "main.tf", func(name string) bool { return path.Ext(name) == ".tf" }, splitTerraform},
	{"yaml", "template.yaml", func(name string) bool { return path.Ext(name) == ".yaml" || path.Ext(name) == ".yml" }, splitTemplate},
}

// annotation is what tests write behind a line, or on one of its own. See the
// package analysistest.
var annotation = regexp.MustCompile("[ \t]*# (?:todo )?(?:want|ok|open) [a-z0-9]+-[a-z0-9-]+(?:\\[[a-z ]+\\])?(?: +(?:\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`))*")

// examplesOf makes the examples of a rule from its test: for each kind and language
// the smallest code that by itself shows what it says.
func examplesOf(id string, a *txtar.Archive) (*txtar.Archive, error) {
	out := &txtar.Archive{}
	for _, kind := range []string{"bad", "good"} {
		for _, l := range languages {
			name := kind + "." + l.ext
			for _, c := range l.candidates(a, kind) {
				ok, err := c.several, error(nil)
				if !ok {
					ok, err = holds(id, name, c.code)
				}
				if err != nil {
					return nil, err
				}
				if ok {
					out.Files = append(out.Files, txtar.File{Name: name, Data: []byte(c.code)})
					break
				}
			}
		}
	}
	return out, nil
}

// candidate is code that may become an example.
type candidate struct {
	code string
	// several files stand in it, so that it can't be scanned as it is.
	several bool
}

// candidates returns what may stand for one kind of scenario, the best first: the
// first case, the file it is in, or all files if the case is not in the main one.
func (l language) candidates(a *txtar.Archive, kind string) []candidate {
	files := l.scenario(a, kind)
	var b strings.Builder
	for _, f := range files {
		if text := clean(string(f.Data)); f.Name == l.main && (len(files) == 1 || annotation.Match(f.Data)) {
			out := []candidate{{code: clean(l.excerpt(string(f.Data)))}}
			if strings.Count(text, "\n") <= maxWhole {
				out = append(out, candidate{code: text})
			}
			return out
		}
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		if len(files) > 1 {
			b.WriteString("# " + f.Name + "\n")
		}
		b.WriteString(clean(string(f.Data)))
	}
	if b.Len() == 0 || strings.Count(b.String(), "\n") > maxWhole {
		return nil
	}
	return []candidate{{b.String(), len(files) > 1}}
}

// scenario returns the files of the first scenario of a kind that has some of the
// language, under their names within it. The one without a suffix comes first.
func (l language) scenario(a *txtar.Archive, kind string) []txtar.File {
	by := map[string][]txtar.File{}
	var names []string
	for _, f := range a.Files {
		name, rest, _ := strings.Cut(path.Clean(f.Name), "/")
		if (name == kind || strings.HasPrefix(name, kind+"-")) && l.is(rest) {
			if by[name] == nil {
				names = append(names, name)
			}
			by[name] = append(by[name], txtar.File{Name: rest, Data: f.Data})
		}
	}
	if by[kind] != nil || len(names) == 0 {
		return by[kind]
	}
	return by[names[0]]
}

// clean takes annotations out, and blank lines at both ends.
func clean(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		bare := annotation.ReplaceAllString(line, "")
		if bare == line || strings.TrimSpace(bare) != "" {
			out = append(out, strings.TrimRight(bare, " \t"))
		}
	}
	text = strings.Trim(strings.Join(out, "\n"), "\n")
	if text == "" {
		return ""
	}
	return text + "\n"
}

// block is a part of a file that can be left out: a block of Terraform, an entry
// of a section of a template.
type block struct {
	text string
	// section is the heading under which the block stands, empty for none.
	section string
	// ids are the names by which others refer to it; mentions says whether its
	// text does so.
	ids      []string
	mentions func(id string) bool
	// aside blocks never belong to a case because they mention something of it.
	aside bool
}

func (b *block) isCase() bool { return annotation.MatchString(b.text) }

// excerpt is the first case of a file with what belongs to it, in order: all
// that it refers to, and what refers to that without belonging to another case.
func (l language) excerpt(text string) string {
	blocks := l.split(text)
	first := -1
	for i, b := range blocks {
		if b.isCase() {
			first = i
			break
		}
	}
	if first < 0 {
		return text
	}
	chosen := make([]bool, len(blocks))
	need(blocks, chosen, first)
	small := join(blocks, chosen)
	elsewhere := make([]bool, len(blocks))
	for i, b := range blocks {
		if b.isCase() && i != first {
			need(blocks, elsewhere, i)
		}
	}
	for grown := true; grown; {
		grown = false
		for i, b := range blocks {
			if chosen[i] || b.aside || elsewhere[i] || !mentionsAny(b, blocks, chosen) {
				continue
			}
			need(blocks, chosen, i)
			grown = true
		}
	}
	if whole := join(blocks, chosen); strings.Count(whole, "\n") <= maxLines {
		return whole
	}
	return small
}

// need chooses a block and all that it refers to.
func need(blocks []*block, chosen []bool, i int) {
	if chosen[i] {
		return
	}
	chosen[i] = true
	for j, other := range blocks {
		if slices.ContainsFunc(other.ids, blocks[i].mentions) {
			need(blocks, chosen, j)
		}
	}
}

func mentionsAny(b *block, blocks []*block, chosen []bool) bool {
	for j, other := range blocks {
		if !chosen[j] || other.aside {
			continue
		}
		if slices.ContainsFunc(other.ids, b.mentions) {
			return true
		}
	}
	return false
}

// join writes the chosen blocks under their headings.
func join(blocks []*block, chosen []bool) string {
	var b strings.Builder
	section := ""
	for i, x := range blocks {
		if !chosen[i] {
			continue
		}
		if x.section != section {
			section = x.section
			b.WriteString(section)
		} else if b.Len() > 0 && section == "" {
			b.WriteString("\n")
		}
		b.WriteString(x.text)
	}
	return b.String()
}
