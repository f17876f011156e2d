package funcs

import (
	"crypto/md5"  //nolint:gosec // filemd5 is what the language has
	"crypto/sha1" //nolint:gosec // so is filesha1
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// fileFunctions are those that read files of a sandbox.
func fileFunctions(box *sandbox) map[string]function.Function {
	return map[string]function.Function{
		"file": onFile(box, func(src []byte) (string, error) {
			if !utf8.Valid(src) {
				return "", errNotText
			}
			return string(src), nil
		}),
		"filebase64": onFile(box, func(src []byte) (string, error) {
			return base64.StdEncoding.EncodeToString(src), nil
		}),
		"filebase64sha256": onFile(box, digest(sha256.New, base64.StdEncoding.EncodeToString)),
		"filebase64sha512": onFile(box, digest(sha512.New, base64.StdEncoding.EncodeToString)),
		"fileexists":       fileExists(box),
		"filemd5":          onFile(box, digest(md5.New, hex.EncodeToString)),
		"fileset":          fileSet(box),
		"filesha1":         onFile(box, digest(sha1.New, hex.EncodeToString)),
		"filesha256":       onFile(box, digest(sha256.New, hex.EncodeToString)),
		"filesha512":       onFile(box, digest(sha512.New, hex.EncodeToString)),
	}
}

var errNotText = errors.New("the file is not UTF-8 text")

// onFile makes a function from a path to a string made of the file's bytes.
func onFile(box *sandbox, f func([]byte) (string, error)) function.Function {
	return stringToString("path", func(path string) (string, error) {
		src, err := box.read(path, cty.String)
		if err != nil {
			return "", err
		}
		return f(src)
	})
}

func digest(algorithm func() hash.Hash, write func([]byte) string) func([]byte) (string, error) {
	return func(src []byte) (string, error) {
		h := algorithm()
		h.Write(src) // never fails, as package hash says
		return write(h.Sum(nil)), nil
	}
}

// fileExists is sure that a file is not there if it is not there now.
func fileExists(box *sandbox) function.Function {
	return function.New(&function.Spec{
		Params:       []function.Parameter{{Name: "path", Type: cty.String}},
		Type:         function.StaticReturnType(cty.Bool),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			info, err := box.stat(args[0].AsString(), cty.Bool)
			switch {
			case err != nil:
				return cty.NilVal, err
			case info == nil:
				return cty.False, nil
			case !info.Mode().IsRegular():
				return cty.NilVal, function.NewArgErrorf(0, "there is something of this name that is not a regular file")
			default:
				return cty.True, nil
			}
		},
	})
}
