// Package demo holds a small estate, in Terraform and CloudFormation, that shows
// what wacheck does.
package demo

import (
	"embed"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed estate
var estate embed.FS

// Write writes the estate below a directory.
func Write(dir string) error {
	return fs.WalkDir(estate, "estate", func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel("estate", filepath.FromSlash(p))
		if err != nil {
			return err
		}
		to := filepath.Join(dir, rel)
		if e.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		data, err := estate.ReadFile(p)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	})
}
