package aws

import (
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// Peering connects two VPCs with each other.
type Peering struct {
	Head `tf:"aws_vpc_peering_connection" cfn:"AWS::EC2::VPCPeeringConnection"`
	VPC  Ref[VPC] `tf:"vpc_id" cfn:"VpcId"`
	Peer Ref[VPC] `tf:"peer_vpc_id" cfn:"PeerVpcId"`
}

// TransitGateway connects the VPCs that are attached to it. Attachments use the
// default route table unless that is switched off, here or in the attachment.
type TransitGateway struct {
	Head      `tf:"aws_ec2_transit_gateway" cfn:"AWS::EC2::TransitGateway"`
	Associate value.String `tf:"default_route_table_association,default=enable" cfn:"DefaultRouteTableAssociation,default=enable"`
	Propagate value.String `tf:"default_route_table_propagation,default=enable" cfn:"DefaultRouteTablePropagation,default=enable"`

	Attachments Satellites[TransitAttachment]
}

// TransitAttachment attaches a VPC to a transit gateway.
type TransitAttachment struct {
	Head      `tf:"aws_ec2_transit_gateway_vpc_attachment" cfn:"AWS::EC2::TransitGatewayAttachment|AWS::EC2::TransitGatewayVpcAttachment"`
	Gateway   Ref[TransitGateway] `tf:"transit_gateway_id,parent" cfn:"TransitGatewayId,parent"`
	VPC       Ref[VPC]            `tf:"vpc_id" cfn:"VpcId"`
	Associate value.Bool          `tf:"transit_gateway_default_route_table_association,default=true"`
	Propagate value.Bool          `tf:"transit_gateway_default_route_table_propagation,default=true"`

	Associations Satellites[TransitAssociation]
	Propagations Satellites[TransitPropagation]
}

// UsesDefault says whether the attachment is routed by the default table: it
// looks routes up there, and puts its own in.
func (a *TransitAttachment) UsesDefault(gateway *TransitGateway) value.Verdict {
	v := gateway.Associate.IsFold("enable").And(gateway.Propagate.IsFold("enable"))
	if a.node.Lang == graph.Terraform {
		v = v.And(a.Associate.Is(true), a.Propagate.Is(true))
	}
	return v
}

// TransitRouteTable is a route table of a transit gateway.
type TransitRouteTable struct {
	Head `tf:"aws_ec2_transit_gateway_route_table" cfn:"AWS::EC2::TransitGatewayRouteTable"`
}

// TransitAssociation says by which table packets of an attachment are routed.
type TransitAssociation struct {
	Head       `tf:"aws_ec2_transit_gateway_route_table_association" cfn:"AWS::EC2::TransitGatewayRouteTableAssociation"`
	Attachment Ref[TransitAttachment] `tf:"transit_gateway_attachment_id,parent" cfn:"TransitGatewayAttachmentId,parent"`
	Table      Ref[TransitRouteTable] `tf:"transit_gateway_route_table_id" cfn:"TransitGatewayRouteTableId"`
}

// TransitPropagation puts the addresses of an attachment into a table.
type TransitPropagation struct {
	Head       `tf:"aws_ec2_transit_gateway_route_table_propagation" cfn:"AWS::EC2::TransitGatewayRouteTablePropagation"`
	Attachment Ref[TransitAttachment] `tf:"transit_gateway_attachment_id,parent" cfn:"TransitGatewayAttachmentId,parent"`
	Table      Ref[TransitRouteTable] `tf:"transit_gateway_route_table_id" cfn:"TransitGatewayRouteTableId"`
}

// EndpointService offers what is behind load balancers to other networks, by
// endpoints in these.
type EndpointService struct {
	Head     `tf:"aws_vpc_endpoint_service" cfn:"AWS::EC2::VPCEndpointService"`
	Network  Refs[LoadBalancerV2] `tf:"network_load_balancer_arns" cfn:"NetworkLoadBalancerArns"`
	Gateways Refs[LoadBalancerV2] `tf:"gateway_load_balancer_arns" cfn:"GatewayLoadBalancerArns"`
}
