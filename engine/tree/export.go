package tree

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine/record"
)

// Exports lists the formats of an export.
func Exports() []string { return []string{"csv", "json", "ndjson"} }

// escaped writes a value so that it can stand in a path.
func escaped(text string) string {
	text = strings.NewReplacer("%", "%25", "/", "%2F", "\x00", "%00", "\n", "%0A").Replace(text)
	if strings.HasPrefix(text, ".") {
		text = "%2E" + text[1:]
	}
	return text
}

// Export writes everything that the selection holds, in one of the formats of Exports. What it writes, an import reads; memory stays
// flat.
func (s *Selection) Export(ctx context.Context, format string, w io.Writer) error {
	s.table.tree.statements.Add(1)
	options := record.DumpOptions{Format: record.NDJSON, NoHidden: !s.table.direct.Hidden, Limit: int64(s.limit)}
	if format == "csv" {
		options.Format = record.CSV
	}
	if s.key != "" {
		p, err := s.plan("all")
		if err != nil {
			return err
		}
		if options.Env, err = s.env(ctx, p, "", nil); err != nil {
			return err
		}
		options.Select = p
	}
	if format == "json" {
		array := &arrayWriter{out: bufio.NewWriterSize(w, 64<<10)}
		if _, err := s.table.tree.cfg.Records.Dump(ctx, s.table.Project, s.table.Def, array, options); err != nil {
			return err
		}
		return array.close()
	}
	_, err := s.table.tree.cfg.Records.Dump(ctx, s.table.Project, s.table.Def, w, options)
	return err
}

// An arrayWriter makes a JSON array of the lines of NDJSON.
type arrayWriter struct {
	out   *bufio.Writer
	begun bool
	line  []byte // its beginning came, and not its end
}

// Write takes lines, in any pieces.
func (a *arrayWriter) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			a.line = append(a.line, rest...)
			break
		}
		a.line = append(a.line, rest[:i]...)
		rest = rest[i+1:]
		before := "[\n"
		if a.begun {
			before = ",\n"
		}
		a.begun = true
		if _, err := a.out.WriteString(before); err != nil {
			return 0, err
		}
		if _, err := a.out.Write(a.line); err != nil {
			return 0, err
		}
		a.line = slices.Grow(a.line[:0], 256)
	}
	return len(p), nil
}

func (a *arrayWriter) close() error {
	text := "\n]\n"
	if !a.begun {
		text = "[]\n"
	}
	if _, err := a.out.WriteString(text); err != nil {
		return err
	}
	return a.out.Flush()
}
