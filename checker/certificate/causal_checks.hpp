#pragma once

#include "checker/certificate/proofs.hpp"
#include "checker/certificate/reads_from.hpp"

namespace kasauti::checker::certificate {

// The proofs about causality once it is said who read from whom: by the history alone, or by what a proof assumes.

[[nodiscard]] Verification check_witness(const Claim& claim, const Arbitration& proof, const ReadsFrom& reads);
[[nodiscard]] Verification check_witness(const Claim& claim, const CausalOrder& proof, const ReadsFrom& reads);
[[nodiscard]] Verification check_witness(const Claim& claim, const SessionViews& proof, const ReadsFrom& reads);
[[nodiscard]] Verification check_witness(const Claim& claim, const SessionOrders& proof, const ReadsFrom& reads);

/// An order of all writes that happened, for monotonic writes or writes-follow-reads by the store's versions.
[[nodiscard]] Verification check_write_order(const Claim& claim, const std::vector<OpId>& order,
                                             const ReadsFrom& reads);

[[nodiscard]] Verification check_refutation(const Claim& claim, const ForcedOrder& proof, const ReadsFrom& reads);
[[nodiscard]] Verification check_refutation(const Claim& claim, const UnwrittenRead& proof, const ReadsFrom& reads);

}  // namespace kasauti::checker::certificate
