// How long does sequential consistency take? Histories that are sequential by construction (sessions take turns on
// one copy, replies come late), and the same with some reads swapped for a value overwritten before. Prints a Markdown
// table; memory is the process's peak, the history included.
//
//   bench_sequential [OPERATIONS…]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "checker/certificate/verify.hpp"
#include "checker/sequential/sequential.hpp"
#include "histories/builder.hpp"

namespace {

using kasauti::histories::Budget;
using kasauti::histories::Event;
using kasauti::histories::EventType;
using kasauti::histories::History;
using kasauti::histories::HistoryBuilder;
using kasauti::histories::ValueId;

struct Shape {
  std::size_t operations;
  std::size_t sessions;
  std::size_t keys;
  bool broken;
};

/// Replies come up to this many turns late.
constexpr std::size_t lag = 200;

History generate(const Shape& shape) {
  std::mt19937_64 random{shape.operations + shape.sessions + shape.keys};
  HistoryBuilder builder;
  kasauti::histories::Header header;
  header.object = kasauti::histories::ObjectKind::kv;
  header.given = true;
  builder.header(header);
  struct Stamp {
    std::size_t time;
    std::size_t call;
    bool completion;
  };
  struct Call {
    ValueId process, key, value;
    bool write;
  };
  std::vector<Stamp> stamps;
  std::vector<Call> calls;
  std::vector<ValueId> current(shape.keys, kasauti::histories::null_value);
  std::vector<ValueId> old(shape.keys, kasauti::histories::null_value);
  std::vector<std::size_t> ready(shape.sessions, 0);
  for (std::size_t i = 0; i < shape.operations; ++i) {
    const std::size_t session = random() % shape.sessions;
    const std::size_t key = random() % shape.keys;
    Call call{builder.values().intern_integer(static_cast<std::int64_t>(session)),
              builder.values().intern_integer(static_cast<std::int64_t>(key)), current[key], random() % 2 == 0};
    if (call.write) {
      old[key] = current[key];
      call.value = current[key] = builder.values().intern_integer(static_cast<std::int64_t>(i) + 1'000'000'000);
    } else if (shape.broken && i > shape.operations / 2 && i < shape.operations / 2 + shape.operations / 10) {
      call.value = old[key];
    }
    const std::size_t invoked = std::max(ready[session], 2 * i + random() % (2 * lag));
    ready[session] = invoked + 2 + random() % 4;
    stamps.push_back({invoked, i, false});
    stamps.push_back({ready[session] - 1, i, true});
    calls.push_back(call);
  }
  std::ranges::stable_sort(stamps, {}, &Stamp::time);
  std::uint32_t line = 1;
  for (const Stamp& stamp : stamps) {
    const Call& call = calls[stamp.call];
    Event event;
    event.line = ++line;
    event.type = stamp.completion ? EventType::ok : EventType::invoke;
    event.process = call.process;
    event.f = call.write ? "put" : "get";
    event.key = call.key;
    if (call.write || stamp.completion) event.value = call.value;
    builder.event(event);
  }
  return builder.finish();
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void measure(const Shape& shape) {
  const History history = generate(shape);
  const auto each = [&](std::uint64_t bytes) {
    return static_cast<double>(bytes) / static_cast<double>(shape.operations);
  };
  const double own = each(kasauti::histories::resident_bytes());
  Budget budget{{.seconds = 60}};
  const auto start = std::chrono::steady_clock::now();
  const auto judgement = kasauti::checker::sequential::check_sequential(history, {}, budget);
  const double check = seconds_since(start);
  const auto verifying = std::chrono::steady_clock::now();
  const auto verification =
      kasauti::checker::verify(history, judgement.model, judgement.verdict, judgement.certificate);
  const double verify = seconds_since(verifying);
  const std::string method = judgement.methods.empty() ? judgement.detail : judgement.methods.front();
  std::printf("| %zu | %zu | %zu | %s | %s | %.2f | %.2f | %.0f | %.0f | %s |\n", shape.operations, shape.sessions,
              shape.keys, shape.broken ? "stale reads" : "none", std::string{name_of(judgement.verdict)}.c_str(), check,
              verification.accepted ? verify : -1.0, each(kasauti::histories::peak_resident_bytes()), own,
              method.c_str());
  std::fflush(stdout);
}

/// In a process of its own, so that its peak of memory is its own too.
void measure_alone(const Shape& shape) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    measure(shape);
    _exit(0);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || status != 0) std::printf("| failed |\n");
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::size_t> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::strtoull(argv[i], nullptr, 10));
  if (sizes.empty()) sizes = {10'000, 100'000, 1'000'000, 10'000'000};
  std::printf("| operations | sessions | keys | planted | verdict | check s | verify s | bytes an operation | "
              "of them the history | method |\n|---|---|---|---|---|---|---|---|---|---|\n");
  for (const std::size_t operations : sizes) {
    for (const std::size_t sessions : {10UL, 100UL, 200UL}) {
      for (const std::size_t keys : {10UL, 100UL, 1'000UL, 100'000UL}) {
        if (keys > operations) continue;
        for (const bool broken : {false, true}) measure_alone({operations, sessions, keys, broken});
      }
    }
  }
}
