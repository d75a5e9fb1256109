#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "checker/certificate/verify.hpp"

namespace kasauti::checker::certificate {

/// What a proof is checked against.
struct Claim {
  const History& history;
  Model model;
  Verdict verdict;
  std::uint64_t steps;  ///< the most configurations that an exhaustive search may visit
  histories::Budget* budget = nullptr;

  /// False once the budget is exhausted. Long loops ask, with a counter of their own that starts at 0.
  [[nodiscard]] bool may_go_on(std::uint32_t& polled) const { return budget == nullptr || budget->spend(polled); }
};

// One overload of each for every kind of proof. check_proof lives in verify_KIND.cpp, beside a page that says why the
// proof proves what it does; the JSON form in json.cpp. Operations are written as their numbers (histories::OpId).

[[nodiscard]] Verification check_proof(const Claim& claim, const Orders& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const ClusterCycle& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const ThinAir& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const Core& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const SearchAlone& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const ValuesCore& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const AlwaysThere& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const NoBottom& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const Outnumbered& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const ForcedCycle& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const KeysCore& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const ReadSources& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const StaleObservation& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const FinalSources& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const FinalClash& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const FinalLoss& proof);

/// A circle of facts about append lists: verify_lists.cpp.
[[nodiscard]] Verification check_list_cycle(const Claim& claim, const ForcedCycle& proof);
/// What orders prove of the sequential models.
[[nodiscard]] Verification check_orders_sequential(const Claim& claim, const Orders& proof);

// The causal family and the session guarantees: verify_causal.cpp, verify_views.cpp, verify_sessions.cpp,
// json_causal.cpp.
[[nodiscard]] Verification check_proof(const Claim& claim, const UnwrittenRead& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const ForcedOrder& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const Arbitration& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const CausalOrder& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const SessionViews& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const SessionOrders& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const AssumingSources& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const EverySource& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const ByElements& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const OrderClash& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const OutOfBounds& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const TooManyHeld& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const ConcatenationClash& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const ChainClash& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const StaleVersions& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const StaleTime& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const FalseRefusal& proof);
[[nodiscard]] Verification check_proof(const Claim& claim, const SetCycle& proof);

[[nodiscard]] nlohmann::json to_json_proof(const Orders& proof);
[[nodiscard]] nlohmann::json to_json_proof(const ClusterCycle& proof);
[[nodiscard]] nlohmann::json to_json_proof(const ThinAir& proof);
[[nodiscard]] nlohmann::json to_json_proof(const Core& proof);
[[nodiscard]] nlohmann::json to_json_proof(const SearchAlone& proof);
[[nodiscard]] nlohmann::json to_json_proof(const UnwrittenRead& proof);
[[nodiscard]] nlohmann::json to_json_proof(const ForcedOrder& proof);
[[nodiscard]] nlohmann::json to_json_proof(const Arbitration& proof);
[[nodiscard]] nlohmann::json to_json_proof(const CausalOrder& proof);
[[nodiscard]] nlohmann::json to_json_proof(const SessionViews& proof);
[[nodiscard]] nlohmann::json to_json_proof(const SessionOrders& proof);
[[nodiscard]] nlohmann::json to_json_proof(const AssumingSources& proof);
[[nodiscard]] nlohmann::json to_json_proof(const EverySource& proof);
[[nodiscard]] nlohmann::json to_json_proof(const ByElements& proof);
[[nodiscard]] nlohmann::json to_json_proof(const ValuesCore& proof);
[[nodiscard]] nlohmann::json to_json_proof(const AlwaysThere& proof);
[[nodiscard]] nlohmann::json to_json_proof(const NoBottom& proof);
[[nodiscard]] nlohmann::json to_json_proof(const Outnumbered& proof);
[[nodiscard]] nlohmann::json to_json_proof(const ForcedCycle& proof);
[[nodiscard]] nlohmann::json to_json_proof(const KeysCore& proof);
[[nodiscard]] nlohmann::json to_json_proof(const OrderClash& proof);
[[nodiscard]] nlohmann::json to_json_proof(const OutOfBounds& proof);
[[nodiscard]] nlohmann::json to_json_proof(const TooManyHeld& proof);
[[nodiscard]] nlohmann::json to_json_proof(const ConcatenationClash& proof);
[[nodiscard]] nlohmann::json to_json_proof(const ChainClash& proof);
[[nodiscard]] nlohmann::json to_json_proof(const FalseRefusal& proof);
[[nodiscard]] nlohmann::json to_json_proof(const SetCycle& proof);
[[nodiscard]] nlohmann::json to_json_proof(const ReadSources& proof);
[[nodiscard]] nlohmann::json to_json_proof(const StaleObservation& proof);
[[nodiscard]] nlohmann::json to_json_proof(const FinalSources& proof);
[[nodiscard]] nlohmann::json to_json_proof(const FinalClash& proof);
[[nodiscard]] nlohmann::json to_json_proof(const FinalLoss& proof);
[[nodiscard]] nlohmann::json to_json_proof(const StaleVersions& proof);
[[nodiscard]] nlohmann::json to_json_proof(const StaleTime& proof);
[[nodiscard]] nlohmann::json to_json_edge(const Edge& edge);

/// False, or an exception of the JSON library, if the value is no such proof.
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, Orders& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, ClusterCycle& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, ThinAir& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, Core& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, SearchAlone& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, UnwrittenRead& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, ForcedOrder& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, Arbitration& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, CausalOrder& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, SessionViews& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, SessionOrders& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, AssumingSources& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, EverySource& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, ByElements& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, ValuesCore& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, AlwaysThere& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, NoBottom& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, Outnumbered& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, ForcedCycle& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, KeysCore& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, OrderClash& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, OutOfBounds& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, TooManyHeld& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, ConcatenationClash& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, ChainClash& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, FalseRefusal& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, SetCycle& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, ReadSources& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, StaleObservation& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, FinalSources& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, FinalClash& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, FinalLoss& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, StaleVersions& proof);
[[nodiscard]] bool from_json_proof(const nlohmann::json& value, StaleTime& proof);
[[nodiscard]] bool from_json_edge(const nlohmann::json& value, Edge& edge);

/// What a clash proves of a fenced lock: verify_locks.cpp.
[[nodiscard]] Verification check_tokens(const Claim& claim, const OrderClash& proof);

/// A refusal, with its reason.
[[nodiscard]] inline Verification refuse(std::string problem) { return {false, true, std::move(problem)}; }
/// Neither accepted nor found wrong.
[[nodiscard]] inline Verification out_of_budget() {
  return {false, false, "a limit was reached before the certificate was checked"};
}
[[nodiscard]] inline Verification accept() { return {true, true, {}}; }

}  // namespace kasauti::checker::certificate
