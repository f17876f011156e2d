package aws

import "sync"

// Relation says that a resource joins two others, or itself with another one, so
// that the one works on the other: sends to it, is called by it, answers for it.
type Relation struct {
	Type string
	// From and To are the attributes that name the two; an empty From is the resource
	// itself. They are dotted, without indices. A To of JSON text is read.
	From, To string
	// Says what the first does with the second: "sends to".
	Says string
	// Kind is what the second may be.
	Kind RelationKind
}

// RelationKind is what may stand at the end of a relation.
type RelationKind uint8

// The kinds of ends.
const (
	// ToTarget is what takes calls and events: functions, queues, topics, streams, state machines.
	ToTarget RelationKind = iota
	// ToBackend is what answers requests: load balancers and their target groups, instances, APIs, distributions, buckets, databases.
	ToBackend
	// ToAny is what programs are told of.
	ToAny
	// ToNetwork is a VPC.
	ToNetwork
)

var targetTypes = []string{
	"aws_lambda_function", "aws_lambda_alias", "aws_sqs_queue", "aws_sns_topic", "aws_kinesis_stream", "aws_kinesis_firehose_delivery_stream", "aws_sfn_state_machine", "aws_cloudwatch_event_bus",
	"AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Kinesis::Stream", "AWS::KinesisFirehose::DeliveryStream", "AWS::StepFunctions::StateMachine", "AWS::Events::EventBus",
}

var backendTypes = []string{
	"aws_lb", "aws_alb", "aws_elb", "aws_lb_target_group", "aws_alb_target_group", "aws_instance", "aws_autoscaling_group", "aws_cloudfront_distribution", "aws_api_gateway_rest_api", "aws_apigatewayv2_api",
	"AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancing::LoadBalancer", "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::EC2::Instance", "AWS::AutoScaling::AutoScalingGroup",
	"AWS::CloudFront::Distribution", "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api",
}

var toldTypes = []string{
	"aws_secretsmanager_secret", "aws_ssm_parameter", "aws_efs_file_system", "AWS::SecretsManager::Secret", "AWS::SSM::Parameter", "AWS::EFS::FileSystem",
}

// Types are the resource types of that kind. The slice must not be changed.
func (k RelationKind) Types() []string { return relationTypes()[k] }

var relationTypes = sync.OnceValue(func() map[RelationKind][]string {
	m := map[RelationKind][]string{}
	for _, k := range []RelationKind{ToTarget, ToBackend, ToAny, ToNetwork} {
		m[k] = k.types()
	}
	return m
})

func (k RelationKind) types() []string {
	var out []string
	switch k {
	case ToTarget:
		return targetTypes
	case ToNetwork:
		return Types[VPC]()
	case ToBackend:
		out = append(append(out, backendTypes...), targetTypes...)
	case ToAny:
		out = append(append(append(out, backendTypes...), targetTypes...), toldTypes...)
	}
	for _, s := range dataStores() {
		out = append(out, s.Type)
	}
	return out
}

// Relations returns the table of all relations that rules about environments look at.
func Relations() []Relation { return append(terraformRelations(), cloudFormationRelations()...) }

func terraformRelations() []Relation {
	return []Relation{
		{"aws_lb_target_group_attachment", "target_group_arn", "target_id", "sends requests to", ToBackend},
		{"aws_autoscaling_attachment", "lb_target_group_arn", "autoscaling_group_name", "sends requests to", ToBackend},
		{"aws_autoscaling_group", "", "target_group_arns", "answers requests of", ToBackend},
		{"aws_ecs_service", "", "load_balancer.target_group_arn", "answers requests of", ToBackend},
		{"aws_lb_listener", "load_balancer_arn", "default_action.target_group_arn", "sends requests to", ToBackend},
		{"aws_lb_listener", "load_balancer_arn", "default_action.forward.target_group.arn", "sends requests to", ToBackend},
		{"aws_lb_listener_rule", "listener_arn", "action.target_group_arn", "sends requests to", ToBackend},
		{"aws_lb_listener_rule", "listener_arn", "action.forward.target_group.arn", "sends requests to", ToBackend},
		{"aws_apigatewayv2_integration", "api_id", "integration_uri", "sends requests to", ToBackend},
		{"aws_api_gateway_integration", "rest_api_id", "uri", "sends requests to", ToBackend},
		{"aws_cloudfront_distribution", "", "origin.domain_name", "sends requests to", ToBackend},
		{"aws_route53_record", "", "alias.name", "leads to", ToBackend},
		{"aws_route53_record", "", "records", "leads to", ToBackend},
		{"aws_lambda_event_source_mapping", "function_name", "event_source_arn", "takes events from", ToAny},
		{"aws_sns_topic_subscription", "topic_arn", "endpoint", "sends to", ToTarget},
		{"aws_s3_bucket_notification", "bucket", "lambda_function.lambda_function_arn", "sends events to", ToTarget},
		{"aws_s3_bucket_notification", "bucket", "queue.queue_arn", "sends events to", ToTarget},
		{"aws_s3_bucket_notification", "bucket", "topic.topic_arn", "sends events to", ToTarget},
		{"aws_cloudwatch_event_target", "rule", "arn", "sends events to", ToTarget},
		{"aws_scheduler_schedule", "", "target.arn", "calls", ToTarget},
		{"aws_pipes_pipe", "source", "target", "sends events to", ToTarget},
		{"aws_sqs_queue", "", "redrive_policy", "sends failed messages to", ToTarget},
		{"aws_lambda_function", "", "dead_letter_config.target_arn", "sends failed events to", ToTarget},
		{"aws_lambda_function", "", "environment.variables", "is told of", ToAny},
		{"aws_lambda_function", "", "file_system_config.arn", "mounts", ToAny},
		{"aws_ecs_task_definition", "", "container_definitions", "is told of", ToAny},
		{"aws_ecs_task_definition", "", "volume.efs_volume_configuration.file_system_id", "mounts", ToAny},
		{"aws_sfn_state_machine", "", "definition", "calls", ToAny},
		{"aws_cloudwatch_metric_alarm", "", "alarm_actions", "acts on", ToTarget},
		{"aws_db_instance", "", "replicate_source_db", "is a copy of", ToAny},
		{"aws_vpc_peering_connection", "vpc_id", "peer_vpc_id", "is connected with", ToNetwork},
	}
}

