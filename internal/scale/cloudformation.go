package scale

import (
	"embed"
	"fmt"
	"path"
	"strings"
	"text/template"
)

//go:embed cloudformation
var cloudFormationFS embed.FS

var cloudFormationTemplates = template.Must(template.New("").Delims("«", "»").
	Funcs(template.FuncMap{"add": func(a, b int) int { return a + b }}).
	ParseFS(cloudFormationFS, "cloudformation/*.tmpl"))

// AWS allows 500 resources in a template; people split theirs before that.
const (
	smallestStack = 150
	largestStack  = 450
)

// CloudFormation is as the function of the same name.
func (o Options) CloudFormation() map[string]string {
	files := map[string]string{}
	d := o.dice()
	for i, left := 0, o.Resources; left > 0; i++ {
		u := newStackUnit(d, i)
		apps := u.apps(min(left, d.between(smallestStack, largestStack)))
		// Without room for a network and an application, single resources do.
		if network := u.network(); network.resources+largestApp <= left {
			left -= network.resources
			files[path.Join(u.Env, u.Unit+"-network.yaml")] = network.text()
			apps.fill(min(apps.limit, left))
		}
		if missing := min(apps.limit, left) - apps.resources; apps.resources == 0 || left-apps.resources < largestApp {
			apps.addExtras(missing)
		}
		left -= apps.resources
		files[path.Join(u.Env, u.Unit+"-apps.yaml")] = apps.text()
	}
	return files
}

// stackUnit is a network stack with a stack of applications upon it, and what
// their templates see.
type stackUnit struct {
	*dice
	Unit, Env string
	CIDR      string
	Zones     []string
	Tiers     []tier
}

// tier is a kind of subnet, of which Offset is the place of the first among the
// pieces of the VPC's block.
type tier struct {
	Name   string
	Offset int
}

func newStackUnit(d *dice, i int) *stackUnit {
	return &stackUnit{
		dice: d,
		Unit: numbered(unitNames, i/len(environments)), Env: environments[i%len(environments)],
		CIDR:  fmt.Sprintf("10.%d.0.0/16", i%256),
		Zones: []string{"A", "B"},
		Tiers: []tier{{"Public", 0}, {"Private", 2}, {"Data", 4}},
	}
}

func (u *stackUnit) network() *stack {
	s := &stack{unit: u, header: u.render("network.header", u)}
	s.add(u.render("network", u), u.render("network.outputs", u))
	return s
}

// apps returns a stack that is still empty.
func (u *stackUnit) apps(limit int) *stack {
	return &stack{unit: u, header: u.render("apps.header", u), limit: limit}
}

func (u *stackUnit) render(name string, data any) string {
	return render(cloudFormationTemplates, name+".yaml.tmpl", data)
}

// stack is a template in the making.
type stack struct {
	unit      *stackUnit
	limit     int
	header    string
	bodies    []string
	outputs   []string
	resources int
}

// fill adds applications while they fit into limit.
func (s *stack) fill(limit int) {
	order := s.unit.rand.Perm(len(appNames))
	for i := range order {
		app := s.unit.newApp(appNames[order[i]])
		body := s.unit.render(app.kind, app)
		if s.resources+countTypes(body) > limit {
			return
		}
		s.add(body, s.unit.render(app.kind+".outputs", app))
	}
}

// addExtras adds n resources that stand alone.
func (s *stack) addExtras(n int) {
	for i := range n {
		s.add(s.unit.render("extra", extra{s.unit.dice, i}), "")
	}
}

func (s *stack) add(body, outputs string) {
	s.bodies = append(s.bodies, body)
	if outputs != "" {
		s.outputs = append(s.outputs, outputs)
	}
	s.resources += countTypes(body)
}

func (s *stack) text() string {
	text := s.header + "Resources:\n" + strings.Join(s.bodies, "\n")
	if len(s.outputs) > 0 {
		text += "\nOutputs:\n" + strings.Join(s.outputs, "\n")
	}
	return text
}

// countTypes counts the resources of a body, each of which has one Type line at
// this depth.
func countTypes(body string) int { return strings.Count(body, "\n    Type: AWS::") }

// stackApp is what the template of an application sees.
type stackApp struct {
	*dice
	Name, ID    string
	CPU, Memory int
	Port        int
	Storage     int
	Days        int
	Minute      int
	Zones       []string
	Stages      []string
	Alarms      []alarm

	kind string
}

type alarm struct {
	Metric, Operator string
	Threshold        int
}

func (u *stackUnit) newApp(name string) *stackApp {
	cpu := 256 << u.between(0, 2)
	return &stackApp{
		dice: u.dice,
		Name: name, ID: strings.ToUpper(name[:1]) + name[1:],
		CPU: cpu, Memory: 2 * cpu,
		Port:    u.between(3000, 9000),
		Storage: 10 * u.between(2, 50),
		Days:    u.between(7, 400),
		Minute:  u.between(0, 59),
		Zones:   u.Zones,
		Stages:  []string{"Raw", "Curated"},
		Alarms: []alarm{
			{"CPUUtilization", "GreaterThanThreshold", 80},
			{"FreeStorageSpace", "LessThanThreshold", 5_000_000_000},
		},
		kind: u.choose("web", "web", "worker", "worker", "vm", "data"),
	}
}
