// Package analysistest tests rules, after the package of that name in
// golang.org/x/tools/go/analysis. Each rule has an archive
// testdata/<rule-id>.txtar (golang.org/x/tools/txtar) beside its analyzer; a
// package of rules runs all of them:
//
//	func TestRules(t *testing.T) { analysistest.Run(t, all.Suite(), "testdata") }
//
// # Scenarios
//
// The directories of an archive are scenarios: bad/, good/ and open/, and any
// number of further ones with a suffix, such as bad-modules/ or
// good-lookalike/. A scenario holds main.tf or template.yaml or both, and
// whatever belongs to them: more files, modules/net/main.tf, terraform.tfvars,
// directories prod/ and dev/ that are roots of their own, further templates.
// The two languages are scanned apart from each other, with the scenario's
// directory as the root of the scan. Only the rule of the archive runs, so that
// no other silences it.
//
// What a rule must stay silent about stands in a scenario good or in one
// beside the defects: whatever is not annotated must not be reported.
//
// # Annotations
//
// They are comments in the files:
//
//	# want rule-id "regexp"        a finding that is shown at this line
//	# ok rule-id                   the resource that begins at this line is decided, and passes
//	# open rule-id "regexp"        an open verdict, shown at this line or about the resource that begins here
//	# todo want rule-id "regexp"   a known gap: fails as soon as there is such a finding
//	# todo ok rule-id              a known false finding or open verdict: fails as soon as it is gone
//
// The pattern, in quotes or backquotes, must match the message, a step of the
// evidence, or a reason. Several patterns stand for as many findings. In
// brackets, want rule-id[high] also compares the severity, want rule-id[review]
// the profile from which on the finding speaks, and rule-id[high review] both.
// The findings and the open verdicts must be exactly those that are annotated.
//
// # Header
//
// Before the first file the archive says in prose what it shows. Lines of these
// forms are options, each with its reason:
//
//	only: terraform — CloudFormation has no such property
//	counts: bad-modules — nested stacks have no for_each
//	layouts: bad-folders — the names of the directories are the point
//	silent: good — that there is such a resource is the defect
//
// The first restricts the archive to one language; the second allows a scenario
// to have different numbers of findings in the two; the third exempts one from
// being laid out in modules; the fourth says that there is nothing to decide
// where all is good, or nothing that could be open: what looks like the defect
// must stay silent all the same.
//
// # What is asserted beside the annotations
//
//   - Both languages show the defect, its absence and an open case, and have
//     the same number of findings in each scenario.
//   - Law 2: each piece of information in the graph is taken away in turn (the
//     value of each attribute at any depth, each element of a list, the length
//     of lists, what else objects may hold, the existence of nodes, default tags
//     of providers, inputs of units). Verdicts may become open; none flips, none
//     that was bad or open goes away, and no finding appears.
//   - The order of blocks and resources, and the files that they stand in, do
//     not matter, also not to the identities of findings.
//   - Every finding is shown within its resource, a part of it, or a resource
//     that the decision names as concerned; every step lies in a file; the
//     message names a resource; an open verdict gives a reason.
//   - In Terraform, the verdicts are the same when the scenario is called as a
//     module three levels deep, when its blocks are dealt out to sibling modules
//     that hand each other outputs, and when it is a registry module found in
//     .terraform/modules (requirement UR-1.1). What can't be laid out so, such
//     as blocks that do not refer to each other, is skipped with the reason.
package analysistest
