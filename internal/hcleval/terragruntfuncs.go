package hcleval

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/wacheck/wacheck/internal/hcleval/funcs"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// install gives the evaluator of a file the functions of Terragrunt
// (https://terragrunt.gruntwork.io/docs/reference/hcl/functions/). All of them
// are lowered; their exact value is made of that.
func (f *wrapperFile) install() {
	ev := f.m.ev
	base := ""
	if ev.in.TreeRoot != "" {
		base = filepath.Join(ev.in.TreeRoot, filepath.FromSlash(path.Dir(f.path)))
	}
	ev.functions = funcs.Table(funcs.Options{BaseDir: base, Root: ev.in.TreeRoot, Virtual: true, Unknown: ev.unknownResult})
	ev.extra = map[string]lowering{}
	for name, l := range f.table() {
		ev.extra[name] = l
		ev.functions[name] = ev.exactOf(name, l, f.m.scope)
	}
}

// exactOf makes a function of a lowered form.
func (ev *evaluator) exactOf(name string, l lowering, s *scope) function.Function {
	args := function.Parameter{Name: "args", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true}
	return function.New(&function.Spec{
		VarParam: &args,
		Type:     function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			low := make([]value.Value, len(args))
			for i, a := range args {
				low[i] = ev.fromCty(a, source.Span{})
			}
			v, ok := l(s, low, source.Span{})
			if !ok {
				return ev.withoutArguments(name, low), nil
			}
			return ev.toCty(v), nil
		},
	})
}

// withoutArguments is the result of a function that is not given what it needs:
// the argument says why, where it knows.
func (ev *evaluator) withoutArguments(name string, args []value.Value) cty.Value {
	for _, a := range args {
		if a.IsUnknown() && a.Origin() != 0 {
			return cty.DynamicVal.Mark(mark{originMark, uint32(a.Origin())})
		}
	}
	return ev.unknownResult(name, "has arguments that are not known", cty.DynamicPseudoType)
}

// table lists the functions.
func (f *wrapperFile) table() map[string]lowering {
	str := func(get func(args []string) (string, bool)) lowering {
		return func(_ *scope, args []value.Value, at source.Span) (value.Value, bool) {
			texts := make([]string, len(args))
			for i, a := range args {
				s, ok := a.Str()
				if !ok {
					return value.Value{}, false
				}
				texts[i] = s
			}
			s, ok := get(texts)
			return value.OfString(s, at), ok
		}
	}
	fixed := func(s string) lowering { return str(func([]string) (string, bool) { return s, true }) }
	never := func(name string, k value.Kind, why string) lowering {
		return func(_ *scope, _ []value.Value, at source.Span) (value.Value, bool) {
			return value.OfUnknown(k, at, f.m.ev.in.Origins.Add(value.Origin{Kind: value.UnsupportedFunction, Name: name + "()", Detail: why, Span: at})), true
		}
	}
	const runs, account = "is never run here", "depends on who runs Terragrunt"
	return map[string]lowering{
		"find_in_parent_folders":                       f.findInParents,
		"get_env":                                      f.getEnv,
		"read_terragrunt_config":                       f.readConfig,
		"read_tfvars_file":                             f.readVars,
		"sops_decrypt_file":                            f.decrypt,
		"get_terragrunt_dir":                           fixed(absolute(f.at)),
		"get_original_terragrunt_dir":                  fixed(absolute(f.t.unit)),
		"get_working_dir":                              fixed(absolute(f.at)),
		"get_parent_terragrunt_dir":                    str(func(args []string) (string, bool) { dir, ok := f.parentDir(args); return absolute(dir), ok }),
		"path_relative_to_include":                     str(func(args []string) (string, bool) { dir, ok := f.parentDir(args); return relativePath(dir, f.at), ok }),
		"path_relative_from_include":                   str(func(args []string) (string, bool) { dir, ok := f.parentDir(args); return relativePath(f.at, dir), ok }),
		"get_repo_root":                                fixed("/."),
		"get_path_from_repo_root":                      fixed(f.at),
		"get_path_to_repo_root":                        fixed(relativePath(f.at, ".")),
		"mark_as_read":                                 str(func(args []string) (string, bool) { return strings.Join(args, ""), len(args) == 1 }),
		"get_terragrunt_source_cli_flag":               fixed(""),
		"run_cmd":                                      never("run_cmd", value.KindString, runs),
		"get_platform":                                 never("get_platform", value.KindString, account),
		"get_aws_account_id":                           never("get_aws_account_id", value.KindString, account),
		"get_aws_account_alias":                        never("get_aws_account_alias", value.KindString, account),
		"get_aws_caller_identity_arn":                  never("get_aws_caller_identity_arn", value.KindString, account),
		"get_aws_caller_identity_user_id":              never("get_aws_caller_identity_user_id", value.KindString, account),
		"get_terraform_command":                        never("get_terraform_command", value.KindString, account),
		"get_terraform_cli_args":                       never("get_terraform_cli_args", value.KindList, account),
		"get_default_retryable_errors":                 never("get_default_retryable_errors", value.KindList, runs),
		"get_terraform_commands_that_need_vars":        never("get_terraform_commands_that_need_vars", value.KindList, runs),
		"get_terraform_commands_that_need_input":       never("get_terraform_commands_that_need_input", value.KindList, runs),
		"get_terraform_commands_that_need_locking":     never("get_terraform_commands_that_need_locking", value.KindList, runs),
		"get_terraform_commands_that_need_parallelism": never("get_terraform_commands_that_need_parallelism", value.KindList, runs),
	}
}

