// Command porcupine runs the linearizability checker Porcupine on history files that Kasauti reads, to compare the two.
//
//	porcupine [-timeout 60s] FILE…
//
// prints one JSON object a file: verdict (holds, violated, unknown), seconds of checking alone, and the greatest resident set of
// the process so far. Files are JSON Lines, Jepsen's text log, or EDN maps of a key-value
// store, told apart by their first byte.
//
// Both checkers get the same operations: those that failed are dropped, and so are reads of unknown outcome, which say nothing. An
// operation of unknown outcome returns at the end of the history, with any result.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

type report struct {
	File       string  `json:"file"`
	Verdict    string  `json:"verdict"`
	Operations int     `json:"operations"`
	Seconds    float64 `json:"seconds"`
	PeakBytes  int64   `json:"peak_bytes"`
	Problem    string  `json:"problem,omitempty"`
}

var errUnsupported = errors.New("no model for this object")

func check(path string, timeout time.Duration) report {
	result := report{File: path, Verdict: "unknown"}
	history, err := readHistory(path)
	if err != nil {
		result.Problem = err.Error()
		return result
	}
	model, err := modelOf(history)
	if err != nil {
		result.Problem = err.Error()
		return result
	}
	result.Operations = len(history.operations)
	start := time.Now()
	verdict := porcupine.CheckOperationsTimeout(model, history.operations, timeout)
	result.Seconds = time.Since(start).Seconds()
	switch verdict {
	case porcupine.Ok:
		result.Verdict = "holds"
	case porcupine.Illegal:
		result.Verdict = "violated"
	}
	result.PeakBytes = peakBytes()
	return result
}

// peakBytes is the greatest resident set of this program; getrusage would count that of whoever started it, too.
func peakBytes() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(status), "\n") {
		var kilobytes int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kilobytes); n == 1 {
			return kilobytes * 1024
		}
	}
	return 0
}

func main() {
	timeout := flag.Duration("timeout", 0, "give up on a file after this time; 0: never")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: porcupine [-timeout 60s] FILE…")
		os.Exit(254)
	}
	out := json.NewEncoder(os.Stdout)
	for _, path := range flag.Args() {
		if err := out.Encode(check(path, *timeout)); err != nil {
			os.Exit(255)
		}
	}
}
