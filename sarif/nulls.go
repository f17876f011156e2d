package sarif

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// encode writes v as indented JSON without members that are null: the SARIF
// library writes null for a few optional members where the schema wants them
// left out.
func encode(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode SARIF: %w", err)
	}
	var out bytes.Buffer
	out.Grow(len(raw) * 3 / 2)
	if err := dropNulls(&out, bytes.NewReader(raw)); err != nil {
		return nil, fmt.Errorf("encode SARIF: %w", err)
	}
	return out.Bytes(), nil
}

// dropNulls copies one JSON value token by token, in the same order.
func dropNulls(w io.Writer, r io.Reader) error {
	dec := jsontext.NewDecoder(r)
	enc := jsontext.NewEncoder(w, jsontext.WithIndent("  "))
	for {
		kind, index := dec.StackIndex(dec.StackDepth())
		isName := kind == '{' && index%2 == 0
		tok, err := dec.ReadToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if isName && tok.Kind() == '"' {
			tok = tok.Clone()
			if dec.PeekKind() == 'n' {
				if err := dec.SkipValue(); err != nil {
					return err
				}
				continue
			}
		}
		if err := enc.WriteToken(tok); err != nil {
			return err
		}
	}
}
