package value

import "github.com/dustin/go-humanize"

// Bytes gives a size for people, in binary units: "5.0 GiB".
func Bytes(n int64) string { return humanize.IBytes(uint64(max(n, 0))) }
