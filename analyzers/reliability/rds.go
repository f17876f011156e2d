// Package reliability holds the rules of the reliability pillar that look at
// one resource and its parts, one table a subject.
package reliability

import (
	"fmt"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/check"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// RDS decides whether databases survive the loss of an instance or a mistake.
var RDS = check.Table("rds-reliability", "checks that databases have a standby and backups",
	check.On(analysis.Rule{
		ID: "rds-not-multi-az", Title: "RDS instance has no standby in another zone",
		Why:      "When the zone or the instance fails, or during patching, the database is down until a replacement is up; with a standby it fails over in about a minute.",
		Fix:      "Set multi_az / MultiAZ to true.",
		Severity: analysis.Medium, Precision: analysis.VeryHigh, Pillar: analysis.Reliability, Practice: "REL10-BP01", Effort: "S",
		In: environments(analysis.High, analysis.Low),
	}, func(d *aws.DBInstance) value.Verdict {
		return d.MultiAZ.Is(true).Unless(d.IsMember()).Unless(d.IsReplica()).
			Unless(d.Engine.Is("sqlserver-ex").Or(d.Engine.HasPrefix("custom-")))
	}),

	check.On(analysis.Rule{
		ID: "aurora-single-instance", Title: "Aurora cluster has a single instance",
		Why:      "With no reader to promote, a failed writer has to be recreated: minutes of downtime instead of seconds.",
		Fix:      "Add a second instance in another zone.",
		Severity: analysis.High, Precision: analysis.HighPrecision, Pillar: analysis.Reliability, Practice: "REL10-BP01", Effort: "S",
		In: analysis.Minor(analysis.Low),
	}, auroraMembers),

	check.On(analysis.Rule{
		ID: "docdb-single-instance", Title: "DocumentDB cluster has a single instance",
		Why:      "With no replica to promote, a failed primary has to be recreated: minutes of downtime instead of seconds.",
		Fix:      "Add a second instance in another zone.",
		Severity: analysis.High, Precision: analysis.HighPrecision, Pillar: analysis.Reliability, Practice: "REL10-BP01", Effort: "S",
		In: analysis.Minor(analysis.Low),
	}, func(c *aws.DocDBCluster) value.Verdict {
		return moreThanOne(c.Node().Addr, c.Members.Items, c.Members.Open).Unless(c.IsSecondary())
	}),

	check.Also(check.On(analysis.Rule{
		ID: "rds-no-backup", Title: "RDS automated backups are off",
		Why:      "There is no point-in-time recovery: a dropped table or a bad deployment is final.",
		Fix:      "Set backup_retention_period / BackupRetentionPeriod to at least 7 days.",
		Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Reliability, Practice: "REL09-BP03", Effort: "S",
		Covers: []string{"rds-backup-retention-low"},
	}, func(d *aws.DBInstance) value.Verdict {
		return d.BackupDays.AtLeast(1).Unless(inheritsBackups(d))
	}), func(c *aws.DBCluster) value.Verdict { return c.BackupDays.AtLeast(1) }),

	check.Also(check.On(analysis.Rule{
		ID: "rds-backup-retention-low", Title: "RDS backups are kept for less than a week",
		Why:      "A fault that is noticed after a weekend can no longer be undone from automated backups.",
		Fix:      "Set backup_retention_period / BackupRetentionPeriod to at least 7 days.",
		Severity: analysis.Medium, Precision: analysis.HighPrecision, Pillar: analysis.Reliability, Profile: analysis.Review, Practice: "REL09-BP03", Effort: "S",
	}, func(d *aws.DBInstance) value.Verdict {
		return enoughDays(d.BackupDays).Unless(inheritsBackups(d))
	}), func(c *aws.DBCluster) value.Verdict {
		return enoughDays(c.BackupDays).Unless(c.IsRestored().And(c.BackupDays.Set().Not()))
	}),
)

// environments gives a severity for production, and one for development, test and sandbox.
func environments(production, minor analysis.Severity) map[analysis.Environment]analysis.Severity {
	in := analysis.Minor(minor)
	in[analysis.Production] = production
	return in
}

// retentionDays is the least number of days that backups should be kept.
const retentionDays = 7

// enoughDays leaves zero to rds-no-backup.
func enoughDays(days value.Int) value.Verdict {
	return days.AtLeast(retentionDays).Unless(days.AtMost(0))
}

// inheritsBackups says whether the instance takes its backups from elsewhere: a
// member from its cluster, and where nothing is written, a restored instance from
// its source. The data of a replica are backed up where they come from, for which
// reason RDS.11 of Security Hub leaves replicas out.
func inheritsBackups(d *aws.DBInstance) value.Verdict {
	return d.IsMember().Or(d.IsReplica(), d.IsRestored().And(d.BackupDays.Set().Not()))
}

// auroraMembers judges clusters of Aurora engines with instances of their own.
func auroraMembers(c *aws.DBCluster) value.Verdict {
	aurora := c.Engine.Is("aurora", "aurora-mysql", "aurora-postgresql")
	noInstances := c.EngineMode.IsFold("serverless").Or(c.ClusterScalability.IsFold("limitless"), secondary(c))
	count := moreThanOne(c.Node().Addr, c.Members.Items, c.Members.Open).Unless(scaled(c))
	return count.And(spreadMembers(c)).Unless(noInstances).When(aurora)
}

// secondary says whether the cluster is a secondary of a global database: it
// names one and has neither user nor snapshot of its own.
func secondary(c *aws.DBCluster) value.Verdict {
	return c.GlobalCluster.Set().And(c.Username.Set().Not(), c.Snapshot.Set().Not())
}

// spreadMembers is bad if there are several instances and all state the same
// zone. Where one states none, the service spreads them.
func spreadMembers(c *aws.DBCluster) value.Verdict {
	zones := map[string]value.String{}
	open := append([]value.Fact(nil), c.Members.Open...)
	var last value.String
	for _, m := range c.Members.Items {
		zone, known := m.Part.Zone.Get()
		switch {
		case m.Sure != tri.True:
			open = append(open, value.Fact{Text: "whether " + m.Part.Node().Addr + " is one of its instances is not known", Span: m.Part.Node().Span.Head(), Origin: m.Part.Node().ExistsWhy})
		case known:
			last = m.Part.Zone
			zones[zone] = last
		case m.Part.Zone.V.IsUnset():
			return value.Good()
		default:
			open = append(open, m.Part.Zone.Fact())
		}
	}
	switch {
	case len(zones) > 1, len(c.Members.Items) < 2 && len(open) == 0:
		return value.Good()
	case len(open) > 0:
		return value.Open(open...)
	}
	return value.Bad(value.Fact{Text: fmt.Sprintf("all %d instances are in %s", len(c.Members.Items), value.Show(last.V)), Span: last.Span(), Origin: last.V.Origin()})
}

// moreThanOne judges the number of instances of a cluster: exactly one is a
// defect, none at all is open, because they may stand elsewhere.
func moreThanOne[T any, M aws.Model[T]](cluster string, members []aws.Satellite[T], open []value.Fact) value.Verdict {
	sure := 0
	var unsure []value.Fact
	for _, m := range members {
		if m.Sure == tri.True {
			sure++
			continue
		}
		n := M(m.Part).Node()
		unsure = append(unsure, value.Fact{Text: "the number of instances of " + cluster + " is not known", Span: n.Span.Head(), Origin: n.ExistsWhy})
	}
	switch {
	case sure > 1:
		return value.Good()
	case len(open) > 0:
		return value.Open(open...)
	case len(unsure) > 0:
		return value.Open(unsure...)
	case sure == 0:
		return value.Open(value.Fact{Text: "no instance of " + cluster + " is in this scan"})
	}
	return value.Bad(value.Fact{Text: "it has exactly one instance"})
}
