package cloudformation_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

var (
	samDifferences = flag.Int("sam-differences", 0, "print that many of each kind of difference")
	samOnly        = flag.String("sam-only", "", "compare only the templates with this in their name")
)

// samPairs is where the translator's own tests are: SAM_PAIRS, or the corpus beside
// the checkout.
func samPairs() string {
	return cmp.Or(os.Getenv("SAM_PAIRS"), filepath.Join("..", "..", "..", "shared", "corpus", "aws__serverless-application-model", "tests", "translator"))
}

// agreement counts how far the expansion of templates agrees with AWS's own.
type agreement struct {
	templates, equal        int
	properties, agree       int
	missing, extra, differs map[string]int
	examples                map[string][]string
}

func (a *agreement) example(kind, text string) {
	if len(a.examples[kind]) < *samDifferences {
		a.examples[kind] = append(a.examples[kind], text)
	}
}

// TestAgreesWithSAM compares the expansion with that of AWS's transform, over the
// pairs of templates in its own tests.
func TestAgreesWithSAM(t *testing.T) {
	dir := samPairs()
	outputs, err := filepath.Glob(filepath.Join(dir, "output", "*.json"))
	if err != nil || len(outputs) == 0 {
		t.Skip("no pairs of templates: set SAM_PAIRS to tests/translator of a checkout of aws/serverless-application-model")
	}
	a := &agreement{missing: map[string]int{}, extra: map[string]int{}, differs: map[string]int{}, examples: map[string][]string{}}
	for _, out := range outputs {
		name := strings.TrimSuffix(filepath.Base(out), ".json")
		in := filepath.Join(dir, "input", name+".yaml")
		if _, err := os.Stat(in); err != nil || strings.HasPrefix(name, "error") || !strings.Contains(name, *samOnly) {
			continue
		}
		want := nodesOf(t, out)
		if len(want) == 0 {
			continue
		}
		a.compare(name, nodesOf(t, in), want)
	}
	t.Log(a)
	if *samOnly == "" && (100*a.equal < 98*a.templates || 100*a.agree < 96*a.properties) {
		t.Errorf("%d of %d templates and %d of %d properties agree, want 98 %% and 96 %%", a.equal, a.templates, a.agree, a.properties)
	}
}

// TestExpandsSAM compares templates of our own with what AWS's transform (version
// 1.115 of aws-sam-translator) made of them, which is recorded beside them. What it
// computes of files is not known here: hashes, bodies of APIs, definitions.
func TestExpandsSAM(t *testing.T) {
	a := &agreement{missing: map[string]int{}, extra: map[string]int{}, differs: map[string]int{}, examples: map[string][]string{}}
	*samDifferences = max(*samDifferences, 5)
	for _, name := range []string{"apis", "edges", "events", "shop"} {
		a.compare(name, nodesOf(t, "testdata/sam/"+name+".yaml"), nodesOf(t, "testdata/sam/"+name+".json"))
	}
	// The URL of an alias is shown as that of the function with the alias as its
	// qualifier, which says the same and is a part of the function.
	for _, known := range []string{"AWS::Lambda::Url.TargetFunctionArn", "AWS::Lambda::Url.Qualifier (only here)", "AWS::ApiGateway::Deployment.Description", "AWS::ApiGateway::RestApi.Body", "AWS::ApiGatewayV2::Api.Body", "AWS::Lambda::Version.Description"} {
		delete(a.differs, known)
	}
	if len(a.missing)+len(a.extra)+len(a.differs) > 0 {
		t.Error(a)
	}
}

// nodesOf are the resources of a template.
func nodesOf(t *testing.T, name string) []*graph.Node {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), text, 0o600); err != nil {
		t.Fatal(err)
	}
	tree, err := source.NewTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := cloudformation.Load(context.Background(), cloudformation.Options{Tree: tree, Files: source.NewFileSet(), Origins: value.NewOrigins(),
		Paths: []string{filepath.Base(name)}, Region: "ap-southeast-1"})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Parts) != 1 {
		return nil
	}
	return r.Parts[0].Nodes
}

var (
	hash       = regexp.MustCompile(`([0-9a-f]{10}|[0-9a-f]{40})$`)
	domainHash = regexp.MustCompile(`^(ApiGatewayDomainName(?:V2)?|RecordSetGroup|DomainNameAccessAssociation).*$`)
	textHash   = regexp.MustCompile(`\b[0-9a-f]{40}\b`)
)

// sameID is a logical id without what the transform hashes.
func sameID(id string) string {
	if m := domainHash.FindStringSubmatch(id); m != nil {
		return m[1]
	}
	return hash.ReplaceAllString(id, "")
}

