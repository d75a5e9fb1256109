// Reads and writes of a few registers: three reads for two writes, keys uniform, every value written once.
//
// The plainest workload there is, and the one whose histories every model of DESIGN §5 can judge: distinct values
// tell which write a read saw.

#include "recorder/workloads/workload.hpp"

namespace kasauti::recorder {

namespace {

class Register final : public Workload {
 public:
  explicit Register(const WorkloadOptions& options) : options_{options} {}

  Request next(Random& random) override {
    Value key = key_named(random.below(options_.keys));
    if (random.chance(60)) return {Action::read, std::move(key), nullptr};
    return {Action::write, std::move(key), distinct_value(options_, writes_++)};
  }

 private:
  WorkloadOptions options_;
  std::int64_t writes_ = 0;
};

}  // namespace

std::unique_ptr<Workload> make_register(const WorkloadOptions& options) { return std::make_unique<Register>(options); }

}  // namespace kasauti::recorder
