// The simulation: clients in closed loops, in simulated time, each operation at one instant inside its interval.
//
// Every client calls, waits for the completion, thinks a little and calls again. Three moments of a call are events
// in one heap ordered by time: its invocation, the instant of its effect, its completion (or time-out). The object is
// asked what to call at the first, and does it at the second. A call of unknown outcome times out; its effect, if it
// has one, may come later than that, and its process has ended, while the client goes on under the next free process
// number. Covered by tests/generate.

#include "histories/generate/generate.hpp"

#include <algorithm>
#include <climits>
#include <deque>
#include <new>

#include "histories/generate/object.hpp"

namespace kasauti::histories::generate {

namespace {

// Nanoseconds.
constexpr std::int64_t shortest_latency = 100'000;
constexpr std::uint64_t latency_spread = 900'000;
constexpr std::uint64_t think_spread = 330'000;  // so that a client calls for about three quarters of its time
constexpr std::int64_t time_out = 2'000'000;
constexpr std::size_t chunk_size = std::size_t{1} << 16;

struct Family {
  Kind kind;
  std::unique_ptr<Object> (*make)(const Options&, Random&);
};

const std::vector<Family>& families() {
  static const std::vector<Family> table = {
      {{"register", "reads and writes", {"stale", "lost", "future", "thin-air"}}, make_register},
      {{"cas-register", "and compare-and-set", {"stale", "lost", "future", "thin-air"}}, make_register},
      {{"kv", "a map: get, put", {"stale", "lost", "future", "thin-air"}}, make_register},
      {{"list", "append, read whole", {"stale", "lost", "future", "thin-air", "duplicate"}}, make_collection},
      {{"set", "add, remove, contains, read whole", {"stale", "lost", "future", "thin-air"}}, make_collection},
      {{"counter", "add, read", {"stale", "lost", "thin-air"}}, make_number},
      {{"queue", "first in, first out", {"lost", "duplicate", "future", "thin-air"}}, make_container},
      {{"stack", "last in, first out", {"lost", "duplicate", "future", "thin-air"}}, make_container},
      {{"priority-queue", "the greatest first", {"lost", "duplicate", "future", "thin-air"}}, make_container},
      {{"bag", "in any order", {"lost", "duplicate", "future", "thin-air"}}, make_container},
      {{"fetch-add", "fetch-and-add", {"stale", "lost", "thin-air"}}, make_number},
      {{"ids", "unique ids", {"duplicate"}}, make_number},
      {{"lock", "acquire, release", {"duplicate"}}, make_lock},
      {{"semaphore", "acquire, release; --permits", {"duplicate"}}, make_lock},
      {{"bank", "transfers, and balances read at once", {"lost", "thin-air"}}, make_number},
      {{"txn", "transactions of reads and writes", {"stale", "lost", "future", "thin-air"}}, make_register},
      {{"causal", "a map that is causally consistent (CCv and CM), not linearizable", {"stale", "future", "thin-air"}},
       make_replicas},
      {{"sequential", "a map that is sequentially consistent, not linearizable", {"stale", "future", "thin-air"}},
       make_replicas},
  };
  return table;
}

enum class Moment : std::uint8_t { invocation, effect, completion };

struct Event {
  std::int64_t time;
  std::uint64_t number;  ///< breaks ties, so that the order is the same everywhere
  Call* call;
  Moment moment;
};

bool later(const Event& a, const Event& b) { return a.time != b.time ? a.time > b.time : a.number > b.number; }

class Simulation {
 public:
  Simulation(const Options& options, const Family& family, const Sink& sink)
      : options_{options}, random_{options.seed}, object_{family.make(options, random_)}, sink_{sink},
        violates_{options.violate != "none"} {}

  /// False if the sink refused.
  bool run();
  [[nodiscard]] bool violation_played() const { return !violates_ || played_; }

 private:
  void schedule(std::int64_t time, Call* call, Moment moment) {
    heap_.push_back({time, event_number_++, call, moment});
    std::ranges::push_heap(heap_, later);
  }
  std::int64_t latency() { return shortest_latency + static_cast<std::int64_t>(random_.below(latency_spread)); }
  Call* allocate(unsigned client, std::uint64_t process);
  void release(Call& call);
  bool choose(Call& call);
  void invoke(Call& call, std::int64_t now);
  void take_effect(Call& call, std::int64_t now);
  void complete(Call& call, std::int64_t now);
  void print(const Call& call, std::int64_t now, std::string_view type);
  bool flush();

