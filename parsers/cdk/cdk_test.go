package cdk_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wacheck/wacheck/parsers/cdk"
	"github.com/wacheck/wacheck/source"
)

// load reads the assemblies of a directory that an archive describes.
func load(t *testing.T, archive string, ignored ...string) *cdk.Result {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, f.Name)
	}
	slices.Sort(paths)
	tree, err := source.NewTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	return cdk.Load(cdk.Options{Tree: tree, Files: source.NewFileSet(), Paths: paths, Ignored: func(asked []string) map[string]bool {
		out := map[string]bool{}
		for _, p := range asked {
			out[p] = slices.ContainsFunc(ignored, func(dir string) bool { return strings.HasPrefix(p, dir) })
		}
		return out
	}})
}

// An assembly of a schema, with one stack that nests another.
func assembly(version, metadata string) string {
	return fmt.Sprintf(`
-- cdk.json --
{"app": "node app.js"}
-- cdk.out/cdk.out --
{"version": %[1]q}
-- cdk.out/manifest.json --
{"version": %[1]q, "artifacts": {
  "Shop.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Shop.assets.json"}},
  "Shop": {"type": "aws:cloudformation:stack", "environment": "aws://111111111111/unknown-region", "dependencies": ["Shop.assets"],
    "properties": {"templateFile": "Shop.template.json", "stackName": "shop-live", "parameters": {"Size": 3, "Name": "x"}, "tags": {"team": "a"}},
    "metadata": {%[2]s}}
}}
-- cdk.out/Shop.assets.json --
{"files": {"a": {"source": {"path": "ShopNest.nested.template.json", "packaging": "file"},
  "destinations": {"111111111111-current_region": {"bucketName": "assets-111111111111", "objectKey": "nests/0aab.json"}, "x": {"bucketName": "b"}}}, "b": {"source": {"path": "asset.b", "packaging": "zip"}}}}
-- cdk.out/Shop.template.json --
{}
-- cdk.out/ShopNest.nested.template.json --
{}
-- cdk.out/leftover.json --
{}
-- app.js --
const app = new App();
const stack = new Stack(app, 'Shop');
new Bucket(stack, 'Pictures');
new Bucket(stack, 'Twice'); new Bucket(other, 'Twice');
`, version, metadata)
}

func TestAssembly(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.10.0", "21.0.0", "36.0.0", "55.0.0"} {
		r := load(t, assembly(version, ""))
		if len(r.Diagnostics) > 0 {
			t.Errorf("%s: %v", version, r.Diagnostics)
		}
		s := r.Stacks["cdk.out/Shop.template.json"]
		nested := r.Stacks["cdk.out/ShopNest.nested.template.json"]
		if s == nil || nested == nil || len(r.Stacks) != 2 {
			t.Fatalf("%s: stacks %v", version, r.Stacks)
		}
		if s.Name != "shop-live" || s.Account != "111111111111" || s.Region != "" || s.Parameters["Size"] != "3" || s.Parameters["Name"] != "x" || s.Tags["team"] != "a" {
			t.Errorf("%s: %+v", version, s)
		}
		if !nested.Nested || nested.Account != s.Account || nested.Parameters != nil {
			t.Errorf("%s: nested %+v", version, nested)
		}
		if len(s.Uploaded) != 1 || s.Uploaded["0aab.json"] != nested.Template || len(nested.Uploaded) != 1 {
			t.Errorf("%s: uploaded %v", version, s.Uploaded)
		}
		for _, p := range []string{"cdk.out/manifest.json", "cdk.out/Shop.assets.json", "cdk.out/leftover.json", "cdk.out/cdk.out"} {
			if !r.Members[p] {
				t.Errorf("%s: %s is no member", version, p)
			}
		}
		if r.Members["app.js"] || r.Members["cdk.out/Shop.template.json"] {
			t.Errorf("%s: members %v", version, r.Members)
		}
	}
}

// constructs checks where a construct is found, as "file:line how".
func constructs(t *testing.T, r *cdk.Result, template string, want map[string]string) {
	t.Helper()
	for construct, at := range want {
		c, ok := r.Construct(r.Stacks[template], "", construct)
		if !ok {
			t.Errorf("%s: no construct", construct)
			continue
		}
		got := c.How
		if c.Source.IsValid() {
			p := r.Position(c.Source.Pos)
			got = fmt.Sprintf("%s:%d %s", p.Path, p.Line, c.How)
		}
		if got != at {
			t.Errorf("%s: found at %q, want %q", construct, got, at)
		}
	}
}

