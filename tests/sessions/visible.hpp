#pragma once

// Visibility from the definitions, for small histories of distinct values: the yardstick of the orders of writes that
// are given, by versions or by real time.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "checker/model.hpp"
#include "histories/history.hpp"

namespace kasauti::tests {

/// What happened in a small history, who read from whom, and which writes each read had to see.
struct Visible {
  static constexpr histories::OpId initial = histories::no_operation - 1;

  std::vector<bool> writes, reads;               ///< of the operations that happened
  std::vector<histories::OpId> source;           ///< of reads; `initial` for the initial value
  std::vector<std::vector<bool>> before;         ///< before[b][a]: a causally precedes b
  std::vector<std::vector<bool>> sees;           ///< sees[r][w]: w is a visible write of the key of the read r
  bool explained = true;                         ///< every value that was read was written
  bool cyclic = false;                           ///< a write causally precedes itself

  Visible(const histories::History& h, checker::Model model)
      : writes(h.size(), false), reads(h.size(), false), source(h.size(), histories::no_operation),
        before(h.size(), std::vector<bool>(h.size(), false)), sees(before) {
    const auto n = static_cast<histories::OpId>(h.size());
    for (histories::OpId op = 0; op < n; ++op) {
      if (!h.ok(op)) continue;
      if (h.function[op] == histories::Function::write) writes[op] = true;
      if (h.function[op] == histories::Function::read) find_source(h, op);
    }
    for (histories::OpId b = 0; b < n; ++b) {
      for (histories::OpId a = 0; a < n; ++a) before[b][a] = session(h, a, b) || source[b] == a;
    }
    for (histories::OpId r = 0; r < n; ++r) {
      for (histories::OpId e = 0; reads[r] && e < n; ++e) {
        if (!session(h, e, r)) continue;
        if (model == checker::Model::read_your_writes && writes[e]) sees[r][e] = true;
        if (model == checker::Model::monotonic_reads && reads[e] && source[e] < n) sees[r][source[e]] = true;
      }
    }
    for (histories::OpId via = 0; via < n; ++via) {
      for (histories::OpId b = 0; b < n; ++b) {
        for (histories::OpId a = 0; before[b][via] && a < n; ++a) before[b][a] = before[b][a] || before[via][a];
      }
    }
    for (histories::OpId op = 0; op < n; ++op) {
      cyclic = cyclic || before[op][op];
      for (histories::OpId w = 0; model == checker::Model::session && reads[op] && w < n; ++w)
        sees[op][w] = writes[w] && before[op][w];
      for (histories::OpId w = 0; w < n; ++w) sees[op][w] = sees[op][w] && h.key[w] == h.key[op];
    }
  }

 private:
  bool session(const histories::History& h, histories::OpId a, histories::OpId b) const {
    const bool happened = (writes[a] || reads[a]) && (writes[b] || reads[b]);
    return happened && h.session[a] == h.session[b] && h.completed[a] < h.invoked[b];
  }

  void find_source(const histories::History& h, histories::OpId read) {
    reads[read] = true;
    if (h.result[read] == h.header.initial) {
      source[read] = initial;
      return;
    }
    for (histories::OpId w = 0; w < h.size(); ++w) {
      const bool may = h.function[w] == histories::Function::write && h.outcome[w] != histories::Outcome::fail;
      if (!may || h.key[w] != h.key[read] || h.argument[w] != h.result[read]) continue;
      source[read] = w;
      writes[w] = true;
    }
    explained = explained && source[read] != histories::no_operation;
  }
};

}  // namespace kasauti::tests
