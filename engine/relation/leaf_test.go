package relation_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

// A fixture is a project in a database of its own.
type fixture struct {
	t       *testing.T
	db      *pg.DB
	project *engine.Project
}

// yes is for Required.
func yes() *bool { b := true; return &b }

func table(id int, name string, fields ...*engine.Field) *engine.Table {
	t := &engine.Table{ID: id, Name: name}
	for _, f := range fields {
		t.Fields.Set(f.Name, f)
	}
	return t
}

// field makes a field whose key is its name, filled up to eight letters.
func field(name string, typ engine.FieldType, change ...func(*engine.Field)) *engine.Field {
	f := &engine.Field{Name: name, Key: (name + "XXXXXXXX")[:8], Type: typ}
	for _, c := range change {
		c(f)
	}
	return f
}

// blog makes the tables in the project's schema, as the catalog does.
func blog(t *testing.T, tables ...*engine.Table) *fixture {
	t.Helper()
	f := &fixture{t: t, db: pgtest.New(t), project: &engine.Project{ID: 7, Name: "blog", Timezone: "Asia/Shanghai"}}
	if err := pg.Migrate(context.Background(), f.db, os.DirFS("../catalog/migrations")); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		f.project.Tables.Set(table.Name, table)
	}
	f.exec(relation.CreateProject(f.project)...)
	for _, table := range tables {
		f.exec(relation.CreateLeaf(f.project, table)...)
		for _, field := range table.Fields.All() {
			if field.Type == engine.TypeAutonumber {
				f.exec(relation.CreateSequence(f.project, field))
			}
		}
	}
	for _, table := range tables {
		for _, x := range relation.Indexes(f.project, table) {
			f.exec(x.SQL(f.project, table, false))
		}
		columns := relation.ViewColumns(f.project, table)
		f.exec(relation.CreateView(f.project, table, relation.CreateNew, columns))
		f.exec(relation.ViewTriggers(f.project, table, columns)...)
	}
	return f
}

func (f *fixture) exec(statements ...string) {
	f.t.Helper()
	for _, sql := range statements {
		if _, err := f.db.Pool().Exec(context.Background(), sql); err != nil {
			f.t.Fatalf("%v\n%s", err, sql)
		}
	}
}

// one gives the single text that a query yields, "NULL" for NULL.
func (f *fixture) one(sql string) string {
	f.t.Helper()
	var text *string
	if err := f.db.Pool().QueryRow(context.Background(), "SELECT ("+sql+")::text").Scan(&text); err != nil {
		f.t.Fatalf("%v\n%s", err, sql)
	}
	if text == nil {
		return "NULL"
	}
	return *text
}

func (f *fixture) want(sql, want string) {
	f.t.Helper()
	if got := f.one(sql); got != want {
		f.t.Errorf("%s\n got %s\nwant %s", sql, got, want)
	}
}

// refused runs a statement that has to fail with the code and a message that holds the words.
func (f *fixture) refused(sql, code string, words ...string) {
	f.t.Helper()
	_, err := f.db.Pool().Exec(context.Background(), sql)
	var pe *pgconn.PgError
	if !errors.As(err, &pe) {
		f.t.Errorf("%s\n got %v, want %s", sql, err, code)
		return
	}
	text := pe.Message + " " + pe.Detail
	if pe.Code != code {
		f.t.Errorf("%s\n got %s %s, want %s", sql, pe.Code, text, code)
	}
	for _, word := range words {
		if !strings.Contains(text, word) {
			f.t.Errorf("%s\n %q lacks %q", sql, text, word)
		}
	}
}

func TestLeaf_isAPartitionWithItsOwnKeys(t *testing.T) {
	t.Parallel()
	f := blog(t, table(17, "comments", field("nick", engine.TypeText)))
	f.exec(`INSERT INTO p_blog._r17 (uid, data) VALUES ('a', '{}')`)
	f.want(`SELECT count(*) FROM public.sl_records WHERE project_id = 7 AND table_id = 17`, "1")
	f.refused(`INSERT INTO p_blog._r17 (uid, data) VALUES ('a', '{}')`, pg.UniqueViolation)
	f.refused(`INSERT INTO p_blog._r17 (uid, data) VALUES ('b', '[]')`, pg.CheckViolation)
	f.refused(`INSERT INTO p_blog._r17 (uid, table_id, data) VALUES ('b', 18, '{}')`, pg.CheckViolation)
	f.exec(relation.DropView(f.project, "comments"))
	f.exec(relation.DropLeaf(f.project, mustTable(f, "comments"))...)
	f.want(`SELECT count(*) FROM public.sl_records`, "0")
	f.want(`SELECT count(*) FROM pg_proc WHERE pronamespace = 'p_blog'::regnamespace`, "0")
}

