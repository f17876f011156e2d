package terraform

import (
	"fmt"
	"sort"

	"github.com/wacheck/wacheck/internal/hcleval"
	"github.com/wacheck/wacheck/source"
)

// codeModule is the code of diagnostics about modules without source.
const codeModule = "module-not-found"

// unreadModules reports the modules that could not be read: one diagnostic for
// a source, at its first call. Where every call of a registry module would say
// the same, nobody would read any of it.
func unreadModules(all []hcleval.Unread) []source.Diagnostic {
	sort.SliceStable(all, func(i, j int) bool { return all[i].Call.Span.Pos < all[j].Call.Span.Pos })
	type key struct{ source, version, why, hint string }
	type group struct {
		diag   source.Diagnostic
		places map[source.Span]bool
	}
	groups := map[key]*group{}
	var order []*group
	for _, u := range all {
		k := key{u.Call.Source, u.Call.Version, u.Why, u.Hint}
		g := groups[k]
		if g == nil {
			g = &group{source.Diagnostic{Level: source.Warning, Code: codeModule, Span: u.Call.Span, Message: unreadMessage(u)},
				map[source.Span]bool{}}
			groups[k] = g
			order = append(order, g)
		}
		g.places[u.Call.Span] = true
	}
	out := make([]source.Diagnostic, len(order))
	for i, g := range order {
		if n := len(g.places) - 1; n == 1 {
			g.diag.Message += " (the same source is called in another place)"
		} else if n > 1 {
			g.diag.Message += fmt.Sprintf(" (the same source is called in %d more places)", n)
		}
		out[i] = g.diag
	}
	return out
}

func unreadMessage(u hcleval.Unread) string {
	what := u.Call.Source
	if !u.Call.Literal {
		what = "which is not plain text"
	}
	msg := "the source of module." + u.Call.Name + ", " + what + ", could not be read"
	if u.Why != "" {
		msg += ": " + u.Why
	}
	if u.Hint != "" {
		msg += "; " + u.Hint
	}
	return msg
}
