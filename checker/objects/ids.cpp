// Unique ids: generate returns one that was never returned before, whatever it is.
//
// The state is the sorted ids given away; those of the header's initial list count as given. A generate of unknown
// result changes nothing: the id that nobody saw can always be one that nobody else got.

#include <algorithm>

#include <boost/unordered/unordered_flat_set.hpp>

#include "checker/objects/factories.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

class IdsReplayer final : public Replayer {
 public:
  explicit IdsReplayer(const State& initial) : given_(initial.begin(), initial.end()) {}

  bool apply(const Operation& op) override { return !op.known || given_.insert(op.result).second; }

 private:
  boost::unordered_flat_set<ValueId> given_;
};

class Ids final : public Specification {
 public:
  Ids(const Header& header, const ValueTable& values) {
    const auto given = initial_elements(header, values);
    initial_.assign(given.begin(), given.end());
    std::ranges::sort(initial_);
    initial_.erase(std::ranges::unique(initial_).begin(), initial_.end());
  }

  State initial() const override { return initial_; }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    if (!op.known) {
      after.push_back(before);
      return;
    }
    const auto place = std::ranges::lower_bound(before, op.result);
    if (place != before.end() && *place == op.result) return;
    after.push_back(before);
    after.back().insert(after.back().begin() + (place - before.begin()), op.result);
  }

  bool observes_only(const Operation& op) const override { return !op.known; }

  std::unique_ptr<Replayer> replayer() const override { return std::make_unique<IdsReplayer>(initial_); }

 private:
  State initial_;
};

}  // namespace

std::unique_ptr<Specification> make_ids(const Header& header, const ValueTable& values) {
  return std::make_unique<Ids>(header, values);
}

}  // namespace kasauti::checker::objects
