package aws

import (
	"github.com/wacheck/wacheck/graph"
)

// WorkloadKind is what a resource that sits in subnets is, in a word.
type WorkloadKind string

// The kinds of workload.
const (
	LoadBalancer WorkloadKind = "load balancer"
	Service      WorkloadKind = "service"
	Function     WorkloadKind = "function"
	Compute      WorkloadKind = "instance"
	Database     WorkloadKind = "database"
	Cache        WorkloadKind = "cache"
	Kubernetes   WorkloadKind = "Kubernetes cluster"
	FileSystem   WorkloadKind = "file system"
	Search       WorkloadKind = "search domain"
	Warehouse    WorkloadKind = "data warehouse"
	Broker       WorkloadKind = "broker"
	Analytics    WorkloadKind = "analytics cluster"
)

// IsDataStore reports that resources of the kind keep data.
func (k WorkloadKind) IsDataStore() bool {
	switch k {
	case Database, Cache, FileSystem, Search, Warehouse, Broker:
		return true
	case LoadBalancer, Service, Function, Compute, Kubernetes, Analytics:
	}
	return false
}

// Placement says where a resource type keeps the subnets it sits in and the
// security groups it bears. Paths are dotted, without indices.
type Placement struct {
	Type string
	Kind WorkloadKind
	// Subnets name subnets directly, Groups a subnet group.
	Subnets, Groups []string
	SecurityGroups  []string
}

// SubnetGroup is a type of resource that lists subnets for others.
type SubnetGroup struct {
	Type, Subnets string
	// By identifies a group by a literal.
	By []string
}

// Placements returns the table of all types that sit in subnets.
func Placements() []Placement { return append(terraformPlacements(), cloudFormationPlacements()...) }

func one(s string) []string { return []string{s} }

func terraformPlacements() []Placement {
	vpcSGs := one("vpc_security_group_ids")
	return []Placement{
		{"aws_instance", Compute, one("subnet_id"), nil, []string{"vpc_security_group_ids", "security_groups"}},
		{"aws_spot_instance_request", Compute, one("subnet_id"), nil, []string{"vpc_security_group_ids", "security_groups"}},
		{"aws_launch_template", Compute, one("network_interfaces.subnet_id"), nil, []string{"vpc_security_group_ids", "network_interfaces.security_groups"}},
		{"aws_launch_configuration", Compute, nil, nil, one("security_groups")},
		{"aws_autoscaling_group", Compute, one("vpc_zone_identifier"), nil, nil},
		{"aws_ecs_service", Service, one("network_configuration.subnets"), nil, one("network_configuration.security_groups")},
		{"aws_ecs_task_set", Service, one("network_configuration.subnets"), nil, one("network_configuration.security_groups")},
		{"aws_lambda_function", Function, one("vpc_config.subnet_ids"), nil, one("vpc_config.security_group_ids")},
		{"aws_lb", LoadBalancer, []string{"subnets", "subnet_mapping.subnet_id"}, nil, one("security_groups")},
		{"aws_alb", LoadBalancer, []string{"subnets", "subnet_mapping.subnet_id"}, nil, one("security_groups")},
		{"aws_elb", LoadBalancer, one("subnets"), nil, one("security_groups")},
		{"aws_db_instance", Database, nil, one("db_subnet_group_name"), vpcSGs},
		{"aws_rds_cluster", Database, nil, one("db_subnet_group_name"), vpcSGs},
		{"aws_rds_cluster_instance", Database, nil, one("db_subnet_group_name"), nil},
		{"aws_db_proxy", Database, one("vpc_subnet_ids"), nil, vpcSGs},
		{"aws_docdb_cluster", Database, nil, one("db_subnet_group_name"), vpcSGs},
		{"aws_neptune_cluster", Database, nil, one("neptune_subnet_group_name"), vpcSGs},
		{"aws_elasticache_cluster", Cache, nil, one("subnet_group_name"), one("security_group_ids")},
		{"aws_elasticache_replication_group", Cache, nil, one("subnet_group_name"), one("security_group_ids")},
		{"aws_elasticache_serverless_cache", Cache, one("subnet_ids"), nil, one("security_group_ids")},
		{"aws_memorydb_cluster", Cache, nil, one("subnet_group_name"), one("security_group_ids")},
		{"aws_redshiftserverless_workgroup", Warehouse, one("subnet_ids"), nil, one("security_group_ids")},
		{"aws_dms_replication_instance", Database, nil, one("replication_subnet_group_id"), vpcSGs},
		{"aws_redshift_cluster", Warehouse, nil, one("cluster_subnet_group_name"), vpcSGs},
		{"aws_opensearch_domain", Search, one("vpc_options.subnet_ids"), nil, one("vpc_options.security_group_ids")},
		{"aws_elasticsearch_domain", Search, one("vpc_options.subnet_ids"), nil, one("vpc_options.security_group_ids")},
		{"aws_efs_mount_target", FileSystem, one("subnet_id"), nil, one("security_groups")},
		{"aws_eks_cluster", Kubernetes, one("vpc_config.subnet_ids"), nil, one("vpc_config.security_group_ids")},
		{"aws_eks_node_group", Kubernetes, one("subnet_ids"), nil, nil},
		{"aws_emr_cluster", Analytics, []string{"ec2_attributes.subnet_id", "ec2_attributes.subnet_ids"}, nil, nil},
		{"aws_msk_cluster", Broker, one("broker_node_group_info.client_subnets"), nil, one("broker_node_group_info.security_groups")},
		{"aws_mq_broker", Broker, one("subnet_ids"), nil, one("security_groups")},
	}
}

