package ruledoc

import (
	"embed"
	"strings"

	"golang.org/x/tools/txtar"
)

// examples has an archive for each rule that has a test, with up to four files:
// bad.tf, bad.yaml, good.tf, good.yaml. internal/gendocs writes them.
//
//go:embed examples
var examples embed.FS

// Example is code that shows a defect, or how it is avoided.
type Example struct {
	// Bad says which of the two it is.
	Bad bool `json:"bad"`
	// Language is Terraform or CloudFormation.
	Language string `json:"language"`
	Code     string `json:"code"`
}

// fence is the name of the language in a fenced block of markdown.
func (e Example) fence() string {
	if e.Language == "Terraform" {
		return "hcl"
	}
	return "yaml"
}

// heading is what stands over the example.
func (e Example) heading() string {
	if e.Bad {
		return "Bad, in " + e.Language
	}
	return "Good, in " + e.Language
}

func examplesOf(id string) []Example {
	content, err := examples.ReadFile("examples/" + id + ".txtar")
	if err != nil {
		return nil
	}
	return ParseExamples(content)
}

// ParseExamples reads an archive of examples.
func ParseExamples(content []byte) []Example {
	var out []Example
	for _, f := range txtar.Parse(content).Files {
		kind, ext, _ := strings.Cut(f.Name, ".")
		language := "Terraform"
		if ext == "yaml" {
			language = "CloudFormation"
		}
		out = append(out, Example{Bad: kind == "bad", Language: language, Code: string(f.Data)})
	}
	return out
}
