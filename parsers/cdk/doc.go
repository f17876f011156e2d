// Package cdk reads cloud assemblies, which "cdk synth" writes into cdk.out: the
// stacks and stages that a manifest names, where each is deployed, what of it was
// looked up and what only stands in for a look-up, which construct each resource
// comes from, and where the program creates that construct.
//
// The templates themselves are those of CloudFormation and read by its parser.
// Programs are never run.
package cdk
