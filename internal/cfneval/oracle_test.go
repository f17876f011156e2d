package cfneval_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// recordedWorld is where cfn-lint takes stacks to be deployed.
var recordedWorld = cfneval.Options{Region: "us-east-1", AccountID: "123456789012", StackName: "teststack"}

// Another implementation's word on the same templates: see
// testdata/cfnlint/record.py. Every value that it finds must be one that we
// allow, and where we know all values, it must find the same ones.
func TestAgreesWithRecord(t *testing.T) {
	records, err := filepath.Glob("testdata/cfnlint/*.record")
	if err != nil || len(records) == 0 {
		t.Fatal("no records", err)
	}
	for _, path := range records {
		t.Run(filepath.Base(path), func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var record map[string][]any
			if err := json.Unmarshal(raw, &record); err != nil {
				t.Fatal(err)
			}
			var sum tally
			compareWithRecord(t, strings.TrimSuffix(path, ".record"), record, &sum)
			for _, d := range sum.contradictions {
				t.Error(d)
			}
			if sum.equal == 0 {
				t.Error("nothing was compared")
			}
		})
	}
}

// The same over other people's templates, with cfn-lint itself:
//
//	CFNLINT_PYTHON=…/bin/python CFN_CORPUS=… go test ./internal/cfneval -run AgreesWithCfnLint -v
func TestAgreesWithCfnLint(t *testing.T) {
	python := os.Getenv("CFNLINT_PYTHON")
	root := corpus()
	if python == "" || root == "" {
		t.Skip("CFNLINT_PYTHON names no python with cfn-lint, or there is no corpus (CFN_CORPUS)")
	}
	paths := templatesBelow(t, root)
	cmd := exec.Command(python, "testdata/cfnlint/record.py", "-")
	cmd.Stdin = strings.NewReader(strings.Join(paths, "\n"))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]*tally{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var r struct {
			Path, Error string
			Values      map[string][]any
		}
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel(root, r.Path)
		if err != nil {
			t.Fatal(err)
		}
		project, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
		if sums[project] == nil {
			sums[project] = &tally{}
		}
		if r.Error != "" {
			sums[project].failed++
			continue
		}
		compareWithRecord(t, r.Path, r.Values, sums[project])
	}
	report(t, sums)
}

// corpus is a directory of other people's templates, or empty.
func corpus() string {
	if dir := os.Getenv("CFN_CORPUS"); dir != "" {
		return dir
	}
	dir, err := filepath.Abs("../../../shared/corpus")
	if err != nil {
		return ""
	}
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	return dir
}

