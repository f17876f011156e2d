package hcleval

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/value"
)

// OpenTofu takes variables and locals in the source of a module, as long as
// they are known before anything is read
// (https://opentofu.org/docs/language/modules/sources/#support-for-variable-and-local-evaluation).

// earlySource evaluates the source of a call that is not plain text.
func (m *module) earlySource(c *call) (string, bool) {
	a := c.block.body.attr("source")
	if a == nil || c.literal || !isEarly(m.ev, a.expr) {
		return "", false
	}
	v, _ := m.scope.eval(a.expr).UnmarkDeep()
	if !v.IsKnown() || v.IsNull() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}

// isEarly reports that an expression reads nothing that may not be read so early.
func isEarly(ev *evaluator, e hclsyntax.Expression) bool {
	for _, t := range ev.traversalsOf(e) {
		switch t.RootName() {
		case "var", "local", "path", "terraform":
		default:
			return false
		}
	}
	return true
}

// EarlySources evaluates the sources of the calls of a root that are not plain
// text, by name of the call. What they come to for a module that is called
// depends on the call; they are then taken from the defaults of its variables.
func EarlySources(in Input) map[string]string {
	var out map[string]string
	for _, c := range in.Config.calls {
		if c.literal {
			continue
		}
		if out == nil {
			out = map[string]string{}
			if in.Origins == nil {
				in.Origins = value.NewOrigins()
			}
		}
		root := newModule(newEvaluator(in), nil, in.Config, "", "")
		if text, ok := root.earlySource(c); ok {
			out[c.name] = text
		}
	}
	return out
}
