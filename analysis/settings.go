package analysis

// Settings are what a user says of the estate itself, beside rules: what the code
// does not tell.
type Settings struct {
	// Environments say what belongs to which environment.
	Environments []EnvironmentPattern
	// CountAs gives environments the part of another one.
	CountAs []EnvironmentRole
	// Own are environments that the user calls by names of their own.
	Own []OwnEnvironment
}

// OwnEnvironment is an environment that is called by a name of the user's own, and
// judged like another.
type OwnEnvironment struct {
	Name        string
	Environment Environment
	// Where is the line that says so.
	Where string
}

// EnvironmentPattern says of all that bears a sign that it belongs to an environment.
type EnvironmentPattern struct {
	Environment Environment
	// Name is what the user calls it, if that is a name of their own.
	Name string
	By   EnvironmentSign
	// Tag is the key of the tag, for patterns of tags.
	Tag string
	// Pattern is as it is written, and Match what it stands for.
	Pattern string
	Match   func(string) bool
	// Where is the line that says so: ".wacheck.yaml:12".
	Where string
}

// EnvironmentRole says that an environment is to be judged like another.
type EnvironmentRole struct {
	Environment, As Environment
	// Where is the line that says so.
	Where string
}

// EnvironmentSign is what an environment can be told by.
type EnvironmentSign uint8

const (
	// ByName is the name of a resource, of a module call, or its Name tag.
	ByName EnvironmentSign = iota
	// ByTag is the value of a tag.
	ByTag
	// ByAccount is the account that something is deployed to.
	ByAccount
	// ByWorkspace is the name of a workspace, of a set of inputs, or of a stage.
	ByWorkspace
	// ByPath is the directory that something is deployed from, or its template.
	ByPath
)
