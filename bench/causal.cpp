// What the causal models, PRAM and the session guarantees cost: processor time and memory for generated histories that
// satisfy them.
//
// A store is simulated in memory: each session has a replica of its own, and now and then merges another's.
// Newest-wins replicas give histories that converge (CCv) but have no view for each session; replicas that apply
// writes as they arrive give causal memory, which need not converge. So CM and PRAM are measured on the second kind,
// everything else on the first.
//
//   bench_causal [--threads N] [--models NAME,…] [--plume FILE] [OPERATIONS SESSIONS KEYS]…
//
// A row for each shape and model; without shapes, a small table. Seconds are of processor time, and beside them of the
// clock, which tell apart where several threads work. With --plume, the first kind of history of the last shape is
// written in the text format of Plume, which AWDIT reads (bench/causal_compare).

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "checker/causal/causal.hpp"
#include "checker/certificate/verify.hpp"
#include "checker/sessions/sessions.hpp"
#include "histories/budget.hpp"
#include "histories/history.hpp"

using namespace kasauti;
using checker::Model;
using histories::OpId;

namespace {

struct Shape {
  std::uint32_t operations;
  std::uint32_t sessions;
  std::uint32_t keys;
};

struct Write {
  std::uint32_t key;
  histories::ValueId value;
  std::uint64_t stamp;  // Lamport time and session
};

class Store {
 public:
  Store(const Shape& shape, bool newest_wins) : shape_{shape}, newest_wins_{newest_wins}, logs_(shape.sessions) {
    seen_.assign(shape.sessions, std::vector<std::uint32_t>(shape.sessions, 0));
    values_.assign(std::size_t{shape.sessions} * shape.keys, {0, 0});
    clock_.assign(shape.sessions, 0);
  }

  histories::ValueId read(std::uint32_t session, std::uint32_t key) const { return at(session, key).value; }
  void write(std::uint32_t session, std::uint32_t key, histories::ValueId value) {
    const Write write{key, value, ++clock_[session] * shape_.sessions + session};
    logs_[session].push_back(write);
    seen_[session][session] = static_cast<std::uint32_t>(logs_[session].size());
    at(session, key) = {write.stamp, value};
  }
  /// The replica of one session learns what that of another knows, causes first.
  void merge(std::uint32_t to, std::uint32_t from) {
    batch_.clear();
    for (std::uint32_t origin = 0; origin < shape_.sessions; ++origin) {
      for (std::uint32_t& next = seen_[to][origin]; next < seen_[from][origin]; ++next)
        batch_.push_back(logs_[origin][next]);
    }
    std::ranges::sort(batch_, {}, &Write::stamp);
    for (const Write& write : batch_) {
      Cell& cell = at(to, write.key);
      if (!newest_wins_ || write.stamp > cell.stamp) cell = {write.stamp, write.value};
    }
    clock_[to] = std::max(clock_[to], clock_[from]);
  }

 private:
  struct Cell {
    std::uint64_t stamp;
    histories::ValueId value;
  };
  Cell& at(std::uint32_t session, std::uint32_t key) { return values_[std::size_t{session} * shape_.keys + key]; }
  const Cell& at(std::uint32_t session, std::uint32_t key) const {
    return values_[std::size_t{session} * shape_.keys + key];
  }

  Shape shape_;
  bool newest_wins_;
  std::vector<std::vector<Write>> logs_;
  std::vector<std::vector<std::uint32_t>> seen_;
  std::vector<Cell> values_;
  std::vector<std::uint64_t> clock_;
  std::vector<Write> batch_;
};

/// Half of the operations write, each its own value; a replica merges another before every eighth operation of its
/// session.
histories::History generate(const Shape& shape, bool newest_wins) {
  histories::History h;
  h.header.given = true;
  h.header.initial = histories::null_value;
  std::mt19937_64 random{shape.operations};
  Store store{shape, newest_wins};
  const auto draw = [&](std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); };
  for (std::uint32_t i = 0; i < shape.sessions; ++i) h.process_name.push_back(h.values.intern_integer(i));
  for (std::uint32_t i = 0; i < shape.keys; ++i) h.key_name.push_back(h.values.intern_integer(i));
  h.session_name = h.process_name;
  for (OpId op = 0; op < shape.operations; ++op) {
    const std::uint32_t session = draw(shape.sessions);
    const std::uint32_t key = draw(shape.keys);
    if (draw(8) == 0) store.merge(session, draw(shape.sessions));
    const bool write = draw(2) == 0;
    const histories::ValueId value = write ? h.values.intern_integer(op + 1'000'000) : store.read(session, key);
    if (write) store.write(session, key, value);
    h.function.push_back(write ? histories::Function::write : histories::Function::read);
    h.outcome.push_back(histories::Outcome::ok);
    h.process.push_back(session);
    h.session.push_back(session);
    h.key.push_back(key);
    h.argument.push_back(write ? value : histories::no_value);
    h.result.push_back(write ? histories::no_value : value);
    h.flag.push_back(histories::Flag::absent);
    h.invoked.push_back(2 * op);
    h.completed.push_back(2 * op + 1);
    h.invoked_line.push_back(2 * op + 1);
    h.completed_line.push_back(2 * op + 2);
  }
  return h;
}

