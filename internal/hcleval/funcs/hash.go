package funcs

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"unicode/utf8"

	"github.com/hashicorp/go-cty-funcs/crypto"
	"github.com/hashicorp/go-cty-funcs/uuid"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// hashFunctions are the cryptographic ones that give the same result each time.
func hashFunctions() map[string]function.Function {
	return map[string]function.Function{
		"base64sha256": stringToString("str", func(s string) (string, error) {
			sum := sha256.Sum256([]byte(s))
			return base64.StdEncoding.EncodeToString(sum[:]), nil
		}),
		"base64sha512": stringToString("str", func(s string) (string, error) {
			sum := sha512.Sum512([]byte(s))
			return base64.StdEncoding.EncodeToString(sum[:]), nil
		}),
		"md5":        crypto.Md5Func,
		"rsadecrypt": rsaDecrypt,
		"sha1":       crypto.Sha1Func,
		"sha256":     crypto.Sha256Func,
		"sha512":     crypto.Sha512Func,
		"uuidv5":     uuid.V5Func,
	}
}

// rsaDecrypt decrypts with a private key in PEM. Of the formats that Terraform
// takes, OpenSSH's own is left out: such a key gives an unknown result.
var rsaDecrypt = function.New(&function.Spec{
	Params:       []function.Parameter{{Name: "ciphertext", Type: cty.String}, {Name: "privatekey", Type: cty.String}},
	Type:         function.StaticReturnType(cty.String),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		raw, err := base64.StdEncoding.DecodeString(args[0].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(0, "not Base64")
		}
		key, err := privateKey(args[1].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		plain, err := rsa.DecryptPKCS1v15(nil, key, raw) //nolint:staticcheck // this padding is what the function is for
		if err != nil || !utf8.Valid(plain) {
			return cty.NilVal, function.NewArgErrorf(0, "cannot be decrypted with this key")
		}
		return cty.StringVal(string(plain)), nil
	},
})

// privateKey reads an RSA key. Its errors never quote the key.
func privateKey(src string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(src))
	if block == nil {
		return nil, function.NewArgErrorf(1, "not a private key in PEM")
	}
	switch block.Type {
	case "RSA PRIVATE KEY":
		if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
			return key, nil
		}
	case "PRIVATE KEY":
		if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
			if key, ok := key.(*rsa.PrivateKey); ok {
				return key, nil
			}
		}
	case "OPENSSH PRIVATE KEY":
		return nil, cannotTell(cty.String, "keys in the OpenSSH format are not read")
	}
	return nil, function.NewArgErrorf(1, "not an RSA private key, or it is protected by a password")
}
