package value

import (
	"slices"
	"sync"

	"github.com/wacheck/wacheck/source"
)

// OriginID names an entry of an [Origins] table. Zero is "written right here".
type OriginID uint32

// OriginKind says through what a value came, or why it is not known.
type OriginKind uint8

const (
	// OriginNone is a literal at the place of use.
	OriginNone OriginKind = iota

	// Ways by which a value comes.

	// VariableDefault is the default of a Terraform variable.
	VariableDefault
	// VariableFile is a tfvars file.
	VariableFile
	// VariableFlag is --var on the command line.
	VariableFlag
	// VariableEnv is an environment variable TF_VAR_*.
	VariableEnv
	// PlanVariable is what a plan says that a variable had.
	PlanVariable
	// WrapperInput is an input of a wrapper of Terraform: Terragrunt.
	WrapperInput
	// ModuleArgument is an argument of a module call.
	ModuleArgument
	// Local is a local value.
	Local
	// ModuleOutput is an output of a module or stack.
	ModuleOutput
	// Attribute is an attribute of another resource.
	Attribute
	// Joined is a data source that is taken to read something of the scan.
	Joined
	// ParameterDefault is the Default of a CloudFormation parameter.
	ParameterDefault
	// ParameterFile is a file or flag with parameter values.
	ParameterFile
	// StackTag is a tag of a stack, which its resources get.
	StackTag
	// Decided is a condition that the inputs decide, and that chose a value.
	Decided
	// Mapping is an entry of a CloudFormation mapping.
	Mapping
	// Several joins the origins of a value that was made of several.
	Several

	// Reasons for which a value is not known.

	// NoValue is a variable or parameter without value or default.
	NoValue
	// Computed is known only after the resource exists.
	Computed
	// DataSource is read from the account when the plan is made.
	DataSource
	// UnsupportedFunction can't be computed from the files.
	UnsupportedFunction
	// MissingModule lies in a module whose source is not here.
	MissingModule
	// ImportValue comes from a stack that is not in the scan.
	ImportValue
	// DynamicReference is resolved by CloudFormation at deployment ({{resolve:…}}).
	DynamicReference
	// PseudoParameter depends on where the stack is deployed (AWS::AccountId, …).
	PseudoParameter
	// UndecidedCondition depends on a condition that the files do not decide.
	UndecidedCondition
	// AllowedValues is a parameter that may take any of several values.
	AllowedValues
	// InvalidInput is broken; a diagnostic says how.
	InvalidInput
	// DependsOnUnknown is computed from something that is not known.
	DependsOnUnknown
)

// IsReason reports that k explains why a value is not known.
func (k OriginKind) IsReason() bool { return k >= NoValue }

var originSlugs = [...]string{
	"literal", "variable-default", "variable-file", "variable-flag", "variable-env", "plan-variable", "wrapper-input", "module-argument", "local",
	"module-output", "attribute", "joined", "parameter-default", "parameter-file", "stack-tag", "decided", "mapping", "several",
	"no-value", "computed", "data-source", "unsupported-function", "missing-module", "import-value",
	"dynamic-reference", "pseudo-parameter", "undecided-condition", "allowed-values", "invalid-input", "depends-on-unknown",
}

// String returns a stable slug, such as "no-value".
func (k OriginKind) String() string { return originSlugs[k] }

// Origin is one step on the way of a value to its place.
type Origin struct {
	Kind OriginKind
	// Name is what the step goes through as the user writes it: "var.size",
	// "module.db", "Parameters.Size", "aws_vpc.main.id".
	Name string
	// Detail completes a reason: "has no value and no default". Optional.
	Detail string
	// Span is the place of the step: the default, the tfvars line, the argument.
	Span source.Span
	// From is where the value of this step came from; several only for Several.
	From []OriginID
}

// Origins is the table of all origins of a scan. It is safe for concurrent use.
type Origins struct {
	mu    sync.RWMutex
	list  []Origin
	index map[originKey]OriginID
}

type originKey struct {
	kind         OriginKind
	name, detail string
	span         source.Span
	from         OriginID
}

// NewOrigins returns an empty table.
func NewOrigins() *Origins {
	return &Origins{list: make([]Origin, 1), index: map[originKey]OriginID{}}
}

// Add returns the id of o. Equal origins with at most one predecessor share an id.
func (t *Origins) Add(o Origin) OriginID {
	key := originKey{kind: o.Kind, name: o.Name, detail: o.Detail, span: o.Span}
	if len(o.From) > 0 {
		key.from = o.From[0]
	}
	shared := len(o.From) <= 1
	t.mu.Lock()
	defer t.mu.Unlock()
	if shared {
		if id, ok := t.index[key]; ok {
			return id
		}
	}
	id := OriginID(len(t.list))
	t.list = append(t.list, o)
	if shared {
		t.index[key] = id
	}
	return id
}

// Join returns one id that stands for all of ids, without zeros and repetitions.
func (t *Origins) Join(ids ...OriginID) OriginID {
	var distinct []OriginID
	for _, id := range ids {
		if id != 0 && !slices.Contains(distinct, id) {
			distinct = append(distinct, id)
		}
	}
	switch len(distinct) {
	case 0:
		return 0
	case 1:
		return distinct[0]
	}
	return t.Add(Origin{Kind: Several, From: distinct})
}

// At returns the origin of that id; the zero Origin for 0.
func (t *Origins) At(id OriginID) Origin {
	if t == nil || id == 0 {
		return Origin{}
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	if int(id) >= len(t.list) {
		return Origin{}
	}
	return t.list[id]
}

// MostSteps bounds the steps that [Origins.Chain] returns.
const MostSteps = 32

// Chain returns the steps from the place of use back to where the value was
// written or the reason why it is not known: nearest first, at most MostSteps,
// each once. Where several origins join, their chains follow each other.
func (t *Origins) Chain(id OriginID) []Origin {
	const visits = 1024 // bounds the search among origins that were made of thousands
	var out []Origin
	seen := map[OriginID]bool{}
	var walk func(OriginID)
	walk = func(id OriginID) {
		if id == 0 || seen[id] || len(out) >= MostSteps || len(seen) >= visits {
			return
		}
		seen[id] = true
		o := t.At(id)
		if o.Kind != Several && o.Kind != OriginNone {
			out = append(out, o)
		}
		for _, f := range o.From {
			walk(f)
		}
	}
	walk(id)
	return out
}

// Reasons returns those steps of the chain that say why a value is not known.
// DependsOnUnknown is left out when there is a better one.
func (t *Origins) Reasons(id OriginID) []Origin {
	var out, vague []Origin
	for _, o := range t.Chain(id) {
		switch {
		case o.Kind == DependsOnUnknown:
			vague = append(vague, o)
		case o.Kind.IsReason():
			out = append(out, o)
		}
	}
	if len(out) == 0 {
		return vague
	}
	return out
}
