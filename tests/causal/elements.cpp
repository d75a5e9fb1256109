// Sets, judged element by element, against brute force on the set itself; lists, of which elements only refute.

#include <functional>
#include <random>
#include <string>

#include <fmt/format.h>

#include "histories/read.hpp"
#include "tests/support/judge_causal.hpp"
#include "tests/support/random_store.hpp"

using namespace kasauti;
using checker::Cause;
using checker::Model;
using checker::Verdict;

namespace {

enum class Kind { add, remove, missed, contains, lacks, read };

/// A call on a set of the elements 0 and 1; subsets as bits.
struct Call {
  std::uint32_t process;
  Kind kind;
  std::uint32_t element;
  std::uint32_t found;  // by a read
};

using Relation = std::vector<std::uint32_t>;

/// Whether a history of a set satisfies a model, by the definition for objects of any kind: some causal order, and for
/// each call some order of its past in which it is right (CC), and all before it in its session (CM); one order for all
/// (CCv); or for each session some order of its calls and all changes (PRAM).
struct Oracle {
  std::vector<Call> calls;

  static std::uint32_t bit(std::size_t i) { return std::uint32_t{1} << i; }
  [[nodiscard]] bool changes(std::size_t i) const {
    return calls[i].kind == Kind::add || calls[i].kind == Kind::remove;
  }
  [[nodiscard]] std::uint32_t after(std::size_t i, std::uint32_t set) const {
    if (calls[i].kind == Kind::add) return set | bit(calls[i].element);
    return calls[i].kind == Kind::remove ? set & ~bit(calls[i].element) : set;
  }
  [[nodiscard]] bool right(std::size_t i, std::uint32_t set) const {
    const bool in = (set & bit(calls[i].element)) != 0;
    switch (calls[i].kind) {
      case Kind::add: return true;
      case Kind::remove:
      case Kind::contains: return in;
      case Kind::missed:
      case Kind::lacks: return !in;
      default: return set == calls[i].found;
    }
  }
  /// Some order of `some` that contains `order` passes the test, told of each call with what came before it.
  bool ordered(std::uint32_t some, const Relation& order, std::uint32_t judged) const {
    const std::function<bool(std::uint32_t, std::uint32_t)> go = [&](std::uint32_t left, std::uint32_t set) {
      if (left == 0) return true;
      for (std::size_t i = 0; i < calls.size(); ++i) {
        if ((left & bit(i)) == 0 || (order[i] & left) != 0) continue;
        if ((judged & bit(i)) != 0 && !right(i, set)) continue;
        if (go(left & ~bit(i), after(i, set))) return true;
      }
      return false;
    };
    return go(some, 0);
  }
  bool views(const Relation& order) const {
    for (std::uint32_t process = 0; process < 3; ++process) {
      std::uint32_t some = 0;
      std::uint32_t own = 0;
      for (std::size_t i = 0; i < calls.size(); ++i) {
        if (calls[i].process == process) own |= bit(i);
        if (changes(i)) some |= bit(i);
      }
      if (!ordered(some | own, order, own)) return false;
    }
    return true;
  }
  bool converges(const Relation& causal, std::uint32_t left, std::vector<std::size_t>& total) const {
    if (left == 0) {
      for (std::size_t o = 0; o < calls.size(); ++o) {
        std::uint32_t set = 0;
        for (const std::size_t i : total) {
          if ((causal[o] & bit(i)) != 0) set = after(i, set);
        }
        if (!right(o, set)) return false;
      }
      return true;
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if ((left & bit(i)) == 0 || (causal[i] & left) != 0) continue;
      total.push_back(i);
      if (converges(causal, left & ~bit(i), total)) return true;
      total.pop_back();
    }
    return false;
  }
  bool fits(const Relation& causal, Model model) const {
    if (model == Model::causal_convergent) {
      std::vector<std::size_t> total;
      return converges(causal, bit(calls.size()) - 1, total);
    }
    for (std::size_t o = 0; o < calls.size(); ++o) {
      std::uint32_t judged = bit(o);
      for (std::size_t i = 0; i < o && model == Model::causal_memory; ++i) {
        if (calls[i].process == calls[o].process) judged |= bit(i);
      }
      if (!ordered(causal[o] | bit(o), causal, judged)) return false;
    }
    return true;
  }
  /// Every choice, pair by pair, of a transitive order that contains the session order.
  bool any_order(Relation order, std::size_t pair, Model model) const {
    const std::size_t n = calls.size();
    for (; pair < n * n; ++pair) {
      const std::size_t a = pair / n;
      const std::size_t b = pair % n;
      if (a == b || (order[b] & bit(a)) != 0 || (order[a] & bit(b)) != 0) continue;
      Relation more = order;
      for (std::size_t i = 0; i < n; ++i) {
        if (i == b || (more[i] & bit(b)) != 0) more[i] |= order[a] | bit(a);
      }
      if (any_order(more, pair + 1, model)) return true;
    }
    return fits(order, model);
  }
  [[nodiscard]] bool holds(Model model) const {
    Relation order(calls.size(), 0);
    for (std::size_t b = 0; b < calls.size(); ++b) {
      for (std::size_t a = 0; a < b; ++a) {
        if (calls[a].process == calls[b].process) order[b] |= bit(a);
      }
    }
    return model == Model::pram ? views(order) : any_order(order, 0, model);
  }
};

histories::History history_of(const std::string& text) {
  auto read = histories::read_history_text(text);
  REQUIRE(read.ok);
  return std::move(read.history);
}

std::string event(std::uint32_t process, const char* type, const char* f, const std::string& more) {
  return fmt::format("{{\"process\":{},\"type\":\"{}\",\"f\":\"{}\"{}}}\n", process, type, f, more);
}

histories::History history_of(const std::vector<Call>& calls) {
  std::string text = "{\"kasauti\":1,\"object\":\"set\"}\n";
  for (const Call& call : calls) {
    const std::string element = fmt::format(",\"value\":{}", call.element);
    const auto both = [&](const char* f, const std::string& result) {
      text += event(call.process, "invoke", f, element) + event(call.process, "ok", f, element + result);
    };
    switch (call.kind) {
      case Kind::add: both("add", ""); break;
      case Kind::remove: both("remove", ""); break;
      case Kind::missed: both("remove", ",\"result\":false"); break;
      case Kind::contains: both("contains", ",\"result\":true"); break;
      case Kind::lacks: both("contains", ",\"result\":false"); break;
      case Kind::read: {
        const char* found[] = {"[]", "[0]", "[1]", "[0,1]"};
        text += event(call.process, "invoke", "read", ",\"value\":null");
        text += event(call.process, "ok", "read", fmt::format(",\"value\":{}", found[call.found]));
      }
    }
  }
  return history_of(text);
}

}  // namespace

