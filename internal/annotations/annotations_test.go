package annotations

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wacheck/wacheck/source"
)

// targets lists what each remark of a file is about, by lines.
func targets(t *testing.T, path, text string) []string {
	t.Helper()
	files := source.NewFileSet()
	f, err := files.Add(path, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	lines := func(s source.Span) string {
		return fmt.Sprintf("%d-%d", f.Position(s.Pos).Line, f.Position(s.End).Line)
	}
	var out []string
	notes := Read(files.Files())
	for _, r := range notes.Remarks {
		var at []string
		for _, s := range r.Targets() {
			at = append(at, lines(s))
		}
		if r.Head {
			at = append(at, "head")
		}
		out = append(out, strings.TrimPrefix(r.Text, "wacheck:")+": "+strings.Join(at, " "))
	}
	for _, d := range notes.Declarations {
		out = append(out, fmt.Sprintf("%s %s %q %s: %s", d.Tool, d.ID, d.Reason, d.Expires, lines(d.Scope)))
	}
	return out
}

func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path, text string
		want       []string
	}{
		{"main.tf", `# wacheck:first
# wacheck:second
resource "a" "b" { # wacheck:behind the head
  # wacheck:inside
  x = "# wacheck:in a string"
  y = 1 # wacheck:behind an argument
  # wacheck:above a block
  inner {
    z = <<EOT
# wacheck:in a heredoc
EOT
    # wacheck:last of a block
  }

  // wacheck:slashes

} # wacheck:behind the brace

# wacheck:far from anything

/* wacheck:one
 * wacheck:two */
locals {
  l = {
    m = 1 # wacheck:in an object
  }
}
`, []string{
			"first: 3-17 head", "second: 3-17 head", "behind the head: 3-3 3-17", "inside: 3-17", "behind an argument: 6-6 6-6",
			"above a block: 8-13", "last of a block: 8-13", "slashes: 3-17", "behind the brace: 17-17 3-17", "far from anything: ",
			"one: 23-27", "two: 23-27", "in an object: 25-25",
		}},
		{"broken.tf", "# wacheck:above\nresource \"a\" \"b\" {\n  x =\n}\n", []string{"above: head"}},
		{"prod.tfvars", "# wacheck:above\nx = 1\ny = 2 # wacheck:behind\n", []string{"above: 2-2 head", "behind: 3-3 3-3"}},
		{"main.tf.json", `{
  "resource": {
    "aws_x": {
      "a": {
        "//": "wacheck:inside",
        "name": "x"
      }
    }
  }
}`, []string{"inside: 4-7"}},
		{"t.yaml", `# wacheck:top
Resources:
  # wacheck:above
  A: # wacheck:behind
    # wacheck:inside
    Type: X
    Properties:
      # wacheck:above a scalar
      S: "a # wacheck:quoted" # wacheck:behind a scalar
      # wacheck:above a list
      L:
        # wacheck:above an element
        - K: v#wacheck:no comment
        - T: |
            # wacheck:in a text
    Metadata:
      wacheck:
        ignore: [{id: r, reason: because, expires: 2027-01-31}, q]
  B:
    Type: X
    Metadata: {cfn_nag: {rules_to_suppress: [{id: W1, reason: x}]}, checkov: {skip: [{id: CKV_1, comment: y}]},
      guard: {SuppressedRules: [R1, R2]}, cdk_nag: {rules_to_suppress: {id: S1, reason: z}}}
`, []string{
			"top: 2-22 head", "above: 4-18", "behind: 4-4 4-18", "inside: 4-18", "above a scalar: 4-18", "behind a scalar: 9-9 9-9",
			"above a list: 11-15", "above an element: 13-13",
			`wacheck r "because" 2027-01-31: 4-18`, `wacheck q "" : 4-18`,
			`checkov CKV_1 "y" : 19-22`, `cfn_nag W1 "x" : 19-22`, `cdk_nag S1 "z" : 19-22`, `guard R1 "" : 19-22`, `guard R2 "" : 19-22`,
		}},
		{"t.json", `{"Metadata": {"wacheck": {"ignore": ["r"]}}, "Resources": {}}`, []string{`wacheck r "" : 1-1`}},
		{"plain.tf", "# a comment\nx = 1\n", nil},
	} {
		if diff := cmp.Diff(c.want, targets(t, c.path, c.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.path, diff)
		}
	}
}
