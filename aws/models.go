package aws

// Models returns a nil pointer of every model, from which the link and fold
// tables are made and the tags checked.
func Models() []any {
	return []any{
		// vpc.go
		(*VPC)(nil), (*VPCCIDR)(nil), (*Subnet)(nil), (*RouteTable)(nil), (*MainRouteTable)(nil),
		(*RouteTableAssociation)(nil), (*Route)(nil), (*InternetGateway)(nil), (*GatewayAttachment)(nil),
	}
}
