package scale

import "strconv"

// environments is the order in which the twins of a unit are made.
var environments = []string{"prod", "staging", "dev"}

var unitNames = []string{
	"core", "payments", "growth", "platform", "identity", "logistics", "insight", "partner", "retail", "media",
}

var appNames = []string{
	"orders", "billing", "catalog", "search", "checkout", "profile", "pricing", "inventory", "shipping", "returns",
	"mailer", "reports", "ledger", "tax", "fraud", "session", "gateway", "images", "reviews", "coupons",
	"audit", "export", "import", "sync", "scheduler", "webhooks", "chat", "recommend", "geo", "translate",
}

var owners = []string{"team-falcon", "team-otter", "team-lynx", "team-heron", "team-badger"}

// numbered returns the i-th of an endless list that starts with names and goes
// on with their names numbered from 2: "core", …, "core2", ….
func numbered(names []string, i int) string {
	name := names[i%len(names)]
	if round := i / len(names); round > 0 {
		name += strconv.Itoa(round + 1)
	}
	return name
}
