package aws

import (
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// LoadBalancerV2 is an application, network or gateway load balancer.
type LoadBalancerV2 struct {
	Head     `tf:"aws_lb|aws_alb,by=name" cfn:"AWS::ElasticLoadBalancingV2::LoadBalancer,by=Name"`
	Internal value.Bool   `tf:"internal,default=false"`
	Scheme   value.String `cfn:"Scheme,default=internet-facing"`
	Type     value.String `tf:"load_balancer_type,default=application" cfn:"Type,default=application"`
	Stack    value.String `tf:"ip_address_type,default=ipv4" cfn:"IpAddressType,default=ipv4"`

	Listeners Satellites[Listener]
}

// IsInternetFacing says whether the load balancer has public addresses.
func (l *LoadBalancerV2) IsInternetFacing() value.Verdict {
	if l.node.Lang == graph.CloudFormation {
		return l.Scheme.IsFold("internet-facing")
	}
	return l.Internal.Is(false)
}

// Listener is a port of a load balancer.
type Listener struct {
	Head         `tf:"aws_lb_listener|aws_alb_listener" cfn:"AWS::ElasticLoadBalancingV2::Listener"`
	LoadBalancer Ref[LoadBalancerV2]  `tf:"load_balancer_arn,parent" cfn:"LoadBalancerArn,parent"`
	Port         value.Int            `tf:"port" cfn:"Port"`
	Protocol     value.String         `tf:"protocol" cfn:"Protocol"`
	Actions      List[ListenerAction] `tf:"default_action" cfn:"DefaultActions"`

	Rules Satellites[ListenerRule]
}

// ListenerRule sends some of the requests elsewhere.
type ListenerRule struct {
	Head     `tf:"aws_lb_listener_rule|aws_alb_listener_rule" cfn:"AWS::ElasticLoadBalancingV2::ListenerRule"`
	Listener Ref[Listener]        `tf:"listener_arn,parent" cfn:"ListenerArn,parent"`
	Actions  List[ListenerAction] `tf:"action" cfn:"Actions"`
}

// ListenerAction is what a listener does with a request.
type ListenerAction struct {
	Item
	Group   Ref[TargetGroup]       `tf:"target_group_arn" cfn:"TargetGroupArn"`
	Forward Block[ListenerForward] `tf:"forward" cfn:"ForwardConfig"`
}

// ListenerForward spreads requests over target groups.
type ListenerForward struct {
	Item
	Groups List[ForwardGroup] `tf:"target_group" cfn:"TargetGroups"`
}

// ForwardGroup is one of them.
type ForwardGroup struct {
	Item
	Group Ref[TargetGroup] `tf:"arn" cfn:"TargetGroupArn"`
}

// TargetGroup is a set of targets that serve the same.
type TargetGroup struct {
	Head     `tf:"aws_lb_target_group|aws_alb_target_group,by=name" cfn:"AWS::ElasticLoadBalancingV2::TargetGroup,by=Name"`
	Port     value.Int          `tf:"port" cfn:"Port"`
	Protocol value.String       `tf:"protocol" cfn:"Protocol"`
	Targets  List[InlineTarget] `cfn:"Targets"`

	Attachments Satellites[TargetAttachment]
}

// InlineTarget is a target that a group lists.
type InlineTarget struct {
	Item
	Target Ref[Instance] `cfn:"Id"`
	Port   value.Int     `cfn:"Port"`
}

// TargetAttachment puts a target into a group.
type TargetAttachment struct {
	Head   `tf:"aws_lb_target_group_attachment|aws_alb_target_group_attachment"`
	Group  Ref[TargetGroup] `tf:"target_group_arn,parent"`
	Target Ref[Instance]    `tf:"target_id"`
	Port   value.Int        `tf:"port"`
}

// ClassicLoadBalancer is a load balancer of the first generation.
type ClassicLoadBalancer struct {
	Head      `tf:"aws_elb,by=name" cfn:"AWS::ElasticLoadBalancing::LoadBalancer,by=LoadBalancerName"`
	Internal  value.Bool            `tf:"internal,default=false"`
	Scheme    value.String          `cfn:"Scheme,default=internet-facing"`
	Listeners List[ClassicListener] `tf:"listener" cfn:"Listeners"`
	Instances Refs[Instance]        `tf:"instances" cfn:"Instances"`
}

// IsInternetFacing says whether the load balancer has public addresses.
func (l *ClassicLoadBalancer) IsInternetFacing() value.Verdict {
	if l.node.Lang == graph.CloudFormation {
		return l.Scheme.IsFold("internet-facing")
	}
	return l.Internal.Is(false)
}

// ClassicListener is a port of a classic load balancer.
type ClassicListener struct {
	Item
	Port       value.Int `tf:"lb_port" cfn:"LoadBalancerPort"`
	TargetPort value.Int `tf:"instance_port" cfn:"InstancePort"`
}
