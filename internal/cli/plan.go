package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/wacheck/wacheck/internal/driver"
	"github.com/wacheck/wacheck/parsers/plan"
)

// readPlans reads the plans, and pairs them with their sources.
func (f *inputFlags) readPlans() ([]driver.Plan, error) {
	switch {
	case len(f.plans) == 0 && len(f.sources) > 0:
		return nil, errors.New("--source: there is no --plan that it could be the configuration of")
	case len(f.plans) == 0 && f.anchor != "":
		return nil, errors.New("--anchor: there is no --plan whose findings could be shown there")
	case len(f.sources) > 1 && len(f.sources) != len(f.plans):
		return nil, fmt.Errorf("--source: there are %d for %d plans; give one for each, in the same order, or one for all", len(f.sources), len(f.plans))
	}
	var out []driver.Plan
	for i, name := range f.plans {
		p, err := readPlan(name)
		if err != nil {
			return nil, fmt.Errorf("--plan %s: %w", name, err)
		}
		d := driver.Plan{Plan: p, Name: name}
		switch len(f.sources) {
		case 0:
		case 1:
			d.Source = f.sources[0]
		default:
			d.Source = f.sources[i]
		}
		if d.Source != "" {
			if info, err := os.Stat(d.Source); err != nil || !info.IsDir() {
				return nil, fmt.Errorf("--source %s: no such directory", d.Source)
			}
		}
		out = append(out, d)
	}
	return out, nil
}

func readPlan(name string) (*plan.Plan, error) {
	var in io.Reader = os.Stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, withoutOp(err)
		}
		defer func() { _ = file.Close() }() // read only: nothing can be lost
		in = file
	}
	return plan.Read(in)
}

// placeless reports plans whose findings have no place that GitHub could show.
func (f *inputFlags) placeless() bool {
	return len(f.plans) > 0 && len(f.sources) == 0 && f.anchor == ""
}
