package aws

import (
	"strings"

	"github.com/wacheck/wacheck/graph"
)

// ShareKind is what several resources may use together.
type ShareKind string

// The kinds of things that are looked at.
const (
	SharedVPC     ShareKind = "VPC"
	SharedSubnet  ShareKind = "subnet"
	SharedGroup   ShareKind = "security group"
	SharedCluster ShareKind = "cluster"
	SharedRole    ShareKind = "role"
	SharedKey     ShareKind = "key"
	SharedStore   ShareKind = "data store"
)

// Use says that an attribute of a resource type names such a thing.
type Use struct {
	Kind ShareKind
	// Type and Attr are where the name stands; Attr is dotted, without indices.
	Type, Attr string
}

// Uses returns the table of attributes by which workloads name clusters and
// roles, and data stores their keys.
func Uses() []Use {
	var out []Use
	add := func(kind ShareKind, attr string, types ...string) {
		for _, t := range types {
			out = append(out, Use{kind, t, attr})
		}
	}
	add(SharedCluster, "cluster", "aws_ecs_service")
	add(SharedCluster, "cluster_name", "aws_eks_node_group", "aws_eks_fargate_profile")
	add(SharedCluster, "Cluster", "AWS::ECS::Service")
	add(SharedCluster, "ClusterName", "AWS::EKS::Nodegroup", "AWS::EKS::FargateProfile")
	add(SharedRole, "role", "aws_lambda_function")
	add(SharedRole, "task_role_arn", "aws_ecs_task_definition")
	add(SharedRole, "execution_role_arn", "aws_ecs_task_definition")
	add(SharedRole, "iam_instance_profile", "aws_instance")
	add(SharedRole, "Role", "AWS::Lambda::Function")
	add(SharedRole, "TaskRoleArn", "AWS::ECS::TaskDefinition")
	add(SharedRole, "ExecutionRoleArn", "AWS::ECS::TaskDefinition")
	add(SharedRole, "IamInstanceProfile", "AWS::EC2::Instance")
	add(SharedKey, "kms_key_id", "aws_db_instance", "aws_rds_cluster", "aws_docdb_cluster", "aws_redshift_cluster", "aws_ebs_volume",
		"aws_efs_file_system", "aws_elasticache_replication_group", "aws_kinesis_stream")
	add(SharedKey, "server_side_encryption.kms_key_arn", "aws_dynamodb_table")
	add(SharedKey, "rule.apply_server_side_encryption_by_default.kms_master_key_id", "aws_s3_bucket_server_side_encryption_configuration")
	add(SharedKey, "encrypt_at_rest.kms_key_id", "aws_opensearch_domain")
	add(SharedKey, "KmsKeyId", "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::DocDB::DBCluster", "AWS::Redshift::Cluster", "AWS::EC2::Volume",
		"AWS::EFS::FileSystem", "AWS::ElastiCache::ReplicationGroup")
	add(SharedKey, "StreamEncryption.KeyId", "AWS::Kinesis::Stream")
	add(SharedKey, "SSESpecification.KMSMasterKeyId", "AWS::DynamoDB::Table")
	add(SharedKey, "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault.KMSMasterKeyID", "AWS::S3::Bucket")
	add(SharedKey, "EncryptionAtRestOptions.KmsKeyId", "AWS::OpenSearchService::Domain")
	return out
}

// Indirect are attributes by which things that stand for another name it: an
// instance profile its role, an alias its key.
func Indirect() map[string]string {
	return map[string]string{
		"aws_iam_instance_profile": "role", "AWS::IAM::InstanceProfile": "Roles",
		"aws_kms_alias": "target_key_id", "AWS::KMS::Alias": "TargetKeyId",
	}
}

// Shareable returns the types of what can be shared, with the attributes by
// which it is named.
func Shareable(k ShareKind) []graph.Named {
	switch k {
	case SharedVPC:
		return []graph.Named{{Type: "aws_vpc"}, {Type: "AWS::EC2::VPC"}}
	case SharedSubnet:
		return []graph.Named{{Type: "aws_subnet"}, {Type: "AWS::EC2::Subnet"}}
	case SharedGroup:
		return []graph.Named{{Type: "aws_security_group", By: one("name")}, {Type: "AWS::EC2::SecurityGroup", By: one("GroupName")}}
	case SharedCluster:
		return []graph.Named{{Type: "aws_ecs_cluster", By: one("name")}, {Type: "aws_eks_cluster", By: one("name")},
			{Type: "AWS::ECS::Cluster", By: one("ClusterName")}, {Type: "AWS::EKS::Cluster", By: one("Name")}}
	case SharedRole:
		return []graph.Named{{Type: "aws_iam_role", By: one("name")}, {Type: "AWS::IAM::Role", By: one("RoleName")}}
	case SharedKey:
		return []graph.Named{{Type: "aws_kms_key"}, {Type: "AWS::KMS::Key"}}
	case SharedStore:
		return dataStores()
	}
	return nil
}

// standIns are the types that stand for a thing of a kind: see [Indirect].
func standIns(k ShareKind) []graph.Named {
	switch k {
	case SharedRole:
		return []graph.Named{{Type: "aws_iam_instance_profile", By: one("name")}, {Type: "AWS::IAM::InstanceProfile", By: one("InstanceProfileName")}}
	case SharedKey:
		return []graph.Named{{Type: "aws_kms_alias", By: one("name")}, {Type: "AWS::KMS::Alias", By: one("AliasName")}}
	case SharedVPC, SharedSubnet, SharedGroup, SharedCluster, SharedStore:
	}
	return nil
}

// useLinks makes links of the table, so that names and identifiers are followed.
func useLinks() []graph.Link {
	var out []graph.Link
	for _, u := range Uses() {
		to := append(Shareable(u.Kind), standIns(u.Kind)...)
		if strings.Contains(strings.ToLower(u.Attr), "profile") {
			to = standIns(u.Kind)
		}
		out = append(out, graph.Link{Type: u.Type, Attr: u.Attr, To: to})
	}
	for typ, attr := range Indirect() {
		kind := SharedKey
		if strings.HasSuffix(strings.ToLower(typ), "profile") {
			kind = SharedRole
		}
		out = append(out, graph.Link{Type: typ, Attr: attr, To: Shareable(kind)})
	}
	return out
}