func TestTraces(t *testing.T) {
	t.Parallel()
	const tail = `
-- lib/pictures.py --
import os

bucket = Bucket(self, "Other")
-- src/main/java/shop/Pictures.java --
class Pictures {
  void make() { new Bucket(this, "Third"); }
}
`
	for name, c := range map[string]struct{ metadata, want string }{
		"creation stack": {
			`"/Shop/Pictures/Resource": [{"type": "aws:cdk:creationStack", "data": ["...new Bucket in aws-cdk-lib...", "<anonymous> (/home/ci/x/app.js:3:1)"]}]`,
			"app.js:3 by the trace of its creation"},
		"trace on the logical id": {
			`"/Shop/Pictures/Resource": [{"type": "aws:cdk:logicalId", "data": "P", "trace": ["new Bucket (/x/node_modules/aws-cdk-lib/s3.js:1:1)", "Object.<anonymous> (/x/app.js:3:1)", "node:internal/main:1:1"]}]`,
			"app.js:3 by the trace of its creation"},
		"trace as one text": {
			`"/Shop/Pictures/Resource": [{"type": "aws:cdk:logicalId", "data": "P", "trace": "Error\n    at new Bucket (/x/node_modules/aws-cdk-lib/s3.js:1:1)\n    at file:///x/app.js:3:1"}]`,
			"app.js:3 by the trace of its creation"},
		"trace on Windows": {
			`"/Shop/Pictures/Resource": [{"type": "aws:cdk:creationStack", "data": ["at Object.<anonymous> (C:\\build\\app.js:3:1)"]}]`,
			"app.js:3 by the trace of its creation"},
		"Python": {
			`"/Shop/Pictures/Resource": [{"type": "aws:cdk:creationStack", "data": ["File \"/x/.venv/lib/python3.12/site-packages/aws_cdk/s3.py\", line 9, in __init__", "File \"/x/lib/pictures.py\", line 3, in __init__"]}]`,
			"lib/pictures.py:3 by the trace of its creation"},
		"Java": {
			`"/Shop/Pictures/Resource": [{"type": "aws:cdk:creationStack", "data": ["shop.Pictures.make(Pictures.java:2)"]}]`,
			"src/main/java/shop/Pictures.java:2 by the trace of its creation"},
		"a line that is not there": {
			`"/Shop/Pictures/Resource": [{"type": "aws:cdk:creationStack", "data": ["at (/x/app.js:99:1)"]}]`,
			"app.js:3 by searching the program for its id"},
		"a file that is not there": {
			`"/Shop/Pictures/Resource": [{"type": "aws:cdk:creationStack", "data": ["at (/x/gone.js:3:1)"]}]`,
			"app.js:3 by searching the program for its id"},
		"no sense": {
			`"/Shop/Pictures/Resource": [{"type": "aws:cdk:creationStack", "data": {"a": 1}}, {"type": "aws:cdk:logicalId", "data": 3, "trace": 7}]`,
			"app.js:3 by searching the program for its id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := load(t, assembly("55.0.0", c.metadata)+tail)
			constructs(t, r, "cdk.out/Shop.template.json", map[string]string{"Shop/Pictures/Resource": c.want})
		})
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"Shop/Pictures/Policy/Resource": "app.js:3 by searching the program for its id", // the nearest around it
		"Shop/Twice/Resource":           "",                                             // which one?
		"Shop/Resource":                 "",                                             // a whole stack is no place
		"Shop/Custom::S3AutoDeleteObjectsCustomResourceProvider/Role": "",
	}
	constructs(t, load(t, assembly("55.0.0", "")), "cdk.out/Shop.template.json", want)

	want["Shop/Twice/Resource"] = "cdk.json:1 nowhere in the program, and the assembly is not in version control"
	want["Shop/Resource"] = want["Shop/Twice/Resource"]
	constructs(t, load(t, assembly("55.0.0", ""), "cdk.out/"), "cdk.out/Shop.template.json", want)
}

