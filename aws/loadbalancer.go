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
	// Conditions all have to hold.
	Conditions List[ListenerCondition] `tf:"condition" cfn:"Conditions"`
}

// ListenerCondition is what a request must be like. Of these a client can choose
// all but its address.
type ListenerCondition struct {
	Item
	Sources value.Strings `tf:"source_ip.values" cfn:"SourceIpConfig.Values"`
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
	// Weight is the share of requests; a group of weight 0 gets none.
	Weight value.Int `tf:"weight,default=1" cfn:"Weight,default=1"`
}

// ClassicLoadBalancer is a load balancer of the first generation.
type ClassicLoadBalancer struct {
	Head      `tf:"aws_elb,by=name" cfn:"AWS::ElasticLoadBalancing::LoadBalancer,by=LoadBalancerName"`
	Internal  value.Bool            `tf:"internal,default=false"`
	Scheme    value.String          `cfn:"Scheme,default=internet-facing"`
	Listeners List[ClassicListener] `tf:"listener" cfn:"Listeners"`
	Instances Refs[Instance]        `tf:"instances" cfn:"Instances"`

	Attachments Satellites[ClassicAttachment]
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
