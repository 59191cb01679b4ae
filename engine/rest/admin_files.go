package rest

import (
	"errors"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/direct"
	"github.com/sayrud/sayrud/engine/file"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
)

type storeFileIn struct {
	Table string `path:"table"`
	Field string `path:"field"`
	Name  string `query:"name" doc:"of the file"`
}

// storedFile is what a record names a file by.
type storedFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	Type   string `json:"type"` // told by the content
	SHA256 string `json:"sha256"`
}

func storedFileOf(f engine.File) storedFile {
	return storedFile{Name: f.Name, Size: f.Size, Type: f.Type, SHA256: f.SHA256}
}

// fileField gives a file field that the principal may see.
func (c *call) fileField(table, name string) (*engine.Field, error) {
	t, err := c.table(table)
	if err != nil {
		return nil, err
	}
	f, found := t.Fields.Get(name)
	if !found || f.Type != engine.TypeFile || f.Hidden && !c.seesHidden() {
		return nil, engine.Errorf(engine.NotFound, "There is no file field %s.", name)
	}
	return f, nil
}

// storeFile takes a file into the store under the rules of a field. Until a record holds it, it waits for the collection.
func (s *Server) storeFile(c *call, in *storeFileIn) (storedFile, error) {
	f, err := c.fileField(in.Table, in.Field)
	if err != nil {
		return storedFile{}, err
	}
	if s.cfg.Files == nil {
		return storedFile{}, errors.New("there is no store for files")
	}
	limit := file.Limit{MaxSize: f.MaxSize, Types: f.Types}
	up, err := s.cfg.Files.Upload(c.ctx(), c.project.ID, &limit, in.Name, c.body(), c.q.HTTP.ContentLength)
	if err != nil {
		return storedFile{}, fileRefusal(f, &limit, c.lang(), err)
	}
	return storedFileOf(up.File), nil
}

// fileRefusal tells what a field does not take.
func fileRefusal(f *engine.Field, limit *file.Limit, lang value.Lang, err error) error {
	label, refused := f.DisplayLabel(), engine.FieldError{Param: f.Name, Label: f.DisplayLabel()}
	code := engine.Invalid
	switch {
	case errors.Is(err, file.ErrSize):
		code, refused.Code, refused.Message = engine.TooLarge, "max_size", value.Sentence(lang, "file.size", label, value.Bytes(limit.Size()))
	case errors.Is(err, file.ErrType):
		refused.Code, refused.Message = "types", value.Sentence(lang, "file.type", label, strings.Join(limit.Types, ", "))
	case errors.Is(err, file.ErrBroken):
		return &engine.Error{Code: engine.Invalid, Message: value.Sentence(lang, "file.broken"), Cause: err}
	default:
		return err
	}
	return &engine.Error{Code: code, Fields: []engine.FieldError{refused}}
}

type filesIn struct {
	Table string `query:"table" doc:"of one table"`
	Type  string `query:"type" doc:"the beginning of the media type: image/"`
	Name  string `query:"name" doc:"a part of the file's name"`
	Page  int    `query:"page" doc:"from 1"`
	Size  int    `query:"size" doc:"1 to 1000; 50"`
}

// usedFile is a file that a record holds.
type usedFile struct {
	Table string `json:"table"`
	UID   string `json:"uid"`
	Field string `json:"field"`
	storedFile
	URL string    `json:"url"` // signed where the field is not public: over after some hours
	At  time.Time `json:"at"`  // when somebody last brought the content
}

type fileList struct {
	Items []usedFile `json:"items"`
	More  bool       `json:"more"` // there is a next page
	Usage file.Usage `json:"usage"`
}

func (s *Server) files(c *call, in *filesIn) (fileList, error) {
	if s.cfg.Files == nil {
		return fileList{Items: []usedFile{}}, nil
	}
	size := direct.PageSize(in.Size)
	uses, err := s.cfg.Files.List(c.ctx(), c.project, &file.Selection{
		Table: in.Table, Type: in.Type, Name: in.Name, Visible: !c.seesHidden(), Offset: (max(in.Page, 1) - 1) * size, Limit: size + 1,
	})
	if err != nil {
		return fileList{}, err
	}
	out := fileList{More: len(uses) > size, Items: []usedFile{}}
	for _, u := range uses[:min(len(uses), size)] {
		out.Items = append(out.Items, usedFile{Table: u.Table, UID: u.UID, Field: u.Field.Name, storedFile: storedFileOf(u.File), At: u.At, URL: s.fileURL(c.project, &u)})
	}
	out.Usage, err = s.cfg.Files.Usage(c.ctx(), c.project.ID)
	return out, err
}

// fileURL makes the link of a file that a record holds.
func (s *Server) fileURL(p *engine.Project, u *file.Use) string {
	field := template.FileField{Project: p.Name, Table: u.Table, Name: u.Field.Name, Public: u.Field.Public && !u.Field.Hidden}
	url, _ := s.cfg.Files.AppendURL(nil, &field, u.UID, u.File.Append(raw.Value{})).Text()
	return url
}
