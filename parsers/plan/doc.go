// Package plan reads plans of Terraform and OpenTofu, as "terraform show -json"
// writes them, and lays them over the configuration that they were made of.
//
// A plan knows the values; the configuration knows the places, the ways that
// values came, and what was written at all. So a unit of the configuration is
// evaluated with the variables of the plan, and each of its nodes gets what the
// plan knows and the configuration does not. Where both know a value and differ,
// the plan is right: it is what would be applied.
package plan
