package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sayrud/sayrud/storage/blob/s3test"
)

const archive = `
project: archive
public: true
tables:
  films: {fields: {title: {type: text, required: true}, film: {type: file, max_size: 6000000000}}}
endpoints:
  add: {kind: CREATE, route: POST /films, table: films, params: {title: {in: query}, film: {}}}
  list: {kind: LIST, route: GET /films, table: films, page: {number: 1, size: 10, total: true}}
  remove: {kind: DELETE, route: "DELETE /films/{id}", table: films, filter: {uid: $params.id}}
`

// Sizes in bytes: what comes before a connection breaks, and the most memory that a server may ever have used.
const (
	brokenAt   = 256 << 20
	mostMemory = 150 << 20
)

// largeFile gives the size of the large file: 5 GiB, in S3 a fifth of it, which are 64 parts, unless SAYRUD_TEST_LARGE is set.
func largeFile(where string) int64 {
	if where == "s3" && os.Getenv("SAYRUD_TEST_LARGE") == "" {
		return 1 << 30
	}
	return 5 << 30
}

// A stream generates bytes that nobody holds, and hashes what was read.
type stream struct {
	left  int64
	block [1 << 20]byte
	at    int
	n     uint64
	hash  hash.Hash
}

func newStream(size int64) *stream {
	s := &stream{left: size, hash: sha256.New()}
	for i := 0; i < len(s.block); i += 32 {
		sum := sha256.Sum256([]byte(strconv.Itoa(i)))
		copy(s.block[i:], sum[:])
	}
	return s
}

// Read gives the next bytes; each block begins with its number.
func (s *stream) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	if s.at == 0 {
		copy(s.block[:], strconv.FormatUint(s.n, 16))
		s.n++
	}
	n := copy(p[:min(int64(len(p)), s.left)], s.block[s.at:])
	s.hash.Write(p[:n])
	s.left -= int64(n)
	s.at = (s.at + n) % len(s.block)
	return n, nil
}

func (s *stream) sum() string { return hex.EncodeToString(s.hash.Sum(nil)) }

// peak tells the most memory that the server has ever had resident, in bytes (man 5 proc, VmHWM).
func (in *installation) peak() int64 {
	in.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", in.server.Process.Pid))
	if err != nil {
		in.t.Fatal(err)
	}
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		in.t.Fatalf("no VmHWM in\n%s", status)
	}
	kb, err := strconv.ParseInt(string(found[1]), 10, 64)
	if err != nil {
		in.t.Fatal(err)
	}
	return kb << 10
}

// objects counts the files that a store holds, whole or not.
func objects(t *testing.T, dir string) int {
	t.Helper()
	n := 0
	if err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			n++
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// send uploads a body and gives the answer.
func (in *installation) send(path, contentType string, body io.Reader, size int64) map[string]any {
	in.t.Helper()
	request, err := http.NewRequestWithContext(in.t.Context(), "POST", "http://"+in.addr+path, body)
	if err != nil {
		in.t.Fatal(err)
	}
	request.ContentLength = size
	request.Header.Set("Content-Type", contentType)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		in.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != http.StatusCreated {
		in.t.Fatalf("upload: %d %v, %v", response.StatusCode, answer, err)
	}
	return answer
}

// breakOff begins an upload and sends n bytes of it; the caller closes the connection or lets it be.
func (in *installation) breakOff(n int64) net.Conn {
	in.t.Helper()
	conn, err := net.Dial("tcp", in.addr)
	if err != nil {
		in.t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /api/archive/films?title=broken HTTP/1.1\r\nHost: x\r\nContent-Type: video/mp4\r\nContent-Length: %d\r\n\r\n", int64(5<<30))
	if _, err := io.Copy(conn, newStream(n)); err != nil {
		in.t.Fatal(err)
	}
	return conn
}

// TestLargeFiles sends a file through the server and back, whole and broken, and looks at what is left and at the server's memory.
func TestLargeFiles(t *testing.T) {
	for _, where := range []string{"directory", "s3"} {
		t.Run(where, func(t *testing.T) {
			in := install(t)
			var dir string
			in.env = slices.Clone(in.env)
			if where == "s3" {
				location, bucket := s3test.Location(t)
				dir = bucket
				in.env = append(in.env, "SAYRUD_STORAGE="+location)
			} else {
				dir = filepath.Join(in.data, "blobs")
			}
			in.run(0, archive, "apply", "-")
			in.start()

			size := largeFile(where)
			begin, out := time.Now(), newStream(size)
			added := in.send("/api/archive/films?title=whole", "video/mp4", out, size)
			film := added["film"].(map[string]any)
			uploaded := time.Since(begin)
			if film["sha256"] != out.sum() || film["size"] != float64(size) {
				t.Errorf("the file is %v, want hash %s", film, out.sum())
			}
			begin = time.Now()
			back := sha256.New()
			response, err := http.Get("http://" + in.addr + film["url"].(string))
			if err != nil {
				t.Fatal(err)
			}
			n, err := io.Copy(back, response.Body)
			response.Body.Close()
			if err != nil || n != size || hex.EncodeToString(back.Sum(nil)) != out.sum() {
				t.Errorf("%d bytes came back, %v", n, err)
			}
			t.Logf("up %s, down %s, peak %d MiB", uploaded.Round(time.Millisecond), time.Since(begin).Round(time.Millisecond), in.peak()>>20)
			if peak := in.peak(); peak > mostMemory {
				t.Errorf("the server has used %d MiB", peak>>20)
			}
			if status, _ := in.request("DELETE", "/api/archive/films/"+added["uid"].(string), ""); status != 200 {
				t.Errorf("delete: %d", status)
			}

			in.breakOff(brokenAt).Close()
			in.waitFor(`"status":400`)
			if peak := in.peak(); peak > mostMemory {
				t.Errorf("the server has used %d MiB for an upload that broke", peak>>20)
			}
			in.wantNothing(dir, "a connection that broke")

			conn := in.breakOff(brokenAt / 8)
			in.signal(syscall.SIGKILL)
			conn.Close()
			in.start()
			in.wantNothing(dir, "a server that was killed")
		})
	}
}

// waitFor waits until the server has written text into its log.
func (in *installation) waitFor(text string) {
	in.t.Helper()
	for !strings.Contains(in.output.String(), text) {
		select {
		case <-in.ended:
			in.t.Fatalf("the server ended:\n%s", in.output)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// wantNothing collects and expects neither records nor bytes.
func (in *installation) wantNothing(dir, after string) {
	in.t.Helper()
	in.run(0, "", "gc", "--grace", "0s")
	if out, _ := in.run(0, "", "fsck"); !strings.HasPrefix(out, "0 files (0 B) read and compared, 0 references checked, 0 problems") {
		in.t.Errorf("%s: fsck says %s", after, out)
	}
	if _, got := in.request("GET", "/api/archive/films", ""); !strings.Contains(got, `"total":0`) {
		in.t.Errorf("%s: %s", after, got)
	}
	if n := objects(in.t, dir); n != 0 {
		in.t.Errorf("%s: the store holds %d files", after, n)
	}
}

func TestStorageThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	in := install(t)
	location, _ := s3test.Location(t)
	for storage, want := range map[string]string{
		"ftp://x": "give a directory or s3://bucket/prefix", strings.Replace(location, "/data", "-none/data", 1): "does not exist", "/dev/null/x": "not a directory",
	} {
		if _, problems := in.run(1, "", "serve", "--http", in.addr, "--storage", storage); !strings.Contains(problems, want) || strings.Count(problems, "\nsayrud:") > 1 {
			t.Errorf("--storage %s: %s", storage, problems)
		}
	}
}
