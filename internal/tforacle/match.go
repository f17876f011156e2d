package tforacle

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/internal/schema"
	"github.com/wacheck/wacheck/value"
)

// tally counts the leaves of a value.
type tally struct {
	leaves, agree, invented int
	unknown                 []unknownLeaf
	bad                     []string
}

// unknownLeaf is a part that Terraform knows and wacheck does not.
type unknownLeaf struct {
	path, there string
	leaves      int
	why         value.OriginID
}

func (t *tally) add(o tally) {
	t.leaves += o.leaves
	t.agree += o.agree
	t.invented += o.invented
	t.unknown = append(t.unknown, o.unknown...)
	t.bad = append(t.bad, o.bad...)
}

func (t tally) contradicts() bool { return len(t.bad) > 0 }

// matcher compares the values of one instance.
type matcher struct {
	origins *value.Origins
	body    *schema.Body // nil without schema
}

func good() tally { return tally{leaves: 1, agree: 1} }

func bad(path, format string, args ...any) tally {
	return tally{leaves: 1, bad: []string{path + ": " + fmt.Sprintf(format, args...)}}
}

// match compares a value with what is planned for it. Path is dotted, without
// indices.
func (m *matcher) match(path string, v value.Value, there, unknown, secret any) tally {
	switch {
	case unknown == true || invented(there):
		return m.matchUnknown(path, v, there)
	case v.IsUnset():
		if there == nil || emptyList(there) {
			return good()
		}
		if !strings.Contains(path, ".") {
			return tally{} // null is as if nothing were written, so that the provider decides
		}
		return bad(path, "is unset here, and there %s", text(there))
	case v.IsUnknown():
		return m.unknownHere(path, v, there, unknown)
	case v.IsJSON():
		return m.matchJSON(path, v, there)
	}
	if secret == true && !v.IsSensitive() && !m.secretWithin(path, v) {
		return bad(path, "is sensitive there, and not here")
	}
	switch v.Kind() {
	case value.KindList:
		return m.matchList(path, v, there, unknown, secret)
	case value.KindObject:
		return m.matchObject(path, v, there, unknown, secret)
	case value.KindAny, value.KindString, value.KindNumber, value.KindBool:
	}
	if !sameScalar(v, there) {
		return bad(path, "is %q here, and there %s", v.Text(), text(there))
	}
	return good()
}

// matchUnknown compares with what Terraform does not know, or knows only from a
// data source of the stand-in.
func (m *matcher) matchUnknown(path string, v value.Value, there any) tally {
	if v.IsUnset() || partly(v) {
		return good()
	}
	if s, ok := there.(string); ok && strings.HasPrefix(s, renderedThere) || m.rendered(v) {
		return tally{leaves: 1, invented: 1}
	}
	if there == nil {
		there = "not known"
	}
	return bad(path, "is known here (%s), and there %s", render(v), text(there))
}

// secretWithin reports that a set has a sensitive part. Terraform can only mark a
// set as a whole; here the part is marked.
func (m *matcher) secretWithin(path string, v value.Value) bool {
	return v.Kind() == value.KindList && m.body != nil && m.body.Unordered(path) && hasSecret(v)
}

func hasSecret(v value.Value) bool {
	if v.IsSensitive() || slices.ContainsFunc(v.Elems(), hasSecret) {
		return true
	}
	return slices.ContainsFunc(v.Fields(), func(f value.Field) bool { return hasSecret(f.Value) })
}

// renderedThere is what the stand-in takes for the text of a rendered template: it
// can't render one, and we can.
const renderedThere = "@fake:data.template_file/rendered"

// rendered reports a text that we have of a template_file.
func (m *matcher) rendered(v value.Value) bool {
	for _, o := range m.origins.Chain(v.Origin()) {
		if strings.Contains(o.Name, "data.template_file.") {
			return true
		}
	}
	return false
}