func templatesBelow(t *testing.T, root string) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		switch filepath.Ext(p) {
		case ".yaml", ".yml", ".json", ".template":
			content, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			if syntax.LooksLikeTemplate(p, content).IsTemplate() {
				paths = append(paths, p)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// report prints how far both agree, a line for each project, and fails on
// contradictions that are not explained.
func report(t *testing.T, sums map[string]*tally) {
	t.Helper()
	names := make([]string, 0, len(sums))
	var all tally
	for name, s := range sums {
		names = append(names, name)
		all.add(s)
	}
	sort.Strings(names)
	sums["all"] = &all
	t.Logf("%-45s %9s %8s %8s %8s %8s %8s %8s", "", "templates", "failed", "both", "equal", "explained", "partly", "theirs only")
	for _, name := range append(names, "all") {
		s := sums[name]
		t.Logf("%-45s %9d %8d %8d %8d %8d %8d %8d", name, s.templates, s.failed, s.equal+len(s.contradictions)+s.explained(), s.equal, s.explained(), s.partly, s.theirs)
	}
	for why, n := range all.excused {
		t.Logf("explained: %5d %s", n, why)
	}
	for _, d := range all.contradictions {
		t.Error(d)
	}
}

// tally sums up a comparison.
type tally struct {
	// templates were compared; cfn-lint failed on others.
	templates, failed int
	// equal counts the properties for which both give the same set of values;
	// partly those of which one does not know all values, but none that contradicts.
	equal, partly int
	// theirs counts those for which only cfn-lint gives values.
	theirs int
	// excused counts contradictions by what explains them.
	excused        map[string]int
	contradictions []string
}

func (s *tally) explained() int {
	n := 0
	for _, k := range s.excused {
		n += k
	}
	return n
}

func (s *tally) add(o *tally) {
	s.templates += o.templates
	s.failed += o.failed
	s.equal += o.equal
	s.partly += o.partly
	s.theirs += o.theirs
	s.contradictions = append(s.contradictions, o.contradictions...)
	for why, n := range o.excused {
		s.excuse(why, n)
	}
}

func (s *tally) excuse(why string, n int) {
	if s.excused == nil {
		s.excused = map[string]int{}
	}
	s.excused[why] += n
}

// compareWithRecord adds what both say of one template to a tally.
func compareWithRecord(t *testing.T, template string, record map[string][]any, sum *tally) {
	t.Helper()
	text, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	b := prepare(t, filepath.Base(template), text, recordedWorld)
	if b == nil || b.root == nil {
		return
	}
	sum.templates++
	for _, path := range sortedPaths(record) {
		n, condition := b.nodeAt(strings.Split(path, "/"))
		if n == nil {
			continue
		}
		ours, all := possible(b.eval.Eval(n, condition))
		theirs, complete := plainTexts(record[path])
		if len(theirs) == 0 {
			continue
		}
		switch {
		case len(ours) == 0 && !all:
			sum.theirs++
		case all && complete && sameKeys(ours, theirs):
			sum.equal++
		case !all && (!complete || subset(ours, theirs)), !complete && subset(theirs, ours):
			sum.partly++
		case explanation(b.text(n.Extent()), ours, theirs) != "":
			sum.excuse(explanation(b.text(n.Extent()), ours, theirs), 1)
		case b.root.Get("Rules") != nil && subset(ours, theirs):
			sum.excuse("cfn-lint lists values that the Rules section forbids", 1)
		default:
			sum.contradictions = append(sum.contradictions, fmt.Sprintf("%s %s: %s\n  they know %v\n  we know %v (all: %v)",
				template, path, b.text(n.Extent()), keys(theirs), keys(ours), all))
		}
	}
}

// explanation says why both differ where cfn-lint is known to be wrong.
func explanation(expr string, ours, theirs map[string]bool) string {
	mapping := strings.Contains(expr, "FindInMap") && strings.Contains(expr, "DefaultValue")
	switch {
	case strings.Contains(expr, "${!"):
		return "cfn-lint leaves ${!Literal} in Fn::Sub as it is written"
	case strings.Contains(expr, "Sub [") && strings.Contains(expr, "!If") && subset(ours, theirs):
		return "cfn-lint combines a parameter in Fn::Sub with the branch of an Fn::If that is not taken for its value"
	case strings.Contains(expr, "Select [!If") && subset(theirs, ours):
		return "cfn-lint tries the first index of Fn::Select alone"
	case mapping && subset(ours, theirs):
		return "cfn-lint gives the DefaultValue of Fn::FindInMap even if the key is in the mapping"
	case mapping && subset(theirs, ours):
		return "cfn-lint gives the DefaultValue of Fn::FindInMap alone if the key is not known, as if no key could fit"
	}
	return ""
}

// plainTexts are the values that hold no function; complete says that these
// are all.
func plainTexts(values []any) (texts map[string]bool, complete bool) {
	texts, complete = map[string]bool{}, true
	for _, v := range values {
		if text := normal(v); strings.Contains(text, "{Fn::") || strings.Contains(text, "{Ref:") {
			complete = false
		} else {
			texts[text] = true
		}
	}
	return texts, complete
}

func subset(a, b map[string]bool) bool {
	for k := range a {
		if !b[k] {
			return false
		}
	}
	return true
}

func sameKeys(a, b map[string]bool) bool { return subset(a, b) && subset(b, a) }

// nodeAt follows a path of a resource, keys and indices, and returns the
// condition of the resource, too. Loops are written out on the way.
func (b *bench) nodeAt(path []string) (n *syntax.Node, condition string) {
	resource := b.entry(b.root.Get("Resources"), path[0], "")
	if c := resource.Get("Condition"); c != nil {
		condition = c.Text
	}
	n = resource.Get("Properties")
	for _, step := range path[1:] {
		if n == nil {
			return nil, ""
		}
		var i int
		if _, err := fmt.Sscanf(step, "%d", &i); err == nil && n.Kind == syntax.Sequence && i < len(n.Items) {
			n = n.Items[i]
		} else {
			n = b.entry(n, step, condition)
		}
	}
	return n, condition
}

func (b *bench) entry(n *syntax.Node, key, condition string) *syntax.Node {
	if n == nil {
		return nil
	}
	pairs, _ := b.eval.Expand(n, condition)
	for _, p := range pairs {
		if p.Key == key {
			return p.Value
		}
	}
	return nil
}
