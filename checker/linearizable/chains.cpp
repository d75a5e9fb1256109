// Which values a register had, and which exchange (successful compare-and-set) made one of the other.
//
// Where all writes and exchanges leave different values, each value was written once. An exchange [u, v] that answered
// yes observed u and left v, so that v follows u with nothing but reads of u in between. An exchange of unknown outcome
// did the same if somebody saw v: a read, or an exchange of it. So values that were there for certain form chains, each
// from a plain write or the initial value on. What may be wrong already: two exchanges of one value, and a value
// whose chain has no beginning, because nobody wrote it or because each value of a circle is made of another.
//
// O(n). Covered by tests/linearizable (chains).

#include "checker/linearizable/chains.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "checker/linearizable/contents.hpp"
#include "checker/linearizable/thin_air.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::Function;
using histories::no_operation;
using histories::ValueId;

constexpr std::uint32_t none = UINT32_MAX;

class Builder {
 public:
  Builder(const History& history, std::span<const OpId> operations, ZoneScratch& scratch)
      : history_{history}, operations_{operations}, block_of_{scratch.cluster_of} {
    if (block_of_.size() < history.values.size()) block_of_.resize(history.values.size(), none);
  }

  std::optional<Chains> build() {
    const bool fit = make_blocks();
    if (fit && look_up() && link()) {
      sort_reads();
      measure();
    }
    for (const Block& block : chains_.blocks) block_of_[value_left(block.writer)] = none;
    if (!fit) return std::nullopt;
    return std::move(chains_);
  }

 private:
  ValueId value_left(OpId writer) const {
    if (writer == no_operation) return history_.header.initial;
    if (history_.function[writer] == Function::write) return history_.argument[writer];
    return history_.values.elements(history_.argument[writer])[1];
  }
  ValueId value_expected(OpId cas) const { return history_.values.elements(history_.argument[cas])[0]; }
  bool is_exchange(OpId op) const {
    return op != no_operation && history_.function[op] == Function::cas && !is_refused(history_, op);
  }

  // A block for each value that may have been left. False where chains don't apply.
  bool make_blocks() {
    chains_.blocks.emplace_back();
    block_of_[history_.header.initial] = 0;
    for (const OpId op : operations_) {
      const Function function = history_.function[op];
      if (function == Function::read || is_refused(history_, op)) continue;
      if (function != Function::write && function != Function::cas) return false;
      std::uint32_t& block = block_of_[value_left(op)];
      if (block != none) return false;
      block = static_cast<std::uint32_t>(chains_.blocks.size());
      chains_.blocks.emplace_back().writer = op;
    }
    return true;
  }

  // What each operation is about, and which blocks were there for certain.
  bool look_up() {
    chains_.of.reserve(operations_.size());
    there_.assign(chains_.blocks.size(), false);
    for (const OpId op : operations_) {
      if (is_refused(history_, op)) {
        chains_.of.push_back(block_of_[value_expected(op)]);
        continue;
      }
      const bool reads = history_.function[op] == Function::read;
      const std::uint32_t block = block_of_[reads ? history_.result[op] : value_left(op)];
      chains_.of.push_back(block);
      if (block == none) {
        chains_.clash = unwritten_read(history_, op, "chains");
        return false;
      }
      if (history_.ok(op)) seen(block);
    }
    return true;
  }

  void seen(std::uint32_t block) {
    if (!there_[block]) found_.push_back(block);
    there_[block] = true;
  }

  bool clash(ChainFault fault, std::vector<OpId> operations) {
    chains_.clash = chain_clash(history_, fault, std::move(operations));
    return false;
  }

