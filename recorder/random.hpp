#pragma once

#include <cstdint>

namespace kasauti::recorder {

/// A generator of pseudo-random numbers that gives the same ones everywhere (SplitMix64: Steele, Lea, Flood, OOPSLA
/// 2014), which the distributions of the standard library don't promise.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_{seed} {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27U) * 0x94D049BB133111EBU;
    return z ^ z >> 31U;
  }
  /// Of 0 … bound - 1; the bias is below 2⁻³² for bounds below 2³².
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t high = next() >> 32U;
    return bound <= UINT32_MAX ? high * bound >> 32U : next() % bound;
  }
  /// Of low … high.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  bool chance(unsigned percent) { return below(100) < percent; }
  /// Another generator, whose numbers have nothing to do with this one's.
  Random fork() { return Random{next()}; }

 private:
  std::uint64_t state_;
};

}  // namespace kasauti::recorder