// TestSharedLogicalIDs takes no construct for that of a logical id which several nested
// stacks have.
func TestSharedLogicalIDs(t *testing.T) {
	t.Parallel()
	r := load(t, assembly("36.0.0", `"/Shop/One/Handler/Resource": [{"type": "aws:cdk:logicalId", "data": "Handler"}],
		"/Shop/Two/Handler/Resource": [{"type": "aws:cdk:logicalId", "data": "Handler"}],
		"/Shop/Three/Handler/Resource": [{"type": "aws:cdk:logicalId", "data": "Handler"}],
		"/Shop/Pictures/Resource": [{"type": "aws:cdk:logicalId", "data": "Pictures"}]`))
	s := r.Stacks["cdk.out/Shop.template.json"]
	if c, ok := r.Construct(s, "Handler", ""); ok {
		t.Errorf("Handler is %s", c.Path)
	}
	if c, ok := r.Construct(s, "Pictures", ""); !ok || c.Path != "Shop/Pictures/Resource" {
		t.Errorf("Pictures is %q", c.Path)
	}
}

// TestSearchByClass tells of two ids that are the same which one is that of a
// construct: the one that is handed to its class.
func TestSearchByClass(t *testing.T) {
	t.Parallel()
	const program = `
-- lib/stack.ts --
const table = new dynamodb.Table<Row>(this, 'Orders', {});
new s3.Bucket(
  this, 'Orders');
new s3.Bucket(this, 'Same'); new s3.Bucket(this, 'Same');
-- cdk.out/tree.json --
{"tree": {"id": "App", "path": "", "children": {"Shop": {"id": "Shop", "path": "Shop", "children": {
  "Orders": {"id": "Orders", "path": "Shop/Orders", "constructInfo": {"fqn": "aws-cdk-lib.aws_s3.Bucket"}},
  "Same": {"id": "Same", "path": "Shop/Same", "constructInfo": {"fqn": "aws-cdk-lib.aws_s3.Bucket"}},
  "Nest": {"id": "Nest", "path": "Shop/Nest", "children": {
    "Orders": {"id": "Orders", "path": "Shop/Nest/Orders", "constructInfo": {"fqn": "aws-cdk-lib.aws_dynamodb.Table"}}}},
  "Mine": {"id": "Mine", "path": "Shop/Mine", "children": {
    "Orders": {"id": "Orders", "path": "Shop/Mine/Orders", "constructInfo": {"fqn": "constructs.Construct"}}}}
}}}}}
`
	withTree := strings.Replace(assembly("36.0.0", ""), `"Shop.assets": {"type"`,
		`"Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}, "Shop.assets": {"type"`, 1)
	constructs(t, load(t, withTree+program), "cdk.out/Shop.template.json", map[string]string{
		"Shop/Orders/Resource":      "lib/stack.ts:2 by searching the program for its id",
		"Shop/Nest/Orders/Resource": "lib/stack.ts:1 by searching the program for its id",
		"Shop/Same/Resource":        "", // two calls of the class
		"Shop/Mine/Orders/Resource": "", // a class that cannot tell
	})
}

// TestSearchThroughCalls finds the call that an id is an argument of, and ids that are
// made of a text with holes.
func TestSearchThroughCalls(t *testing.T) {
	t.Parallel()
	const program = `
-- cdk.json --
{"app": "python3 app.py"}
-- app.py --
class Shop(Stack):
    def __init__(self, scope, id):
        bucket = s3.Bucket(
            self,
            "Pictures",
            versioned=any(x for x in y),
        )
        for name in ("Admin", "Debug"):
            group = ec2.SecurityGroup(
                self, f"{name}Access")
        settings = {
            "Alone": 1,
        }
        Archive(self, "Archive")
        a = sqs.Queue(self, f"{name}Queue"); b = sqs.Queue(self, f"{name}-Queue")
        c = sqs.Queue(self, f"{a}{b}")
`
	_, rest, _ := strings.Cut(assembly("55.0.0", ""), "-- cdk.out/cdk.out --")
	rest, _, _ = strings.Cut(rest, "-- app.js --")
	constructs(t, load(t, program+"-- cdk.out/cdk.out --"+rest), "cdk.out/Shop.template.json", map[string]string{
		"Shop/Pictures/Resource":                               "app.py:3 by searching the program for its id",
		"Shop/AdminAccess/Resource":                            "app.py:9 by searching the program for its id",
		"Shop/Alone/Resource":                                  "app.py:12 by searching the program for its id", // no call around it
		"Shop/Some-Queue/Resource":                             "",                                              // two texts may make it
		"Shop/Unheard/Of":                                      "",                                              // which a text of holes alone would make
		"Shop/Archive.NestedStack/Archive.NestedStackResource": "app.py:14 by searching the program for its id",
	})
}

