package rest

import (
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/job"
)

func (s *Server) deliveryOperations() []operation {
	see, act := access{role: auth.Viewer, scope: auth.Deliveries}, access{role: auth.Editor, scope: auth.Deliveries}
	const deliveries = "/projects/{project}/deliveries"
	return []operation{
		row("GET", deliveries, "Webhooks and mail of the project, newest first", see, s.deliveries),
		row("POST", deliveries+"/replay", "Replay the dead deliveries that a filter chooses, oldest first", act, s.replayDeliveries),
		row("GET", deliveries+"/{delivery}", "A delivery with what it sends and its attempts", act, s.delivery),
		row("POST", deliveries+"/{delivery}/replay", "Send a delivery again under its id, or at once what waits for its next attempt", act, s.replayDelivery),
		row("POST", deliveries+"/{delivery}/cancel", "End a delivery that has attempts left", act, s.cancelDelivery),
	}
}

type deliveriesIn struct {
	State  string `query:"state"`  // waiting, retrying, done, dead, cancelled
	Source string `query:"source"` // endpoint, table
	Name   string `query:"name"`   // of the endpoint or table
	Kind   string `query:"kind"`   // webhook, email
	Since  string `query:"since"`  // made at or after: 2026-11-23T05:28:00Z
	Until  string `query:"until"`  // made before
	Before int64  `query:"before"` // the seq to go on from
	Limit  int    `query:"limit"`  // 1 to 200; 50
}

// queue gives the queue, or refuses.
func (s *Server) queue() (*job.Queue, error) {
	if s.cfg.Jobs == nil {
		return nil, engine.Errorf(engine.Unavailable, "This server has no queue.")
	}
	return s.cfg.Jobs, nil
}

func (s *Server) deliveries(c *call, in *deliveriesIn) (list[job.Delivery], error) {
	f := job.Filter{State: job.State(in.State), Source: in.Source, Name: in.Name, Kind: in.Kind, Before: in.Before, Limit: in.Limit}
	if err := readTimes(&f, in.Since, in.Until); err != nil {
		return list[job.Delivery]{}, err
	}
	q, err := s.queue()
	if err != nil {
		return list[job.Delivery]{}, err
	}
	items, err := q.List(c.ctx(), c.project.ID, f)
	if items == nil {
		items = []job.Delivery{}
	}
	return list[job.Delivery]{items}, err
}

// readTimes reads RFC 3339 times into the filter; "" is none.
func readTimes(f *job.Filter, since, until string) error {
	for _, t := range []struct {
		name, text string
		into       *time.Time
	}{{"since", since, &f.Since}, {"until", until, &f.Until}} {
		if t.text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, t.text)
		if err != nil {
			return engine.Errorf(engine.Invalid, "%s must be a time such as 2026-11-23T05:28:00Z.", t.name)
		}
		*t.into = at
	}
	return nil
}

type deliveryIn struct {
	Delivery string `path:"delivery"`
}

func (s *Server) delivery(c *call, in *deliveryIn) (*job.Detail, error) {
	q, err := s.queue()
	if err != nil {
		return nil, err
	}
	return q.Get(c.ctx(), c.project.ID, in.Delivery)
}

func (s *Server) replayDelivery(c *call, in *deliveryIn) (none, error) {
	q, err := s.queue()
	if err != nil {
		return none{}, err
	}
	if err := q.Replay(c.ctx(), c.project.ID, in.Delivery); err != nil {
		return none{}, err
	}
	return none{}, c.audit("replay delivery", in.Delivery, nil)
}

func (s *Server) cancelDelivery(c *call, in *deliveryIn) (none, error) {
	q, err := s.queue()
	if err != nil {
		return none{}, err
	}
	if err := q.Cancel(c.ctx(), c.project.ID, in.Delivery); err != nil {
		return none{}, err
	}
	return none{}, c.audit("cancel delivery", in.Delivery, nil)
}

// replayIn chooses dead deliveries; what is left out chooses all.
type replayIn struct {
	Source string `json:"source,omitempty"`
	Name   string `json:"name,omitempty"`
	Kind   string `json:"kind,omitempty"`
	Since  string `json:"since,omitempty"`
	Until  string `json:"until,omitempty"`
}

// replayed tells how many deliveries go out again.
type replayed struct {
	Replayed int `json:"replayed"`
}

func (s *Server) replayDeliveries(c *call, in *replayIn) (replayed, error) {
	f := job.Filter{Source: in.Source, Name: in.Name, Kind: in.Kind}
	if err := readTimes(&f, in.Since, in.Until); err != nil {
		return replayed{}, err
	}
	q, err := s.queue()
	if err != nil {
		return replayed{}, err
	}
	n, err := q.ReplayAll(c.ctx(), c.project.ID, f)
	if n > 0 {
		if err := c.audit("replay deliveries", c.project.Name, map[string]any{"filter": in, "replayed": n}); err != nil {
			return replayed{n}, err
		}
	}
	return replayed{n}, err
}
