package script

import "testing"

func TestRename(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ source, root, want string }{
		{"$record.old", "$record", "$record.now"},
		{"$record.old > $record.older + $record . old", "$record", "$record.now > $record.older + $record . now"},
		{"$record?.old?.length", "$record", "$record?.now?.length"},
		{"$record.old.trim()", "$record", "$record.now.trim()"},
		{"$record.old.old", "$record", "$record.now.old"},
		{"$this.old !== $that.old", "$this", "$this.now !== $that.old"},
		{"$records.map(r => r.old)", "$records", "$records.map(r => r.now)"},
		{"$records.map(r => ({id: r.uid, old: r.old, p: r.parent.old}))", "$records", "$records.map(r => ({id: r.uid, old: r.now, p: r.parent.old}))"},
		{"$records.filter(r => r.old).sort((a, b) => a.old - b.old)[0].old", "$records", "$records.filter(r => r.now).sort((a, b) => a.now - b.now)[0].now"},
		{"$records.reduce((sum, r) => sum + r.old, 0)", "$records", "$records.reduce((sum, r) => sum + r.now, 0)"},
		{"$records[0].old", "$records", "$records[0].now"},
		{"$record.parent.old", "$record", "$record.parent.old"},
		{"$record.parent.old", "$record.parent", "$record.parent.now"},
		{"$record.replies.map(x => x.old)", "$record.replies", "$record.replies.map(x => x.now)"},
		{"$request.query.old === 'old'", "$record", "$request.query.old === 'old'"},
		{"$record.state === 'old'", "$record", "$record.state === 'old'"},
		{"`${$record.old} old`", "$record", "`${$record.now} old`"},
		{"({old: 1, $record: $record.old})", "$record", "({old: 1, $record: $record.now})"},
		{"'é' + $record.old", "$record", "'é' + $record.now"},
		{"[$record.old, /* old */ 1] // old", "$record", "[$record.now, /* old */ 1] // old"},
		{"$records.map($record => $record.old)", "$records", "$records.map($record => $record.now)"},
		{"$others.map($record => $record.old)", "$record", "$others.map($record => $record.old)"},
		{"(() => { $record.old = 1; return $record.old })()", "$record", "(() => { $record.now = 1; return $record.now })()"},
		{"JSON.stringify($record)", "$record", "JSON.stringify($record)"},
	} {
		got, ok := Rename(tt.source, tt.root, "old", "now")
		if !ok || got != tt.want {
			t.Errorf("Rename(%q, %q) = %q, %v; want %q", tt.source, tt.root, got, ok, tt.want)
		}
		if Mentions(tt.source, tt.root, "old") != (tt.source != tt.want) {
			t.Errorf("Mentions(%q, %q) is wrong", tt.source, tt.root)
		}
	}
}

func TestRenameRefusesWhatIsNotPlain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ source, root string }{
		{"$record['old']", "$record"},
		{"(({old}) => old)($record)", "$record"},
		{"$records.map(({old}) => old)", "$records"},
		{"$records.map(({old: x}) => x)", "$records"},
		{"(x => x.old)($record)", "$record"},
		{"['old', 'b'].map(k => $record[k])", "$record"},
		{"'old' in $record", "$record"},
		{"$record.hasOwnProperty('old')", "$record"},
		{"Object.values($record)[0].old", "$record"},
		{"$record.\\u006fld", "$record"},
		{"not javascript (", "$record"},
		{"$record.old()", "$record"},
	} {
		if got, ok := Rename(tt.source, tt.root, "old", "now"); ok || got != tt.source {
			t.Errorf("Rename(%q, %q) = %q, %v", tt.source, tt.root, got, ok)
		}
		if !Mentions(tt.source, tt.root, "old") {
			t.Errorf("Mentions(%q, %q) is false", tt.source, tt.root)
		}
	}
}
