//go:build unix

package pg

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"time"
)

// accept greets clients until the listener is closed.
func (s *supervisor) accept() {
	for {
		conn, err := s.ln.Accept()
		if err != nil {
			s.mu.Lock()
			closing := s.closing
			s.mu.Unlock()
			if closing {
				return
			}
			time.Sleep(maxPoll) // out of descriptors
			continue
		}
		go s.attend(conn)
	}
}

// attend holds one client until it goes.
func (s *supervisor) attend(conn net.Conn) {
	defer conn.Close()
	if send(conn, greeting{Sayrud: "supervisor", Protocol: protocolVersion, PID: os.Getpid()}) != nil {
		return
	}
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return
	}
	s.clients[conn] = struct{}{}
	s.served++
	state := s.state
	s.mu.Unlock()
	s.wake()
	if state == nil || send(conn, state) == nil {
		_, _ = io.Copy(io.Discard, conn)
	}
	s.mu.Lock()
	delete(s.clients, conn)
	s.mu.Unlock()
	s.wake()
}

func (s *supervisor) wake() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// count returns the clients, and how long to stay without any.
func (s *supervisor) count() (clients int, linger time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.served == 0 {
		return 0, max(s.linger, firstLinger)
	}
	return len(s.clients), s.linger
}

// publish tells those who wait, and those to come, where the server is or why there is none; nil makes the ones to
// come wait.
func (s *supervisor) publish(state *answer) {
	s.mu.Lock()
	var waiting []net.Conn
	if s.state == nil && state != nil {
		for conn := range s.clients {
			waiting = append(waiting, conn)
		}
	}
	s.state = state
	s.mu.Unlock()
	for _, conn := range waiting {
		_ = send(conn, state)
	}
}

// shutIfIdle stops taking clients if there is none; false if one came in time.
func (s *supervisor) shutIfIdle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.clients) > 0 {
		return false
	}
	s.closing = true
	return true
}

// shut stops taking clients and lets go of those there are.
func (s *supervisor) shut() {
	s.mu.Lock()
	s.closing = true
	conns := s.clients
	s.clients = map[net.Conn]struct{}{}
	s.mu.Unlock()
	s.ln.Close()
	for conn := range conns {
		conn.Close()
	}
}

// drain waits for the clients to go, at most for the given time.
func (s *supervisor) drain(most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	for {
		if clients, _ := s.count(); clients == 0 {
			return
		}
		select {
		case <-s.changed:
		case <-timer.C:
			return
		}
	}
}

// awaitTold waits until somebody has been told and everybody has gone, at most for the given time.
func (s *supervisor) awaitTold(most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	for {
		s.mu.Lock()
		told := s.served > 0 && len(s.clients) == 0
		s.mu.Unlock()
		if told {
			return
		}
		select {
		case <-s.changed:
		case <-timer.C:
			return
		}
	}
}

// listed reports whether the control socket still has its name: temporary directories get cleaned.
func (s *supervisor) listed() bool {
	_, err := os.Lstat(filepath.Join(s.socketDir, controlName))
	if err != nil {
		return false
	}
	dir, err := socketDir(s.cluster.dataDir)
	return err == nil && dir == s.socketDir
}
