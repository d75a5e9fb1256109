#include "checker/model.hpp"

#include <array>
#include <utility>

namespace kasauti::checker {

namespace {

using enum Model;

constexpr std::array<ModelRow, model_count> rows = {{
    {linearizable, "linearizable", "l", "one legal order that respects real time (Herlihy & Wing 1990)", true},
    {sequential, "sequential", "s", "one legal order that respects every session's order (Lamport 1979)", false},
    {per_key_sequential, "per-key-sequential", "k", "each key alone is sequential; also called cache consistency", true},
    {causal_memory, "causal-memory", "cm", "causal, and each session has one legal order (Ahamad et al. 1995)", false},
    {causal_convergent, "causal-convergent", "ccv", "causal, with one order of the writes for all (Bouajjani et al. 2017)", false},
    {causal, "causal", "cc", "weak causal consistency (Bouajjani et al. 2017)", false},
    {pram, "pram", "pr", "each session sees all writes in an order that respects every session's (Lipton & Sandberg 1988)", false},
    {session, "session", "s4", "all four session guarantees at once, with closed visibility (Terry et al. 1994)", false},
    {read_your_writes, "read-your-writes", "ryw", "a read sees its session's earlier writes", false},
    {monotonic_reads, "monotonic-reads", "mr", "a session's reads never go back", false},
    {monotonic_writes, "monotonic-writes", "mw", "a session's writes are ordered as they were made", false},
    {writes_follow_reads, "writes-follow-reads", "wfr", "a write is ordered after the writes that its session had read", false},
    {regular, "regular", "", "a read returns the latest completed write or an overlapping one (Lamport 1986)", true},
    {safe, "safe", "", "a read that overlaps no write returns the latest completed one (Lamport 1986)", true},
    {k_atomic, "k-atomic", "", "the least k such that every read is among the last k versions (Aiyer et al. 2005)", true},
    {delta_atomic, "delta-atomic", "", "the least Δ by which reads must be moved back to be atomic (Golab et al. 2011)", true},
    {convergent, "convergent", "cv", "after the final phase all nodes agree and nothing acknowledged is lost", true},
}};

// The arrows of DESIGN §5, one step each.
constexpr std::pair<Model, Model> arrows[] = {
    {linearizable, sequential},
    {sequential, causal_memory},
    {sequential, causal_convergent},
    {sequential, per_key_sequential},
    {causal_memory, pram},
    {causal_memory, session},
    {causal_convergent, session},
    {session, causal},
    {pram, read_your_writes},
    {pram, monotonic_reads},
    {pram, monotonic_writes},
    {session, monotonic_reads},
    {causal, read_your_writes},
    {causal, monotonic_writes},
    {causal, writes_follow_reads},
    {per_key_sequential, read_your_writes},
    {per_key_sequential, monotonic_reads},
    {linearizable, regular},
    {regular, safe},
};

using Relation = std::array<std::array<bool, model_count>, model_count>;

Relation closure() {
  Relation reach{};
  for (int i = 0; i < model_count; ++i) reach[i][i] = true;
  for (const auto& [from, to] : arrows) reach[static_cast<int>(from)][static_cast<int>(to)] = true;
  for (int via = 0; via < model_count; ++via) {
    for (int from = 0; from < model_count; ++from) {
      for (int to = 0; to < model_count; ++to) reach[from][to] = reach[from][to] || (reach[from][via] && reach[via][to]);
    }
  }
  return reach;
}

}  // namespace

std::span<const ModelRow> models() { return rows; }

std::string_view name_of(Model model) { return rows[static_cast<std::size_t>(model)].name; }

std::optional<Model> model_named(std::string_view name) {
  for (const ModelRow& row : rows) {
    if (row.name == name || (!row.alias.empty() && row.alias == name)) return row.model;
  }
  return std::nullopt;
}

bool implies(Model stronger, Model weaker) {
  static const Relation reach = closure();
  return reach[static_cast<std::size_t>(stronger)][static_cast<std::size_t>(weaker)];
}

}  // namespace kasauti::checker
