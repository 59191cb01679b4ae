package record

import (
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/value"
)

// files refuses records whose files the project does not have, and gives the others size and type of the content. Whoever imports may
// name every file of the project.
func (im *importer) files() error {
	for _, f := range im.table.Fields {
		if f.Def.Type != engine.TypeFile {
			continue
		}
		key, project := relation.Literal(f.Def.Key), strconv.Itoa(im.table.Project.ID)
		each := `jsonb_array_elements(CASE jsonb_typeof(s.data->` + key + `) WHEN 'array' THEN s.data->` + key + ` WHEN 'object' THEN jsonb_build_array(s.data->` + key + `) ELSE '[]'::jsonb END)`
		if err := im.lines(`DELETE FROM pg_temp._import s WHERE EXISTS (
  SELECT FROM `+each+` e (file)
  WHERE NOT EXISTS (SELECT FROM public.sl_blobs b WHERE b.project_id = `+project+` AND b.sha256 = decode(e.file->>'sha256', 'hex'))) RETURNING s.line`, func(line int) {
			im.refuse(line, value.Sentence(im.opt.Lang, "file.access", f.Checker.Label()))
		}); err != nil {
			return err
		}
		if err := im.exec(`UPDATE pg_temp._import s SET data = s.data || jsonb_build_object(` + key + `, (
  SELECT CASE jsonb_typeof(s.data->` + key + `) WHEN 'array' THEN jsonb_agg(x.file ORDER BY x.n) ELSE jsonb_agg(x.file)->0 END
  FROM (SELECT e.n, jsonb_build_object('name', coalesce(e.file->>'name', 'file'), 'size', b.size, 'type', b.type, 'sha256', e.file->>'sha256') AS file
    FROM ` + each + ` WITH ORDINALITY e (file, n)
    JOIN public.sl_blobs b ON b.project_id = ` + project + ` AND b.sha256 = decode(e.file->>'sha256', 'hex')) x))
WHERE jsonb_typeof(s.data->` + key + `) IN ('object', 'array') AND s.data->` + key + ` <> '[]'::jsonb`); err != nil {
			return err
		}
	}
	return nil
}
