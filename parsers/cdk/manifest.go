package cdk

import (
	"encoding/json"
	"strconv"
	"strings"
)

// The parts of a manifest that matter here. The schema is that of
// https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema;
// its versions only add to it, and its oldest has all of what is read.
type manifest struct {
	Version   string              `json:"version"`
	Artifacts map[string]artifact `json:"artifacts"`
	Missing   []missing           `json:"missing"`
}

// The types of artifacts that are read.
const (
	typeStack  = "aws:cloudformation:stack"
	typeNested = "cdk:cloud-assembly"
	typeAssets = "cdk:asset-manifest"
	typeTree   = "cdk:tree"
)

type artifact struct {
	Type         string               `json:"type"`
	Environment  string               `json:"environment"`
	DisplayName  string               `json:"displayName"`
	Metadata     map[string][]message `json:"metadata"`
	MetadataFile string               `json:"additionalMetadataFile"`
	Dependencies []string             `json:"dependencies"`
	Properties   struct {
		// of a stack
		TemplateFile string             `json:"templateFile"`
		StackName    string             `json:"stackName"`
		Parameters   map[string]literal `json:"parameters"`
		Tags         map[string]literal `json:"tags"`
		// of a nested assembly
		DirectoryName string `json:"directoryName"`
		DisplayName   string `json:"displayName"`
		// of a tree or an asset manifest
		File string `json:"file"`
	} `json:"properties"`
}

// message is an entry about a construct. Trace and, in newer assemblies, the data
// of a creation stack say where the program made it.
type message struct {
	Type  string          `json:"type"`
	Data  json.RawMessage `json:"data"`
	Trace frames          `json:"trace"`
}

// The types of messages that are read.
const (
	messageLogicalID = "aws:cdk:logicalId"
	messageCreation  = "aws:cdk:creationStack"
	messageAsset     = "aws:cdk:asset"

	messageAcknowledged = "aws:cdk:acknowledged-rules"
)

// missing is a look-up that has not been made.
type missing struct {
	Key      string `json:"key"`
	Provider string `json:"provider"`
}

// literal is a text, number or bool as text.
type literal string

// UnmarshalJSON takes what a template would take for a text.
func (l *literal) UnmarshalJSON(b []byte) error {
	if s, err := strconv.Unquote(string(b)); err == nil {
		*l = literal(s)
		return nil
	}
	var s string
	if json.Unmarshal(b, &s) == nil {
		*l = literal(s)
		return nil
	}
	*l = literal(b)
	return nil
}

// frames are lines of a trace, innermost first. Some versions write one text with
// line breaks.
type frames []string

// UnmarshalJSON takes a list or a text. Anything else is no trace, and no reason to
// refuse the rest of the manifest.
func (f *frames) UnmarshalJSON(b []byte) error {
	var list []string
	if json.Unmarshal(b, &list) == nil {
		*f = list
		return nil
	}
	var text string
	if json.Unmarshal(b, &text) == nil {
		*f = strings.Split(text, "\n")
	}
	return nil
}

// assets are the files of an asset manifest, of which some are the templates of
// nested stacks.
type assets struct {
	Files map[string]struct {
		Source struct {
			Path      string `json:"path"`
			Packaging string `json:"packaging"`
		} `json:"source"`
		Destinations map[string]struct {
			ObjectKey string `json:"objectKey"`
		} `json:"destinations"`
	} `json:"files"`
}

// place splits "aws://123456789012/eu-west-1". Both may be unknown.
func place(environment string) (account, region string) {
	rest, ok := strings.CutPrefix(environment, "aws://")
	if !ok {
		return "", ""
	}
	account, region, _ = strings.Cut(rest, "/")
	if account == "unknown-account" {
		account = ""
	}
	if region == "unknown-region" {
		region = ""
	}
	return account, region
}
