package aws

import (
	"github.com/wacheck/wacheck/value"
)

// SecurityGroup is a stateful packet filter.
type SecurityGroup struct {
	Head    `tf:"aws_security_group|aws_default_security_group,by=name" cfn:"AWS::EC2::SecurityGroup,by=GroupName"`
	VPC     Ref[VPC]           `tf:"vpc_id" cfn:"VpcId"`
	Ingress List[IngressBlock] `tf:"ingress" cfn:"SecurityGroupIngress"`
	Egress  List[EgressBlock]  `tf:"egress" cfn:"SecurityGroupEgress"`

	Rules       Satellites[SecurityGroupRule]
	IngressOnly Satellites[IngressRuleResource]
	EgressOnly  Satellites[EgressRuleResource]
}

// IngressBlock is an inline rule of a security group.
type IngressBlock struct {
	Item
	Protocol value.String        `tf:"protocol" cfn:"IpProtocol"`
	From     value.Int           `tf:"from_port" cfn:"FromPort"`
	To       value.Int           `tf:"to_port" cfn:"ToPort"`
	CIDRs    value.Strings       `tf:"cidr_blocks" cfn:"CidrIp"`
	CIDRs6   value.Strings       `tf:"ipv6_cidr_blocks" cfn:"CidrIpv6"`
	Groups   Refs[SecurityGroup] `tf:"security_groups" cfn:"SourceSecurityGroupId"`
	Prefixes Refs[PrefixList]    `tf:"prefix_list_ids" cfn:"SourcePrefixListId"`
	Self     value.Bool          `tf:"self,default=false"`
}

// EgressBlock is an inline rule for what leaves.
type EgressBlock struct {
	Item
	Protocol value.String        `tf:"protocol" cfn:"IpProtocol"`
	From     value.Int           `tf:"from_port" cfn:"FromPort"`
	To       value.Int           `tf:"to_port" cfn:"ToPort"`
	CIDRs    value.Strings       `tf:"cidr_blocks" cfn:"CidrIp"`
	CIDRs6   value.Strings       `tf:"ipv6_cidr_blocks" cfn:"CidrIpv6"`
	Groups   Refs[SecurityGroup] `tf:"security_groups" cfn:"DestinationSecurityGroupId"`
	Prefixes Refs[PrefixList]    `tf:"prefix_list_ids" cfn:"DestinationPrefixListId"`
	Self     value.Bool          `tf:"self,default=false"`
}

// SecurityGroupRule is a rule of either direction as a resource of its own.
type SecurityGroupRule struct {
	Head     `tf:"aws_security_group_rule"`
	Group    Ref[SecurityGroup] `tf:"security_group_id,parent"`
	Type     value.String       `tf:"type"`
	Protocol value.String       `tf:"protocol"`
	From     value.Int          `tf:"from_port"`
	To       value.Int          `tf:"to_port"`
	CIDRs    value.Strings      `tf:"cidr_blocks"`
	CIDRs6   value.Strings      `tf:"ipv6_cidr_blocks"`
	Source   Ref[SecurityGroup] `tf:"source_security_group_id"`
	Prefixes Refs[PrefixList]   `tf:"prefix_list_ids"`
	Self     value.Bool         `tf:"self,default=false"`
}

// IngressRuleResource is an ingress rule as a resource of its own.
type IngressRuleResource struct {
	Head     `tf:"aws_vpc_security_group_ingress_rule" cfn:"AWS::EC2::SecurityGroupIngress"`
	Group    Ref[SecurityGroup] `tf:"security_group_id,parent" cfn:"GroupId,parent"`
	Protocol value.String       `tf:"ip_protocol" cfn:"IpProtocol"`
	From     value.Int          `tf:"from_port" cfn:"FromPort"`
	To       value.Int          `tf:"to_port" cfn:"ToPort"`
	CIDRs    value.Strings      `tf:"cidr_ipv4" cfn:"CidrIp"`
	CIDRs6   value.Strings      `tf:"cidr_ipv6" cfn:"CidrIpv6"`
	Source   Ref[SecurityGroup] `tf:"referenced_security_group_id" cfn:"SourceSecurityGroupId"`
	Prefixes Refs[PrefixList]   `tf:"prefix_list_id" cfn:"SourcePrefixListId"`
}

// EgressRuleResource is a rule for what leaves as a resource of its own.
type EgressRuleResource struct {
	Head     `tf:"aws_vpc_security_group_egress_rule" cfn:"AWS::EC2::SecurityGroupEgress"`
	Group    Ref[SecurityGroup] `tf:"security_group_id,parent" cfn:"GroupId,parent"`
	Protocol value.String       `tf:"ip_protocol" cfn:"IpProtocol"`
	From     value.Int          `tf:"from_port" cfn:"FromPort"`
	To       value.Int          `tf:"to_port" cfn:"ToPort"`
	CIDRs    value.Strings      `tf:"cidr_ipv4" cfn:"CidrIp"`
	CIDRs6   value.Strings      `tf:"cidr_ipv6" cfn:"CidrIpv6"`
	Source   Ref[SecurityGroup] `tf:"referenced_security_group_id" cfn:"DestinationSecurityGroupId"`
	Prefixes Refs[PrefixList]   `tf:"prefix_list_id" cfn:"DestinationPrefixListId"`
}

// PrefixList is a named list of address ranges that the customer manages.
type PrefixList struct {
	Head    `tf:"aws_ec2_managed_prefix_list" cfn:"AWS::EC2::PrefixList"`
	Name    value.String          `tf:"name" cfn:"PrefixListName"`
	Entries List[PrefixListEntry] `tf:"entry" cfn:"Entries"`

	Separate Satellites[PrefixListEntryResource]
}

// PrefixListEntry is an entry written in the list.
type PrefixListEntry struct {
	Item
	CIDR value.String `tf:"cidr" cfn:"Cidr"`
}

// PrefixListEntryResource is an entry that is a resource of its own.
type PrefixListEntryResource struct {
	Head `tf:"aws_ec2_managed_prefix_list_entry"`
	List Ref[PrefixList] `tf:"prefix_list_id,parent"`
	CIDR value.String    `tf:"cidr"`
}