func cloudFormationRelations() []Relation {
	return []Relation{
		{"AWS::ElasticLoadBalancingV2::TargetGroup", "", "Targets.Id", "sends requests to", ToBackend},
		{"AWS::AutoScaling::AutoScalingGroup", "", "TargetGroupARNs", "answers requests of", ToBackend},
		{"AWS::ECS::Service", "", "LoadBalancers.TargetGroupArn", "answers requests of", ToBackend},
		{"AWS::ElasticLoadBalancingV2::Listener", "LoadBalancerArn", "DefaultActions.TargetGroupArn", "sends requests to", ToBackend},
		{"AWS::ElasticLoadBalancingV2::Listener", "LoadBalancerArn", "DefaultActions.ForwardConfig.TargetGroups.TargetGroupArn", "sends requests to", ToBackend},
		{"AWS::ElasticLoadBalancingV2::ListenerRule", "ListenerArn", "Actions.TargetGroupArn", "sends requests to", ToBackend},
		{"AWS::ElasticLoadBalancingV2::ListenerRule", "ListenerArn", "Actions.ForwardConfig.TargetGroups.TargetGroupArn", "sends requests to", ToBackend},
		{"AWS::ApiGatewayV2::Integration", "ApiId", "IntegrationUri", "sends requests to", ToBackend},
		{"AWS::ApiGateway::Method", "RestApiId", "Integration.Uri", "sends requests to", ToBackend},
		{"AWS::CloudFront::Distribution", "", "DistributionConfig.Origins.DomainName", "sends requests to", ToBackend},
		{"AWS::Route53::RecordSet", "", "AliasTarget.DNSName", "leads to", ToBackend},
		{"AWS::Route53::RecordSet", "", "ResourceRecords", "leads to", ToBackend},
		{"AWS::Lambda::EventSourceMapping", "FunctionName", "EventSourceArn", "takes events from", ToAny},
		{"AWS::SNS::Subscription", "TopicArn", "Endpoint", "sends to", ToTarget},
		{"AWS::SNS::Topic", "", "Subscription.Endpoint", "sends to", ToTarget},
		{"AWS::S3::Bucket", "", "NotificationConfiguration.LambdaConfigurations.Function", "sends events to", ToTarget},
		{"AWS::S3::Bucket", "", "NotificationConfiguration.QueueConfigurations.Queue", "sends events to", ToTarget},
		{"AWS::S3::Bucket", "", "NotificationConfiguration.TopicConfigurations.Topic", "sends events to", ToTarget},
		{"AWS::Events::Rule", "", "Targets.Arn", "sends events to", ToTarget},
		{"AWS::Scheduler::Schedule", "", "Target.Arn", "calls", ToTarget},
		{"AWS::Pipes::Pipe", "Source", "Target", "sends events to", ToTarget},
		{"AWS::SQS::Queue", "", "RedrivePolicy.deadLetterTargetArn", "sends failed messages to", ToTarget},
		{"AWS::Lambda::Function", "", "DeadLetterConfig.TargetArn", "sends failed events to", ToTarget},
		{"AWS::Lambda::Function", "", "Environment.Variables", "is told of", ToAny},
		{"AWS::Lambda::Function", "", "FileSystemConfigs.Arn", "mounts", ToAny},
		{"AWS::ECS::TaskDefinition", "", "ContainerDefinitions", "is told of", ToAny},
		{"AWS::ECS::TaskDefinition", "", "Volumes.EFSVolumeConfiguration.FilesystemId", "mounts", ToAny},
		{"AWS::StepFunctions::StateMachine", "", "DefinitionString", "calls", ToAny},
		{"AWS::StepFunctions::StateMachine", "", "DefinitionSubstitutions", "calls", ToAny},
		{"AWS::CloudWatch::Alarm", "", "AlarmActions", "acts on", ToTarget},
		{"AWS::RDS::DBInstance", "", "SourceDBInstanceIdentifier", "is a copy of", ToAny},
		{"AWS::EC2::VPCPeeringConnection", "VpcId", "PeerVpcId", "is connected with", ToNetwork},
	}
}
