#include "support.hpp"

#include <algorithm>
#include <map>
#include <random>

#include "histories/builder.hpp"

namespace kasauti::tests {

using histories::Event;
using histories::EventType;
using histories::HistoryBuilder;
using histories::ValueId;

namespace {

std::string_view name_of_call(ObjectKind object, Function function) { return histories::name_of(object, function); }

ValueId argument_of(HistoryBuilder& builder, const Call& call) {
  const bool takes_nothing = call.function == Function::read || call.function == Function::remove || call.function == Function::dequeue;
  if (takes_nothing) return histories::no_value;
  const ValueId value = builder.values().intern_integer(call.value);
  if (call.function != Function::cas) return value;
  const ValueId pair[] = {value, builder.values().intern_integer(call.second)};
  return builder.values().intern_list(pair);
}

}  // namespace

History make_history(ObjectKind object, const std::vector<Call>& calls, bool timed) {
  HistoryBuilder builder;
  histories::Header header;
  header.object = object;
  header.initial = builder.values().intern_integer(0);
  header.given = true;
  builder.header(header);
  struct Stamp {
    int time;
    bool completion;
    std::size_t call;
  };
  std::vector<Stamp> stamps;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    stamps.push_back({calls[i].invoked, false, i});
    stamps.push_back({calls[i].completed, true, i});
  }
  std::ranges::stable_sort(stamps, {}, &Stamp::time);
  std::uint32_t line = 1;
  for (const Stamp& stamp : stamps) {
    const Call& call = calls[stamp.call];
    Event event;
    event.line = ++line;
    if (timed) event.time = stamp.time;
    event.process = builder.values().intern_integer(call.process);
    event.session = builder.values().intern_string("s" + std::to_string(call.session));
    const auto key = call.key < 3 ? std::string(1, static_cast<char>('x' + call.key)) : "k" + std::to_string(call.key);
    event.key = builder.values().intern_string(key);
    event.f = name_of_call(object, call.function);
    event.value = argument_of(builder, call);
    if (stamp.completion) {
      event.type = call.outcome == Outcome::ok ? EventType::ok : call.outcome == Outcome::fail ? EventType::fail : EventType::info;
      const bool returns = call.function == Function::read || call.function == Function::dequeue;
      if (returns && call.outcome == Outcome::ok) event.value = builder.values().intern_integer(call.value);
      if (call.refused) event.flag = histories::Flag::no;
    }
    builder.event(event);
  }
  return builder.finish();
}

History random_history(const Recipe& recipe, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  const auto below = [&](int limit) { return static_cast<int>(random() % static_cast<std::uint64_t>(limit)); };
  std::vector<Call> calls;
  std::vector<int> free_at(static_cast<std::size_t>(recipe.processes), 0);
  std::vector<int> number(free_at.size());
  for (std::size_t i = 0; i < number.size(); ++i) number[i] = static_cast<int>(i);
  int next_process = recipe.processes;
  int next_value = 1;
  std::vector<std::vector<int>> written(static_cast<std::size_t>(recipe.keys), {0});
  for (int i = 0; i < recipe.calls; ++i) {
    const auto lane = static_cast<std::size_t>(below(recipe.processes));
    Call call;
    call.process = number[lane];
    call.session = recipe.sessions == 0 ? static_cast<int>(lane) : below(recipe.sessions);
    call.key = below(recipe.keys);
    call.invoked = std::max(free_at[lane], 2 * i) + below(2);
    call.completed = call.invoked + 1 + below(4);
    auto& versions = written[static_cast<std::size_t>(call.key)];
    const int kind = below(recipe.object == ObjectKind::reg ? 2 : 3);
    const int last = static_cast<int>(versions.size()) - 1;
    const int seen = recipe.lost != 0 && below(100) < recipe.lost ? below(last + 1) : std::max(0, last - below(2));
    call.value = versions[static_cast<std::size_t>(seen)];
    const int fresh = recipe.values == 0 ? next_value++ : 1 + below(recipe.values);
    if (kind != 0) {
      const int dice = below(100);
      call.outcome = dice < recipe.failed ? Outcome::fail : dice < recipe.failed + recipe.unknown ? Outcome::info : Outcome::ok;
    }
    if (kind == 1) {
      call.function = Function::write;
      call.value = fresh;
      if (call.outcome != Outcome::fail || below(4) == 0) versions.push_back(fresh);
    } else if (kind == 2) {
      call.function = Function::cas;
      call.second = fresh;
      call.refused = call.outcome == Outcome::ok && below(3) == 0;
      if (call.outcome != Outcome::fail && !call.refused) versions.push_back(fresh);
    }
    free_at[lane] = call.completed + below(2);
    if (call.outcome == Outcome::info) {
      number[lane] = next_process++;
      free_at[lane] = call.invoked + 1;
    }
    calls.push_back(call);
  }
  return make_history(recipe.object, calls, seed % 2 == 0);
}

