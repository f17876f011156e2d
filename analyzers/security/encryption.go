// Package security holds the rules of the security pillar that look at one
// resource and its parts, one table a subject.
package security

import (
	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/check"
	"github.com/wacheck/wacheck/value"
)

// Encryption decides whether data at rest is encrypted.
var Encryption = check.Table("encryption", "checks that data stores encrypt what they keep",
	check.Also(check.Also(check.On(analysis.Rule{
		ID: "rds-not-encrypted", Title: "RDS storage is not encrypted",
		Why: "Storage, snapshots, replicas and backups of the database are readable by whoever gets hold of the underlying volume or a shared snapshot, " +
			"and encryption can't be switched on later without copying the database.",
		Fix:      "Set storage_encrypted / StorageEncrypted to true; for an existing database, restore an encrypted copy of a snapshot.",
		Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC08-BP02", Effort: "M",
		Variants: map[string]analysis.Severity{auroraOff: analysis.Low},
	}, rdsInstanceEncrypted), rdsClusterEncrypted), globalClusterEncrypted),

	check.On(analysis.Rule{
		ID: "efs-not-encrypted", Title: "EFS file system is not encrypted",
		Why:      "Files are stored in plain text, and a file system can't be encrypted after it was made.",
		Fix:      "Set encrypted / Encrypted to true and move the data to a new file system.",
		Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC08-BP02", Effort: "M",
	}, func(f *aws.EFSFileSystem) value.Verdict {
		// A key implies encryption where encrypted itself is not written.
		return f.Encrypted.Is(true).Unless(f.Key.NotEmpty().And(f.Encrypted.Set().Not()))
	}),

	check.On(analysis.Rule{
		ID: "elasticache-not-encrypted-at-rest", Title: "ElastiCache replication group is not encrypted at rest",
		Why:      "Swap files, backups and data tiers of the cache are written to disk in plain text.",
		Fix:      "Set at_rest_encryption_enabled / AtRestEncryptionEnabled to true; this replaces an existing group.",
		Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC08-BP02", Effort: "M",
	}, cacheEncrypted),

	check.Also(check.On(analysis.Rule{
		ID: "docdb-not-encrypted", Title: "DocumentDB storage is not encrypted",
		Why:      "Documents, indexes, snapshots and backups are stored in plain text, and a cluster can't be encrypted after it was made.",
		Fix:      "Set storage_encrypted / StorageEncrypted to true and migrate the data to the new cluster.",
		Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC08-BP02", Effort: "M",
	}, func(c *aws.DocDBCluster) value.Verdict {
		inherits := c.Snapshot.Set().Or(c.PointInTime.Set(), c.RestoreTime.Set(), c.IsSecondary())
		return c.StorageEncrypted.Is(true).Unless(inherits.And(c.StorageEncrypted.Set().Not()))
	}), func(c *aws.DocDBGlobalCluster) value.Verdict {
		return c.StorageEncrypted.Is(true).Unless(c.Source.Set().And(c.StorageEncrypted.Set().Not()))
	}),

	check.On(analysis.Rule{
		ID: "redshift-not-encrypted", Title: "Redshift cluster is not encrypted",
		Why:      "Tables and snapshots of the warehouse are stored in plain text.",
		Fix:      "Set encrypted / Encrypted to true.",
		Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC08-BP02", Effort: "M",
	}, redshiftEncrypted),

	check.On(analysis.Rule{
		ID: "opensearch-not-encrypted", Title: "OpenSearch domain is not encrypted at rest",
		Why:      "Indices, logs, swap files and automated snapshots are stored in plain text.",
		Fix:      "Enable encryption at rest: encrypt_at_rest { enabled = true } / EncryptionAtRestOptions.",
		Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC08-BP02", Effort: "M",
	}, func(d *aws.SearchDomain) value.Verdict { return d.Encrypted.Is(true) }),

	check.On(analysis.Rule{
		ID: "sqs-not-encrypted", Title: "SQS queue has its encryption switched off",
		Why:      "Messages are stored in plain text although the service encrypts them unless told not to.",
		Fix:      "Remove the setting that switches managed encryption off, or name a KMS key.",
		Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC08-BP02", Effort: "S",
	}, func(q *aws.Queue) value.Verdict {
		// Absent means SSE-SQS: the service default since October 2022.
		return q.ManagedSSE.Is(true).Unless(q.ManagedSSE.Set().Not()).Unless(q.Key.NotEmpty())
	}),

	check.On(analysis.Rule{
		ID: "sns-not-encrypted", Title: "SNS topic is not encrypted",
		Why:      "Messages are stored without server-side encryption while they wait to be delivered.",
		Fix:      "Set kms_master_key_id / KmsMasterKeyId, at least to alias/aws/sns.",
		Severity: analysis.Medium, Precision: analysis.HighPrecision, Pillar: analysis.Security, Profile: analysis.Review, Practice: "SEC08-BP02", Effort: "S",
	}, func(t *aws.Topic) value.Verdict { return t.Key.NotEmpty() }),

	check.On(analysis.Rule{
		ID: "kinesis-not-encrypted", Title: "Kinesis stream is not encrypted",
		Why:      "Records are stored in plain text for as long as the stream retains them.",
		Fix:      "Set encryption_type / StreamEncryption to KMS with a key.",
		Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC08-BP02", Effort: "S",
	}, func(s *aws.Stream) value.Verdict { return s.Encryption.IsFold("KMS") }),
)

