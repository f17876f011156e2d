package analysistest

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// language is one in which scenarios are written.
type language uint8

const (
	terraform language = iota
	cloudFormation
)

var languages = []language{terraform, cloudFormation}

func (l language) String() string { return [...]string{"terraform", "cloudformation"}[l] }

// fileMap holds files by their slash-separated path within a scenario.
type fileMap map[string]string

func (f fileMap) paths() []string {
	var out []string
	for p := range f {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// has reports whether there is code of a language: something else than inputs.
func (f fileMap) has(l language) bool {
	for p := range f {
		if isConfiguration(p) == (l == terraform) && languageOf(p) == l {
			return true
		}
	}
	return false
}

func isConfiguration(p string) bool {
	return strings.HasSuffix(p, ".tf") || strings.HasSuffix(p, ".tf.json")
}

// languageOf tells by the ending to which language a file belongs.
func languageOf(p string) language {
	switch path.Ext(p) {
	case ".yaml", ".yml", ".template":
		return cloudFormation
	case ".json":
		if !strings.HasSuffix(p, ".tf.json") && !strings.HasSuffix(p, ".tfvars.json") && path.Base(p) != "modules.json" {
			return cloudFormation
		}
	}
	return terraform
}

// archive is the test of one rule.
type archive struct {
	path, id string
	// only restricts the archive to one language.
	only string
	// counts are the scenarios in which the languages may have different numbers
	// of findings, with the reason; layouts those that can't be laid out otherwise.
	counts, layouts map[string]string
	// silent are the kinds of scenario in which the rule has nothing to decide.
	silent    map[string]string
	scenarios []*scenario
}

// scenario is a directory of an archive.
type scenario struct {
	name  string
	files fileMap
	// notes are the annotations by file, in order of line.
	notes map[string][]*note
}

// kinds of scenarios; the name of one is its kind, or begins with "kind-".
var kinds = []string{"bad", "good", "open"}

func (s *scenario) kind() string {
	kind, _, _ := strings.Cut(s.name, "-")
	return kind
}

// of returns the files of one language.
func (s *scenario) of(l language) fileMap {
	out := fileMap{}
	for p, content := range s.files {
		if languageOf(p) == l {
			out[p] = content
		}
	}
	return out
}

// parseArchive reads the test of the rule that the file's name says.
func parseArchive(file string, content []byte) (*archive, error) {
	a := &archive{path: file, id: strings.TrimSuffix(path.Base(file), ".txtar"), counts: map[string]string{}, layouts: map[string]string{}, silent: map[string]string{}}
	ar := txtar.Parse(content)
	if err := a.header(string(ar.Comment)); err != nil {
		return nil, err
	}
	by := map[string]*scenario{}
	for _, f := range ar.Files {
		name, rest, ok := strings.Cut(path.Clean(f.Name), "/")
		s := by[name]
		if s == nil {
			s = &scenario{name: name, files: fileMap{}, notes: map[string][]*note{}}
			if !slices.Contains(kinds, s.kind()) {
				return nil, fmt.Errorf("%s: %s: files stand in bad/, good/, open/, or such a name with a suffix: bad-modules/", file, f.Name)
			}
			by[name] = s
			a.scenarios = append(a.scenarios, s)
		}
		if _, twice := s.files[rest]; !ok || twice {
			return nil, fmt.Errorf("%s: %s: no name of its own within the scenario", file, f.Name)
		}
		s.files[rest] = string(f.Data)
		notes, err := parseNotes(a.id, string(f.Data))
		if err != nil {
			return nil, fmt.Errorf("%s: %s:%w", file, f.Name, err)
		}
		s.notes[rest] = notes
	}
	for _, m := range []map[string]string{a.counts, a.layouts} {
		for name := range m {
			if by[name] == nil {
				return nil, fmt.Errorf("%s: the header speaks of a scenario %q that is not there", file, name)
			}
		}
	}
	return a, nil
}

var option = regexp.MustCompile(`^(only|counts|layouts|silent): ([a-z0-9-]+)(.*)$`)

// header reads the lines before the first file that are options.
func (a *archive) header(text string) error {
	for line := range strings.Lines(text) {
		m := option.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		reason := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(m[3]), "—"))
		if reason == "" || reason == strings.TrimSpace(m[3]) {
			return fmt.Errorf("%s: %q must give a reason: \"%s: %s — reason\"", a.path, strings.TrimSpace(line), m[1], m[2])
		}
		switch m[1] {
		case "only":
			if m[2] != terraform.String() && m[2] != cloudFormation.String() {
				return fmt.Errorf("%s: only: %s or %s", a.path, terraform, cloudFormation)
			}
			a.only = m[2]
		case "counts":
			a.counts[m[2]] = reason
		case "layouts":
			a.layouts[m[2]] = reason
		case "silent":
			if m[2] != "good" && m[2] != "open" {
				return fmt.Errorf("%s: silent: good or open", a.path)
			}
			a.silent[m[2]] = reason
		}
	}
	return nil
}

// complete says what is missing: each kind of scenario in each language, with
// the annotations that make it one.
func (a *archive) complete() []string {
	var out []string
	for _, lang := range languages {
		if a.only != "" && a.only != lang.String() {
			for _, s := range a.scenarios {
				if s.of(lang).has(lang) {
					out = append(out, fmt.Sprintf("%s/ has %s, and the header says only: %s", s.name, lang, a.only))
				}
			}
			continue
		}
		for _, kind := range kinds {
			shown := a.shows(kind, lang)
			if reason, excused := a.silent[kind]; excused {
				if shown {
					out = append(out, fmt.Sprintf("the header says that nothing is %s (%s), but %s shows it", kind, reason, lang))
				}
				continue
			}
			if !shown {
				out = append(out, fmt.Sprintf("no scenario in %s shows what is %s: %s/ must have one, annotated with %q", lang, kind, kind, "# "+string(noteOf[kind])+" "+a.id))
			}
		}
	}
	for _, s := range a.scenarios {
		for _, notes := range s.notes {
			for _, n := range notes {
				if s.kind() == "good" && (n.verb == want || n.verb == open) {
					out = append(out, fmt.Sprintf("%s/: what is good has no %q", s.name, n.verb))
				}
			}
		}
	}
	return out
}

var noteOf = map[string]verb{"bad": want, "good": ok, "open": open}

// shows reports whether scenarios of a kind have its annotation in a language.
func (a *archive) shows(kind string, lang language) bool {
	for _, s := range a.scenarios {
		if s.kind() != kind {
			continue
		}
		for p, notes := range s.notes {
			for _, n := range notes {
				if languageOf(p) == lang && (n.verb == noteOf[kind] || n.verb == "todo "+noteOf[kind]) {
					return true
				}
			}
		}
	}
	return false
}
