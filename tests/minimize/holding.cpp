#include "tests/minimize/holding.hpp"

#include <algorithm>
#include <numeric>

namespace kasauti::tests {

namespace {

using enum histories::Function;
using histories::no_value;
using histories::null_value;
using histories::ValueTable;

ValueId integer(ValueTable& values, int number) { return values.intern_integer(number); }

template <class... Elements>
ValueId list(ValueTable& values, Elements... elements) {
  const std::vector<ValueId> all{elements...};
  return values.intern_list(all);
}

Alphabet named(ObjectKind object) {
  Alphabet alphabet;
  alphabet.name = std::string{name_of(object)};
  alphabet.header.object = object;
  alphabet.header.given = true;
  return alphabet;
}

Alphabet registers(ObjectKind object) {
  Alphabet a = named(object);
  ValueTable& v = a.values;
  const ValueId one = integer(v, 1), two = integer(v, 2);
  for (const ValueId value : {null_value, one, two}) a.calls.push_back({read, no_value, value});
  for (const ValueId value : {one, two}) a.calls.push_back({write, value});
  if (object == ObjectKind::reg) return a;
  for (const ValueId pair : {list(v, one, two), list(v, two, one), list(v, null_value, one)}) {
    a.calls.push_back({cas, pair});
    a.calls.push_back({cas, pair, no_value, Flag::no});
  }
  if (object == ObjectKind::cas_register) return a;
  a.calls.push_back({remove});
  const ValueId letter = v.intern_string("a");
  a.calls.push_back({append, letter});
  a.calls.push_back({write, letter});
  for (const char* text : {"a", "aa", "aaa"}) a.calls.push_back({read, no_value, v.intern_string(text)});
  return a;
}

Alphabet container(ObjectKind object, Function in, Function out) {
  Alphabet a = named(object);
  for (int number = 1; number <= 3; ++number) {
    a.calls.push_back({in, integer(a.values, number)});
    a.calls.push_back({out, no_value, integer(a.values, number)});
  }
  a.calls.push_back({out, no_value, null_value});
  return a;
}

Alphabet lists() {
  Alphabet a = named(ObjectKind::list);
  ValueTable& v = a.values;
  const ValueId one = integer(v, 1), two = integer(v, 2);
  a.calls = {{append, one}, {append, two}};
  for (const ValueId whole :
       {list(v), list(v, one), list(v, two), list(v, one, two), list(v, two, one), list(v, one, one)}) {
    a.calls.push_back({read, no_value, whole});
  }
  return a;
}

Alphabet sets() {
  Alphabet a = named(ObjectKind::set);
  ValueTable& v = a.values;
  const ValueId one = integer(v, 1), two = integer(v, 2);
  for (const ValueId element : {one, two}) {
    for (const Flag flag : {Flag::absent, Flag::yes, Flag::no}) a.calls.push_back({add, element, no_value, flag});
    for (const Flag flag : {Flag::absent, Flag::no}) a.calls.push_back({remove, element, no_value, flag});
    for (const Flag flag : {Flag::yes, Flag::no}) a.calls.push_back({contains, element, no_value, flag});
  }
  for (const ValueId whole : {list(v), list(v, one), list(v, two), list(v, one, two)}) {
    a.calls.push_back({read, no_value, whole});
  }
  return a;
}

Alphabet numbers(ObjectKind object) {
  Alphabet a = named(object);
  ValueTable& v = a.values;
  for (int n = 0; n <= 4; ++n) {
    const ValueId number = integer(v, n);
    if (object == ObjectKind::ids) a.calls.push_back({generate, no_value, number});
    if (object == ObjectKind::fetch_add) {
      a.calls.push_back({fetch_add, integer(v, 1), number});
      a.calls.push_back({fetch_add, integer(v, 2), number});
      a.calls.push_back({fetch_add, integer(v, 0), number});
    }
    if (object == ObjectKind::counter) a.calls.push_back({read, no_value, number});
    if (object == ObjectKind::booking) a.calls.push_back({read, no_value, number});
  }
  for (int n = 1; n <= 2; ++n) {
    if (object == ObjectKind::counter) a.calls.push_back({add, integer(v, n)});
    if (object != ObjectKind::booking) continue;
    a.header.initial = integer(v, 3);
    a.calls.push_back({book, integer(v, n)});
    a.calls.push_back({book, integer(v, n), no_value, Flag::no});
  }
  if (object == ObjectKind::counter) a.calls.push_back({increment});
  return a;
}

Alphabet locks(ObjectKind object) {
  Alphabet a = named(object);
  a.header.permits = object == ObjectKind::semaphore ? 2 : 1;
  ValueTable& v = a.values;
  a.calls = {{release}, {acquire, no_value, null_value, Flag::no}};
  if (object != ObjectKind::fenced_lock) {
    a.calls.push_back({acquire, no_value, null_value});
    return a;
  }
  for (int token = 1; token <= 2; ++token) {
    a.calls.push_back({acquire, no_value, integer(v, token)});
    const ValueId pair = list(v, v.intern_string("r"), integer(v, token));
    a.calls.push_back({write, pair});
    a.calls.push_back({write, pair, no_value, Flag::no});
  }
  return a;
}

Alphabet transactions() {
  Alphabet a = named(ObjectKind::txn);
  ValueTable& v = a.values;
  const ValueId r = v.intern_string("r"), w = v.intern_string("w"), grow = v.intern_string("append");
  const ValueId x = v.intern_string("x"), y = v.intern_string("y"), z = v.intern_string("z");
  const ValueId one = integer(v, 1), two = integer(v, 2);
  for (const ValueId value : {one, two}) {
    a.calls.push_back({txn, list(v, list(v, w, x, value)), list(v, list(v, w, x, value))});
    const ValueId both = list(v, list(v, w, x, value), list(v, w, y, value));
    a.calls.push_back({txn, both, both});
    a.calls.push_back({txn, list(v, list(v, grow, z, value)), list(v, list(v, grow, z, value))});
  }
  for (const ValueId value : {null_value, one, two}) {
    a.calls.push_back({txn, list(v, list(v, r, x, null_value)), list(v, list(v, r, x, value))});
    a.calls.push_back({txn, list(v, list(v, r, y, null_value)), list(v, list(v, r, y, value))});
    const ValueId asked = list(v, list(v, r, x, null_value), list(v, w, y, two));
    a.calls.push_back({txn, asked, list(v, list(v, r, x, value), list(v, w, y, two))});
  }
  for (const ValueId whole : {list(v), list(v, one), list(v, two), list(v, one, two), list(v, two, one)}) {
    a.calls.push_back({txn, list(v, list(v, r, z, null_value)), list(v, list(v, r, z, whole))});
  }
  return a;
}

Alphabet banks() {
  Alphabet a = named(ObjectKind::bank);
  ValueTable& v = a.values;
  const std::vector<ValueId> accounts{v.intern_string("a"), v.intern_string("b"), v.intern_string("c")};
  const auto balances = [&](int first, int second, int third) {
    return v.intern_map({accounts[0], integer(v, first), accounts[1], integer(v, second), accounts[2],
                         integer(v, third)});
  };
  a.header.initial = balances(2, 1, 0);
  for (int first = 0; first <= 3; ++first) {
    for (int second = 0; first + second <= 3; ++second) {
      a.calls.push_back({read_all, no_value, balances(first, second, 3 - first - second)});
    }
  }
  const ValueId from = v.intern_string("from"), to = v.intern_string("to"), amount = v.intern_string("amount");
  for (const ValueId source : accounts) {
    for (const ValueId target : accounts) {
      for (int sum = 1; sum <= 2; ++sum) {
        if (source == target) continue;
        const ValueId wanted = v.intern_map({from, source, to, target, amount, integer(v, sum)});
        a.calls.push_back({transfer, wanted, wanted});
        a.calls.push_back({transfer, wanted, wanted, Flag::no});
      }
    }
  }
  return a;
}

/// Gives each call a process that is free when it begins.
std::vector<std::uint32_t> processes_of(const std::vector<Interval>& intervals, std::mt19937& random) {
  std::vector<std::uint32_t> processes;
  for (const Interval& interval : intervals) {
    std::vector<std::uint32_t> free{static_cast<std::uint32_t>(processes.size())};
    for (std::size_t i = 0; i < processes.size(); ++i) {
      bool idle = true;
      for (std::size_t j = 0; j < processes.size(); ++j) {
        idle = idle && (processes[j] != processes[i] || intervals[j].end < interval.begin);
      }
      if (idle) free.push_back(processes[i]);
    }
    processes.push_back(free[random() % free.size()]);
  }
  return processes;
}

/// The order in which the calls take effect.
std::vector<std::size_t> effects(Truth truth, const std::vector<Interval>& intervals,
                                 const std::vector<std::uint32_t>& processes,
                                 std::mt19937& random) {
  std::vector<std::size_t> order(intervals.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (truth == Truth::linearizable) {
    std::vector<double> moment;
    for (const Interval& each : intervals) {
      moment.push_back(std::uniform_real_distribution<double>(each.begin, each.end)(random));
    }
    std::ranges::sort(order, {}, [&](std::size_t i) { return moment[i]; });
    return order;
  }
  std::ranges::shuffle(order, random);
  // A call takes the places that its process got, in the order of invocation.
  std::vector<std::size_t> result = order;
  for (std::size_t i = 0; i < result.size(); ++i) {
    for (std::size_t j = i + 1; j < result.size(); ++j) {
      if (processes[result[i]] == processes[result[j]] && result[j] < result[i]) std::swap(result[i], result[j]);
    }
  }
  return result;
}

}  // namespace

std::vector<Alphabet> alphabets() {
  return {registers(ObjectKind::reg),
          registers(ObjectKind::cas_register),
          registers(ObjectKind::kv),
          lists(),
          sets(),
          numbers(ObjectKind::counter),
          container(ObjectKind::queue, enqueue, dequeue),
          container(ObjectKind::stack, push, pop),
          container(ObjectKind::priority_queue, insert, poll),
          container(ObjectKind::bag, put, take),
          numbers(ObjectKind::ids),
          numbers(ObjectKind::fetch_add),
          numbers(ObjectKind::booking),
          locks(ObjectKind::lock),
          locks(ObjectKind::semaphore),
          locks(ObjectKind::fenced_lock),
          transactions(),
          banks()};
}

History draw_holding(const Alphabet& alphabet, Truth truth, std::size_t calls, std::mt19937& random) {
  const auto intervals = random_intervals(calls, 3, random);
  const auto processes = processes_of(intervals, random);
  const auto specification = checker::objects::make_specification(alphabet.header, alphabet.values);
  std::vector<Made> made(calls);
  checker::objects::State state = specification->initial();
  for (const std::size_t call : effects(truth, intervals, processes, random)) {
    made[call] = alphabet.calls[random() % alphabet.calls.size()];
    made[call].outcome = Outcome::fail;
    const bool known = random() % 4 != 0;
    for (int attempt = 0; attempt < 20; ++attempt) {
      Made candidate = alphabet.calls[random() % alphabet.calls.size()];
      candidate.outcome = known ? Outcome::ok : Outcome::info;
      std::vector<checker::objects::State> after;
      specification->step(state, {candidate.function, candidate.argument, known ? candidate.result : no_value,
                                  known ? candidate.flag : Flag::absent, known}, after);
      if (after.empty()) continue;
      made[call] = candidate;
      if (known || random() % 3 != 0) state = after[random() % after.size()];
      break;
    }
  }
  History h = make_history(alphabet.header.object, alphabet.values, made, intervals);
  h.header = alphabet.header;
  h.process = h.session = processes;
  return h;
}

bool is_legal(const History& history, Truth truth) {
  std::vector<OpId> operations;
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.outcome[op] != Outcome::fail) operations.push_back(op);
  }
  return truth == Truth::linearizable ? linearizable_by_brute_force(history, operations)
      : sequential_by_brute_force(history, operations);
}

std::string told(const History& history) {
  std::string text = std::string{name_of(history.header.object)} + ": ";
  for (OpId op = 0; op < history.size(); ++op) {
    text += std::to_string(history.process[op]) + "@" + std::to_string(history.invoked[op]) + "-" +
            (history.completed[op] == histories::never ? "" : std::to_string(history.completed[op])) + " " +
            history.describe_call(op) + "; ";
  }
  return text;
}

}  // namespace kasauti::tests
