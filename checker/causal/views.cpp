// Causal memory (CM) and PRAM, session by session: each has a view of its own (see saturation.cpp).
//
// Where calls of a session overlap, its view may take them in any order that the session order allows. The order of
// invocation and that of completion are tried; if a contradiction rests on nothing but the session order itself, it
// holds for every order; else orders are tried until one will do, in a bounded number. Sessions are judged in parallel,
// each thread with a saturation of its own; what is reported does not depend on that. Cost: O(k·n).

#include "checker/causal/views.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "checker/causal/saturation.hpp"

namespace kasauti::checker::causal {

using histories::Budget;
using histories::SessionId;

namespace {

/// The own operations of each session, as invoked.
struct Sessions {
  explicit Sessions(const Relations& relations)
      : own(relations.history().session_name.size()), overlap(own.size(), false) {
    const History& h = relations.history();
    for (std::uint32_t chain = 0; chain < relations.chain_count(); ++chain) {
      const auto operations = relations.chain_operations(chain);
      const SessionId session = h.session[operations.front()];
      overlap[session] = !own[session].empty();
      own[session].insert(own[session].end(), operations.begin(), operations.end());
      if (overlap[session]) std::ranges::sort(own[session]);
    }
  }

  std::vector<std::vector<OpId>> own;
  std::vector<char> overlap;  // its calls overlap; not vector<bool>, as sessions are judged in parallel
};

/// What became of one session.
struct Verdicted {
  Saturation::Answer answer = Saturation::Answer::exhausted;
  SessionViews::View view;
  bool by_search = false;    ///< violated: rests on having tried every order
  bool undecided = false;    ///< too many orders
  std::uint32_t orders = 0;  ///< tried one by one
};

/// Judges sessions one after the other; one for each thread.
class Judge {
 public:
  Judge(const Relations& relations, const Sessions& sessions, bool causal, Budget& budget)
      : h_{relations.history()}, sessions_{sessions}, budget_{budget}, saturation_{relations, causal, budget} {}

  Verdicted judge(SessionId session) {
    const std::vector<OpId>& own = sessions_.own[session];
    order_ = own;
    orders_ = 0;
    by_search_ = false;
    Verdicted result;
    result.answer = saturation_.judge(order_);
    if (result.answer == Answer::violated && sessions_.overlap[session]) result.answer = judge_overlapping(session);
    result.by_search = by_search_;
    result.orders = orders_;
    result.undecided = orders_ > most_orders;
    if (result.answer != Answer::holds) return result;
    result.view = {session, {}, saturation_.hints()};
    if (order_ != own) result.view.own = order_;
    return result;
  }

  /// Of the session judged last, violated by no search.
  ForcedOrder explain(bool& initial) { return saturation_.explain(order_, initial); }

 private:
  using Answer = Saturation::Answer;

  Answer judge_overlapping(SessionId session) {
    if (contradiction_stands()) return Answer::violated;
    std::ranges::stable_sort(order_, {}, [&](OpId op) { return h_.completed[op]; });
    if (!h_.ties_in_process) {
      const Answer answer = saturation_.judge(order_);
      if (answer != Answer::violated || contradiction_stands()) return answer;
    }
    std::vector<OpId> placed;
    by_search_ = true;
    return try_orders(sessions_.own[session], placed);
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

  static constexpr std::uint32_t most_orders = 5000;

  const History& h_;
  const Sessions& sessions_;
  Budget& budget_;
  Saturation saturation_;
  std::vector<OpId> order_;      // the one judged last
  bool by_search_ = false;
  std::uint32_t orders_ = 0;
};

/// As many threads as are asked for and worth it, and as the memory limit has room for.
unsigned threads_for(const Relations& relations, unsigned threads, const Budget& budget) {
  constexpr std::size_t worth_it = 20'000;
  if (relations.size() < worth_it || threads < 2) return 1;
  const std::uint64_t limit = budget.limits().bytes;
  if (limit == 0) return threads;
  const std::uint64_t used = std::min(limit, histories::resident_bytes());
  const std::uint64_t room = (limit - used) / (2 * Saturation::bytes_needed(relations) + 1);
  return static_cast<unsigned>(std::clamp<std::uint64_t>(room, 1, threads));
}

class Views {
 public:
  Views(const Relations& relations, bool causal, unsigned threads, Budget& budget)
      : relations_{relations}, h_{relations.history()}, causal_{causal}, budget_{budget},
        threads_{threads_for(relations, threads, budget)}, sessions_{relations} {}

