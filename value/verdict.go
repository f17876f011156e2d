package value

import (
	"slices"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value/tri"
)

// Verdict is the answer to "is this as it should be?": True is as it should
// be, False is a defect, Unknown is open. The zero Verdict is open. It carries
// the facts on which it rests, so that a finding can prove itself.
type Verdict struct {
	// Result is True for good, False for a defect.
	Result tri.Bool
	// Variant names a milder or graver form of the defect that the rule declares.
	Variant string
	facts   []Fact
	// cases are verdicts about some of all deployments each, where the verdict
	// depends on which it is; nil if it doesn't, or that is not known.
	cases []outcome
}

// Fact is one thing that a verdict rests on.
type Fact struct {
	// Text states it in a clause without subject or full stop:
	// "storage_encrypted is false".
	Text string
	// Span is the place that shows it: a value, or the head of the block in
	// which something is missing.
	Span source.Span
	// Origin is where the value came from, or why it is unknown.
	Origin OriginID
	// Open marks what is not known and would have to be to decide.
	Open bool
	// Hop marks a step of a path through the graph, in order.
	Hop bool
	// Secret marks a fact whose Text must not show its value.
	Secret bool
}

// Good returns a passing verdict.
func Good(facts ...Fact) Verdict { return Verdict{Result: tri.True, facts: facts} }

// Bad returns a failing verdict.
func Bad(facts ...Fact) Verdict { return Verdict{Result: tri.False, facts: facts} }

// Open returns an undecided verdict; the facts say what is missing.
func Open(facts ...Fact) Verdict {
	missing := slices.Clone(facts) // they may be those of a verdict that others read
	for i := range missing {
		missing[i].Open = true
	}
	return Verdict{Result: tri.Unknown, facts: missing}
}

// That returns a verdict from a decided or undecided statement.
func That(b tri.Bool, facts ...Fact) Verdict {
	switch b {
	case tri.True:
		return Good(facts...)
	case tri.False:
		return Bad(facts...)
	case tri.Unknown:
	}
	return Open(facts...)
}

// Facts returns what the verdict rests on, in order.
func (v Verdict) Facts() []Fact { return v.facts }

// IsGood reports that the verdict is decided and good.
func (v Verdict) IsGood() bool { return v.Result == tri.True }

// IsBad reports that the verdict is decided and bad.
func (v Verdict) IsBad() bool { return v.Result == tri.False }

// IsOpen reports that the verdict is not decided.
func (v Verdict) IsOpen() bool { return v.Result == tri.Unknown }

// With returns v with more facts behind its own.
func (v Verdict) With(facts ...Fact) Verdict {
	v.facts = append(append([]Fact(nil), v.facts...), facts...)
	return v.mapped(func(one Verdict) Verdict { return one.With(facts...) })
}

// As names the variant of the defect, if it is one.
func (v Verdict) As(variant string) Verdict {
	v.Variant = variant
	return v.mapped(func(one Verdict) Verdict { return one.As(variant) })
}

// Not turns good into bad; facts stay.
func (v Verdict) Not() Verdict {
	v.Result = v.Result.Not()
	return v.mapped(Verdict.Not)
}

// And is bad if any is bad, with the facts of the first bad one; good if all
// are good; else open with the facts of the open ones.
func (v Verdict) And(others ...Verdict) Verdict { return All(append([]Verdict{v}, others...)...) }

// Or is good if any is good; bad if all are bad, with the facts of all; else
// open with the facts of the open ones.
func (v Verdict) Or(others ...Verdict) Verdict { return Either(append([]Verdict{v}, others...)...) }

// Unless makes v good where the exception holds, and open where v is bad and
// it is not known whether the exception holds.
func (v Verdict) Unless(exception Verdict) Verdict {
	return byCase(v.unless(exception), []Verdict{v, exception}, func(vs []Verdict) Verdict { return vs[0].unless(vs[1]) })
}

func (v Verdict) unless(exception Verdict) Verdict {
	if v.IsGood() || exception.IsGood() {
		return Good()
	}
	if exception.IsOpen() {
		if v.IsOpen() {
			return v
		}
		return Open(exception.facts...)
	}
	return v
}

// When restricts v to where the condition holds: the opposite of Unless.
func (v Verdict) When(condition Verdict) Verdict { return v.Unless(condition.Not()) }

// All is the conjunction of verdicts; All() is good.
func All(vs ...Verdict) Verdict { return byCase(all(vs), vs, all) }

func all(vs []Verdict) Verdict {
	out := Good()
	for _, v := range vs {
		switch v.Result {
		case tri.False:
			return v
		case tri.Unknown:
			if out.Result == tri.Unknown {
				out = out.With(v.facts...)
			} else {
				out = v
			}
		case tri.True:
			if out.Result == tri.True {
				out = out.With(v.facts...)
			}
		}
	}
	return out
}

// Either is the disjunction of verdicts; Either() is bad.
func Either(vs ...Verdict) Verdict { return byCase(either(vs), vs, either) }

func either(vs []Verdict) Verdict {
	out := Bad()
	for _, v := range vs {
		switch v.Result {
		case tri.True:
			return v
		case tri.Unknown:
			if out.Result == tri.Unknown {
				out = out.With(v.facts...)
			} else {
				out = v
			}
		case tri.False:
			if out.Result == tri.False {
				variant := v.Variant
				if variant == "" {
					variant = out.Variant
				}
				out = out.With(v.facts...)
				out.Variant = variant
			}
		}
	}
	return out
}
