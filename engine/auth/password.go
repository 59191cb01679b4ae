package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/sayrud/sayrud/engine"
)

// The cost of a hash: RFC 9106 argon2id with 19 MiB and two passes, the least memory that the OWASP password storage cheat sheet
// recommends. The cost stands in each hash, so raising it leaves old hashes readable.
const (
	hashMemoryKiB = 19 * 1024
	hashPasses    = 2
	hashThreads   = 1
	hashBytes     = 32
	saltBytes     = 16
)

// The length of a password in characters.
const (
	MinPassword = 10
	MaxPassword = 256
)

// checkCredentials gives the form in which an email is stored, or what is wrong with it or with the password.
func checkCredentials(email, password string) (string, error) {
	email, err := normaliseEmail(email)
	if err != nil {
		return "", err
	}
	return email, CheckPassword(email, password)
}

// CheckPassword gives the refusal of a password that is too short, too long or the email itself, or nil.
func CheckPassword(email, password string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password):
		return invalid("password", "The password must be UTF-8 text.")
	case n < MinPassword:
		return invalid("password", fmt.Sprintf("The password must have at least %d characters.", MinPassword))
	case n > MaxPassword:
		return invalid("password", fmt.Sprintf("The password must have at most %d characters.", MaxPassword))
	case strings.EqualFold(password, email):
		return invalid("password", "The password must not be the email.")
	}
	return nil
}

// hashPassword gives the hash in the usual form $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func (a *Auth) hashPassword(ctx context.Context, password string) (string, error) {
	if err := a.enterHashing(ctx); err != nil {
		return "", err
	}
	defer a.leaveHashing()
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	sum := argon2.IDKey([]byte(password), salt, hashPasses, hashMemoryKiB, hashThreads, hashBytes)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemoryKiB, hashPasses, hashThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum)), nil
}

// dummyHash is the hash of nothing; comparing with it costs what a real comparison costs.
const dummyHash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// VerifyPassword reports whether password has the hash, $argon2id$v=19$m=…,t=…,p=…$salt$hash. Few are computed at once, so that guesses do
// not take the memory of the machine.
func (a *Auth) VerifyPassword(ctx context.Context, hash, password string) (bool, error) {
	return a.verifyPassword(ctx, hash, password)
}

// verifyPassword reports whether password has the hash. An unreadable hash fits no password, after the same time.
func (a *Auth) verifyPassword(ctx context.Context, hash, password string) (bool, error) {
	if err := a.enterHashing(ctx); err != nil {
		return false, err
	}
	defer a.leaveHashing()
	var version, memory, passes, threads int
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		parts = strings.Split(dummyHash, "$")
	}
	_, errVersion := fmt.Sscanf(parts[2], "v=%d", &version)
	_, errCost := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads)
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	want, errSum := base64.RawStdEncoding.DecodeString(parts[5])
	if errVersion != nil || errCost != nil || errSalt != nil || errSum != nil || version != argon2.Version || len(want) != hashBytes {
		return false, fmt.Errorf("verify password: the stored hash is unreadable")
	}
	got := argon2.IDKey([]byte(password), salt, uint32(passes), uint32(memory), uint8(threads), hashBytes)
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

func (a *Auth) enterHashing(ctx context.Context) error {
	select {
	case a.hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &engine.Error{Code: engine.Unavailable, Message: "The server is busy.", RetryAfter: 1, Cause: ctx.Err()}
	}
}

func (a *Auth) leaveHashing() { <-a.hashing }
