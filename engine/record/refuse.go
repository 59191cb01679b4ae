package record

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/engine/value"
	"github.com/sayrud/sayrud/storage/pg"
)

// sentence makes a refusal of one of the sentences of the value package.
func (r *run) sentence(code engine.Code, key string, args ...any) *engine.Error {
	return &engine.Error{Code: code, Message: value.Sentence(r.language(), key, args...)}
}

// invalid makes the refusal of one input.
func (r *run) invalid(name, code, message string) *engine.Error {
	return &engine.Error{Code: engine.Invalid, Fields: []engine.FieldError{{Param: name, Label: name, Code: code, Message: message}}}
}

// refuse turns an error of PostgreSQL or of a script into what a client may act on.
func (r *run) refuse(err error) error {
	var known *engine.Error
	if errors.As(err, &known) {
		return err
	}
	lang := r.language()
	if refused := refusal(r.plan.Table, err, lang); refused != nil {
		r.explain(refused)
		return refused
	}
	name := r.plan.Endpoint.Name
	if errors.Is(err, script.ErrBusy) {
		return &engine.Error{Code: engine.Unavailable, Message: value.Sentence(lang, "unavailable"), Cause: err}
	}
	return fmt.Errorf("run %s: %w", name, err)
}

// explain lets fields with a message of their own speak.
func (r *run) explain(refused *engine.Error) {
	for i := range refused.Fields {
		if f := r.plan.Table.Field(refused.Fields[i].Param); f != nil {
			f.Explain(&refused.Fields[i], r.env, r.assigned(f))
		}
	}
}

// assigned gives the value that the write gave a field.
func (r *run) assigned(f *plan.Field) raw.Value {
	if i := slices.Index(r.plan.Table.Fields, f); i >= 0 && i < len(r.result.fields) {
		return r.result.fields[i]
	}
	return nil
}

// refusal reads SQLSTATE and constraint name; nil is an error that no client can act on.
func refusal(t *plan.Table, err error, lang value.Lang) *engine.Error {
	switch code := pg.Code(err); {
	case code == pg.UniqueViolation:
		return taken(t, err, lang)
	case code == pg.ForeignKeyViolation && pg.ConstraintName(err) == "sl_file_uses_blob": // its grace was over just now
		return &engine.Error{Code: engine.Conflict, Message: value.Sentence(lang, "conflict"), Cause: err}
	case code == pg.ForeignKeyViolation || code == pg.RestrictViolation:
		who, _, _ := strings.Cut(pg.ConstraintName(err), ".")
		if other, found := t.Project.Tables.Get(who); found && other.Label != "" {
			who = other.Label
		}
		return &engine.Error{Code: engine.Conflict, Message: value.Sentence(lang, "referenced", who), Cause: err}
	case code == pg.SerializationFailure || code == pg.DeadlockDetected || code == pg.LockNotAvailable:
		return &engine.Error{Code: engine.Conflict, Message: value.Sentence(lang, "conflict"), Cause: err}
	case code == pg.QueryCanceled:
		return &engine.Error{Code: engine.Timeout, Message: value.Sentence(lang, "timeout"), Cause: err}
	case pg.IsUnavailable(err):
		return &engine.Error{Code: engine.Unavailable, Message: value.Sentence(lang, "unavailable"), Cause: err}
	}
	return nil
}

// taken names the fields of the unique index that refused.
func taken(t *plan.Table, err error, lang value.Lang) *engine.Error {
	refused := &engine.Error{Code: engine.Conflict, Cause: err}
	_, _, keys, ok := relation.ParseIndexName(pg.ConstraintName(err))
	if !ok {
		refused.Message = value.Sentence(lang, "conflict")
		return refused
	}
	for _, key := range keys {
		name, label := key, key
		if f := t.Def.FieldByKey(key); f != nil {
			name, label = f.Name, f.DisplayLabel()
		}
		refused.Fields = append(refused.Fields, engine.FieldError{Param: name, Label: label, Code: "unique"})
	}
	if f := t.Field(refused.Fields[0].Param); len(refused.Fields) == 1 && f != nil {
		refused.Fields[0] = *f.Checker.Refuse(lang, "unique", "unique")
		return refused
	}
	labels := make([]string, len(refused.Fields))
	for i, f := range refused.Fields {
		labels[i] = f.Label
	}
	for i := range refused.Fields {
		refused.Fields[i].Message = value.Sentence(lang, "unique", strings.Join(labels, " + "))
	}
	if len(refused.Fields) > 1 {
		refused.Message = refused.Fields[0].Message
	}
	return refused
}

func joined(names []string) string { return strings.Join(names, ", ") }
