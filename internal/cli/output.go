package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/spf13/pflag"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/internal/driver"
	"github.com/wacheck/wacheck/internal/ruledoc"
	"github.com/wacheck/wacheck/report"
	"github.com/wacheck/wacheck/sarif"
)

const formatSARIF = "sarif"

// outputFlags say what is written, and where to.
type outputFlags struct {
	format  string
	outputs []string
	noColor bool
	quiet   bool
	explain bool
	opens   bool
	// shown, if not nil, turns paths relative to the root of the scan into those of the text.
	shown func(string) string
	// unchanged lists what was there at the base, too.
	unchanged bool
	// sarifProfile is what is written as SARIF: what GitHub takes, or all.
	sarifProfile  string
	sarifAccepted bool
	// sarifRoot is what paths in SARIF are relative to; empty for the root of the
	// tree.
	sarifRoot string
	category  string
}

// The profiles of SARIF.
const (
	sarifGitHub = "github"
	sarifFull   = "full"
)

func (f *outputFlags) register(fs *pflag.FlagSet) {
	fs.StringVarP(&f.format, "format", "f", report.Text, "`FORMAT` of the output: "+strings.Join(formats(), ", "))
	fs.StringArrayVarP(&f.outputs, "output", "o", nil, "write to `FILE`, or FORMAT=FILE; repeatable (- is standard output)")
	fs.BoolVar(&f.noColor, "no-color", false, "no colours (also: NO_COLOR in the environment)")
	fs.BoolVarP(&f.quiet, "quiet", "q", false, "a line for each finding, and nothing else")
	fs.BoolVar(&f.explain, "explain", false, "say why each finding matters, and all that is known about it")
	fs.BoolVar(&f.opens, "opens", false, "list the verdicts that could not be decided")
	fs.BoolVar(&f.unchanged, "unchanged", false, "with a base, list findings that were there, too")
	fs.StringVar(&f.sarifProfile, "sarif-profile", sarifGitHub, "github (what code scanning takes) or full (adds undecided and accepted results, and the comparison)")
	fs.BoolVar(&f.sarifAccepted, "sarif-include-suppressed", false, "write accepted findings as SARIF, too, with who accepted them")
	fs.StringVar(&f.sarifRoot, "sarif-root", "", "paths in SARIF are relative to `DIR` (default: the git work tree)")
	fs.StringVar(&f.category, "category", "", "`NAME` that tells several SARIF analyses of one commit apart")
}

func formats() []string { return append(report.Formats(), formatSARIF) }

// output is one thing to write. An empty path is standard output.
type output struct{ format, path string }

// plan resolves the flags. FORMAT=FILE adds to the text on the terminal; a plain
// FILE takes the place of standard output for --format.
func (f *outputFlags) plan() ([]output, error) {
	if err := knownFormat("--format", f.format); err != nil {
		return nil, err
	}
	if f.sarifProfile != "" && f.sarifProfile != sarifGitHub && f.sarifProfile != sarifFull {
		err := fmt.Errorf("--sarif-profile: unknown profile %q (one of %s, %s)", f.sarifProfile, sarifGitHub, sarifFull)
		return nil, withHint(err, f.sarifProfile, []string{sarifGitHub, sarifFull})
	}
	main := output{format: f.format}
	var more []output
	for _, o := range f.outputs {
		format, file, ok := strings.Cut(o, "=")
		if !ok || !isFormat(format) {
			if ok && !strings.ContainsAny(format, "/.") {
				return nil, knownFormat("--output", format)
			}
			if main.path != "" {
				return nil, fmt.Errorf("--output %s: %s already takes the format %s; write FORMAT=FILE", o, main.path, f.format)
			}
			main.path = o
			continue
		}
		if file == "" {
			return nil, fmt.Errorf("--output %s: expected FORMAT=FILE", o)
		}
		more = append(more, output{format, file})
	}
	for i, o := range more {
		if o.path == "-" {
			more[i].path, main.path = "", os.DevNull
		}
	}
	if main.path == "-" {
		main.path = ""
	}
	return append([]output{main}, more...), nil
}

func isFormat(name string) bool {
	return slices.Contains(formats(), name)
}

func knownFormat(flag, name string) error {
	if isFormat(name) {
		return nil
	}
	return withHint(fmt.Errorf("%s: unknown format %q (one of %s)", flag, name, strings.Join(formats(), ", ")), name, formats())
}

// write writes all outputs. A file appears whole or not at all.
func (f *outputFlags) write(stdout io.Writer, outputs []output, out *driver.Output) error {
	for _, o := range outputs {
		if o.path == os.DevNull {
			continue
		}
		w, err := f.writer(o, stdout, out)
		if err != nil {
			return err
		}
		if o.path == "" {
			if err := w.Write(stdout, out.Result); err != nil {
				return err
			}
			continue
		}
		if err := writeFile(o.path, w, out.Result); err != nil {
			return err
		}
	}
	return nil
}

func (f *outputFlags) writer(o output, stdout io.Writer, out *driver.Output) (report.Writer, error) {
	if o.format == formatSARIF {
		full := f.sarifProfile == sarifFull
		o := sarif.Options{Version: version(), Help: ruleHelp(), HelpURI: ruledoc.URL, Category: f.category,
			IncludeOpen: full, IncludeAccepted: full || f.sarifAccepted, IncludeChange: full}
		var err error
		if f.sarifRoot != "" {
			o.Prefix, o.Below, err = apart(f.sarifRoot, out.Root)
		}
		return sarif.New(o), err
	}
	opts := report.Options{Version: version(), Quiet: f.quiet, Explain: f.explain, Opens: f.opens, Unchanged: f.unchanged}
	if o.path == "" {
		opts.Color = f.colored(stdout)
	}
	if o.format == report.Text {
		if opts.Path = f.shown; opts.Path == nil {
			opts.Path = shownFrom(workingDir(), out.Root)
		}
	}
	return report.New(o.format, opts)
}

// apart relates the root that paths in SARIF start from to that of the tree: one of
// them lies in the other.
func apart(from, tree string) (prefix, below string, err error) {
	abs, err := filepath.Abs(from)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return "", "", fmt.Errorf("--sarif-root: %w", withoutOp(err))
	}
	rel := func(base, name string) string {
		r, relErr := filepath.Rel(base, name)
		if relErr != nil {
			err = relErr
		}
		return strings.TrimPrefix(filepath.ToSlash(r), ".")
	}
	switch {
	case within(abs, tree):
		prefix = rel(abs, tree)
	case within(tree, abs):
		below = rel(tree, abs)
	default:
		err = fmt.Errorf("--sarif-root: %s has nothing to do with what is analysed", from)
	}
	return prefix, below, err
}

// colored reports whether to use colours: on a terminal, unless somebody said no
// (https://no-color.org).
func (f *outputFlags) colored(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && !f.noColor && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isatty.IsTerminal(file.Fd())
}

func writeFile(path string, w report.Writer, r *analysis.Result) error {
	var buf bytes.Buffer
	if err := w.Write(&buf, r); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".wacheck-*")
	if err != nil {
		return fmt.Errorf("--output %s: %w", path, err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already if all went well
	if _, err = tmp.Write(buf.Bytes()); err == nil {
		err = tmp.Chmod(0o644)
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("--output %s: %w", path, err)
	}
	return nil
}
