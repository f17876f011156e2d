package funcs

import (
	"maps"
	"strings"
	"sync"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Options says for which module a table is made.
type Options struct {
	// BaseDir is the OS path that relative paths are taken from. Terraform takes
	// them from the directory it is run in, which is the root module's whatever
	// module the call stands in; path.module is relative to it for that reason.
	BaseDir string

	// Root is the OS path of the directory that bounds all file access. Empty
	// means that no file may be read.
	Root string

	// Virtual has paths that begin with a slash begin at Root: what a wrapper of
	// Terraform takes for absolute paths must not tell where the checkout lies.
	Virtual bool

	// Unknown makes the value that stands for a result of type t that fn cannot
	// compute; why is a phrase fit for a report, such as `the file "a.txt" is not
	// there`. t may be cty.DynamicPseudoType. The value must be of type t and may
	// be marked; the marks of the arguments are added to it. Nil means
	// cty.UnknownVal(t).
	Unknown func(fn, why string, t cty.Type) cty.Value
}

// Table returns the functions by name. The map belongs to the caller. Functions
// that read no file are built once for all tables, so a table for one more module
// costs little.
func Table(o Options) map[string]function.Function {
	shared := sharedFunctions()
	table := make(map[string]function.Function, 2*len(shared)+32)
	put := func(name string, e entry) {
		f := o.bind(name, e)
		table[name] = f
		if !strings.Contains(name, "::") {
			table["core::"+name] = f
		}
	}
	for name, e := range shared {
		put(name, e)
	}
	box := newSandbox(o.Root, o.BaseDir, o.Virtual)
	for name, f := range fileFunctions(box) {
		put(name, entry{f, always})
	}
	// The table that templates see is made on first use: it is a table of its
	// own, and few modules have templates.
	inner := sync.OnceValue(func() map[string]function.Function { return forTemplates(table) })
	put("templatefile", entry{templateFile(box, inner), anyUnknown})
	put("templatestring", entry{templateString(inner), anyUnknown})
	return table
}

// sharedFunctions builds the functions that read no file.
var sharedFunctions = sync.OnceValue(func() map[string]entry {
	shared := map[string]entry{}
	for _, group := range []map[string]function.Function{
		numberFunctions(), stringFunctions(), collectionFunctions(), listFunctions(), setFunctions(),
		encodingFunctions(), hashFunctions(), cidrFunctions(), timeFunctions(),
		conversionFunctions(), hostFunctions(), providerFunctions(), awsFunctions(),
	} {
		for name, f := range group {
			shared[name] = entry{f, always}
		}
	}
	maps.Copy(shared, selectionFunctions())
	// These two groups decide themselves which marks go where: nonsensitive, say,
	// must not be given back the mark that it took off.
	for _, group := range []map[string]function.Function{secrecyFunctions(), attemptFunctions()} {
		for name, f := range group {
			shared[name] = entry{f, never}
		}
	}
	return shared
})
