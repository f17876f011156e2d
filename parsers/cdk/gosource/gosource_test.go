package gosource_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/parsers/cdk"
	"github.com/wacheck/wacheck/parsers/cdk/gosource"
	"github.com/wacheck/wacheck/source"
)

// mapper maps the files of a directory.
func mapper(t testing.TB, dir string) cdk.Mapper {
	t.Helper()
	tree, err := source.NewTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	err = filepath.WalkDir(dir, func(p string, _ os.DirEntry, err error) error {
		if err == nil && filepath.Ext(p) == ".go" {
			rel, _ := filepath.Rel(dir, p)
			files = append(files, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return gosource.New(tree, ".", files)
}

// mark is the line of a file that ends in a comment with a word.
func mark(t *testing.T, file, word string) int {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(text), "\n") {
		if strings.HasSuffix(line, "// "+word) {
			return i + 1
		}
	}
	t.Fatalf("%s has no mark %q", file, word)
	return 0
}

// TestShop finds every construct of the program in testdata/shop; the paths are
// those that the CDK gives: the ids from the app down.
func TestShop(t *testing.T) {
	m := mapper(t, "testdata/shop")
	for construct, want := range map[string]string{
		"Dev/Data/ShopOrders/Resource":                  "main.go orders",
		"Prod/Data/ShopOrders/SubnetGroup/Default":      "main.go orders",
		"Dev/Data/UsersTable0/Resource":                 "main.go tables",
		"Prod/Data/CartsTable1/Resource":                "main.go tables",
		"Dev/Data/Queuejobs/Resource":                   "main.go queue",
		"Dev/Data/Dead/Resource":                        "main.go dead",
		"Dev/Data/Bucket-0/Resource":                    "main.go buckets",
		"Dev/Data/Bucket-1/Policy/Resource":             "main.go buckets",
		"Prod/Data/Functions/Take/Resource":             "main.go handler",
		"Prod/Data/Functions/Show/ServiceRole/Resource": "main.go handler",
		"Dev/Data/Anything/Resource":                    "main.go extra",
		"Dev/Data/Logs/Resource":                        "main.go closure",
		"Dev/Net/Vpc/PublicSubnet1/Subnet":              "network/network.go vpc",
		"Dev/Net/Vpc/S3/Resource":                       "network/network.go endpoint",
		"Dev/Net/Twice/Resource":                        "", // two places
		"Dev/Net/Unknown":                               "", // a whole stack is no place
		"Other/Net/Vpc":                                 "",
	} {
		file, line, _, ok := m.Locate(construct)
		got := ""
		if ok {
			got = fmt.Sprintf("%s:%d", file, line)
		}
		if name, word, found := strings.Cut(want, " "); found {
			want = fmt.Sprintf("%s:%d", name, mark(t, filepath.Join("testdata/shop", name), word))
		}
		if got != want {
			t.Errorf("%s: found at %q, want %q", construct, got, want)
		}
	}
}

// Programs that are strange, broken or endless end, and give no wrong line.
func TestStrangePrograms(t *testing.T) {
	const head = "package main\n\nimport (\n\t\"github.com/aws/aws-cdk-go/awscdk/v2\"\n\t\"github.com/aws/aws-cdk-go/awscdk/v2/awssqs\"\n\t\"github.com/aws/jsii-runtime-go\"\n)\n\n"
	for name, c := range map[string]struct{ body, construct, want string }{
		"recursion": {`func f(s awscdk.Stack, n int) { awssqs.NewQueue(s, jsii.String("Q"), nil); f(s, n-1) }
func main() { app := awscdk.NewApp(nil); f(awscdk.NewStack(app, jsii.String("S"), nil), 9) }`, "S/Q/Resource", "main.go:9"},
		"mutual recursion": {`func f(s awscdk.Stack) { g(s) }
func g(s awscdk.Stack) { f(s); awssqs.NewQueue(s, jsii.String("Q"), nil) }
func main() { app := awscdk.NewApp(nil); f(awscdk.NewStack(app, jsii.String("S"), nil)) }`, "S/Q", "main.go:10"},
		"a huge loop": {`func main() { app := awscdk.NewApp(nil); s := awscdk.NewStack(app, jsii.String("S"), nil)
	for i := 0; i < 1000000000; i++ { awssqs.NewQueue(s, jsii.Sprintf("Q%d", i), nil) } }`, "S/Q17/Resource", "main.go:10"},
		"shadowed": {`func main() { app := awscdk.NewApp(nil); s := awscdk.NewStack(app, jsii.String("S"), nil)
	id := "A"
	{ id := "B"
		awssqs.NewQueue(s, &id, nil) }
	awssqs.NewQueue(s, &id, nil) }`, "S/A", "main.go:13"},
		"set in a branch": {`func main() { app := awscdk.NewApp(nil); s := awscdk.NewStack(app, jsii.String("S"), nil)
	id := "A"
	if len(id) > 3 {
		id = "B"
	}
	awssqs.NewQueue(s, &id, nil) }`, "S/B/Resource", "main.go:14"},
		"generics": {`func make0[T any](s awscdk.Stack, id string) { awssqs.NewQueue(s, jsii.String(id), nil) }
func main() { app := awscdk.NewApp(nil); make0[int](awscdk.NewStack(app, jsii.String("S"), nil), "Q") }`, "S/Q", "main.go:9"},
		"override": {`type My struct { awscdk.Stack }
func main() { app := awscdk.NewApp(nil); m := &My{}
	awscdk.NewStack_Override(m, app, jsii.String("S"), nil)
	awssqs.NewQueue(m, jsii.String("Q"), nil) }`, "S/Q", "main.go:12"},
		"a slash in an id": {`func main() { app := awscdk.NewApp(nil); s := awscdk.NewStack(app, jsii.String("S"), nil)
	awssqs.NewQueue(s, jsii.String("a/b"), nil) }`, "S/a--b/Resource", "main.go:10"},
		"no program": {`func other() {}`, "S/Q", ""},
		"a syntax error": {`func main() { app := awscdk.NewApp(nil); awssqs.NewQueue(awscdk.NewStack(app, jsii.String("S"), nil), jsii.String("Q"), nil) }
func broken( {`, "S/Q", "main.go:9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(head+c.body+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			got := ""
			if m := mapper(t, dir); m != nil {
				if file, line, _, ok := m.Locate(c.construct); ok {
					got = fmt.Sprintf("%s:%d", file, line)
				}
			}
			if got != c.want {
				t.Errorf("%s: found at %q, want %q", c.construct, got, c.want)
			}
		})
	}
}

// BenchmarkNew maps a program of about 5,000 lines.
func BenchmarkNew(b *testing.B) {
	dir := b.TempDir()
	var s strings.Builder
	s.WriteString("package main\n\nimport (\n\t\"github.com/aws/aws-cdk-go/awscdk/v2\"\n\t\"github.com/aws/aws-cdk-go/awscdk/v2/awssqs\"\n\t\"github.com/aws/jsii-runtime-go\"\n)\n\nfunc main() {\n\tapp := awscdk.NewApp(nil)\n")
	for i := range 500 {
		fmt.Fprintf(&s, "\tstack%d(app)\n", i)
	}
	s.WriteString("}\n")
	for i := range 500 {
		fmt.Fprintf(&s, "\nfunc stack%d(app awscdk.App) {\n\ts := awscdk.NewStack(app, jsii.String(\"S%d\"), nil)\n", i, i)
		for j := range 6 {
			fmt.Fprintf(&s, "\tawssqs.NewQueue(s, jsii.String(\"Q%d\"), nil)\n", j)
		}
		s.WriteString("}\n")
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(s.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, _, ok := mapper(b, dir).Locate("S499/Q5/Resource"); !ok {
			b.Fatal("not found")
		}
	}
}
