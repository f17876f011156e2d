package aws

import (
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// ECSService runs and replaces tasks.
type ECSService struct {
	Head           `tf:"aws_ecs_service,by=name" cfn:"AWS::ECS::Service,by=ServiceName"`
	Name           value.String              `tf:"name" cfn:"ServiceName"`
	Cluster        value.Attr                `tf:"cluster" cfn:"Cluster"`
	Scheduling     value.String              `tf:"scheduling_strategy,default=REPLICA" cfn:"SchedulingStrategy,default=REPLICA"`
	Controller     value.String              `tf:"deployment_controller.type,default=ECS" cfn:"DeploymentController.Type,default=ECS"`
	PublicIP       value.Bool                `tf:"network_configuration.assign_public_ip,default=false"`
	AssignPublicIP value.String              `cfn:"NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp,default=DISABLED"`
	CircuitBreaker value.Bool                `tf:"deployment_circuit_breaker.enable,default=false" cfn:"DeploymentConfiguration.DeploymentCircuitBreaker.Enable,default=false"`
	AlarmsOn       value.Bool                `tf:"alarms.enable,default=false" cfn:"DeploymentConfiguration.Alarms.Enable,default=false"`
	AlarmsRollback value.Bool                `tf:"alarms.rollback,default=false" cfn:"DeploymentConfiguration.Alarms.Rollback,default=false"`
	LoadBalancers  List[ServiceLoadBalancer] `tf:"load_balancer" cfn:"LoadBalancers"`
	Definition     value.Attr                `tf:"task_definition" cfn:"TaskDefinition"`
	DesiredCount   value.Int                 `tf:"desired_count" cfn:"DesiredCount"`
	LaunchType     value.String              `tf:"launch_type" cfn:"LaunchType"`
	Providers      List[CapacityProvider]    `tf:"capacity_provider_strategy" cfn:"CapacityProviderStrategy"`
}

// CapacityProvider is what tasks of a service run on.
type CapacityProvider struct {
	Item
	Name value.String `tf:"capacity_provider" cfn:"CapacityProvider"`
}

// IsFargate says whether tasks run on Fargate. Where nothing says so, the
// cluster's default strategy decides, or the account's, and else it is EC2.
func (s *ECSService) IsFargate() value.Verdict { return isFargate(s.LaunchType, s.Providers) }

// IsFargate says whether the tasks of the set run on Fargate.
func (s *ECSTaskSet) IsFargate() value.Verdict { return isFargate(s.LaunchType, s.Providers) }

func isFargate(launchType value.String, providers List[CapacityProvider]) value.Verdict {
	if !launchType.V.IsUnset() {
		return launchType.IsFold("FARGATE")
	}
	var vs []value.Verdict
	for _, p := range providers.Items {
		v := p.Name.IsFold("FARGATE", "FARGATE_SPOT")
		if p.Exists() != tri.True && v.IsGood() {
			v = value.Open(v.Facts()...)
		}
		vs = append(vs, v)
	}
	if providers.Open || len(vs) == 0 {
		vs = append(vs, value.Open(launchType.Fact()))
	}
	return value.Either(vs...)
}

// ECSTaskSet is a set of tasks of a service with an external deployment controller.
type ECSTaskSet struct {
	Head           `tf:"aws_ecs_task_set" cfn:"AWS::ECS::TaskSet"`
	PublicIP       value.Bool                `tf:"network_configuration.assign_public_ip,default=false"`
	AssignPublicIP value.String              `cfn:"NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp,default=DISABLED"`
	LaunchType     value.String              `tf:"launch_type" cfn:"LaunchType"`
	Providers      List[CapacityProvider]    `tf:"capacity_provider_strategy" cfn:"CapacityProviderStrategy"`
	LoadBalancers  List[ServiceLoadBalancer] `tf:"load_balancer" cfn:"LoadBalancers"`
}

// publicIP says whether tasks get a public address; the languages spell it differently.
func publicIP(h *Head, flag value.Bool, word value.String) value.Verdict {
	if h.node.Lang.String() == "cloudformation" {
		return word.IsFold("ENABLED")
	}
	return flag.Is(true)
}

// HasPublicIP says whether the tasks of the service get a public address.
func (s *ECSService) HasPublicIP() value.Verdict {
	return publicIP(&s.Head, s.PublicIP, s.AssignPublicIP)
}

// HasPublicIP says whether the tasks of the set get a public address.
func (s *ECSTaskSet) HasPublicIP() value.Verdict {
	return publicIP(&s.Head, s.PublicIP, s.AssignPublicIP)
}

// TaskDefinition says how the tasks of a service are started. TaskRole is the role
// that the programs in the containers hold.
type TaskDefinition struct {
	Head     `tf:"aws_ecs_task_definition,by=family" cfn:"AWS::ECS::TaskDefinition,by=Family"`
	TaskRole value.Attr `tf:"task_role_arn" cfn:"TaskRoleArn"`
	// Containers is a list in CloudFormation, and JSON in Terraform.
	Containers value.Attr `tf:"container_definitions" cfn:"ContainerDefinitions"`
}
