package blob

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Memory is a Store for tests. Its zero value is empty and ready.
type Memory struct {
	mu      sync.Mutex
	objects map[string]object
}

type object struct {
	bytes []byte
	at    time.Time
}

// Put reads all of r, then stores it.
func (m *Memory) Put(ctx context.Context, key string, r io.Reader, size int64) (int64, error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	content, err := io.ReadAll(contextReader{ctx, r})
	if err == nil {
		err = checkSize(int64(len(content)), size)
	}
	if err != nil {
		return 0, fmt.Errorf("put %s: %w", key, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.objects == nil {
		m.objects = make(map[string]object)
	}
	m.objects[key] = object{content, time.Now()}
	return int64(len(content)), nil
}

// Get gives a part of an object.
func (m *Memory) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	o, err := m.find(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", key, err)
	}
	content := o.bytes[min(offset, int64(len(o.bytes))):]
	if length >= 0 {
		content = content[:min(length, int64(len(content)))]
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}

func (m *Memory) find(ctx context.Context, key string) (object, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, found := m.objects[key]
	if !found {
		return o, ErrNotFound
	}
	return o, ctx.Err()
}

// Stat tells of an object.
func (m *Memory) Stat(ctx context.Context, key string) (Info, error) {
	o, err := m.find(ctx, key)
	if err != nil {
		return Info{}, fmt.Errorf("stat %s: %w", key, err)
	}
	return Info{Key: key, Size: int64(len(o.bytes)), ModifiedAt: o.at}, nil
}

// Delete removes an object.
func (m *Memory) Delete(ctx context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, key)
	return ctx.Err()
}

// List lists the objects that are there when it begins.
func (m *Memory) List(ctx context.Context, prefix string, each func(Info) error) error {
	m.mu.Lock()
	var list []Info
	for key, o := range m.objects {
		if strings.HasPrefix(key, prefix) {
			list = append(list, Info{Key: key, Size: int64(len(o.bytes)), ModifiedAt: o.at})
		}
	}
	m.mu.Unlock()
	for _, info := range list {
		if err := each(info); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Sweep finds nothing: a Put that fails leaves nothing.
func (m *Memory) Sweep(ctx context.Context, _ time.Time) (int, error) { return 0, ctx.Err() }

// A contextReader ends with the error of its context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

// Read reads unless the context has ended.
func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