// The map was made by the TypeScript compiler of the four lines of src/app.ts.
func TestSourceMap(t *testing.T) {
	t.Parallel()
	const metadata = `"/Shop/Pictures/Resource": [{"type": "aws:cdk:creationStack", "data": ["<anonymous> (/x/app.js:3:1)"]}]`
	const ts = `
-- src/app.ts --
interface Nothing {}

const app: App = new App();
const stack: Stack = new Stack(app, 'Shop');
new Bucket(stack, 'Pictures');
`
	const mapping = `{"version":3,"file":"app.js","sources":["src/app.ts"],"names":[],"mappings":"AAEA;AACA;AACA"}`
	archive := strings.Replace(assembly("55.0.0", metadata), "new Bucket(other, 'Twice');\n", "new Bucket(other, 'Twice');\n//# sourceMappingURL=app.js.map\n", 1)
	r := load(t, archive+ts+"-- app.js.map --\n"+mapping+"\n")
	constructs(t, r, "cdk.out/Shop.template.json", map[string]string{"Shop/Pictures/Resource": "src/app.ts:5 by the trace of its creation and a source map"})

	// A broken map, and one that is not there, leave the compiled line.
	r = load(t, archive+ts+"-- app.js.map --\n{\"version\":3,\n")
	constructs(t, r, "cdk.out/Shop.template.json", map[string]string{"Shop/Pictures/Resource": "app.js:3 by the trace of its creation"})
	r = load(t, archive+ts)
	constructs(t, r, "cdk.out/Shop.template.json", map[string]string{"Shop/Pictures/Resource": "app.js:3 by the trace of its creation"})
}

func TestGenerated(t *testing.T) {
	t.Parallel()
	r := load(t, strings.Replace(assembly("36.0.0", ""), `"Shop.assets": {"type"`, `"Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}, "Shop.assets": {"type"`, 1)+`
-- cdk.out/tree.json --
{"version": "tree-0.1", "tree": {"id": "App", "path": "", "children": {"Shop": {"id": "Shop", "path": "Shop", "children": {
  "Mine": {"id": "Mine", "path": "Shop/Mine", "constructInfo": {"fqn": "aws-cdk-lib.CustomResourceProvider", "version": "2"}},
  "Own": {"id": "Own", "path": "Shop/Own", "constructInfo": {"fqn": "shop.CustomResourceProvider", "version": "2"}}
}}}}}
`)
	for construct, want := range map[string]bool{
		"Shop/Pictures/Resource": false,
		"Shop/Custom::S3AutoDeleteObjectsCustomResourceProvider/Handler":                        true,
		"Shop/Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C/ServiceRole/Resource": true,
		"Shop/LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a/ServiceRole/Resource":                true,
		"Shop/LogRetention/Resource": false,
		"Shop/BucketNotificationsHandler050a0587b7544547bf325f094a3db834/Role/Resource": true,
		"Shop/AWS679f53fac002430cb0da5b7982bd2287/ServiceRole/Resource":                 true,
		"Shop/Provider/framework-onEvent/ServiceRole/Resource":                          true,
		"Shop/Mine/Role":           true,
		"Shop/Own/Role":            false,
		"Shop/CDKMetadata/Default": true,
	} {
		if c, _ := r.Construct(r.Stacks["cdk.out/Shop.template.json"], "", construct); c.Generated != want {
			t.Errorf("%s: generated is %v", construct, c.Generated)
		}
	}
}

func TestMissingContext(t *testing.T) {
	t.Parallel()
	r := load(t, strings.Replace(assembly("36.0.0", ""), `"artifacts": {`, `"missing": [{"key": "vpc-provider:x", "provider": "vpc-provider"}], "artifacts": {`, 1))
	if len(r.Diagnostics) != 1 || !strings.Contains(r.Diagnostics[0].Message, "one look-up has not been made (vpc-provider)") {
		t.Errorf("diagnostics %v", r.Diagnostics)
	}
	s := r.Stacks["cdk.out/Shop.template.json"]
	for text, want := range map[string]bool{"vpc-12345": true, "dummy1a": true, "dummy-value-for-/a/b": true, "vpc-0a1b2c3d4e5f": false, "a": false, "": false} {
		if s.IsPlaceholder(text) != want {
			t.Errorf("%s: placeholder is %v", text, !want)
		}
	}
	if whole := load(t, assembly("36.0.0", "")).Stacks["cdk.out/Shop.template.json"]; whole.IsPlaceholder("vpc-12345") {
		t.Error("a placeholder where nothing is missing")
	}
}