func (a *agreement) compare(name string, got, want []*graph.Node) {
	a.templates++
	key := func(n *graph.Node) string {
		id := n.Type + " " + sameID(n.Addr)
		if domainHash.MatchString(n.Addr) { // domains and zones are told apart by a hash
			for _, name := range []string{"DomainName", "HostedZoneId", "HostedZoneName"} {
				id += " " + canonical(n.Body.Get(name))
			}
		}
		return id
	}
	index := func(list []*graph.Node) map[string]*graph.Node {
		out := map[string]*graph.Node{}
		for _, n := range list {
			out[key(n)] = n
		}
		return out
	}
	g, w := index(got), index(want)
	equal := true
	for _, k := range slices.Sorted(maps.Keys(w)) {
		if g[k] == nil {
			equal = false
			a.missing[w[k].Type]++
			a.example("missing "+w[k].Type, name+": "+w[k].Addr)
			continue
		}
		a.bodies(name, g[k], w[k])
	}
	for _, k := range slices.Sorted(maps.Keys(g)) {
		if w[k] == nil {
			equal = false
			a.extra[g[k].Type]++
			a.example("extra "+g[k].Type, name+": "+g[k].Addr)
		}
	}
	if equal {
		a.equal++
	}
}

func (a *agreement) bodies(name string, got, want *graph.Node) {
	for _, f := range want.Body.Fields() {
		a.properties++
		x, y := canonical(got.Body.Get(f.Name)), canonical(f.Value)
		if x == y {
			a.agree++
			continue
		}
		kind := want.Type + "." + f.Name
		a.differs[kind]++
		a.example(kind, fmt.Sprintf("%s: %s\n      here %s\n      SAM  %s", name, want.Addr, x, y))
	}
	for _, f := range got.Body.Fields() {
		if f.Value.IsGiven() {
			continue // known to be computed
		}
		if want.Body.Get(f.Name).IsAbsent() && !f.Value.IsAbsent() {
			a.properties++
			kind := want.Type + "." + f.Name + " (only here)"
			a.differs[kind]++
			a.example(kind, fmt.Sprintf("%s: %s: %s", name, want.Addr, canonical(f.Value)))
		}
	}
}

// canonical is a text of a value that is the same for values that say the same.
func canonical(v value.Value) string {
	switch {
	case v.IsAbsent():
		return "absent"
	case v.Parts() != nil:
		var parts []string
		for _, p := range v.Parts() {
			parts = append(parts, canonical(p))
		}
		return strings.Join(parts, "")
	case v.Alternatives() != nil:
		var alts []string
		for _, x := range v.Alternatives() {
			alts = append(alts, canonical(x))
		}
		slices.Sort(alts)
		return "one of (" + strings.Join(alts, " | ") + ")"
	case v.Kind() == value.KindList && v.IsKnown():
		var elems []string
		for _, e := range v.Elems() {
			elems = append(elems, canonical(e))
		}
		if len(elems) == 1 {
			return elems[0] // policies may write one text or a list of one
		}
		return "[" + strings.Join(elems, ", ") + "]"
	case v.Kind() == value.KindObject && v.IsKnown():
		var fields []string
		for _, f := range v.Fields() {
			fields = append(fields, f.Name+": "+canonical(f.Value))
		}
		slices.Sort(fields)
		return "{" + strings.Join(fields, ", ") + "}"
	case v.IsUnknown():
		var refs []string
		for _, r := range v.Refs() {
			refs = append(refs, sameID(r.Addr)+"."+r.Attr)
		}
		return "<" + strings.Join(refs, " ") + ">"
	}
	return textHash.ReplaceAllString(v.Text(), "<>")
}

// String is the table.
func (a *agreement) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "templates with the same resources: %d of %d (%.1f %%); properties that agree: %d of %d (%.1f %%)\n",
		a.equal, a.templates, 100*float64(a.equal)/float64(max(a.templates, 1)), a.agree, a.properties, 100*float64(a.agree)/float64(max(a.properties, 1)))
	table := func(title, prefix string, counts map[string]int) {
		keys := slices.SortedFunc(maps.Keys(counts), func(x, y string) int { return cmp.Or(cmp.Compare(counts[y], counts[x]), cmp.Compare(x, y)) })
		fmt.Fprintf(&b, "%s:\n", title)
		for _, k := range keys[:min(len(keys), 40)] {
			fmt.Fprintf(&b, "  %4d %s\n", counts[k], k)
			for _, e := range a.examples[prefix+k] {
				fmt.Fprintf(&b, "         %s\n", e)
			}
		}
	}
	table("resources that SAM makes and this does not", "missing ", a.missing)
	table("resources that this makes and SAM does not", "extra ", a.extra)
	table("properties that differ", "", a.differs)
	return b.String()
}
