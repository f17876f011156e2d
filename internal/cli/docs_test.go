package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/internal/config"
)

var fenced = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// The configurations that the documents show hold.
func TestDocumentedConfigurations(t *testing.T) {
	found := 0
	for _, name := range []string{"configuration.md", "suppressions.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fenced.FindAllStringSubmatch(string(text), -1) {
			if strings.HasPrefix(m[1], "Metadata:") {
				continue
			}
			found++
			if _, problems := config.Parse([]byte(m[1]), name, "", spec()); len(problems) > 0 {
				t.Errorf("%v\n%s", problems, m[1])
			}
		}
	}
	if found < 2 {
		t.Errorf("%d configurations are documented", found)
	}
}
