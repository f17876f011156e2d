package aws

import "slices"

// IsWorkload reports that a resource of a type does the work of an environment: it
// computes, answers requests or keeps data. What describes accounts, permissions,
// networks, names, images and deployments is none: one account often holds it for
// all environments.
func IsWorkload(typ string) bool { return workloads[typ] || KeepsObjects(typ) }

// KeepsObjects reports a store that environments use, and that tools use as well:
// for artefacts, states, locks and logs.
func KeepsObjects(typ string) bool { return slices.Contains(objectStores, typ) }

var objectStores = []string{"aws_s3_bucket", "aws_dynamodb_table", "AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"}

// templates are placed in subnets, and run nothing by themselves.
var templates = []string{"aws_launch_template", "aws_launch_configuration", "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration"}

var workloads = func() map[string]bool {
	out := map[string]bool{}
	for _, p := range Placements() {
		out[p.Type] = !slices.Contains(templates, p.Type)
	}
	for _, typ := range unplacedWorkloads {
		out[typ] = true
	}
	return out
}()

// unplacedWorkloads are those that sit in no subnet, or need not.
var unplacedWorkloads = []string{
	"aws_api_gateway_rest_api", "aws_apigatewayv2_api", "aws_apprunner_service", "aws_appsync_graphql_api", "aws_batch_compute_environment",
	"aws_cloudfront_distribution", "aws_cognito_user_pool", "aws_dax_cluster", "aws_ecs_cluster", "aws_efs_file_system", "aws_eks_fargate_profile",
	"aws_elastic_beanstalk_environment", "aws_kinesis_stream", "aws_lightsail_instance", "aws_sfn_state_machine", "aws_sqs_queue",
	"AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api", "AWS::AppRunner::Service", "AWS::AppSync::GraphQLApi", "AWS::Batch::ComputeEnvironment",
	"AWS::CloudFront::Distribution", "AWS::Cognito::UserPool", "AWS::DAX::Cluster", "AWS::ECS::Cluster", "AWS::EFS::FileSystem", "AWS::EKS::FargateProfile",
	"AWS::ElasticBeanstalk::Environment", "AWS::Kinesis::Stream", "AWS::Lightsail::Instance", "AWS::StepFunctions::StateMachine", "AWS::SQS::Queue",
}
