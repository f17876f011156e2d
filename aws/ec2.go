package aws

import (
	"github.com/wacheck/wacheck/value"
)

// Volume is an EBS volume.
type Volume struct {
	Head      `tf:"aws_ebs_volume" cfn:"AWS::EC2::Volume"`
	Encrypted value.Bool    `tf:"encrypted,default=false" cfn:"Encrypted,default=false"`
	Snapshot  Ref[Snapshot] `tf:"snapshot_id" cfn:"SnapshotId"`
}

// Snapshot is a copy of a volume, which takes its encryption.
type Snapshot struct {
	Head   `tf:"aws_ebs_snapshot"`
	Volume Ref[Volume] `tf:"volume_id"`
}

// Instance is an EC2 instance or spot request.
type Instance struct {
	Head       `tf:"aws_instance|aws_spot_instance_request" cfn:"AWS::EC2::Instance"`
	Subnet     Ref[Subnet]            `tf:"subnet_id" cfn:"SubnetId"`
	PublicIP   value.Bool             `tf:"associate_public_ip_address"`
	Interfaces List[NetworkInterface] `tf:"network_interface" cfn:"NetworkInterfaces"`
	Root       List[BlockDevice]      `tf:"root_block_device"`
	Devices    List[BlockDevice]      `tf:"ebs_block_device" cfn:"BlockDeviceMappings"`
	Template   Block[TemplateRef]     `tf:"launch_template" cfn:"LaunchTemplate"`
	Profile    value.Attr             `tf:"iam_instance_profile" cfn:"IamInstanceProfile"`
	SourceDest value.Bool             `tf:"source_dest_check,default=true" cfn:"SourceDestCheck,default=true"`
	IPv6Count  value.Int              `tf:"ipv6_address_count" cfn:"Ipv6AddressCount"`
	IPv6       value.Attr             `tf:"ipv6_addresses" cfn:"Ipv6Addresses"`

	Addresses    Satellites[ElasticIP]
	Associations Satellites[ElasticIPAssociation]
}

// TemplateRef names a launch template.
type TemplateRef struct {
	Item
	ID   Ref[LaunchTemplate] `tf:"id" cfn:"LaunchTemplateId"`
	Name Ref[LaunchTemplate] `tf:"name" cfn:"LaunchTemplateName"`
}

// NetworkInterface is an interface in an instance or launch template.
type NetworkInterface struct {
	Item
	PublicIP value.Bool  `tf:"associate_public_ip_address" cfn:"AssociatePublicIpAddress"`
	Subnet   Ref[Subnet] `tf:"subnet_id" cfn:"SubnetId"`
	// Existing is an interface that is a resource of its own.
	Existing  Ref[ElasticInterface] `tf:"network_interface_id" cfn:"NetworkInterfaceId"`
	IPv6Count value.Int             `tf:"ipv6_address_count" cfn:"Ipv6AddressCount"`
	IPv6      value.Attr            `tf:"ipv6_addresses" cfn:"Ipv6Addresses"`
}

// BlockDevice maps a volume to a device name. In CloudFormation and in launch
// templates the volume is nested in the mapping.
type BlockDevice struct {
	Item
	Device      value.String     `tf:"device_name" cfn:"DeviceName"`
	Encrypted   value.Bool       `tf:"encrypted,default=false"`
	Snapshot    Ref[Snapshot]    `tf:"snapshot_id"`
	EBS         Block[EBSVolume] `tf:"ebs" cfn:"Ebs"`
	NoDevice    value.Attr       `tf:"no_device" cfn:"NoDevice"`
	VirtualName value.Attr       `tf:"virtual_name" cfn:"VirtualName"`
}

// EBSVolume is the volume of a block device mapping.
type EBSVolume struct {
	Item
	Encrypted value.Bool    `tf:"encrypted,default=false" cfn:"Encrypted,default=false"`
	Snapshot  Ref[Snapshot] `tf:"snapshot_id" cfn:"SnapshotId"`
}

// LaunchTemplate says how instances are started.
type LaunchTemplate struct {
	Head       `tf:"aws_launch_template,by=name" cfn:"AWS::EC2::LaunchTemplate,by=LaunchTemplateName"`
	Interfaces List[NetworkInterface] `tf:"network_interfaces" cfn:"LaunchTemplateData.NetworkInterfaces"`
	Devices    List[BlockDevice]      `tf:"block_device_mappings" cfn:"LaunchTemplateData.BlockDeviceMappings"`
	Profile    value.Attr             `tf:"iam_instance_profile" cfn:"LaunchTemplateData.IamInstanceProfile"`
}

// LaunchConfiguration is the older form of a launch template.
type LaunchConfiguration struct {
	Head     `tf:"aws_launch_configuration" cfn:"AWS::AutoScaling::LaunchConfiguration"`
	PublicIP value.Bool        `tf:"associate_public_ip_address" cfn:"AssociatePublicIpAddress"`
	Root     List[BlockDevice] `tf:"root_block_device"`
	Devices  List[BlockDevice] `tf:"ebs_block_device" cfn:"BlockDeviceMappings"`
	Profile  value.Attr        `tf:"iam_instance_profile" cfn:"IamInstanceProfile"`
}

// EBSEncryptionByDefault encrypts all new volumes of an account and region.
type EBSEncryptionByDefault struct {
	Head    `tf:"aws_ebs_encryption_by_default"`
	Enabled value.Bool `tf:"enabled,default=true"`
}

// AutoScalingGroup starts instances from a template.
type AutoScalingGroup struct {
	Head          `tf:"aws_autoscaling_group" cfn:"AWS::AutoScaling::AutoScalingGroup"`
	Subnets       Refs[Subnet]              `tf:"vpc_zone_identifier" cfn:"VPCZoneIdentifier"`
	Template      Block[TemplateRef]        `tf:"launch_template" cfn:"LaunchTemplate"`
	Mixed         Block[MixedTemplateRef]   `tf:"mixed_instances_policy.launch_template.launch_template_specification" cfn:"MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification"`
	Configuration Ref[LaunchConfiguration]  `tf:"launch_configuration" cfn:"LaunchConfigurationName"`
	TargetGroups  Refs[TargetGroup]         `tf:"target_group_arns" cfn:"TargetGroupARNs"`
	Classic       Refs[ClassicLoadBalancer] `tf:"load_balancers" cfn:"LoadBalancerNames"`
	Sources       List[TrafficSource]       `tf:"traffic_source" cfn:"TrafficSources"`

	Attachments        Satellites[ScalingAttachment]
	TrafficAttachments Satellites[TrafficAttachment]
}

// MixedTemplateRef names the launch template of a mixed instances policy.
type MixedTemplateRef struct {
	Item
	ID   Ref[LaunchTemplate] `tf:"launch_template_id" cfn:"LaunchTemplateId"`
	Name Ref[LaunchTemplate] `tf:"launch_template_name" cfn:"LaunchTemplateName"`
}
