package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// A requester writes the n-th request of connection c into b, as HTTP/1.1 text.
type requester func(b *bytes.Buffer, c, n int)

// A result is what one run of load gave.
type result struct {
	requests  int
	elapsed   time.Duration
	latencies []time.Duration // sorted
}

func (r *result) perSecond() float64 { return float64(r.requests) / r.elapsed.Seconds() }

func (r *result) percentile(p float64) time.Duration {
	if len(r.latencies) == 0 {
		return 0
	}
	return r.latencies[min(int(p*float64(len(r.latencies))), len(r.latencies)-1)]
}

// drive keeps the given number of connections busy for a time, each with one request after the other. Any answer that is not 2xx
// fails the run.
func drive(ctx context.Context, addr string, connections int, length time.Duration, next requester) (*result, error) {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var (
		workers sync.WaitGroup
		mu      sync.Mutex
		all     result
		first   error
	)
	start := time.Now()
	for c := range connections {
		workers.Go(func() {
			latencies, err := converse(ctx, addr, c, next)
			mu.Lock()
			defer mu.Unlock()
			all.requests += len(latencies)
			all.latencies = append(all.latencies, latencies...)
			if err != nil && first == nil {
				first = err
			}
		})
	}
	workers.Wait()
	all.elapsed = time.Since(start)
	slices.Sort(all.latencies)
	return &all, first
}

// converse is one connection until ctx ends.
func converse(ctx context.Context, addr string, c int, next requester) ([]time.Duration, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	answers := bufio.NewReaderSize(conn, 1<<16)
	var request bytes.Buffer
	var latencies []time.Duration
	for n := 0; ctx.Err() == nil; n++ {
		request.Reset()
		next(&request, c, n)
		start := time.Now()
		if _, err := conn.Write(request.Bytes()); err != nil {
			return latencies, err
		}
		status, body, err := readAnswer(answers)
		if err != nil {
			return latencies, err
		}
		if status/100 != 2 {
			return latencies, fmt.Errorf("%.100q answers %d %.200s", request.String(), status, body)
		}
		latencies = append(latencies, time.Since(start))
	}
	return latencies, nil
}

// readAnswer reads one HTTP/1.1 response with a Content-Length or in chunks (RFC 9112). Its body is only kept for errors.
func readAnswer(r *bufio.Reader) (status int, body []byte, err error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 {
		return 0, nil, fmt.Errorf("not a status line: %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, nil, fmt.Errorf("not a status line: %q", line)
	}
	length, chunked := 0, false
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, nil, err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.EqualFold(name, []byte("content-length")):
			length, _ = strconv.Atoi(string(bytes.TrimSpace(value)))
		case bytes.EqualFold(name, []byte("transfer-encoding")):
			chunked = true
		}
	}
	if !chunked {
		return status, nil, discard(r, length, status, &body)
	}
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, nil, err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
		if err != nil {
			return 0, nil, err
		}
		if err := discard(r, int(size)+2, status, &body); err != nil || size == 0 {
			return status, body, err
		}
	}
}

func discard(r *bufio.Reader, n, status int, body *[]byte) error {
	if status/100 == 2 {
		_, err := r.Discard(n)
		return err
	}
	*body = make([]byte, n)
	_, err := io.ReadFull(r, *body)
	return err
}
