package aws

import (
	"github.com/wacheck/wacheck/value"
)

// NetworkACL is a stateless packet filter of subnets. DefaultOf is set on the
// default one of a VPC that Terraform has adopted.
type NetworkACL struct {
	Head      `tf:"aws_network_acl|aws_default_network_acl" cfn:"AWS::EC2::NetworkAcl"`
	VPC       Ref[VPC]           `tf:"vpc_id" cfn:"VpcId"`
	DefaultOf Ref[VPC]           `tf:"default_network_acl_id,parent"`
	Subnets   Refs[Subnet]       `tf:"subnet_ids"`
	Ingress   List[ACLRuleBlock] `tf:"ingress"`
	Egress    List[ACLRuleBlock] `tf:"egress"`

	Rules Satellites[NetworkACLRule]
}

// ACLRuleBlock is an inline rule of a network ACL.
type ACLRuleBlock struct {
	Item
	Number   value.Int    `tf:"rule_no"`
	Action   value.String `tf:"action"`
	Protocol value.String `tf:"protocol"`
	From     value.Int    `tf:"from_port"`
	To       value.Int    `tf:"to_port"`
	CIDR     value.String `tf:"cidr_block"`
	CIDR6    value.String `tf:"ipv6_cidr_block"`
}

// NetworkACLRule is a rule of a network ACL as a resource of its own.
type NetworkACLRule struct {
	Head     `tf:"aws_network_acl_rule" cfn:"AWS::EC2::NetworkAclEntry"`
	ACL      Ref[NetworkACL] `tf:"network_acl_id,parent" cfn:"NetworkAclId,parent"`
	Egress   value.Bool      `tf:"egress,default=false" cfn:"Egress,default=false"`
	Number   value.Int       `tf:"rule_number" cfn:"RuleNumber"`
	Action   value.String    `tf:"rule_action" cfn:"RuleAction"`
	Protocol value.String    `tf:"protocol" cfn:"Protocol"`
	From     value.Int       `tf:"from_port" cfn:"PortRange.From"`
	To       value.Int       `tf:"to_port" cfn:"PortRange.To"`
	CIDR     value.String    `tf:"cidr_block" cfn:"CidrBlock"`
	CIDR6    value.String    `tf:"ipv6_cidr_block" cfn:"Ipv6CidrBlock"`
}

// NetworkACLAssociation gives a subnet a network ACL.
type NetworkACLAssociation struct {
	Head   `tf:"aws_network_acl_association" cfn:"AWS::EC2::SubnetNetworkAclAssociation"`
	Subnet Ref[Subnet]     `tf:"subnet_id,parent" cfn:"SubnetId,parent"`
	ACL    Ref[NetworkACL] `tf:"network_acl_id" cfn:"NetworkAclId"`
}
