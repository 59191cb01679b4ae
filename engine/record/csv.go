package record

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// A csvReader reads CSV (RFC 4180) and tells an empty cell from a quoted empty one, which are null and an empty text here.
type csvReader struct {
	in    *bufio.Reader
	line  int // of the record read last, from 1
	next  int // the line the input stands at
	cells []cell
	text  []byte
	ends  []int
	limit int // bytes of one record
}

// A cell is one value of a CSV record; it lives until the next one is read.
type cell struct {
	text   []byte
	quoted bool
}

func newCSVReader(r io.Reader, limit int) *csvReader {
	in := bufio.NewReaderSize(r, 64<<10)
	if mark, err := in.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3) // they have been read already
	}
	return &csvReader{in: in, next: 1, limit: limit}
}

// errCSV is in the chain of every error about the form of the file.
var errCSV = errors.New("malformed CSV")

// read gives the next record, without empty lines; io.EOF is the end.
func (c *csvReader) read() ([]cell, error) {
	for {
		c.line = c.next
		c.text, c.ends, c.cells = c.text[:0], c.ends[:0], c.cells[:0]
		err := c.record()
		if err != nil && (!errors.Is(err, io.EOF) || len(c.cells) == 0) {
			return nil, err
		}
		start := 0
		for i, end := range c.ends {
			c.cells[i].text = c.text[start:end]
			start = end
		}
		if len(c.cells) > 1 || len(c.text) > 0 || len(c.cells) == 1 && c.cells[0].quoted {
			return c.cells, nil
		}
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
	}
}

// record reads cells up to the end of the line.
func (c *csvReader) record() error {
	for first := true; ; first = false {
		b, err := c.in.ReadByte()
		if first && errors.Is(err, io.EOF) {
			return io.EOF
		}
		var end byte
		switch {
		case err == nil && b == '"':
			end, err = c.quoted()
		case err == nil:
			if err = c.in.UnreadByte(); err == nil {
				end, err = c.plain()
			}
		case errors.Is(err, io.EOF):
			c.finish(false)
			return io.EOF
		}
		if err != nil {
			return err
		}
		if end == '\n' {
			c.next++
			return nil
		}
		if end == 0 {
			return io.EOF
		}
	}
}

func (c *csvReader) finish(quoted bool) {
	c.cells = append(c.cells, cell{quoted: quoted})
	c.ends = append(c.ends, len(c.text))
}

func (c *csvReader) add(b byte) error {
	if len(c.text) >= c.limit {
		return fmt.Errorf("%w: line %d is longer than %d bytes", errCSV, c.line, c.limit)
	}
	c.text = append(c.text, b)
	return nil
}

// plain reads a cell without quotes and gives what ended it: ',', '\n', or 0 for the end of the input.
func (c *csvReader) plain() (byte, error) {
	for {
		b, err := c.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			c.finish(false)
			return 0, nil
		case err != nil:
			return 0, err
		case b == ',' || b == '\n':
			c.dropReturn(b)
			c.finish(false)
			return b, nil
		}
		if err := c.add(b); err != nil {
			return 0, err
		}
	}
}

// dropReturn takes the carriage return of a line's end away.
func (c *csvReader) dropReturn(end byte) {
	start := 0
	if n := len(c.ends); n > 0 {
		start = c.ends[n-1]
	}
	if end == '\n' && len(c.text) > start && c.text[len(c.text)-1] == '\r' {
		c.text = c.text[:len(c.text)-1]
	}
}

// quoted reads a cell behind its opening quote.
func (c *csvReader) quoted() (byte, error) {
	opened := c.next
	for {
		b, err := c.in.ReadByte()
		if errors.Is(err, io.EOF) {
			return 0, fmt.Errorf("%w: a quote that opens in line %d is not closed", errCSV, opened)
		}
		if err != nil {
			return 0, err
		}
		if b == '\n' {
			c.next++
		}
		if b != '"' {
			if err := c.add(b); err != nil {
				return 0, err
			}
			continue
		}
		b, err = c.in.ReadByte()
		if err == nil && b == '\r' {
			b, err = c.in.ReadByte()
		}
		switch {
		case errors.Is(err, io.EOF):
			c.finish(true)
			return 0, nil
		case err != nil:
			return 0, err
		case b == '"':
			if err := c.add(b); err != nil {
				return 0, err
			}
		case b == ',' || b == '\n':
			c.finish(true)
			return b, nil
		default:
			return 0, fmt.Errorf("%w: line %d: %q stands behind a closing quote", errCSV, c.next, b)
		}
	}
}

// appendCell appends a cell and quotes it where it must be; an empty text is quoted, null is not.
func appendCell(dst, text []byte, null bool) []byte {
	if null {
		return dst
	}
	if len(text) > 0 && !bytes.ContainsAny(text, "\",\r\n") && text[0] != ' ' && text[len(text)-1] != ' ' {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	for _, b := range text {
		if b == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, b)
	}
	return append(dst, '"')
}