func TestBrokenAssemblies(t *testing.T) {
	t.Parallel()
	whole := assembly("55.0.0", "")
	cut := func(name string) string {
		before, after, _ := strings.Cut(whole, "-- "+name+" --\n")
		_, after, _ = strings.Cut(after, "\n-- ")
		return before + "-- " + after
	}
	for name, c := range map[string]struct {
		archive, want string
		stacks        int
	}{
		"no template":        {cut("cdk.out/Shop.template.json"), "error: names cdk.out/Shop.template.json as the template of the stack Shop, which is not there", 0},
		"no assets":          {cut("cdk.out/Shop.assets.json"), "warning: is named by the manifest of its CDK assembly and is not there", 1},
		"no nested template": {cut("cdk.out/ShopNest.nested.template.json"), "", 1},
		"broken manifest":    {strings.Replace(whole, `"artifacts"`, `artifacts`, 1), "error: is the manifest of a CDK assembly and can't be read: line 1", 0},
		"broken metadata":    {strings.Replace(whole, `"metadata": {}`, `"metadata": 3`, 1), "error: is the manifest of a CDK assembly and can't be read: line 5", 0},
		"a new schema":       {strings.ReplaceAll(whole, "55.0.0", "90.1.0"), "note: has version 90.1.0 of the schema", 2},
		"no stage": {strings.Replace(whole, `"Shop.assets": {"type"`, `"s": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-P"}}, "Shop.assets": {"type"`, 1),
			"error: names the assembly cdk.out/assembly-P, which is not there", 2},
		"another manifest": {"-- manifest.json --\n{\"name\": \"app\", \"icons\": []}\n", "", 0},
		"failed program":   {"-- sub/cdk.json --\n{\"app\": \"go run .\"}\n-- sub/cdk.out/asset.1/index.js --\n", `sub/cdk.out has no manifest.json, as if the program had failed: run "npx cdk synth" in sub`, 0},
		"no assembly":      {"-- sub/cdk.json --\n{\"app\": \"go run .\"}\n", `warning: is the configuration of a CDK program, of which sub/cdk.out is not there: run "npx cdk synth" in sub`, 0},
		"another output":   {"-- cdk.json --\n{\"app\": \"go run .\", \"output\": \"build\"}\n", "of which build is not there", 0},
		"a library":        {"-- cdk.json --\n{\"context\": {}}\n", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := load(t, c.archive)
			var said []string
			for _, d := range r.Diagnostics {
				said = append(said, d.Level.String()+": "+d.Message)
			}
			if c.want == "" && len(said) > 0 || !strings.Contains(strings.Join(said, "\n"), c.want) {
				t.Errorf("diagnostics %q, want %q", said, c.want)
			}
			if len(r.Stacks) != c.stacks {
				t.Errorf("%d stacks, want %d", len(r.Stacks), c.stacks)
			}
		})
	}
}

// Assemblies that hold each other, or themselves, end.
func TestCycle(t *testing.T) {
	t.Parallel()
	const m = `{"version": "55.0.0", "artifacts": {"a": {"type": "cdk:cloud-assembly", "properties": {"directoryName": %q}}}}`
	load(t, "-- a/manifest.json --\n"+fmt.Sprintf(m, ".")+"\n")
	load(t, "-- a/manifest.json --\n"+fmt.Sprintf(m, "b")+"\n-- a/b/manifest.json --\n"+fmt.Sprintf(m, "..")+"\n")
	load(t, "-- a/manifest.json --\n"+fmt.Sprintf(m, "../../..")+"\n")
}

func BenchmarkLoad(b *testing.B) {
	dir := b.TempDir()
	var artifacts, paths []string
	for i := range 100 {
		name := fmt.Sprintf("S%d.template.json", i)
		paths = append(paths, name)
		artifacts = append(artifacts, fmt.Sprintf(`"S%d": {"type": "aws:cloudformation:stack", "properties": {"templateFile": %q}}`, i, name))
		if err := os.WriteFile(filepath.Join(dir, name), []byte("{}"), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(`{"artifacts": {`+strings.Join(artifacts, ",")+`}}`), 0o600); err != nil {
		b.Fatal(err)
	}
	paths = append(paths, "manifest.json")
	slices.Sort(paths)
	tree, err := source.NewTree(dir)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if r := cdk.Load(cdk.Options{Tree: tree, Files: source.NewFileSet(), Paths: paths}); len(r.Stacks) != 100 {
			b.Fatal(len(r.Stacks))
		}
	}
}
