package aws

import (
	"github.com/wacheck/wacheck/value"
)

// DBInstance is an RDS instance. In CloudFormation, members of an Aurora or
// Multi-AZ cluster are of the same type.
type DBInstance struct {
	Head               `tf:"aws_db_instance,by=identifier" cfn:"AWS::RDS::DBInstance,by=DBInstanceIdentifier"`
	Engine             value.String       `tf:"engine" cfn:"Engine"`
	StorageEncrypted   value.Bool         `tf:"storage_encrypted,default=false" cfn:"StorageEncrypted,default=false"`
	MultiAZ            value.Bool         `tf:"multi_az,default=false" cfn:"MultiAZ,default=false"`
	PubliclyAccessible value.Bool         `tf:"publicly_accessible,default=false" cfn:"PubliclyAccessible"`
	Port               value.Int          `tf:"port" cfn:"Port"`
	BackupDays         value.Int          `tf:"backup_retention_period,default=0" cfn:"BackupRetentionPeriod,default=1"`
	Cluster            Ref[DBCluster]     `cfn:"DBClusterIdentifier"`
	SubnetGroup        Ref[DBSubnetGroup] `tf:"db_subnet_group_name" cfn:"DBSubnetGroupName"`
	SourceInstance     value.Attr         `tf:"replicate_source_db" cfn:"SourceDBInstanceIdentifier"`
	SourceCluster      value.Attr         `cfn:"SourceDBClusterIdentifier"`
	Snapshot           value.Attr         `tf:"snapshot_identifier" cfn:"DBSnapshotIdentifier"`
	ClusterSnapshot    value.Attr         `cfn:"DBClusterSnapshotIdentifier"`
	PointInTime        value.Attr         `tf:"restore_to_point_in_time" cfn:"SourceDbiResourceId"`
	SourceBackups      value.Attr         `cfn:"SourceDBInstanceAutomatedBackupsArn"`
}

// IsMember says whether the instance belongs to a cluster, from which it takes
// storage, backups and zones.
func (d *DBInstance) IsMember() value.Verdict {
	return d.Cluster.Set().Or(d.Engine.HasPrefix("aurora"))
}

// IsReplica says whether the instance is a read replica.
func (d *DBInstance) IsReplica() value.Verdict {
	return d.SourceInstance.Set().Or(d.SourceCluster.Set())
}

// IsRestored says whether the instance is made from a snapshot or backup, from
// which it takes what is not written.
func (d *DBInstance) IsRestored() value.Verdict {
	return d.Snapshot.Set().Or(d.ClusterSnapshot.Set(), d.PointInTime.Set(), d.SourceBackups.Set())
}

// DBCluster is an Aurora cluster, or a Multi-AZ cluster of MySQL or PostgreSQL.
type DBCluster struct {
	Head               `tf:"aws_rds_cluster,by=cluster_identifier" cfn:"AWS::RDS::DBCluster,by=DBClusterIdentifier"`
	Identifier         value.String       `tf:"cluster_identifier" cfn:"DBClusterIdentifier"`
	Engine             value.String       `tf:"engine" cfn:"Engine"`
	EngineMode         value.String       `tf:"engine_mode" cfn:"EngineMode"`
	StorageEncrypted   value.Bool         `tf:"storage_encrypted" cfn:"StorageEncrypted"`
	BackupDays         value.Int          `tf:"backup_retention_period,default=1" cfn:"BackupRetentionPeriod,default=1"`
	SubnetGroup        Ref[DBSubnetGroup] `tf:"db_subnet_group_name" cfn:"DBSubnetGroupName"`
	Port               value.Int          `tf:"port" cfn:"Port"`
	Replication        value.Attr         `tf:"replication_source_identifier" cfn:"ReplicationSourceIdentifier"`
	GlobalCluster      value.Attr         `tf:"global_cluster_identifier" cfn:"GlobalClusterIdentifier"`
	Username           value.Attr         `tf:"master_username" cfn:"MasterUsername"`
	Snapshot           value.Attr         `tf:"snapshot_identifier" cfn:"SnapshotIdentifier"`
	PointInTime        value.Attr         `tf:"restore_to_point_in_time" cfn:"SourceDBClusterIdentifier"`
	PubliclyAccessible value.Bool         `cfn:"PubliclyAccessible"`
	ClusterScalability value.String       `tf:"cluster_scalability_type" cfn:"ClusterScalabilityType"`
	InstanceClass      value.Attr         `tf:"db_cluster_instance_class" cfn:"DBClusterInstanceClass"`

	Members Satellites[ClusterMember]
}

