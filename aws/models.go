package aws

// Models returns a nil pointer of every model, from which the link and fold
// tables are made and the tags checked.
func Models() []any {
	return []any{
		// vpc.go
		(*VPC)(nil), (*VPCCIDR)(nil), (*Subnet)(nil), (*RouteTable)(nil), (*MainRouteTable)(nil),
		(*RouteTableAssociation)(nil), (*Route)(nil), (*InternetGateway)(nil), (*GatewayAttachment)(nil), (*VPNGateway)(nil),
		// rds.go
		(*DBInstance)(nil), (*DBCluster)(nil), (*ClusterMember)(nil), (*GlobalCluster)(nil), (*DBSubnetGroup)(nil),
		(*DocDBCluster)(nil), (*DocDBMember)(nil), (*DocDBGlobalCluster)(nil),
		// storage.go
		(*EFSFileSystem)(nil), (*ReplicationGroup)(nil), (*CacheCluster)(nil), (*RedshiftCluster)(nil), (*SearchDomain)(nil),
		(*Queue)(nil), (*Topic)(nil), (*Stream)(nil),
		// securitygroup.go
		(*SecurityGroup)(nil), (*SecurityGroupRule)(nil), (*IngressRuleResource)(nil), (*EgressRuleResource)(nil),
		// ec2.go
		(*Volume)(nil), (*Snapshot)(nil), (*Instance)(nil), (*LaunchTemplate)(nil), (*LaunchConfiguration)(nil), (*AutoScalingGroup)(nil), (*EBSEncryptionByDefault)(nil),
		// ecs.go
		(*ECSService)(nil), (*ECSTaskSet)(nil), (*TaskDefinition)(nil),
		// dynamodb.go
		(*Table)(nil), (*TableReplica)(nil), (*GlobalTable)(nil),
		// backup.go
		(*BackupSelection)(nil),
		// autoscaling.go
		(*ScalableTarget)(nil), (*ScalingPolicy)(nil), (*ScheduledAction)(nil),
		// nacl.go, address.go
		(*NetworkACL)(nil), (*NetworkACLRule)(nil), (*NetworkACLAssociation)(nil), (*PrefixList)(nil), (*PrefixListEntryResource)(nil),
		(*ElasticIP)(nil), (*ElasticIPAssociation)(nil), (*ElasticInterface)(nil),
		// loadbalancer.go, lambda.go
		(*LoadBalancerV2)(nil), (*Listener)(nil), (*ListenerRule)(nil), (*TargetGroup)(nil), (*TargetAttachment)(nil), (*ClassicLoadBalancer)(nil),
		// targetgroup.go
		(*ScalingAttachment)(nil), (*TrafficAttachment)(nil), (*ClassicAttachment)(nil),
		(*LambdaFunction)(nil), (*FunctionURL)(nil), (*FunctionPermission)(nil), (*FunctionAlias)(nil), (*FunctionVersion)(nil),
		// apigateway.go
		(*RestAPI)(nil), (*RestAPIPolicy)(nil), (*RestStage)(nil), (*RestMapping)(nil), (*RestMethod)(nil), (*RestIntegration)(nil), (*RestLink)(nil),
		(*HTTPAPI)(nil), (*HTTPStage)(nil), (*HTTPMapping)(nil), (*HTTPRoute)(nil), (*HTTPIntegration)(nil), (*HTTPLink)(nil),
		// cloudfront.go, accelerator.go
		(*Distribution)(nil), (*VPCOrigin)(nil),
		(*Accelerator)(nil), (*AcceleratorListener)(nil), (*EndpointGroup)(nil),
		// connection.go
		(*Peering)(nil), (*TransitGateway)(nil), (*TransitAttachment)(nil), (*TransitRouteTable)(nil), (*TransitAssociation)(nil), (*TransitPropagation)(nil), (*EndpointService)(nil),
		// publicstore.go
		(*RedshiftWorkgroup)(nil), (*MessageBroker)(nil), (*StreamingCluster)(nil), (*ReplicationInstance)(nil),
		// iam.go
		(*IAMUser)(nil), (*LoginProfile)(nil), (*IAMAccessKey)(nil), (*ServiceCredential)(nil), (*IAMGroup)(nil), (*IAMRole)(nil), (*ManagedPolicy)(nil),
		(*EmbeddedPolicy)(nil), (*PermissionSet)(nil), (*PermissionSetAttachment)(nil), (*ExclusiveAttachments)(nil), (*PolicyAttachment)(nil), (*InstanceProfile)(nil), (*GroupMembership)(nil),
		// secret.go
		(*Secret)(nil), (*SecretVersion)(nil), (*SecretAttachment)(nil), (*Parameter)(nil),
		// s3.go
		(*Bucket)(nil), (*PublicAccessBlock)(nil), (*AccountPublicAccessBlock)(nil), (*BucketPolicy)(nil), (*BucketACL)(nil),
	}
}
