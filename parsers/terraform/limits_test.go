package terraform

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// A few lines can ask for more than any machine has. What is too much is told, and
// what else the files hold is evaluated.
func TestTooMuchIsUnknown(t *testing.T) {
	chain := func(first, format string, n int) string {
		var b strings.Builder
		fmt.Fprintf(&b, "locals {\n  a0 = %s\n", first)
		for i := 1; i <= n; i++ {
			fmt.Fprintf(&b, "  a%d = %s\n", i, strings.ReplaceAll(format, "LAST", fmt.Sprintf("local.a%d", i-1)))
		}
		return b.String() + fmt.Sprintf("}\nresource \"aws_s3_bucket\" \"big\" {\n  bucket = jsonencode(local.a%d)\n}\n", n)
	}
	calls := func(source string) string {
		var b strings.Builder
		for i := range 60 {
			fmt.Fprintf(&b, "module \"m%d\" {\n  source = %q\n}\n", i, source)
		}
		return b.String()
	}
	ten := "[for x in [1, 2, 3, 4, 5, 6, 7, 8, 9, 0] : LAST]"
	for _, tc := range []struct {
		name, want string
		files      map[string]string
	}{
		{"text that doubles", "takes too much memory", map[string]string{"main.tf": chain(`"xxxxxxxxxx"`, `"`+strings.Repeat("${LAST}", 10)+`"`, 8)}},
		{"lists that double", "takes too much memory", map[string]string{"main.tf": chain("[1]", "["+strings.Repeat("LAST, ", 10)+"]", 20)}},
		{"loops over loops", "takes too much memory", map[string]string{"main.tf": chain("[1]", ten, 20)}},
		{"modules of modules", "has more than 200000 instances", map[string]string{
			"main.tf":   calls("./a"),
			"a/main.tf": calls("../b"),
			"b/main.tf": calls("../c"),
			"c/main.tf": "resource \"aws_s3_bucket\" \"b\" {\n}\n",
		}},
		{"counts of counts", "they are treated as one that may exist", map[string]string{
			"main.tf":   "module \"m\" {\n  source = \"./a\"\n  count  = 300\n}\n",
			"a/main.tf": "resource \"aws_s3_bucket\" \"b\" {\n  count = 1000\n}\n",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ar := &txtar.Archive{}
			for name, text := range tc.files {
				if name == "main.tf" {
					text += "resource \"aws_s3_bucket\" \"small\" {\n  bucket = \"small\"\n}\n"
				}
				ar.Files = append(ar.Files, txtar.File{Name: name, Data: []byte(text)})
			}
			start := time.Now()
			got := evaluated(t, ar)
			if !strings.Contains(got, tc.want) || !strings.Contains(got, `bucket = "small"`) {
				t.Errorf("want %q and the small bucket in\n%.3000s", tc.want, got)
			}
			if took := time.Since(start); took > time.Minute {
				t.Errorf("it took %v", took)
			}
		})
	}
}
