package aws

import (
	"github.com/wacheck/wacheck/value"
)

// LambdaFunction is a Lambda function.
type LambdaFunction struct {
	Head `tf:"aws_lambda_function,by=function_name" cfn:"AWS::Lambda::Function,by=FunctionName"`
	Name value.String `tf:"function_name" cfn:"FunctionName"`
	Role value.Attr   `tf:"role" cfn:"Role"`
	// Variables are the environment variables of the program.
	Variables value.Attr `tf:"environment.variables" cfn:"Environment.Variables"`

	URLs        Satellites[FunctionURL]
	Permissions Satellites[FunctionPermission]
	Aliases     Satellites[FunctionAlias]
}

// FunctionPermission is a statement of the policy of a function, or of an alias or
// version of it, which have policies of their own: who may invoke it.
// https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
type FunctionPermission struct {
	Head      `tf:"aws_lambda_permission" cfn:"AWS::Lambda::Permission"`
	Function  Ref[LambdaFunction] `tf:"function_name,parent" cfn:"FunctionName,parent"`
	Alias     Ref[FunctionAlias]  `tf:"function_name,parent" cfn:"FunctionName,parent"`
	Qualifier value.Attr          `tf:"qualifier"`
	Principal value.String        `tf:"principal" cfn:"Principal"`
}

// FunctionAlias is a name for a version of a function.
type FunctionAlias struct {
	Head     `tf:"aws_lambda_alias" cfn:"AWS::Lambda::Alias"`
	Name     value.String        `tf:"name" cfn:"Name"`
	Function Ref[LambdaFunction] `tf:"function_name,parent" cfn:"FunctionName,parent"`

	Permissions Satellites[FunctionPermission]
}

// FunctionVersion is a version of a function.
type FunctionVersion struct {
	Head     `cfn:"AWS::Lambda::Version"`
	Function Ref[LambdaFunction] `cfn:"FunctionName"`
}

// FunctionURL is an HTTPS endpoint of a function, or of an alias of it, on the internet.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
type FunctionURL struct {
	Head      `tf:"aws_lambda_function_url" cfn:"AWS::Lambda::Url"`
	Function  Ref[LambdaFunction] `tf:"function_name,parent" cfn:"TargetFunctionArn,parent"`
	Qualifier value.Attr          `tf:"qualifier" cfn:"Qualifier"`
	Auth      value.String        `tf:"authorization_type" cfn:"AuthType"`
}
