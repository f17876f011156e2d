package cdk

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
)

// Acknowledgement is a rule of ours that a program accepts for a construct, and for all
// constructs in it: Validations.of(construct).acknowledge({id: 'wacheck::rule', reason}).
// https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.Validations.html
type Acknowledgement struct {
	// App is the directory of the program, or that of its assembly.
	App string
	// Construct is the path of the construct; empty for the whole program.
	Construct    string
	Rule, Reason string
	// Path and Line are where an assembly tells of it.
	Path string
	Line int
}

// acknowledgedPrefix begins the ids that are ours: those of a plug-in have its name.
const acknowledgedPrefix = "wacheck::"

// reports are the files in which the CDK tells what its plug-ins found, new and old.
var reports = []string{"validation-report.json", "policy-validation-report.json"}

// report is the part of a validation report that is read.
type report struct {
	PluginReports []struct {
		SuppressedViolations []struct {
			AcknowledgedID string `json:"acknowledgedId"`
			AcknowledgedAt string `json:"acknowledgedAt"`
			Reason         string `json:"reason"`
			Constructs     []struct {
				Path string `json:"constructPath"`
			} `json:"violatingConstructs"`
		} `json:"suppressedViolations"`
	} `json:"pluginReports"`
}

// acknowledge notes a rule that is accepted, if it is one of ours and not known yet.
func (b *builder) acknowledge(id, reason, construct, file string) {
	rule, ours := strings.CutPrefix(id, acknowledgedPrefix)
	if !ours {
		return
	}
	a := Acknowledgement{App: cmp.Or(b.a.App, b.a.Dir), Construct: strings.Trim(construct, "/"), Rule: rule, Reason: reason, Path: file}
	same := func(o Acknowledgement) bool { return o.App == a.App && o.Construct == a.Construct && o.Rule == a.Rule }
	if slices.ContainsFunc(b.r.Acknowledgements, same) {
		return
	}
	a.Line = b.r.lineOf(file, id)
	b.r.Acknowledgements = append(b.r.Acknowledgements, a)
}

// acknowledged reads what is accepted in the messages about constructs.
func (b *builder) acknowledged(about map[string][]message, file string) {
	for _, construct := range slices.Sorted(maps.Keys(about)) {
		for _, m := range about[construct] {
			var rules map[string]string
			if m.Type != messageAcknowledged || json.Unmarshal(m.Data, &rules) != nil {
				continue
			}
			for _, id := range slices.Sorted(maps.Keys(rules)) {
				b.acknowledge(id, rules[id], construct, file)
			}
		}
	}
}

// validationReports reads what the CDK left out of its reports because it is accepted. Of
// an entry that does not say where, each construct in it is meant.
func (b *builder) validationReports() {
	for _, dir := range b.dirs {
		for _, name := range reports {
			var list report
			p := path.Join(dir, name)
			if !b.r.has(p) || !b.r.readJSON(p, &list) {
				continue
			}
			for _, plugin := range list.PluginReports {
				for _, v := range plugin.SuppressedViolations {
					if v.AcknowledgedAt != "" {
						b.acknowledge(v.AcknowledgedID, v.Reason, v.AcknowledgedAt, p)
						continue
					}
					for _, c := range v.Constructs {
						if c.Path != "" {
							b.acknowledge(v.AcknowledgedID, v.Reason, c.Path, p)
						}
					}
				}
			}
		}
	}
}

// lineOf is the first line of a file on which a word stands, or 1.
func (r *Result) lineOf(file, word string) int {
	content, err := r.opt.Tree.Read(file)
	if err != nil {
		return 1
	}
	i := bytes.Index(content, []byte(`"`+word+`"`))
	return 1 + bytes.Count(content[:max(i, 0)], []byte("\n"))
}
