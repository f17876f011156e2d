package scale_test

import (
	"maps"
	"path"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/wacheck/wacheck/internal/scale"
)

func TestMonorepo(t *testing.T) {
	t.Parallel()
	files := scale.Monorepo(1)
	modules, roots, lines := map[string]bool{}, map[string]bool{}, 0
	for name, text := range files {
		lines += strings.Count(text, "\n")
		if dir := path.Dir(name); strings.HasPrefix(dir, "modules/") {
			modules[dir] = true
		} else {
			roots[dir] = true
		}
		if got := string(hclwrite.Format([]byte(text))); got != text {
			t.Errorf("%s: terraform fmt would change it:\n%s", name, got)
		}
	}
	if len(files) < 680 || len(files) > 720 || lines < 48_000 || lines > 52_000 || len(modules) != 71 || len(roots) != 20 {
		t.Errorf("%d files, %d lines, %d modules, %d roots", len(files), lines, len(modules), len(roots))
	}
	if again := scale.Monorepo(1); !maps.Equal(files, again) {
		t.Error("one seed gave two repositories")
	}
}
