package main

import "slices"

// additions are what configurations for other versions of the provider use.
// Most were removed; the upgrade guides to versions 4, 5 and 6 tell which
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides).
// Whole resource types that are gone are left out: no rule is about them.
var additions = slices.Concat(undescribed, newer, removedIn6, removedIn5)

const (
	in5 = "removed in 5.0"
	in6 = "removed in 6.0"
)

// undescribed are blocks that the source of the table describes as a value of
// any type, because they nest too deeply for it.
var undescribed = []addition{
	{target: "aws_wafv2_web_acl/rule", why: "nests in itself", body: body{"statement": open()}, replace: true},
	{target: "aws_wafv2_rule_group/rule", why: "nests in itself", body: body{"statement": open()}, replace: true},
	{target: "aws_quicksight_analysis", why: "too large", body: body{"definition": open()}, replace: true},
	{target: "aws_quicksight_dashboard", why: "too large", body: body{"definition": open()}, replace: true},
	{target: "aws_quicksight_template", why: "too large", body: body{"definition": open()}, replace: true},
}

var newer = []addition{
	{target: "aws_db_instance", why: "after 6.25", body: body{"upgrade_rollout_order": computed("string")}},
	{target: "aws_rds_cluster", why: "after 6.25", body: body{"upgrade_rollout_order": computed("string")}},
}

var removedIn6 = []addition{
	{target: "aws_eip", why: in6 + ": use domain", body: body{"vpc": optional("bool")}},
	{target: "aws_instance", why: in6 + ": use cpu_options", body: body{
		"cpu_core_count":       optional("number"),
		"cpu_threads_per_core": optional("number"),
	}},
	{target: "aws_spot_instance_request", why: in6, body: body{
		"block_duration_minutes": optional("number"),
		"cpu_core_count":         optional("number"),
		"cpu_threads_per_core":   optional("number"),
	}},
	{target: "aws_launch_template", why: in6, body: body{
		"elastic_gpu_specifications":    many("list", body{"type": required("string")}),
		"elastic_inference_accelerator": one(body{"type": required("string")}),
	}},
	{target: "aws_ecs_task_definition", why: in6, body: body{
		"inference_accelerator": many("set", body{
			"device_name": required("string"), "device_type": required("string"),
		}),
	}},
	{target: "aws_eks_addon", why: in6, body: body{"resolve_conflicts": optional("string")}},
	{target: "aws_flow_log", why: in6 + ": use log_destination", body: body{"log_group_name": optional("string")}},
	{target: "aws_guardduty_organization_configuration", why: in6, body: body{"auto_enable": optional("bool")}},
	{target: "aws_redshift_cluster", why: in6 + ": use aws_redshift_logging and aws_redshift_snapshot_copy", body: body{
		"logging": one(body{
			"enable":               required("bool"),
			"bucket_name":          optional("string"),
			"s3_key_prefix":        optional("string"),
			"log_destination_type": optional("string"),
			"log_exports":          optional(setOf("string")),
		}),
		"snapshot_copy": one(body{
			"destination_region": required("string"),
			"grant_name":         optional("string"),
			"retention_period":   optional("number"),
		}),
	}},
	{target: "aws_api_gateway_account", why: in6, body: body{"reset_on_delete": optional("bool")}},
	{target: "aws_api_gateway_deployment", why: in6 + ": use aws_api_gateway_stage", body: body{
		"stage_name":        optional("string"),
		"stage_description": optional("string"),
		"execution_arn":     computed("string"),
		"invoke_url":        computed("string"),
		"canary_settings": one(body{
			"percent_traffic":          optional("number"),
			"stage_variable_overrides": optional(mapOf("string")),
			"use_stage_cache":          optional("bool"),
		}),
	}},
	{target: "aws_batch_compute_environment", why: in6 + ": use name", body: body{
		"compute_environment_name":        optional("string"),
		"compute_environment_name_prefix": optional("string"),
	}},
	{target: "data.aws_batch_compute_environment", why: in6 + ": use name", body: body{
		"compute_environment_name": optional("string"),
	}},
	{target: "aws_batch_job_queue", why: in6 + ": use compute_environment_order", body: body{
		"compute_environments": optional(list("string")),
	}},
	{target: "aws_dms_endpoint", why: in6 + ": use aws_dms_s3_endpoint", body: body{"s3_settings": open()}},
	{target: "aws_dx_gateway_association", why: in6, body: body{"vpn_gateway_id": optional("string")}},
	{target: "aws_ec2_client_vpn_endpoint", why: in6, body: body{"status": computed("string")}},
	{target: "aws_ec2_client_vpn_network_association", why: in6, body: body{
		"security_groups": optional(setOf("string")),
		"status":          computed("string"),
	}},
	{target: "aws_lightsail_instance", why: in6 + ": use ipv6_addresses", body: body{"ipv6_address": computed("string")}},
	{target: "aws_networkmanager_core_network", why: in6, body: body{
		"base_policy_region": optional("string"),
		"policy_document":    optional("string"),
	}},
	{target: "aws_opensearch_domain", why: in6 + ": use dashboard_endpoint", body: body{"kibana_endpoint": computed("string")}},
	{target: "aws_sagemaker_notebook_instance", why: in6, body: body{"accelerator_types": optional(setOf("string"))}},
	{target: "aws_ssm_association", why: in6 + ": use targets", body: body{"instance_id": optional("string")}},
	{target: "data.aws_redshift_service_account", why: in6, create: true, body: body{
		"arn": computed("string"), "id": computed("string"), "region": optional("string"),
	}},
	{target: "data.aws_identitystore_user", why: in6 + ": use alternate_identifier", body: body{"filter": identityFilter}},
	{target: "data.aws_identitystore_group", why: in6 + ": use alternate_identifier", body: body{"filter": identityFilter}},
}

