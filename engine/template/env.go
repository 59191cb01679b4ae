package template

import (
	"context"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/script"
)

// A Scope tells which names exist where a slot stands. A zero member means that the name does not exist there.
type Scope struct {
	Request  bool          // $request
	Auth     bool          // $auth
	Params   []string      // $params, in the order of Env.Params; nil means that $params does not exist
	Record   Record        // $record
	Records  Record        // $records: how each of its items is read
	Sources  []Source      // $sources, in the order of Env.Sources
	Pages    bool          // $total $page $pages $size $next
	Error    bool          // $error
	Response bool          // $response: the answer, in what runs behind main
	This     *engine.Table // $this in constraints: stored form
	That     *engine.Table // $that
	Value    bool          // $value: what a rule or constraint refuses
	Event    bool          // $event: what happened to a record, in on_write
	Before   *engine.Table // $before: the record before it, stored form
}

// A Source is a further named result: a list of records, or one.
type Source struct {
	Name   string
	Record Record
	One    bool
}

// A Record says how the members of a record are found in a Row. The plan package implements it and notes, while a template is
// compiled, what the statement has to fetch.
type Record interface {
	// Member resolves a path below the record: a field's name or a reserved one, then the way through references or into JSON.
	// Its error is a sentence that names the part that does not exist, and a near name.
	Member(path []string) (Ref, error)
	// Whole gives the members of the default representation, in order, without hidden fields.
	Whole() []Member
}

// A Member is one name of a whole record.
type Member struct {
	Name string
	Ref  Ref
}

// RefKind tells where in a Row a value stands.
type RefKind byte

// The places.
const (
	RefUID       RefKind = iota // Row.UID, a string
	RefID                       // Row.ID, a number
	RefVersion                  // Row.Version, a number
	RefCreatedAt                // Row.CreatedAt, a string
	RefUpdatedAt                // Row.UpdatedAt, a string
	RefSlot                     // Row.Slots[Index]
	RefColumn                   // Row.Columns[Index]
	RefPair                     // {"u": Row.Slots[Index], "v": Row.Columns[Display]}, null where the slot is
	RefList                     // Row.Lists[Index], whose rows Items reads; the first of Path is the number of one
)

// A Ref is a resolved member. Its zero value is the uid.
type Ref struct {
	Kind    RefKind
	Index   int
	Display int      // of RefPair: the column of the display value; -1 is null
	Path    []string // further into the JSON value found: names, or decimal indexes of arrays
	Items   Record   // of RefList

	File     *FileField // of RefSlot and RefColumn: what is found is a stored file, or several
	FilePath []string   // further into the file as it is shown

	items *whole // the same, compiled
}

// A Row is one record as it came from the database. Its memory belongs to the result it is part of.
type Row struct {
	ID, Version          []byte // decimal
	UID                  []byte
	CreatedAt, UpdatedAt []byte      // 2026-11-23T05:28:00.123Z
	Slots                []raw.Value // stored values, by the slot of their key (raw.Keys); nil where absent
	Lists                [][]Row     // records joined to this one
	Links                Links       // of files; nil makes none
	Columns              []raw.Value // what else the statement fetched, as JSON: generated fields, values of referred records
}

// A Request answers for $request: "method", "path", "ip", "origin", "headers".name, "query".name, "params".name, "body"….
type Request interface {
	// Value gives the value at path below $request, or nil. An empty path gives the whole as an object.
	Value(path []string) raw.Value
}

// An Env holds the values of a request while its slots and templates run. It is not safe for concurrent use.
type Env struct {
	Context  context.Context
	Scripts  *script.Runner
	Now      time.Time // $now(), the same for the whole request
	Timezone *time.Location
	Request  Request
	Auth     raw.Value // nil and null are anonymous
	Params   []raw.Value
	Items    [][]raw.Value // Params of each item of a bulk CREATE; nil is none
	NewUID   string        // of the record that a CREATE makes; "" makes one up
	Record   *Row
	Records  []Row
	Sources  [][]Row // by the order of Scope.Sources; that of one record has one row
	Total    int64   // -1 where it was not counted
	Page     int64
	Size     int64
	Next     raw.Value
	Error    *engine.Error
	Response raw.Value // status, headers, body
	This     raw.Value // stored form under names
	That     raw.Value
	Value    raw.Value
	Event    raw.Value     // an object of type, op, time, project, table
	Before   raw.Value     // stored form under names; nil is none
	Files    []engine.File // that came with the request: a record may hold them
	AnyFile  bool          // the caller may read all files of the project, so a record may hold any
	MaxBytes int           // of one rendered body or value; 0 is 16 MiB
}
