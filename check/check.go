// Package check turns tables of predicates into analyzers: one row a rule, one
// function a row. It is the plain way to write a rule that looks at one
// resource and what its model holds. A rule that needs other resources, or has
// several verdicts about one, is an analyzer of its own.
package check

import (
	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// Row is one rule with its predicate.
type Row struct {
	rule   *analysis.Rule
	decide func(*analysis.Pass, *analysis.Rule)
}

// On makes a row: the predicate says whether a resource is as it should be.
// It is asked for managed resources only.
func On[T any, M aws.Model[T]](r analysis.Rule, good func(M) value.Verdict) Row {
	rule := r
	return Row{rule: &rule, decide: func(p *analysis.Pass, r *analysis.Rule) {
		for m := range aws.All[T, M](p.Graph) {
			if n := m.Node(); n.Mode == graph.Managed {
				p.Decide(r, n, good(m))
			}
		}
	}}
}

// Also makes a row decide its rule about resources of another model as well.
func Also[T any, M aws.Model[T]](row Row, good func(M) value.Verdict) Row {
	first, second := row.decide, On[T, M](*row.rule, good).decide
	row.decide = func(p *analysis.Pass, r *analysis.Rule) {
		first(p, r)
		second(p, r)
	}
	return row
}

// Table makes one analyzer of several rows.
func Table(name, doc string, rows ...Row) *analysis.Analyzer {
	a := &analysis.Analyzer{Name: name, Doc: doc}
	for _, r := range rows {
		a.Rules = append(a.Rules, r.rule)
	}
	a.Run = func(p *analysis.Pass) (any, error) {
		for _, r := range rows {
			if p.Enabled(r.rule) {
				r.decide(p, r.rule)
			}
		}
		return nil, nil
	}
	return a
}