func cloudFormationPlacements() []Placement {
	vpcSGs := one("VpcSecurityGroupIds")
	awsvpc := "NetworkConfiguration.AwsvpcConfiguration."
	return []Placement{
		{"AWS::EC2::Instance", Compute, []string{"SubnetId", "NetworkInterfaces.SubnetId"}, nil, []string{"SecurityGroupIds", "NetworkInterfaces.GroupSet"}},
		{"AWS::EC2::LaunchTemplate", Compute, one("LaunchTemplateData.NetworkInterfaces.SubnetId"), nil,
			[]string{"LaunchTemplateData.SecurityGroupIds", "LaunchTemplateData.NetworkInterfaces.Groups"}},
		{"AWS::AutoScaling::LaunchConfiguration", Compute, nil, nil, one("SecurityGroups")},
		{"AWS::AutoScaling::AutoScalingGroup", Compute, one("VPCZoneIdentifier"), nil, nil},
		{"AWS::ECS::Service", Service, one(awsvpc + "Subnets"), nil, one(awsvpc + "SecurityGroups")},
		{"AWS::ECS::TaskSet", Service, one("NetworkConfiguration.AwsVpcConfiguration.Subnets"), nil, one("NetworkConfiguration.AwsVpcConfiguration.SecurityGroups")},
		{"AWS::Lambda::Function", Function, one("VpcConfig.SubnetIds"), nil, one("VpcConfig.SecurityGroupIds")},
		{"AWS::ElasticLoadBalancingV2::LoadBalancer", LoadBalancer, []string{"Subnets", "SubnetMappings.SubnetId"}, nil, one("SecurityGroups")},
		{"AWS::ElasticLoadBalancing::LoadBalancer", LoadBalancer, one("Subnets"), nil, one("SecurityGroups")},
		{"AWS::RDS::DBInstance", Database, nil, one("DBSubnetGroupName"), one("VPCSecurityGroups")},
		{"AWS::RDS::DBCluster", Database, nil, one("DBSubnetGroupName"), vpcSGs},
		{"AWS::RDS::DBProxy", Database, one("VpcSubnetIds"), nil, vpcSGs},
		{"AWS::DocDB::DBCluster", Database, nil, one("DBSubnetGroupName"), vpcSGs},
		{"AWS::Neptune::DBCluster", Database, nil, one("DBSubnetGroupName"), vpcSGs},
		{"AWS::ElastiCache::CacheCluster", Cache, nil, one("CacheSubnetGroupName"), vpcSGs},
		{"AWS::ElastiCache::ReplicationGroup", Cache, nil, one("CacheSubnetGroupName"), one("SecurityGroupIds")},
		{"AWS::ElastiCache::ServerlessCache", Cache, one("SubnetIds"), nil, one("SecurityGroupIds")},
		{"AWS::MemoryDB::Cluster", Cache, nil, one("SubnetGroupName"), one("SecurityGroupIds")},
		{"AWS::RedshiftServerless::Workgroup", Warehouse, one("SubnetIds"), nil, one("SecurityGroupIds")},
		{"AWS::DMS::ReplicationInstance", Database, nil, one("ReplicationSubnetGroupIdentifier"), vpcSGs},
		{"AWS::Redshift::Cluster", Warehouse, nil, one("ClusterSubnetGroupName"), vpcSGs},
		{"AWS::OpenSearchService::Domain", Search, one("VPCOptions.SubnetIds"), nil, one("VPCOptions.SecurityGroupIds")},
		{"AWS::Elasticsearch::Domain", Search, one("VPCOptions.SubnetIds"), nil, one("VPCOptions.SecurityGroupIds")},
		{"AWS::EFS::MountTarget", FileSystem, one("SubnetId"), nil, one("SecurityGroups")},
		{"AWS::EKS::Cluster", Kubernetes, one("ResourcesVpcConfig.SubnetIds"), nil, one("ResourcesVpcConfig.SecurityGroupIds")},
		{"AWS::EKS::Nodegroup", Kubernetes, one("Subnets"), nil, nil},
		{"AWS::EMR::Cluster", Analytics, []string{"Instances.Ec2SubnetId", "Instances.Ec2SubnetIds"}, nil, nil},
		{"AWS::MSK::Cluster", Broker, one("BrokerNodeGroupInfo.ClientSubnets"), nil, one("BrokerNodeGroupInfo.SecurityGroups")},
		{"AWS::AmazonMQ::Broker", Broker, one("SubnetIds"), nil, one("SecurityGroups")},
	}
}

