package parameterstore

import (
	"slices"
	"strings"
)

// environments are words that name one in the path of a unit, by what they mean.
var environments = map[string]string{
	"prod": "prod", "production": "prod", "prd": "prod",
	"stage": "stage", "staging": "stage", "stg": "stage", "preprod": "stage", "uat": "stage",
	"dev": "dev", "develop": "dev", "development": "dev", "test": "test", "testing": "test", "qa": "test", "sandbox": "sandbox",
}

// EnvironmentOf is the environment that the innermost directory names, or empty.
func EnvironmentOf(dir string) string {
	for _, seg := range slices.Backward(strings.Split(strings.ToLower(dir), "/")) {
		if e := environments[seg]; e != "" {
			return e
		}
	}
	return ""
}
