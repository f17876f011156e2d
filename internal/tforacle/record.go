package tforacle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// Record is what Terraform says about one root.
type Record struct {
	// Terraform is the version.
	Terraform string `json:"terraform"`
	// Resources are the instances that the plan creates or reads, by address.
	Resources []Resource `json:"resources"`
	// References are the traversals that each argument names, by address of the
	// block and then by argument.
	References map[string]map[string][]string `json:"references,omitempty"`
	// Order has what depends_on names, by address of the resource or module call.
	Order map[string][]string `json:"order,omitempty"`
	// Edges are the dependencies between blocks, without those that follow from
	// others.
	Edges [][2]string `json:"edges,omitempty"`
}

// Resource is one instance.
type Resource struct {
	Addr string `json:"addr"`
	Type string `json:"type"`
	Data bool   `json:"data,omitempty"`
	// Set are the names that the configuration of the block gives, as far as
	// the plan tells: it does not list dynamic blocks.
	Set []string `json:"set,omitempty"`
	// After holds the values, Unknown and Secret say with true where there is
	// none yet, or none to be shown.
	After   map[string]any `json:"after,omitempty"`
	Unknown map[string]any `json:"unknown,omitempty"`
	Secret  map[string]any `json:"secret,omitempty"`
}

// ReadRecord reads a recorded file.
func ReadRecord(src []byte) (*Record, error) {
	var r Record
	dec := json.NewDecoder(bytes.NewReader(src))
	dec.UseNumber()
	if err := dec.Decode(&r); err != nil {
		return nil, err
	}
	return &r, nil
}

// Bytes is the form of a record in a file.
func (r *Record) Bytes() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(r)
	return b.Bytes(), err
}

// NewRecord takes what matters from the JSON form of a plan and the DOT form of
// its graph.
func NewRecord(plan, dot []byte) (*Record, error) {
	var p tfjson.Plan
	p.UseJSONNumber(true)
	if err := p.UnmarshalJSON(plan); err != nil {
		return nil, err
	}
	if p.Config == nil || p.Config.RootModule == nil {
		return nil, fmt.Errorf("the plan has no configuration")
	}
	r := &Record{Terraform: p.TerraformVersion, References: map[string]map[string][]string{}, Order: map[string][]string{}, Edges: edgesOf(dot)}
	set := map[string][]string{}
	r.module(p.Config.RootModule, "", set)
	for _, c := range p.ResourceChanges {
		if c.Change == nil || c.Change.Actions.Delete() {
			continue
		}
		after, _ := c.Change.After.(map[string]any)
		unknown, _ := c.Change.AfterUnknown.(map[string]any)
		secret, _ := c.Change.AfterSensitive.(map[string]any)
		r.add(c.Address, c.Type, c.Mode == tfjson.DataResourceMode, after, unknown, secret, set)
	}
	if p.PriorState != nil && p.PriorState.Values != nil {
		if err := r.read(p.PriorState.Values.RootModule, set); err != nil {
			return nil, err
		}
	}
	sort.Slice(r.Resources, func(i, j int) bool { return r.Resources[i].Addr < r.Resources[j].Addr })
	return r, nil
}

// read adds the data sources that were read while planning.
func (r *Record) read(m *tfjson.StateModule, set map[string][]string) error {
	if m == nil {
		return nil
	}
	for _, s := range m.Resources {
		if s.Mode != tfjson.DataResourceMode {
			continue
		}
		secret := map[string]any{}
		if len(s.SensitiveValues) > 0 {
			if err := json.Unmarshal(s.SensitiveValues, &secret); err != nil {
				return err
			}
		}
		r.add(s.Address, s.Type, true, s.AttributeValues, nil, secret, set)
	}
	for _, child := range m.ChildModules {
		if err := r.read(child, set); err != nil {
			return err
		}
	}
	return nil
}

func (r *Record) add(addr, typ string, data bool, after, unknown, secret map[string]any, set map[string][]string) {
	out := Resource{Addr: addr, Type: typ, Data: data, Set: set[Block(addr)], After: map[string]any{}}
	for k, v := range after {
		if v != nil {
			out.After[k] = v
		}
	}
	out.Unknown, _ = trues(unknown).(map[string]any)
	out.Secret, _ = trues(secret).(map[string]any)
	r.Resources = append(r.Resources, out)
}

// trues keeps what is true, or has something true within it.
func trues(v any) any {
	switch x := v.(type) {
	case bool:
		if x {
			return true
		}
	case map[string]any:
		out := map[string]any{}
		for k, e := range x {
			if e = trues(e); e != nil {
				out[k] = e
			}
		}
		if len(out) > 0 {
			return out
		}
	case []any:
		some := false
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = trues(e)
			some = some || out[i] != nil
		}
		if some {
			return out
		}
	}
	return nil
}

// module notes what the blocks of a module set and name.
func (r *Record) module(m *tfjson.ConfigModule, prefix string, set map[string][]string) {
	for _, c := range m.Resources {
		addr := prefix + c.Address
		refs := map[string][]string{}
		for name, e := range c.Expressions {
			set[addr] = append(set[addr], name)
			if all := references(e); len(all) > 0 {
				refs[name] = all
			}
		}
		sort.Strings(set[addr])
		if len(refs) > 0 {
			r.References[addr] = refs
		}
		r.order(addr, prefix, c.DependsOn)
	}
	for name, call := range m.ModuleCalls {
		r.order(prefix+"module."+name, prefix, call.DependsOn)
		if call.Module != nil {
			r.module(call.Module, prefix+"module."+name+".", set)
		}
	}
}

// order notes what must be there before a resource or module.
func (r *Record) order(addr, prefix string, dependsOn []string) {
	for _, d := range dependsOn {
		r.Order[addr] = append(r.Order[addr], prefix+d)
	}
}

// references lists what an expression and the blocks within it name, without
// the shorter forms that Terraform adds to each.
func references(e *tfjson.Expression) []string {
	if e == nil || e.ExpressionData == nil {
		return nil
	}
	seen := map[string]bool{}
	for _, ref := range e.References {
		longer := false
		for other := range seen {
			longer = longer || strings.HasPrefix(other, ref+".") || strings.HasPrefix(other, ref+"[")
		}
		if !longer {
			seen[ref] = true
		}
	}
	for _, b := range e.NestedBlocks {
		for _, inner := range b {
			for _, ref := range references(inner) {
				seen[ref] = true
			}
		}
	}
	out := make([]string, 0, len(seen))
	for ref := range seen {
		out = append(out, ref)
	}
	sort.Strings(out)
	return out
}

var dotEdge = regexp.MustCompile(`(?m)^\s*"([^"\n]+)" -> "([^"\n]+)";$`)

func edgesOf(dot []byte) [][2]string {
	var out [][2]string
	for _, m := range dotEdge.FindAllSubmatch(dot, -1) {
		out = append(out, [2]string{string(m[1]), string(m[2])})
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i][0] < out[j][0] || out[i][0] == out[j][0] && out[i][1] < out[j][1]
	})
	return out
}

// Block is the address of the block that an instance is of: without indices.
func Block(addr string) string {
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(addr); i++ {
		switch c := addr[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}