var identityFilter = one(body{
	"attribute_path":  required("string"),
	"attribute_value": required("string"),
})

var removedIn5 = []addition{
	{target: "aws_autoscaling_group", why: in5 + ": use tag", body: body{"tags": optional(setOf(mapOf("string")))}},
	{target: "aws_autoscaling_attachment", why: in5 + ": use lb_target_group_arn", body: body{
		"alb_target_group_arn": optional("string"),
	}},
	{target: "aws_ce_anomaly_subscription", why: in5 + ": use threshold_expression", body: body{"threshold": optional("number")}},
	{target: "aws_db_instance", why: in5 + ": use db_name; EC2-Classic is gone", body: body{
		"name":                 optional("string"),
		"security_group_names": optional(setOf("string")),
	}},
	{target: "data.aws_db_instance", why: in5, body: body{"db_security_groups": computed(list("string"))}},
	{target: "aws_ecs_cluster", why: in5 + ": use aws_ecs_cluster_capacity_providers", body: body{
		"capacity_providers": optional(setOf("string")),
		"default_capacity_provider_strategy": many("set", body{
			"base":              optional("number"),
			"capacity_provider": required("string"),
			"weight":            optional("number"),
		}),
	}},
	{target: "aws_elasticache_cluster", why: in5 + ": EC2-Classic is gone", body: body{
		"security_group_names": optional(setOf("string")),
	}},
	{target: "aws_elasticache_replication_group", why: in5 + ": renamed", body: body{
		"availability_zones":            optional(setOf("string")),
		"number_cache_clusters":         optional("number"),
		"replication_group_description": optional("string"),
	}},
	{target: "data.aws_elasticache_replication_group", why: in5 + ": renamed", body: body{
		"number_cache_clusters":         computed("number"),
		"replication_group_description": computed("string"),
	}},
	{target: "aws_kinesis_firehose_delivery_stream", why: in5 + ": use extended_s3_configuration", body: body{
		"s3_configuration": one(firehoseS3),
	}},
	{target: "aws_launch_configuration", why: in5 + ": EC2-Classic is gone", body: body{
		"vpc_classic_link_id":              optional("string"),
		"vpc_classic_link_security_groups": optional(setOf("string")),
	}},
	{target: "aws_msk_cluster/broker_node_group_info", why: in5 + ": use storage_info", body: body{
		"ebs_volume_size": optional("number"),
	}},
	{target: "aws_redshift_cluster", why: in5 + ": EC2-Classic is gone", body: body{
		"cluster_security_groups": optional(setOf("string")),
	}},
	{target: "aws_secretsmanager_secret", why: in5 + ": use aws_secretsmanager_secret_rotation", body: body{
		"rotation_enabled":    computed("bool"),
		"rotation_lambda_arn": optional("string"),
		"rotation_rules":      one(body{"automatically_after_days": required("number")}),
	}},
	{target: "data.aws_secretsmanager_secret", why: in5 + ": use aws_secretsmanager_secret_rotation", body: body{
		"rotation_enabled":    computed("bool"),
		"rotation_lambda_arn": computed("string"),
		"rotation_rules":      computed(list([]any{"object", map[string]any{"automatically_after_days": "number"}})),
	}},
	{target: "aws_vpc", why: in5 + ": EC2-Classic is gone", body: classicLink},
	{target: "aws_default_vpc", why: in5 + ": EC2-Classic is gone", body: classicLink},
	{target: "data.aws_subnet_ids", why: in5 + ": use aws_subnets", create: true, body: body{
		"id":     optional("string"),
		"ids":    computed(setOf("string")),
		"tags":   optional(mapOf("string")),
		"vpc_id": required("string"),
		"filter": many("set", body{"name": required("string"), "values": required(setOf("string"))}),
	}},
}

var classicLink = body{
	"enable_classiclink":             optional("bool"),
	"enable_classiclink_dns_support": optional("bool"),
}

// firehoseS3 is where a delivery stream of version 4 put its records.
var firehoseS3 = body{
	"bucket_arn":          required("string"),
	"buffer_interval":     optional("number"),
	"buffer_size":         optional("number"),
	"compression_format":  optional("string"),
	"error_output_prefix": optional("string"),
	"kms_key_arn":         optional("string"),
	"prefix":              optional("string"),
	"role_arn":            required("string"),
	"cloudwatch_logging_options": one(body{
		"enabled":         optional("bool"),
		"log_group_name":  optional("string"),
		"log_stream_name": optional("string"),
	}),
}
