// Concatenations: is one key of a map linearizable to whose value unique strings are appended?
//
// Where every string put or appended is another one, and none begins another one (as "x 3 0 y" of client 3, call 0),
// what a get returned tells its own history: the put that it stands on, or the initial value, and the appends since, in
// order. So the calls on one such base form a cluster, as the calls on one value of a register do: the put, the appends
// that some get of it saw, and these gets. In a legal order nothing stands between them: another put would end the
// base, and an append that no get saw would have been seen by the last of them. Their order inside is known, and all
// that is left is real time:
//  - inside a cluster, no call may have completed before one that must come before it was invoked;
//  - clusters, and the puts and appends that nobody saw as clusters of one, are ordered by their zones (zones.cpp). An
//    append nobody saw may stand in any gap between clusters, for the next one begins with its put; the initial value's
//    cluster, which has none, comes first.
// What no put and appends can make, two gets of one base of which neither begins the other, and an append seen on two
// bases are impossible by themselves. Calls of unknown outcome happened iff they were seen.
//
// Sound and complete where it applies: no other calls than put, get and append, strings only. From the first call that
// does not fit on, or a string that was written before, nothing is known; but what happened before is a history by
// itself, its open calls of unknown outcome, and if that is violated so is the whole (Herlihy & Wing 1990:
// linearizability is prefix-closed). Porcupine's key-value files are such histories; a search has to try the orders of
// concurrent appends that nobody saw. Cost: O(b log n) for b bytes read, O(n log n) for n calls. Covered by
// tests/containers (concatenations) against brute force and against the search.

#include <algorithm>
#include <compare>
#include <optional>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "checker/linearizable/contents.hpp"
#include "checker/linearizable/emission.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::Function;
using histories::no_operation;
using histories::Outcome;
using histories::ValueId;

constexpr std::string_view method = "concatenations";
constexpr std::uint32_t none = UINT32_MAX;
/// Cutting takes a pass for each string that begins another one behind one that does not; histories need one or two.
constexpr std::size_t most_cuts = 8;

/// A string that was put or appended, or the initial value (no operation).
struct Token {
  std::string_view text;
  OpId operation = no_operation;
  std::uint32_t base = none;   ///< the base on which it was seen
  std::uint32_t place = 0;     ///< there: 0 for the put, else its number among the appends
};

/// The initial value or a put, and what the gets that stand on it saw.
struct Base {
  std::uint32_t put = none;                 ///< a token; none: an initial value that is absent or empty
  OpId longest = no_operation;              ///< the get that saw most; the first to be looked at
  std::vector<std::size_t> ends = {};       ///< of the put and of each append in what it returned
};

/// Where a call stands in its cluster.
struct Member {
  std::uint32_t cluster;
  std::uint32_t level;  ///< 2 i for the i-th append, 0 for the put, 2 i + 1 for a get that saw i appends
  OpId operation;
  auto operator<=>(const Member&) const = default;
};

struct Cluster : Zone {
  OpId first_completed = no_operation, last_invoked = no_operation;
  std::size_t from = 0, to = 0;  ///< its members
};

class Concatenations {
 public:
  Concatenations(const History& history, std::span<const OpId> operations, Budget& budget)
      : history_{history}, operations_{operations}, budget_{budget} {}

  std::optional<KeyAnswer> decide();

 private:
  bool collect();
  bool cut_before_clashes();
  std::uint32_t token_at(std::string_view text) const;
  bool take_apart(OpId get, std::string_view text, std::vector<std::uint32_t>& tokens);
  bool begin_base(Base& base, std::uint32_t index, OpId get, std::string_view text);
  bool place_get(OpId get);
  bool place_gets();
  void place_changes();
  bool order_insides();
  std::optional<KeyAnswer> order_clusters();
  bool refute(ConcatenationClash proof, std::string_view anomaly, std::vector<OpId> operations, std::string reason);
  bool impossible(OpId get, std::string_view rest);
  bool inverted(const Member& ended, const Member& begun);
  bool clash(const Cluster& a, const Cluster& b);
  bool is(OpId op, Function function) const { return history_.function[op] == function; }
  bool is_append(const Token& token) const {
    return token.operation != no_operation && is(token.operation, Function::append);
  }
  bool begun(OpId op) const { return end_ == no_operation || history_.invoked[op] < history_.invoked[end_]; }
  bool completed(OpId op) const {
    return history_.ok(op) && (end_ == no_operation || history_.completed[op] < history_.invoked[end_]);
  }
  std::string_view text_of(ValueId value) const {
    return history_.values.is_string(value) ? history_.values.text(value) : std::string_view{};
  }

