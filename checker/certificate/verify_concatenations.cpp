// Proofs about a map's key to which unique strings are appended, checked on the history alone.
//
// All puts and appends of the key write strings of which none begins another one, so a text has at most one reading as
// a sequence of them. A get's text must read as the base that it stands on, which is a put or the initial value, and
// then appends, each once: calls take effect once, and a put ends what was there. From this follows, for every legal
// order:
//  - of two gets of one base one begins the other, and no append is seen on two bases;
//  - on one base the put comes first, then the appends in the order in which a get has them, each get behind what it
//    saw and before what it did not see;
//  - from its put to the last get that stands on it, a base is one block: another put would end it, and an append in
//    between would be seen by that get. So nothing else stands in the block, neither calls of another base nor an
//    append that no get saw, and nothing at all stands before the block of the initial value.
//
// All of it may be said of a prefix of the history alone, whose open calls may or may not take effect: if a history is
// linearizable so are its prefixes (Herlihy & Wing 1990).
//
// O(b log n) for b bytes that were read of the key. Covered by tests/containers (concatenations).

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker::certificate {

namespace {

using histories::Function;
using histories::never;
using histories::no_operation;
using histories::ObjectKind;
using histories::Outcome;
using histories::Rank;
using histories::ValueId;

/// A get's answer: the put that it stands on, none for the initial value, and the appends behind it.
struct Reading {
  OpId base = no_operation;
  std::vector<OpId> appends;
};

/// Where a call stands: in the block of a base, at a place there that grows along it; or seen by nobody, a block by
/// itself.
struct Position {
  OpId block = no_operation;  ///< the put, none for the initial value, or the append that nobody saw
  std::size_t place = 0;
};

class Key {
 public:
  Key(const History& history, const ConcatenationClash& proof)
      : h_{history}, key_{proof.key}, end_{proof.before == no_operation ? never : history.invoked[proof.before]} {}

  std::optional<Verification> unfit();
  std::optional<Reading> read(OpId get) const;
  std::optional<Position> position(OpId op) const;
  bool is_get(OpId op) const { return completed(op) && h_.function[op] == Function::read; }
  bool completed(OpId op) const { return has(op) && h_.ok(op) && h_.completed[op] < end_; }
  bool has(OpId op) const {
    return op < h_.size() && h_.key[op] == key_ && h_.outcome[op] != Outcome::fail && h_.invoked[op] < end_;
  }

 private:
  struct Word {
    std::string_view text;
    OpId writer = no_operation;  ///< none: the initial value
  };

  const History& h_;
  KeyId key_;
  Rank end_;  // of the prefix that is looked at: what happened later says nothing of it
  std::vector<Word> words_;  // sorted
  bool empty_start_ = true;
};

std::optional<Verification> Key::unfit() {
  const auto text = [&](ValueId value) { return h_.values.is_string(value) ? h_.values.text(value) : std::string_view{}; };
  const ValueId initial = h_.header.initial;
  if (initial != histories::null_value && !h_.values.is_string(initial)) return refuse("it does not begin with a string");
  empty_start_ = text(initial).empty();
  if (!empty_start_) words_.push_back({text(initial), no_operation});
  for (OpId op = 0; op < h_.size(); ++op) {
    if (!has(op) || h_.function[op] == Function::read) continue;
    if (h_.function[op] != Function::write && h_.function[op] != Function::append) return refuse("other calls than put, get and append");
    if (text(h_.argument[op]).empty()) return refuse("something else than a string was put or appended");
    words_.push_back({text(h_.argument[op]), op});
  }
  std::ranges::sort(words_, {}, &Word::text);
  for (std::size_t i = 1; i < words_.size(); ++i) {
    if (words_[i].text.starts_with(words_[i - 1].text)) return refuse("a string that was written begins another one");
  }
  return std::nullopt;
}

// None if the answer has no reading.
std::optional<Reading> Key::read(OpId get) const {
  const ValueId result = h_.result[get];
  if (!h_.values.is_string(result) || h_.values.text(result).empty()) {
    if (result == h_.header.initial && empty_start_) return Reading{};
    return std::nullopt;
  }
  Reading reading;
  std::string_view rest = h_.values.text(result);
  for (bool first = true; !rest.empty(); first = false) {
    const auto behind = std::ranges::upper_bound(words_, rest, {}, &Word::text);
    if (behind == words_.begin() || !rest.starts_with((behind - 1)->text)) return std::nullopt;
    const Word& word = *(behind - 1);
    rest.remove_prefix(word.text.size());
    const bool appended = word.writer != no_operation && h_.function[word.writer] == Function::append;
    if (appended && (!first || empty_start_)) {
      reading.appends.push_back(word.writer);
    } else if (!appended && first) {
      reading.base = word.writer;
    } else {
      return std::nullopt;
    }
  }
  std::vector<OpId> sorted = reading.appends;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) return std::nullopt;
  return reading;
}

// None where nothing is known of the call.
std::optional<Position> Key::position(OpId op) const {
  if (h_.function[op] == Function::write) return Position{op, 0};
  if (h_.function[op] == Function::read) {
    const auto reading = is_get(op) ? read(op) : std::nullopt;
    if (!reading) return std::nullopt;
    return Position{reading->base, 2 * reading->appends.size() + 1};
  }
  for (OpId get = 0; get < h_.size(); ++get) {
    if (!is_get(get) || !h_.values.is_string(h_.result[get])) continue;
    if (h_.values.text(h_.result[get]).find(h_.values.text(h_.argument[op])) == std::string_view::npos) continue;
    const auto reading = read(get);
    if (!reading) return std::nullopt;
    const auto place = std::ranges::find(reading->appends, op);
    if (place == reading->appends.end()) continue;
    return Position{reading->base, 2 * static_cast<std::size_t>(place - reading->appends.begin()) + 2};
  }
  return Position{op, 0};
}

Verification check_reads(const Key& key, const std::vector<OpId>& reads) {
  if (reads.size() > 2) return refuse("more than two reads");
  std::vector<Reading> readings;
  for (const OpId read : reads) {
    if (!key.is_get(read)) return refuse("it names no get of the key");
    auto reading = key.read(read);
    if (!reading && reads.size() == 1) return accept();
    if (!reading) return refuse("one of two gets alone is impossible");
    readings.push_back(*std::move(reading));
  }
  if (readings.size() == 1) return refuse("puts and appends can make what was returned");
  const Reading& a = readings[0];
  const Reading& b = readings[1];
  if (a.base != b.base) {
    const bool shares = std::ranges::any_of(
        a.appends, [&](OpId append) { return std::ranges::find(b.appends, append) != b.appends.end(); });
    return shares ? accept() : refuse("the two gets stand on different puts and share nothing");
  }
  const std::size_t common = std::min(a.appends.size(), b.appends.size());
  const bool begins = std::equal(a.appends.begin(), a.appends.begin() + static_cast<std::ptrdiff_t>(common), b.appends.begin());
  return begins ? refuse("one of the two gets begins the other") : accept();
}

}  // namespace

