// Causal memory (CM) and PRAM, session by session: each has a view of its own (see saturation.cpp).
//
// Where calls of a session overlap, its view may take them in any order that the session order allows. The order of
// invocation and that of completion are tried; if a contradiction rests on nothing but the session order itself, it
// holds for every order; else orders are tried until one will do, in a bounded number. Cost: O(k·n).

#include "checker/causal/views.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "checker/causal/saturation.hpp"

namespace kasauti::checker::causal {

using histories::Budget;
using histories::SessionId;

namespace {

class Views {
 public:
  Views(const Relations& relations, bool causal, Budget& budget)
      : relations_{relations},
        h_{relations.history()},
        causal_{causal},
        budget_{budget},
        saturation_{relations, causal, budget} {
    own_.resize(h_.session_name.size());
    chains_.assign(h_.session_name.size(), 0);
    for (std::uint32_t chain = 0; chain < relations.chain_count(); ++chain) {
      const auto operations = relations.chain_operations(chain);
      std::vector<OpId>& own = own_[h_.session[operations.front()]];
      own.insert(own.end(), operations.begin(), operations.end());
      if (++chains_[h_.session[operations.front()]] > 1) std::ranges::sort(own);
    }
  }

  SessionViews run(Outcome& outcome, std::string& undecided) {
    SessionViews views;
    for (SessionId session = 0; session < own_.size(); ++session) {
      if (own_[session].empty()) continue;
      switch (judge(session, views)) {
        case Saturation::Answer::exhausted: return views;
        case Saturation::Answer::holds: break;
        case Saturation::Answer::violated:
          if (orders_ > most_orders) {
            undecided = h_.values.to_json(h_.session_name[session]);
          } else if (++violated_; violated_ == 1) {
            explain(session);
          }
      }
    }
    if (violated_ != 0 && !budget_.stopped()) report(outcome);
    return views;
  }

 private:
  using Answer = Saturation::Answer;

  Answer judge(SessionId session, SessionViews& views) {
    order_ = own_[session];
    orders_ = 0;
    by_search_ = false;
    Answer answer = saturation_.judge(order_);
    const bool overlap = chains_[session] > 1;
    if (answer == Answer::violated && overlap) answer = judge_overlapping(session);
    if (answer != Answer::holds) return answer;
    SessionViews::View view{session, {}, saturation_.hints()};
    if (order_ != own_[session]) view.own = order_;
    if (!view.hints.empty() || !view.own.empty()) views.views.push_back(std::move(view));
    return answer;
  }

  Answer judge_overlapping(SessionId session) {
    if (contradiction_stands()) return Answer::violated;
    std::ranges::stable_sort(order_, {}, [&](OpId op) { return h_.completed[op]; });
    if (!h_.ties_in_process) {
      const Answer answer = saturation_.judge(order_);
      if (answer != Answer::violated || contradiction_stands()) return answer;
    }
    std::vector<OpId> placed;
    by_search_ = true;
    return try_orders(own_[session], placed);
  }

  /// The contradiction uses the session order alone, and not the order that was chosen for calls that overlap.
  bool contradiction_stands() {
    bool initial = false;
    const ForcedOrder proof = saturation_.explain(order_, initial);
    const auto stands = [&](const Link& link) {
      return link.force != Force::session_order || h_.session_precedes(link.from, link.to);
    };
    return !proof.end.empty() && std::ranges::all_of(proof.end, stands) &&
           std::ranges::all_of(proof.derived,
                               [&](const DerivedOrder& each) { return std::ranges::all_of(each.path, stands); });
  }

  /// Each order of the session's calls that its session order allows, until one will do.
  Answer try_orders(const std::vector<OpId>& left, std::vector<OpId>& placed) {
    if (left.empty()) {
      std::uint32_t local = 0;
      if (!budget_.step(local)) return Answer::exhausted;
      if (++orders_ > most_orders) return Answer::violated;
      order_ = placed;
      const Answer answer = saturation_.judge(order_);
      if (answer == Answer::violated && contradiction_stands()) by_search_ = false;
      return answer;
    }
    for (std::size_t i = 0; i < left.size() && orders_ <= most_orders && by_search_; ++i) {
      const OpId op = left[i];
      if (std::ranges::any_of(left, [&](OpId other) { return h_.precedes(other, op); })) continue;
      std::vector<OpId> rest = left;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      placed.push_back(op);
      const Answer answer = try_orders(rest, placed);
      placed.pop_back();
      if (answer != Answer::violated) return answer;
    }
    return Answer::violated;
  }

  void explain(SessionId session) {
    proof_found_ = !by_search_;
    if (proof_found_) {
      proof_ = saturation_.explain(order_, initial_);
      return;
    }
    operations_ = own_[session];
    reason_ = fmt::format(
        "no order of the calls of session {}, some of which overlap, explains what it read; all {} were tried",
        h_.values.to_json(h_.session_name[session]), orders_);
  }

  void report(Outcome& outcome) {
    Anomaly anomaly;
    anomaly.name =
        causal_ ? (initial_ ? "WriteHBInitRead" : "CyclicHB") : (initial_ ? "WritePRAMInitRead" : "CyclicPRAM");
    anomaly.count = violated_;
    anomaly.at_risk = relations_.read_count();
    anomaly.sessions = violated_;
    if (proof_found_) {
      outcome.add(std::move(anomaly), std::move(proof_));
      return;
    }
    anomaly.operations = std::move(operations_);
    anomaly.reason = std::move(reason_);
    outcome.add_by_search(std::move(anomaly));
  }

  static constexpr std::uint32_t most_orders = 5000;

  const Relations& relations_;
  const History& h_;
  bool causal_;
  Budget& budget_;
  Saturation saturation_;
  std::vector<std::vector<OpId>> own_;     // by session
  std::vector<std::uint32_t> chains_;      // by session
  std::vector<OpId> order_;                // the one judged last
  bool by_search_ = false;                 // the answer rests on having tried every order
  bool proof_found_ = false;
  bool initial_ = false;
  std::vector<OpId> operations_;           // of an anomaly that rests on the search
  std::string reason_;
  std::uint32_t orders_ = 0;
  std::uint64_t violated_ = 0;
  ForcedOrder proof_;
};

}  // namespace

SessionViews judge_views(const Relations& relations, bool causal, Outcome& outcome, std::string& undecided,
                         Budget& budget) {
  if (budget.stopped()) return {};
  return Views{relations, causal, budget}.run(outcome, undecided);
}

}  // namespace kasauti::checker::causal
