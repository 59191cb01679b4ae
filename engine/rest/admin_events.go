package rest

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/change"
	"github.com/sayrud/sayrud/engine/relation"
)

// A stream is an answer that goes on: server-sent events (HTML standard, section 9.2). run writes until the client is gone.
type stream struct {
	run func(w http.ResponseWriter)
}

// A pace says how often a stream looks at what nobody tells it of.
type pace struct {
	here       time.Duration // at the writes of this process
	everywhere time.Duration // at the statistics of PostgreSQL
	beat       time.Duration // at whether the session still holds; a comment goes out
}

var usualPace = pace{here: 200 * time.Millisecond, everywhere: time.Second, beat: 15 * time.Second}

// streamPatience is how long a client may take to receive one event.
const streamPatience = 30 * time.Second

type eventsIn struct {
	Tables []string `query:"tables" doc:"tables whose changed records are told of, separated by commas"`
}

// events tells what changes in a project while the client listens: "definition" with the revision, first the present one; "records" with the
// name of a table of those asked for; "gone" when the project is dropped. It ends with the session, and when the server stops.
func (s *Server) events(c *call, in *eventsIn) (stream, error) {
	watched, err := c.watch(in.Tables)
	if err != nil {
		return stream{}, err
	}
	leave, err := s.live.enter(c.principal.Actor())
	if err != nil {
		return stream{}, err
	}
	return stream{func(w http.ResponseWriter) {
		defer leave()
		t := &teller{call: c, w: w, out: http.NewResponseController(w), tables: in.Tables, glance: watched, id: c.project.ID}
		if err := t.run(); err != nil && !errors.Is(err, errStreamEnded) && c.ctx().Err() == nil {
			s.log.Debug("event stream ended", "actor", c.principal.Actor(), "project", c.project.Name, "error", err)
		}
	}}, nil
}

// watch makes the Glance over tables of the call's project; nil is none.
func (c *call) watch(tables []string) (*change.Glance, error) {
	if len(tables) == 0 {
		return nil, nil
	}
	if err := c.needScope(auth.RecordsRead); err != nil {
		return nil, err
	}
	var ids []int
	var leaves []string
	for _, name := range tables {
		t, known := c.project.Tables.Get(name)
		if !known {
			return nil, engine.Errorf(engine.NotFound, "There is no table named %s.", name)
		}
		ids, leaves = append(ids, t.ID), append(leaves, relation.Leaf(c.project, t))
	}
	return c.server.cfg.Changes.Glance(ids, leaves), nil
}

// errStreamEnded ends a stream that has nothing more to tell.
var errStreamEnded = errors.New("the stream has ended")

// A teller writes one stream.
type teller struct {
	call       *call
	w          http.ResponseWriter
	out        *http.ResponseController
	tables     []string
	glance     *change.Glance // nil: no tables
	id         int            // of the project: one made anew under its name is another
	revision   int64
	here       []uint64
	everywhere []int64
}

func (t *teller) run() error {
	s := t.call.server
	h := t.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	t.w.WriteHeader(http.StatusOK)
	var here, everywhere <-chan time.Time
	if t.glance != nil { // what happens from here on is told
		t.here = t.glance.Here()
		_ = t.tellEverywhere() // there is nothing to compare with yet
		fast, slow := time.NewTicker(s.pace.here), time.NewTicker(s.pace.everywhere)
		defer fast.Stop()
		defer slow.Stop()
		here, everywhere = fast.C, slow.C
	}
	beat := time.NewTicker(s.pace.beat)
	defer beat.Stop()
	for {
		changed := s.live.next()
		if err := t.tellRevision(); err != nil {
			return err
		}
		var err error
		select {
		case <-t.call.ctx().Done():
			return t.call.ctx().Err()
		case <-s.live.ended:
			return errStreamEnded
		case <-changed:
		case <-here:
			err = t.tellHere()
		case <-everywhere:
			err = t.tellEverywhere()
		case <-beat.C:
			err = t.hold()
		}
		if err != nil {
			return err
		}
	}
}

// tellRevision tells the project's revision where it is another than the last told.
func (t *teller) tellRevision() error {
	p := t.call.server.generation.Load().schema.Project(t.call.project.Name)
	if p == nil || p.ID != t.id {
		return errors.Join(t.send("event: gone\ndata: {}\n\n"), errStreamEnded)
	}
	if p.Revision == t.revision {
		return nil
	}
	t.revision = p.Revision
	return t.send("event: definition\ndata: {\"revision\":%d}\n\n", p.Revision)
}

func (t *teller) tellHere() error {
	before := t.here
	t.here = t.glance.Here()
	for i, n := range t.here {
		if n != before[i] {
			if err := t.tellRecords(i); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellEverywhere compares the statistics with those before. Where PostgreSQL does not answer, the next look tells.
func (t *teller) tellEverywhere() error {
	counts, err := t.glance.Everywhere(t.call.ctx())
	if err != nil {
		return nil //nolint:nilerr // a look that failed ends no stream
	}
	before := t.everywhere
	t.everywhere = counts
	for i := range before {
		if counts[i] != before[i] {
			if err := t.tellRecords(i); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *teller) tellRecords(i int) error {
	return t.send("event: records\ndata: {\"table\":%q}\n\n", t.tables[i])
}

// hold keeps the connection open as long as whoever asks may see the project.
func (t *teller) hold() error {
	op := operation{path: "/projects/{project}", access: eventsAccess}
	if t.call.identify() != nil || t.call.authorise(&op) != nil {
		return errStreamEnded
	}
	return t.send(":\n\n")
}

// send writes an event and brings it on its way.
func (t *teller) send(format string, args ...any) error {
	if err := t.out.SetWriteDeadline(time.Now().Add(streamPatience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := fmt.Fprintf(t.w, format, args...); err != nil {
		return err
	}
	return t.out.Flush()
}

var eventsAccess = access{role: auth.Viewer, scope: auth.SchemaScope}
