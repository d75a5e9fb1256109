// Each specification against a naive model of the object: random operations whose results the model gives, with some
// results changed; the specification's step(), its replayer and the model must agree on every one.

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "checker/objects/replay.hpp"
#include "checker/objects/specification.hpp"

namespace kasauti::tests {

namespace {

using namespace histories;
using checker::objects::State;
using enum Function;

/// What every test needs: a header, values, and choices that are the same in each run.
struct Model {
  Header header;
  ValueTable values;
  std::mt19937 random{7};

  ValueId number(std::int64_t n) { return values.intern_integer(n); }
  ValueId list(const std::vector<std::int64_t>& numbers) {
    std::vector<ValueId> ids;
    for (const std::int64_t n : numbers) ids.push_back(number(n));
    return values.intern_list(ids);
  }
  std::int64_t below(std::int64_t n) { return std::uniform_int_distribution<std::int64_t>{0, n - 1}(random); }
  Flag flag(bool yes) { return yes ? Flag::absent : Flag::no; }
};

/// Executes `rounds` calls that `call` makes up and answers; the wrong one of each pair must be impossible.
template <class CallFunction>
void agree(Model& model, int rounds, const CallFunction& call) {
  const auto specification = checker::objects::make_specification(model.header, model.values);
  REQUIRE(specification != nullptr);
  const auto replayer = specification->replayer();
  State state = specification->initial();
  for (int round = 0; round < rounds; ++round) {
    const auto [operation, wrong] = call();
    std::vector<State> after;
    specification->step(state, wrong, after);
    CHECK(after.empty());
    specification->step(state, operation, after);
    REQUIRE(after.size() == 1);
    REQUIRE(replayer->apply(operation));
    if (specification->observes_only(operation)) CHECK(after[0] == state);
    state = after[0];
  }
}

struct Answer {
  Operation operation;
  Operation wrong;
};

Operation done(Function f, ValueId argument, ValueId result = no_value, Flag flag = Flag::absent) {
  return {f, argument, result, flag, true};
}

}  // namespace

TEST_CASE("containers agree with the standard library's") {
  for (const ObjectKind kind : {ObjectKind::queue, ObjectKind::stack, ObjectKind::priority_queue, ObjectKind::bag}) {
    Model m;
    m.header.object = kind;
    std::deque<std::int64_t> held;
    const Function in = kind == ObjectKind::queue   ? enqueue
                        : kind == ObjectKind::stack ? push
                        : kind == ObjectKind::bag   ? put
                                                    : insert;
    const Function out = kind == ObjectKind::queue   ? dequeue
                         : kind == ObjectKind::stack ? pop
                         : kind == ObjectKind::bag   ? take
                                                     : poll;
    agree(m, 2000, [&]() -> Answer {
      const Operation never_put = done(out, no_value, m.number(1000));
      if (m.below(2) == 0) {
        const std::int64_t n = m.below(20);
        held.push_back(n);
        return {done(in, m.number(n)), never_put};
      }
      if (held.empty()) return {done(out, no_value, null_value), never_put};
      auto place = held.begin();
      if (kind == ObjectKind::stack) place = held.end() - 1;
      if (kind == ObjectKind::priority_queue) place = std::ranges::max_element(held);
      if (kind == ObjectKind::bag) place += m.below(static_cast<std::int64_t>(held.size()));
      const ValueId taken = m.number(*place);
      held.erase(place);
      return {done(out, no_value, taken), done(out, no_value, null_value)};
    });
  }
}

TEST_CASE("a set agrees with std::set") {
  Model m;
  m.header.object = ObjectKind::set;
  std::set<std::int64_t> held;
  agree(m, 2000, [&]() -> Answer {
    const std::int64_t n = m.below(6);
    const bool member = held.contains(n);
    switch (m.below(5)) {
      case 0:
        held.insert(n);
        return {done(add, m.number(n)), done(contains, m.number(n), no_value, m.flag(!member))};
      case 1:
        held.insert(n);
        return {done(add, m.number(n), no_value, member ? Flag::no : Flag::yes),
                done(add, m.number(n), no_value, member ? Flag::yes : Flag::no)};
      case 2:
        held.erase(n);
        return {done(remove, m.number(n), no_value, m.flag(member)),
                done(remove, m.number(n), no_value, m.flag(!member))};
      case 3:
        return {done(contains, m.number(n), no_value, member ? Flag::yes : Flag::no),
                done(contains, m.number(n), no_value, member ? Flag::no : Flag::yes)};
      default: {
        std::vector<std::int64_t> members(held.rbegin(), held.rend()), others = members;
        others.push_back(77);
        const ValueId result = members.empty() ? null_value : m.list(members);
        return {done(read, no_value, result), done(read, no_value, m.list(others))};
      }
    }
  });
}

TEST_CASE("a list, a counter, fetch-and-add and ids agree with plain variables") {
  Model lists;
  lists.header.object = ObjectKind::list;
  std::vector<std::int64_t> list;
  agree(lists, 300, [&]() -> Answer {
    std::vector<std::int64_t> shorter = list;
    if (shorter.empty()) shorter.push_back(5); else shorter.pop_back();
    const Operation wrong = done(read, no_value, lists.list(shorter));
    if (lists.below(2) == 0) return {done(read, no_value, list.empty() ? null_value : lists.list(list)), wrong};
    list.push_back(lists.below(9));
    return {done(append, lists.number(list.back())), wrong};
  });

  Model counters;
  counters.header.object = ObjectKind::counter;
  counters.header.initial = counters.number(5);
  std::int64_t count = 5;
  agree(counters, 2000, [&]() -> Answer {
    const Operation wrong = done(read, no_value, counters.number(count + 1));
    const std::int64_t n = counters.below(11) - 5;
    switch (counters.below(3)) {
      case 0:
        count += n;
        return {done(add, counters.number(n)), wrong};
      case 1:
        ++count;
        return {done(increment, no_value), wrong};
      default: return {done(read, no_value, counters.number(count)), wrong};
    }
  });

  Model sums;
  sums.header.object = ObjectKind::fetch_add;
  std::int64_t sum = 0;
  agree(sums, 2000, [&]() -> Answer {
    const std::int64_t n = sums.below(11) - 5, before = sum;
    sum += n;
    return {done(fetch_add, sums.number(n), sums.number(before)),
            done(fetch_add, sums.number(n), sums.number(before + 1))};
  });

  Model generators;
  generators.header.object = ObjectKind::ids;
  generators.header.initial = generators.list({0});
  std::int64_t next = 0;
  agree(generators, 500, [&]() -> Answer {
    const ValueId id = generators.number(++next);
    return {done(generate, no_value, id), done(generate, no_value, generators.number(generators.below(next)))};
  });
}

TEST_CASE("locks and semaphores agree with a count of holders") {
  for (const std::int64_t permits : {std::int64_t{1}, std::int64_t{3}}) {
    Model m;
    m.header.object = permits == 1 ? ObjectKind::lock : ObjectKind::semaphore;
    m.header.permits = permits;
    std::int64_t out = 0;
    agree(m, 2000, [&]() -> Answer {
      const bool acquires = m.below(2) == 0;
      const bool possible = acquires ? out < permits : out > 0;
      if (possible) out += acquires ? 1 : -1;
      const Function f = acquires ? acquire : release;
      return {done(f, no_value, no_value, m.flag(possible)), done(f, no_value, no_value, m.flag(!possible))};
    });
  }
}

TEST_CASE("a fenced lock gives rising tokens, and resources refuse lower ones than they saw") {
  Model m;
  m.header.object = ObjectKind::fenced_lock;
  bool held = false;
  std::int64_t last = 0;
  std::map<std::int64_t, std::int64_t> highest;
  agree(m, 3000, [&]() -> Answer {
    switch (m.below(3)) {
      case 0:
        if (held) return {done(acquire, no_value, null_value, Flag::no), done(acquire, no_value, m.number(last + 1))};
        held = true;
        last += 1 + m.below(3);
        return {done(acquire, no_value, m.number(last)), done(acquire, no_value, null_value, Flag::no)};
      case 1: {
        const bool possible = held;
        held = false;
        return {done(release, no_value, no_value, m.flag(possible)),
                done(release, no_value, no_value, m.flag(!possible))};
      }
      default: {
        const std::int64_t resource = m.below(3), token = m.below(last + 2);
        const auto seen = highest.find(resource);
        const bool accepted = seen == highest.end() || token >= seen->second;
        if (accepted) highest[resource] = token;
        const ValueId pair = m.list({resource, token});
        return {done(write, pair, no_value, m.flag(accepted)), done(write, pair, no_value, m.flag(!accepted))};
      }
    }
  });
  const auto specification = checker::objects::make_specification(m.header, m.values);
  const auto replayer = specification->replayer();
  CHECK(replayer->apply(done(acquire, no_value, m.number(4))));
  CHECK(replayer->apply(done(release, no_value)));
  CHECK_FALSE(replayer->apply(done(acquire, no_value, m.number(4))));
}

TEST_CASE("a bank and a booking agree with plain balances") {
  Model m;
  m.header.object = ObjectKind::bank;
  const std::vector<std::string> names = {"a", "b", "c"};
  std::map<std::string, std::int64_t> balances = {{"a", 20}, {"b", 10}, {"c", 0}};
  std::set<std::int64_t> applied;
  const auto map_of = [&](const std::map<std::string, std::int64_t>& of) {
    std::vector<ValueId> pairs;
    for (const auto& [name, amount] : of) pairs.insert(pairs.end(), {m.values.intern_string(name), m.number(amount)});
    return m.values.intern_map(pairs);
  };
  m.header.initial = map_of(balances);
  agree(m, 3000, [&]() -> Answer {
    if (m.below(3) == 0) {
      auto other = balances;
      ++other["b"];
      return {done(read_all, no_value, map_of(balances)), done(read_all, no_value, map_of(other))};
    }
    const std::string from = names[static_cast<std::size_t>(m.below(3))];
    const std::string to = names[static_cast<std::size_t>(m.below(3))];
    const std::int64_t amount = m.below(15), txid = m.below(200);
    const bool repeated = applied.contains(txid), granted = repeated || balances[from] >= amount;
    if (granted && !repeated) {
      balances[from] -= amount;
      balances[to] += amount;
      applied.insert(txid);
    }
    const ValueId argument = m.values.intern_map(
        {m.values.intern_string("from"), m.values.intern_string(from), m.values.intern_string("to"),
         m.values.intern_string(to), m.values.intern_string("amount"), m.number(amount), m.values.intern_string("txid"),
         m.number(txid)});
    return {done(transfer, argument, no_value, m.flag(granted)), done(transfer, argument, no_value, m.flag(!granted))};
  });

  Model seats;
  seats.header.object = ObjectKind::booking;
  seats.header.initial = seats.number(300);
  std::int64_t left = 300;
  agree(seats, 500, [&]() -> Answer {
    if (seats.below(3) == 0) {
      return {done(read, no_value, seats.number(left)), done(read, no_value, seats.number(left - 1))};
    }
    const std::int64_t n = seats.below(8);
    const bool granted = n <= left;
    if (granted) left -= n;
    return {done(book, seats.number(n), no_value, seats.flag(granted)),
            done(book, seats.number(n), no_value, seats.flag(!granted))};
  });
}

TEST_CASE("transactions agree with a map of lists and values") {
  Model m;
  m.header.object = ObjectKind::txn;
  m.header.initial = m.number(9);
  std::map<std::int64_t, ValueId> plain;               // what each key holds, unless a list
  std::map<std::int64_t, std::vector<std::int64_t>> lists;
  for (std::int64_t key = 0; key < 3; ++key) plain[key] = m.number(9);
  agree(m, 1500, [&]() -> Answer {
    std::vector<ValueId> call, answer, lie;
    const auto part = [&](const char* f, std::int64_t key, ValueId value) {
      return m.values.intern_list(std::vector<ValueId>{m.values.intern_string(f), m.number(key), value});
    };
    const auto add_part = [&](ValueId asked, ValueId returned, ValueId wrong) {
      call.push_back(asked);
      answer.push_back(returned);
      lie.push_back(wrong);
    };
    for (std::int64_t parts = 1 + m.below(3); parts > 0; --parts) {
      const std::int64_t key = m.below(3), n = m.below(9);
      if (m.below(3) == 0) {
        add_part(part("w", key, m.number(n)), part("w", key, m.number(n)), part("w", key, m.number(n)));
        plain[key] = m.number(n);
        lists.erase(key);
      } else if (m.below(2) == 0) {
        add_part(part("append", key, m.number(n)), part("append", key, m.number(n)), part("append", key, m.number(n)));
        if (!lists.contains(key)) lists[key] = {m.values.integer(plain[key])};
        lists[key].push_back(n);
      }
      const ValueId holds = lists.contains(key) ? m.list(lists[key]) : plain[key];
      add_part(part("r", key, null_value), part("r", key, holds), part("r", key, m.number(1000)));
    }
    const ValueId asked = m.values.intern_list(call);
    return {done(txn, asked, m.values.intern_list(answer)), done(txn, asked, m.values.intern_list(lie))};
  });
}

TEST_CASE("replayers say what step says, of operations of unknown result too") {
  struct Kind {
    ObjectKind object;
    Function in, out;
  };
  for (const Kind& kind : {Kind{ObjectKind::bag, put, take}, Kind{ObjectKind::queue, enqueue, dequeue},
                           Kind{ObjectKind::stack, push, pop}, Kind{ObjectKind::priority_queue, insert, poll}}) {
    Model m;
    m.header.object = kind.object;
    const auto specification = checker::objects::make_specification(m.header, m.values);
    for (int round = 0; round < 4000; ++round) {
      const auto replayer = specification->replayer();
      const auto reference = checker::objects::stepping_replayer(*specification, specification->initial());
      for (bool possible = true; possible;) {
        const ValueId value = m.number(m.below(3));
        Operation operation = done(kind.in, value);
        const auto choice = m.below(8);
        if (choice >= 3) operation = done(kind.out, no_value, choice == 3 ? null_value : value);
        if (choice == 4) operation = {kind.out, no_value, no_value, Flag::absent, false};
        possible = reference->apply(operation);
        REQUIRE(replayer->apply(operation) == possible);
      }
    }
  }
}

TEST_CASE("an operation of unknown result may have done anything that it could") {
  const auto after = [](ObjectKind kind, std::vector<Operation> operations, std::vector<std::int64_t> initial,
                        Operation last) {
    Model m;
    m.header.object = kind;
    m.header.initial = m.list(initial);
    const auto specification = checker::objects::make_specification(m.header, m.values);
    const auto replayer = specification->replayer();
    for (const Operation& operation : operations) {
      if (!replayer->apply(operation)) return false;
    }
    if (last.result != null_value) last.result = m.number(static_cast<std::int64_t>(last.result) - 10);
    return replayer->apply(last);
  };
  const auto unknown = [](Function f) { return Operation{f, no_value, no_value, Flag::absent, false}; };
  const auto returned = [](Function f, std::int64_t n) { return done(f, no_value, static_cast<ValueId>(n + 10)); };
  CHECK(after(ObjectKind::queue, {unknown(dequeue)}, {1, 2}, returned(dequeue, 2)));
  CHECK_FALSE(after(ObjectKind::queue, {unknown(dequeue)}, {1, 2}, returned(dequeue, 1)));
  CHECK(after(ObjectKind::stack, {unknown(pop)}, {1, 2}, returned(pop, 1)));
  CHECK(after(ObjectKind::priority_queue, {unknown(poll)}, {3, 2}, returned(poll, 2)));
  CHECK(after(ObjectKind::bag, {unknown(take)}, {1, 2}, returned(take, 1)));
  CHECK(after(ObjectKind::bag, {unknown(take)}, {1, 2}, returned(take, 2)));
  CHECK_FALSE(after(ObjectKind::bag, {unknown(take), unknown(take)}, {1, 2}, returned(take, 2)));
  CHECK(after(ObjectKind::bag, {unknown(take), unknown(take)}, {1, 1}, done(take, no_value, null_value)));
  CHECK_FALSE(after(ObjectKind::bag, {unknown(take)}, {1, 1}, done(take, no_value, null_value)));
}

}  // namespace kasauti::tests
