package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of CPU times in /proc (proc_pid_stat(5)); Linux shows them to programs in hundredths of a second.
const tick = 10 * time.Millisecond

// A process is what /proc says of one process.
type process struct {
	pid, parent int
	self        time.Duration // user and system
	reaped      time.Duration // of children that ended and were waited for
}

// readProcess reads /proc/PID/stat; it answers false when there is no such process.
func readProcess(pid int) (process, bool) {
	content, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return process{}, false
	}
	// The name in parentheses may hold spaces: fields are counted behind it, from the third.
	fields := strings.Fields(string(content)[strings.LastIndexByte(string(content), ')')+1:])
	number := func(field int) int {
		n, _ := strconv.Atoi(fields[field-3])
		return n
	}
	return process{
		pid: pid, parent: number(4),
		self:   time.Duration(number(14)+number(15)) * tick,
		reaped: time.Duration(number(16)+number(17)) * tick,
	}, true
}

// treeCPU gives the CPU time of a process and its children, those that ended included.
func treeCPU(pid int) time.Duration {
	root, _ := readProcess(pid)
	total := root.self + root.reaped
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		child, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if p, ok := readProcess(child); ok && p.parent == pid {
			total += p.self + p.reaped
		}
	}
	return total
}

// residentMB gives the resident memory of a process in megabytes.
func residentMB(pid int) float64 {
	content, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "statm"))
	if err != nil {
		return 0
	}
	pages, _ := strconv.Atoi(strings.Fields(string(content))[1])
	return float64(pages*os.Getpagesize()) / (1 << 20)
}

func load() string {
	content, _ := os.ReadFile("/proc/loadavg")
	return strings.Join(strings.Fields(string(content))[:3], " ")
}

func machine() string {
	content, _ := os.ReadFile("/proc/cpuinfo")
	model := "unknown CPU"
	if _, rest, found := strings.Cut(string(content), "model name\t: "); found {
		model, _, _ = strings.Cut(rest, "\n")
	}
	return fmt.Sprintf("%d × %s, %s", runtime.NumCPU(), model, runtime.Version())
}
