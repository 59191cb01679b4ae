package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/storage/pg"
)

// Auth keeps administrators, sessions, tokens, roles and the audit log in PostgreSQL. It is safe for concurrent use.
type Auth struct {
	db       *pg.DB
	clock    func() time.Time
	hashing  chan struct{} // bounds how many password hashes are in memory at once (19 MiB each)
	accounts *throttle
	places   *throttle
}

// New makes an Auth over a migrated database.
func New(db *pg.DB) *Auth {
	return &Auth{
		db:       db,
		clock:    time.Now,
		hashing:  make(chan struct{}, 4),
		accounts: newThrottle(10, 30*time.Second),
		places:   newThrottle(30, 10*time.Second),
	}
}

// newSecret makes 256 random bits as 43 characters that need no escaping in a cookie, header or path.
func newSecret() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// digest is how a secret of 256 random bits is stored: nothing slower is needed, it can't be guessed.
func digest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

func invalid(param, message string) *engine.Error {
	return &engine.Error{Code: engine.Invalid, Fields: []engine.FieldError{{Param: param, Label: param, Code: "invalid", Message: message}}}
}
