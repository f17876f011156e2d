package aws

import (
	"github.com/wacheck/wacheck/value"
)

// IAMUser is a person or program with credentials of its own.
type IAMUser struct {
	Head     `tf:"aws_iam_user,by=name" cfn:"AWS::IAM::User,by=UserName"`
	Name     value.String       `tf:"name" cfn:"UserName"`
	Inline   List[InlinePolicy] `cfn:"Policies"`
	Managed  value.Attr         `cfn:"ManagedPolicyArns"`
	Boundary value.Attr         `tf:"permissions_boundary" cfn:"PermissionsBoundary"`
	// Login is the password for the console, which Terraform has in a resource of
	// its own.
	Login  value.Attr `cfn:"LoginProfile"`
	Groups value.Attr `cfn:"Groups"`

	Logins      Satellites[LoginProfile]
	Keys        Satellites[IAMAccessKey]
	Credentials Satellites[ServiceCredential]
}

// LoginProfile is the password of a user for the console.
type LoginProfile struct {
	Head `tf:"aws_iam_user_login_profile"`
	User Ref[IAMUser] `tf:"user,parent"`
}

// IAMAccessKey is a long-lived key of a user.
type IAMAccessKey struct {
	Head   `tf:"aws_iam_access_key" cfn:"AWS::IAM::AccessKey"`
	User   Ref[IAMUser] `tf:"user,parent" cfn:"UserName,parent"`
	Status value.String `tf:"status,default=Active" cfn:"Status,default=Active"`
}

// ServiceCredential is a password of a user for one service that knows no other
// credentials, such as CodeCommit over HTTPS.
type ServiceCredential struct {
	Head    `tf:"aws_iam_service_specific_credential"`
	User    Ref[IAMUser] `tf:"user_name,parent"`
	Service value.String `tf:"service_name"`
}

// IAMGroup is a group of users.
type IAMGroup struct {
	Head    `tf:"aws_iam_group,by=name" cfn:"AWS::IAM::Group,by=GroupName"`
	Name    value.String       `tf:"name" cfn:"GroupName"`
	Inline  List[InlinePolicy] `cfn:"Policies"`
	Managed value.Attr         `cfn:"ManagedPolicyArns"`
}

// IAMRole is a role: who may take it (Trust), and what it may do.
type IAMRole struct {
	Head     `tf:"aws_iam_role,by=name" cfn:"AWS::IAM::Role,by=RoleName"`
	Name     value.String       `tf:"name" cfn:"RoleName"`
	Trust    value.Attr         `tf:"assume_role_policy" cfn:"AssumeRolePolicyDocument"`
	Inline   List[InlinePolicy] `tf:"inline_policy" cfn:"Policies"`
	Managed  value.Attr         `tf:"managed_policy_arns" cfn:"ManagedPolicyArns"`
	Boundary value.Attr         `tf:"permissions_boundary" cfn:"PermissionsBoundary"`
}

// InlinePolicy is a policy written in a user, group or role.
type InlinePolicy struct {
	Item
	Name     value.String `tf:"name" cfn:"PolicyName"`
	Document value.Attr   `tf:"policy" cfn:"PolicyDocument"`
}

// ManagedPolicy is a policy that users, groups and roles are given by its ARN,
// as permissions or as a boundary of these.
type ManagedPolicy struct {
	Head     `tf:"aws_iam_policy" cfn:"AWS::IAM::ManagedPolicy"`
	Name     value.String `tf:"name" cfn:"ManagedPolicyName"`
	Document value.Attr   `tf:"policy" cfn:"PolicyDocument"`
	// Users, Groups and Roles are who it is given to in the policy itself.
	Users  value.Attr `cfn:"Users"`
	Groups value.Attr `cfn:"Groups"`
	Roles  value.Attr `cfn:"Roles"`
}

// EmbeddedPolicy is a policy of one user, group or role as a resource of its own.
type EmbeddedPolicy struct {
	Head     `tf:"aws_iam_role_policy|aws_iam_user_policy|aws_iam_group_policy" cfn:"AWS::IAM::Policy|AWS::IAM::RolePolicy|AWS::IAM::UserPolicy|AWS::IAM::GroupPolicy"`
	Document value.Attr `tf:"policy" cfn:"PolicyDocument"`
}

// PermissionSet is what IAM Identity Center gives to users; in CloudFormation
// with its policies.
type PermissionSet struct {
	Head    `tf:"aws_ssoadmin_permission_set_inline_policy" cfn:"AWS::SSO::PermissionSet"`
	Inline  value.Attr `tf:"inline_policy" cfn:"InlinePolicy"`
	Managed value.Attr `cfn:"ManagedPolicies"`
}

// PermissionSetAttachment gives a managed policy to a permission set.
type PermissionSetAttachment struct {
	Head   `tf:"aws_ssoadmin_managed_policy_attachment"`
	Policy value.Attr `tf:"managed_policy_arn"`
}

// ExclusiveAttachments are all managed policies that a user, group or role may have.
type ExclusiveAttachments struct {
	Head     `tf:"aws_iam_role_policy_attachments_exclusive|aws_iam_user_policy_attachments_exclusive|aws_iam_group_policy_attachments_exclusive"`
	Policies value.Attr `tf:"policy_arns"`
}

// InstanceProfile hands a role to instances.
type InstanceProfile struct {
	Head  `tf:"aws_iam_instance_profile,by=name" cfn:"AWS::IAM::InstanceProfile,by=InstanceProfileName"`
	Role  value.Attr `tf:"role"`
	Roles value.Attr `cfn:"Roles"`
}

// GroupMembership puts users into groups.
type GroupMembership struct {
	Head   `tf:"aws_iam_user_group_membership" cfn:"AWS::IAM::UserToGroupAddition"`
	User   value.Attr `tf:"user"`
	Groups value.Attr `tf:"groups"`
	Users  value.Attr `cfn:"Users"`
	Group  value.Attr `cfn:"GroupName"`
}

// PolicyAttachment gives a managed policy to users, groups or roles.
type PolicyAttachment struct {
	Head   `tf:"aws_iam_role_policy_attachment|aws_iam_user_policy_attachment|aws_iam_group_policy_attachment|aws_iam_policy_attachment"`
	Policy Ref[ManagedPolicy] `tf:"policy_arn"`
}
