package funcs

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"unicode/utf8"

	"github.com/hashicorp/go-cty-funcs/encoding"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	textencoding "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
)

// encodingFunctions turn values into text and back.
func encodingFunctions() map[string]function.Function {
	short := tooLong(maxEncode, cty.String)
	return map[string]function.Function{
		"base64decode":     base64Decode,
		"base64encode":     guarded(encoding.Base64EncodeFunc, short),
		"base64gzip":       guarded(base64Gzip, short),
		"csvdecode":        guarded(stdlib.CSVDecodeFunc, tooLong(maxParse, cty.DynamicPseudoType)),
		"jsondecode":       guarded(stdlib.JSONDecodeFunc, tameJSON),
		"jsonencode":       guarded(stdlib.JSONEncodeFunc, encodable),
		"textdecodebase64": guarded(textDecode, short),
		"textencodebase64": guarded(textEncode, short),
		"urlencode":        guarded(encoding.URLEncodeFunc, short),
		"yamldecode":       guarded(ctyyaml.YAMLDecodeFunc, tameYAML),
		"yamlencode":       guarded(ctyyaml.YAMLEncodeFunc, encodable),
	}
}

// tameJSON checks that a document can be decoded with bounded stack and memory.
// The decoder recurses, and a Go stack that overflows cannot be recovered from.
func tameJSON(args []cty.Value) error {
	s, _ := text(args[0])
	switch {
	case len(s) > maxParse:
		return cannotTell(cty.DynamicPseudoType, "the document is longer than %d bytes", maxParse)
	case nesting(s) > maxNesting:
		return cannotTell(cty.DynamicPseudoType, "the document nests deeper than %d levels", maxNesting)
	case hasHugeNumber(s):
		return cannotTell(cty.DynamicPseudoType, "the document has a number of more than %d digits", maxDigits)
	default:
		return nil
	}
}

// stringToString makes a function of one string to another.
func stringToString(param string, f func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params:       []function.Parameter{{Name: param, Type: cty.String}},
		Type:         function.StaticReturnType(cty.String),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s, err := f(args[0].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			return cty.StringVal(s), nil
		},
	})
}

var errNotUTF8 = errors.New("the result is not UTF-8 text")

var base64Decode = stringToString("str", func(s string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", function.NewArgErrorf(0, "not Base64: %s", err)
	}
	if !utf8.Valid(b) {
		return "", errNotUTF8
	}
	return string(b), nil
})

// base64Gzip compresses as Terraform does: the flush before the end leaves an
// empty block in the output, which belongs to the value.
var base64Gzip = stringToString("str", func(s string) (string, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		return "", err
	}
	if err := w.Flush(); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
})

// inCharset makes a function of a string and the IANA name of a character set.
func inCharset(param string, f func(s string, e textencoding.Encoding) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params:       []function.Parameter{{Name: param, Type: cty.String}, {Name: "encoding", Type: cty.String}},
		Type:         function.StaticReturnType(cty.String),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name := args[1].AsString()
			charset, err := ianaindex.IANA.Encoding(name)
			if err != nil || charset == nil {
				return cty.NilVal, function.NewArgErrorf(1, "the character set %q is not supported", name)
			}
			s, err := f(args[0].AsString(), charset)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return cty.StringVal(s), nil
		},
	})
}

var textEncode = inCharset("string", func(s string, e textencoding.Encoding) (string, error) {
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		return "", errors.New("has a character that the set does not have")
	}
	return base64.StdEncoding.EncodeToString(b), nil
})

var textDecode = inCharset("source", func(s string, e textencoding.Encoding) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", errors.New("is not Base64")
	}
	b, err := e.NewDecoder().Bytes(raw)
	// A decoder writes U+FFFD for what it cannot decode and calls that success.
	if err != nil || bytes.ContainsRune(b, utf8.RuneError) {
		return "", errors.New("has bytes that mean nothing in the character set")
	}
	return string(b), nil
})