  SessionViews run(Outcome& outcome, std::string& undecided) {
    std::vector<Verdicted> results(sessions_.own.size());
    Judges judges{[&] { return Judge{relations_, sessions_, causal_, budget_}; }};
    const auto one = [&](std::size_t session) {
      if (!sessions_.own[session].empty() && !budget_.stopped())
        results[session] = judges.local().judge(static_cast<SessionId>(session));
    };
    if (threads_ == 1) {
      for (std::size_t session = 0; session < results.size(); ++session) one(session);
    } else {
      tbb::task_arena arena{static_cast<int>(threads_)};
      arena.execute([&] { tbb::parallel_for(std::size_t{0}, results.size(), one, tbb::simple_partitioner{}); });
    }
    if (budget_.stopped()) return {};
    return gather(results, judges, outcome, undecided);
  }

 private:
  using Judges = tbb::enumerable_thread_specific<Judge>;

  SessionViews gather(std::vector<Verdicted>& results, Judges& judges, Outcome& outcome, std::string& undecided) {
    SessionViews views;
    std::uint64_t violated = 0;
    SessionId first = 0;
    for (SessionId session = 0; session < results.size(); ++session) {
      Verdicted& result = results[session];
      if (sessions_.own[session].empty()) continue;
      if (result.answer == Saturation::Answer::holds) {
        if (!result.view.hints.empty() || !result.view.own.empty()) views.views.push_back(std::move(result.view));
      } else if (result.undecided) {
        undecided = h_.values.to_json(h_.session_name[session]);
      } else if (++violated; violated == 1) {
        first = session;
      }
    }
    if (violated != 0) report(first, violated, results[first], judges, outcome);
    return views;
  }

  /// The first session that has no view, in words; it is judged again, by whoever is at hand.
  void report(SessionId session, std::uint64_t violated, const Verdicted& result, Judges& judges, Outcome& outcome) {
    bool initial = false;
    ForcedOrder proof;
    if (!result.by_search) {
      Judge& judge = judges.local();
      (void)judge.judge(session);
      proof = judge.explain(initial);
    }
    if (budget_.stopped()) return;
    Anomaly anomaly;
    const char* names[] = {"CyclicPRAM", "WritePRAMInitRead", "CyclicHB", "WriteHBInitRead"};
    anomaly.name = names[(causal_ ? 2 : 0) + (initial ? 1 : 0)];
    anomaly.count = violated;
    anomaly.at_risk = relations_.read_count();
    anomaly.sessions = violated;
    if (!result.by_search) {
      outcome.add(std::move(anomaly), std::move(proof));
      return;
    }
    anomaly.operations = sessions_.own[session];
    anomaly.reason = fmt::format(
        "no order of the calls of session {}, some of which overlap, explains what it read; all {} were tried",
        h_.values.to_json(h_.session_name[session]), result.orders);
    outcome.add_by_search(std::move(anomaly));
  }

  const Relations& relations_;
  const History& h_;
  bool causal_;
  Budget& budget_;
  unsigned threads_;
  Sessions sessions_;
};

}  // namespace

SessionViews judge_views(const Relations& relations, bool causal, unsigned threads, Outcome& outcome,
                         std::string& undecided, Budget& budget) {
  if (budget.stopped()) return {};
  return Views{relations, causal, threads, budget}.run(outcome, undecided);
}

}  // namespace kasauti::checker::causal
