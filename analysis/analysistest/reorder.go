package analysistest

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
)

// reversed turns the order of resources in all files around.
func reversed(lang language, files fileMap) fileMap {
	out := fileMap{}
	for p, content := range files {
		switch {
		case strings.HasSuffix(p, ".tf"):
			content = reverseBlocks(content)
		case lang == cloudFormation && path.Ext(p) != ".json":
			content = reverseResources(content)
		}
		out[p] = content
	}
	return out
}

// scattered puts each block into a file of its own, the last one first.
func scattered(files fileMap) fileMap {
	out := fileMap{}
	for p, content := range files {
		if !strings.HasSuffix(p, ".tf") {
			out[p] = content
			continue
		}
		blocks := splitBlocks(content)
		for i, b := range blocks {
			out[fmt.Sprintf("%s_%03d.tf", strings.TrimSuffix(p, ".tf"), len(blocks)-i)] = b.text
		}
	}
	return out
}

// differences compares two descriptions as sets.
func differences(how string, was, is []string) []string {
	var out []string
	for _, k := range was {
		if !slices.Contains(is, k) {
			out = append(out, fmt.Sprintf("%s it is missing that %s", how, k))
		}
	}
	for _, k := range is {
		if !slices.Contains(was, k) {
			out = append(out, fmt.Sprintf("%s it is new that %s", how, k))
		}
	}
	return out
}

// seen describes findings by what a user sees of them, lines aside, and by the
// identity that survives; and what was decided.
func seen(o *outcome) []string {
	var out []string
	for _, list := range [][]analysis.Finding{o.Findings, o.Opens} {
		for _, f := range list {
			for _, i := range f.Instances {
				out = append(out, fmt.Sprintf("%s open=%t %s %s %s (%s): %s", f.ID, f.Open, f.Severity, i.Unit, i.Address, f.Subject, f.Message))
			}
		}
	}
	return append(out, decided(o)...)
}

// decided describes decisions by resource and subject, and findings by their
// severity.
func decided(o *outcome) []string {
	var out []string
	for _, d := range o.decisions {
		out = append(out, fmt.Sprintf("%s is %s", place{nameOf(d.Node), d.Subject}, resultOf(d)))
	}
	for _, f := range o.Findings {
		for _, i := range f.Instances {
			out = append(out, fmt.Sprintf("%s is of severity %s", place{i.Unit + " " + i.Address, f.Subject}, f.Severity))
		}
	}
	return out
}
