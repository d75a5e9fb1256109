#pragma once

#include "histories/history.hpp"

// Small deciders for register histories with distinct values, by the definitions and with no regard for speed: some
// hundreds of operations. They share nothing with the checker.
namespace kasauti::tests {

/// Zones (Gibbons & Korach 1997), each pair of values of a key compared.
[[nodiscard]] bool linearizable(const histories::History& history);
/// The bad patterns of Bouajjani et al. 2017: none of those of CC, of CCv, of CM.
[[nodiscard]] bool causal(const histories::History& history);
[[nodiscard]] bool causal_convergent(const histories::History& history);
[[nodiscard]] bool causal_memory(const histories::History& history);
/// As causal memory, with the order of each session in the place of causality.
[[nodiscard]] bool pram(const histories::History& history);

/// No session reads a value whose write had completed before a write of its own, itself completed before the read,
/// began.
[[nodiscard]] bool reads_own_writes_in_real_time(const histories::History& history);
/// No session reads a value whose write had completed before the write of a value that it had read before began.
[[nodiscard]] bool monotonic_reads_in_real_time(const histories::History& history);
/// In the final phase every node reads the same, key by key.
[[nodiscard]] bool nodes_agree(const histories::History& history);

}  // namespace kasauti::tests
