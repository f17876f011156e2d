package cfneval_test

import (
	"testing"

	"github.com/wacheck/wacheck/internal/cfneval"
)

// world is the template in which expressions are tested. It is written in the
// part of YAML that is JSON, so that it serves for both.
const world = `{
"Parameters": {
  "Plain": {"Type": "String", "Default": "plain"},
  "Free": {"Type": "String"},
  "Env": {"Type": "String", "AllowedValues": ["dev", "prod"], "Default": "dev"},
  "Only": {"Type": "String", "AllowedValues": ["one"]},
  "Many": {"Type": "String", "AllowedValues": ["1", "2", "3", "4", "5", "6", "7", "8", "9"]},
  "Names": {"Type": "CommaDelimitedList", "Default": "a, b,c"},
  "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"},
  "Vpc": {"Type": "AWS::EC2::VPC::Id"},
  "Ami": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": "/aws/ami"},
  "Secret": {"Type": "String", "NoEcho": true, "Default": "hunter2"},
  "Size": {"Type": "Number", "Default": 3}
},
"Mappings": {
  "Sizes": {
    "dev": {"Type": "t3.micro", "Count": 1, "Zones": ["a"]},
    "prod": {"Type": "m5.large", "Count": 2, "Zones": ["a", "b"]}
  },
  "Regions": {"us-east-1": {"Ami": "ami-1"}, "eu-west-1": {"Ami": "ami-2"}}
},
"Conditions": {
  "IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
  "NotProd": {"Fn::Not": [{"Condition": "IsProd"}]},
  "HasFree": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Free"}, ""]}]},
  "IsEast": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]},
  "Always": {"Fn::Equals": [{"Ref": "Plain"}, "plain"]},
  "Never": {"Fn::Not": [{"Condition": "Always"}]}
},
"Resources": {
  "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "known-name"}},
  "Vpc1": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
  "Custom": {"Type": "Custom::Thing", "Properties": {}},
  "R": {"Type": "AWS::Test::R", "Properties": {"X": EXPR}}
}}`

type expression struct {
	name string
	// short is YAML with tags, long is JSON.
	short, long string
	want        string
	// code is the expected diagnostic, if there is one.
	code string
}

