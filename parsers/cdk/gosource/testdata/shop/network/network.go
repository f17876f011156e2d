// Package network makes the network.
package network

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

const vpcID = "Vpc"

// New makes the stack.
func New(scope constructs.Construct, id string) awscdk.Stack {
	stack := awscdk.NewStack(scope, jsii.String(id), nil)
	vpc := ec2.NewVpc(stack, jsii.String(vpcID), nil)                           // vpc
	vpc.AddGatewayEndpoint(jsii.String("S3"), &ec2.GatewayVpcEndpointOptions{}) // endpoint
	ec2.NewSecurityGroup(stack, jsii.String("Twice"), nil)
	if vpc != nil {
		ec2.NewSecurityGroup(stack, jsii.String("Twice"), nil)
	}
	return stack
}