Verification check_proof(const Claim& claim, const ConcatenationClash& proof) {
  const History& h = claim.history;
  if (claim.verdict != Verdict::violated || claim.model != Model::linearizable) return refuse("it refutes linearizability only");
  if (h.header.object != ObjectKind::kv || !h.header.specification.empty()) return refuse("it says nothing of this object");
  if (proof.edges.size() > 2 || proof.edges.empty() == proof.reads.empty()) return refuse("it needs reads, or one edge or two");
  if (proof.before != no_operation && proof.before >= h.size()) return refuse("there is no call with which it could end");
  Key key{h, proof};
  if (auto bad = key.unfit()) return *bad;
  if (!proof.reads.empty()) return check_reads(key, proof.reads);
  std::vector<Position> from, to;
  for (const auto& edge : proof.edges) {
    if (!key.has(edge.from) || !key.has(edge.to)) return refuse("an operation of another key, or that did not happen");
    if (h.completed[edge.from] >= h.invoked[edge.to]) return refuse("an edge that real time does not show");
    // It completed, so it and all of its block that was seen happened.
    if (!key.completed(edge.from)) return refuse("an edge from a call of unknown outcome");
    const auto first = key.position(edge.from), second = key.position(edge.to);
    if (!first || !second) return refuse("nothing is known of where a call stands");
    from.push_back(*first);
    to.push_back(*second);
  }
  if (proof.edges.size() == 1) {
    const bool inside = from[0].block == to[0].block && to[0].place < from[0].place;
    const bool before_all = to[0].block == no_operation && from[0].block != no_operation;
    return inside || before_all ? accept() : refuse("the two calls may stand in this order");
  }
  const bool circle = to[0].block == from[1].block && to[1].block == from[0].block && from[0].block != to[0].block;
  return circle ? accept() : refuse("the two edges make no circle of two blocks");
}

}  // namespace kasauti::checker::certificate