  // Links each value that an exchange left to the one it expected, which was there too, then; and numbers the chains.
  bool link() {
    for (Block& block : chains_.blocks) {
      if (is_exchange(block.writer)) block.before = block_of_[value_expected(block.writer)];
    }
    for (std::size_t i = 0; i < found_.size(); ++i) {
      const OpId writer = chains_.blocks[found_[i]].writer;
      if (!is_exchange(writer)) continue;
      const std::uint32_t before = chains_.blocks[found_[i]].before;
      if (before == none) return clash(ChainFault::rootless, {writer});
      std::uint32_t& next = chains_.blocks[before].next;
      if (next != none) return clash(ChainFault::fork, {chains_.blocks[next].writer, writer});
      next = found_[i];
      seen(before);
    }
    there_[0] = true;
    for (std::uint32_t head = 0; head < chains_.blocks.size(); ++head) {
      if (!there_[head] || is_exchange(chains_.blocks[head].writer)) continue;
      const auto chain = static_cast<std::uint32_t>(chains_.chains.size());
      std::uint32_t last = head;
      for (std::uint32_t block = head; block != none; block = chains_.blocks[block].next) {
        chains_.blocks[block].chain = chain;
        last = block;
      }
      chains_.chains.push_back({head, last});
    }
    const auto lost = std::ranges::find_if(found_, [&](auto block) { return chains_.blocks[block].chain == none; });
    return lost == found_.end() || clash(ChainFault::rootless, {chains_.blocks[*lost].writer});
  }

  void sort_reads() {
    std::vector<Block>& blocks = chains_.blocks;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (history_.function[operations_[i]] == Function::read) ++blocks[chains_.of[i]].end_of_reads;
    }
    std::uint32_t place = 0;
    for (Block& block : blocks) {
      const std::uint32_t count = block.end_of_reads;
      block.first_read = block.end_of_reads = place;
      place += count;
    }
    chains_.reads.resize(place);
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (history_.function[operations_[i]] != Function::read) continue;
      chains_.reads[blocks[chains_.of[i]].end_of_reads++] = operations_[i];
    }
  }

  void measure() {
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      const OpId op = operations_[i];
      const std::uint32_t block = chains_.of[i];
      if (is_refused(history_, op) || chains_.blocks[block].chain == none) continue;
      Chain& chain = chains_.chains[chains_.blocks[block].chain];
      if (history_.completed[op] < chain.first_end) {
        chain.first_end = history_.completed[op];
        chain.first_completed = op;
      }
      chain.last_begin = history_.invoked[op];  // operations come in order of invocation
      chain.last_invoked = op;
    }
  }

  const History& history_;
  std::span<const OpId> operations_;
  std::vector<std::uint32_t>& block_of_;
  Chains chains_;
  std::vector<bool> there_;
  std::vector<std::uint32_t> found_;  // blocks that were there for certain, in the order in which that was found out
};

}  // namespace

std::optional<Chains> chains_of(const History& history, std::span<const OpId> operations, ZoneScratch& scratch) {
  return Builder{history, operations, scratch}.build();
}

KeyAnswer chain_clash(const History& history, ChainFault fault, std::vector<OpId> operations) {
  const auto text = [&](std::size_t i) { return history.describe(operations[i]); };
  const auto is_read = [&](std::size_t i) { return history.function[operations[i]] == Function::read; };
  std::string_view name;
  std::string reason;
  switch (fault) {
    case ChainFault::rootless:
      name = "ThinAirRead";
      reason = fmt::format("{}: the value it exchanged was never written, nor made of any that was", text(0));
      break;
    case ChainFault::fork:
      name = "LostUpdate";
      reason = fmt::format("{} and {} both exchanged a value that was there once", text(0), text(1));
      break;
    case ChainFault::inverted:
      name = is_read(1) ? "StaleRead" : "FutureRead";
      reason = is_read(1) ? fmt::format("{} returned what had been exchanged before {}, which completed before it",
                                        text(1), text(0))
                          : fmt::format("{} completed before {} began, which led to what it saw", text(0), text(1));
      break;
    case ChainFault::initial_again:
      name = "StaleRead";
      reason = fmt::format("{} found the initial value, or what was exchanged for it, but {} had completed before",
                           text(1), text(0));
      break;
    case ChainFault::crossing:
      name = is_read(0) && is_read(2) ? "NewOldInversion" : "StaleRead";
      reason = fmt::format(
          "{} completed before {} was invoked, and {} before {}; but the values of the first and the last are one "
          "unbroken chain, and so are those of the other two",
          text(0), text(1), text(2), text(3));
      break;
    case ChainFault::refused:
      name = "FalseRefusal";
      reason = fmt::format("{}, but the value it expected was there all the while, until {}",
                           text(operations.size() - 2), text(operations.size() - 1));
      break;
  }
  ChainClash proof{history.key[operations[0]], fault, operations};
  return refuted("chains", {std::move(proof)}, name, std::move(operations), std::move(reason));
}

}  // namespace kasauti::checker::linearizable
