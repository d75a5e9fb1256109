// Transactions over a map: a list of ["r", key, value], ["w", key, value], ["append", key, value], executed at once
// and in this order.
//
// Each key holds a value, or a list that grows by append. A key never written holds the header's initial value; where
// that is a map, the value that it gives for the key, else null. Null and [] are both the empty list; an append to a
// key that holds a plain value makes the list of the two. What was read is in the completion's list; the writes are
// those of the invocation. A completion of another length or of other keys is impossible. The state: by key, sorted,
// every content that is not the initial one, as key, number of words, words. JSON keys are strings, so the initial
// map's "7" is the key 7.

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "checker/objects/factories.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

/// Nothing for null and []; a plain value: this mark and the value; a list: its elements, of which none is the mark.
using Content = std::vector<std::uint32_t>;
constexpr std::uint32_t plain_mark = histories::no_value;

class Txn final : public Specification {
 public:
  Txn(const Header& header, const ValueTable& values) : values_{values}, initial_{header.initial} {}

  using Contents = std::map<ValueId, Content>;

  State initial() const override { return {}; }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    Contents contents;
    for (std::size_t i = 0; i < before.size(); i += 2 + before[i + 1]) {
      const auto words = before.begin() + static_cast<std::ptrdiff_t>(i) + 2;
      contents.emplace(before[i], Content(words, words + before[i + 1]));
    }
    if (!execute(contents, op)) return;
    State state;
    for (const auto& [key, content] : contents) {
      if (content == initial_content(key)) continue;
      state.push_back(key);
      state.push_back(static_cast<std::uint32_t>(content.size()));
      state.insert(state.end(), content.begin(), content.end());
    }
    after.push_back(std::move(state));
  }

  bool observes_only(const Operation& op) const override {
    return std::ranges::all_of(values_.elements(op.argument),
                               [this](ValueId part) { return values_.text(values_.elements(part)[0]) == "r"; });
  }

  std::unique_ptr<Replayer> replayer() const override;

  /// Executes one transaction in place; false if it can't have read what it did.
  bool execute(Contents& contents, const Operation& op) const {
    const auto calls = values_.elements(op.argument);
    const auto answers = op.known ? values_.elements(op.result) : calls;
    if (answers.size() != calls.size()) return false;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      const auto call = values_.elements(calls[i]), answer = values_.elements(answers[i]);
      if (call[0] != answer[0] || call[1] != answer[1]) return false;
      const auto entry = contents.find(call[1]);
      const bool written = entry != contents.end();
      if (values_.text(call[0]) == "r") {
        if (op.known && of(answer[2]) != (written ? entry->second : initial_content(call[1]))) return false;
        continue;
      }
      Content& content = written ? entry->second : contents.emplace(call[1], initial_content(call[1])).first->second;
      if (values_.text(call[0]) == "w") {
        content = of(call[2]);
        continue;
      }
      if (!content.empty() && content[0] == plain_mark) content.erase(content.begin());
      content.push_back(call[2]);
    }
    return true;
  }

 private:
  Content of(ValueId value) const {
    if (is_nothing(value)) return {};
    if (!values_.is_list(value)) return {plain_mark, value};
    const auto elements = values_.elements(value);
    return {elements.begin(), elements.end()};
  }

  Content initial_content(ValueId key) const {
    if (!values_.is_map(initial_)) return of(initial_);
    const auto pairs = values_.elements(initial_);
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
      const bool same = pairs[i] == key || (!values_.is_string(key) && values_.text(pairs[i]) == values_.to_json(key));
      if (same) return of(pairs[i + 1]);
    }
    return {};
  }

  const ValueTable& values_;
  ValueId initial_;
};

class TxnReplayer final : public Replayer {
 public:
  explicit TxnReplayer(const Txn& txn) : txn_{txn} {}

  bool apply(const Operation& op) override { return txn_.execute(contents_, op); }

 private:
  const Txn& txn_;
  Txn::Contents contents_;
};

std::unique_ptr<Replayer> Txn::replayer() const { return std::make_unique<TxnReplayer>(*this); }

}  // namespace

std::unique_ptr<Specification> make_txn(const Header& header, const ValueTable& values) {
  return std::make_unique<Txn>(header, values);
}

}  // namespace kasauti::checker::objects
