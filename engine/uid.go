package engine

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"sync"
	"time"
)

var uidEncoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// UIDs makes uids: 20 lower-case base-32 characters (100 bits) that sort by time: 45 bits of milliseconds since 1970, 15 bits that
// count within one millisecond from a random start, 40 random bits. The zero value is ready; it is safe for concurrent use.
type UIDs struct {
	mu    sync.Mutex
	last  uint64 // milliseconds << 15 | count
	clock func() time.Time
}

// New gives the next uid; it is greater than every one this UIDs gave before.
func (u *UIDs) New() string {
	var b [13]byte // 8 bytes time and count (60 bits used), 5 random
	rand.Read(b[:])
	now := time.Now
	u.mu.Lock()
	if u.clock != nil {
		now = u.clock
	}
	next := uint64(now().UnixMilli())<<15 | uint64(binary.BigEndian.Uint16(b[:2])&0x0fff)
	if next <= u.last {
		next = u.last + 1
	}
	u.last = next
	u.mu.Unlock()
	binary.BigEndian.PutUint64(b[:8], next<<4)
	// 60 bits are 12 characters; the remaining 40 are 8.
	var text [24]byte
	uidEncoding.Encode(text[:13], b[:8])
	uidEncoding.Encode(text[12:20], b[8:13])
	return string(text[:20])
}
