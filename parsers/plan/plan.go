package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// Plan is what a plan says of the resources that there will be.
type Plan struct {
	// Terraform is the version that made it.
	Terraform string
	// Instances are those of resources after it is applied, and of data sources, in
	// order of address.
	Instances []Instance
	// Variables are the values of the variables of the root module, as --var takes
	// them.
	Variables map[string]string
	// Partial says that the plan leaves out a part of the configuration: by -target,
	// or because something had to be deferred.
	Partial bool

	config *tfjson.Config
}

// Instance is a resource with its values.
type Instance struct {
	// Addr is the whole address, Module that of the module it is in.
	Addr, Module string
	Type, Name   string
	Data         bool
	// Values are those after the plan is applied. Unknown has true in the place of
	// what will be known only then, Sensitive in that of what may not be shown.
	Values             map[string]any
	Unknown, Sensitive any
}

// ErrState is returned for the JSON of a state, which is easily mistaken for a plan.
var ErrState = errors.New("is a state, not a plan: write a plan with \"terraform plan -out FILE\" and show it with \"terraform show -json FILE\"")

// Read reads the JSON of a plan.
func Read(r io.Reader) (*Plan, error) {
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(content)) == 0 {
		return nil, errors.New("is empty")
	}
	if bytes.HasPrefix(content, []byte("PK\x03\x04")) {
		return nil, errors.New("is a plan in Terraform's own form: turn it into JSON with \"terraform show -json FILE\"")
	}
	var raw tfjson.Plan
	raw.UseJSONNumber(true)
	if err := raw.UnmarshalJSON(content); err != nil {
		return nil, explain(content, err)
	}
	if raw.PlannedValues == nil && raw.ResourceChanges == nil {
		if bytes.Contains(content, []byte(`"values"`)) {
			return nil, ErrState
		}
		return nil, errors.New("has neither planned_values nor resource_changes")
	}
	p := &Plan{Terraform: raw.TerraformVersion, config: raw.Config, Variables: map[string]string{}}
	p.Partial = partial(content)
	for name, v := range raw.Variables {
		if v != nil && v.Value != nil {
			p.Variables[name] = literal(v.Value)
		}
	}
	p.collect(&raw)
	return p, nil
}

// explain says what is wrong with the text of a plan.
func explain(content []byte, err error) error {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		line := 1 + bytes.Count(content[:min(int(e.Offset), len(content))], []byte("\n"))
		return fmt.Errorf("is not JSON: line %d: %w", line, err)
	}
	return err
}

// partial reports that a plan says of itself that it is not complete. The library
// does not tell a missing word (of versions before 1.8) from false.
func partial(content []byte) bool {
	var words struct {
		Complete        *bool             `json:"complete"`
		DeferredChanges []json.RawMessage `json:"deferred_changes"`
	}
	if json.Unmarshal(content, &words) != nil {
		return false
	}
	return words.Complete != nil && !*words.Complete || len(words.DeferredChanges) > 0
}

// collect joins what is planned with what of it is unknown and sensitive.
func (p *Plan) collect(raw *tfjson.Plan) {
	changes := map[string]*tfjson.Change{}
	for _, c := range raw.ResourceChanges {
		if c.DeposedKey == "" && c.Change != nil { // a deposed object is deleted, not deployed
			changes[c.Address] = c.Change
		}
	}
	found := map[string]Instance{}
	var walk func(m *tfjson.StateModule, planned bool)
	walk = func(m *tfjson.StateModule, planned bool) {
		if m == nil {
			return
		}
		for _, r := range m.Resources {
			i := Instance{Addr: r.Address, Module: m.Address, Type: r.Type, Name: r.Name, Data: r.Mode == tfjson.DataResourceMode, Values: r.AttributeValues}
			if !planned && !i.Data { // the state before is no word on what there will be
				continue
			}
			if c := changes[r.Address]; c != nil {
				i.Unknown, i.Sensitive = c.AfterUnknown, c.AfterSensitive
			} else if len(r.SensitiveValues) > 0 {
				_ = json.Unmarshal(r.SensitiveValues, &i.Sensitive) // what can't be read hides nothing that is printed
			}
			found[i.Addr] = i
		}
		for _, child := range m.ChildModules {
			walk(child, planned)
		}
	}
	if raw.PriorState != nil && raw.PriorState.Values != nil {
		walk(raw.PriorState.Values.RootModule, false)
	}
	if raw.PlannedValues != nil {
		walk(raw.PlannedValues.RootModule, true)
	}
	for _, addr := range slices.Sorted(maps.Keys(found)) {
		p.Instances = append(p.Instances, found[addr])
	}
}

// literal is a value as it is typed behind --var: a text as it is, anything else as
// an expression. JSON is one, but for the signs that begin a template.
func literal(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(string(b))
}
