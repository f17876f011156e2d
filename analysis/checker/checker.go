// Package checker runs analyzers over a graph: facts first, everything that
// does not wait for something else in parallel, and turns what they decide
// into findings.
package checker

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sort"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/progress"
)

// Environments is what the product of a suite's Environment fact implements.
type Environments interface {
	// Of returns the environment of a node.
	EnvironmentOf(graph.NodeID) analysis.Environment
	// EnvironmentNameOf returns what the user calls it, if that is a name of their own.
	EnvironmentNameOf(graph.NodeID) string
}

// Suite is what is run.
type Suite struct {
	Analyzers []*analysis.Analyzer
	// Environment is the fact that tells environments apart; its product
	// implements Environments. Nil means that all are unknown.
	Environment *analysis.Analyzer
}

// Rules returns all rules of the suite, sorted by id.
func (s Suite) Rules() []*analysis.Rule {
	var out []*analysis.Rule
	for _, a := range s.Analyzers {
		out = append(out, a.Rules...)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// Validate checks what the compiler can't: that rule ids are unique, that no
// rule covers itself by way of others, since they would silence each other, and
// that no fact requires itself. A rule may cover one that does not exist yet.
func (s Suite) Validate() error {
	owner := map[string]string{}
	var errs []error
	for _, a := range s.Analyzers {
		for _, r := range a.Rules {
			for _, id := range append([]string{r.ID}, r.Aliases...) {
				if o, ok := owner[id]; ok {
					errs = append(errs, fmt.Errorf("rule %s belongs to %s and %s", id, o, a.Name))
				}
				owner[id] = a.Name
			}
		}
	}
	for _, a := range s.Analyzers {
		if err := acyclic(a, nil); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, s.validateCovers())...)
}

func (s Suite) validateCovers() error {
	var errs []error
	rules := map[string]*analysis.Rule{}
	for _, r := range s.Rules() {
		rules[r.ID] = r
	}
	var covers func(r *analysis.Rule, id string, seen map[string]bool) bool
	covers = func(r *analysis.Rule, id string, seen map[string]bool) bool {
		for _, c := range r.Covers {
			if c == id {
				return true
			}
			if next := rules[c]; next != nil && !seen[c] {
				seen[c] = true
				if covers(next, id, seen) {
					return true
				}
			}
		}
		return false
	}
	for _, r := range s.Rules() {
		if covers(r, r.ID, map[string]bool{}) {
			errs = append(errs, fmt.Errorf("rule %s covers itself", r.ID))
		}
	}
	return errors.Join(errs...)
}

func acyclic(a *analysis.Analyzer, path []*analysis.Analyzer) error {
	if slices.Contains(path, a) {
		return fmt.Errorf("fact %s requires itself", a.Name)
	}
	for _, r := range a.Requires {
		if err := acyclic(r, append(path, a)); err != nil {
			return err
		}
	}
	return nil
}

// Options restrict a run.
type Options struct {
	// Enabled says which rules are wanted; nil means all.
	Enabled func(*analysis.Rule) bool
	// Settings are what the user says of the estate; may be nil.
	Settings *analysis.Settings
	// Speaks says whether a form of a rule's defect is wanted; nil means all.
	// See analysis.Rule.ReviewVariants.
	Speaks func(r *analysis.Rule, variant string) bool
	// Observe, if not nil, is told every decision, in order of analyzer: also the
	// good ones, which an outcome only counts.
	Observe func(analysis.Decision)
	// Judge, if set, is handed all verdicts, each about one resource, before those
	// of one block are grouped. It may set what the gate has to say of a finding,
	// and its severity; findings that differ in the former are not grouped.
	Judge func(findings, opens []analysis.Finding)
}

// Outcome is what a run found out.
type Outcome struct {
	// Rules are those that were run, sorted by id.
	Rules    []*analysis.Rule
	Findings []analysis.Finding
	Opens    []analysis.Finding
	// Accepted are findings and open verdicts that the judge accepted.
	Accepted []analysis.Finding
	Decided  map[string]analysis.Count
}

// Run runs the suite. An analyzer that fails or panics is named in the error;
// the outcome then lacks its rules, and holds all the others.
func Run(ctx context.Context, g *graph.Graph, s Suite, o Options) (*Outcome, error) {
	r := &run{ctx: ctx, g: g, enabled: o.Enabled, settings: o.Settings, actions: map[*analysis.Analyzer]*action{}}
	var wanted []*action
	out := &Outcome{Decided: map[string]analysis.Count{}}
	for _, a := range s.Analyzers {
		if rules := r.wants(a); len(rules) > 0 {
			wanted = append(wanted, r.action(a))
			out.Rules = append(out.Rules, rules...)
		}
	}
	var environments *action
	if s.Environment != nil {
		environments = r.action(s.Environment)
		wanted = append(wanted, environments)
	}
	sort.Slice(out.Rules, func(i, j int) bool { return out.Rules[i].ID < out.Rules[j].ID })
	err := r.all(wanted)
	var envs Environments
	if environments != nil {
		envs, _ = environments.product.(Environments)
	}
	b := &builder{g: g, envs: envs, out: out, speaks: o.Speaks, judge: o.Judge}
	for _, a := range wanted {
		if a.pass != nil && a.err == nil {
			for _, d := range a.pass.Decisions() {
				if o.Observe != nil {
					o.Observe(d)
				}
			}
			b.add(a.pass.Decisions())
		}
	}
	b.finish()
	return out, err
}

type run struct {
	ctx      context.Context
	g        *graph.Graph
	enabled  func(*analysis.Rule) bool
	settings *analysis.Settings
	actions  map[*analysis.Analyzer]*action
}

// action is one analyzer that is run once.
type action struct {
	a       *analysis.Analyzer
	deps    []*action
	once    sync.Once
	pass    *analysis.Pass
	product any
	err     error
}

func (r *run) wants(a *analysis.Analyzer) []*analysis.Rule {
	var out []*analysis.Rule
	for _, rule := range a.Rules {
		if r.enabled == nil || r.enabled(rule) {
			out = append(out, rule)
		}
	}
	return out
}

func (r *run) action(a *analysis.Analyzer) *action {
	if act := r.actions[a]; act != nil {
		return act
	}
	act := &action{a: a}
	r.actions[a] = act
	for _, d := range a.Requires {
		act.deps = append(act.deps, r.action(d))
	}
	return act
}

// all runs the actions in parallel. An action runs its dependencies first, in
// its own goroutine or by waiting for the one that does: dependencies never
// form a cycle, so that somebody can always go on.
func (r *run) all(wanted []*action) error {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	step := progress.Begin(r.ctx, "analyzers", len(wanted))
	for _, a := range wanted {
		group.Go(func() error {
			defer step()
			r.do(a)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	var errs []error
	for _, a := range wanted {
		if a.err != nil {
			errs = append(errs, a.err)
		}
	}
	return errors.Join(errs...)
}

func (r *run) do(a *action) {
	a.once.Do(func() {
		results := map[*analysis.Analyzer]any{}
		for _, d := range a.deps {
			r.do(d)
			if d.err != nil {
				a.err = fmt.Errorf("%s: needs %w", a.a.Name, d.err)
				return
			}
			results[d.a] = d.product
		}
		if a.err = r.ctx.Err(); a.err != nil {
			return
		}
		a.pass = analysis.NewPass(a.a, r.g, results, r.enabled)
		a.pass.Settings = r.settings
		a.product, a.err = protect(a.pass)
	})
}

// protect turns a panic of an analyzer into an error that names it.
func protect(p *analysis.Pass) (product any, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("analyzer %s panicked: %v\n%s", p.Analyzer.Name, x, debug.Stack())
		}
	}()
	product, err = p.Analyzer.Run(p)
	if err != nil {
		err = fmt.Errorf("analyzer %s: %w", p.Analyzer.Name, err)
	}
	return product, err
}
