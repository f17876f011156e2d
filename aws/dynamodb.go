package aws

import (
	"github.com/wacheck/wacheck/value"
)

// Table is a DynamoDB table.
type Table struct {
	Head     `tf:"aws_dynamodb_table,by=name" cfn:"AWS::DynamoDB::Table,by=TableName"`
	Name     value.String            `tf:"name" cfn:"TableName"`
	HashKey  value.String            `tf:"hash_key"`
	Recovery value.Bool              `tf:"point_in_time_recovery.enabled,default=false" cfn:"PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled,default=false"`
	Replicas List[TableReplicaBlock] `tf:"replica"`
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
	Head     `cfn:"AWS::DynamoDB::GlobalTable"`
	Replicas List[GlobalReplica] `cfn:"Replicas"`
}

// GlobalReplica is one replica of a global table.
type GlobalReplica struct {
	Item
	Region   value.String `cfn:"Region"`
	Recovery value.Bool   `cfn:"PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled,default=false"`
}

// SimpleTable is a table of the serverless application model. It has no
// point-in-time recovery unless it asks for it.
type SimpleTable struct {
	Head     `cfn:"AWS::Serverless::SimpleTable"`
	Recovery value.Bool `cfn:"PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled,default=false"`
}

// BackupSelection assigns resources to a backup plan.
type BackupSelection struct {
	Head      `tf:"aws_backup_selection" cfn:"AWS::Backup::BackupSelection"`
	Resources Refs[Table] `tf:"resources" cfn:"BackupSelection.Resources"`
	// Conditional selections choose by tag; whether they choose a table is open.
	ByTag  value.Attr `tf:"selection_tag" cfn:"BackupSelection.ListOfTags"`
	ByRule value.Attr `tf:"condition" cfn:"BackupSelection.Conditions"`
}
