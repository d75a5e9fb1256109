#include <limits>

#include "histories/value.hpp"

#include "support.hpp"

namespace kasauti::histories::test {

namespace {

TEST_CASE("equal values have one id, different ones two") {
  ValueTable values;
  CHECK(values.intern_integer(5) == values.intern_number(5.0));
  CHECK(values.intern_integer(10'000'000'000'000'000) == values.intern_number(1e16));
  CHECK(values.intern_number(0.0) == values.intern_number(-0.0));
  CHECK(values.intern_integer(5) != values.intern_string("5"));
  CHECK(values.intern_number_text("18446744073709551616") != values.intern_string("18446744073709551616"));
  CHECK(values.intern_string("") != null_value);
  const ValueId one = values.intern_integer(1);
  const ValueId two = values.intern_integer(2);
  CHECK(values.intern_list(std::vector{one, two}) != values.intern_list(std::vector{two, one}));
  CHECK(values.intern_list(std::vector<ValueId>{}) != values.intern_map({}));
  const ValueId a = values.intern_string("a");
  const ValueId b = values.intern_string("b");
  CHECK(values.intern_map({a, one, b, two}) == values.intern_map({b, two, a, one}));
  CHECK(values.intern_map({a, one, a, two}) == values.intern_map({a, two}));
}

TEST_CASE("values are found again, small and large") {
  ValueTable values;
  for (const std::int64_t number : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 20,
      std::numeric_limits<std::int64_t>::max(),
                                    std::numeric_limits<std::int64_t>::min()}) {
    CHECK(values.find_integer(number) == no_value);
    const ValueId id = values.intern_integer(number);
    CHECK(values.find_integer(number) == id);
    CHECK(values.integer(id) == number);
    CHECK(values.to_json(id) == std::to_string(number));
  }
  CHECK(values.find_string("x") == no_value);
  const ValueId text = values.intern_string("x");
  CHECK(values.find_string("x") == text);
}

TEST_CASE("values print as JSON") {
  ValueTable values;
  const ValueId text = values.intern_string("a\"\\\n\x01\xC3\xA9");
  CHECK(values.to_json(text) == "\"a\\\"\\\\\\n\\u0001\xC3\xA9\"");
  const ValueId list = values.intern_list(std::vector{null_value, true_value, values.intern_number(0.5)});
  CHECK(values.to_json(values.intern_map({values.intern_string("k"), list})) == R"({"k":[null,true,0.5]})");
  CHECK(values.to_json(no_value) == "null");
}

TEST_CASE("a table of many values keeps them apart") {
  ValueTable values;
  std::vector<ValueId> ids;
  for (int i = 0; i < 20000; ++i) {
    ids.push_back(values.intern_string("s" + std::to_string(i)));
    ids.push_back(values.intern_list(std::vector{values.intern_integer(i), values.intern_integer(-i)}));
  }
  std::ranges::sort(ids);
  CHECK(std::ranges::adjacent_find(ids) == ids.end());
  CHECK(values.text(values.find_string("s777")) == "s777");
}

}  // namespace

}  // namespace kasauti::histories::test
