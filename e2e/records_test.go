package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

const papers = `
project: desk
tables:
  papers:
    fields:
      number: {type: autonumber}
      title: {type: text, required: true, unique: true}
      body: {type: text, empty: true}
      price: {type: number, min: 0}
      at: {type: datetime}
      tags: {type: json}
      secret: {type: text, hidden: true}
      before: {type: reference, to: papers}
      shout: {type: generated, expression: "upper(title)"}
`

// TestCSVRoundTrip dumps texts that CSV, spreadsheets and terminals stumble over, imports them elsewhere and gets the same again.
func TestCSVRoundTrip(t *testing.T) {
	t.Parallel()
	one, two := install(t), install(t)
	one.apply(papers)
	two.apply(papers)
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	for i, text := range append(suspicious, "", " spaces ", "a\nb", "a\r\nb", `"quoted"`, `a""b`, "中文，逗号", "line\n\n\"", "ends with \\", strings.Repeat("long ", 20_000)) {
		record := object{"uid": fmt.Sprintf("u%d", i), "title": fmt.Sprintf("%d %s", i, text), "body": text, "price": json.Number("12345678901234567890.1230"),
			"at": "2026-11-23T05:28:00.123Z", "tags": object{"text": text, "list": []any{1, nil, true}}, "secret": text}
		if i > 0 {
			record["before"] = fmt.Sprintf("u%d", i-1)
		}
		if err := encoder.Encode(record); err != nil {
			t.Fatal(err)
		}
	}
	if out, problems := one.run(0, lines.String(), "import", "desk/papers", "-"); problems != "" && strings.Contains(problems, "%") {
		t.Errorf("import draws progress where there is no terminal: %s%s", out, problems)
	}
	ndjson, _ := one.run(0, "", "dump", "desk/papers")
	file := filepath.Join(t.TempDir(), "papers.csv")
	one.run(0, "", "dump", "desk/papers", "-o", file)
	two.run(0, "", "import", "desk/papers", file)
	if again, _ := two.run(0, "", "dump", "desk/papers"); again != ndjson {
		t.Errorf("through CSV records changed:\n%s", firstDifference(ndjson, again))
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := two.run(0, "", "dump", "desk/papers", "--format", "csv"); again != string(content) {
		t.Errorf("the CSV of the copy is another:\n%s", firstDifference(string(content), again))
	}
	marked, _ := one.run(0, "", "dump", "desk/papers", "--format", "csv", "--spreadsheet")
	for _, want := range []string{"'=1+1", "'@SUM(A1)", "'+"} {
		if !strings.Contains(marked, want) {
			t.Errorf("dump --spreadsheet lacks %s", want)
		}
	}
	if _, problems := two.run(1, "", "import", "desk/papers", file); strings.Count(problems, "\n") != len(suspicious)+11 {
		t.Errorf("importing the same again says %s", problems)
	}
}

// firstDifference shows the first line in which two texts differ.
func firstDifference(a, b string) string {
	one, two := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(one), len(two)) {
		if one[i] != two[i] {
			return fmt.Sprintf("line %d\n%.300q\n%.300q", i+1, one[i], two[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(one), len(two))
}

// TestImportRefusals imports files of which some records are wrong.
func TestImportRefusals(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.apply(papers)
	const csv = "title,price,before\r\ngood,1,\r\nbad,-1,\r\n,2,\r\ngood,3,\r\n\"two\r\nlines\",4,\r\nlost,5,nobody\r\nworse,cheap,\r\n"
	_, problems := in.run(1, csv, "import", "desk/papers", "-", "--format", "csv")
	for _, want := range []string{"-:3: price must be at least 0.", "-:4: title is required.", "-:9: price must be a number."} {
		if !strings.Contains(problems, want) {
			t.Errorf("the refused import lacks %q:\n%s", want, problems)
		}
	}
	if out, _ := in.run(0, "", "dump", "desk/papers"); out != "" {
		t.Errorf("the refused import left %s", out)
	}
	out, problems := in.run(0, csv, "import", "desk/papers", "-", "--format", "csv", "--continue")
	if out != "2 records imported, 5 refused\n" {
		t.Errorf("import --continue prints %s%s", out, problems)
	}
	for _, want := range []string{"-:5: title is taken already.", "-:8: before refers to a record that does not exist."} {
		if !strings.Contains(problems, want) {
			t.Errorf("import --continue lacks %q:\n%s", want, problems)
		}
	}
	for _, tt := range []struct{ name, file, format, want string }{
		{"an unknown column", "titel\nx\n", "csv", "title"},
		{"a cell too many", "title\nx,y\n", "csv", ":2:"},
		{"an open quote", "title\n\"x\n", "csv", ":2:"},
		{"broken JSON", "{\"title\": \"x\"}\n{\"title\": }\n", "ndjson", ":2:"},
		{"no object", "[1]\n", "ndjson", ":1:"},
		{"another encoding", "title\nna\xefve\n", "csv", ":2:"},
		{"an unknown name", `{"title": "y", "colour": "red"}`, "ndjson", "colour"},
	} {
		_, problems := in.run(1, tt.file, "import", "desk/papers", "-", "--format", tt.format)
		if !strings.Contains(problems, tt.want) || strings.Contains(problems, "SQLSTATE") {
			t.Errorf("%s is reported as %s", tt.name, problems)
		}
	}
	dumped, _ := in.run(0, "", "dump", "desk/papers")
	if strings.Count(dumped, "\n") != 2 {
		t.Errorf("in the end there is %s", dumped)
	}
}

// TestLargeImport imports 100,000 records and dumps them; neither process grows with the file.
func TestLargeImport(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(papers)
	const records = 100_000
	file := filepath.Join(t.TempDir(), "papers.ndjson")
	var lines bytes.Buffer
	for i := range records {
		fmt.Fprintf(&lines, `{"uid": "r%06d", "title": "paper %d", "body": %q, "price": %d, "tags": ["a", "b"]}`+"\n", i, i, strings.Repeat("text ", 60), i)
	}
	if err := os.WriteFile(file, lines.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := in.flat("import", "desk/papers", file); out != "100000 records imported\n" {
		t.Errorf("import prints %.200s", out)
	}
	if out := in.flat("dump", "desk/papers"); strings.Count(out, "\n") != records || !strings.Contains(out, `"title":"paper 99999"`) {
		t.Errorf("dump gives %d lines", strings.Count(out, "\n"))
	}
}

// flat runs a command whose resident memory must stay below 200 MB (VmHWM of proc_pid_status(5), read until the command ends; the
// figure of getrusage(2) would count this test's own process, which the command was forked from).
func (in *installation) flat(args ...string) string {
	in.t.Helper()
	command := in.command(args...)
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Start(); err != nil {
		in.t.Fatal(err)
	}
	peak := make(chan int, 1)
	go func() { peak <- peakMegabytes(command.Process.Pid) }()
	if err := command.Wait(); err != nil {
		in.t.Fatalf("%s: %v\n%s", args[0], err, problems.String())
	}
	if megabytes := <-peak; megabytes == 0 || megabytes >= 200 {
		in.t.Errorf("%s took %d MB", args[0], megabytes)
	} else {
		in.t.Logf("%s took %d MB and %v", args[0], megabytes, command.ProcessState.UserTime())
	}
	return out.String()
}

// peakMegabytes looks at a process until it is gone.
func peakMegabytes(pid int) (megabytes int) {
	for {
		status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
		_, rest, found := strings.Cut(string(status), "VmHWM:")
		if err != nil || !found { // gone, or a zombie
			return megabytes
		}
		kilobytes, err := strconv.Atoi(strings.Fields(rest)[0])
		if err != nil {
			return 0
		}
		megabytes = max(megabytes, kilobytes>>10)
		runtime.Gosched()
	}
}
