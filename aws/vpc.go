package aws

import (
	"github.com/wacheck/wacheck/value"
)

// VPC is a virtual private cloud.
type VPC struct {
	Head `tf:"aws_vpc|aws_default_vpc" cfn:"AWS::EC2::VPC"`
	CIDR value.String `tf:"cidr_block" cfn:"CidrBlock"`

	Subnets   Satellites[Subnet]
	Secondary Satellites[VPCCIDR]
	Gateways  Satellites[GatewayAttachment]
	Defaults  Satellites[RouteTable]
	Main      Satellites[MainRouteTable]
	ACLs      Satellites[NetworkACL]
}

// VPCCIDR is a further address block of a VPC.
type VPCCIDR struct {
	Head `tf:"aws_vpc_ipv4_cidr_block_association" cfn:"AWS::EC2::VPCCidrBlock"`
	VPC  Ref[VPC]     `tf:"vpc_id,parent" cfn:"VpcId,parent"`
	CIDR value.String `tf:"cidr_block" cfn:"CidrBlock"`
}

// Subnet is a range of a VPC's addresses in one zone.
type Subnet struct {
	Head                `tf:"aws_subnet|aws_default_subnet" cfn:"AWS::EC2::Subnet"`
	VPC                 Ref[VPC]     `tf:"vpc_id,parent" cfn:"VpcId,parent"`
	CIDR                value.String `tf:"cidr_block" cfn:"CidrBlock"`
	Zone                value.String `tf:"availability_zone" cfn:"AvailabilityZone"`
	ZoneID              value.String `tf:"availability_zone_id" cfn:"AvailabilityZoneId"`
	MapPublicIPOnLaunch value.Bool   `tf:"map_public_ip_on_launch,default=false" cfn:"MapPublicIpOnLaunch,default=false"`
	AssignIPv6          value.Bool   `tf:"assign_ipv6_address_on_creation,default=false" cfn:"AssignIpv6AddressOnCreation,default=false"`

	Tables Satellites[RouteTableAssociation]
	ACLs   Satellites[NetworkACLAssociation]
}

// RouteTable says where packets that leave a subnet go. DefaultOf is set on the
// main table of a VPC that Terraform has adopted.
type RouteTable struct {
	Head      `tf:"aws_route_table|aws_default_route_table" cfn:"AWS::EC2::RouteTable"`
	VPC       Ref[VPC]          `tf:"vpc_id" cfn:"VpcId"`
	DefaultOf Ref[VPC]          `tf:"default_route_table_id,parent"`
	Inline    List[InlineRoute] `tf:"route"`

	Routes Satellites[Route]
}

// MainRouteTable makes a route table the main one of its VPC.
type MainRouteTable struct {
	Head  `tf:"aws_main_route_table_association"`
	VPC   Ref[VPC]        `tf:"vpc_id,parent"`
	Table Ref[RouteTable] `tf:"route_table_id"`
}

// RouteTableAssociation gives a subnet a route table of its own.
type RouteTableAssociation struct {
	Head   `tf:"aws_route_table_association" cfn:"AWS::EC2::SubnetRouteTableAssociation"`
	Subnet Ref[Subnet]     `tf:"subnet_id,parent" cfn:"SubnetId,parent"`
	Table  Ref[RouteTable] `tf:"route_table_id" cfn:"RouteTableId"`
}

// InlineRoute is a route block of a route table.
type InlineRoute struct {
	Item
	CIDR    value.String         `tf:"cidr_block"`
	CIDR6   value.String         `tf:"ipv6_cidr_block"`
	Prefix  value.Attr           `tf:"destination_prefix_list_id"`
	Gateway Ref[InternetGateway] `tf:"gateway_id"`
	Peering Ref[Peering]         `tf:"vpc_peering_connection_id"`
	Transit Ref[TransitGateway]  `tf:"transit_gateway_id"`
}

// Route is a route that is a resource of its own. Its table may be the main
// one of a VPC, named by an attribute of the VPC.
type Route struct {
	Head    `tf:"aws_route" cfn:"AWS::EC2::Route"`
	Table   Ref[RouteTable]      `tf:"route_table_id,parent" cfn:"RouteTableId,parent"`
	CIDR    value.String         `tf:"destination_cidr_block" cfn:"DestinationCidrBlock"`
	CIDR6   value.String         `tf:"destination_ipv6_cidr_block" cfn:"DestinationIpv6CidrBlock"`
	Prefix  value.Attr           `tf:"destination_prefix_list_id" cfn:"DestinationPrefixListId"`
	Gateway Ref[InternetGateway] `tf:"gateway_id" cfn:"GatewayId"`
	Peering Ref[Peering]         `tf:"vpc_peering_connection_id" cfn:"VpcPeeringConnectionId"`
	Transit Ref[TransitGateway]  `tf:"transit_gateway_id" cfn:"TransitGatewayId"`
}

// InternetGateway connects a VPC with the internet.
type InternetGateway struct {
	Head `tf:"aws_internet_gateway" cfn:"AWS::EC2::InternetGateway"`
	VPC  Ref[VPC] `tf:"vpc_id"`
}

// GatewayAttachment attaches an internet gateway to a VPC. In Terraform the
// gateway itself may name the VPC.
type GatewayAttachment struct {
	Head    `tf:"aws_internet_gateway_attachment|aws_internet_gateway" cfn:"AWS::EC2::VPCGatewayAttachment"`
	VPC     Ref[VPC]             `tf:"vpc_id,parent" cfn:"VpcId,parent"`
	Gateway Ref[InternetGateway] `tf:"internet_gateway_id" cfn:"InternetGatewayId"`
}

// VPNGateway connects a VPC with networks on premises.
type VPNGateway struct {
	Head `tf:"aws_vpn_gateway|aws_vpn_gateway_attachment" cfn:"AWS::EC2::VPCGatewayAttachment"`
	VPC  Ref[VPC]   `tf:"vpc_id" cfn:"VpcId"`
	VPN  value.Attr `cfn:"VpnGatewayId"`
}
