package policy

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

func thing(service, kind, name string) Thing {
	t := Thing{Node: &graph.Node{Addr: "x"}, Service: service, Kind: kind}
	if name != "" {
		t.Name = value.String{Attr: value.Attr{V: value.OfString(name, source.Span{})}}
	}
	return t
}

// TestEvaluate asks documents, one a line, whether they allow something together.
func TestEvaluate(t *testing.T) {
	role := thing("iam", "role/", "admin")
	bucket := thing("s3", "", "logs")
	objects := bucket
	objects.Within = "/*"
	nameless := thing("iam", "role/", "")
	const allowAll = `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	allow := func(action, resource string) string {
		return `{"Statement":{"Effect":"Allow","Action":` + action + `,"Resource":` + resource + `}}`
	}
	deny := func(action, resource string) string {
		return strings.Replace(allow(action, resource), "Allow", "Deny", 1)
	}
	for name, tt := range map[string]struct {
		documents string
		action    string
		on        Thing
		want      tri.Bool
	}{
		"nothing allows":                    {"", "iam:PassRole", role, tri.False},
		"everything":                        {allowAll, "iam:PassRole", role, tri.True},
		"the action":                        {allow(`"iam:PassRole"`, `"*"`), "iam:PassRole", role, tri.True},
		"the action in another case":        {allow(`"IAM:passrole"`, `"*"`), "iam:PassRole", role, tri.True},
		"another action":                    {allow(`"iam:GetRole"`, `"*"`), "iam:PassRole", role, tri.False},
		"a pattern of actions":              {allow(`"iam:Pass*"`, `"*"`), "iam:PassRole", role, tri.True},
		"a pattern with one character":      {allow(`"iam:PassRol?"`, `"*"`), "iam:PassRole", role, tri.True},
		"one action of a list":              {allow(`["s3:*","iam:PassRole"]`, `"*"`), "iam:PassRole", role, tri.True},
		"all actions is more than one":      {allow(`"iam:*"`, `"*"`), "*", role, tri.False},
		"all actions":                       {allowAll, "*", role, tri.True},
		"all but some is not all":           {strings.Replace(allowAll, "Action", "NotAction", 1), "*", role, tri.False},
		"all but another":                   {`{"Statement":{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}}`, "iam:PassRole", role, tri.True},
		"all but this":                      {`{"Statement":{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}}`, "iam:PassRole", role, tri.False},
		"the resource":                      {allow(`"*"`, `"arn:aws:iam::*:role/admin"`), "iam:PassRole", role, tri.True},
		"a pattern of resources":            {allow(`"*"`, `"arn:aws:iam::*:role/ad*"`), "iam:PassRole", role, tri.True},
		"a pattern across segments":         {allow(`"*"`, `"arn:*"`), "iam:PassRole", role, tri.Unknown},
		"another resource":                  {allow(`"*"`, `"arn:aws:iam::*:role/other"`), "iam:PassRole", role, tri.False},
		"a resource of another kind":        {allow(`"*"`, `"arn:aws:iam::*:user/admin"`), "iam:PassRole", role, tri.False},
		"a resource of another service":     {allow(`"*"`, `"arn:aws:s3:::admin"`), "iam:PassRole", role, tri.False},
		"a number whose account is unknown": {allow(`"*"`, `"arn:aws:iam::123456789012:role/admin"`), "iam:PassRole", role, tri.Unknown},
		"a name that is not known":          {allow(`"*"`, `"arn:aws:iam::*:role/admin"`), "iam:PassRole", nameless, tri.False},
		"all names":                         {allow(`"*"`, `"arn:aws:iam::*:role/*"`), "iam:PassRole", nameless, tri.True},
		"some names":                        {allow(`"*"`, `"arn:aws:iam::*:role/a*"`), "iam:PassRole", nameless, tri.Unknown},
		"all resources but another":         {`{"Statement":{"Effect":"Allow","Action":"*","NotResource":"arn:aws:iam::*:role/other"}}`, "iam:PassRole", role, tri.True},
		"all resources but this":            {`{"Statement":{"Effect":"Allow","Action":"*","NotResource":"arn:aws:iam::*:role/admin"}}`, "iam:PassRole", role, tri.False},
		"a bucket":                          {allow(`"s3:ListBucket"`, `"arn:aws:s3:::logs"`), "s3:ListBucket", bucket, tri.True},
		"its objects":                       {allow(`"s3:GetObject"`, `"arn:aws:s3:::logs/*"`), "s3:GetObject", objects, tri.True},
		"a bucket without its objects":      {allow(`"s3:GetObject"`, `"arn:aws:s3:::logs"`), "s3:GetObject", objects, tri.False},
		"some of its objects":               {allow(`"s3:GetObject"`, `"arn:aws:s3:::logs/public/*"`), "s3:GetObject", objects, tri.False},
		"objects of all buckets":            {allow(`"s3:GetObject"`, `"arn:aws:s3:::*"`), "s3:GetObject", objects, tri.True},

		"a denial":                          {allowAll + "\n" + deny(`"iam:*"`, `"*"`), "iam:PassRole", role, tri.False},
		"a denial of something else":        {allowAll + "\n" + deny(`"s3:*"`, `"*"`), "iam:PassRole", role, tri.True},
		"a denial elsewhere":                {allowAll + "\n" + deny(`"*"`, `"arn:aws:iam::*:role/other"`), "iam:PassRole", role, tri.True},
		"a denial of all but":               {allowAll + "\n" + `{"Statement":{"Effect":"Deny","NotAction":"s3:*","Resource":"*"}}`, "iam:PassRole", role, tri.False},
		"a denial of all but this":          {allowAll + "\n" + `{"Statement":{"Effect":"Deny","NotAction":"iam:PassRole","Resource":"*"}}`, "iam:PassRole", role, tri.True},
		"a denial of everything":            {allowAll + "\n" + deny(`"*"`, `"*"`), "*", role, tri.False},
		"a denial without anything to deny": {deny(`"*"`, `"*"`), "iam:PassRole", role, tri.False},

		"under a condition":                {`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}}`, "iam:PassRole", role, tri.Unknown},
		"denied under a condition":         {allowAll + "\n" + `{"Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}}`, "iam:PassRole", role, tri.Unknown},
		"something else under a condition": {`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}}`, "iam:PassRole", role, tri.False},
		"an action that is not known":      {allow(`"«a»"`, `"*"`), "iam:PassRole", role, tri.Unknown},
		"an action that begins otherwise":  {allow(`"s3:«a»"`, `"*"`), "iam:PassRole", role, tri.False},
		"a resource that is not known":     {allow(`"*"`, `"«r»"`), "iam:PassRole", role, tri.Unknown},
		"an account that is not known":     {allow(`"*"`, `"arn:aws:iam::«n»:role/admin"`), "iam:PassRole", role, tri.Unknown},
		"a name with a hole":               {allow(`"*"`, `"arn:aws:iam::*:role/a«n»"`), "iam:PassRole", role, tri.Unknown},
		"a name that begins otherwise":     {allow(`"*"`, `"arn:aws:iam::*:role/b«n»"`), "iam:PassRole", role, tri.False},
		"an effect that is not known":      {`{"Statement":{"Effect":"«e»","Action":"*","Resource":"*"}}`, "iam:PassRole", role, tri.Unknown},
		"a document that is not known":     {"«doc»", "iam:PassRole", role, tri.Unknown},
		"more that may deny":               {allowAll + "\n«doc»", "iam:PassRole", role, tri.Unknown},
		"no effect":                        {`{"Statement":{"Action":"*","Resource":"*"}}`, "iam:PassRole", role, tri.False},
		"no resource":                      {`{"Statement":{"Effect":"Allow","Action":"*"}}`, "iam:PassRole", role, tri.False},
	} {
		t.Run(name, func(t *testing.T) {
			g, n := stage(t)
			var grants []Grant
			for text := range strings.FieldsSeq(strings.ReplaceAll(tt.documents, " ", "")) {
				grants = append(grants, Grant{Document: Decode(g, n, "policy", holed(text)), Exists: tri.True})
			}
			a := Evaluate(grants, Question{Action: tt.action, Names: tt.on.Names(g)})
			if a.Result != tt.want {
				t.Errorf("got %v, want %v (by %v, denied %v, missing %v)", a.Result, tt.want, a.By, a.Denied, a.Missing)
			}
			switch {
			case a.Result == tri.True && len(a.By) == 0:
				t.Error("it does not say what allows it")
			case a.Result == tri.Unknown && len(a.Missing) == 0:
				t.Error("it does not say what is missing")
			}
		})
	}
}

