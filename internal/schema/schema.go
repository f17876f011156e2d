// Package schema knows which attributes and properties the resource types of
// AWS have: their names, their types and how they nest. It holds no text of
// any documentation and no behaviour, only facts about names.
//
// The evaluator of Terraform needs them to tell a block from an attribute and
// a set from a list, and to give an object the attributes that the
// configuration leaves out. The evaluator of CloudFormation needs the names
// that Fn::GetAtt takes. Tests check with them that every attribute that a
// model reads does exist.
//
// The tables are gzipped text inside the binary. A table is unpacked when it
// is first asked for a type, and the line of a type is parsed when that type is
// first asked for. All functions may be called concurrently; what they return
// is shared and must not be changed.
package schema

import (
	_ "embed" // the tables
	"strings"
	"sync"
)

// The tables are made by gen from the schemas of both languages, which have to
// be fetched: gen/README.md says how. For that reason go generate doesn't run it.
//
//go:embed tables/terraform.txt.gz
var terraformGzip []byte

//go:embed tables/cloudformation.txt.gz
var cloudformationGzip []byte

var (
	terraformTable      = &table{packed: terraformGzip}
	cloudformationTable = &table{packed: cloudformationGzip}

	terraformCache      sync.Map // table key → *Resource
	cloudformationCache sync.Map // type name → *CFNResource
)

// dataPrefix sets the data sources apart from the resources, in the table as
// in the addresses of Terraform.
const dataPrefix = "data."

// customResource is the type that stands for all types "Custom::*".
const customResource = "AWS::CloudFormation::CustomResource"

// Terraform returns the schema of a managed resource type such as
// "aws_db_instance". It is false for a type that the table does not have: one
// of another provider, or one newer than the table.
func Terraform(resourceType string) (*Resource, bool) {
	if strings.HasPrefix(resourceType, dataPrefix) {
		return nil, false
	}
	return terraform(resourceType, resourceType, false)
}

// TerraformData returns the schema of a data source such as "aws_vpc", named
// without "data.". It is false for one that the table does not have.
func TerraformData(dataType string) (*Resource, bool) {
	return terraform(dataPrefix+dataType, dataType, true)
}

func terraform(key, typ string, data bool) (*Resource, bool) {
	if r, ok := terraformCache.Load(key); ok {
		return r.(*Resource), true
	}
	line, ok := terraformTable.find(key)
	if !ok {
		return nil, false
	}
	body, err := parseBody(line)
	if err != nil {
		return nil, false // never so in a table that the tests have seen
	}
	r, _ := terraformCache.LoadOrStore(key, &Resource{Type: typ, Data: data, Body: *body})
	return r.(*Resource), true
}

// CloudFormation returns the schema of a resource type such as
// "AWS::RDS::DBInstance". All types "Custom::*" share one schema. It is false
// for a type that the table does not have; among these are the types
// "AWS::Serverless::*", which exist only until the SAM transform has run.
func CloudFormation(typeName string) (*CFNResource, bool) {
	if strings.HasPrefix(typeName, "Custom::") {
		typeName = customResource
	}
	if r, ok := cloudformationCache.Load(typeName); ok {
		return r.(*CFNResource), true
	}
	line, ok := cloudformationTable.find(typeName)
	if !ok {
		return nil, false
	}
	res, err := parseCFN(typeName, line)
	if err != nil {
		return nil, false // never so in a table that the tests have seen
	}
	r, _ := cloudformationCache.LoadOrStore(typeName, res)
	return r.(*CFNResource), true
}

// TerraformTypes returns the managed resource types of the table, sorted.
func TerraformTypes() []string {
	all := terraformTable.keys()
	n := 0
	for n < len(all) && !strings.HasPrefix(all[n], dataPrefix) {
		n++ // "aws_" sorts before "data."
	}
	return all[:n:n]
}

// TerraformDataTypes returns the data sources of the table, sorted, without
// "data.".
func TerraformDataTypes() []string {
	var types []string
	for _, key := range terraformTable.keys() {
		if typ, ok := strings.CutPrefix(key, dataPrefix); ok {
			types = append(types, typ)
		}
	}
	return types
}

// CloudFormationTypes returns the resource types of the table, sorted.
func CloudFormationTypes() []string { return cloudformationTable.keys() }

// TerraformSource says what the Terraform table was made from:
// "hashicorp/aws 6.25.0".
func TerraformSource() string { return terraformTable.source() }

// CloudFormationSource says what the CloudFormation table was made from.
func CloudFormationSource() string { return cloudformationTable.source() }
