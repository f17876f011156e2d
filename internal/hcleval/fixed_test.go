package hcleval_test

import (
	"testing"

	"github.com/wacheck/wacheck/internal/hcleval"
	"github.com/wacheck/wacheck/source"
)

// What looks like a literal need not have a value: the place of a syntax error,
// or an operator that the literal does not take.
func TestLiteralsWithoutValue(t *testing.T) {
	for _, text := range []string{
		"resource \"a\" \"b\" {\n  x = [\n}\n",
		"resource \"a\" \"b\" {\n  x = [1, \n",
		"resource \"a\" \"b\" {\n  x = {\n    y = \n  }\n}\n",
		"resource \"a\" \"b\" {\n  x = [-true]\n}\n",
		"resource \"a\" \"b\" {\n  x = { y = !\"a\" }\n}\n",
		"resource \"a\" \"b\" {\n  x = \"${}\"\n}\n",
		"resource \"a\" \"b\" {\n  x = (\n}\n",
		"x = [",
		"x = -",
		"x = {a",
	} {
		files := source.NewFileSet()
		for _, name := range []string{"main.tf", "terraform.tfvars"} {
			f, err := files.Add(name, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			hcleval.ParseFile(f) // must not panic
		}
	}
}
