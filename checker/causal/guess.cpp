// Which of several writes a read most likely returned.
//
// In this order: the write that carries the version that the read carries, if the store tells versions; what the
// session saw of the key last, written or read, if that has the value; the write of the value that was invoked last
// before the read; and if there is none, the initial value or any. A guess proves nothing: a witness that rests on it
// is checked as every other, and where it is wrong a search begins (cases.cpp).

#include "checker/causal/guess.hpp"

#include <algorithm>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

namespace kasauti::checker::causal {

using histories::KeyId;
using histories::Outcome;
using histories::ValueId;
using histories::no_value;

namespace {

class Guess {
 public:
  explicit Guess(const Sources& sources)
      : sources_{sources}, h_{sources.history()}, guesses_(h_.size(), no_operation), writes_(h_.key_count()) {}

  std::vector<OpId> run() {
    for (OpId op = 0; op < h_.size(); ++op) {
      if (h_.outcome[op] == Outcome::fail) continue;
      const bool ok = h_.ok(op);
      if (sources_.observes(op)) {
        OpId source = sources_.only(op);
        if (source == several_writes) guesses_[op] = source = likely(op);
        if (ok && source != no_operation) seen_[place(op)] = source;
      }
      if (sources_.written(op) == no_value) continue;
      writes_[h_.key[op]].push_back(op);
      if (ok) seen_[place(op)] = op;
    }
    return std::move(guesses_);
  }

 private:
  static constexpr std::size_t most_looked_at = 64;

  [[nodiscard]] std::uint64_t place(OpId op) const { return std::uint64_t{h_.session[op]} << 32U | h_.key[op]; }

  [[nodiscard]] OpId likely(OpId read) const {
    if (!h_.version.empty() && h_.version[read] != no_value) {
      if (const OpId same = of_version(read); same != no_operation) return same;
    }
    if (const auto seen = seen_.find(place(read)); seen != seen_.end() && sources_.possible(read, seen->second))
      return seen->second;
    const std::vector<OpId>& writes = writes_[h_.key[read]];
    const std::size_t looked_at = std::min(writes.size(), most_looked_at);
    for (std::size_t i = 1; i <= looked_at; ++i) {
      if (sources_.possible(read, writes[writes.size() - i])) return writes[writes.size() - i];
    }
    const std::vector<OpId> possible = sources_.possible(read);
    OpId best = possible.front();
    for (const OpId each : possible) {
      if (each < read) best = each;
    }
    return best;
  }

  [[nodiscard]] OpId of_version(OpId read) const {
    if (h_.function[read] != histories::Function::read) return no_operation;
    const std::vector<OpId>& writes = writes_[h_.key[read]];
    for (std::size_t i = 1; i <= std::min(writes.size(), most_looked_at); ++i) {
      const OpId write = writes[writes.size() - i];
      if (h_.version[write] == h_.version[read] && sources_.possible(read, write)) return write;
    }
    return no_operation;
  }

  const Sources& sources_;
  const History& h_;
  std::vector<OpId> guesses_;
  std::vector<std::vector<OpId>> writes_;                   // by key, those so far
  boost::unordered_flat_map<std::uint64_t, OpId> seen_;     // by session and key, what it saw last
};

}  // namespace

std::vector<OpId> likely_sources(const Sources& sources) { return Guess{sources}.run(); }

}  // namespace kasauti::checker::causal
