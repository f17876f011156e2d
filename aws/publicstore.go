package aws

import (
	"github.com/wacheck/wacheck/value"
)

// RedshiftWorkgroup is the compute part of Redshift Serverless.
type RedshiftWorkgroup struct {
	Head   `tf:"aws_redshiftserverless_workgroup" cfn:"AWS::RedshiftServerless::Workgroup"`
	Public value.Bool `tf:"publicly_accessible,default=false" cfn:"PubliclyAccessible,default=false"`
	Port   value.Int  `tf:"port,default=5439" cfn:"Port,default=5439"`
}

// MessageBroker is an Amazon MQ broker.
type MessageBroker struct {
	Head   `tf:"aws_mq_broker" cfn:"AWS::AmazonMQ::Broker"`
	Engine value.String `tf:"engine_type" cfn:"EngineType"`
	Public value.Bool   `tf:"publicly_accessible,default=false" cfn:"PubliclyAccessible"`
}

// StreamingCluster is an MSK cluster. Public says how brokers can be reached
// from outside: DISABLED or SERVICE_PROVIDED_EIPS.
type StreamingCluster struct {
	Head   `tf:"aws_msk_cluster" cfn:"AWS::MSK::Cluster"`
	Public value.String `tf:"broker_node_group_info.connectivity_info.public_access.type,default=DISABLED" cfn:"BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type,default=DISABLED"`
}

// ReplicationInstance runs tasks of the Database Migration Service. The service
// makes it public unless told otherwise; the Terraform provider says so itself.
type ReplicationInstance struct {
	Head   `tf:"aws_dms_replication_instance" cfn:"AWS::DMS::ReplicationInstance"`
	Public value.Bool `tf:"publicly_accessible,default=false" cfn:"PubliclyAccessible,default=true"`
}
