package schema

import "github.com/zclconf/go-cty/cty"

// The line of a Terraform type, after the key and the tab:
//
//	body    = [ member { " " member } ]
//	member  = [ "+" ] name ( mark type | "@" nesting min max content )
//	mark    = ":" optional | "!" required | "=" computed
//	type    = "s" string | "n" number | "b" bool | "*" any
//	        | ( "L" list | "S" set | "M" map ) type
//	        | "{" [ name ":" type { " " name ":" type } ] "}" object
//	nesting = "O" single | "L" list | "S" set
//	min,max = one digit each, 0 for no bound
//	content = "(" body ")" | "?" open
//
// "+" marks what is not in the provider version of the table.

// Shared, so that the thousands of attributes of these types hold no copies.
var (
	listOfString = cty.List(cty.String)
	setOfString  = cty.Set(cty.String)
	mapOfString  = cty.Map(cty.String)
)

func parseBody(line string) (*Body, error) {
	r := &reader{text: line}
	b := &Body{}
	r.body(b)
	if r.pos != len(line) {
		r.fail("end of line")
	}
	return b, r.err
}

func (r *reader) body(b *Body) {
	if r.end() || r.at(')') {
		return
	}
	for {
		r.member(b)
		if !r.take(' ') {
			return
		}
	}
}

func (r *reader) member(b *Body) {
	extra := r.take('+')
	name := r.name()
	switch {
	case r.take('@'):
		b.Blocks = append(b.Blocks, Block{Name: name, Extra: extra})
		r.block(&b.Blocks[len(b.Blocks)-1])
	case r.at(':') || r.at('!') || r.at('='):
		mark := r.next()
		b.Attributes = append(b.Attributes, Attribute{
			Name: name, Type: r.ctyType(),
			Required: mark == '!', Computed: mark == '=', Extra: extra,
		})
	default:
		r.fail("a mark")
	}
}

func (r *reader) block(b *Block) {
	switch r.next() {
	case 'O':
		b.Nesting = NestingSingle
	case 'L':
		b.Nesting = NestingList
	case 'S':
		b.Nesting = NestingSet
	default:
		r.fail("a nesting")
		return
	}
	b.MinItems, b.MaxItems = r.digit(), r.digit()
	if r.take('?') {
		b.Open = true
		return
	}
	r.expect('(')
	r.body(&b.Body)
	r.expect(')')
}

func (r *reader) ctyType() cty.Type {
	switch r.next() {
	case 's':
		return cty.String
	case 'n':
		return cty.Number
	case 'b':
		return cty.Bool
	case '*':
		return cty.DynamicPseudoType
	case 'L':
		if e := r.ctyType(); e != cty.String {
			return cty.List(e)
		}
		return listOfString
	case 'S':
		if e := r.ctyType(); e != cty.String {
			return cty.Set(e)
		}
		return setOfString
	case 'M':
		if e := r.ctyType(); e != cty.String {
			return cty.Map(e)
		}
		return mapOfString
	case '{':
		return r.ctyObject()
	default:
		r.fail("a type")
		return cty.DynamicPseudoType
	}
}

func (r *reader) ctyObject() cty.Type {
	types := map[string]cty.Type{}
	for !r.at('}') && r.err == nil {
		name := r.name()
		r.expect(':')
		types[name] = r.ctyType()
		if !r.take(' ') {
			break
		}
	}
	r.expect('}')
	return cty.Object(types)
}
