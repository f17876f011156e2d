package funcs

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// TestUnknownHook checks what the caller learns of results that are out of reach.
func TestUnknownHook(t *testing.T) {
	var fn, why string
	o := testOptions(t)
	o.Unknown = func(f, w string, ty cty.Type) cty.Value {
		fn, why = f, w
		return cty.UnknownVal(ty).Mark(origin{"hook"})
	}
	ctx := &hcl.EvalContext{Functions: Table(o), Variables: map[string]cty.Value{
		"p": cty.StringVal("nope.txt").Mark(origin{"p"}),
	}}
	for _, tt := range []struct{ expr, fn, why string }{
		{`file(p)`, "file", `there is no file "nope.txt"`},
		{`core::file(p)`, "file", `there is no file "nope.txt"`},
		{`templatefile(p, {})`, "templatefile", `there is no file "nope.txt"`},
		{`fileset("${p}/../../../..", "*")`, "fileset", "outside"},
		{`uuid() == p`, "uuid", "random"},
		{`timestamp() == p`, "timestamp", "moment"},
		{`abspath(p)`, "abspath", "lies"},
		{`pathexpand("~/${p}")`, "pathexpand", "home"},
		{`format("%99999999d", p)`, "format", "longer"},
		{`provider::terraform::decode_tfvars("${p} ${join("", [for i in range(1024) : "["])}")`, "provider::terraform::decode_tfvars", "nests"},
	} {
		fn, why = "", ""
		v := eval(t, ctx, tt.expr)
		if fn != tt.fn || !strings.Contains(why, tt.why) {
			t.Errorf("%s: told of %s that %s", tt.expr, fn, why)
		}
		if v.IsKnown() || !v.HasMark(origin{"hook"}) || !v.HasMark(origin{"p"}) {
			t.Errorf("%s = %#v", tt.expr, v)
		}
	}
}

// TestUnknownHookOfWrongType checks that a careless hook does not break a call.
func TestUnknownHookOfWrongType(t *testing.T) {
	for _, made := range []cty.Value{cty.NilVal, cty.DynamicVal.Mark(origin{"m"}), cty.NumberIntVal(1), cty.UnknownVal(cty.Bool)} {
		table := Table(Options{Unknown: func(string, string, cty.Type) cty.Value { return made }})
		v, err := table["uuid"].Call(nil)
		if err != nil || v.Type() != cty.String || v.IsKnown() {
			t.Errorf("with %#v the result is %#v, %v", made, v, err)
		}
	}
}

func TestZeroOptionsReadNothing(t *testing.T) {
	ctx := &hcl.EvalContext{Functions: Table(Options{})}
	for _, expr := range []string{`file("table.go")`, `fileexists("table.go")`, `fileset(".", "*.go")`, `templatefile("table.go", {})`, `filemd5("/etc/passwd")`} {
		if v := eval(t, ctx, expr); v.IsKnown() {
			t.Errorf("%s = %#v", expr, v)
		}
	}
}

func TestTablesAreSeparate(t *testing.T) {
	a, b := Table(Options{}), Table(Options{})
	delete(a, "upper")
	if _, ok := b["upper"]; !ok {
		t.Error("tables share a map")
	}
}

func TestRSADecrypt(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := rsa.EncryptPKCS1v15(rand.Reader, &key.PublicKey, []byte("word")) //nolint:staticcheck // what the function decrypts
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := cty.StringVal(base64.StdEncoding.EncodeToString(secret))
	f := Table(Options{})["rsadecrypt"]
	for kind, der := range map[string][]byte{"RSA PRIVATE KEY": x509.MarshalPKCS1PrivateKey(key), "PRIVATE KEY": pkcs8} {
		k := cty.StringVal(string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))).Mark(Sensitive)
		v, err := f.Call([]cty.Value{text, k})
		if err != nil || !v.RawEquals(cty.StringVal("word").Mark(Sensitive)) {
			t.Errorf("%s: %#v, %v", kind, v, err)
		}
	}
	for kind, known := range map[string]bool{"OPENSSH PRIVATE KEY": false, "EC PRIVATE KEY": true} {
		k := cty.StringVal(string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: []byte("x")})))
		v, err := f.Call([]cty.Value{text, k})
		if known && err == nil || !known && (err != nil || v.IsKnown()) {
			t.Errorf("%s: %#v, %v", kind, v, err)
		}
	}
}

// TestErrorsTellNoSecrets checks that an error does not quote a key.
func TestErrorsTellNoSecrets(t *testing.T) {
	_, err := Table(Options{})["rsadecrypt"].Call([]cty.Value{cty.StringVal("aGk="), cty.StringVal("hunter2")})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Error(err)
	}
}

func TestConcurrentUse(t *testing.T) {
	ctx := markScope(t)
	done := make(chan string)
	for i := range 8 {
		go func() {
			defer func() { done <- fmt.Sprint(recover()) }()
			for range 20 {
				e := []string{`templatefile("tpl/loop.tftpl", { xs = ["a"] })`, `fileset("dir", "**")`}[i%2]
				if v := eval(t, ctx, e); !v.IsKnown() {
					t.Error(e)
				}
			}
		}()
	}
	for range 8 {
		if r := <-done; r != "<nil>" {
			t.Error(r)
		}
	}
}

func BenchmarkTable(b *testing.B) {
	for b.Loop() {
		Table(Options{})
	}
}

// BenchmarkCall is the cost of a call with its wrappers.
func BenchmarkCall(b *testing.B) {
	f := Table(Options{})["upper"]
	args := []cty.Value{cty.StringVal("word").Mark(origin{"a"})}
	for b.Loop() {
		if _, err := f.Call(args); err != nil {
			b.Fatal(err)
		}
	}
}
