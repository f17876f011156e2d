// Package sarif writes the result of a run as SARIF 2.1.0, in the form that
// GitHub code scanning takes: one run, one location a result, on one line of a
// file of the repository, and fingerprints that are the same as those that the
// upload action computes.
package sarif

import (
	"compress/gzip"
	"fmt"
	"io"
	"regexp"
	"strings"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/wacheck/wacheck/analysis"
)

const (
	// ToolName is the name of the tool. It never changes: alerts of a tool that
	// changes its name are never closed.
	ToolName = "wacheck"
	// FingerprintKey is the key of [analysis.Finding.ID] in fingerprints.
	FingerprintKey = "wacheck/v1"
	// DefaultMaxResults is the number of results that GitHub keeps of a run.
	DefaultMaxResults = 5000
	// MaxResults is the number of results above which GitHub refuses a run.
	MaxResults = 25000

	schemaURI      = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	informationURI = "https://github.com/wacheck/wacheck"
	// maxGzipBytes leaves room below the 10 MB that GitHub takes.
	maxGzipBytes = 9 << 20
)

// Options say how to write. The zero Options are usable.
type Options struct {
	// Version is that of the tool. It is given as semantic version too if it is one.
	Version string
	// InformationURI is the home of the tool; empty stands for that of wacheck.
	InformationURI string
	// Help returns the whole help of a rule, as text and as markdown. Where it is
	// nil or returns an empty string, the metadata of the rule stands in.
	Help func(ruleID string) (text, markdown string)
	// HelpURI returns the address of a rule's documentation, or an empty string.
	HelpURI func(ruleID string) string
	// Prefix is the slash-separated path of the scanned directory below the root of
	// the repository; empty if it is the root. With it, paths that lead out of the
	// scanned directory but not out of the repository are good locations.
	Prefix string
	// Below is the opposite: the slash-separated path of the root of the repository
	// below the scanned directory. What is not in there has no location.
	Below string
	// IncludeOpen adds the open verdicts, as results that are not failures: of the
	// kind "open", or "review" where there is a defect if a condition holds.
	IncludeOpen bool
	// Category, if set, tells several analyses of one commit apart.
	Category string
	// MaxResults is the number of results above which only the gravest are
	// written, and a notification says so; 0 stands for DefaultMaxResults. It is
	// at most MaxResults.
	MaxResults int
	// IncludeAccepted adds the findings that a suppression or the baseline accepts,
	// with who accepted them. GitHub takes no notice of that, and would open an
	// alert for each.
	IncludeAccepted bool
	// IncludeChange compares each result with the base of the run, if there is
	// one, and adds those that are gone.
	IncludeChange bool
	// Partial says that not all was run or is shown, for reasons that the result
	// does not tell.
	Partial bool
}

// Writer writes results of runs as SARIF.
type Writer struct {
	options Options
	// maxPacked is maxGzipBytes; a test makes it smaller.
	maxPacked int
}

// New returns a writer.
func New(o Options) *Writer {
	if o.InformationURI == "" {
		o.InformationURI = informationURI
	}
	if o.MaxResults <= 0 {
		o.MaxResults = DefaultMaxResults
	}
	o.MaxResults = min(o.MaxResults, MaxResults)
	return &Writer{options: o, maxPacked: maxGzipBytes}
}

// Write writes one SARIF log. The same result always gives the same bytes. The
// only errors are those of w.
func (sw *Writer) Write(w io.Writer, r *analysis.Result) error {
	data, err := sw.encode(r)
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("write SARIF: %w", err)
	}
	return nil
}

// encode leaves out the least grave results until the log has a size that GitHub
// takes.
func (sw *Writer) encode(r *analysis.Result) ([]byte, error) {
	b := newBuilder(&sw.options, r)
	limit := min(sw.options.MaxResults, len(b.groups))
	for {
		data, err := encode(b.report(limit))
		if err != nil {
			return nil, err
		}
		size, err := packedSize(data, sw.maxPacked)
		if err != nil {
			return nil, err
		}
		if size <= sw.maxPacked || limit == 0 {
			return data, nil
		}
		limit = min(limit-1, limit*9/10*sw.maxPacked/size)
	}
}

// packedSize is the size of data as it is uploaded, unless it is within the bound
// as it is.
func packedSize(data []byte, bound int) (int, error) {
	if len(data) <= bound {
		return len(data), nil
	}
	var n counter
	z := gzip.NewWriter(&n)
	if _, err := z.Write(data); err != nil {
		return 0, err
	}
	if err := z.Close(); err != nil {
		return 0, err
	}
	return int(n), nil
}

// counter counts the bytes written to it.
type counter int

// Write never fails.
func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// report builds the log with the gravest results, at most limit.
func (b *builder) report(limit int) *gosarif.Report {
	driver := gosarif.NewDriver(ToolName).WithInformationURI(b.options.InformationURI)
	if v := b.options.Version; v != "" {
		if v = strings.TrimPrefix(v, "v"); v == "" || v[0] < '0' || v[0] > '9' {
			v = "0.0.0-" + v // a version has to begin with a number to be compared
		}
		driver.WithVersion(v)
		if semantic.MatchString(v) {
			driver.SemanticVersion = &v
		}
	}
	for _, rule := range b.rules {
		driver.Rules = append(driver.Rules, b.options.descriptor(rule))
	}
	run := gosarif.NewRun(*gosarif.NewTool(driver)).WithColumnKind("unicodeCodePoints")
	if b.options.Category != "" {
		id := ToolName + "/" + b.options.Category + "/"
		run.WithAutomationDetails(&gosarif.RunAutomationDetails{ID: &id})
	}
	run.Results = b.results(limit)
	b.invocation(run, limit)
	run.Properties = b.runProperties()
	return &gosarif.Report{Version: string(gosarif.Version210), Schema: schemaURI, Runs: []*gosarif.Run{run}}
}

// semantic matches a semantic version (semver.org).
var semantic = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)
