package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
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
		read, failed = drive(reading, l.addr, 8, time.Hour, operations[1].request(s, bigRecords))
	})
	fmt.Printf("changes of a definition on %d records, with 8 readers\n", bigRecords)
	for _, change := range []struct {
		name, extra string
		prune       bool
	}{
		{"add a field", "      mood: {type: text}", false},
		{"add a generated field", "      mood: {type: text}\n      email_md5: {type: generated, expression: \"md5(lower(email))\"}", false},
		{"change its expression", "      mood: {type: text}\n      email_md5: {type: generated, expression: \"md5(lower(trim(email)))\"}", false},
		{"rename a field", "      temper: {type: text, was: mood}\n      email_md5: {type: generated, expression: \"md5(lower(trim(email)))\"}", false},
		{"change a label", "      temper: {type: text, label: Temper}\n      email_md5: {type: generated, expression: \"md5(lower(trim(email)))\"}", false},
		{"drop a field", "      email_md5: {type: generated, expression: \"md5(lower(trim(email)))\"}", true},
	} {
		began := time.Now()
		if err := l.applyOverHTTP(ctx, strings.TrimSpace(token), fmt.Sprintf(bigProject, change.extra), change.prune); err != nil {
			stop()
			readers.Wait()
			return fmt.Errorf("%s: %w", change.name, err)
		}
		fmt.Printf("  %-24s %6.1f ms\n", change.name, float64(time.Since(began).Microseconds())/1000)
	}
	stop()
	readers.Wait()
	if failed != nil {
		return fmt.Errorf("a reader failed: %w", failed)
	}
	fmt.Printf("  readers meanwhile: %d requests, none failed, p99 %s ms, longest %s ms\n\n", read.requests, ms(read.percentile(.99)), ms(read.percentile(1)))
	return nil
}

// applyOverHTTP sends a project file to the running server.
func (l *lab) applyOverHTTP(ctx context.Context, token, file string, prune bool) (err error) {
	body, err := json.Marshal(map[string]any{"source": file, "prune": prune})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+l.addr+"/_/api/apply", bytes.NewReader(body))
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
