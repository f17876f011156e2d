package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// cfnDump is what dump_cloudformation.py writes.
type cfnDump struct {
	Source string                  `json:"source"`
	Types  map[string]*cfnResource `json:"types"`
}

// cfnResource is a schema of the CloudFormation registry: a JSON schema and a
// little more
// (https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html).
type cfnResource struct {
	cfnSchema
	Definitions map[string]*cfnSchema `json:"definitions"`
	ReadOnly    []string              `json:"readOnlyProperties"`
	GetAtts     []string              `json:"getAtts"` // regular expressions
}

type cfnSchema struct {
	Type              oneOrMany             `json:"type"`
	Ref               string                `json:"$ref"`
	Properties        map[string]*cfnSchema `json:"properties"`
	PatternProperties map[string]*cfnSchema `json:"patternProperties"`
	Additional        json.RawMessage       `json:"additionalProperties"`
	Items             *cfnSchema            `json:"items"`
	Required          []string              `json:"required"`
	OneOf             []*cfnSchema          `json:"oneOf"`
	AnyOf             []*cfnSchema          `json:"anyOf"`
	AllOf             []*cfnSchema          `json:"allOf"`
}

// oneOrMany is a string or a list of strings.
type oneOrMany []string

// UnmarshalJSON reads either form.
func (m *oneOrMany) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*m = oneOrMany{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(m))
}

// cloudformationText returns the table. package schema documents its grammar.
func cloudformationText(in *cfnDump) (string, error) {
	if len(in.Types) == 0 {
		return "", fmt.Errorf("no types")
	}
	var w strings.Builder
	fmt.Fprintf(&w, "# %s: names and kinds of properties and names for Fn::GetAtt, and nothing else of the schemas\n", in.Source)
	for _, name := range slices.Sorted(maps.Keys(in.Types)) {
		line, err := cfnLine(in.Types[name])
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		w.WriteString(name + "\t" + line + "\n")
	}
	return w.String(), nil
}

func cfnLine(r *cfnResource) (string, error) {
	c := &cfnCompiler{resource: r, index: map[string]int{}}
	root := c.normalize(&r.cfnSchema, nil)
	root.kind = "{"
	// Without a word on them (AWS::CDK::Metadata), or with a pattern for them
	// (custom resources), any properties may be given.
	root.open = len(r.PatternProperties) > 0 || len(r.Properties) == 0
	for _, pointer := range r.ReadOnly {
		// "/properties/Arn"; deeper ones say too little about the whole.
		if p, ok := root.props[strings.TrimPrefix(pointer, "/properties/")]; ok {
			p.mark = "="
		}
	}
	text, err := c.shape(root)
	if err != nil {
		return "", err
	}
	fields := []string{text, strings.Join(getAtts(r.GetAtts), " ")}
	// Definitions get their numbers when they are first referred to, and the
	// text of one may refer to further ones.
	for i := range len(c.order) {
		n := c.normalize(r.Definitions[c.order[i]], []string{c.order[i]})
		text, err := c.shape(n)
		if err != nil {
			return "", fmt.Errorf("definition %s: %w", c.order[i], err)
		}
		fields = append(fields, text)
	}
	return strings.Join(fields, "\t"), nil
}

// getAtts turns the source's regular expressions into names, of which "*" and
// "Outputs.*" stand for many. Fn::GetAtt can't reach into a list, which is what
// a "*" elsewhere in a name would mean.
func getAtts(patterns []string) []string {
	var names []string
	for _, p := range patterns {
		switch p {
		case ".*":
			p = "*"
		case `Outputs\..*`:
			p = "Outputs.*"
		default:
			if strings.Contains(p, "*") {
				continue
			}
		}
		names = append(names, p)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
