package middleware

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	_ "embed" // the solver
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// Solver is the script that pages solve puzzles with: captcha_solver.js.
//
//go:embed captcha_solver.js
var Solver []byte

// The bits of a puzzle: 2^bits hashes are needed on average.
const (
	minDifficulty     = 8
	maxDifficulty     = 26
	defaultDifficulty = 17
)

// maxChallenge is the longest a challenge lives.
const maxChallenge = time.Hour

// A challenge is a puzzle: whoever got it has to find a number n, such that the SHA-256 of the seed and n begins with as many zero bits
// as the difficulty says. The seed is the SHA-256 of the challenge's text, n is written in 8 bytes, big-endian. Nothing is kept of it
// but the signature inside it; it serves one endpoint, once.
type challenge struct {
	project    uint32
	endpoint   uint64 // endpointHash
	difficulty uint8
	expires    time.Time // whole seconds
	nonce      [16]byte
}

// The form of a challenge: base64url of version, project, endpoint, difficulty, expiry, nonce, and of an HMAC-SHA-256 of those.
const (
	challengeVersion = 1
	challengeBytes   = 1 + 4 + 8 + 1 + 8 + 16
	signatureBytes   = 32
)

func newChallenge(project int, endpoint string, difficulty int, expires time.Time) challenge {
	c := challenge{project: uint32(project), endpoint: endpointHash(endpoint), difficulty: uint8(difficulty), expires: expires}
	rand.Read(c.nonce[:])
	return c
}

func endpointHash(name string) uint64 {
	sum := sha256.Sum256([]byte(name))
	return binary.BigEndian.Uint64(sum[:])
}

func (c challenge) sign(key []byte) string {
	b := make([]byte, 0, challengeBytes+signatureBytes)
	b = append(b, challengeVersion)
	b = binary.BigEndian.AppendUint32(b, c.project)
	b = binary.BigEndian.AppendUint64(b, c.endpoint)
	b = append(b, c.difficulty)
	b = binary.BigEndian.AppendUint64(b, uint64(c.expires.Unix()))
	b = append(b, c.nonce[:]...)
	mac := hmac.New(sha256.New, key)
	mac.Write(b)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(b))
}

// parseChallenge reads what sign gave; false where it is not ours.
func parseChallenge(key []byte, text string) (challenge, bool) {
	if strings.ContainsAny(text, "\r\n") { // which the decoder passes over
		return challenge{}, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != challengeBytes+signatureBytes || b[0] != challengeVersion {
		return challenge{}, false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(b[:challengeBytes])
	if !hmac.Equal(mac.Sum(nil), b[challengeBytes:]) {
		return challenge{}, false
	}
	c := challenge{project: binary.BigEndian.Uint32(b[1:]), endpoint: binary.BigEndian.Uint64(b[5:]), difficulty: b[13],
		expires: time.Unix(int64(binary.BigEndian.Uint64(b[14:])), 0)}
	copy(c.nonce[:], b[22:])
	return c, true
}

// cutSolution splits "<challenge>:<n>".
func cutSolution(token string) (text string, n uint64, ok bool) {
	text, digits, found := strings.Cut(token, ":")
	if !found || digits == "" || len(digits) > 16 || digits[0] == '+' || digits[0] == '-' {
		return "", 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 53) // what JavaScript counts exactly
	return text, n, err == nil
}

// solves reports whether n is a solution.
func solves(text string, n uint64, difficulty int) bool {
	seed := sha256.Sum256([]byte(text))
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(seed[:], n))
	return bits.LeadingZeros64(binary.BigEndian.Uint64(sum[:])) >= difficulty
}
