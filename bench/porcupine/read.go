package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/anishathalye/porcupine"
)

// A value is an integer as it stands, or the number of a text that is none.
type value = int64

const (
	null      value = math.MinInt64
	firstText value = math.MinInt64 / 2
)

// input is what an operation was called with; key tells the parts of a map apart.
type input struct {
	f    string
	key  string
	a, b value
	text string // the argument of put and append, where values are texts that are appended to
}

// output is what an operation returned.
type output struct {
	known bool
	a     value
	flag  int // of "result": -1 absent, else 0 or 1
	text  string
	list  string // a list of values, encoded
}

type history struct {
	object     string
	permits    int64
	initial    value
	operations []porcupine.Operation
	texts      map[string]value
}

// event is one line of a history in any of the formats.
type event struct {
	Kasauti *int            `json:"kasauti"`
	Object  string          `json:"object"`
	Initial json.RawMessage `json:"initial"`
	Permits int64           `json:"permits"`
	Time    *int64          `json:"time"`
	Process json.RawMessage `json:"process"`
	Type    string          `json:"type"`
	F       string          `json:"f"`
	Key     json.RawMessage `json:"key"`
	Value   json.RawMessage `json:"value"`
	Result  *bool           `json:"result"`
}

var (
	logLine = regexp.MustCompile(`^INFO\s+jepsen\.util\s+-\s+(\d+)\s+:(\w+)\s+:(\w+)\s+(.*)$`)
	ednLine = regexp.MustCompile(`^{:process (\d+), :type :(\w+), :f :(\w+), :key (".*"), :value (".*"|nil)}$`)
)

func parseLog(line []byte, e *event) bool {
	parts := logLine.FindSubmatch(line)
	if parts == nil {
		return false
	}
	e.Process, e.Type, e.F = parts[1], string(parts[2]), string(parts[3])
	text := strings.TrimSpace(string(parts[4]))
	switch {
	case text == "nil" || strings.HasPrefix(text, ":"):
		e.Value = nil
	case strings.HasPrefix(text, "["):
		e.Value = json.RawMessage(strings.ReplaceAll(text, " ", ","))
	default:
		e.Value = json.RawMessage(text)
	}
	return true
}

func parseEdn(line []byte, e *event) bool {
	parts := ednLine.FindSubmatch(line)
	if parts == nil {
		return false
	}
	e.Process, e.Type, e.F, e.Key = parts[1], string(parts[2]), string(parts[3]), parts[4]
	if string(parts[5]) != "nil" {
		e.Value = parts[5]
	}
	return true
}

func readHistory(path string) (*history, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	h := &history{initial: null, permits: 1, texts: map[string]value{}}
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 1<<20), 1<<30)
	calls := map[string]int{}
	var clock int64
	for number := 1; lines.Scan(); number++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		var e event
		switch {
		case bytes.HasPrefix(line, []byte("{:")):
			h.object = "kv"
			if !parseEdn(line, &e) {
				return nil, fmt.Errorf("%s:%d: not an EDN operation of a key-value store", path, number)
			}
		case line[0] == '{':
			if err := json.Unmarshal(line, &e); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", path, number, err)
			}
		default:
			h.object = "cas-register"
			if !parseLog(line, &e) {
				continue // logs hold other lines, too
			}
		}
		if e.Kasauti != nil {
			h.object, h.initial = e.Object, h.value(e.Initial)
			if e.Permits > 0 {
				h.permits = e.Permits
			}
			continue
		}
		if string(e.Process) == `"nemesis"` {
			continue
		}
		clock++
		if e.Time != nil {
			clock = *e.Time
		}
		if err := h.add(&e, clock, calls); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	h.finish()
	return h, nil
}

// never is after every return.
const never = math.MaxInt64

func (h *history) add(e *event, clock int64, calls map[string]int) error {
	process := string(e.Process)
	if e.Type == "invoke" {
		in, err := h.input(e)
		if err != nil {
			return err
		}
		calls[process] = len(h.operations)
		h.operations = append(h.operations, porcupine.Operation{Input: in, Call: clock, Output: output{flag: -1}, Return: never})
		return nil
	}
	place, found := calls[process]
	if !found {
		return fmt.Errorf("process %s has no open call", process)
	}
	delete(calls, process)
	op := &h.operations[place]
	switch {
	case e.Type == "fail":
		op.Output = nil
	case e.Type == "ok":
		out, err := h.output(e)
		if err != nil {
			return err
		}
		op.Output, op.Return = out, clock
	}
	return nil
}

// finish drops what failed and what says nothing.
func (h *history) finish() {
	if h.object == "" {
		h.object = "cas-register"
	}
	kept := h.operations[:0]
	for _, op := range h.operations {
		if op.Output == nil || (!op.Output.(output).known && observes(op.Input.(input).f)) {
			continue
		}
		kept = append(kept, op)
	}
	h.operations = kept
	sort.SliceStable(h.operations, func(i, j int) bool { return h.operations[i].Call < h.operations[j].Call })
}

func observes(f string) bool { return f == "read" || f == "get" || f == "contains" }

func (h *history) value(raw json.RawMessage) value {
	text := string(raw)
	if text == "" || text == "null" {
		return null
	}
	if number, err := strconv.ParseInt(text, 10, 64); err == nil {
		return number
	}
	id, found := h.texts[text]
	if !found {
		id = firstText + value(len(h.texts))
		h.texts[text] = id
	}
	return id
}

func (h *history) list(raw json.RawMessage) ([]value, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, err
	}
	values := make([]value, len(parts))
	for i, part := range parts {
		values[i] = h.value(part)
	}
	return values, nil
}

func (h *history) input(e *event) (input, error) {
	in := input{f: e.F, key: string(e.Key), a: null, b: null}
	if len(e.Value) > 0 && e.Value[0] == '[' {
		parts, err := h.list(e.Value)
		if err != nil || len(parts) != 2 {
			return in, fmt.Errorf("%s takes no %s", e.F, e.Value)
		}
		in.a, in.b = parts[0], parts[1]
		return in, nil
	}
	in.a = h.value(e.Value)
	if h.object == "kv" {
		in.text = textOf(e.Value)
	}
	return in, nil
}

func textOf(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return string(raw)
	}
	return text
}

func (h *history) output(e *event) (output, error) {
	out := output{known: true, flag: -1, a: null}
	if e.Result != nil {
		out.flag = 0
		if *e.Result {
			out.flag = 1
		}
	}
	if len(e.Value) > 0 && e.Value[0] == '[' {
		values, err := h.list(e.Value)
		if err != nil {
			return out, err
		}
		out.list = encode(values)
		if e.F == "contains" && len(values) == 2 && out.flag < 0 {
			out.flag = 0
			if values[1] == h.value(json.RawMessage("true")) {
				out.flag = 1
			}
		}
		return out, nil
	}
	out.a = h.value(e.Value)
	if h.object == "kv" {
		out.text = textOf(e.Value)
	}
	return out, nil
}