  const History& history_;
  std::span<const OpId> operations_;
  Budget& budget_;
  std::uint32_t polled_ = 0;
  OpId end_ = no_operation;             // of what is looked at: only what happened before this call was invoked
  std::vector<Token> tokens_;           // by text
  std::uint32_t initial_ = none;        // the token of an initial value that is not empty
  std::vector<Base> bases_;             // [0] is the initial value's
  std::vector<OpId> gets_;
  std::vector<Member> members_;         // by cluster, which is the base, or behind those a call that nobody saw
  std::vector<Cluster> clusters_;
  std::optional<KeyAnswer> refutation_;
};

bool Concatenations::refute(ConcatenationClash proof, std::string_view anomaly, std::vector<OpId> operations,
                            std::string reason) {
  std::erase(operations, no_operation);
  std::ranges::sort(operations);
  operations.erase(std::ranges::unique(operations).begin(), operations.end());
  refutation_ = refuted(method, {std::move(proof)}, anomaly, std::move(operations), std::move(reason));
  refutation_->anomaly.at_risk = gets_.size();
  return false;
}

// False where the engine does not apply.
bool Concatenations::collect() {
  const ValueId initial = history_.header.initial;
  if (history_.ties_in_process || (initial != histories::null_value && !history_.values.is_string(initial))) return false;
  for (const OpId op : operations_) {
    if (is(op, Function::read)) continue;
    const bool changes = is(op, Function::write) || is(op, Function::append);
    if (!changes || text_of(history_.argument[op]).empty()) {
      end_ = op;
      break;
    }
    tokens_.push_back({text_of(history_.argument[op]), op});
  }
  if (!text_of(initial).empty()) tokens_.push_back({text_of(initial), no_operation});
  if (!cut_before_clashes()) return false;
  const auto first = std::ranges::find(tokens_, no_operation, &Token::operation);
  if (first != tokens_.end()) initial_ = static_cast<std::uint32_t>(first - tokens_.begin());
  bases_.push_back({initial_});
  if (initial_ != none) tokens_[initial_].base = 0;
  for (const OpId op : operations_) {
    if (is(op, Function::read) && completed(op)) gets_.push_back(op);
  }
  return std::ranges::any_of(tokens_, [&](const Token& token) { return is_append(token); });
}

// Leaves the tokens that were written before one that begins another one, or that another one begins.
bool Concatenations::cut_before_clashes() {
  std::ranges::sort(tokens_, {}, [](const Token& token) { return std::pair{token.text, token.operation}; });
  for (std::size_t tries = 0; tries < most_cuts; ++tries) {
    const OpId uncut = end_;
    // One that begins another begins all that stand between them.
    for (std::size_t i = 1; i < tokens_.size(); ++i) {
      if (!tokens_[i].text.starts_with(tokens_[i - 1].text)) continue;
      const OpId a = tokens_[i - 1].operation, b = tokens_[i].operation;
      end_ = std::min(end_, a == no_operation ? b : b == no_operation ? a : std::max(a, b));
    }
    if (end_ == uncut) return true;
    std::erase_if(tokens_, [&](const Token& token) { return token.operation != no_operation && !begun(token.operation); });
  }
  return false;
}

// The only one that can begin the text: the last that is not behind it.
std::uint32_t Concatenations::token_at(std::string_view text) const {
  const auto behind = std::ranges::upper_bound(tokens_, text, {}, &Token::text);
  if (behind == tokens_.begin()) return none;
  const auto token = behind - 1;
  return text.starts_with(token->text) ? static_cast<std::uint32_t>(token - tokens_.begin()) : none;
}

// `rest`: from where on the get's answer makes no sense.
bool Concatenations::impossible(OpId get, std::string_view rest) {
  const KeyId key = history_.key[get];
  for (OpId op = 0; op < history_.size(); ++op) {
    const bool failed = history_.outcome[op] == Outcome::fail && history_.key[op] == key;
    if (!failed || !(is(op, Function::append) || is(op, Function::write))) continue;
    const std::string_view argument = text_of(history_.argument[op]);
    if (argument.empty() || !rest.starts_with(argument)) continue;
    return refute({key, {get}, {}, end_}, "FailedWriteRead", {get, op},
                  fmt::format("{} returned what a call that failed would have left: {}", history_.describe(get),
                              history_.describe(op)));
  }
  return refute({key, {get}, {}, end_}, "ThinAirRead", {get},
                fmt::format("{} returned what no put of this key and different appends behind it can make",
                            history_.describe(get)));
}

