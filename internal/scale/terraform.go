package scale

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"text/template"
)

//go:embed terraform
var terraformFS embed.FS

// terraformTemplates use « and », which neither HCL nor a shell in it uses.
var terraformTemplates = template.Must(template.New("").Delims("«", "»").
	ParseFS(terraformFS, "terraform/root/*.tmpl", "terraform/app/*.tmpl", "terraform/extra/*.tmpl", "terraform/monorepo/*.tmpl"))

// terraformModules are the fixed files below modules.
func terraformModules() map[string]string {
	files := map[string]string{}
	// The walk is over an embedded tree, where reading cannot fail.
	_ = fs.WalkDir(terraformFS, "terraform/modules", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := terraformFS.ReadFile(name)
		files[strings.TrimPrefix(name, "terraform/")] = string(text)
		return err
	})
	return files
}

// rootSize is the number of resources after which a new root is begun: as many
// as teams tend to keep in one state.
const rootSize = 300

// Terraform is as the function of the same name.
func (o Options) Terraform() map[string]string {
	files := terraformModules()
	d := o.dice()
	for i, left := 0, o.Resources; left > 0; i++ {
		root := newTerraformRoot(d, i)
		root.fill(left)
		for name, text := range root.files {
			files[path.Join("live", root.Env, root.Unit, name)] = text
		}
		left -= root.resources
	}
	return files
}

// terraformRoot is a root module in the making, and what its templates see.
type terraformRoot struct {
	*dice
	Unit, Env  string
	AZs        []string
	CIDR       string
	NatPerAZ   bool
	FlowLogs   bool
	LogDays    int
	BackupDays int
	CostCenter int
	AdminCIDRs string
	Apps       []*terraformApp

	files     map[string]string
	resources int
}

func newTerraformRoot(d *dice, i int) *terraformRoot {
	env := environments[i%len(environments)]
	r := &terraformRoot{
		dice: d,
		Unit: numbered(unitNames, i/len(environments)), Env: env,
		AZs:        []string{"eu-west-1a", "eu-west-1b", "eu-west-1c"},
		CIDR:       fmt.Sprintf("10.%d.0.0/16", i%256),
		LogDays:    90,
		BackupDays: 14,
		CostCenter: d.between(1000, 9999),
		AdminCIDRs: d.Bad(`["10.0.0.0/8"]`, `["0.0.0.0/0"]`),
		files:      map[string]string{},
	}
	r.NatPerAZ = env == "prod" && d.Good()
	r.FlowLogs = d.Good()
	if env == "dev" {
		r.AZs, r.LogDays, r.BackupDays = r.AZs[:2], 14, 1
	}
	return r
}

// fill puts up to limit resources into the root. Only if fewer are left than
// the next application needs, single ones make up the rest.
func (r *terraformRoot) fill(limit int) {
	if size := r.networkSize() + mainSize; size <= limit {
		r.add("main.tf", r.render("main.tf.tmpl", r), r.networkSize())
		r.renderFile("outputs.tf")
		r.addApps(min(limit, rootSize))
	}
	if left := limit - r.resources; r.resources == 0 || left < largestApp {
		r.addExtras(min(left, rootSize))
	}
	for _, name := range []string{"providers.tf", "variables.tf", "locals.tf", "terraform.tfvars"} {
		r.renderFile(name)
	}
}

const (
	// mainSize is the number of resource blocks in main.tf.
	mainSize = 4
	// largestApp is more than any application has, however the dice fall.
	largestApp = 60
)

// networkSize is the number of resources that modules/network makes.
func (r *terraformRoot) networkSize() int {
	zones, nats, logs := len(r.AZs), 1, 0
	if r.NatPerAZ {
		nats = zones
	}
	if r.FlowLogs {
		logs = 4
	}
	const single = 8 // vpc, group, gateway, public table and route, acl, 2 endpoints
	return single + 3*zones /* subnets */ + 2*nats + 5*zones /* tables, routes, associations */ + logs
}

// addApps adds applications until the next would lead past limit.
func (r *terraformRoot) addApps(limit int) {
	order := r.rand.Perm(len(appNames))
	for i := 0; r.resources < limit; i++ {
		app := r.newApp(appNames[order[i%len(order)]], i/len(order))
		text := r.render(app.kind+".tf.tmpl", app)
		if r.resources+countBlocks(text)+app.extra > limit {
			return
		}
		r.Apps = append(r.Apps, app)
		r.add("app_"+app.ID+".tf", text, app.extra)
	}
}

// addExtras adds n resources that stand alone.
func (r *terraformRoot) addExtras(n int) {
	var b strings.Builder
	for i := range n {
		kind := []string{"queue", "topic", "logs", "parameter"}[i%4]
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(r.render(kind+".tf.tmpl", extra{r.dice, i}))
	}
	if n > 0 {
		r.add("extras.tf", b.String(), 0)
	}
}

// extra is what the templates of single resources see.
type extra struct {
	*dice
	Index int
}

// add adds a file with more resources than it has blocks.
func (r *terraformRoot) add(name, text string, more int) {
	r.files[name] = text
	r.resources += countBlocks(text) + more
}

// renderFile makes a file without resources from the template of its name.
func (r *terraformRoot) renderFile(name string) { r.files[name] = r.render(name+".tmpl", r) }

func (r *terraformRoot) render(name string, data any) string {
	return render(terraformTemplates, name, data)
}

// render panics on an error, which is a fault in the embedded templates.
func render(t *template.Template, name string, data any) string {
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		panic(fmt.Sprintf("scale: template %s: %v", name, err))
	}
	return b.String()
}

// countBlocks counts the resource blocks, which all start a line.
func countBlocks(text string) int {
	return strings.Count("\n"+text, "\nresource \"")
}

// terraformApp is what the template of an application sees.
type terraformApp struct {
	*dice
	Name, ID     string
	CPU, Memory  int
	Desired      int
	Instances    int
	InstanceType string
	Owner        string
	Port         int
	Storage      int
	Days         int
	Minute       int
	MoreAZs      int

	kind  string
	extra int
}

func (r *terraformRoot) newApp(name string, round int) *terraformApp {
	if round > 0 {
		name = fmt.Sprintf("%s%d", name, round+1)
	}
	cpu := 256 << r.between(0, 2)
	return &terraformApp{
		dice: r.dice,
		Name: name, ID: strings.ReplaceAll(name, "-", "_"),
		CPU: cpu, Memory: 2 * cpu,
		Desired:      r.between(1, 4),
		Instances:    r.between(1, 4),
		InstanceType: r.choose("t4g.medium", "m7g.large", "c7g.large", "m4.large"),
		Owner:        r.choose(owners...),
		Port:         r.between(3000, 9000),
		Storage:      10 * r.between(2, 50),
		Days:         r.between(7, 400),
		Minute:       r.between(0, 59),
		MoreAZs:      len(r.AZs) - 1,
		kind:         r.choose("web", "web", "worker", "worker", "vm", "data"),
	}
}

// More is the number of instances after the first.
func (a *terraformApp) More() int { return a.Instances - 1 }

// Extra tells, from within a template, that a block makes n resources more than
// its own: by count, for_each or a module. It writes nothing.
func (a *terraformApp) Extra(n int) string {
	a.extra += n
	return ""
}