var expressions = []expression{
	{name: "Ref parameter", short: `!Ref Plain`, long: `{"Ref":"Plain"}`, want: `"plain"`},
	{name: "Ref without value", short: `!Ref Free`, long: `{"Ref":"Free"}`, want: `?no-value`},
	{name: "Ref of several", short: `!Ref Env`, long: `{"Ref":"Env"}`, want: `"dev"|"prod"`},
	{name: "Ref of the only one", short: `!Ref Only`, long: `{"Ref":"Only"}`, want: `"one"`},
	{name: "Ref of too many", short: `!Ref Many`, long: `{"Ref":"Many"}`, want: `?allowed-values`},
	{name: "Ref list", short: `!Ref Names`, long: `{"Ref":"Names"}`, want: `["a","b","c"]`},
	{name: "Ref existing", short: `!Ref Vpc`, long: `{"Ref":"Vpc"}`, want: `?no-value(Parameters.Vpc)`},
	{name: "Ref existing list", short: `!Ref Subnets`, long: `{"Ref":"Subnets"}`, want: `?no-value(Parameters.Subnets)`},
	{name: "Ref stored", short: `!Ref Ami`, long: `{"Ref":"Ami"}`, want: `?dynamic-reference`},
	{name: "Ref number", short: `!Ref Size`, long: `{"Ref":"Size"}`, want: `3`},
	{name: "Ref pseudo", short: `!Ref AWS::Region`, long: `{"Ref":"AWS::Region"}`, want: `?pseudo-parameter`},
	{name: "Ref resource", short: `!Ref Bucket`, long: `{"Ref":"Bucket"}`, want: `?computed(Bucket.Ref)`},
	{name: "Ref nothing", short: `!Ref Nobody`, long: `{"Ref":"Nobody"}`, want: `?invalid-input`, code: "cloudformation-reference"},
	{name: "Ref NoValue", short: `!Ref AWS::NoValue`, long: `{"Ref":"AWS::NoValue"}`, want: `-`},
	{name: "Ref wrong", short: `!Ref [a]`, long: `{"Ref":["a"]}`, want: `?invalid-input`, code: "cloudformation-reference"},

	{name: "GetAtt", short: `!GetAtt Bucket.Arn`, long: `{"Fn::GetAtt":["Bucket","Arn"]}`, want: `?computed(Bucket.Arn)`},
	{name: "GetAtt text", short: `!GetAtt [Bucket, Website.Url]`, long: `{"Fn::GetAtt":"Bucket.Website.Url"}`, want: `?computed(Bucket.Website.Url)`},
	{name: "GetAtt by parameter", short: `!GetAtt [Bucket, !Ref Plain]`, long: `{"Fn::GetAtt":["Bucket",{"Ref":"Plain"}]}`, want: `?computed(Bucket.plain)`},
	{name: "GetAtt unknown attribute", short: `!GetAtt [Bucket, !Ref Free]`, long: `{"Fn::GetAtt":["Bucket",{"Ref":"Free"}]}`, want: `?no-value(Bucket)`},
	{name: "GetAtt nothing", short: `!GetAtt Nobody.Arn`, long: `{"Fn::GetAtt":["Nobody","Arn"]}`, want: `?invalid-input`, code: "cloudformation-reference"},

	{name: "Sub", short: `!Sub "a-${Plain}-b"`, long: `{"Fn::Sub":"a-${Plain}-b"}`, want: `"a-plain-b"`},
	{name: "Sub plain text", short: `!Sub "a"`, long: `{"Fn::Sub":"a"}`, want: `"a"`},
	{name: "Sub empty text", short: `!Sub ""`, long: `{"Fn::Sub":""}`, want: `""`},
	{name: "Sub literal", short: `!Sub "${!Plain}-${Plain}"`, long: `{"Fn::Sub":"${!Plain}-${Plain}"}`, want: `"${Plain}-plain"`},
	{name: "Sub unclosed", short: `!Sub "${Plain"`, long: `{"Fn::Sub":"${Plain"}`, want: `"${Plain"`},
	{name: "Sub unknown", short: `!Sub "a-${Free}"`, long: `{"Fn::Sub":"a-${Free}"}`, want: `"a-"+?no-value`},
	{name: "Sub resource", short: `!Sub "${Bucket.Arn}/*"`, long: `{"Fn::Sub":"${Bucket.Arn}/*"}`, want: `?computed(Bucket.Arn)+"/*"`},
	{name: "Sub ref", short: `!Sub "arn:aws:s3:::${Bucket}"`, long: `{"Fn::Sub":"arn:aws:s3:::${Bucket}"}`, want: `"arn:aws:s3:::"+?computed(Bucket.Ref)`},
	{name: "Sub map", short: `!Sub ["${x}-${Plain}", {x: !Ref Size}]`, long: `{"Fn::Sub":["${x}-${Plain}",{"x":{"Ref":"Size"}}]}`, want: `"3-plain"`},
	{name: "Sub map hides parameter", short: `!Sub ["${Plain}", {Plain: y}]`, long: `{"Fn::Sub":["${Plain}",{"Plain":"y"}]}`, want: `"y"`},
	{name: "Sub list alone", short: `!Sub ["${Plain}"]`, long: `{"Fn::Sub":["${Plain}"]}`, want: `"plain"`},
	{name: "Sub several", short: `!Sub "${Env}-x"`, long: `{"Fn::Sub":"${Env}-x"}`, want: `"dev-x"|"prod-x"`},
	{name: "Sub twice the same", short: `!Sub "${Env}-${Env}"`, long: `{"Fn::Sub":"${Env}-${Env}"}`, want: `"dev-dev"|"prod-prod"`},
	{name: "Sub of what a condition decides", short: `!Sub ["${Env}-${x}", {x: !If [IsProd, p, d]}]`,
		long: `{"Fn::Sub":["${Env}-${x}",{"x":{"Fn::If":["IsProd","p","d"]}}]}`, want: `"dev-d"|"prod-p"`},
	{name: "Sub nobody", short: `!Sub "${Nobody}"`, long: `{"Fn::Sub":"${Nobody}"}`, want: `?invalid-input`, code: "cloudformation-reference"},
	{name: "Sub wrong", short: `!Sub {a: b}`, long: `{"Fn::Sub":{"a":"b"}}`, want: `?invalid-input`, code: "cloudformation-function"},
	{name: "Sub blanks", short: `!Sub "${ Plain }"`, long: `{"Fn::Sub":"${ Plain }"}`, want: `"plain"`},

	{name: "Join", short: `!Join ["-", [a, !Ref Plain, 1]]`, long: `{"Fn::Join":["-",["a",{"Ref":"Plain"},1]]}`, want: `"a-plain-1"`},
	{name: "Join list parameter", short: `!Join ["/", !Ref Names]`, long: `{"Fn::Join":["/",{"Ref":"Names"}]}`, want: `"a/b/c"`},
	{name: "Join unknown list", short: `!Join [",", !Ref Subnets]`, long: `{"Fn::Join":[",",{"Ref":"Subnets"}]}`, want: `?no-value(Parameters.Subnets)`},
	{name: "Join parts", short: `!Join ["", ["arn:aws:s3:::", !Ref Bucket, "/*"]]`, long: `{"Fn::Join":["",["arn:aws:s3:::",{"Ref":"Bucket"},"/*"]]}`,
		want: `"arn:aws:s3:::"+?computed(Bucket.Ref)+"/*"`},
	{name: "Join drops NoValue", short: `!Join ["-", [a, !Ref AWS::NoValue, b]]`, long: `{"Fn::Join":["-",["a",{"Ref":"AWS::NoValue"},"b"]]}`, want: `"a-b"`},
	{name: "Join of a condition", short: `!Join ["-", [a, !If [HasFree, b, !Ref AWS::NoValue]]]`,
		long: `{"Fn::Join":["-",["a",{"Fn::If":["HasFree","b",{"Ref":"AWS::NoValue"}]}]]}`, want: `"a-b"|"a"`},
	{name: "Join wrong", short: `!Join [a]`, long: `{"Fn::Join":["a"]}`, want: `?invalid-input`, code: "cloudformation-function"},

	{name: "Select", short: `!Select [1, [a, b]]`, long: `{"Fn::Select":[1,["a","b"]]}`, want: `"b"`},
	{name: "Select text index", short: `!Select ["0", !Ref Names]`, long: `{"Fn::Select":["0",{"Ref":"Names"}]}`, want: `"a"`},
	{name: "Select beyond", short: `!Select [2, [a, b]]`, long: `{"Fn::Select":[2,["a","b"]]}`, want: `?invalid-input`, code: "cloudformation-function"},
	{name: "Select unknown index", short: `!Select [!Ref Free, [a, b]]`, long: `{"Fn::Select":[{"Ref":"Free"},["a","b"]]}`, want: `"a"|"b"`},
	{name: "Select unknown list", short: `!Select [0, !Ref Subnets]`, long: `{"Fn::Select":[0,{"Ref":"Subnets"}]}`, want: `?no-value(Parameters.Subnets)`},
	{name: "Select after NoValue", short: `!Select [0, [!Ref AWS::NoValue, b]]`, long: `{"Fn::Select":[0,[{"Ref":"AWS::NoValue"},"b"]]}`, want: `"b"`},
	{name: "Select after what may be missing", short: `!Select [0, [!If [HasFree, a, !Ref AWS::NoValue], b]]`,
		long: `{"Fn::Select":[0,[{"Fn::If":["HasFree","a",{"Ref":"AWS::NoValue"}]},"b"]]}`, want: `"a"|"b"`},
	{name: "Select zone", short: `!Select [1, !GetAZs ""]`, long: `{"Fn::Select":[1,{"Fn::GetAZs":""}]}`, want: `?pseudo-parameter(AWS::AZs.[1])`},
	{name: "Select zone of this region", short: `!Select [1, !GetAZs {Ref: "AWS::Region"}]`, long: `{"Fn::Select":[1,{"Fn::GetAZs":{"Ref":"AWS::Region"}}]}`,
		want: `?pseudo-parameter(AWS::AZs.[1])`},
	{name: "Select zone of a region", short: `!Select [0, !GetAZs us-east-1]`, long: `{"Fn::Select":[0,{"Fn::GetAZs":"us-east-1"}]}`,
		want: `?pseudo-parameter(AWS::AZs.us-east-1[0])`},
	{name: "GetAZs", short: `!GetAZs ""`, long: `{"Fn::GetAZs":""}`, want: `?pseudo-parameter(AWS::AZs)`},

	{name: "Split", short: `!Split [",", "a,b"]`, long: `{"Fn::Split":[",","a,b"]}`, want: `["a","b"]`},
	{name: "Split parts", short: `!Split [",", !Sub "a,b${Free},c"]`, long: `{"Fn::Split":[",",{"Fn::Sub":"a,b${Free},c"}]}`, want: `["a"…]`},
	{name: "Split unknown", short: `!Split [":", !GetAtt Bucket.Arn]`, long: `{"Fn::Split":[":",{"Fn::GetAtt":["Bucket","Arn"]}]}`, want: `?computed(Bucket.Arn)`},
	{name: "Select of Split", short: `!Select [0, !Split ["-", !Ref Plain]]`, long: `{"Fn::Select":[0,{"Fn::Split":["-",{"Ref":"Plain"}]}]}`, want: `"plain"`},
	{name: "Select of Split of parts", short: `!Select [0, !Split ["/", !Sub "x/${Free}"]]`, long: `{"Fn::Select":[0,{"Fn::Split":["/",{"Fn::Sub":"x/${Free}"}]}]}`, want: `"x"`},
	{name: "Select behind parts", short: `!Select [1, !Split ["/", !Sub "x/${Free}"]]`, long: `{"Fn::Select":[1,{"Fn::Split":["/",{"Fn::Sub":"x/${Free}"}]}]}`, want: `?no-value`},

	{name: "If true", short: `!If [Always, a, b]`, long: `{"Fn::If":["Always","a","b"]}`, want: `"a"`},
	{name: "If false", short: `!If [Never, a, b]`, long: `{"Fn::If":["Never","a","b"]}`, want: `"b"`},
	{name: "If open", short: `!If [IsProd, a, b]`, long: `{"Fn::If":["IsProd","a","b"]}`, want: `"a"|"b"`},
	{name: "If open but the same", short: `!If [IsProd, a, a]`, long: `{"Fn::If":["IsProd","a","a"]}`, want: `"a"`},
	{name: "If narrows the parameter", short: `!If [IsProd, !Ref Env, x]`, long: `{"Fn::If":["IsProd",{"Ref":"Env"},"x"]}`, want: `"prod"|"x"`},
	{name: "If narrows the mapping", short: `!If [NotProd, !FindInMap [Sizes, !Ref Env, Type], x]`,
		long: `{"Fn::If":["NotProd",{"Fn::FindInMap":["Sizes",{"Ref":"Env"},"Type"]},"x"]}`, want: `"t3.micro"|"x"`},
	{name: "If inside If", short: `!If [IsProd, !If [NotProd, x, a], !If [IsProd, x, b]]`,
		long: `{"Fn::If":["IsProd",{"Fn::If":["NotProd","x","a"]},{"Fn::If":["IsProd","x","b"]}]}`, want: `"a"|"b"`},
	{name: "If narrows a free parameter", short: `!If [IsEast, !Ref AWS::Region, x]`, long: `{"Fn::If":["IsEast",{"Ref":"AWS::Region"},"x"]}`, want: `"us-east-1"|"x"`},
	{name: "If of a free parameter", short: `!If [HasFree, !Ref Free, x]`, long: `{"Fn::If":["HasFree",{"Ref":"Free"},"x"]}`, want: `?no-value|"x"`},
	{name: "If NoValue", short: `!If [IsProd, a, !Ref AWS::NoValue]`, long: `{"Fn::If":["IsProd","a",{"Ref":"AWS::NoValue"}]}`, want: `"a"|-`},
	{name: "If undefined", short: `!If [Undefined, a, b]`, long: `{"Fn::If":["Undefined","a","b"]}`, want: `"a"|"b"`, code: "cloudformation-condition"},
	{name: "If wrong", short: `!If [IsProd, a]`, long: `{"Fn::If":["IsProd","a"]}`, want: `?invalid-input`, code: "cloudformation-function"},
	{name: "Condition", short: `!Condition Always`, long: `{"Fn::Or":[{"Condition":"Always"},{"Condition":"IsProd"}]}`, want: `true`},
	{name: "And", short: `!And [!Condition Always, !Condition IsProd]`, long: `{"Fn::And":[{"Condition":"Always"},{"Condition":"IsProd"}]}`, want: `true|false`},
	{name: "Not Equals", short: `!Not [!Equals [a, b]]`, long: `{"Fn::Not":[{"Fn::Equals":["a","b"]}]}`, want: `true`},

	{name: "list drops NoValue", short: `[a, !Ref AWS::NoValue]`, long: `["a",{"Ref":"AWS::NoValue"}]`, want: `["a"]`},
	{name: "list element that may be missing", short: `[a, !If [IsProd, b, !Ref AWS::NoValue]]`, long: `["a",{"Fn::If":["IsProd","b",{"Ref":"AWS::NoValue"}]}]`, want: `["a","b"~]`},
	{name: "object drops NoValue", short: `{a: 1, b: !Ref AWS::NoValue}`, long: `{"a":1,"b":{"Ref":"AWS::NoValue"}}`, want: `{a:1}`},
	{name: "object field that may be missing", short: `{a: !If [IsProd, 1, !Ref AWS::NoValue]}`, long: `{"a":{"Fn::If":["IsProd",1,{"Ref":"AWS::NoValue"}]}}`, want: `{a:1|-}`},
	{name: "statement with Condition", short: `{Condition: {Bool: {k: v}}}`, long: `{"Condition":{"Bool":{"k":"v"}}}`, want: `{Condition:{Bool:{k:"v"}}}`},

	{name: "FindInMap", short: `!FindInMap [Sizes, dev, Type]`, long: `{"Fn::FindInMap":["Sizes","dev","Type"]}`, want: `"t3.micro"`},
	{name: "FindInMap list", short: `!FindInMap [Sizes, prod, Zones]`, long: `{"Fn::FindInMap":["Sizes","prod","Zones"]}`, want: `["a","b"]`},
	{name: "FindInMap several", short: `!FindInMap [Sizes, !Ref Env, Count]`, long: `{"Fn::FindInMap":["Sizes",{"Ref":"Env"},"Count"]}`, want: `1|2`},
	{name: "FindInMap unknown key", short: `!FindInMap [Regions, !Ref AWS::Region, Ami]`, long: `{"Fn::FindInMap":["Regions",{"Ref":"AWS::Region"},"Ami"]}`, want: `"ami-1"|"ami-2"`},
	{name: "FindInMap no entry", short: `!FindInMap [Sizes, test, Type]`, long: `{"Fn::FindInMap":["Sizes","test","Type"]}`, want: `?invalid-input`, code: "cloudformation-mapping"},
	{name: "FindInMap default", short: `!FindInMap [Sizes, test, Type, {DefaultValue: x}]`, long: `{"Fn::FindInMap":["Sizes","test","Type",{"DefaultValue":"x"}]}`, want: `"x"`},
	{name: "FindInMap unknown with default", short: `!FindInMap [Regions, !Ref Free, Ami, {DefaultValue: x}]`,
		long: `{"Fn::FindInMap":["Regions",{"Ref":"Free"},"Ami",{"DefaultValue":"x"}]}`, want: `"ami-1"|"ami-2"|"x"`},

	{name: "Base64", short: `!Base64 "echo hi"`, long: `{"Fn::Base64":"echo hi"}`, want: `"echo hi"`},
	{name: "Cidr", short: `!Cidr ["10.0.0.0/24", 2, 5]`, long: `{"Fn::Cidr":["10.0.0.0/24",2,5]}`, want: `["10.0.0.0/27","10.0.0.32/27"]`},
	{name: "Cidr v6", short: `!Cidr ["2001:db8::/56", 2, 64]`, long: `{"Fn::Cidr":["2001:db8::/56",2,64]}`, want: `["2001:db8::/64","2001:db8:0:1::/64"]`},
	{name: "Cidr of a VPC", short: `!Select [1, !Cidr [!GetAtt Vpc1.CidrBlock, 4, 8]]`, long: `{"Fn::Select":[1,{"Fn::Cidr":[{"Fn::GetAtt":["Vpc1","CidrBlock"]},4,8]}]}`, want: `"10.0.1.0/24"`},
	{name: "Cidr unknown", short: `!Cidr [!Ref Free, 4, 8]`, long: `{"Fn::Cidr":[{"Ref":"Free"},4,8]}`, want: `?no-value`},
	{name: "Cidr too many", short: `!Cidr ["10.0.0.0/30", 5, 1]`, long: `{"Fn::Cidr":["10.0.0.0/30",5,1]}`, want: `?invalid-input`, code: "cloudformation-function"},
	{name: "Cidr without bits", short: `!Cidr ["10.0.0.0/24", 2]`, long: `{"Fn::Cidr":["10.0.0.0/24",2]}`, want: `?depends-on-unknown`},

	{name: "ImportValue", short: `!ImportValue shared`, long: `{"Fn::ImportValue":"shared"}`, want: `?import-value(export/shared)`},
	{name: "ImportValue unknown", short: `!ImportValue {"Fn::Sub": "${Free}-vpc"}`, long: `{"Fn::ImportValue":{"Fn::Sub":"${Free}-vpc"}}`,
		want: `?import-value&no-value(import ${Parameters.Free}-vpc)`},
	{name: "Length", short: `!Length [1, 2, 3]`, long: `{"Fn::Length":[1,2,3]}`, want: `3`},
	{name: "Length of parameter", short: `!Length {Ref: Names}`, long: `{"Fn::Length":{"Ref":"Names"}}`, want: `3`},
	{name: "Length unknown", short: `!Length {Ref: Subnets}`, long: `{"Fn::Length":{"Ref":"Subnets"}}`, want: `?no-value(Parameters.Subnets)`},
	{name: "ToJsonString", short: `!ToJsonString {a: !Ref Bucket}`, long: `{"Fn::ToJsonString":{"a":{"Ref":"Bucket"}}}`, want: `json{a:?computed(Bucket.Ref)}`},
	{name: "Transform", short: `!Transform {Name: M}`, long: `{"Fn::Transform":{"Name":"M"}}`, want: `?unsupported-function`, code: "cloudformation-macro"},
	{name: "Transform beside others", short: `{a: 1, "Fn::Transform": {Name: M}}`, long: `{"a":1,"Fn::Transform":{"Name":"M"}}`, want: `{a:1…}`, code: "cloudformation-macro"},
	{name: "unsupported", short: `!Frobnicate x`, long: `{"Fn::Frobnicate":"x"}`, want: `?unsupported-function`, code: "cloudformation-function"},

	{name: "dynamic reference", short: `"{{resolve:secretsmanager:db:SecretString:password}}"`, long: `"{{resolve:secretsmanager:db:SecretString:password}}"`, want: `?dynamic-reference`},
	{name: "dynamic reference within", short: `"a{{resolve:ssm:/x}}b"`, long: `"a{{resolve:ssm:/x}}b"`, want: `"a"+?dynamic-reference+"b"`},
	{name: "dynamic reference put together", short: `!Sub "{{resolve:secretsmanager:${Bucket}:SecretString}}"`, long: `{"Fn::Sub":"{{resolve:secretsmanager:${Bucket}:SecretString}}"}`, want: `?dynamic-reference(Bucket.Ref)`},
	{name: "dynamic reference behind text", short: `!Join ["", ["p:{{resolve:ssm:", !Ref Free, "}}"]]`, long: `{"Fn::Join":["",["p:{{resolve:ssm:",{"Ref":"Free"},"}}"]]}`, want: `"p:"+?dynamic-reference`},

	{name: "zero-padded number", short: `012345678901`, long: `"012345678901"`, want: `"012345678901"`},
	{name: "bool", short: `TRUE`, long: `true`, want: `true`},
	{name: "date", short: `2012-10-17`, long: `"2012-10-17"`, want: `"2012-10-17"`},
	{name: "null", short: `null`, long: `null`, want: `null`},
	{name: "number", short: `1.50`, long: `1.50`, want: `1.50`},

	{name: "loop over a list", short: `{"Fn::ForEach::L": [N, [a, b], {"k${N}": !Sub "${N}-${Plain}"}]}`,
		long: `{"Fn::ForEach::L":["N",["a","b"],{"k${N}":{"Fn::Sub":"${N}-${Plain}"}}]}`, want: `{ka:"a-plain",kb:"b-plain"}`},
	{name: "loop over a parameter", short: `{"Fn::ForEach::L": [N, !Ref Names, {"&{N}": !Ref N}]}`,
		long: `{"Fn::ForEach::L":["N",{"Ref":"Names"},{"&{N}":{"Ref":"N"}}]}`, want: `{a:"a",b:"b",c:"c"}`},
	{name: "loop over what is not known", short: `{"Fn::ForEach::L": [N, !Ref Subnets, {"k${N}": !Sub "x${N}", z: !Ref N}]}`,
		long: `{"Fn::ForEach::L":["N",{"Ref":"Subnets"},{"k${N}":{"Fn::Sub":"x${N}"},"z":{"Ref":"N"}}]}`,
		want: `{k*:?depends-on-unknown,z:?depends-on-unknown…}`, code: "cloudformation-loop"},
	{name: "loop in a loop", short: `{"Fn::ForEach::L": [N, [a, b], {"Fn::ForEach::M": [O, ["1"], {"${N}${O}": 1}]}]}`,
		long: `{"Fn::ForEach::L":["N",["a","b"],{"Fn::ForEach::M":["O",["1"],{"${N}${O}":1}]}]}`, want: `{a1:1,b1:1}`},
}

func TestExpressions(t *testing.T) {
	for _, e := range expressions {
		for _, form := range []struct{ name, path, expr string }{
			{"short", "t.yaml", e.short}, {"long", "t.yaml", e.long}, {"json", "t.json", e.long},
		} {
			t.Run(e.name+"/"+form.name, func(t *testing.T) {
				b := load(t, form.path, replaceExpr(form.expr), cfneval.Options{})
				if got := b.show(b.property("R", "X")); got != e.want {
					t.Errorf("%s\n got %s\nwant %s", form.expr, got, e.want)
				}
				if got := b.codes(); got != e.code {
					t.Errorf("%s: diagnostics %q, want %q", form.expr, got, e.code)
				}
			})
		}
	}
}
