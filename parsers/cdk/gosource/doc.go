// Package gosource finds where a CDK program in Go creates its constructs, by
// following the source from main: it is read, and never run or compiled. The
// modules of the CDK do not have to be there.
//
// What matters is the first two arguments of a constructor, the scope and the id.
// Ids are followed through constants, variables, text that is put together, helper
// functions, methods, fields and loops; what is not known is a wildcard. Branches
// are all taken. A line is given only if no other place could have made the same
// construct.
package gosource
