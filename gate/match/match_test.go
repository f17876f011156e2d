package match

import (
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	t.Parallel()
	key := func(file, unit, address string) Key {
		return Key{Rule: "r", File: file, Unit: unit, Address: Normal(address), Subject: "s"}
	}
	old := key("db/main.tf", "prod", `module.db["eu"].aws_db_instance.this[0]`)
	moves := &Moves{
		Files: map[string]string{"db/main.tf": "database/main.tf", "old/main.tf": "new/main.tf", "t.yaml": "stacks/t.yaml",
			"x/envs/dev.tfvars": "x/envs/development.tfvars"},
		Address: func(_, address string) string {
			return strings.Replace(address, "aws_db_instance.old", "aws_db_instance.new", 1)
		},
	}
	for _, c := range []struct {
		name     string
		old, now Key
		moves    *Moves
		want     bool
	}{
		{"the same", old, old, nil, true},
		{"another count", old, key("db/main.tf", "prod", `module.db["eu"].aws_db_instance.this[7]`), nil, true},
		{"another key", old, key("db/main.tf", "prod", `module.db["us"].aws_db_instance.this[0]`), nil, false},
		{"another unit", old, key("db/main.tf", "staging", `module.db["eu"].aws_db_instance.this[0]`), nil, false},
		{"another file of the module", old, key("db/rds.tf", "prod", `module.db["eu"].aws_db_instance.this`), nil, true},
		{"a renamed module directory", old, key("database/main.tf", "prod", `module.db["eu"].aws_db_instance.this`), moves, true},
		{"a renamed root", key("old/main.tf", "old", "a.b"), key("new/main.tf", "new", "a.b"), moves, true},
		{"a root of that name", key("old/main.tf", "old", "a.b"), key("new/main.tf", "new", "a.b"), nil, false},
		{"a renamed template", key("t.yaml", "t.yaml", "Db"), key("stacks/t.yaml", "stacks/t.yaml", "Db"), moves, true},
		{"another template", key("t.yaml", "t.yaml", "Db"), key("u.yaml", "u.yaml", "Db"), moves, false},
		{"a moved resource", key("a.tf", "x", "aws_db_instance.old"), key("a.tf", "x", "aws_db_instance.new"), moves, true},
		{"a renamed resource", key("a.tf", "x", "aws_db_instance.old"), key("a.tf", "x", "aws_db_instance.new"), nil, false},
		{"keys that became known", key("a.tf", "x", "a.b[*]"), key("a.tf", "x", `a.b["eu"]`), nil, true},
		{"the first named world", key("a.tf", "x", "a.b"), key("a.tf", "x@prod", "a.b"), nil, true},
		{"a renamed file of inputs", key("a.tf", "x@dev", "a.b"), key("a.tf", "x@development", "a.b"), moves, true},
		{"another world", key("a.tf", "x@dev", "a.b"), key("a.tf", "x@prod", "a.b"), nil, false},
	} {
		if _, got := NewIndex([]Key{c.old}, c.moves).Find(c.now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	other := old
	other.Subject = "t"
	if _, got := NewIndex([]Key{old}, nil).Find(other); got {
		t.Error("another subject is found")
	}
}