// parentDir is the directory of the file that includes, or of the one included
// under a label.
func (f *wrapperFile) parentDir(args []string) (string, bool) {
	if f.isParent {
		return path.Dir(f.path), true
	}
	for _, b := range f.blocks("include") {
		if len(args) > 0 && args[0] != b.label(0) {
			continue
		}
		if file, ok := f.lower(b.body.attr("path")).Str(); ok {
			return path.Dir(inTree(f.at, file)), true
		}
	}
	return f.at, len(args) == 0
}

// findInParents looks for a file above the unit.
func (f *wrapperFile) findInParents(_ *scope, args []value.Value, at source.Span) (value.Value, bool) {
	name := "terragrunt.hcl"
	if len(args) > 0 {
		s, ok := args[0].Str()
		if !ok {
			return value.Value{}, false
		}
		name = s
	}
	for dir := f.at; dir != "." && dir != "/" && dir != ""; {
		dir = path.Dir(dir)
		if p := path.Join(dir, name); f.t.in.Exists(p) {
			return value.OfString(absolute(p), at), true
		}
	}
	if len(args) > 1 {
		return args[1], true
	}
	return value.OfUnknown(value.KindString, at, f.m.ev.in.Origins.Add(value.Origin{Kind: value.InvalidInput,
		Name: name, Detail: "is in no folder above " + f.at, Span: at})), true
}

// getEnv is an environment variable, or what is taken without it.
func (f *wrapperFile) getEnv(_ *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if len(args) == 0 {
		return value.Value{}, false
	}
	name, ok := args[0].Str()
	if !ok {
		return value.Value{}, false
	}
	if v, given := f.t.in.Env[name]; given {
		return value.OfString(v, at).From(f.m.ev.in.Origins.Add(value.Origin{Kind: value.VariableEnv, Name: name, Span: at})), true
	}
	if len(args) > 1 {
		return args[1], true
	}
	return value.OfUnknown(value.KindString, at, f.m.ev.in.Origins.Add(value.Origin{Kind: value.NoValue,
		Name: "the environment variable " + name, Span: at})), true
}

// readConfig is what another file says, as itself sees it.
func (f *wrapperFile) readConfig(_ *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if len(args) == 0 {
		return value.Value{}, false
	}
	if name, ok := args[0].Str(); ok {
		file := inTree(f.at, name)
		if read := f.t.open(file, path.Dir(file), nil); read != nil {
			return read.exposed(), true
		}
	}
	if len(args) > 1 {
		return args[1], true
	}
	why := args[0].Origin()
	if why == 0 {
		why = f.m.ev.in.Origins.Add(value.Origin{Kind: value.InvalidInput, Name: "read_terragrunt_config()", Detail: "reads a file that is not here", Span: at})
	}
	return value.OfUnknown(value.KindObject, at, why), true
}

// readVars is a variable file as JSON. Where part of its name is not known, it
// is the only file that fits and whose name tells a folder of the unit:
// "${get_env("ENV")}.tfvars" of live/prod/app is prod.tfvars.
func (f *wrapperFile) readVars(_ *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if len(args) != 1 {
		return value.Value{}, false
	}
	name, ok := args[0].Str()
	if !ok {
		name, ok = f.filled(args[0])
	}
	if ok {
		if file := f.t.in.Read(inTree(f.at, name)); file != nil {
			return f.variables(file).At(at).AsJSON(), true
		}
	}
	why := args[0].Origin()
	if why == 0 {
		why = f.m.ev.in.Origins.Add(value.Origin{Kind: value.InvalidInput, Name: name, Detail: "is not here", Span: at})
	}
	return value.OfObject(nil, at).Opened().From(why).AsJSON(), true
}

// variables lowers a variable file to an object.
func (f *wrapperFile) variables(file *File) value.Value {
	s := &scope{ev: f.m.ev}
	fields := make([]value.Field, len(file.attrs))
	for i, a := range file.attrs {
		step := value.Origin{Kind: value.VariableFile, Name: a.name, Span: spanOf(a.expr.Range())}
		fields[i] = value.Field{Name: a.name, Span: a.nameSpan, Value: f.m.ev.hop(s.lowerAttr(a), step)}
	}
	return value.OfObject(fields, source.Span{})
}

// filled finds the file that a partly known path means by the folders of the unit.
func (f *wrapperFile) filled(name value.Value) (string, bool) {
	if len(name.Parts()) == 0 {
		return "", false
	}
	var pattern strings.Builder
	for _, p := range name.Parts() {
		if s, ok := p.Str(); ok {
			pattern.WriteString(s)
		} else {
			pattern.WriteString("*")
		}
	}
	folders := strings.Split(f.at, "/")
	var found []string
	for _, m := range f.t.in.Match(inTree(f.at, pattern.String())) {
		for _, folder := range folders {
			if inTree(f.at, strings.ReplaceAll(pattern.String(), "*", folder)) == m {
				found = append(found, absolute(m))
			}
		}
	}
	if len(found) != 1 {
		return "", false
	}
	return found[0], true
}

// decrypt never reads a secret.
func (f *wrapperFile) decrypt(_ *scope, _ []value.Value, at source.Span) (value.Value, bool) {
	return value.OfUnknown(value.KindString, at, f.m.ev.in.Origins.Add(value.Origin{Kind: value.UnsupportedFunction,
		Name: "sops_decrypt_file()", Detail: "is never decrypted here", Span: at})).Sensitive(), true
}
