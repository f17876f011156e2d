// Package funcs is the function table of the Terraform language (version 1.11),
// made for reading configurations that nobody is going to apply: it has every
// name that `terraform metadata functions` lists, the same under "core::", and
// the three functions of the built-in provider. The one thing left out is the
// console's own "type".
//
// It differs from the real table where a static analyser has to:
//
//   - What depends on the moment or the machine (timestamp, uuid, bcrypt, a home
//     directory, the path of the checkout) is unknown, as it is in a plan.
//   - Files are read below Options.Root and nowhere else, whatever symbolic links
//     say. A file that is absent or out of bounds makes the result unknown: it may
//     be there where the configuration is applied.
//   - Work is bounded, see below.
//
// # Marks
//
// The evaluator carries what a value refers to, and where it came from, as cty
// marks. Hence no function here loses a mark of anything that its result rests
// on, and where a function only moves elements about (compact, distinct, sort,
// one, coalesce, formatlist, …) each element keeps its own marks instead of
// sharing them with its neighbours. cty's own handling falls short of this in
// one place that matters: an unknown argument for a parameter with AllowMarked
// yields an unknown result without that argument's marks. The functions of the
// table are therefore wrapped (see entry).
//
// Of all marks only [Sensitive] and [Ephemeral] mean something to the functions
// themselves. Sensitive spreads as it does in Terraform, that is at times wider
// than the others: sort(["a", sensitive("b")]) is sensitive as a whole.
//
// # Bounds
//
// A configuration is input from a stranger. Where a call would pass one of the
// limits in limits.go its result is unknown, through Options.Unknown with the
// reason; it is never an error, since try() would turn an error into a known
// and wrong value. Two bounds are Terraform's own and do give errors: range()
// stops at 1,024 elements, and templates cannot call template functions.
package funcs
