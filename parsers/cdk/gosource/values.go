package gosource

import "strings"

// value is what the interpreter knows of an expression.
type value struct {
	kind kind
	// text is a string or number, in which * stands for what is not known; of a scope,
	// it is the path of the construct.
	text string
	// fields are those of a struct or the elements of a map, typ the name of its type.
	fields map[string]*value
	typ    string
	elems  []*value
	lit    *closure
}

type kind uint8

const (
	unknown kind = iota
	text
	scope
	object
	list
	function0 // a function literal
)

var nothing = &value{}

func textOf(s string) *value { return &value{kind: text, text: s} }

// known is the text of a value, or the wildcard.
func (v *value) known() string {
	if v.kind == text {
		return v.text
	}
	return "*"
}

// embedded are the names of the types that a struct embeds to be a construct.
var embedded = []string{"Stack", "Construct", "Stage", "NestedStack", "Resource", "App"}

// asScope is the construct that a value is, or that a struct embeds.
func (v *value) asScope() (*value, bool) {
	if v.kind == scope {
		return v, true
	}
	if v.kind != object {
		return nil, false
	}
	for _, name := range embedded {
		if f := v.fields[name]; f != nil && f.kind == scope {
			return f, true
		}
	}
	if f := v.fields["\x000"]; f != nil && f.kind == scope { // a literal without names
		return f, true
	}
	return nil, false
}

// join is the path of a construct in a scope.
func join(scope, id string) string {
	id = strings.ReplaceAll(id, "/", "--") // as the CDK does
	if scope == "" {
		return id
	}
	return scope + "/" + id
}
