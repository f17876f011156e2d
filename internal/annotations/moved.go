package annotations

import (
	"bytes"
	"path"
	"strings"

	"github.com/wacheck/wacheck/internal/hcleval"
	"github.com/wacheck/wacheck/source"
)

// Moved is what something in the modules of a directory was called before.
type Moved struct{ Dir, From, To string }

// ReadMoved reads the moved blocks of Terraform files.
func ReadMoved(files []*source.File) []Moved {
	var out []Moved
	for _, f := range files {
		name := strings.TrimSuffix(f.Path, ".json")
		if ext := path.Ext(name); ext != ".tf" && ext != ".tofu" || !bytes.Contains(f.Content, []byte("moved")) {
			continue
		}
		for _, m := range hcleval.ParseFile(f).Moved(f) {
			out = append(out, Moved{path.Dir(f.Path), m.From, m.To})
		}
	}
	return out
}