// IsMultiAZ says whether this is a Multi-AZ DB cluster: RDS, not Aurora.
func (c *DBCluster) IsMultiAZ() value.Verdict { return c.Engine.Is("mysql", "postgres") }

// IsRestored says whether the cluster is made from a snapshot, a backup or
// another cluster, from which it takes what is not written.
func (c *DBCluster) IsRestored() value.Verdict {
	return c.Snapshot.Set().Or(c.PointInTime.Set(), c.Replication.Set())
}

// ClusterMember is an instance of a cluster.
type ClusterMember struct {
	Head               `tf:"aws_rds_cluster_instance" cfn:"AWS::RDS::DBInstance"`
	Cluster            Ref[DBCluster] `tf:"cluster_identifier,parent" cfn:"DBClusterIdentifier,parent"`
	Zone               value.String   `tf:"availability_zone" cfn:"AvailabilityZone"`
	PubliclyAccessible value.Bool     `tf:"publicly_accessible,default=false" cfn:"PubliclyAccessible"`
}

// GlobalCluster spans clusters in several regions.
type GlobalCluster struct {
	Head             `tf:"aws_rds_global_cluster" cfn:"AWS::RDS::GlobalCluster"`
	StorageEncrypted value.Bool `tf:"storage_encrypted" cfn:"StorageEncrypted"`
	Source           value.Attr `tf:"source_db_cluster_identifier" cfn:"SourceDBClusterIdentifier"`
}

// DBSubnetGroup lists the subnets of a database.
type DBSubnetGroup struct {
	Head    `tf:"aws_db_subnet_group,by=name" cfn:"AWS::RDS::DBSubnetGroup,by=DBSubnetGroupName"`
	Subnets Refs[Subnet] `tf:"subnet_ids" cfn:"SubnetIds"`
}

// DocDBCluster is an Amazon DocumentDB cluster.
type DocDBCluster struct {
	Head             `tf:"aws_docdb_cluster,by=cluster_identifier" cfn:"AWS::DocDB::DBCluster,by=DBClusterIdentifier"`
	StorageEncrypted value.Bool `tf:"storage_encrypted,default=false" cfn:"StorageEncrypted,default=false"`
	Snapshot         value.Attr `tf:"snapshot_identifier" cfn:"SnapshotIdentifier"`
	PointInTime      value.Attr `tf:"restore_to_point_in_time" cfn:"SourceDBClusterIdentifier"`
	RestoreTime      value.Attr `cfn:"RestoreToTime"`
	GlobalCluster    value.Attr `tf:"global_cluster_identifier" cfn:"GlobalClusterIdentifier"`
	Username         value.Attr `tf:"master_username" cfn:"MasterUsername"`

	Members Satellites[DocDBMember]
}

// IsSecondary says whether the cluster is a secondary of a global cluster: it
// names one and has no user of its own.
func (c *DocDBCluster) IsSecondary() value.Verdict {
	return c.GlobalCluster.Set().And(c.Username.Set().Not())
}

// DocDBMember is an instance of a DocumentDB cluster.
type DocDBMember struct {
	Head    `tf:"aws_docdb_cluster_instance" cfn:"AWS::DocDB::DBInstance"`
	Cluster Ref[DocDBCluster] `tf:"cluster_identifier,parent" cfn:"DBClusterIdentifier,parent"`
}

// DocDBGlobalCluster spans DocumentDB clusters in several regions.
type DocDBGlobalCluster struct {
	Head             `tf:"aws_docdb_global_cluster" cfn:"AWS::DocDB::GlobalCluster"`
	StorageEncrypted value.Bool `tf:"storage_encrypted,default=false" cfn:"StorageEncrypted,default=false"`
	Source           value.Attr `tf:"source_db_cluster_identifier" cfn:"SourceDBClusterIdentifier"`
}
