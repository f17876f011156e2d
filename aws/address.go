package aws

import (
	"github.com/wacheck/wacheck/value"
)

// ElasticIP is a public IPv4 address that stays.
type ElasticIP struct {
	Head      `tf:"aws_eip" cfn:"AWS::EC2::EIP"`
	Instance  Ref[Instance]         `tf:"instance,parent" cfn:"InstanceId,parent"`
	Interface Ref[ElasticInterface] `tf:"network_interface"`
}

// ElasticIPAssociation gives an address to an instance or interface.
type ElasticIPAssociation struct {
	Head      `tf:"aws_eip_association" cfn:"AWS::EC2::EIPAssociation"`
	Instance  Ref[Instance]         `tf:"instance_id,parent" cfn:"InstanceId,parent"`
	Interface Ref[ElasticInterface] `tf:"network_interface_id" cfn:"NetworkInterfaceId"`
}

// ElasticInterface is a network interface that is a resource of its own.
type ElasticInterface struct {
	Head           `tf:"aws_network_interface" cfn:"AWS::EC2::NetworkInterface"`
	Subnet         Ref[Subnet]         `tf:"subnet_id" cfn:"SubnetId"`
	SecurityGroups Refs[SecurityGroup] `tf:"security_groups" cfn:"GroupSet"`
	IPv6Count      value.Int           `tf:"ipv6_address_count" cfn:"Ipv6AddressCount"`
	IPv6           value.Attr          `tf:"ipv6_addresses" cfn:"Ipv6Addresses"`
}
