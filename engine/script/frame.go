package script

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/sayrud/sayrud/engine/raw"
)

// A frame is a uint32 of its length, little endian, and its bytes: numbers as varints, texts behind their lengths.
//
//	request: id, plain, now, timezone, offset, env, programs {source, paths}, values, calls {program, values}
//	reply:   id, results {0 | 1+length bytes}; at the first error 0, what went wrong, its call, message, line, column
const (
	maxRequest = 8 << 20
	maxReply   = maxResult + 64<<10
)

// failure is what a worker says went wrong.
type failure byte

const (
	failNone   failure = iota
	failScript         // an *Error
	failTime
	failResult
	failStuck // failTime, and the process ended with it
)

// request is what a worker is asked.
type request struct {
	id       uint64
	shared   Shared
	programs []*Program
	values   []raw.Value // each once, whatever number of calls it is for
	calls    []requestCall
}

type requestCall struct {
	program int
	values  []int
}

// reply is what it answers.
type reply struct {
	id      uint64
	results []raw.Value
	failure failure
	call    int // which call failed
	err     Error
}

func appendBytes[T string | []byte](dst []byte, s T) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// appendValue keeps nil and empty apart.
func appendValue(dst []byte, v raw.Value) []byte {
	if v == nil {
		return append(dst, 0)
	}
	return append(binary.AppendUvarint(dst, uint64(len(v))+1), v...)
}

func (q *request) append(dst []byte) []byte {
	dst = append(dst, 0, 0, 0, 0)
	start := len(dst)
	dst = binary.AppendUvarint(dst, q.id)
	plain := byte(0)
	if q.shared.plain {
		plain = 1
	}
	dst = binary.AppendVarint(append(dst, plain), q.shared.Now.UnixNano())
	zone, offset := "UTC", 0
	if q.shared.Timezone != nil {
		zone = q.shared.Timezone.String()
		_, offset = q.shared.Now.In(q.shared.Timezone).Zone()
	}
	dst = binary.AppendVarint(appendBytes(dst, zone), int64(offset))
	env := q.shared.Env
	if !slices.ContainsFunc(q.programs, (*Program).usesEnv) {
		env = nil
	}
	dst = binary.AppendUvarint(dst, uint64(len(env)))
	for name, v := range env {
		dst = appendBytes(appendBytes(dst, name), v)
	}
	dst = binary.AppendUvarint(dst, uint64(len(q.programs)))
	for _, p := range q.programs {
		dst = p.append(dst)
	}
	dst = binary.AppendUvarint(dst, uint64(len(q.values)))
	for _, v := range q.values {
		dst = appendValue(dst, v)
	}
	dst = binary.AppendUvarint(dst, uint64(len(q.calls)))
	for _, c := range q.calls {
		dst = binary.AppendUvarint(dst, uint64(c.program))
		for _, v := range c.values {
			dst = binary.AppendUvarint(dst, uint64(v))
		}
	}
	binary.LittleEndian.PutUint32(dst[start-4:], uint32(len(dst)-start))
	return dst
}

func (p *Program) append(dst []byte) []byte {
	dst = binary.AppendUvarint(appendBytes(dst, p.source), uint64(len(p.paths)))
	for _, path := range p.paths {
		dst = binary.AppendUvarint(dst, uint64(len(path)))
		for _, name := range path {
			dst = appendBytes(dst, name)
		}
	}
	return dst
}

// frame gives the whole frame of the reply, its length before it.
func (a *reply) frame() []byte {
	dst := make([]byte, 4)
	dst = binary.AppendUvarint(dst, a.id)
	dst = append(dst, byte(a.failure))
	if a.failure != failNone {
		dst = binary.AppendUvarint(dst, uint64(a.call))
		dst = appendBytes(dst, a.err.Message)
		dst = binary.AppendUvarint(binary.AppendUvarint(dst, uint64(a.err.Line)), uint64(a.err.Column))
	} else {
		dst = binary.AppendUvarint(dst, uint64(len(a.results)))
		for _, v := range a.results {
			dst = appendValue(dst, v)
		}
	}
	binary.LittleEndian.PutUint32(dst, uint32(len(dst)-4))
	return dst
}

// A reader takes a frame apart; after the first mistake it gives zeros, and bad is set. What it gives shares the frame's memory.
type reader struct {
	b   []byte
	bad bool
}

var errFrame = errors.New("malformed frame")

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	return r.number(v, n)
}

func (r *reader) number(v uint64, n int) uint64 {
	if n <= 0 {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.b)
	return int64(r.number(uint64(v), n))
}

// count reads a number of things that take at least a byte each.
func (r *reader) count() int {
	n := r.uint()
	if n > uint64(len(r.b)) {
		r.b, r.bad = nil, true
		return 0
	}
	return int(n)
}

func (r *reader) bytes() []byte { return r.take(r.uint()) }

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.b, r.bad = nil, true
		return nil
	}
	v := r.b[:n:n]
	r.b = r.b[n:]
	return v
}

func (r *reader) value() raw.Value {
	n := r.uint()
	if n == 0 {
		return nil
	}
	return r.take(n - 1)
}

// program reads a Program's source and paths.
func (r *reader) program() (source string, paths [][]string) {
	source = string(r.bytes())
	paths = make([][]string, r.count())
	for i := range paths {
		paths[i] = make([]string, r.count())
		for j := range paths[i] {
			paths[i][j] = string(r.bytes())
		}
	}
	return source, paths
}

func (r *reader) reply() (*reply, error) {
	a := &reply{id: r.uint()}
	if tag := r.take(1); len(tag) == 1 {
		a.failure = failure(tag[0])
	}
	if a.failure != failNone {
		a.call = int(r.uint())
		a.err = Error{Message: string(r.bytes()), Line: int(r.uint()), Column: int(r.uint())}
	} else {
		a.results = make([]raw.Value, r.count())
		for i := range a.results {
			a.results[i] = r.value()
		}
	}
	if r.bad || len(r.b) > 0 || a.failure > failStuck {
		return nil, errFrame
	}
	return a, nil
}

// readFrame reads one frame of at most limit bytes; the length is checked before memory is taken.
func readFrame(from io.Reader, limit int) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(head[:])
	if uint64(n) > uint64(limit) {
		return nil, errFrame
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(from, body); err != nil {
		return nil, err
	}
	return body, nil
}

// zone gives the timezone of a frame: by its name, or as the fixed offset it has now where this machine does not know the name.
func zone(name string, offset int) *time.Location {
	if loc, err := time.LoadLocation(name); err == nil {
		return loc
	}
	return time.FixedZone(name, offset)
}
