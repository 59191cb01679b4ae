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
	apply := func(extra string, prune bool) any {
		return map[string]any{"source": fmt.Sprintf(bigProject, extra), "prune": prune}
	}
	const mood, hashed, trimmed = "      mood: {type: text}\n", "      email_md5: {type: generated, expression: \"md5(lower(email))\"}\n",
		"      email_md5: {type: generated, expression: \"md5(lower(trim(email)))\"}\n"
	for _, change := range []struct {
		name, path string
		body       any
	}{
		{"add a field", "apply", apply(mood, false)},
		{"add a generated field", "apply", apply(mood+hashed, false)},
		{"change its expression", "apply", apply(mood+trimmed, false)},
		{"rename a field", "apply", apply("      temper: {type: text, was: mood}\n"+trimmed, false)},
		{"change a label", "apply", apply("      temper: {type: text, label: Temper}\n"+trimmed, false)},
		{"drop a field", "apply", apply(trimmed, true)},
		{"restore it", "projects/big/tables/comments/fields/temper/restore", nil},
	} {
		began := time.Now()
		if err := l.post(ctx, strings.TrimSpace(token), change.path, change.body); err != nil {
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
