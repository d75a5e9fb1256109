#include "histories/formats/json_value.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "histories/formats/format.hpp"

namespace kasauti::histories::formats {

namespace {

namespace ondemand = simdjson::ondemand;
using Error = simdjson::error_code;

Error intern_number(ondemand::value& value, ValueTable& values, ValueId& id) {
  const std::string_view raw = value.raw_json_token();
  ondemand::number number;
  const Error code = value.get_number().get(number);
  if (code == simdjson::SUCCESS) {
    if (number.is_int64()) {
      id = values.intern_integer(number.get_int64());
    } else if (number.is_uint64()) {
      id = values.intern_number_text(std::to_string(number.get_uint64()));
    } else {
      id = values.intern_number(number.get_double());
    }
    return code;
  }
  // Integers beyond 64 bits are kept as text; anything else that simdjson refuses is refused.
  std::size_t digits = 0;
  const std::size_t sign = !raw.empty() && raw[0] == '-' ? 1 : 0;
  while (sign + digits < raw.size() && raw[sign + digits] >= '0' && raw[sign + digits] <= '9') ++digits;
  constexpr std::string_view ends = ",]} \t\r\n";
  const bool ended = sign + digits >= raw.size() || ends.find(raw[sign + digits]) != std::string_view::npos;
  if (digits < 19 || raw[sign] == '0' || !ended) return code;
  id = values.intern_number_text(raw.substr(0, sign + digits));
  return simdjson::SUCCESS;
}

Error intern_array(ondemand::value& value, ValueTable& values, ValueId& id, int depth) {
  if (depth >= deepest_nesting) return simdjson::DEPTH_ERROR;
  ondemand::array array;
  if (const Error code = value.get_array().get(array)) return code;
  std::vector<ValueId> elements;
  for (auto element : array) {
    ondemand::value inner;
    if (const Error code = element.get(inner)) return code;
    ValueId inner_id = no_value;
    if (const Error code = intern(inner, values, inner_id, depth + 1)) return code;
    elements.push_back(inner_id);
  }
  id = values.intern_list(elements);
  return simdjson::SUCCESS;
}

Error intern_object(ondemand::value& value, ValueTable& values, ValueId& id, int depth) {
  if (depth >= deepest_nesting) return simdjson::DEPTH_ERROR;
  ondemand::object object;
  if (const Error code = value.get_object().get(object)) return code;
  std::vector<ValueId> pairs;
  for (auto entry : object) {
    std::string_view name;
    if (const Error code = entry.unescaped_key().get(name)) return code;
    pairs.push_back(values.intern_string(name));
    ondemand::value inner;
    if (const Error code = entry.value().get(inner)) return code;
    ValueId inner_id = no_value;
    if (const Error code = intern(inner, values, inner_id, depth + 1)) return code;
    pairs.push_back(inner_id);
  }
  id = values.intern_map(std::move(pairs));
  return simdjson::SUCCESS;
}

}  // namespace

Error intern(ondemand::value& value, ValueTable& values, ValueId& id, int depth) {
  ondemand::json_type kind{};
  if (const Error code = value.type().get(kind)) return code;
  switch (kind) {
    case ondemand::json_type::null: {
      bool is_null = false;
      if (const Error code = value.is_null().get(is_null)) return code;
      id = null_value;
      return is_null ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
    }
    case ondemand::json_type::boolean: {
      bool truth = false;
      const Error code = value.get_bool().get(truth);
      id = truth ? true_value : false_value;
      return code;
    }
    case ondemand::json_type::number: return intern_number(value, values, id);
    case ondemand::json_type::string: {
      std::string_view text;
      if (const Error code = value.get_string().get(text)) return code;
      id = values.intern_string(text);
      return simdjson::SUCCESS;
    }
    case ondemand::json_type::array: return intern_array(value, values, id, depth);
    case ondemand::json_type::object: return intern_object(value, values, id, depth);
  }
  return simdjson::TAPE_ERROR;
}

}  // namespace kasauti::histories::formats
