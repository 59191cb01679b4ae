package job

import (
	"math/rand/v2"
	"time"
)

// maxPause bounds the pause between attempts.
const maxPause = 12 * time.Hour

// pauseAfter gives the pause after attempt n, from 1: first, then three times as long each time, up to 12 hours; give or take a fifth,
// so that what failed together does not come back together.
func pauseAfter(n int, first time.Duration) time.Duration {
	pause := first
	for range n - 1 {
		if pause *= 3; pause >= maxPause {
			pause = maxPause
			break
		}
	}
	return time.Duration(float64(pause) * (0.8 + 0.4*rand.Float64()))
}
