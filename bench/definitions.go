package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// bigProject has one table that definitions are changed on, and an endpoint that readers use meanwhile.
const bigProject = `
project: big
tables:
  authors:
    fields: {name: {type: text, required: true}, url: {type: url}}
  comments:
    fields:
      post: {type: text, required: true, max: 200, index: true}
      nick: {type: text, required: true, max: 64}
      email: {type: email}
      content: {type: text, required: true, max: 5000}
      likes: {type: number, integer: true, default: 0}
      status: {type: enum, values: [waiting, approved, spam], default: approved}
      author: {type: reference, to: authors, display: name}
%s
endpoints:
  list: {kind: LIST, route: GET /comments, table: comments, params: {post: {in: query}}, filter: {post: $params.post}, page: {size: 20}}
  add: {kind: CREATE, route: POST /comments, table: comments, params: {post: {}, nick: {}, content: {}}}
`

// bigRecords is the size of the table whose definition changes are timed.
const bigRecords = 1_000_000

// readerPause keeps the readers from taking the whole machine: what is timed is whether a change and they wait for each other, not how
// a full machine shares its processors.
const readerPause = 5 * time.Millisecond

// measureDefinitions times changes of a definition on a million records through the admin API, from the request to its answer, when
// the change is live, while eight readers go on; a reader that fails fails the bench.
func measureDefinitions(ctx context.Context, l *lab, _ config) error {
	if err := l.apply(ctx, fmt.Sprintf(bigProject, "")); err != nil {
		return err
	}
	start := time.Now()
	if err := l.fillSayrud(ctx, "big", bigRecords); err != nil {
		return err
	}
	took := time.Since(start)
	fmt.Printf("import of %d records: %.1f s (%.0f records/s)\n", bigRecords, took.Seconds(), bigRecords/took.Seconds())
	token, err := l.command(ctx, nil, "token", "create", "bench", "--role", "owner")
	if err != nil {
		return err
	}

	s := &side{base: "/api/big"}
	read, failed := drive(ctx, l.addr, 8, time.Second, operations[1].request(s, bigRecords)) // connections and plans are there before the first change
	if failed != nil {
		return failed
	}
	reading, stop := context.WithCancel(ctx)
	var readers sync.WaitGroup
	readers.Go(func() {
		next := operations[1].request(s, bigRecords)
		read, failed = drive(reading, l.addr, 8, time.Hour, func(b *bytes.Buffer, c, n int) {
			time.Sleep(readerPause)
			next(b, c, n)
		})
	})
	fmt.Printf("changes of a definition on %d records, with 8 readers who pause %s between requests\n", bigRecords, readerPause)
	changes, err := l.changeDefinitions(ctx, strings.TrimSpace(token))
	stop()
	readers.Wait()
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	for _, change := range changes {
		slices.Sort(change.times)
		fmt.Printf("  %-24s median %5.1f ms, least %5.1f ms, most %5.1f ms\n", change.name,
			milliseconds(change.times[len(change.times)/2]), milliseconds(change.times[0]), milliseconds(change.times[len(change.times)-1]))
	}
	fmt.Printf("  readers meanwhile: %d requests, none failed, p99 %s ms, longest %s ms\n\n", read.requests, ms(read.percentile(.99)), ms(read.percentile(1)))
	return nil
}

// A timedChange is one kind of change and how long each of its turns took.
type timedChange struct {
	name  string
	times []time.Duration
}

// changeDefinitions makes each change in five turns, one behind the other.
func (l *lab) changeDefinitions(ctx context.Context, token string) ([]timedChange, error) {
	apply := func(extra string, prune bool) any {
		return map[string]any{"source": fmt.Sprintf(bigProject, extra), "prune": prune}
	}
	const hashed, trimmed = "      email_md5: {type: generated, expression: \"md5(lower(email))\"}\n",
		"      email_md5: {type: generated, expression: \"md5(lower(trim(email)))\"}\n"
	var all []timedChange
	for turn := range 5 {
		mood, temper := fmt.Sprintf("      mood%d: {type: text}\n", turn), fmt.Sprintf("temper%d", turn)
		for i, change := range []struct {
			name, path string
			body       any
		}{
			{"add a field", "apply", apply(mood, false)},
			{"add a generated field", "apply", apply(mood+hashed, false)},
			{"change its expression", "apply", apply(mood+trimmed, false)},
			{"rename a field", "apply", apply(fmt.Sprintf("      %s: {type: text, was: mood%d}\n", temper, turn)+trimmed, false)},
			{"change a label", "apply", apply(fmt.Sprintf("      %s: {type: text, label: Temper}\n", temper)+trimmed, false)},
			{"drop a field", "apply", apply(trimmed, true)},
			{"restore it", "projects/big/tables/comments/fields/" + temper + "/restore", nil},
			{"drop both", "apply", apply("", true)},
		} {
			began := time.Now()
			if err := l.post(ctx, token, change.path, change.body); err != nil {
				return nil, fmt.Errorf("%s: %w", change.name, err)
			}
			if turn == 0 {
				all = append(all, timedChange{name: change.name})
			}
			all[i].times = append(all[i].times, time.Since(began))
		}
	}
	return all, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// post sends a request to the admin API of the running server.
func (l *lab) post(ctx context.Context, token, path string, content any) (err error) {
	body, err := json.Marshal(content)
	if err != nil {
		return err
	}
	if content == nil {
		body = nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+l.addr+"/_/api/"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", response.Status, answer)
	}
	return nil
}