/// Processor time, as what is measured runs on one thread: it depends less on what else the machine does.
double seconds_used() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// The most memory that was resident since the last call of reset_peak().
void reset_peak() {
  // Linux: 5 sets the peak back to what is resident now. Elsewhere the figures are peaks of the whole run.
  if (FILE* file = std::fopen("/proc/self/clear_refs", "w")) {
    std::fputs("5", file);
    std::fclose(file);
  }
}
std::uint64_t peak() {
  std::uint64_t kilobytes = 0;
  if (FILE* file = std::fopen("/proc/self/status", "r")) {
    char line[256];
    while (std::fgets(line, sizeof line, file) != nullptr) {
      if (std::string_view{line}.starts_with("VmHWM:")) kilobytes = std::strtoull(line + 6, nullptr, 10);
    }
    std::fclose(file);
  }
  return kilobytes * 1024;
}

struct Settings {
  unsigned threads = 1;
  std::vector<Model> models;  // empty: all
  std::string plume;
  [[nodiscard]] bool wants(Model model) const {
    return models.empty() || std::ranges::find(models, model) != models.end();
  }
};

void measure(const Shape& shape, const histories::History& history, Model model, const Settings& settings) {
  if (!settings.wants(model)) return;
  histories::Budget budget;
  const auto began = std::chrono::steady_clock::now();
  reset_peak();
  const std::uint64_t before = histories::resident_bytes();
  const double start = seconds_used();
  const bool family = model == Model::causal || model == Model::causal_convergent || model == Model::causal_memory ||
                      model == Model::pram;
  const checker::Judgement judgement = family ? checker::causal::check_causal(history, model, {settings.threads}, budget)
                                              : checker::sessions::check_sessions(history, model, {}, budget);
  const double seconds = seconds_used() - start;
  const std::chrono::duration<double> clock = std::chrono::steady_clock::now() - began;
  const std::uint64_t bytes = peak() - std::min(peak(), before);
  const double verifying = seconds_used();
  const bool accepted = checker::verify(history, model, judgement.verdict, judgement.certificate).accepted;
  fmt::print("| {} | {} | {} | {} | {} | {:.3f} | {:.3f} | {:.0f} | {:.0f} | {:.3f} {} |\n", shape.operations, shape.sessions,
             shape.keys, checker::name_of(model), checker::name_of(judgement.verdict), seconds,
             clock.count(), 1e9 * seconds / shape.operations, static_cast<double>(bytes) / shape.operations,
             seconds_used() - verifying, accepted ? "accepted" : "REFUSED");
  std::fflush(stdout);
}

/// One line an operation: r(key,value,session,transaction), each operation a transaction of its own. The value that
/// nobody wrote is 0 there.
void write_plume(const histories::History& h, const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return;
  for (OpId op = 0; op < h.size(); ++op) {
    const bool write = h.function[op] == histories::Function::write;
    const histories::ValueId value = write ? h.argument[op] : h.result[op];
    const std::int64_t number = value == h.header.initial ? 0 : h.values.integer(value);
    fmt::print(file, "{}({},{},{},{})\n", write ? 'w' : 'r', h.key[op], number, h.session[op], op);
  }
  std::fclose(file);
}

bool read_settings(int& i, int argc, char** argv, Settings& settings) {
  for (; i + 1 < argc && std::string_view{argv[i]}.starts_with("--"); i += 2) {
    const std::string_view name{argv[i]};
    const std::string_view value{argv[i + 1]};
    if (name == "--threads") {
      settings.threads = static_cast<unsigned>(std::strtoul(argv[i + 1], nullptr, 10));
    } else if (name == "--plume") {
      settings.plume = value;
    } else if (name == "--models") {
      for (std::size_t at = 0; at <= value.size();) {
        const std::size_t comma = std::min(value.find(',', at), value.size());
        const auto model = checker::model_named(value.substr(at, comma - at));
        if (!model) return false;
        settings.models.push_back(*model);
        at = comma + 1;
      }
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  std::vector<Shape> shapes;
  int i = 1;
  if (!read_settings(i, argc, argv, settings)) {
    fmt::print(stderr, "the head of bench/causal.cpp says what it takes\n");
    return 2;
  }
  for (; i + 2 < argc; i += 3) {
    const auto number = [&](int at) { return static_cast<std::uint32_t>(std::strtoul(argv[at], nullptr, 10)); };
    shapes.push_back({number(i), number(i + 1), number(i + 2)});
  }
  if (shapes.empty()) {
    shapes = {
        {10'000, 10, 100}, {100'000, 10, 10}, {100'000, 50, 1'000}, {100'000, 200, 100'000}, {1'000'000, 50, 10'000}};
  }
  fmt::print(
      "| operations | sessions | keys | model | verdict | seconds | by the clock | ns/op | bytes/op | verifying, s "
      "|\n|---|---|---|---|---|---|---|---|---|---|\n");
  for (const Shape& shape : shapes) {
    {
      const histories::History history = generate(shape, true);
      for (const Model model :
           {Model::causal_convergent, Model::causal, Model::session, Model::read_your_writes, Model::monotonic_reads}) {
        measure(shape, history, model, settings);
      }
      if (!settings.plume.empty()) write_plume(history, settings.plume);
    }
    if (!settings.wants(Model::causal_memory) && !settings.wants(Model::pram)) continue;
    const histories::History history = generate(shape, false);
    for (const Model model : {Model::causal_memory, Model::pram, Model::causal}) {
      measure(shape, history, model, settings);
    }
  }
  return 0;
}