// The tokens of which a get's answer is made; false, and refuted, if of none.
bool Concatenations::take_apart(OpId get, std::string_view text, std::vector<std::uint32_t>& tokens) {
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t token = token_at(text.substr(at));
    const bool appended = token != none && is_append(tokens_[token]);
    const bool fits = at == 0 ? !appended || initial_ == none : appended;
    if (token == none || !fits) return impossible(get, text.substr(at));
    tokens.push_back(token);
    at += tokens_[token].text.size();
  }
  std::vector<std::uint32_t> sorted = tokens;
  std::ranges::sort(sorted);
  return std::ranges::adjacent_find(sorted) == sorted.end() || impossible(get, {});
}

// Gets are looked at from the longest, so this one saw all that any get of its base did.
bool Concatenations::begin_base(Base& base, std::uint32_t index, OpId get, std::string_view text) {
  std::vector<std::uint32_t> tokens;
  if (!take_apart(get, text, tokens)) return false;
  base.longest = get;
  std::size_t end = 0;
  if (tokens.empty() || is_append(tokens_[tokens.front()])) base.ends.push_back(0);
  for (const std::uint32_t each : tokens) {
    Token& token = tokens_[each];
    end += token.text.size();
    base.ends.push_back(end);
    if (!is_append(token)) continue;
    if (token.base != none) {
      const OpId other = bases_[token.base].longest;
      return refute({history_.key[get], {get, other}, {}, end_}, "IncompatibleReads", {get, other, token.operation},
                    fmt::format("{} and {} stand on different puts, and both contain {}, which happened once",
                                history_.describe(get), history_.describe(other), history_.describe(token.operation)));
    }
    token.base = index;
    token.place = static_cast<std::uint32_t>(base.ends.size() - 1);
  }
  return true;
}

bool Concatenations::place_get(OpId get) {
  const ValueId result = history_.result[get];
  const std::string_view text = text_of(result);
  std::uint32_t index = 0;
  if (text.empty()) {
    if (result != history_.header.initial) return impossible(get, {});
  } else {
    const std::uint32_t first = token_at(text);
    if (first == none) return impossible(get, text);
    if (!is_append(tokens_[first])) {
      if (tokens_[first].base == none) {
        tokens_[first].base = static_cast<std::uint32_t>(bases_.size());
        bases_.push_back({first});
      }
      index = tokens_[first].base;
    }
  }
  Base& base = bases_[index];
  if (base.longest == no_operation && !begin_base(base, index, get, text)) return false;
  const auto end = std::ranges::lower_bound(base.ends, text.size());
  const bool fits = end != base.ends.end() && *end == text.size() &&
                    text_of(history_.result[base.longest]).starts_with(text);
  if (!fits) {
    std::vector<std::uint32_t> tokens;
    if (!take_apart(get, text, tokens)) return false;
    return refute({history_.key[get], {get, base.longest}, {}, end_}, "IncompatibleReads", {get, base.longest},
                  fmt::format("{} and {} stand on the same put, and neither begins the other", history_.describe(get),
                              history_.describe(base.longest)));
  }
  members_.push_back({index, static_cast<std::uint32_t>(2 * (end - base.ends.begin()) + 1), get});
  return true;
}

bool Concatenations::place_gets() {
  std::vector<OpId> longest_first = gets_;
  std::ranges::sort(longest_first, {}, [&](OpId get) {
    const ValueId result = history_.result[get];
    return std::tuple{~text_of(result).size(), result, get};
  });
  for (std::size_t i = 0; i < longest_first.size(); ++i) {
    const OpId get = longest_first[i];
    const bool again = i != 0 && history_.result[get] == history_.result[longest_first[i - 1]];
    if (!budget_.spend(polled_, static_cast<std::uint32_t>(1 + (again ? 0 : text_of(history_.result[get]).size() / 64)))) return false;
    if (again) {
      members_.push_back({members_.back().cluster, members_.back().level, get});
    } else if (!place_get(get)) {
      return false;
    }
  }
  return true;
}

// The puts and appends that were seen, and those that were not but happened, each of these a cluster of its own.
void Concatenations::place_changes() {
  auto next = static_cast<std::uint32_t>(bases_.size());
  for (const Token& token : tokens_) {
    if (token.operation == no_operation) continue;
    if (token.base != none) {
      members_.push_back({token.base, 2 * token.place, token.operation});
    } else if (completed(token.operation)) {
      members_.push_back({next++, 0, token.operation});
    }
  }
  clusters_.resize(next);
  std::ranges::sort(members_);
}

