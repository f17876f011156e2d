package aws

import (
	"github.com/wacheck/wacheck/value"
)

// LambdaFunction is a Lambda function.
type LambdaFunction struct {
	Head `tf:"aws_lambda_function,by=function_name" cfn:"AWS::Lambda::Function,by=FunctionName"`
	Role value.Attr `tf:"role" cfn:"Role"`

	URLs Satellites[FunctionURL]
}

// FunctionURL is an HTTPS endpoint of a function on the internet.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
type FunctionURL struct {
	Head     `tf:"aws_lambda_function_url" cfn:"AWS::Lambda::Url"`
	Function Ref[LambdaFunction] `tf:"function_name,parent" cfn:"TargetFunctionArn,parent"`
	Auth     value.String        `tf:"authorization_type" cfn:"AuthType"`
}
