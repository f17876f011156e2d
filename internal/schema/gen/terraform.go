package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// providerSchemas is as much as is needed of the output of
// "terraform providers schema -json"
// (https://developer.hashicorp.com/terraform/cli/commands/providers/schema).
type providerSchemas struct {
	Providers map[string]struct {
		Resources   map[string]*resourceSchema `json:"resource_schemas"`
		DataSources map[string]*resourceSchema `json:"data_source_schemas"`
	} `json:"provider_schemas"`
}

type resourceSchema struct {
	Block *block `json:"block"`
}

type block struct {
	Attributes map[string]*attribute   `json:"attributes"`
	Blocks     map[string]*nestedBlock `json:"block_types"`
}

type attribute struct {
	Type     any  `json:"type"` // cty's JSON form of a type
	Required bool `json:"required"`
	Optional bool `json:"optional"`
	Computed bool `json:"computed"`
	extra    bool
}

type nestedBlock struct {
	Nesting  string `json:"nesting_mode"`
	MinItems int    `json:"min_items"`
	MaxItems int    `json:"max_items"`
	Block    *block `json:"block"`
	open     bool
	extra    bool
}

const awsProvider = "registry.terraform.io/hashicorp/aws"

// terraformText returns the table of the AWS provider, with the additions.
// package schema documents its grammar.
func terraformText(in *providerSchemas, version string, more []addition, log io.Writer) (string, error) {
	p, ok := in.Providers[awsProvider]
	if !ok {
		return "", fmt.Errorf("no schemas of %s", awsProvider)
	}
	types := make(map[string]*block, len(p.Resources)+len(p.DataSources))
	for name, r := range p.Resources {
		types[name] = r.Block
	}
	for name, r := range p.DataSources {
		types["data."+name] = r.Block
	}
	for _, a := range more {
		if err := a.apply(types, log); err != nil {
			return "", err
		}
	}

	var w strings.Builder
	fmt.Fprintf(&w, "# hashicorp/aws %s: names and types of attributes and blocks, and nothing else of the provider\n", version)
	for _, name := range slices.Sorted(maps.Keys(types)) {
		if err := checkName(strings.TrimPrefix(name, "data.")); err != nil {
			return "", err
		}
		w.WriteString(name + "\t")
		if err := writeBody(&w, types[name]); err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		w.WriteByte('\n')
	}
	return w.String(), nil
}

func writeBody(w *strings.Builder, b *block) error {
	if b == nil {
		return nil
	}
	sep := ""
	for _, name := range slices.Sorted(maps.Keys(b.Attributes)) {
		w.WriteString(sep)
		sep = " "
		if err := writeAttribute(w, name, b.Attributes[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.Blocks)) {
		w.WriteString(sep)
		sep = " "
		if err := writeBlock(w, name, b.Blocks[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func writeAttribute(w *strings.Builder, name string, a *attribute) error {
	if err := checkName(name); err != nil {
		return err
	}
	if a.extra {
		w.WriteByte('+')
	}
	w.WriteString(name)
	switch {
	case a.Required:
		w.WriteByte('!')
	case a.Computed && !a.Optional:
		w.WriteByte('=')
	default:
		w.WriteByte(':')
	}
	return writeType(w, a.Type)
}

var nestingCodes = map[string]string{"single": "O", "list": "L", "set": "S"}

func writeBlock(w *strings.Builder, name string, b *nestedBlock) error {
	if err := checkName(name); err != nil {
		return err
	}
	code, ok := nestingCodes[b.Nesting]
	if !ok {
		return fmt.Errorf("nesting mode %q", b.Nesting)
	}
	if b.MinItems > 9 || b.MaxItems > 9 {
		return fmt.Errorf("the table has one digit for the numbers of blocks, not %d and %d", b.MinItems, b.MaxItems)
	}
	if b.extra {
		w.WriteByte('+')
	}
	fmt.Fprintf(w, "%s@%s%d%d", name, code, b.MinItems, b.MaxItems)
	if b.open {
		w.WriteByte('?')
		return nil
	}
	w.WriteByte('(')
	if err := writeBody(w, b.Block); err != nil {
		return err
	}
	w.WriteByte(')')
	return nil
}

var (
	scalarCodes     = map[string]string{"string": "s", "number": "n", "bool": "b", "dynamic": "*"}
	collectionCodes = map[string]string{"list": "L", "set": "S", "map": "M"}
)

// writeType writes a type that is in cty's JSON form: "string",
// ["list", "string"], ["object", {"name": "string"}].
func writeType(w *strings.Builder, t any) error {
	switch t := t.(type) {
	case string:
		if code, ok := scalarCodes[t]; ok {
			w.WriteString(code)
			return nil
		}
	case []any:
		if len(t) != 2 {
			break
		}
		kind, _ := t[0].(string)
		if code, ok := collectionCodes[kind]; ok {
			w.WriteString(code)
			return writeType(w, t[1])
		}
		if fields, ok := t[1].(map[string]any); ok && kind == "object" {
			return writeObject(w, fields)
		}
	}
	text, _ := json.Marshal(t)
	return fmt.Errorf("type %s", text)
}

func writeObject(w *strings.Builder, fields map[string]any) error {
	w.WriteByte('{')
	sep := ""
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if err := checkName(name); err != nil {
			return err
		}
		w.WriteString(sep + name + ":")
		sep = " "
		if err := writeType(w, fields[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	w.WriteByte('}')
	return nil
}
