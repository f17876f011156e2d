package aws

import (
	"strings"
	"sync"

	"github.com/wacheck/wacheck/graph"
)

// dataStores are the types of what keeps data for workloads, with the attribute
// that names one.
func dataStores() []graph.Named {
	return []graph.Named{
		{Type: "aws_db_instance", By: one("identifier")}, {Type: "AWS::RDS::DBInstance", By: one("DBInstanceIdentifier")},
		{Type: "aws_rds_cluster", By: one("cluster_identifier")}, {Type: "AWS::RDS::DBCluster", By: one("DBClusterIdentifier")},
		{Type: "aws_docdb_cluster", By: one("cluster_identifier")}, {Type: "AWS::DocDB::DBCluster", By: one("DBClusterIdentifier")},
		{Type: "aws_neptune_cluster", By: one("cluster_identifier")}, {Type: "AWS::Neptune::DBCluster", By: one("DBClusterIdentifier")},
		{Type: "aws_redshift_cluster", By: one("cluster_identifier")}, {Type: "AWS::Redshift::Cluster", By: one("ClusterIdentifier")},
		{Type: "aws_elasticache_replication_group", By: one("replication_group_id")}, {Type: "AWS::ElastiCache::ReplicationGroup", By: one("ReplicationGroupId")},
		{Type: "aws_elasticache_cluster", By: one("cluster_id")}, {Type: "AWS::ElastiCache::CacheCluster", By: one("ClusterName")},
		{Type: "aws_memorydb_cluster", By: one("name")}, {Type: "AWS::MemoryDB::Cluster", By: one("ClusterName")},
		{Type: "aws_opensearch_domain", By: one("domain_name")}, {Type: "AWS::OpenSearchService::Domain", By: one("DomainName")},
		{Type: "aws_elasticsearch_domain", By: one("domain_name")}, {Type: "AWS::Elasticsearch::Domain", By: one("DomainName")},
		{Type: "aws_dynamodb_table", By: one("name")}, {Type: "AWS::DynamoDB::Table", By: one("TableName")}, {Type: "AWS::DynamoDB::GlobalTable", By: one("TableName")},
		{Type: "aws_s3_bucket", By: one("bucket")}, {Type: "AWS::S3::Bucket", By: one("BucketName")},
	}
}

// IsStore reports the types of data stores.
func IsStore(typ string) bool { return StoreName(typ) != "" }

// StoreName is the attribute that names a data store of a type, empty if it is none.
func StoreName(typ string) string { return storeNames()[typ] }

var storeNames = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, n := range dataStores() {
		m[n.Type] = n.By[0]
	}
	return m
})

// IsTable and IsBucket report the types of data stores that programs reach by
// their name alone.
func IsTable(typ string) bool {
	return typ == "aws_dynamodb_table" || typ == "AWS::DynamoDB::Table" || typ == "AWS::DynamoDB::GlobalTable"
}

// IsBucket reports the types of S3 buckets.
func IsBucket(typ string) bool { return typ == "aws_s3_bucket" || typ == "AWS::S3::Bucket" }

// addressing are the ends of attributes by which programs reach a data store:
// others, such as its port, lead nowhere.
var addressing = []string{"ref", "arn", "id", "identifier", "endpoint", "endpoint_address", "address", "name", "bucket", "domain", "domain_name",
	"endpoints", "addresses", "secret", "secretarn", "secret_arn", "websiteurl"}

// named are attributes that end like the name of a data store, and are not it.
var named = []string{"db_name", "database_name", "dbname", "subnet_group_name", "parameter_group_name", "kms_key_id", "hosted_zone_id", "resource_id",
	"option_group_name", "ca_cert_identifier", "vpc_id"}

// ReachesStore reports that an attribute of a data store is an address or name
// by which a program reaches it. Without attribute it is the store as a whole.
func ReachesStore(attr string) bool {
	a := strings.ToLower(attr)
	if at := strings.LastIndexByte(a, ']'); at == len(a)-1 && at > 0 { // an element of a list of addresses
		a = a[:strings.LastIndexByte(a, '[')]
	}
	for _, n := range named {
		if strings.HasSuffix(a, n) {
			return false
		}
	}
	if a == "" {
		return true
	}
	for _, end := range addressing {
		rest, ok := strings.CutSuffix(a, end)
		if ok && (rest == "" || strings.HasSuffix(rest, "_") || strings.HasSuffix(rest, ".")) {
			return true
		}
	}
	// Names of CloudFormation are written together: WebsiteURL, RegionalDomainName.
	return strings.HasSuffix(a, "domainname") || strings.HasSuffix(a, "endpoint.address") || strings.HasSuffix(a, "arn") && !strings.HasSuffix(a, "keyarn")
}
