package funcs

import "github.com/zclconf/go-cty/cty"

// Mark is the type of the two marks that the functions themselves know. All
// others pass through them untouched.
type Mark string

const (
	// Sensitive marks a value that Terraform would not print: of a sensitive
	// variable or output, or made by sensitive().
	Sensitive Mark = "sensitive"

	// Ephemeral marks a value that Terraform keeps out of plan and state: of an
	// ephemeral variable, output or resource. ephemeralasnull looks for it.
	Ephemeral Mark = "ephemeral"
)

// marksOf returns the marks in vals, at any depth.
func marksOf(vals ...cty.Value) cty.ValueMarks {
	var all cty.ValueMarks
	for _, v := range vals {
		if v == cty.NilVal || !v.ContainsMarked() {
			continue
		}
		_, marks := v.UnmarkDeep()
		if all == nil {
			all = make(cty.ValueMarks, len(marks))
		}
		for m := range marks {
			all[m] = struct{}{}
		}
	}
	return all
}

// without returns marks less one.
func without(marks cty.ValueMarks, drop Mark) cty.ValueMarks {
	rest := make(cty.ValueMarks, len(marks))
	for m := range marks {
		if m != any(drop) {
			rest[m] = struct{}{}
		}
	}
	return rest
}

// hoistSensitive marks v as sensitive if anything in args is. Functions that keep
// marks on single elements, where Terraform spreads them over the whole result,
// end with it: a secret must not get out through an element's neighbour.
func hoistSensitive(v cty.Value, args ...cty.Value) cty.Value {
	for _, a := range args {
		if a.HasMarkDeep(Sensitive) {
			return v.Mark(Sensitive)
		}
	}
	return v
}
