package scale

import (
	"fmt"
	"path"
	"strings"
)

// The shape of a monorepo that users of other analyzers have reported as taking hours:
// 700 files, 50,000 lines, 70 modules, 20 roots.
// https://github.com/bridgecrewio/checkov/issues/1010
const (
	monorepoModules = 70
	monorepoRoots   = 20
	composites      = 20 // modules that call others, once for each shard
	singles         = 13 // resources of each kind in a module
)

// Monorepo returns a repository of Terraform as files by slash-separated path: roots
// under live/<environment>/<unit> that call many modules, some of which call others.
func Monorepo(seed int64) map[string]string {
	o := Options{Seed: seed, Bad: DefaultBad}
	d := o.dice()
	files := map[string]string{}
	for name, text := range terraformModules() {
		if strings.HasPrefix(name, "modules/network/") {
			files[name] = text
		}
	}
	for i := range monorepoModules {
		m := monorepoPart{dice: d, Name: moduleName(i)}
		if i < composites {
			m.Parts = someModules(d, composites, monorepoModules, 2)
		}
		m.writeModule(files)
	}
	for i := range monorepoRoots {
		m := monorepoPart{dice: d, Parts: append(someModules(d, 0, composites, 4), someModules(d, composites, monorepoModules, 6)...)}
		m.writeRoot(files, i)
	}
	return files
}

// monorepoPart is a module or a root, as its templates see it.
type monorepoPart struct {
	*dice
	Name  string
	Parts []string
}

func (m monorepoPart) writeModule(files map[string]string) {
	dir := path.Join("modules", m.Name)
	for _, name := range []string{"variables.tf", "locals.tf", "outputs.tf"} {
		files[path.Join(dir, name)] = render(terraformTemplates, "module_"+name+".tmpl", m)
	}
	files[path.Join(dir, "main.tf")] = render(terraformTemplates, "module_main.tf.tmpl", m)
	for _, kind := range []string{"queue", "topic", "logs", "parameter"} {
		var b strings.Builder
		for i := range singles {
			if i > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(render(terraformTemplates, kind+".tf.tmpl", extra{m.dice, i}))
		}
		files[path.Join(dir, kind+".tf")] = b.String()
	}
}

func (m monorepoPart) writeRoot(files map[string]string, i int) {
	r := newTerraformRoot(m.dice, i)
	for _, name := range []string{"providers.tf", "variables.tf", "locals.tf", "terraform.tfvars"} {
		r.renderFile(name)
	}
	r.addExtras(singles)
	r.files["services.tf"] = r.render("services.tf.tmpl", m)
	for name, text := range r.files {
		files[path.Join("live", r.Env, r.Unit, name)] = text
	}
}

func moduleName(i int) string {
	return fmt.Sprintf("%s_%d", appNames[i%len(appNames)], i/len(appNames)+1)
}

// someModules are n of the modules from one number to another.
func someModules(d *dice, from, to, n int) []string {
	var names []string
	for _, i := range d.rand.Perm(to - from)[:n] {
		names = append(names, moduleName(from+i))
	}
	return names
}