// partly reports that something in v is not known.
func partly(v value.Value) bool {
	if v.IsUnknown() || v.IsOpen() || v.MayBeMissing() {
		return true
	}
	if slices.ContainsFunc(v.Elems(), partly) {
		return true
	}
	for _, f := range v.Fields() {
		if partly(f.Value) {
			return true
		}
	}
	return false
}

// unknownHere counts what only Terraform knows, if v allows for it.
func (m *matcher) unknownHere(path string, v value.Value, there, unknown any) tally {
	if !m.admits(path, v, there, unknown) {
		return bad(path, "can only be %s here, and is %s there", render(v), text(there))
	}
	n := leavesIn(there)
	if m.onlyData(v) {
		return tally{leaves: n, invented: n}
	}
	return tally{leaves: n, unknown: []unknownLeaf{{path, text(there), n, v.Origin()}}}
}

// onlyData reports that a value is not known for no other reason than data
// sources. The stand-in knows what they say, and nobody else does.
func (m *matcher) onlyData(v value.Value) bool {
	rs := m.origins.Reasons(v.Origin())
	for _, o := range rs {
		if o.Kind != value.DataSource && o.Kind != value.UndecidedCondition {
			return false
		}
	}
	return len(rs) > 0 && rs[len(rs)-1].Kind == value.DataSource
}

// admits reports that a value that is known in part may be the one there.
func (m *matcher) admits(path string, v value.Value, there, unknown any) bool {
	switch {
	case v.Alternatives() != nil:
		for _, a := range v.Alternatives() {
			if t := m.match(path, a, there, unknown, nil); !t.contradicts() {
				return true
			}
		}
		return false
	case v.Parts() != nil:
		s, ok := there.(string)
		return ok && fits(v.Parts(), s)
	}
	return true
}

// fits reports that a text has the known pieces of a string in order.
func fits(parts []value.Value, s string) bool {
	for i, p := range parts {
		known, ok := p.Str()
		if !ok {
			continue
		}
		at := strings.Index(s, known)
		if at < 0 || i == 0 && at > 0 {
			return false
		}
		s = s[at+len(known):]
	}
	return true
}

func (m *matcher) matchJSON(path string, v value.Value, there any) tally {
	s, ok := there.(string)
	var parsed any
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	if !ok || dec.Decode(&parsed) != nil {
		return bad(path, "is JSON here, and there %s", text(there))
	}
	plain := value.OfList(v.Elems(), v.Span())
	if v.Kind() == value.KindObject {
		plain = value.OfObject(v.Fields(), v.Span())
	}
	if v.IsOpen() {
		plain = plain.Opened()
	}
	inner := matcher{origins: m.origins}
	t := inner.match(path, plain.From(v.Origin()), parsed, nil, nil)
	switch {
	case t.contradicts():
		return tally{leaves: 1, bad: t.bad[:1]}
	case strings.Contains(s, "@fake:"), t.invented > 0 && len(t.unknown) == 0:
		return tally{leaves: 1, invented: 1}
	case len(t.unknown) > 0:
		return tally{leaves: 1, unknown: []unknownLeaf{{path, text(there), 1, t.unknown[0].why}}}
	}
	return good()
}

func (m *matcher) matchList(path string, v value.Value, there, unknown, secret any) tally {
	if there == nil && len(v.Elems()) == 0 {
		return good() // no blocks
	}
	theirs, ok := there.([]any)
	if !ok && len(v.Elems()) == 1 && !v.IsOpen() {
		return m.match(path, v.Elems()[0], there, unknown, secret) // a block of which there is one at most
	}
	if !ok {
		return bad(path, "is a list here, and there %s", text(there))
	}
	if v.IsOpen() || anyMaybe(v.Elems()) {
		return m.matchOpen(path, v, theirs, unknown)
	}
	unordered := m.body == nil || m.body.Unordered(path)
	if m.body != nil && unordered {
		v = withoutDoubles(v)
	}
	if len(theirs) != len(v.Elems()) {
		return bad(path, "has %d elements here (%s), and there %s", len(v.Elems()), render(v), text(there))
	}
	if len(theirs) == 0 {
		return good()
	}
	if unordered {
		if secret == true {
			secret = nil // of which elements, it does not say
		}
		return m.matchSet(path, v, theirs, unknown, secret)
	}
	total := tally{}
	for i, e := range v.Elems() {
		total.add(m.match(path, e, theirs[i], part(unknown, i), part(secret, i)))
	}
	return total
}