func mustTable(f *fixture, name string) *engine.Table {
	t, found := f.project.Tables.Get(name)
	if !found {
		f.t.Fatalf("no table %s", name)
	}
	return t
}

func TestColumn_neverRaisesWhateverIsStored(t *testing.T) {
	t.Parallel()
	values := []string{`"text"`, `12.50`, `true`, `"2026-02-29T00:00:00.000Z"`, `"2026-11-23T05:28:00.123Z"`, `"2026-02-30"`, `"2024-02-29"`,
		`"0000-01-01"`, `"9999-99-99T99:99:99.999Z"`, `[1]`, `{"a":1}`, `null`, `""`, `1e400`}
	types := []engine.FieldType{engine.TypeText, engine.TypeNumber, engine.TypeBoolean, engine.TypeDatetime, engine.TypeDate, engine.TypeEnum,
		engine.TypeJSON, engine.TypeEmail, engine.TypeURL, engine.TypeAutonumber, engine.TypeReferences}
	var fields []*engine.Field
	for _, typ := range types {
		f := field(string(typ), typ)
		f.Key, f.Index = "aaaaaaaa", true
		fields = append(fields, f)
	}
	f := blog(t, table(1, "things", fields[0]))
	things := mustTable(f, "things")
	for _, field := range fields {
		column, _ := relation.Column(f.project, things, field, "")
		f.exec("CREATE INDEX ON p_blog._r1 ((" + column + "))")
	}
	for _, v := range values {
		f.exec(`INSERT INTO p_blog._r1 (uid, data) VALUES (public.sl_uid(), jsonb_build_object('aaaaaaaa', ` + relation.Literal(v) + `::jsonb))`)
	}
	counts := map[engine.FieldType]string{engine.TypeText: "13", engine.TypeNumber: "2", engine.TypeBoolean: "1", engine.TypeDatetime: "1",
		engine.TypeDate: "1", engine.TypeJSON: "13"}
	for _, field := range fields {
		column, _ := relation.Column(f.project, things, field, "r")
		if want := counts[field.Type]; want != "" {
			f.want("SELECT count("+column+") FROM p_blog._r1 r", want)
		}
		f.one("SELECT count(*) FROM p_blog._r1 r WHERE " + relation.Fits(field, "r"))
	}
}

func TestIndexName_comesBackFromItsParse(t *testing.T) {
	t.Parallel()
	f := field("nick", engine.TypeText)
	long := table(17, "comments", f)
	long.Unique = [][]string{{"nick"}}
	p := &engine.Project{ID: 1, Name: "blog"}
	list := relation.Indexes(p, long)
	if len(list) != 1 || !strings.Contains(list[0].Definition, "md5") {
		t.Fatalf("a long text is unique by its md5: %+v", list)
	}
	id, kind, keys, ok := relation.ParseIndexName(list[0].Name)
	if !ok || id != 17 || kind != relation.UniqueIndex || len(keys) != 1 || keys[0] != f.Key {
		t.Errorf("ParseIndexName(%q) = %d %c %v %v", list[0].Name, id, kind, keys, ok)
	}
	f.Max = raw.Int(100)
	if again := relation.Indexes(p, long); again[0].Name == list[0].Name {
		t.Error("another definition has the same name")
	}
	for _, bad := range []string{"", "_r", "_r17", "_rx_u_k_h", "posts_pkey", "_r17_pkey"} {
		if _, _, _, ok := relation.ParseIndexName(bad); ok {
			t.Errorf("ParseIndexName(%q) is ok", bad)
		}
	}
}

func FuzzParseIndexName(f *testing.F) {
	f.Add(17, "Abcd1234", "Efgh5678")
	f.Add(0, "", "")
	f.Add(-1, "_", "__")
	f.Fuzz(func(t *testing.T, id int, a, b string) {
		name := relation.IndexName(id, relation.PlainIndex, []string{a, b}, "")
		gotID, kind, keys, ok := relation.ParseIndexName(name)
		if plain := !strings.Contains(a+b, "_"); plain && (!ok || gotID != id || kind != relation.PlainIndex || len(keys) != 2 || keys[0] != a || keys[1] != b) {
			t.Errorf("%q came back as %d %c %q %v", name, gotID, kind, keys, ok)
		}
	})
}

func TestQuote_keepsTextInside(t *testing.T) {
	t.Parallel()
	f := blog(t)
	for _, text := range []string{`a"b`, `it's`, `back\slash`, `\'`, "new\nline", `$body$`, "评论"} {
		f.want("SELECT x."+relation.Quote(text)+" FROM (SELECT "+relation.Literal(text)+" AS "+relation.Quote(text)+") x", text)
	}
}
