package aws

import (
	"github.com/wacheck/wacheck/value"
)

// Distribution is a CloudFront distribution: an endpoint on the internet.
type Distribution struct {
	Head      `tf:"aws_cloudfront_distribution" cfn:"AWS::CloudFront::Distribution"`
	Enabled   value.Bool           `tf:"enabled" cfn:"DistributionConfig.Enabled"`
	Origins   List[Origin]         `tf:"origin" cfn:"DistributionConfig.Origins"`
	Default   Block[CacheBehavior] `tf:"default_cache_behavior" cfn:"DistributionConfig.DefaultCacheBehavior"`
	Behaviors List[CacheBehavior]  `tf:"ordered_cache_behavior" cfn:"DistributionConfig.CacheBehaviors"`
	Groups    List[OriginGroup]    `tf:"origin_group" cfn:"DistributionConfig.OriginGroups.Items"`
}

// CacheBehavior says which requests go to which origin.
type CacheBehavior struct {
	Item
	Target value.String `tf:"target_origin_id" cfn:"TargetOriginId"`
}

// OriginGroup is a name for several origins, of which one is asked.
type OriginGroup struct {
	Item
	ID value.Attr `tf:"origin_id" cfn:"Id"`
}

// Origin is what a distribution hands requests on to.
type Origin struct {
	Item
	ID     value.String `tf:"origin_id" cfn:"Id"`
	Domain value.Attr   `tf:"domain_name" cfn:"DomainName"`
	// Control and Identity sign requests to buckets and functions.
	Control   value.Attr     `tf:"origin_access_control_id" cfn:"OriginAccessControlId"`
	Identity  value.Attr     `tf:"s3_origin_config.origin_access_identity" cfn:"S3OriginConfig.OriginAccessIdentity"`
	Protocol  value.String   `tf:"custom_origin_config.origin_protocol_policy" cfn:"CustomOriginConfig.OriginProtocolPolicy"`
	HTTPPort  value.Int      `tf:"custom_origin_config.http_port,default=80" cfn:"CustomOriginConfig.HTTPPort,default=80"`
	HTTPSPort value.Int      `tf:"custom_origin_config.https_port,default=443" cfn:"CustomOriginConfig.HTTPSPort,default=443"`
	VPC       Ref[VPCOrigin] `tf:"vpc_origin_config.vpc_origin_id" cfn:"VpcOriginConfig.VpcOriginId"`
}

// VPCOrigin leads from CloudFront to a load balancer or instance in a VPC.
type VPCOrigin struct {
	Head      `tf:"aws_cloudfront_vpc_origin" cfn:"AWS::CloudFront::VpcOrigin"`
	Target    Ref[LoadBalancerV2] `tf:"vpc_origin_endpoint_config.arn" cfn:"VpcOriginEndpointConfig.Arn"`
	Protocol  value.String        `tf:"vpc_origin_endpoint_config.origin_protocol_policy" cfn:"VpcOriginEndpointConfig.OriginProtocolPolicy,default=match-viewer"`
	HTTPPort  value.Int           `tf:"vpc_origin_endpoint_config.http_port,default=80" cfn:"VpcOriginEndpointConfig.HTTPPort,default=80"`
	HTTPSPort value.Int           `tf:"vpc_origin_endpoint_config.https_port,default=443" cfn:"VpcOriginEndpointConfig.HTTPSPort,default=443"`
}
