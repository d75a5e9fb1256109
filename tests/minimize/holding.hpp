#pragma once

#include <random>
#include <string>
#include <vector>

#include "histories/history.hpp"
#include "tests/support/brute_force.hpp"
#include "tests/support/small.hpp"

namespace kasauti::tests {

/// An object with a few calls that clash often: few values, many duplicates.
struct Alphabet {
  std::string name;
  histories::Header header;
  histories::ValueTable values;
  std::vector<Made> calls;
};

[[nodiscard]] std::vector<Alphabet> alphabets();

/// What order the calls of a drawn history took effect in.
enum class Truth { linearizable, sequential };

/// A history that holds by construction: its calls took effect one after the other, each within its interval, or, for
/// Truth::sequential, in any order that respects processes.
[[nodiscard]] histories::History draw_holding(const Alphabet& alphabet, Truth truth, std::size_t calls,
    std::mt19937& random);

/// By brute force, over all its operations at once.
[[nodiscard]] bool is_legal(const histories::History& history, Truth truth);

[[nodiscard]] std::string told(const histories::History& history);

}  // namespace kasauti::tests