// SubnetGroups returns the types of resources that list subnets for others.
func SubnetGroups() []SubnetGroup {
	return []SubnetGroup{
		{"aws_db_subnet_group", "subnet_ids", one("name")},
		{"aws_docdb_subnet_group", "subnet_ids", one("name")},
		{"aws_neptune_subnet_group", "subnet_ids", one("name")},
		{"aws_elasticache_subnet_group", "subnet_ids", one("name")},
		{"aws_memorydb_subnet_group", "subnet_ids", one("name")},
		{"aws_redshift_subnet_group", "subnet_ids", one("name")},
		{"aws_dms_replication_subnet_group", "subnet_ids", one("replication_subnet_group_id")},
		{"AWS::RDS::DBSubnetGroup", "SubnetIds", one("DBSubnetGroupName")},
		{"AWS::DocDB::DBSubnetGroup", "SubnetIds", one("DBSubnetGroupName")},
		{"AWS::Neptune::DBSubnetGroup", "SubnetIds", one("DBSubnetGroupName")},
		{"AWS::ElastiCache::SubnetGroup", "SubnetIds", one("CacheSubnetGroupName")},
		{"AWS::MemoryDB::SubnetGroup", "SubnetIds", one("SubnetGroupName")},
		{"AWS::Redshift::ClusterSubnetGroup", "SubnetIds", nil},
		{"AWS::DMS::ReplicationSubnetGroup", "SubnetIds", one("ReplicationSubnetGroupIdentifier")},
	}
}

// placementLinks makes links of the table, so that literal ids and names of
// subnets, subnet groups and security groups are followed.
func placementLinks() []graph.Link {
	subnets := []graph.Named{{Type: "aws_subnet"}, {Type: "AWS::EC2::Subnet"}}
	security := []graph.Named{{Type: "aws_security_group", By: one("name")}, {Type: "AWS::EC2::SecurityGroup", By: one("GroupName")}}
	var groups []graph.Named
	var out []graph.Link
	for _, g := range SubnetGroups() {
		groups = append(groups, graph.Named{Type: g.Type, By: g.By})
		out = append(out, graph.Link{Type: g.Type, Attr: g.Subnets, To: subnets})
	}
	for _, p := range Placements() {
		for _, a := range p.Subnets {
			out = append(out, graph.Link{Type: p.Type, Attr: a, To: subnets})
		}
		for _, a := range p.Groups {
			out = append(out, graph.Link{Type: p.Type, Attr: a, To: groups})
		}
		for _, a := range p.SecurityGroups {
			out = append(out, graph.Link{Type: p.Type, Attr: a, To: security})
		}
	}
	return out
}
