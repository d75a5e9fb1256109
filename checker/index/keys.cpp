#include "checker/index/keys.hpp"

#include <algorithm>

namespace kasauti::checker::index {

using histories::Function;
using histories::Outcome;

bool only_observes(Function function) {
  return function == Function::read || function == Function::contains || function == Function::read_all;
}

namespace {

bool matters(const History& history, OpId op) {
  return history.outcome[op] == Outcome::ok ||
         (history.outcome[op] == Outcome::info && !only_observes(history.function[op]));
}

}  // namespace

Keys::Keys(const History& history, bool split) {
  const std::size_t keys = split ? history.key_count() : std::min<std::size_t>(1, history.key_count());
  begin_.assign(keys + 1, 0);
  const auto key_of = [&](OpId op) { return split ? history.key[op] : 0; };
  for (OpId op = 0; op < history.size(); ++op) {
    if (matters(history, op)) ++begin_[key_of(op) + 1];
  }
  for (std::size_t key = 0; key < keys; ++key) begin_[key + 1] += begin_[key];
  operations_.resize(begin_[keys]);
  std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
  for (OpId op = 0; op < history.size(); ++op) {
    if (matters(history, op)) operations_[next[key_of(op)]++] = op;
  }
}

}  // namespace kasauti::checker::index
