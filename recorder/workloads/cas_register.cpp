// Compare-and-sets of the value that the client last saw, with reads to see it and a few plain writes.
//
// New values are distinct, so that successful compare-and-sets link values into chains. Half of the operations
// compare and set; with several clients on one key about as many find another value as not, and say so ("result":
// false).

#include "recorder/workloads/workload.hpp"

namespace kasauti::recorder {

namespace {

class CasRegister final : public Workload {
 public:
  explicit CasRegister(const WorkloadOptions& options) : options_{options}, seen_(options.keys) {}

  Request next(Random& random) override {
    key_ = random.below(options_.keys);
    const std::uint64_t choice = random.below(10);
    if (choice < 4) return {Action::read, key_named(key_), nullptr};
    Value fresh = distinct_value(options_, writes_++);
    if (choice < 5) return {Action::write, key_named(key_), std::move(fresh)};
    return {Action::cas, key_named(key_), std::vector<Value>{seen_[key_], std::move(fresh)}};
  }

  void observe(const Request& request, const Outcome& outcome) override {
    if (outcome.kind != Outcome::Kind::ok) return;
    if (request.action == Action::read) seen_[key_] = outcome.value;
    if (request.action == Action::write) seen_[key_] = request.value;
    if (request.action == Action::cas && outcome.details.result == true) seen_[key_] = request.value.elements()[1];
  }

 private:
  WorkloadOptions options_;
  std::vector<Value> seen_;  // by key
  std::size_t key_ = 0;
  std::int64_t writes_ = 0;
};

}  // namespace

std::unique_ptr<Workload> make_cas_register(const WorkloadOptions& options) {
  return std::make_unique<CasRegister>(options);
}

}  // namespace kasauti::recorder
