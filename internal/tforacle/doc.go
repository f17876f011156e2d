// Package tforacle compares what wacheck makes of a Terraform configuration with
// what Terraform itself plans for it. Terraform runs offline against a provider
// that has the schema of the real AWS provider and nothing of its logic, so it
// decides everything that is Terraform's own: which instances there are, what
// expressions come to, what is not known before the apply, and what refers to
// what. It says nothing about defaults of AWS.
//
// A [Record] is what Terraform said, in a form that is small enough to be kept
// beside a test; [Compare] sets it against a graph and counts, leaf by leaf:
//
//   - agree: both know the same, or neither knows;
//   - unknown here: Terraform knows, wacheck does not, but allows for it;
//   - contradiction: wacheck says something that Terraform's answer rules out.
//
// The tests of this package compare recorded fixtures without Terraform. Where
// WACHECK_TFORACLE names the directory of an oracle, they plan the fixtures anew,
// and the roots of the corpus, too.
package tforacle
