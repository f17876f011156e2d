// Package hcleval evaluates Terraform configurations without a provider, a
// state or a network, and hands the result over as graph parts. It is the one
// place that knows HCL and cty: nothing it exports has either in its types.
//
// # Two evaluations
//
// Every expression has two results. The first is a cty value, worked out by HCL
// itself, with marks that say which resources it refers to and through what it
// came (see mark): it decides everything that must be exactly as Terraform has
// it, namely count, for_each, conditions, and what functions return. The second
// is a [value.Value], made by going down the syntax tree (see scope.lower). It
// knows where every element is written, and it keeps what cty cannot hold: one
// of several values behind an undecided condition, the known pieces of a string
// with holes, a list of which only some elements are sure, a policy inside a
// JSON string. Lowering falls back on the cty value wherever it has nothing
// better to say, so the two agree on everything that is known.
//
// Both are lazy. A variable, local, output or resource instance is evaluated at
// first use and remembered. Evaluation contexts hold only what the traversals of
// an expression name; a reference to one attribute of a resource evaluates that
// attribute alone. So the order of blocks never matters, and things that form a
// cycle only on paper do not.
//
// # Units and modules
//
// A [Config] is one directory, parsed once and shared by everything that calls
// it. [Evaluate] evaluates one root with all module instances below it. Units
// share nothing but configs, which are read only, and the table of origins, so
// they can be evaluated in parallel.
//
// # Existence
//
// A block whose count or for_each is known has one node for each instance. One
// whose count or for_each is not known has a single symbolic node, with "[*]"
// for the index, whose existence is unknown; inside it count.index, each.key
// and each.value are as far known as the expression tells. A symbolic module
// makes everything in it symbolic.
//
// # Bounds
//
// The input comes from strangers. Files are refused that would exhaust the
// stack (see guard), instances are capped (maxInstances), so are the steps of
// for expressions (maxSteps) and the depth of chains of references (maxDepth).
// What is cut off is unknown, and a diagnostic says so.
package hcleval
