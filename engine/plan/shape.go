package plan

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/template"
)

// A Shape says what the statements of an endpoint fetch of each record and where a template finds it. Templates ask it for members
// while they are compiled; then it is closed and immutable. It implements [template.Record].
type Shape struct {
	project *engine.Project
	table   *engine.Table
	keys    raw.Keys
	reveal  []string

	id, version, createdAt, updatedAt bool

	fields  []*engine.Field // stored ones that are read
	columns []string        // SQL of what is fetched beyond the record itself
	byText  map[string]int  // the same, by text
	joins   []*join
	whole   []template.Member

	includes []*include // lists that can be joined
	lists    []*include // those that are read, by their places in Row.Lists

	closed bool
	names  []string // of an aggregation: its members are the columns
}

// A join gathers what is read of the record one reference leads to. One lookup gives it all, as a JSON object: the record as it is
// stored, where most of it is wanted, else written as text, since jsonb_build_object takes as long as the lookup itself.
type join struct {
	key    string // of the reference field
	from   string // FROM and WHERE of the lookup
	column int
	keys   []string // under which the values stand
	values []string
	stored int // of values: how many are fields as they are stored
	fields int // of the record: how many are stored
}

// sql writes the lookup. Taking a value out of a record costs about as much as printing one value of it.
func (j *join) sql() string {
	if j.stored == len(j.values) && 2*j.stored >= j.fields {
		return "(SELECT x1.data" + j.from + ")"
	}
	list := ""
	for i, sql := range j.values {
		list += []string{"'{", " || ',"}[min(i, 1)] + `"` + j.keys[i] + `":' || coalesce((` + sql + ")::text, 'null')"
	}
	return "(SELECT " + list + " || '}'" + j.from + ")"
}

func newShape(p *engine.Project, t *engine.Table, reveal []string) *Shape {
	return &Shape{project: p, table: t, keys: storedKeys(t), reveal: reveal, byText: make(map[string]int)}
}

// Keys finds the stored values of a row: Row.Slots has their order.
func (s *Shape) Keys() raw.Keys { return s.keys }

// checkReveal refuses names that are no hidden fields.
func (s *Shape) checkReveal() engine.Problems {
	var problems engine.Problems
	for i, name := range s.reveal {
		if f, found := s.table.Fields.Get(name); found && f.Hidden {
			continue
		} else if found {
			problems = append(problems, engine.Problemf([]string{strconv.Itoa(i)}, "", "%s is not hidden", name))
			continue
		}
		problems = append(problems, engine.Problemf([]string{strconv.Itoa(i)}, near(name, s.table.Fields.Names()), "there is no field %q in %s", name, s.table.Name))
	}
	return problems
}

// Whole gives the default representation: uid, the fields in order without hidden ones, created_at, updated_at, version.
func (s *Shape) Whole() []template.Member {
	if s.whole != nil || s.closed {
		return s.whole
	}
	if s.names != nil {
		for i, name := range s.names {
			s.whole = append(s.whole, template.Member{Name: name, Ref: template.Ref{Kind: template.RefColumn, Index: i, Display: -1}})
		}
		return s.whole
	}
	members := []template.Member{{Name: "uid", Ref: template.Ref{Kind: template.RefUID}}}
	for name, f := range s.table.Fields.All() {
		if s.hides(f) {
			continue
		}
		if ref, err := s.Member([]string{name}); err == nil {
			members = append(members, template.Member{Name: name, Ref: ref})
		}
	}
	for _, name := range []string{"created_at", "updated_at", "version"} {
		ref, _ := s.Member([]string{name})
		members = append(members, template.Member{Name: name, Ref: ref})
	}
	for _, inc := range s.includes {
		ref, _ := s.Member([]string{inc.name})
		members = append(members, template.Member{Name: inc.name, Ref: ref})
	}
	s.whole = members
	return members
}

func (s *Shape) hides(f *engine.Field) bool {
	return f.Hidden && !slices.Contains(s.reveal, f.Name)
}

// Member resolves a path below the record.
func (s *Shape) Member(path []string) (template.Ref, error) {
	if len(path) == 0 {
		return template.Ref{}, errors.New("a record has no name without a path")
	}
	if s.closed {
		return template.Ref{}, errors.New("the statement is compiled already")
	}
	if s.names != nil {
		return s.aggregated(path)
	}
	if inc := s.include(path[0]); inc != nil {
		return template.Ref{Kind: template.RefList, Index: inc.used - 1, Display: -1, Items: inc.shape, Path: path[1:]}, nil
	}
	if kind, use := s.reserved(path[0]); use != nil {
		if len(path) > 1 {
			return template.Ref{}, fmt.Errorf("%s has no parts", path[0])
		}
		*use = true
		return template.Ref{Kind: kind}, nil
	}
	f, err := visible(s.table, path[0], s.reveal)
	if err != nil {
		return template.Ref{}, err
	}
	return s.field(f, path)
}

// reserved gives the place of a name that every record has, and the flag that makes the statement fetch it.
func (s *Shape) reserved(name string) (template.RefKind, *bool) {
	switch name {
	case "uid":
		always := true
		return template.RefUID, &always
	case "id":
		return template.RefID, &s.id
	case "version":
		return template.RefVersion, &s.version
	case "created_at":
		return template.RefCreatedAt, &s.createdAt
	case "updated_at":
		return template.RefUpdatedAt, &s.updatedAt
	}
	return 0, nil
}