TEST_CASE("sets: random histories of 3 to 5 calls against the definitions") {
  std::mt19937 random{21};
  int holds = 0;
  int violated = 0;
  for (int round = 0; round < 4000; ++round) {
    Oracle oracle;
    for (std::uint32_t n = 3 + tests::draw(random, round % 8 == 0 ? 3 : 2); n > 0; --n) {
      oracle.calls.push_back({tests::draw(random, 3), static_cast<Kind>(tests::draw(random, 6)), tests::draw(random, 2),
                              tests::draw(random, 4)});
      if (tests::draw(random, 3) == 0) oracle.calls.back().kind = Kind::add;
    }
    const auto history = history_of(oracle.calls);
    for (const Model model : {Model::causal, Model::causal_convergent, Model::causal_memory, Model::pram}) {
      const Verdict expected = oracle.holds(model) ? Verdict::holds : Verdict::violated;
      ++(expected == Verdict::holds ? holds : violated);
      const auto judgement = tests::judge(history, model);
      INFO(checker::name_of(model) << " " << judgement.detail << "\n" << tests::told(history));
      REQUIRE(judgement.verdict == expected);
    }
  }
  CHECK(holds > 1000);
  CHECK(violated > 1000);
}

TEST_CASE("sets: the session guarantees, and an anomaly that names whole calls") {
  const std::vector<Call> gone = {{0, Kind::add, 0, 0}, {0, Kind::read, 0, 0}};
  for (const Model model : {Model::read_your_writes, Model::session, Model::causal}) {
    const auto judgement = tests::judge(history_of(gone), model);
    REQUIRE(judgement.verdict == Verdict::violated);
    CHECK(judgement.anomalies.front().operations == std::vector<histories::OpId>{0, 1});
    CHECK(judgement.anomalies.front().reason.find("added") != std::string::npos);
  }
  CHECK(tests::judge(history_of(gone), Model::monotonic_reads).verdict == Verdict::holds);
  const std::vector<Call> back = {{0, Kind::add, 0, 0}, {1, Kind::read, 0, 1}, {1, Kind::lacks, 0, 0}};
  CHECK(tests::judge(history_of(back), Model::monotonic_reads).verdict == Verdict::violated);
  CHECK(tests::judge(history_of(back), Model::read_your_writes).verdict == Verdict::holds);
}

