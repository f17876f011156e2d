package value

import (
	"fmt"
	"strings"
)

// originTexts state each kind in a clause about a name.
var originTexts = map[OriginKind]string{
	VariableDefault:     "%s gets its default",
	VariableFile:        "%s is set in a variable file",
	VariableFlag:        "%s is set by --var",
	VariableEnv:         "%s is set by an environment variable",
	PlanVariable:        "%s has its value from the plan",
	WrapperInput:        "%s is an input of Terragrunt",
	ModuleArgument:      "%s is set by the module call",
	Local:               "%s is defined",
	ModuleOutput:        "%s is the output",
	Attribute:           "%s is set",
	Joined:              "%s is told by this scan",
	ParameterDefault:    "%s gets its default",
	ParameterFile:       "%s is given as parameter",
	StackTag:            "%s is a tag of the stack",
	Decided:             "%s decides",
	Mapping:             "%s is found in the mapping",
	NoValue:             "%s has no value",
	Computed:            "%s is known only after deployment",
	DataSource:          "%s is read from the account",
	UnsupportedFunction: "%s can't be computed from the files",
	MissingModule:       "the source of %s is not here",
	ImportValue:         "%s is exported by no stack of this scan",
	DynamicReference:    "%s is resolved at deployment",
	PseudoParameter:     "%s depends on where the stack is deployed",
	UndecidedCondition:  "%s is not decided by the files",
	AllowedValues:       "%s may take several values",
	InvalidInput:        "%s is invalid",
	DependsOnUnknown:    "%s depends on something unknown",
}

// Text says in a clause how a value came to its place, or why it is not known.
// The detail of a reason replaces the general words; that of a way is added.
func (o Origin) Text() string {
	if o.Detail != "" && o.Kind.IsReason() {
		return strings.TrimSpace(o.Name + " " + o.Detail)
	}
	form := originTexts[o.Kind]
	if form == "" {
		form = "%s"
	}
	name := o.Name
	if name == "" {
		name = "it"
	}
	s := fmt.Sprintf(form, name)
	if o.Detail != "" {
		s += " (" + o.Detail + ")"
	}
	return s
}