// auroraOff is encryption switched off where the engine encrypts by itself:
// Aurora encrypts every cluster made since 18 February 2026.
const auroraOff = "switched off on Aurora"

func rdsInstanceEncrypted(d *aws.DBInstance) value.Verdict {
	inherits := d.IsReplica().Or(d.IsRestored()).And(d.StorageEncrypted.Set().Not())
	return d.StorageEncrypted.Is(true).Unless(d.IsMember()).Unless(inherits)
}

func rdsClusterEncrypted(c *aws.DBCluster) value.Verdict {
	set := c.StorageEncrypted.Set()
	switch {
	case set.IsGood():
		v := c.StorageEncrypted.Is(true)
		if v.IsBad() && !c.IsMultiAZ().IsGood() {
			return v.As(auroraOff)
		}
		return v
	case set.IsOpen():
		return value.Open(c.StorageEncrypted.Fact())
	}
	// Without a word, only a Multi-AZ DB cluster that is not restored is unencrypted.
	return value.Bad(c.StorageEncrypted.Fact()).When(c.IsMultiAZ()).Unless(c.IsRestored())
}

func globalClusterEncrypted(c *aws.GlobalCluster) value.Verdict {
	return explicitOnly(c.StorageEncrypted).As(auroraOff)
}

// explicitOnly judges a setting whose default is safe: only an explicit false is a defect.
func explicitOnly(b value.Bool) value.Verdict {
	return b.Is(true).Unless(b.Set().Not())
}

// cacheEncrypted: without a word, redis is not encrypted and valkey is. A
// secondary of a global datastore is encrypted as its primary is.
func cacheEncrypted(r *aws.ReplicationGroup) value.Verdict {
	secondary := r.Global.Set()
	switch set := r.AtRest.Set(); {
	case set.IsGood():
		return r.AtRest.Is(true).Unless(secondary)
	case set.IsOpen():
		return value.Open(r.AtRest.Fact()).Unless(secondary)
	}
	return value.Bad(r.AtRest.Fact()).When(r.Engine.IsFold("redis")).Unless(secondary)
}

// redshiftEncrypted: absence is safe in CloudFormation, and with AWS provider 6
// in Terraform. It is a defect only where the provider is known to be older.
func redshiftEncrypted(c *aws.RedshiftCluster) value.Verdict {
	set := c.Encrypted.Set()
	if !set.IsBad() {
		return c.Encrypted.Is(true)
	}
	if c.Node().Provider == nil || !c.Node().Provider.OlderThan(6) {
		return value.Good(c.Encrypted.Fact())
	}
	return value.Bad(c.Encrypted.Fact()).Unless(c.Snapshot.Set().Or(c.SnapARN.Set()))
}