TEST_CASE("sets: an initial content, and calls of a session that overlap") {
  const std::string head = "{\"kasauti\":1,\"object\":\"set\",\"initial\":[0]}\n";
  const auto read = [&](std::uint32_t process, const char* value) {
    return event(process, "invoke", "read", ",\"value\":null") +
           event(process, "ok", "read", fmt::format(",\"value\":{}", value));
  };
  CHECK(tests::judge(history_of(head + read(1, "[0]")), Model::causal).verdict == Verdict::holds);
  CHECK(tests::judge(history_of(head + read(1, "[]")), Model::causal).verdict == Verdict::violated);
  const std::string overlapping = R"({"kasauti":1,"object":"set"}
{"process":1,"type":"invoke","f":"add","value":1,"session":"s"}
{"process":2,"type":"invoke","f":"read","value":null,"session":"s"}
{"process":1,"type":"ok","f":"add","value":1,"session":"s"}
{"process":2,"type":"ok","f":"read","value":[],"session":"s"}
)";
  CHECK(tests::judge(history_of(overlapping), Model::causal).cause == Cause::unsupported);
}

TEST_CASE("lists: elements refute, and show nothing") {
  const std::string append = R"({"kasauti":1,"object":"list"}
{"process":1,"type":"invoke","f":"append","value":1}
{"process":1,"type":"ok","f":"append","value":1}
{"process":1,"type":"invoke","f":"read","value":null}
)";
  const std::string empty = append + "{\"process\":1,\"type\":\"ok\",\"f\":\"read\",\"value\":[]}\n";
  const std::string whole = append + "{\"process\":1,\"type\":\"ok\",\"f\":\"read\",\"value\":[1]}\n";
  CHECK(tests::judge(history_of(empty), Model::causal).verdict == Verdict::violated);
  const auto unknown = tests::judge(history_of(whole), Model::causal);
  CHECK(unknown.verdict == Verdict::unknown);
  CHECK(unknown.cause == Cause::unsupported);
}

TEST_CASE("a proof by elements stands for its own history only") {
  const auto history = history_of(std::vector<Call>{{0, Kind::add, 0, 0}, {1, Kind::read, 0, 1}});
  const auto other = history_of(std::vector<Call>{{0, Kind::add, 0, 0}, {0, Kind::read, 0, 0}});
  const auto holds = tests::judge(history, Model::causal);
  CHECK_FALSE(checker::verify(other, Model::causal, Verdict::holds, holds.certificate).accepted);
  CHECK_FALSE(checker::verify(history, Model::causal, Verdict::violated, holds.certificate).accepted);
  const auto violated = tests::judge(other, Model::causal);
  CHECK_FALSE(checker::verify(history, Model::causal, Verdict::violated, violated.certificate).accepted);
}
