package main

import (
	"encoding/binary"
	"hash/maphash"
	"sort"

	"github.com/anishathalye/porcupine"
)

// States that are not one number are strings: immutable, comparable, and cheap to cut. A list takes eight bytes a value.

func encode(values []value) string {
	bytes := make([]byte, 0, 8*len(values))
	for _, v := range values {
		bytes = binary.BigEndian.AppendUint64(bytes, uint64(v))
	}
	return string(bytes)
}

func decode(state string) []value {
	values := make([]value, len(state)/8)
	for i := range values {
		values[i] = value(binary.BigEndian.Uint64([]byte(state[8*i : 8*i+8])))
	}
	return values
}

type step func(state any, in input, out output) (bool, any)

var seed = maphash.MakeSeed()

func hashOf(state any) uint64 {
	switch s := state.(type) {
	case value:
		return uint64(s) * 0x9E3779B97F4A7C15
	case string:
		return maphash.String(seed, s)
	}
	return 0
}

func byKey(operations []porcupine.Operation) [][]porcupine.Operation {
	places := map[string]int{}
	var parts [][]porcupine.Operation
	for _, op := range operations {
		key := op.Input.(input).key
		place, found := places[key]
		if !found {
			place = len(parts)
			places[key] = place
			parts = append(parts, nil)
		}
		parts[place] = append(parts[place], op)
	}
	return parts
}

func modelOf(h *history) (porcupine.Model, error) {
	initial, next := any(h.initial), step(nil)
	switch h.object {
	case "register", "cas-register":
		next = registerStep
	case "kv":
		next = registerStep
		for _, op := range h.operations {
			if op.Input.(input).f == "append" {
				initial, next = "", textStep
			}
		}
	case "counter", "fetch-add":
		initial, next = max(h.initial, 0), counterStep
	case "queue", "stack", "priority-queue":
		initial, next = "", containerStep(h.object)
	case "list":
		initial, next = "", listStep
	case "set":
		initial, next = "", setStep
	case "lock", "semaphore":
		initial, next = h.permits, lockStep
	default:
		return porcupine.Model{}, errUnsupported
	}
	return porcupine.Model{
		Partition: byKey,
		Init:      func() any { return initial },
		Step: func(state, in, out any) (bool, any) {
			return next(state, in.(input), out.(output))
		},
		Hash: hashOf,
	}, nil
}

func registerStep(state any, in input, out output) (bool, any) {
	current := state.(value)
	switch in.f {
	case "read", "get":
		return !out.known || out.a == current, state
	case "write", "put":
		return true, in.a
	case "delete":
		return true, null
	}
	swaps := current == in.a
	if out.known && swaps != (out.flag != 0) {
		return false, state
	}
	if swaps {
		return true, in.b
	}
	return true, state
}

func textStep(state any, in input, out output) (bool, any) {
	switch in.f {
	case "get", "read":
		return !out.known || out.text == state.(string), state
	case "append":
		return true, state.(string) + in.text
	case "delete":
		return true, ""
	}
	return true, in.text
}

func counterStep(state any, in input, out output) (bool, any) {
	total := state.(value)
	switch in.f {
	case "read":
		return !out.known || out.a == total, state
	case "inc":
		return true, total + 1
	case "add":
		return true, total + in.a
	}
	return !out.known || out.a == total, total + in.a
}

func containerStep(object string) step {
	return func(state any, in input, out output) (bool, any) {
		elements := state.(string)
		if in.f == "enqueue" || in.f == "push" || in.f == "insert" {
			added := elements + encode([]value{in.a})
			if object == "priority-queue" {
				values := decode(added)
				sort.Slice(values, func(i, j int) bool { return values[i] < values[j] })
				added = encode(values)
			}
			return true, added
		}
		if elements == "" {
			return !out.known || out.a == null, state
		}
		taken, rest := elements[len(elements)-8:], elements[:len(elements)-8]
		if object == "queue" {
			taken, rest = elements[:8], elements[8:]
		}
		return !out.known || out.a == decode(taken)[0], rest
	}
}

func listStep(state any, in input, out output) (bool, any) {
	if in.f == "append" {
		return true, state.(string) + encode([]value{in.a})
	}
	return !out.known || out.list == state.(string), state
}

func setStep(state any, in input, out output) (bool, any) {
	if in.f == "read" {
		return !out.known || out.list == state.(string), state
	}
	elements := decode(state.(string))
	place := sort.Search(len(elements), func(i int) bool { return elements[i] >= in.a })
	present := place < len(elements) && elements[place] == in.a
	switch in.f {
	case "contains":
		return !out.known || present == (out.flag == 1), state
	case "remove":
		if out.known && present != (out.flag != 0) {
			return false, state
		}
		if !present {
			return true, state
		}
		return true, encode(append(elements[:place:place], elements[place+1:]...))
	}
	if present {
		return true, state
	}
	return true, encode(append(append(elements[:place:place], in.a), elements[place:]...))
}

func lockStep(state any, in input, out output) (bool, any) {
	free := state.(value)
	if in.f == "release" {
		return true, free + 1
	}
	if free == 0 {
		return !out.known, state // one of unknown outcome may never have happened
	}
	return true, free - 1
}