// TestGrantsThatMayNotHold opens what only they allow, and what they may deny.
func TestGrantsThatMayNotHold(t *testing.T) {
	g, n := stage(t)
	doc := func(text string, exists tri.Bool) Grant {
		return Grant{Document: Decode(g, n, "policy", holed(text)), Exists: exists}
	}
	allow, deny := `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, `{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`
	for name, tt := range map[string]struct {
		grants []Grant
		want   tri.Bool
	}{
		"one that may allow":              {[]Grant{doc(allow, tri.Unknown)}, tri.Unknown},
		"one that is not there":           {[]Grant{doc(allow, tri.False)}, tri.False},
		"one that allows beside it":       {[]Grant{doc(allow, tri.Unknown), doc(allow, tri.True)}, tri.True},
		"one that may deny":               {[]Grant{doc(allow, tri.True), doc(deny, tri.Unknown)}, tri.Unknown},
		"one that denies beside one more": {[]Grant{doc(allow, tri.True), doc(deny, tri.Unknown), doc(deny, tri.True)}, tri.False},
	} {
		t.Run(name, func(t *testing.T) {
			if a := Evaluate(tt.grants, Question{Action: "s3:GetObject", Names: thing("s3", "", "b").Names(g)}); a.Result != tt.want {
				t.Errorf("got %v, want %v", a.Result, tt.want)
			}
		})
	}
}

// TestNamedPrincipals asks who a statement is about.
func TestNamedPrincipals(t *testing.T) {
	for name, tt := range map[string]struct {
		principal string
		want      tri.Bool
	}{
		"everybody":                {`"Principal":"*"`, tri.True},
		"every account":            {`"Principal":{"AWS":"*"}`, tri.True},
		"by its ARN":               {`"Principal":{"AWS":"arn:aws:iam::1:role/r"}`, tri.True},
		"one of several":           {`"Principal":{"AWS":["arn:aws:iam::1:role/q","arn:aws:iam::1:role/r"]}`, tri.True},
		"somebody else":            {`"Principal":{"AWS":"arn:aws:iam::1:role/q"}`, tri.False},
		"a service":                {`"Principal":{"Service":"ec2.amazonaws.com"}`, tri.False},
		"not known":                {`"Principal":{"AWS":"«who»"}`, tri.Unknown},
		"everybody but somebody":   {`"NotPrincipal":{"AWS":"arn:aws:iam::1:role/q"}`, tri.True},
		"everybody but this":       {`"NotPrincipal":{"AWS":"arn:aws:iam::1:role/r"}`, tri.False},
		"everybody but one or all": {`"NotPrincipal":{"AWS":"«who»"}`, tri.Unknown},
		"nobody":                   {`"Sid":"none"`, tri.False},
	} {
		t.Run(name, func(t *testing.T) {
			doc := decoded(t, `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole",`+tt.principal+`}}`)
			s := doc.All()[0]
			got := s.Named(func(kind string, id value.Value) tri.Bool {
				text, ok := id.Str()
				switch {
				case kind == "*", kind == "AWS" && ok && text == "*":
					return tri.True
				case kind != "AWS":
					return tri.False
				case !ok:
					return tri.Unknown
				}
				return tri.Of(text == "arn:aws:iam::1:role/r")
			})
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
