package aws

import (
	"github.com/wacheck/wacheck/value"
)

// Table is a DynamoDB table.
type Table struct {
	Head     `tf:"aws_dynamodb_table,by=name" cfn:"AWS::DynamoDB::Table,by=TableName"`
	Name     value.String            `tf:"name" cfn:"TableName"`
	HashKey  value.String            `tf:"hash_key"`
	Keys     List[KeyElement]        `cfn:"KeySchema"`
	Recovery value.Bool              `tf:"point_in_time_recovery.enabled,default=false" cfn:"PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled,default=false"`
	Replicas List[TableReplicaBlock] `tf:"replica"`
}

// KeyElement is one part of the primary key of a table.
type KeyElement struct {
	Item
	Attribute value.String `cfn:"AttributeName"`
	Type      value.String `cfn:"KeyType"`
}

// lockID is the hash key of a table in which Terraform keeps the locks of its
// states: they have it by contract.
// https://developer.hashicorp.com/terraform/language/backend/s3
const lockID = "LockID"

// IsStateLock says whether the table holds the locks of Terraform's states.
func (t *Table) IsStateLock() value.Verdict { return t.HashKey.Is(lockID).Or(hashes(&t.Keys)) }

// IsStateLock says whether the table holds the locks of Terraform's states.
func (t *GlobalTable) IsStateLock() value.Verdict { return hashes(&t.Keys) }

func hashes(keys *List[KeyElement]) value.Verdict {
	var vs []value.Verdict
	for _, k := range keys.Items {
		vs = append(vs, k.Attribute.Is(lockID).And(k.Type.Is("HASH")))
	}
	if keys.Open {
		vs = append(vs, value.Open(keys.Fact()))
	}
	return value.Either(vs...)
}

// TableReplicaBlock is a replica block of a table.
type TableReplicaBlock struct {
	Item
	Region   value.String `tf:"region_name"`
	Recovery value.Bool   `tf:"point_in_time_recovery,default=false"`
}

// TableReplica is a replica as a resource of its own.
type TableReplica struct {
	Head     `tf:"aws_dynamodb_table_replica"`
	Recovery value.Bool `tf:"point_in_time_recovery,default=false"`
}

// GlobalTable is a DynamoDB table with replicas in several regions.
type GlobalTable struct {
	Head     `cfn:"AWS::DynamoDB::GlobalTable,by=TableName"`
	Name     value.String        `cfn:"TableName"`
	Keys     List[KeyElement]    `cfn:"KeySchema"`
	Replicas List[GlobalReplica] `cfn:"Replicas"`
}

// GlobalReplica is one replica of a global table.
type GlobalReplica struct {
	Item
	Region   value.String `cfn:"Region"`
	Recovery value.Bool   `cfn:"PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled,default=false"`
}
