// Is the history even linearizable? Then the order that proves it proves sequential consistency too.
//
// Most histories of a healthy store are linearizable, and real time tells so much that this is decided for every object
// and at every size, also where sequential consistency by itself leaves only the search: queues, counters, values with
// several writers. Linearizability is local, so its witness is one order for each key. They are merged by the moments
// at which operations may have taken effect: of each key's order, an operation's moment is the latest invocation up to
// it. No operation's moment is behind its completion, as the order respects real time; so what completed before
// something else was invoked has an earlier moment, whatever the key, and the merged order respects sessions. Within a
// key moments never decrease, so each key's order stays as it is (Herlihy & Wing 1990, theorem 1).
//
// The effort is bounded in steps, so that the answer does not depend on the machine. Tests:
// tests/sequential/objects.cpp.

#include "checker/sequential/real_time.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "checker/linearizable/linearizable.hpp"

namespace kasauti::checker::sequential {

namespace {

using histories::Budget;
using histories::History;
using histories::Limits;
using histories::Rank;

/// What the attempt may spend of the search's steps, for each operation and besides.
constexpr std::uint64_t steps_an_operation = 16;
constexpr std::uint64_t steps_besides = 100'000;

/// The budget's limits of time and memory that are left, and the attempt's own of steps.
Limits share_of(const Budget& budget, std::size_t operations) {
  Limits limits = budget.limits();
  if (limits.seconds > 0) limits.seconds = std::max(limits.seconds - budget.seconds(), 1e-3);
  limits.steps = steps_an_operation * operations + steps_besides;
  return limits;
}

Orders merged(const History& history, const Orders& by_key) {
  std::vector<std::tuple<Rank, std::size_t, OpId>> moments;
  for (std::size_t i = 0; i < by_key.orders.size(); ++i) {
    Rank moment = 0;
    for (const OpId op : by_key.orders[i].operations) {
      moment = std::max(moment, history.invoked[op]);
      moments.emplace_back(moment, i, op);
    }
  }
  std::ranges::stable_sort(moments, {}, [](const auto& entry) { return std::pair{std::get<0>(entry), std::get<1>(entry)}; });
  Order whole;
  whole.operations.reserve(moments.size());
  for (const auto& entry : moments) whole.operations.push_back(std::get<2>(entry));
  return {{std::move(whole)}};
}

}  // namespace

std::optional<Orders> orders_in_real_time(const History& history, Model model, unsigned threads, Budget& budget) {
  if (history.ties_in_process || !budget.poll()) return std::nullopt;
  Budget share{share_of(budget, history.size())};
  Judgement judgement = linearizable::check(history, {linearizable::Engine::automatic, threads}, share);
  auto* orders = std::get_if<Orders>(&judgement.certificate.proof);
  if (!budget.poll() || judgement.verdict != Verdict::holds || orders == nullptr) return std::nullopt;
  return model == Model::sequential ? merged(history, *orders) : std::move(*orders);
}

}  // namespace kasauti::checker::sequential
