package aws

import (
	"github.com/wacheck/wacheck/value"
)

// TargetGroup is a set of targets that serve the same.
type TargetGroup struct {
	Head     `tf:"aws_lb_target_group|aws_alb_target_group,by=name" cfn:"AWS::ElasticLoadBalancingV2::TargetGroup,by=Name"`
	Port     value.Int    `tf:"port" cfn:"Port"`
	Protocol value.String `tf:"protocol" cfn:"Protocol"`
	// Kind is what its targets are named by: instance, ip, lambda or alb.
	Kind value.String `tf:"target_type,default=instance" cfn:"TargetType,default=instance"`
	// Family is that of the addresses of the targets.
	Family value.String `tf:"ip_address_type,default=ipv4" cfn:"IpAddressType,default=ipv4"`
	// PreserveClient says whether a network load balancer passes packets on from
	// the address of the client; CloudFormation has it among the attributes.
	PreserveClient value.Bool           `tf:"preserve_client_ip"`
	Attributes     List[GroupAttribute] `cfn:"TargetGroupAttributes"`
	Targets        List[InlineTarget]   `cfn:"Targets"`

	Attachments Satellites[TargetAttachment]
}

// GroupAttribute is a setting of a target group.
type GroupAttribute struct {
	Item
	Key   value.String `cfn:"Key"`
	Value value.String `cfn:"Value"`
}

// PreservesClient says whether targets see the address of the client. It is the
// default of groups of instances, and cannot be switched off for UDP.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
func (t *TargetGroup) PreservesClient() value.Verdict {
	byDefault := t.Kind.IsFold("instance").Or(t.Protocol.IsFold("UDP", "TCP_UDP"))
	always := t.Protocol.IsFold("UDP", "TCP_UDP")
	v := byDefault
	if !t.PreserveClient.V.IsUnset() {
		v = t.PreserveClient.Is(true)
	}
	for _, a := range t.Attributes.Items {
		switch named := a.Key.Is("preserve_client_ip.enabled"); {
		case named.IsGood():
			v = a.Value.IsFold("true")
		case named.IsOpen():
			v = value.Open(a.Key.Fact())
		}
	}
	if t.Attributes.Open {
		v = value.Open(t.Attributes.Fact())
	}
	return v.Or(always)
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

// ScalingAttachment makes the instances of a scaling group targets.
type ScalingAttachment struct {
	Head    `tf:"aws_autoscaling_attachment"`
	Scaling Ref[AutoScalingGroup]    `tf:"autoscaling_group_name,parent"`
	Group   Ref[TargetGroup]         `tf:"lb_target_group_arn"`
	Classic Ref[ClassicLoadBalancer] `tf:"elb"`
}

// TrafficAttachment does the same for what is named by one identifier.
type TrafficAttachment struct {
	Head    `tf:"aws_autoscaling_traffic_source_attachment"`
	Scaling Ref[AutoScalingGroup] `tf:"autoscaling_group_name,parent"`
	Source  Ref[TargetGroup]      `tf:"traffic_source.identifier"`
}

// TrafficSource is a target group, by its ARN, or a classic load balancer, by its
// name, whose targets the instances of a scaling group are.
type TrafficSource struct {
	Item
	Group Ref[TargetGroup] `tf:"identifier" cfn:"Identifier"`
}

// ServiceLoadBalancer makes the tasks of a service targets.
type ServiceLoadBalancer struct {
	Item
	Group   Ref[TargetGroup]         `tf:"target_group_arn" cfn:"TargetGroupArn"`
	Classic Ref[ClassicLoadBalancer] `tf:"elb_name" cfn:"LoadBalancerName"`
	Port    value.Int                `tf:"container_port" cfn:"ContainerPort"`
}

// ClassicAttachment puts an instance behind a classic load balancer.
type ClassicAttachment struct {
	Head         `tf:"aws_elb_attachment"`
	LoadBalancer Ref[ClassicLoadBalancer] `tf:"elb,parent"`
	Instance     Ref[Instance]            `tf:"instance"`
}
