// When the store's own versions are an order of the writes, read from the history alone.
//
// On a key they are if each operation that tells of a write's version, that is the acknowledged write itself and every
// read that returned its value, tells an integer; all tell the same of one write; each write that happened is told of;
// different writes have different versions; and no read of the initial value carries a version that is not below all
// of them; and nothing depends on which of several equal writes a read of the key returned. A compare-and-set tells of
// what it wrote only. Where this is so, the session guarantees are about this
// order: they hold only for orders that agree with it, and a circle may use it. Cost: O(n log n).

#include "checker/certificate/versions.hpp"

#include <algorithm>
#include <utility>

namespace kasauti::checker::certificate {

using histories::Function;
using histories::KeyId;

StoreVersions::StoreVersions(const History& history, const ReadsFrom& reads) : history_{history}, reads_{reads} {
  const History& h = history;
  if (h.version.empty()) return;
  decides_.resize(h.key_count());
  for (KeyId key = 0; key < h.key_count(); ++key) decides_[key] = reads.settled(key);
  of_.assign(h.size(), 0);
  std::vector<bool> told(h.size(), false);
  const auto number = [&](OpId by) { return h.values.integer(h.version[by]); };
  const auto tell = [&](OpId write, OpId by) {
    const bool integer = h.values.is_integer(h.version[by]);
    if (!integer || (told[write] && of_[write] != number(by))) {
      decides_[h.key[write]] = false;
    } else {
      of_[write] = number(by);
      told[write] = true;
    }
  };
  for (OpId op = 0; op < h.size(); ++op) {
    if (h.ok(op) && reads.writes(op)) tell(op, op);
    if (h.function[op] == Function::read && reads.reads(op) && reads.has_writer(op)) tell(reads.writer(op), op);
  }
  std::vector<std::vector<std::int64_t>> of_key(h.key_count());
  for (OpId op = 0; op < h.size(); ++op) {
    if (!reads.writes(op)) continue;
    if (!told[op]) decides_[h.key[op]] = false;
    of_key[h.key[op]].push_back(of_[op]);
  }
  for (KeyId key = 0; key < of_key.size(); ++key) {
    std::ranges::sort(of_key[key]);
    if (std::ranges::adjacent_find(of_key[key]) != of_key[key].end()) decides_[key] = false;
  }
  for (OpId op = 0; op < h.size(); ++op) {
    const bool initial = h.function[op] == Function::read && reads.reads(op) && reads.writer(op) == ReadsFrom::initial;
    if (!initial || !h.values.is_integer(h.version[op]) || of_key[h.key[op]].empty()) continue;
    if (number(op) >= of_key[h.key[op]].front()) decides_[h.key[op]] = false;
  }
  for (KeyId key = 0; key < of_key.size(); ++key) any_ = any_ || (decides_[key] && !of_key[key].empty());
}

bool StoreVersions::before(OpId a, OpId b) const {
  return reads_.writes(a) && reads_.writes(b) && history_.key[a] == history_.key[b] && decide(history_.key[a]) &&
         of_[a] < of_[b];
}

bool StoreVersions::agree(const std::vector<OpId>& order) const {
  if (decides_.empty()) return true;
  std::vector<std::pair<KeyId, OpId>> writes;
  for (const OpId op : order) {
    if (reads_.writes(op) && decide(history_.key[op])) writes.emplace_back(history_.key[op], op);
  }
  std::ranges::stable_sort(writes, {}, &std::pair<KeyId, OpId>::first);
  for (std::size_t i = 1; i < writes.size(); ++i) {
    if (writes[i - 1].first == writes[i].first && !before(writes[i - 1].second, writes[i].second)) return false;
  }
  return true;
}

}  // namespace kasauti::checker::certificate
