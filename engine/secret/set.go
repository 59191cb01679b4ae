package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A Set holds the sealed secrets of all projects. It is safe for concurrent use. A nil Set holds none.
type Set struct {
	key      *Key
	mu       sync.Mutex // serialises Replace
	projects atomic.Pointer[map[int]*projectSecrets]
}

type projectSecrets struct {
	revision int64
	items    map[identity]*item
}

type identity struct{ use, reference string }

type item struct {
	sealed Sealed
	open   atomic.Pointer[Value]
}

// NewSet makes an empty Set whose secrets the key seals.
func NewSet(key *Key) *Set {
	s := &Set{key: key}
	s.projects.Store(&map[int]*projectSecrets{})
	return s
}

// Key gives the key of the Set.
func (s *Set) Key() *Key { return s.key }

// Replace makes the secrets of a project those that are stored with the revision of its definition; older ones than what is known are
// passed over.
func (s *Set) Replace(project int, revision int64, stored []Sealed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := *s.projects.Load()
	if known := before[project]; known != nil && known.revision > revision {
		return
	}
	next := maps.Clone(before)
	p := &projectSecrets{revision: revision, items: make(map[identity]*item, len(stored))}
	for _, one := range stored {
		p.items[identity{one.Use, one.Reference}] = &item{sealed: one}
	}
	next[project] = p
	s.projects.Store(&next)
}

// Remove forgets the secrets of a project.
func (s *Set) Remove(project int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := maps.Clone(*s.projects.Load())
	delete(next, project)
	s.projects.Store(&next)
}

// Lookup gives the value of a project's reference at a use. Its error says why there is none.
func (s *Set) Lookup(project int, use string, ref Reference) (Value, error) {
	if s == nil {
		return Value{}, errors.New("no secrets are kept here")
	}
	p := (*s.projects.Load())[project]
	if p == nil || p.items[identity{use, ref.String()}] == nil {
		return Value{}, fmt.Errorf("it has no value; apply the project where %s is there, or type it in the panel", ref)
	}
	it := p.items[identity{use, ref.String()}]
	if v := it.open.Load(); v != nil {
		return *v, nil
	}
	v, err := s.key.Open(project, it.sealed)
	if errors.Is(err, fs.ErrNotExist) {
		return Value{}, fmt.Errorf("the file of its key is not there; give it as --secret-key-file (%w)", err)
	}
	if err != nil {
		return Value{}, err
	}
	it.open.Store(&v)
	return v, nil
}

// Verify tells whether every secret can be opened, by one error for all that cannot.
func (s *Set) Verify() error {
	for project, p := range *s.projects.Load() {
		for id, it := range p.items {
			if _, err := s.key.Open(project, it.sealed); err != nil {
				return fmt.Errorf("open the stored secret %s of %s: %w", id.reference, id.use, err)
			}
		}
	}
	return nil
}

// A Setting is one place in a definition that needs a secret. nil is a setting that is absent.
type Setting struct {
	set     *Set
	project int
	use     string
	ref     Reference
	literal Value // of a trial, whose definition is not stored
}

// Setting gives the secret that a setting refers to, nil where v is absent, null or no reference. It need not have a value yet.
func (s *Set) Setting(project int, use string, v raw.Value) *Setting {
	ref, typed, message := Parse(v)
	if message != "" {
		return nil
	}
	return &Setting{set: s, project: project, use: use, ref: ref, literal: typed}
}

// Value gives the present value. Its error is an *engine.Error with the code unavailable, whose cause, for the log, names the setting.
func (s *Setting) Value() (Value, error) {
	if s == nil {
		return Value{}, refuse(errors.New("the secret is not set"))
	}
	if !s.literal.IsZero() {
		return s.literal, nil
	}
	v, err := s.set.Lookup(s.project, s.use, s.ref)
	if err != nil {
		return Value{}, refuse(fmt.Errorf("secret %s of %s: %w", s.ref, s.use, err))
	}
	return v, nil
}

func refuse(cause error) error {
	return &engine.Error{Code: engine.Unavailable, Sentence: "incomplete", Cause: cause}
}