History sequential_history(int calls, int sessions, int keys, int lag, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  const auto below = [&](int limit) { return static_cast<int>(random() % static_cast<std::uint64_t>(limit)); };
  std::vector<int> value(static_cast<std::size_t>(keys), 0);
  std::vector<int> ready(static_cast<std::size_t>(sessions), 0);
  std::vector<Call> all;
  for (int i = 0; i < calls; ++i) {
    Call call;
    call.session = call.process = below(sessions);
    call.key = below(keys);
    int& current = value[static_cast<std::size_t>(call.key)];
    if (below(2) == 0) {
      call.function = Function::write;
      current = i + 1;
    }
    call.value = current;
    int& from = ready[static_cast<std::size_t>(call.session)];
    call.invoked = std::max(from, 4 * i + below(lag));
    call.completed = call.invoked + 1 + below(4);
    from = call.completed + 1;
    all.push_back(call);
  }
  return make_history(ObjectKind::reg, all);
}

namespace {

class Orders {
 public:
  Orders(const History& history, int key) : h_{history} {
    for (OpId op = 0; op < h_.size(); ++op) {
      if (h_.outcome[op] != Outcome::fail && (key < 0 || h_.key[op] == static_cast<unsigned>(key))) operations_.push_back(op);
    }
    placed_.assign(h_.size(), false);
  }

  bool any() {
    bool complete = true;
    for (const OpId op : operations_) complete = complete && (placed_[op] || !h_.ok(op));
    if (complete) return true;
    for (const OpId op : operations_) {
      if (placed_[op] || !may_go(op)) continue;
      const auto before = state_;
      if (legal(op)) {
        placed_[op] = true;
        if (any()) return true;
        placed_[op] = false;
      }
      state_ = before;
    }
    return false;
  }

 private:
  bool may_go(OpId op) const {
    return std::ranges::all_of(operations_, [&](OpId other) { return placed_[other] || !h_.session_precedes(other, op); });
  }

  bool legal(OpId op) {
    auto& value = state_.try_emplace(h_.key[op], h_.header.initial).first->second;
    switch (h_.function[op]) {
      case Function::read: return !h_.ok(op) || h_.result[op] == value;
      case Function::write: value = h_.argument[op]; return true;
      case Function::remove: value = histories::null_value; return true;
      default: {
        const auto pair = h_.values.elements(h_.argument[op]);
        const bool matches = pair[0] == value;
        if (h_.ok(op) && matches == (h_.flag[op] == histories::Flag::no)) return false;
        if (matches) value = pair[1];
        return true;
      }
    }
  }

  const History& h_;
  std::vector<OpId> operations_;
  std::vector<bool> placed_;
  std::map<histories::KeyId, ValueId> state_;
};

}  // namespace

bool has_sequential_order(const History& history, int key) { return Orders{history, key}.any(); }

std::string show(const History& history) {
  std::string text;
  for (OpId op = 0; op < history.size(); ++op) {
    text += std::to_string(op) + " session " + history.values.to_json(history.session_name[history.session[op]]) + " [" +
            std::to_string(history.invoked[op]) + ", " +
            (history.completed[op] == histories::never ? "…" : std::to_string(history.completed[op])) + "] " +
            history.describe(op) + "\n";
  }
  return text;
}

}  // namespace kasauti::tests
