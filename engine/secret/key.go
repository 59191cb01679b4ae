package secret

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

// A Key is the file that seals secrets: 32 random bytes in base64url. It is read when it is first needed, and made (0600) when
// something is first sealed and there is none. It is safe for concurrent use.
type Key struct {
	path   string
	mu     sync.Mutex
	loaded *loadedKey
}

type loadedKey struct {
	aead cipher.AEAD
	id   []byte
}

// NewKey makes the Key of a file, which need not exist yet.
func NewKey(path string) *Key { return &Key{path: path} }

// Path gives the file's path.
func (k *Key) Path() string { return k.path }

// idBytes is how many bytes of a hash tell keys apart.
const idBytes = 8

// ID gives what tells this key from others; it reveals nothing of the key. The error is fs.ErrNotExist where there is no file yet.
func (k *Key) ID() ([]byte, error) {
	l, err := k.load(false)
	if err != nil {
		return nil, err
	}
	return l.id, nil
}

// A Sealed is a stored secret.
type Sealed struct {
	Use       string // "<middleware>.<setting>"
	Reference string // Reference.String
	Bytes     []byte // nonce and ciphertext
	KeyID     []byte
}

// Seal encrypts a value of a project, use and reference. It makes the key's file where there is none.
func (k *Key) Seal(project int, use, reference string, v Value) (Sealed, error) {
	l, err := k.load(true)
	if err != nil {
		return Sealed{}, err
	}
	nonce := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(v.text)+l.aead.Overhead())
	rand.Read(nonce)
	b := l.aead.Seal(nonce, nonce, []byte(v.text), bound(project, use, reference))
	return Sealed{Use: use, Reference: reference, Bytes: b, KeyID: l.id}, nil
}

// Open decrypts what Seal gave for the same project, use and reference.
func (k *Key) Open(project int, s Sealed) (Value, error) {
	l, err := k.load(false)
	if err != nil {
		return Value{}, err
	}
	if !bytes.Equal(l.id, s.KeyID) {
		return Value{}, k.errOther()
	}
	if len(s.Bytes) < chacha20poly1305.NonceSizeX {
		return Value{}, errors.New("the stored secret is damaged")
	}
	nonce, sealed := s.Bytes[:chacha20poly1305.NonceSizeX], s.Bytes[chacha20poly1305.NonceSizeX:]
	text, err := l.aead.Open(nil, nonce, sealed, bound(project, s.Use, s.Reference))
	if err != nil {
		return Value{}, errors.New("the stored secret is damaged, or was moved from another place")
	}
	return Value{string(text)}, nil
}

// ErrOtherKey is why a secret cannot be opened: another file has sealed it.
var ErrOtherKey = errors.New("it was sealed with another key")

func (k *Key) errOther() error {
	return fmt.Errorf("%w than that in %s; give the right file as --secret-key-file", ErrOtherKey, k.path)
}

func bound(project int, use, reference string) []byte {
	return fmt.Appendf(nil, "sayrud secret 1\x00%d\x00%s\x00%s", project, use, reference)
}

func (k *Key) load(make bool) (*loadedKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.loaded != nil {
		return k.loaded, nil
	}
	text, err := os.ReadFile(k.path)
	if errors.Is(err, fs.ErrNotExist) && make {
		if err := k.create(); err != nil {
			return nil, fmt.Errorf("make the key of secrets: %w", err)
		}
		text, err = os.ReadFile(k.path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the key of secrets (--secret-key-file): %w", err)
	}
	key, err := base64.RawURLEncoding.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(key) != chacha20poly1305.KeySize {
		return nil, fmt.Errorf("%s is not a key of secrets: it must hold 32 bytes in base64url, as sayrud makes it; check --secret-key-file", k.path)
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, err
	}
	id := sha256.Sum256(append([]byte("sayrud key id\x00"), key...))
	k.loaded = &loadedKey{aead, id[:idBytes]}
	return k.loaded, nil
}

// create writes a new key under another name and links it into place: of two programs that do so at once, both read the same.
func (k *Key) create() error {
	dir := filepath.Dir(k.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".secret-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // of no use to anybody, were it left
	key := make([]byte, chacha20poly1305.KeySize)
	rand.Read(key)
	_, err = f.WriteString(base64.RawURLEncoding.EncodeToString(key) + "\n")
	err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Link(f.Name(), k.path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