// `ended` stands behind `begun` in their cluster, and had completed before it was invoked.
bool Concatenations::inverted(const Member& ended, const Member& begun) {
  const OpId a = ended.operation, b = begun.operation;
  const bool reads_a = is(a, Function::read), reads_b = is(b, Function::read);
  const std::string_view name = reads_a ? (reads_b ? "NewOldInversion" : "FutureRead") : reads_b ? "StaleRead" : "OutOfOrder";
  const OpId evidence = reads_a || reads_b ? no_operation : bases_[ended.cluster].longest;
  std::string reason = fmt::format("{} must come before {}, which had completed before it was invoked",
                                   history_.describe(b), history_.describe(a));
  if (evidence != no_operation) reason += fmt::format(": {} shows their order", history_.describe(evidence));
  return refute({history_.key[a], {}, {{a, b}}, end_}, name, {a, b, evidence}, std::move(reason));
}

bool Concatenations::order_insides() {
  for (std::size_t from = 0; from < members_.size();) {
    Cluster& cluster = clusters_[members_[from].cluster];
    cluster.from = from;
    const Member* latest = nullptr;       // of lower levels, the one invoked last
    const Member* latest_here = nullptr;  // and with those of this level
    std::size_t i = from;
    for (; i < members_.size() && members_[i].cluster == members_[from].cluster; ++i) {
      const Member& member = members_[i];
      const Stamp completed = stamp(history_.completed[member.operation]), invoked = stamp(history_.invoked[member.operation]);
      if (i != from && member.level != members_[i - 1].level) latest = latest_here;
      if (latest != nullptr && history_.completed[member.operation] < history_.invoked[latest->operation]) {
        return inverted(member, *latest);
      }
      if (latest_here == nullptr || invoked > stamp(history_.invoked[latest_here->operation])) latest_here = &member;
      if (cluster.first_completed == no_operation || completed < cluster.f) {
        cluster.first_completed = member.operation;
        cluster.f = completed;
      }
    }
    cluster.last_invoked = latest_here->operation;
    cluster.s = stamp(history_.invoked[cluster.last_invoked]);
    cluster.to = from = i;
  }
  return true;
}

bool Concatenations::clash(const Cluster& a, const Cluster& b) {
  const bool initial = &a == clusters_.data() || &b == clusters_.data();
  const Cluster& x = &b == clusters_.data() ? b : a;
  const Cluster& y = &b == clusters_.data() ? a : b;
  const ConcatenationClash::Edge back{y.first_completed, x.last_invoked};
  const auto told = [&](const ConcatenationClash::Edge& edge) {
    return fmt::format("{} completed before {} was invoked", history_.describe(edge.from), history_.describe(edge.to));
  };
  const KeyId key = history_.key[operations_.front()];
  const bool by_get = is(y.first_completed, Function::read);
  const std::string_view name = by_get ? "NewOldInversion" : "StaleRead";
  if (initial) {
    return refute({key, {}, {back}, end_}, name, {back.from, back.to},
                  fmt::format("{}, but it saw the initial value without it", told(back)));
  }
  const ConcatenationClash::Edge there{x.first_completed, y.last_invoked};
  return refute({key, {}, {there, back}, end_}, name, {there.from, there.to, back.from, back.to},
                fmt::format("{}; {}; yet the calls on one put come as one block, with nothing that they did not see between "
                            "them", told(there), told(back)));
}

std::optional<KeyAnswer> Concatenations::order_clusters() {
  std::vector<std::pair<Stamp, std::uint32_t>> by_f, by_s;
  if (clusters_[0].to != 0) clusters_[0].f = 0;
  for (std::uint32_t i = 0; i < clusters_.size(); ++i) {
    if (clusters_[i].to == 0) continue;
    by_f.emplace_back(clusters_[i].f, i);
    by_s.emplace_back(clusters_[i].s, i);
  }
  std::ranges::sort(by_f);
  std::ranges::sort(by_s);
  const Emission emission = emit_zones(clusters_, by_f, by_s);
  if (emission.clash) {
    (void)clash(clusters_[emission.a], clusters_[emission.b]);
    return std::move(refutation_);
  }
  if (end_ != no_operation) return std::nullopt;  // it says nothing of the rest
  KeyAnswer answer;
  answer.verdict = Verdict::holds;
  answer.method = method;
  answer.witness.reserve(members_.size());
  for (const std::uint32_t index : emission.order) {
    for (std::size_t i = clusters_[index].from; i < clusters_[index].to; ++i) answer.witness.push_back(members_[i].operation);
  }
  return answer;
}

std::optional<KeyAnswer> Concatenations::decide() {
  if (!collect() || !budget_.poll() || !place_gets()) return std::move(refutation_);
  place_changes();
  if (!order_insides()) return std::move(refutation_);
  return order_clusters();
}

}  // namespace

std::optional<KeyAnswer> decide_concatenations(const History& history, std::span<const OpId> operations, Budget& budget) {
  return Concatenations{history, operations, budget}.decide();
}

}  // namespace kasauti::checker::linearizable
