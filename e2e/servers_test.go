package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const tickets = `
project: shop
tables:
  tickets:
    fields: {number: {type: autonumber}, name: {type: text, required: true}}
endpoints:
  buy:
    kind: CREATE
    route: POST /tickets
    table: tickets
    params: {name: {}}
    response: {body: {number: $record.number}}
  scarce:
    route: GET /scarce
    middlewares: [{rate_limit: {limit: 20, per: 1h, by: everybody}}, main]
    response: {body: {ok: true}}
  plenty:
    route: GET /plenty
    middlewares: [{rate_limit: {limit: 200, per: 1h, by: everybody}}, main]
    response: {body: {ok: true}}
`

// TestTwoServers runs two servers on one data directory.
func TestTwoServers(t *testing.T) {
	t.Parallel()
	twoServers(t, install(t))
}

// TestTwoServersOnAnotherPostgreSQL runs two servers on a PostgreSQL 15 of the user's own.
func TestTwoServersOnAnotherPostgreSQL(t *testing.T) {
	t.Parallel()
	twoServers(t, installOn(t, newCluster(t)))
}

func twoServers(t *testing.T, one *installation) {
	one.start()
	one.apply(tickets)
	two := one.beside()
	two.start()
	changeReachesBoth(t, one, two)
	limitHoldsAcross(t, one, two)
	numbersAreUnique(t, one, two)
	revokedEverywhere(t, one, two)
	one.stop()
	if status, body := two.request("POST", "/api/shop/tickets", "name=last"); status != 201 {
		t.Errorf("after the first server ended the second answers %d %s", status, body)
	}
}

// changeReachesBoth makes an endpoint through one server and drops it through the other.
func changeReachesBoth(t *testing.T, one, two *installation) {
	hello := `{"name":"hello","definition":{"route":"GET /hello","response":{"body":{"hello":"you"}}}}`
	status, body := one.request("POST", "/_/api/projects/shop/endpoints", hello, "Authorization", one.asOwner())
	if status != 201 {
		t.Fatalf("the admin API of the first server answers %d %s", status, body)
	}
	begun := time.Now()
	if status, body = one.request("GET", "/api/shop/hello", ""); status != 200 {
		t.Errorf("the server that made the endpoint answers %d %s", status, body)
	}
	for status = 0; status != 200; {
		status, body = two.request("GET", "/api/shop/hello", "")
	}
	if body != `{"hello":"you"}` {
		t.Errorf("the other server answers %s", body)
	}
	t.Logf("live in the other server after %v", time.Since(begun))
	if status, body := two.request("DELETE", "/_/api/projects/shop/endpoints/hello", "", "Authorization", one.asOwner()); status != 200 {
		t.Fatalf("the admin API of the second server answers %d %s", status, body)
	}
	for status = 200; status != 404; {
		status, _ = one.request("GET", "/api/shop/hello", "")
	}
}

// limitHoldsAcross lets eight clients ask both servers for what there is 20 and 200 times an hour. Of the first each lease is one request,
// so all of them pass; of the second a server may keep what is left of its last lease of ten.
func limitHoldsAcross(t *testing.T, one, two *installation) {
	for _, limit := range []struct {
		path                  string
		requests, least, most int
	}{{"/api/shop/scarce", 15, 20, 20}, {"/api/shop/plenty", 50, 191, 200}} {
		statuses := both(one, two, 8, limit.requests, func(in *installation, _ int) (int, string) { return in.request("GET", limit.path, "") })
		passed, refused := 0, 0
		for _, answer := range statuses {
			switch answer.status {
			case 200:
				passed++
			case 429:
				refused++
			default:
				t.Errorf("a request answers %d %s", answer.status, answer.body)
			}
		}
		if passed < limit.least || passed > limit.most {
			t.Errorf("%s: %d of %d requests passed a limit of %d", limit.path, passed, passed+refused, limit.most)
		}
		t.Logf("%s: %d of %d passed", limit.path, passed, passed+refused)
	}
}

// numbersAreUnique lets eight clients make numbered records through both servers.
func numbersAreUnique(t *testing.T, one, two *installation) {
	answers := both(one, two, 8, 25, func(in *installation, n int) (int, string) {
		return in.request("POST", "/api/shop/tickets", fmt.Sprintf("name=n%d", n))
	})
	var numbers []int
	for _, answer := range answers {
		var made struct{ Number int }
		if err := json.Unmarshal([]byte(answer.body), &made); err != nil || answer.status != 201 || made.Number < 1 {
			t.Fatalf("a ticket answers %d %s", answer.status, answer.body)
		}
		numbers = append(numbers, made.Number)
	}
	slices.Sort(numbers)
	if len(slices.Compact(slices.Clone(numbers))) != len(numbers) {
		t.Errorf("numbers were given twice: %v", numbers)
	}
}

// revokedEverywhere ends a token that both servers know.
func revokedEverywhere(t *testing.T, one, two *installation) {
	token := one.token("short-lived", "--role", "viewer")
	for _, in := range []*installation{one, two} {
		if status, body := in.request("GET", "/_/api/me", "", "Authorization", token); status != 200 {
			t.Errorf("the token is answered %d %s", status, body)
		}
	}
	listed, _ := one.run(0, "", "token", "list")
	for line := range strings.Lines(listed) {
		if id, rest, _ := strings.Cut(line, " "); strings.Contains(rest, "short-lived") {
			one.run(0, "", "token", "revoke", id)
		}
	}
	for _, in := range []*installation{one, two} {
		if status, body := in.request("GET", "/_/api/me", "", "Authorization", token); status != 401 {
			t.Errorf("the revoked token is answered %d %s", status, body)
		}
	}
}

// An answer is what a request got.
type answer struct {
	status int
	body   string
}

// both lets clients send requests each, in turn to one server and the other.
func both(one, two *installation, clients, requests int, send func(in *installation, n int) (int, string)) []answer {
	answers := make([]answer, clients*requests)
	var all sync.WaitGroup
	for client := range clients {
		all.Go(func() {
			for i := range requests {
				in, n := one, client*requests+i
				if n%2 == 1 {
					in = two
				}
				answers[n].status, answers[n].body = send(in, n)
			}
		})
	}
	all.Wait()
	return answers
}

// TestEverybodyFirst begins with four commands at once where nothing is: one makes the database, the others wait for it.
func TestEverybodyFirst(t *testing.T) {
	t.Parallel()
	for _, in := range []*installation{install(t), installOn(t, newCluster(t))} {
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				command := in.command("apply", "-")
				command.Stdin = strings.NewReader(strings.Replace(tickets, "project: shop", fmt.Sprintf("project: shop%d", i), 1))
				if out, err := command.CombinedOutput(); err != nil {
					t.Errorf("a first command: %v\n%s", err, out)
				}
			})
		}
		all.Wait()
		for range 4 { // and then the same project
			all.Go(func() {
				if out, err := in.command("apply", example).CombinedOutput(); err != nil {
					t.Errorf("a first command of the same project: %v\n%s", err, out)
				}
			})
		}
		all.Wait()
		in.start()
		for i := range 4 {
			if status, body := in.request("POST", fmt.Sprintf("/api/shop%d/tickets", i), "name=first"); status != 201 || body != `{"number":1}` {
				t.Errorf("project %d answers %d %s", i, status, body)
			}
		}
		in.stop()
	}
}