  const Options& options_;
  Random random_;
  std::unique_ptr<Object> object_;
  const Sink& sink_;
  const bool violates_;
  bool played_ = false;
  unsigned player_ = UINT_MAX;  ///< the client that plays the violation
  std::uint64_t violation_at_ = 0, reserve_ = 0;
  std::uint64_t invoked_ = 0, next_process_ = 0, event_number_ = 0;
  std::vector<Event> heap_;
  std::deque<Call> calls_;  ///< calls are known by address
  std::vector<Call*> unused_;
  std::vector<Call*> woken_;
  std::string text_;
};

Call* Simulation::allocate(unsigned client, std::uint64_t process) {
  if (unused_.empty()) unused_.push_back(&calls_.emplace_back());
  Call* call = unused_.back();
  unused_.pop_back();
  call->client = client;
  call->process = process;
  return call;
}

bool Simulation::run() {
  text_ = "{\"kasauti\":1," + object_->header() + "}\n";
  // The violation begins in the second quarter, and some operations are kept back so that its client can end it.
  reserve_ = violates_ ? std::min(options_.ops, object_->longest_play()) : 0;
  violation_at_ = options_.ops / 4 + random_.below(std::min<std::uint64_t>(options_.ops / 4 + 1, UINT32_MAX));
  violation_at_ = std::min(violation_at_, options_.ops - reserve_);
  for (unsigned client = 0; client < options_.clients; ++client) {
    schedule(1000 + static_cast<std::int64_t>(random_.below(latency_spread)), allocate(client, next_process_++),
             Moment::invocation);
  }
  while (!heap_.empty()) {
    std::ranges::pop_heap(heap_, later);
    const Event event = heap_.back();
    heap_.pop_back();
    switch (event.moment) {
      case Moment::invocation: invoke(*event.call, event.time); break;
      case Moment::effect: take_effect(*event.call, event.time); break;
      case Moment::completion: complete(*event.call, event.time); break;
    }
    if (text_.size() >= chunk_size && !flush()) return false;
  }
  return flush();
}

bool Simulation::flush() {
  const bool accepted = text_.empty() || sink_(text_);
  text_.clear();
  return accepted;
}

/// Chooses the next call of a client; true if it is part of the violation.
bool Simulation::choose(Call& call) {
  call.key = no_key;
  call.a = call.b = 0;
  call.argument.clear();
  call.result.clear();
  call.flag = -1;
  call.script = 0;
  call.settled = call.timed_out = call.rejected = false;
  if (violates_ && !played_ && invoked_ >= violation_at_) {
    if (player_ == UINT_MAX) player_ = call.client;
    if (player_ == call.client) {
      if (object_->play(call)) return true;
      played_ = true;
      call.script = 0;
    }
  }
  object_->choose(call);
  return false;
}

void Simulation::invoke(Call& call, std::int64_t now) {
  const bool keeps_back = violates_ && !played_ && player_ != UINT_MAX && call.client != player_;
  if (invoked_ >= options_.ops - (keeps_back && !object_->owes(call.client) ? reserve_ : 0)) return;
  const bool plays = choose(call);
  ++invoked_;
  const Fate fate = plays || !random_.chance(options_.info) ? Fate::known : object_->unknown(call);
  call.known = fate == Fate::known;
  const bool takes_effect = fate != Fate::does_not && (fate != Fate::either || random_.below(2) == 0);
  print(call, now, "invoke");
  const std::int64_t span = call.known ? latency() : time_out;
  call.ends = now + span;
  // An effect that nobody waits for may come after the time-out.
  const std::uint64_t effect_span = static_cast<std::uint64_t>(call.known ? span : 2 * span);
  if (takes_effect) schedule(now + static_cast<std::int64_t>(random_.below(effect_span + 1)), &call, Moment::effect);
  else call.settled = true;
  if (!call.known) schedule(call.ends, &call, Moment::completion);
}

void Simulation::take_effect(Call& call, std::int64_t now) {
  woken_.clear();
  if (object_->apply(call, woken_)) woken_.push_back(&call);
  for (Call* done : woken_) {
    done->settled = true;
    if (done->known) schedule(std::max(done->ends, now), done, Moment::completion);
    else if (done->timed_out) release(*done);
  }
}

void Simulation::complete(Call& call, std::int64_t now) {
  print(call, now, !call.known ? "info" : call.rejected ? "fail" : "ok");
  const unsigned client = call.client;
  const std::uint64_t process = call.known ? call.process : next_process_++;
  call.timed_out = true;
  if (call.settled) release(call);
  const auto thinks = 1 + static_cast<std::int64_t>(random_.below(think_spread));
  schedule(now + thinks, allocate(client, process), Moment::invocation);
}

void Simulation::release(Call& call) {
  object_->finished(call);
  unused_.push_back(&call);
}

void Simulation::print(const Call& call, std::int64_t now, std::string_view type) {
  text_ += "{\"time\":";
  append_number(text_, now);
  text_ += ",\"process\":";
  append_number(text_, static_cast<std::int64_t>(call.process));
  text_ += ",\"type\":\"";
  text_ += type;
  text_ += "\",\"f\":\"";
  text_ += call.f;
  text_ += '"';
  if (call.key != no_key) {
    text_ += ",\"key\":\"k";
    append_number(text_, static_cast<std::int64_t>(call.key));
    text_ += '"';
  }
  const bool returns = type == "ok" && !call.result.empty();
  const std::string& value = returns ? call.result : call.argument;
  if (!value.empty()) {
    text_ += ",\"value\":";
    text_ += value;
  }
  if (type == "ok" && call.flag >= 0) text_ += call.flag == 1 ? ",\"result\":true" : ",\"result\":false";
  text_ += "}\n";
}

const Family* family_named(std::string_view name) {
  const auto found = std::ranges::find(families(), name, [](const Family& family) { return family.kind.name; });
  return found == families().end() ? nullptr : &*found;
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string{name};
  return text;
}

/// What is wrong with the options; empty if nothing is.
std::string complaint(const Options& options) {
  const Family* family = family_named(options.kind);
  if (family == nullptr) {
    std::vector<std::string_view> names;
    for (const Kind& kind : kinds()) names.push_back(kind.name);
    return "there is no kind \"" + options.kind + "\"; there are " + joined(names);
  }
  const auto& violations = family->kind.violations;
  if (options.violate != "none" && std::ranges::find(violations, options.violate) == violations.end()) {
    return "a " + options.kind + " can't be made to violate \"" + options.violate + "\"; it can be none, " +
           joined(violations);
  }
  if (options.violate == "duplicate" && options.values != 0 && family->make == make_container) {
    return "only elements that are added once each can be delivered once too often; leave out the number of values";
  }
  if (options.clients == 0 || options.clients > 1'000'000) return "the number of clients is between 1 and 1000000";
  if (options.keys == 0 || options.keys > 100'000'000) return "the number of keys is between 1 and 100000000";
  if (!(options.info >= 0 && options.info <= 1)) return "the share of unknown outcomes is between 0 and 1";
  if (!(options.reads >= 0 && options.reads <= 1)) return "the share of reads is between 0 and 1";
  if (options.permits == 0 || options.permits > 1'000'000) return "a semaphore has between 1 and 1000000 permits";
  return {};
}

}  // namespace

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> list = [] {
    std::vector<Kind> all;
    for (const Family& family : families()) all.push_back(family.kind);
    return all;
  }();
  return list;
}

bool generate(const Options& options, const Sink& sink, std::string& problem) try {
  problem = complaint(options);
  if (!problem.empty()) return false;
  Simulation simulation{options, *family_named(options.kind), sink};
  if (!simulation.run()) return false;
  if (simulation.violation_played()) return true;
  problem = "the history ended before the violation was complete; give it more operations";
  return false;
} catch (const std::bad_alloc&) {
  problem = "there is not enough memory for so many clients or keys";
  return false;
}

}  // namespace kasauti::histories::generate
