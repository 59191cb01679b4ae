package middleware

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/outbound"
)

// KeySets keeps the key sets (RFC 7517) that JWTs are verified by, and fetches them: when they are first needed, when they are old,
// and when a token names a key that they lack, since issuers change keys. It is safe for concurrent use.
type KeySets struct {
	client *http.Client
	log    *slog.Logger
	clock  func() time.Time
	flight singleflight.Group
	mu     sync.Mutex
	sets   map[string]*keySet
}

// A keySet is what is known of one address.
type keySet struct {
	keys    []jose.JSONWebKey // nil: never had
	fetched time.Time
	tried   time.Time // the last time it was asked for, with success or not
	err     error     // of that time
}

const (
	keysFresh = 10 * time.Minute // how long keys are used without asking again
	keysStale = time.Hour        // how long they are used while the issuer does not answer
	keysPause = 10 * time.Second // how long after an attempt there is no other: tokens with invented keys must not cause requests
	maxSets   = 1000
	maxKeys   = 100 // of one set
)

// NewKeySets makes an empty KeySets that fetches through client.
func NewKeySets(client *outbound.Client, log *slog.Logger) *KeySets {
	return &KeySets{client: client.HTTP(), log: log, clock: time.Now, sets: map[string]*keySet{}}
}

// SetClock makes now the time, for tests. It comes before the first use.
func (k *KeySets) SetClock(now func() time.Time) { k.clock = now }

// find gives the keys of the set at url that fit the algorithm and id; an id of "" fits all. There may be none. The error is an
// *engine.Error (unavailable) where the set cannot be had.
func (k *KeySets) find(ctx context.Context, url string, algorithm jose.SignatureAlgorithm, id string) ([]any, error) {
	set := k.get(url)
	now := k.clock()
	usable := set.keys != nil && now.Sub(set.fetched) < keysStale
	found := set.fitting(algorithm, id)
	if usable && now.Sub(set.fetched) < keysFresh && len(found) > 0 {
		return found, nil
	}
	if now.Sub(set.tried) >= keysPause {
		fresh, err := k.fetch(ctx, url)
		if err != nil {
			return nil, err
		}
		set = fresh
		usable = set.keys != nil && now.Sub(set.fetched) < keysStale
		found = set.fitting(algorithm, id)
	}
	if !usable {
		return nil, &engine.Error{Code: engine.Unavailable, Sentence: "verifier", Cause: fmt.Errorf("key set %s: %w", url, set.err)}
	}
	return found, nil
}

func (k *KeySets) get(url string) keySet {
	k.mu.Lock()
	defer k.mu.Unlock()
	if set := k.sets[url]; set != nil {
		return *set
	}
	return keySet{}
}

// fetch asks for the set once, however many wait for it, and gives what is known behind that. It ends early with ctx, the request for
// the others goes on.
func (k *KeySets) fetch(ctx context.Context, url string) (keySet, error) {
	result := k.flight.DoChan(url, func() (any, error) {
		keys, err := k.request(context.WithoutCancel(ctx), url)
		if err != nil {
			k.log.Warn("a key set could not be fetched", "url", url, "error", err)
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		if len(k.sets) >= maxSets {
			clear(k.sets)
		}
		now := k.clock()
		set := &keySet{tried: now, err: err}
		if old := k.sets[url]; err != nil && old != nil {
			set.keys, set.fetched = old.keys, old.fetched
		} else if err == nil {
			set.keys, set.fetched = keys, now
		}
		k.sets[url] = set
		return *set, nil
	})
	select {
	case r := <-result:
		return r.Val.(keySet), nil
	case <-ctx.Done():
		return keySet{}, ctx.Err()
	}
}

func (k *KeySets) request(ctx context.Context, url string) ([]jose.JSONWebKey, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	answer, err := k.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return nil, err
	case answer.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the issuer answered %d", answer.StatusCode)
	}
	return parseKeySet(body)
}

// parseKeySet reads a key set. Keys of kinds that are not known, private ones and those for encryption are passed over (RFC 7517
// section 5).
func parseKeySet(body []byte) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, fmt.Errorf("the answer is no key set: %w", err)
	}
	if len(set.Keys) > maxKeys {
		return nil, fmt.Errorf("the key set has %d keys, more than %d", len(set.Keys), maxKeys)
	}
	keys := []jose.JSONWebKey{}
	for _, text := range set.Keys {
		var key jose.JSONWebKey
		if err := key.UnmarshalJSON(text); err == nil && key.Valid() && key.IsPublic() && (key.Use == "" || key.Use == "sig") {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// fitting gives the keys that may have signed a token.
func (s *keySet) fitting(algorithm jose.SignatureAlgorithm, id string) []any {
	var found []any
	for _, key := range s.keys {
		if (id == "" || key.KeyID == id) && (key.Algorithm == "" || key.Algorithm == string(algorithm)) && fits(algorithm, key.Key) {
			found = append(found, key.Key)
		}
	}
	return found
}
