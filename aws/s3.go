package aws

import (
	"github.com/wacheck/wacheck/value"
)

// Bucket is an S3 bucket.
type Bucket struct {
	Head   `tf:"aws_s3_bucket,by=bucket" cfn:"AWS::S3::Bucket,by=BucketName"`
	Name   value.String        `tf:"bucket" cfn:"BucketName"`
	ACL    value.String        `tf:"acl" cfn:"AccessControl"`
	Grants List[BucketGrant]   `tf:"grant"`
	Policy value.Attr          `tf:"policy"`
	Inline Block[PublicAccess] `cfn:"PublicAccessBlockConfiguration"`

	Blocks   Satellites[PublicAccessBlock]
	Policies Satellites[BucketPolicy]
}

// BucketGrant is a grant block of a bucket.
type BucketGrant struct {
	Item
	URI         value.String  `tf:"uri"`
	Permissions value.Strings `tf:"permissions"`
}

// PublicAccess says which kinds of public access to a bucket have no effect.
type PublicAccess struct {
	Item
	BlockACLs   value.Bool `cfn:"BlockPublicAcls,default=false"`
	IgnoreACLs  value.Bool `cfn:"IgnorePublicAcls,default=false"`
	BlockPolicy value.Bool `cfn:"BlockPublicPolicy,default=false"`
	Restrict    value.Bool `cfn:"RestrictPublicBuckets,default=false"`
}

// PublicAccessBlock is PublicAccess of a bucket as a resource of its own.
type PublicAccessBlock struct {
	Head        `tf:"aws_s3_bucket_public_access_block"`
	Bucket      Ref[Bucket] `tf:"bucket,parent"`
	BlockACLs   value.Bool  `tf:"block_public_acls,default=false"`
	IgnoreACLs  value.Bool  `tf:"ignore_public_acls,default=false"`
	BlockPolicy value.Bool  `tf:"block_public_policy,default=false"`
	Restrict    value.Bool  `tf:"restrict_public_buckets,default=false"`
}

// AccountPublicAccessBlock is PublicAccess for all buckets of an account.
type AccountPublicAccessBlock struct {
	Head        `tf:"aws_s3_account_public_access_block"`
	BlockACLs   value.Bool `tf:"block_public_acls,default=false"`
	IgnoreACLs  value.Bool `tf:"ignore_public_acls,default=false"`
	BlockPolicy value.Bool `tf:"block_public_policy,default=false"`
	Restrict    value.Bool `tf:"restrict_public_buckets,default=false"`
}

// BucketPolicy is the policy of a bucket.
type BucketPolicy struct {
	Head     `tf:"aws_s3_bucket_policy" cfn:"AWS::S3::BucketPolicy"`
	Bucket   Ref[Bucket] `tf:"bucket,parent" cfn:"Bucket,parent"`
	Document value.Attr  `tf:"policy" cfn:"PolicyDocument"`
}

// BucketACL is the access control list of a bucket: a canned one by its name, or grants.
type BucketACL struct {
	Head   `tf:"aws_s3_bucket_acl"`
	Bucket Ref[Bucket]    `tf:"bucket,parent"`
	ACL    value.String   `tf:"acl"`
	Grants List[ACLGrant] `tf:"access_control_policy.grant"`
}

// ACLGrant is a grant block of an access control list.
type ACLGrant struct {
	Item
	URI        value.String `tf:"grantee.uri"`
	Permission value.String `tf:"permission"`
}
