package aws

import (
	"github.com/wacheck/wacheck/value"
)

// Accelerator is a Global Accelerator: addresses on the internet whose packets it
// hands on to endpoints in a VPC.
type Accelerator struct {
	Head    `tf:"aws_globalaccelerator_accelerator" cfn:"AWS::GlobalAccelerator::Accelerator"`
	Enabled value.Bool `tf:"enabled,default=true" cfn:"Enabled,default=true"`

	Listeners Satellites[AcceleratorListener]
}

// AcceleratorListener is the ports of an accelerator.
type AcceleratorListener struct {
	Head        `tf:"aws_globalaccelerator_listener" cfn:"AWS::GlobalAccelerator::Listener"`
	Accelerator Ref[Accelerator]       `tf:"accelerator_arn,parent" cfn:"AcceleratorArn,parent"`
	Protocol    value.String           `tf:"protocol" cfn:"Protocol,default=TCP"`
	Ranges      List[AcceleratorRange] `tf:"port_range" cfn:"PortRanges"`

	Groups Satellites[EndpointGroup]
}

// AcceleratorRange is a range of ports.
type AcceleratorRange struct {
	Item
	From value.Int `tf:"from_port" cfn:"FromPort"`
	To   value.Int `tf:"to_port" cfn:"ToPort"`
}

// EndpointGroup is what a listener hands packets on to in one region.
type EndpointGroup struct {
	Head      `tf:"aws_globalaccelerator_endpoint_group" cfn:"AWS::GlobalAccelerator::EndpointGroup"`
	Listener  Ref[AcceleratorListener]  `tf:"listener_arn,parent" cfn:"ListenerArn,parent"`
	Endpoints List[AcceleratorEndpoint] `tf:"endpoint_configuration" cfn:"EndpointConfigurations"`
	// Overrides change ports on the way.
	Overrides value.Attr `tf:"port_override" cfn:"PortOverrides"`
	Traffic   value.Int  `tf:"traffic_dial_percentage,default=100" cfn:"TrafficDialPercentage,default=100"`
}

// AcceleratorEndpoint is a load balancer, instance or Elastic IP.
type AcceleratorEndpoint struct {
	Item
	Target Ref[LoadBalancerV2] `tf:"endpoint_id" cfn:"EndpointId"`
	Weight value.Int           `tf:"weight,default=128" cfn:"Weight,default=128"`
	// Preserve says whether the address of the client is kept; for load balancers
	// the default is that of AWS.
	Preserve value.Bool `tf:"client_ip_preservation_enabled" cfn:"ClientIPPreservationEnabled,default=true"`
}
