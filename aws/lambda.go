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
}

// FunctionPermission is a statement of the policy of a function: who may invoke it.
type FunctionPermission struct {
	Head      `tf:"aws_lambda_permission" cfn:"AWS::Lambda::Permission"`
	Function  Ref[LambdaFunction] `tf:"function_name,parent" cfn:"FunctionName,parent"`
	Principal value.String        `tf:"principal" cfn:"Principal"`
}

// FunctionAlias is a version of a function, or a name for one.
type FunctionAlias struct {
	Head     `tf:"aws_lambda_alias" cfn:"AWS::Lambda::Alias|AWS::Lambda::Version"`
	Function Ref[LambdaFunction] `tf:"function_name" cfn:"FunctionName"`
}

// FunctionURL is an HTTPS endpoint of a function on the internet.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
type FunctionURL struct {
	Head     `tf:"aws_lambda_function_url" cfn:"AWS::Lambda::Url"`
	Function Ref[LambdaFunction] `tf:"function_name,parent" cfn:"TargetFunctionArn,parent"`
	Auth     value.String        `tf:"authorization_type" cfn:"AuthType"`
}
