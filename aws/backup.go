package aws

import (
	"github.com/wacheck/wacheck/value"
)

// BackupSelection assigns resources to a backup plan: those that are listed, by
// their ARNs or patterns of such, and those that bear one of the tags.
type BackupSelection struct {
	Head      `tf:"aws_backup_selection" cfn:"AWS::Backup::BackupSelection"`
	Resources value.Attr      `tf:"resources" cfn:"BackupSelection.Resources"`
	Excluded  value.Attr      `tf:"not_resources" cfn:"BackupSelection.NotResources"`
	Tags      List[BackupTag] `tf:"selection_tag" cfn:"BackupSelection.ListOfTags"`
	// Conditions narrow the selection down.
	Conditions value.Attr `tf:"condition" cfn:"BackupSelection.Conditions"`
}

// BackupTag selects what bears a tag.
type BackupTag struct {
	Item
	Key   value.String `tf:"key" cfn:"ConditionKey"`
	Value value.String `tf:"value" cfn:"ConditionValue"`
}
