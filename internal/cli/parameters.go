package cli

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"github.com/wacheck/wacheck/parsers/cloudformation"
)

// readParameters are the parameters of stacks: those of files in the order in which
// they are named, and over them those of the command line.
func (f *inputFlags) readParameters() (map[string]string, error) {
	out := map[string]string{}
	for _, name := range f.paramFiles {
		content, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("--parameters: %w", withoutOp(err))
		}
		values, err := cloudformation.Parameters(filepath.ToSlash(name), content)
		if err != nil {
			return nil, fmt.Errorf("--parameters %s: %w", name, err)
		}
		maps.Copy(out, values)
	}
	typed, err := pairs("--parameter", f.parameters)
	if err != nil {
		return nil, err
	}
	maps.Copy(out, typed)
	return out, nil
}
