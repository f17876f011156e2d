package tforacle

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/parsers/terraform"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

var (
	estates = flag.String("estates", "", "only these estates of the corpus, comma-separated")
	verbose = flag.Bool("notes", false, "tell every unknown leaf and lost edge")
)

// EnvCorpus is the environment variable that names a directory of estates, each
// a directory. Without it, the one beside the checkout is taken.
const EnvCorpus = "WACHECK_CORPUS"

func corpusDir() string {
	if dir := os.Getenv(EnvCorpus); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "shared", "corpus")
}

// registry says which estates are the modules of which source.
var registry = map[string]string{
	"terraform-aws-modules/vpc/aws":            "terraform-aws-modules__terraform-aws-vpc",
	"terraform-aws-modules/rds/aws":            "terraform-aws-modules__terraform-aws-rds",
	"terraform-aws-modules/s3-bucket/aws":      "terraform-aws-modules__terraform-aws-s3-bucket",
	"terraform-aws-modules/security-group/aws": "terraform-aws-modules__terraform-aws-security-group",
}

// TestCorpus plans every root of every estate that can be planned offline, and
// writes the table of agreement. Plans are kept in the directory of the oracle.
func TestCorpus(t *testing.T) {
	oracle, err := Find()
	if err != nil {
		t.Skip(err)
	}
	corpus, err := filepath.Abs(corpusDir())
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(corpus)
	if err != nil {
		t.Skip(err)
	}
	keep := filepath.Join(os.Getenv(EnvOracle), "corpus")
	total := &Report{}
	rows := []string{header}
	for _, e := range entries {
		if !e.IsDir() || *estates != "" && !strings.Contains(","+*estates+",", ","+e.Name()+",") {
			continue
		}
		dirs := terraformDirs(filepath.Join(corpus, e.Name()))
		if len(dirs) == 0 {
			continue
		}
		s := &stage{dir: filepath.Join(keep, "work", e.Name()), given: map[string]string{}}
		for source, estate := range registry {
			s.given[source] = filepath.Join(s.dir, ".registry", estate)
		}
		fresh := false
		if _, err := os.Stat(s.dir); errors.Is(err, os.ErrNotExist) {
			fresh = true
			copyTree(t, filepath.Join(corpus, e.Name()), s.dir)
			for _, estate := range registry {
				copyTree(t, filepath.Join(corpus, estate), filepath.Join(s.dir, ".registry", estate))
			}
		}
		rep, planned, failed := s.compare(t, oracle, dirs, filepath.Join(keep, "records", e.Name()), fresh)
		rows = append(rows, row(e.Name(), planned, len(failed), rep))
		for _, why := range commonest(failed, 8) {
			t.Logf("%s: not planned: %s", e.Name(), why)
		}
		total.Add(rep)
		for _, c := range rep.Contradictions {
			t.Errorf("%s: contradiction: %s", e.Name(), c)
		}
		if *verbose {
			for _, n := range rep.Notes {
				t.Logf("%s: %s", e.Name(), n)
			}
		}
	}
	rows = append(rows, row("all", 0, 0, total))
	t.Logf("agreement with Terraform\n%s", strings.Join(rows, "\n"))
}

const header = "| estate | roots | not planned | instances | unknown | leaves | agree | unknown here | % | invented | edges | lost | contradictions | reasons | lost because |"

func row(name string, roots, failed int, r *Report) string {
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d | %d | %.2f | %d | %d | %d | %d | %s | %s |", name, roots, failed, r.Instances,
		r.UnknownInstances, r.Leaves, r.Agree, r.Unknown, r.UnknownShare(), r.Invented, r.Edges, r.LostEdges,
		len(r.Contradictions), strings.Join(r.CommonReasons(5), ", "), strings.Join(mostFrequent(r.Lost, 3), ", "))
}

// compare plans and compares the roots of an estate.
func (s *stage) compare(t *testing.T, oracle *Oracle, dirs []string, records string, fresh bool) (rep *Report, planned int, failed []string) {
	t.Helper()
	// The first reading says which directories are roots, the second evaluates
	// them with what it took to plan them.
	if fresh {
		for _, u := range s.load(t, dirs).Units() {
			s.ready(t, u.Dir)
		}
	}
	g := s.load(t, dirs)
	rep = &Report{}
	for _, u := range g.Units() {
		name := filepath.Join(records, strings.ReplaceAll(u.Dir, "/", "~"))
		rec, err := s.record(t, oracle, u.Dir, name)
		if err != nil {
			failed = append(failed, err.Error())
			continue
		}
		planned++
		rep.Add(Compare(rec, g, u))
	}
	return rep, planned, failed
}

// record returns what Terraform says about a root, from a file if it was asked
// before.
func (s *stage) record(t *testing.T, oracle *Oracle, root, name string) (*Record, error) {
	t.Helper()
	if src, err := os.ReadFile(name + ".json"); err == nil {
		return ReadRecord(src)
	}
	if src, err := os.ReadFile(name + ".err"); err == nil {
		return nil, errors.New(string(src))
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	rec, err := oracle.Plan(context.Background(), filepath.Join(s.dir, root), false)
	if err != nil {
		write(t, name+".err", err.Error())
		return nil, err
	}
	b, err := rec.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	write(t, name+".json", string(b))
	return ReadRecord(b)
}

func (s *stage) load(t *testing.T, dirs []string) *graph.Graph {
	t.Helper()
	return load(t, s.dir, dirs)
}

// load evaluates the roots of a tree.
func load(t *testing.T, dir string, dirs []string) *graph.Graph {
	t.Helper()
	tree, err := source.NewTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	fs, origins := source.NewFileSet(), value.NewOrigins()
	res, err := terraform.Load(context.Background(), terraform.Options{Tree: tree, Files: fs, Origins: origins,
		Dirs: dirs, ScanRoots: []string{"."}, Workspace: "default", OneWorld: true})
	if err != nil {
		t.Fatal(err)
	}
	b := graph.NewBuilder(fs, origins)
	for _, p := range res.Parts {
		if err := b.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	g, _ := b.Freeze(graph.Options{})
	return g
}

// terraformDirs lists the directories with configuration, relative to one.
func terraformDirs(dir string) []string {
	seen := map[string]bool{}
	_ = filepath.WalkDir(dir, func(p string, _ os.DirEntry, err error) error {
		if err == nil && (strings.HasSuffix(p, ".tf") || strings.HasSuffix(p, ".tf.json")) {
			if rel, err := filepath.Rel(dir, filepath.Dir(p)); err == nil {
				seen[filepath.ToSlash(rel)] = true
			}
		}
		return nil
	})
	out := make([]string, 0, len(seen))
	for d := range seen {
		out = append(out, d)
	}
	sort.Strings(out)
	return out
}

// commonest counts texts by their beginning.
func commonest(texts []string, most int) []string {
	counts := map[string]int{}
	for _, s := range texts {
		counts[shorten(s)]++
	}
	return mostFrequent(counts, most)
}
