package aws

import (
	"github.com/wacheck/wacheck/value"
)

// Secret is a secret of Secrets Manager. In CloudFormation it may hold its text.
type Secret struct {
	Head `tf:"aws_secretsmanager_secret" cfn:"AWS::SecretsManager::Secret"`
	Text value.Attr `cfn:"SecretString"`

	Versions    Satellites[SecretVersion]
	Attachments Satellites[SecretAttachment]
}

// SecretVersion is the text of a secret.
type SecretVersion struct {
	Head   `tf:"aws_secretsmanager_secret_version"`
	Secret Ref[Secret] `tf:"secret_id,parent"`
	Text   value.Attr  `tf:"secret_string"`
}

// SecretAttachment writes the address of a database into a secret.
type SecretAttachment struct {
	Head   `cfn:"AWS::SecretsManager::SecretTargetAttachment"`
	Secret Ref[Secret] `cfn:"SecretId,parent"`
	Target value.Attr  `cfn:"TargetId"`
}

// Parameter is a parameter of Systems Manager.
type Parameter struct {
	Head  `tf:"aws_ssm_parameter" cfn:"AWS::SSM::Parameter"`
	Value value.Attr `tf:"value" cfn:"Value"`
}
