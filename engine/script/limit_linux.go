package script

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// niceness of a worker: below the server's own requests.
const niceness = 10

// limitProcess bounds this process. RLIMIT_AS counts what is reserved (setrlimit(2)), and a Go process reserves over a gigabyte at
// its start, so the limit stands above what there is. RLIMIT_DATA would not hold: a mapping over a reserved one is not counted.
func limitProcess() error {
	size, err := statm(os.Getpid(), 0)
	if err != nil {
		return err
	}
	limit := uint64(size + memoryLimit)
	if err := unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
		return fmt.Errorf("limit memory: %w", err)
	}
	for _, resource := range []int{unix.RLIMIT_CORE, unix.RLIMIT_FSIZE} {
		if err := unix.Setrlimit(resource, &unix.Rlimit{}); err != nil {
			return fmt.Errorf("limit resource %d: %w", resource, err)
		}
	}
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return fmt.Errorf("list threads: %w", err)
	}
	for _, task := range tasks {
		if id, err := strconv.Atoi(task.Name()); err == nil {
			_ = unix.Setpriority(unix.PRIO_PROCESS, id, niceness) // a thread may have ended; a slower server is no reason to fail
		}
	}
	return nil
}

// residentBytes gives the memory that a process holds, or 0 where it is gone.
func residentBytes(pid int) int64 {
	n, err := statm(pid, 1)
	if err != nil {
		return 0
	}
	return n
}

// statm gives one field of /proc/PID/statm (proc_pid_statm(5)) in bytes: 0 is the whole size, 1 what is resident.
func statm(pid, field int) (int64, error) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0, fmt.Errorf("read memory of process %d: %w", pid, err)
	}
	fields := bytes.Fields(b)
	if len(fields) <= field {
		return 0, fmt.Errorf("read memory of process %d: %d fields", pid, len(fields))
	}
	pages, err := strconv.ParseInt(string(fields[field]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read memory of process %d: %w", pid, err)
	}
	return pages * int64(os.Getpagesize()), nil
}

// executable names this program even where its file was replaced or removed since it was started (proc_pid_exe(5)).
func executable() (string, error) { return "/proc/self/exe", nil }

// processorTime gives the processor time that this process has used (getrusage(2)).
func processorTime() time.Duration {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// processorTimeOf gives the processor time that another process has used, or 0 where it is gone. The clock of a process is made of its
// number (clock_getcpuclockid(3)).
func processorTimeOf(pid int) time.Duration {
	const sched = 2 // CPUCLOCK_SCHED
	var used unix.Timespec
	if err := unix.ClockGettime(int32(^pid)<<3|sched, &used); err != nil {
		return 0
	}
	return time.Duration(used.Nano())
}

// closeOnExec keeps what this process itself inherited from its workers (close_range(2), Linux 5.11; what is older keeps them).
func closeOnExec() { _ = unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC) }
