// Command corpusstat runs wacheck over each directory of a corpus, an estate
// each, and prints a table of what it found and what it cost:
//
//	go run ./internal/corpusstat -runs 3 ../corpus
//
// With -open it also lists every finding about ingress that admits the internet, and
// what reachability made of it.
//
// Each run is a process of its own, so that time and memory are those of the
// whole program. A file that is not accounted for, or a run that failed for
// another reason than its input, ends it with an error.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/wacheck/wacheck/internal/cli"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "scan" { // the program that is measured
		os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr))
	}
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "corpusstat:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("corpusstat", flag.ContinueOnError)
	flags.SetOutput(stderr)
	runs := flags.Int("runs", 1, "run `N` times and take the median of time and memory")
	profile := flags.String("profile", "all", "`PROFILE` of the rules: gate, review or all")
	open := flags.Bool("open", false, "list what reachability made of findings of open ingress")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 || *runs < 1 {
		return fmt.Errorf("usage: corpusstat [-runs N] [-profile PROFILE] [-open] DIRECTORY")
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	estates, err := estatesOf(flags.Arg(0))
	if err != nil {
		return err
	}
	var rows []row
	var opens []openRule
	for _, e := range estates {
		m := measurement{program: self, profile: *profile}
		for range *runs {
			if err := m.run(e); err != nil {
				return fmt.Errorf("%s: %w", filepath.Base(e), err)
			}
		}
		r, err := rowOf(filepath.Base(e), &m)
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(e), err)
		}
		rows = append(rows, r)
		opens = append(opens, openRulesOf(filepath.Base(e), m.document)...)
	}
	if err := writeTable(stdout, rows); err != nil || !*open {
		return err
	}
	return writeOpenRules(stdout, opens)
}

// estatesOf lists the directories of a corpus, in order.
func estatesOf(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s holds no directory", dir)
	}
	return out, nil
}

func median[T int | float64](list []T) T {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}
