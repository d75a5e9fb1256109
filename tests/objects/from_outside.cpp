// An object of a user's own, added through the public header alone: the example of docs/adding-an-object.md.

#include <algorithm>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "checker/index/keys.hpp"
#include "checker/objects/specification.hpp"
#include "support/brute_force.hpp"
#include "support/script.hpp"

namespace {

using namespace kasauti::checker::objects;
using kasauti::histories::Function;

/// A register that keeps the greatest integer written to it.
class MaxRegister final : public Specification {
 public:
  explicit MaxRegister(const ValueTable& values) : values_{values} {}

  State initial() const override { return {kasauti::histories::null_value}; }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    if (op.function == Function::read) {
      if (!op.known || op.result == before[0]) after.push_back(before);
      return;
    }
    const bool greater = !values_.is_integer(before[0]) || values_.integer(op.argument) > values_.integer(before[0]);
    after.push_back(greater ? State{op.argument} : before);
  }

  bool observes_only(const Operation& op) const override { return op.function == Function::read; }

 private:
  const ValueTable& values_;
};

std::unique_ptr<Specification> make_max_register(const Header&, const ValueTable& values) {
  return std::make_unique<MaxRegister>(values);
}

bool linearizable(const std::string& last_read) {
  const auto history = kasauti::tests::script(
      R"("object":"register","specification":"max-register")",
      {{1, "write", "7", "", 0, 1}, {2, "write", "5", "", 2, 3}, {1, "read", "", last_read, 4, 5}});
  const kasauti::checker::index::Keys keys{history, true};
  return kasauti::tests::linearizable_by_brute_force(history, keys.operations(0));
}

}  // namespace

TEST_CASE("an object registered from outside judges the histories that name it") {
  kasauti::histories::Header header;
  header.specification = "max-register";
  const kasauti::histories::ValueTable values;
  CHECK(make_specification(header, values) == nullptr);
  REQUIRE(register_object("max-register", make_max_register));
  CHECK_FALSE(register_object("max-register", make_max_register));
  CHECK_FALSE(register_object("", make_max_register));
  CHECK(linearizable("7"));
  CHECK_FALSE(linearizable("5"));
}
