// Package cloudformation reads CloudFormation and SAM templates, YAML and JSON,
// into the graph.
//
// A template is a unit: it can be deployed on its own. Its resources are nodes
// whose body is the object of their properties. What internal/cfneval can't
// decide from the files stays unknown, with the reason.
//
// What is not carried out: the Rules section, macros other than
// AWS::LanguageExtensions and the Globals of AWS::Serverless-2016-10-31, and the
// resources that SAM makes of its own types.
package cloudformation
