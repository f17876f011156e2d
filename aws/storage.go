package aws

import (
	"github.com/wacheck/wacheck/value"
)

// EFSFileSystem is an EFS file system.
type EFSFileSystem struct {
	Head      `tf:"aws_efs_file_system" cfn:"AWS::EFS::FileSystem"`
	Encrypted value.Bool `tf:"encrypted,default=false" cfn:"Encrypted,default=false"`
	Key       value.Attr `tf:"kms_key_id" cfn:"KmsKeyId"`
}

// ReplicationGroup is a group of ElastiCache nodes.
type ReplicationGroup struct {
	Head             `tf:"aws_elasticache_replication_group,by=replication_group_id" cfn:"AWS::ElastiCache::ReplicationGroup,by=ReplicationGroupId"`
	Engine           value.String    `tf:"engine,default=redis" cfn:"Engine,default=redis"`
	AtRest           value.Bool      `tf:"at_rest_encryption_enabled" cfn:"AtRestEncryptionEnabled"`
	Global           value.Attr      `tf:"global_replication_group_id" cfn:"GlobalReplicationGroupId"`
	Failover         value.Bool      `tf:"automatic_failover_enabled,default=false" cfn:"AutomaticFailoverEnabled,default=false"`
	MultiAZ          value.Bool      `tf:"multi_az_enabled,default=false" cfn:"MultiAZEnabled,default=false"`
	Nodes            value.Int       `tf:"num_cache_clusters" cfn:"NumCacheClusters"`
	OldNodes         value.Int       `tf:"number_cache_clusters"`
	ReplicasPerShard value.Int       `tf:"replicas_per_node_group" cfn:"ReplicasPerNodeGroup"`
	Shards           List[NodeGroup] `tf:"cluster_mode" cfn:"NodeGroupConfiguration"`
}

// NodeGroup is one shard of a replication group.
type NodeGroup struct {
	Item
	Replicas value.Int `tf:"replicas_per_node_group" cfn:"ReplicaCount"`
}

// CacheCluster is an ElastiCache cluster without replication, or a member of a group.
type CacheCluster struct {
	Head   `tf:"aws_elasticache_cluster" cfn:"AWS::ElastiCache::CacheCluster"`
	Engine value.String `tf:"engine" cfn:"Engine"`
	Group  value.Attr   `tf:"replication_group_id"`
}

// RedshiftCluster is a Redshift data warehouse.
type RedshiftCluster struct {
	Head      `tf:"aws_redshift_cluster" cfn:"AWS::Redshift::Cluster"`
	Encrypted value.Bool `tf:"encrypted" cfn:"Encrypted"`
	Snapshot  value.Attr `tf:"snapshot_identifier" cfn:"SnapshotIdentifier"`
	SnapARN   value.Attr `tf:"snapshot_arn"`
	// Public has no default in Terraform: it was true before version 6 of the provider.
	Public value.Bool `tf:"publicly_accessible" cfn:"PubliclyAccessible,default=false"`
	Port   value.Int  `tf:"port,default=5439" cfn:"Port,default=5439"`
}

// SearchDomain is an OpenSearch or Elasticsearch domain.
type SearchDomain struct {
	Head      `tf:"aws_opensearch_domain|aws_elasticsearch_domain" cfn:"AWS::OpenSearchService::Domain|AWS::Elasticsearch::Domain"`
	Encrypted value.Bool `tf:"encrypt_at_rest.enabled,default=false" cfn:"EncryptionAtRestOptions.Enabled,default=false"`
}

// Queue is an SQS queue.
type Queue struct {
	Head       `tf:"aws_sqs_queue" cfn:"AWS::SQS::Queue"`
	ManagedSSE value.Bool `tf:"sqs_managed_sse_enabled" cfn:"SqsManagedSseEnabled"`
	Key        value.Attr `tf:"kms_master_key_id" cfn:"KmsMasterKeyId"`
}

// Topic is an SNS topic.
type Topic struct {
	Head `tf:"aws_sns_topic" cfn:"AWS::SNS::Topic"`
	Key  value.Attr `tf:"kms_master_key_id" cfn:"KmsMasterKeyId"`
}

// Stream is a Kinesis data stream.
type Stream struct {
	Head       `tf:"aws_kinesis_stream" cfn:"AWS::Kinesis::Stream"`
	Encryption value.String `tf:"encryption_type,default=NONE" cfn:"StreamEncryption.EncryptionType,default=NONE"`
}
