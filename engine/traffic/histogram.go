package traffic

import (
	"sort"
	"time"
)

// buckets is how many classes of duration there are, the last one for whatever is longer than all bounds.
const buckets = 28

// bounds are the upper ends of the classes, in microseconds. Two to an octave bring a percentile to within a fifth of the truth.
var bounds = [buckets - 1]int64{
	250, 500, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 8_000, 12_000, 16_000, 24_000, 32_000, 48_000, 64_000, 96_000, 128_000, 192_000,
	256_000, 384_000, 512_000, 768_000, 1_000_000, 1_500_000, 2_000_000, 4_000_000, 10_000_000,
}

// bucketOf gives the class of a duration.
func bucketOf(took time.Duration) int {
	micros := took.Microseconds()
	low, high := 0, len(bounds)
	for low < high { // sort.Search, without its function
		if middle := (low + high) / 2; micros > bounds[middle] {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// A histogram counts durations by class.
type histogram [buckets]int64

func (h *histogram) add(other *histogram) {
	for i, n := range other {
		h[i] += n
	}
}

// quantile gives the duration that a part q of all, 0 to 1, took at most, in milliseconds: within its class by rule of three. Of none it is 0, of the last class its lower end.
func (h *histogram) quantile(q float64) float64 {
	var upTo [buckets]int64
	var total int64
	for i, n := range h {
		total += n
		upTo[i] = total
	}
	if total == 0 {
		return 0
	}
	rank := q * float64(total)
	i := sort.Search(buckets-1, func(i int) bool { return float64(upTo[i]) >= rank })
	var low int64
	if i > 0 {
		low = bounds[i-1]
	}
	if i == buckets-1 || h[i] == 0 {
		return float64(low) / 1000
	}
	within := (rank - float64(upTo[i]-h[i])) / float64(h[i])
	return (float64(low) + within*float64(bounds[i]-low)) / 1000
}
