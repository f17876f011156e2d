package cli

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/gate/compat"
	"github.com/wacheck/wacheck/internal/config"
)

// schemaURL is where the schema of configuration files is published.
const schemaURL = "https://raw.githubusercontent.com/wacheck/wacheck/main/docs/wacheck.schema.json"

type object = map[string]any

// configSchema is the JSON Schema of .wacheck.yaml. Settings are those of the
// flags, so that it can't fall behind.
func configSchema() object {
	severities := []string{}
	for _, s := range analysis.Severities() {
		severities = append(severities, s.String())
	}
	thresholds := append(slices.Clone(severities), "none")
	properties := object{
		"rules":        rulesSchema(severities),
		"environments": environmentsSchema(),
		"paths": object{
			"description": "Thresholds of paths, relative to the file.",
			"type":        "array",
			"items": object{"type": "object", "additionalProperties": false, "required": []string{"path"},
				"properties": object{"path": object{"type": "string"}, "fail_on": object{"$ref": "#/$defs/threshold"}}},
		},
		"suppressions": suppressionsSchema(),
	}
	kinds := spec().Settings
	newScan().Flags().VisitAll(func(f *pflag.Flag) {
		name := strings.ReplaceAll(f.Name, "-", "_")
		if kind, ok := kinds[name]; ok {
			properties[name] = settingSchema(f, kind)
		}
	})
	properties["fail_on"] = object{"$ref": "#/$defs/threshold", "description": properties["fail_on"].(object)["description"]}
	properties["severity"] = object{"enum": severities, "description": properties["severity"].(object)["description"]}
	properties["profile"] = object{"enum": profiles(), "description": properties["profile"].(object)["description"]}
	properties["compat"] = object{"description": properties["compat"].(object)["description"],
		"type": []string{"array", "string"}, "items": object{"enum": append(compat.Tools(), "all")}}
	return object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": schemaURL,
		"title": "wacheck", "description": "Configuration of wacheck: .wacheck.yaml at the root of a repository, or in a directory below it.",
		"type": []string{"object", "null"}, "additionalProperties": false, "properties": properties,
		"$defs": object{"threshold": object{"enum": thresholds}, "environment": object{"enum": config.SingleEnvironments()}},
	}
}

func settingSchema(f *pflag.Flag, kind config.Kind) object {
	_, usage := pflag.UnquoteUsage(f)
	out := object{"description": usage}
	switch kind {
	case config.Bool:
		out["type"] = []string{"boolean", "null"}
	case config.Number:
		out["type"] = []string{"integer", "null"}
	case config.List:
		out["type"], out["items"] = []string{"array", "string", "null"}, object{"type": "string"}
	case config.Map:
		out["type"], out["additionalProperties"] = []string{"object", "null"}, object{"type": "string"}
	case config.Text:
		out["type"] = []string{"string", "null"}
	}
	return out
}

func rulesSchema(severities []string) object {
	return object{
		"description": "What to do about rules, by id or glob.",
		"type":        []string{"object", "null"},
		"additionalProperties": object{"anyOf": []object{
			{"enum": append([]any{true, false, "on", "off"}, anys(severities)...)},
			{"type": "object", "additionalProperties": false, "properties": object{
				"enabled":      object{"type": "boolean", "description": "Whether the rule is run, whatever its profile."},
				"severity":     object{"enum": severities},
				"suppressible": object{"type": "boolean", "description": "Whether suppressions of the rule count."},
			}},
		}},
	}
}

func environmentsSchema() object {
	threshold := object{"$ref": "#/$defs/threshold"}
	patterns := object{"type": []string{"array", "string"}, "items": object{"type": "string"}}
	told := object{"fail_on": threshold}
	for key, about := range config.EnvironmentSigns() {
		told[key] = object{"type": patterns["type"], "items": patterns["items"], "description": about}
	}
	told["accounts"] = object{"type": []string{"array", "string", "integer"}, "items": object{"type": []string{"string", "integer"}, "pattern": `^\d{12}$`}, "pattern": `^\d{12}$`,
		"description": config.EnvironmentSigns()["accounts"]}
	told["tags"] = object{"type": "object", "additionalProperties": patterns, "description": "Values of tags by their keys; globs, whatever their case."}
	told["counts_as"] = object{"$ref": "#/$defs/environment", "description": "The environment that it is to be judged like."}
	names := object{}
	for _, n := range config.EnvironmentNames() {
		properties := object{"fail_on": threshold}
		if slices.Contains(config.SingleEnvironments(), n) {
			properties = told
		}
		names[n] = object{"type": "object", "additionalProperties": false, "properties": properties}
	}
	return object{"description": "What belongs to environments, and their thresholds. One of your own says what it counts as.", "type": "object", "properties": names,
		"additionalProperties": object{"type": "object", "additionalProperties": false, "required": []string{"counts_as"}, "properties": told}}
}

func suppressionsSchema() object {
	text := func(about string) object { return object{"type": "string", "description": about} }
	rules := object{"type": []string{"string", "array"}, "items": object{"type": "string"}, "description": "Ids or globs of rules."}
	return object{
		"description": "Accepted findings.", "type": []string{"array", "null"},
		"items": object{
			"type": "object", "additionalProperties": false,
			"anyOf": []object{{"required": []string{"rule"}}, {"required": []string{"rules"}}},
			"properties": object{
				"rule": rules, "rules": rules,
				"address":   text("Addresses of resources: module.db covers all that is in it, * a part of a segment, ** anything."),
				"construct": text("Paths of CDK constructs; a glob."),
				"path":      text("Files or directories, relative to the file; a glob."),
				"reason":    text("Why it is accepted."),
				"expires":   object{"type": "string", "pattern": `^\d{4}-\d\d-\d\d$`, "description": "The last day on which it holds."},
			},
		},
	}
}

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
