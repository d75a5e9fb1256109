#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace kasauti::checker {

/// The consistency models of DESIGN §5. Their definitions and sources: docs/models.md.
enum class Model : std::uint8_t {
  linearizable, sequential, per_key_sequential, causal_memory, causal_convergent, causal, pram, session, read_your_writes,
  monotonic_reads, monotonic_writes, writes_follow_reads, regular, safe, k_atomic, delta_atomic, convergent,
};
inline constexpr int model_count = static_cast<int>(Model::convergent) + 1;

/// One row of the table from which options, help and documentation come.
struct ModelRow {
  Model model;
  std::string_view name;     ///< canonical, as on the command line
  std::string_view alias;    ///< short form, or empty
  std::string_view summary;  ///< what it demands, in one line
  bool local;                ///< holds for the history iff it holds for every key alone
};

/// In the order of the enumeration, strongest first.
[[nodiscard]] std::span<const ModelRow> models();
[[nodiscard]] std::string_view name_of(Model model);
/// By canonical name or alias.
[[nodiscard]] std::optional<Model> model_named(std::string_view name);

/// `stronger` holds ⇒ `weaker` holds, directly or through others (the lattice of DESIGN §5). Reflexive. It applies to
/// the formal verdicts of histories in which each session's calls don't overlap.
[[nodiscard]] bool implies(Model stronger, Model weaker);

}  // namespace kasauti::checker
