package record

import "testing"

// trips gives how many times fn went to the database: every statement, or batch of them, takes a connection.
func (h *house) trips(fn func()) int64 {
	h.t.Helper()
	before := h.db.Pool().Stat().AcquireCount()
	fn()
	return h.db.Pool().Stat().AcquireCount() - before
}

func TestSources_travelWithTheQuery(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	post := h.run(h.compile(`{"kind":"CREATE","route":"POST /p","table":"posts","params":{"slug":{}},"response":{"body":"${$record.uid}"}}`), `{"params":{"slug":"a"}}`)
	for _, tt := range []struct{ name, endpoint, want string }{
		{"with a list", `{"kind":"LIST","route":"GET /p","table":"posts","page":{"size":1,"total":true},
			"sources":{"all":{"table":"posts","aggregate":{"n":"count"}},"some":{"table":"posts","limit":3}},
			"response":{"body":{"n":"$sources.all.n","some":[{"$each":"$sources.some","$as":"s","$value":"$s.slug"}],"total":"$total"}}}`, `{"n":1,"some":["a"],"total":1}`},
		{"with a record", `{"kind":"VIEW","route":"GET /p","table":"posts","filter":{"slug":"a"},
			"sources":{"all":{"table":"posts","aggregate":{"n":"count"}}},"response":{"body":{"n":"$sources.all.n","slug":"$record.slug"}}}`, `{"n":1,"slug":"a"}`},
		{"alone", `{"route":"GET /p","sources":{"all":{"table":"posts","aggregate":{"n":"count"}},"some":{"table":"posts"}},
			"response":{"body":{"n":"$sources.all.n","uid":"$sources.some[0].uid"}}}`, `{"n":1,"uid":"` + post + `"}`},
		{"not at all where nothing reads them", `{"kind":"VIEW","route":"GET /p","table":"posts","filter":{"slug":"a"},
			"sources":{"all":{"table":"posts","aggregate":{"n":"count"}}},"response":{"body":"$record.slug"}}`, `a`},
	} {
		p := h.compile(tt.endpoint)
		var got string
		if n := h.trips(func() { got = h.run(p, "{}") }); n != 1 || got != tt.want {
			t.Errorf("%s: %d round trips, %s; want 1 and %s", tt.name, n, got, tt.want)
		}
	}
}