// visible gives the field of a table that a response may name.
func visible(t *engine.Table, name string, reveal []string) (*engine.Field, error) {
	f, found := t.Fields.Get(name)
	if found && f.Hidden && !slices.Contains(reveal, name) {
		return nil, fmt.Errorf("%s is hidden; reveal: [%s] on the endpoint shows it", name, name)
	}
	if found {
		return f, nil
	}
	candidates := slices.Clone(engine.ReservedFields)
	for name, f := range t.Fields.All() {
		if !f.Hidden {
			candidates = append(candidates, name)
		}
	}
	text := fmt.Sprintf("there is no field %q in %s", name, t.Name)
	if hint := near(name, candidates); hint != "" {
		text += "; " + hint
	}
	return nil, errors.New(text)
}

func (s *Shape) field(f *engine.Field, path []string) (template.Ref, error) {
	rest := path[1:]
	slot := template.Ref{Kind: template.RefSlot, Index: s.keys.Slot(f.Key), Display: -1}
	switch f.Type {
	case engine.TypeReference:
		return s.reference(f, slot, rest)
	case engine.TypeReferences:
		if sql := pairs(s.project, f, "r", 1); sql != "" {
			return template.Ref{Kind: template.RefColumn, Index: s.column(sql), Display: -1, Path: rest}, nil
		}
		slot.Path = rest
		s.use(f)
		return slot, nil
	case engine.TypeGenerated:
		if len(rest) > 0 {
			return slot, fmt.Errorf("%s has no parts", f.Name)
		}
		sql, typ := relation.Column(s.project, s.table, f, "r")
		return template.Ref{Kind: template.RefColumn, Index: s.column(asJSON(sql, typ)), Display: -1}, nil
	case engine.TypeJSON:
		slot.Path = rest
	case engine.TypeFile:
		if err := checkFilePath(f, rest); err != nil {
			return slot, err
		}
		slot.File, slot.FilePath = fileField(s.project, s.table, f), rest
	default:
		if len(rest) > 0 {
			return slot, fmt.Errorf("%s is a %s, it has no parts", f.Name, f.Type)
		}
	}
	s.use(f)
	return slot, nil
}

// use notes that the statement has to fetch a stored field.
func (s *Shape) use(f *engine.Field) {
	if !slices.Contains(s.fields, f) {
		s.fields = append(s.fields, f)
	}
}

func (s *Shape) reference(f *engine.Field, slot template.Ref, rest []string) (template.Ref, error) {
	target, found := s.project.Tables.Get(f.To)
	if !found {
		return slot, fmt.Errorf("%s refers to a table that does not exist: %q", f.Name, f.To)
	}
	if len(rest) > 0 && isPairPart(target, rest[0]) {
		if rest[0] == "u" {
			s.use(f)
			return slot, nil
		}
		if display := displayOf(s.project, f); display != nil {
			return s.follow(f, slot, target, append([]string{display.Name}, rest[1:]...))
		}
		return slot, fmt.Errorf("%s has no display field; name the field: %s.field", f.Name, f.Name)
	}
	if len(rest) == 0 {
		s.use(f)
		slot.Kind = template.RefPair
		if display := displayOf(s.project, f); display != nil {
			slot.Display = s.column(lookup(s.project, f, target, "r", fieldJSON(s.project, target, display, "x1", 2)))
		}
		return slot, nil
	}
	return s.follow(f, slot, target, rest)
}

// isPairPart reports whether name is a part of {"u", "v"}; a field of that name goes before.
func isPairPart(target *engine.Table, name string) bool {
	_, shadowed := target.Fields.Get(name)
	return (name == "u" || name == "v") && !shadowed
}

// follow reads a value of the referred record.
func (s *Shape) follow(f *engine.Field, slot template.Ref, target *engine.Table, path []string) (template.Ref, error) {
	sql, rest, err := pathJSON(s.project, target, "x1", path, 2)
	if err != nil {
		return template.Ref{}, err
	}
	if path[0] == "uid" { // stands in the reference itself
		s.use(f)
		return slot, nil
	}
	j := s.join(f, target)
	i := slices.Index(j.values, sql)
	if i < 0 {
		i = len(j.values)
		key := strconv.Itoa(i)
		if f, found := target.Fields.Get(path[0]); found && sql == "(x1.data->"+relation.Literal(f.Key)+")" {
			key = f.Key
			j.stored++
		}
		j.keys, j.values = append(j.keys, key), append(j.values, sql)
	}
	ref := template.Ref{Kind: template.RefColumn, Index: j.column, Display: -1, Path: append([]string{j.keys[i]}, rest...)}
	if t, field, into := fileAt(s.project, target, path); field != nil {
		ref.Path, ref.File, ref.FilePath = ref.Path[:1], fileField(s.project, t, field), into
	}
	return ref, nil
}

func (s *Shape) join(f *engine.Field, target *engine.Table) *join {
	for _, j := range s.joins {
		if j.key == f.Key {
			return j
		}
	}
	j := &join{key: f.Key, from: lookupFrom(s.project, f, target, "r"), column: len(s.columns)}
	for _, other := range target.Fields.All() {
		if other.Type != engine.TypeGenerated {
			j.fields++
		}
	}
	s.columns = append(s.columns, "") // written by close
	s.joins = append(s.joins, j)
	return j
}

// column gives the index of a fetched expression.
func (s *Shape) column(sql string) int {
	if i, found := s.byText[sql]; found {
		return i
	}
	s.byText[sql] = len(s.columns)
	s.columns = append(s.columns, sql)
	return len(s.columns) - 1
}

// close ends the gathering.
func (s *Shape) close() {
	if s.closed {
		return
	}
	for _, j := range s.joins {
		s.columns[j.column] = j.sql()
	}
	s.closed = true
	for _, inc := range s.lists {
		inc.close()
	}
}
