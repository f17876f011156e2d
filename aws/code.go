package aws

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/value"
)

// IsCode reports that what is not known, for that reason, is a number or a code of the
// place where something is deployed: its account, region or partition. Such a thing
// names no resource and no environment by itself.
func IsCode(reason value.Origin) bool {
	if reason.Kind == value.PseudoParameter {
		return slices.Contains([]string{"AWS::AccountId", "AWS::Region", "AWS::Partition", "AWS::URLSuffix"}, reason.Name)
	}
	path := strings.Split(reason.Name, ".")
	if reason.Kind != value.DataSource || len(path) < 4 {
		return false
	}
	path = path[len(path)-4:] // data, type, label, attribute; modules before it
	return path[0] == "data" && slices.Contains(placeAttributes[path[1]], path[3])
}

// placeAttributes are what data sources tell of the place, by type.
var placeAttributes = map[string][]string{
	"aws_caller_identity": {"account_id", "id"},
	"aws_region":          {"name", "id", "region"},
	"aws_partition":       {"partition", "id", "dns_suffix"},
}