// withoutDoubles leaves the elements that a set has: what is written twice is in
// it once.
func withoutDoubles(v value.Value) value.Value {
	var elems []value.Value
	for _, e := range v.Elems() {
		if partly(e) || !slices.ContainsFunc(elems, e.Equal) {
			elems = append(elems, e)
		}
	}
	out := value.OfList(elems, v.Span()).From(v.Origin()).WithRefs(v.Refs()...)
	if v.IsSensitive() {
		out = out.Sensitive()
	}
	return out
}

// matchSet pairs elements, each with the first that fits best.
func (m *matcher) matchSet(path string, v value.Value, theirs []any, unknown, secret any) tally {
	used := make([]bool, len(theirs))
	total := tally{}
	order := make([]value.Value, 0, len(v.Elems()))
	for _, partial := range []bool{false, true} { // the most exact first
		for _, e := range v.Elems() {
			if partly(e) == partial {
				order = append(order, e)
			}
		}
	}
	for _, e := range order {
		best, chosen := tally{}, -1
		for i := range theirs {
			if used[i] {
				continue
			}
			t := m.match(path, e, theirs[i], part(unknown, i), part(secret, i))
			if chosen < 0 || better(t, best) {
				best, chosen = t, i
			}
		}
		used[chosen] = true
		total.add(best)
	}
	return total
}

func better(a, b tally) bool {
	if len(a.bad) != len(b.bad) {
		return len(a.bad) < len(b.bad)
	}
	return len(a.unknown) < len(b.unknown)
}

// matchOpen compares a list of which not all elements are known. Those that are
// sure must be there.
func (m *matcher) matchOpen(path string, v value.Value, theirs []any, unknown any) tally {
	for _, e := range v.Elems() {
		found := e.MayBeMissing()
		for i := range theirs {
			t := m.match(path, e, theirs[i], part(unknown, i), nil)
			found = found || !t.contradicts()
		}
		if !found {
			return bad(path, "holds %s here, and not there: %s", render(e), text(theirs))
		}
	}
	n := max(1, leavesIn(theirs))
	for _, e := range v.Elems() {
		if v.Origin() == 0 && e.MayBeMissing() {
			v = v.From(e.Origin()) // why it is not known whether it is there
		}
	}
	if m.onlyData(v) {
		return tally{leaves: n, invented: n}
	}
	return tally{leaves: n, unknown: []unknownLeaf{{path, text(theirs), n, v.Origin()}}}
}

func (m *matcher) matchObject(path string, v value.Value, there, unknown, secret any) tally {
	theirs, ok := there.(map[string]any)
	if !ok {
		return bad(path, "is an object here, and there %s", text(there))
	}
	total := tally{}
	seen := map[string]bool{}
	for _, f := range v.Fields() {
		seen[f.Name] = true
		if f.Value.MayBeMissing() {
			total.add(m.unknownHere(path+"."+f.Name, value.OfUnknown(value.KindAny, f.Span, v.Origin()), theirs[f.Name], nil))
			continue
		}
		if writeOnly(f.Name) {
			continue
		}
		total.add(m.match(path+"."+f.Name, f.Value, theirs[f.Name], field(unknown, f.Name), field(secret, f.Name)))
	}
	for _, name := range sortedKeys(theirs) {
		e := theirs[name]
		if seen[name] || e == nil || emptyList(e) {
			continue
		}
		if v.IsOpen() {
			total.add(tally{leaves: 1, unknown: []unknownLeaf{{path + "." + name, text(e), 1, v.Origin()}}})
			continue
		}
		total.add(bad(path+"."+name, "is %s there, and absent here", text(e)))
	}
	if total.leaves == 0 {
		return good()
	}
	return total
}
