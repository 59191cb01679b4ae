//go:build !linux

package script

import (
	"os"
	"runtime/metrics"
	"time"
)

// limitProcess watches this process's own memory where the system has no limit that holds.
func limitProcess() error {
	go func() {
		samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		metrics.Read(samples)
		start := samples[0].Value.Uint64() - samples[1].Value.Uint64()
		for range time.Tick(5 * time.Millisecond) {
			metrics.Read(samples)
			if samples[0].Value.Uint64()-samples[1].Value.Uint64() > start+memoryLimit {
				os.Exit(2)
			}
		}
	}()
	return nil
}

// processorTime is taken to be the time on the clock.
func processorTime() time.Duration { return time.Duration(time.Now().UnixNano()) }

// processorTimeOf is taken to be the time on the clock.
func processorTimeOf(int) time.Duration { return processorTime() }

// closeOnExec has nothing to do: what Go opens is closed.
func closeOnExec() {}

// residentBytes is not known here; the worker watches itself.
func residentBytes(int) int64 { return 0 }

func executable() (string, error) { return os.Executable() }
