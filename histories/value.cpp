#include "histories/value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace kasauti::histories {

namespace {

constexpr std::size_t small_integer_limit = std::size_t{1} << 20;

std::uint64_t mix(std::uint64_t hash) {
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93U;
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93U;
  return hash ^ (hash >> 32);
}

std::uint64_t hash_text(ValueKind kind, std::string_view text) {
  return mix(std::hash<std::string_view>{}(text) + static_cast<std::uint64_t>(kind));
}

std::uint64_t hash_elements(ValueKind kind, std::span<const ValueId> elements) {
  std::uint64_t hash = static_cast<std::uint64_t>(kind) + elements.size();
  for (const ValueId element : elements) hash = mix(hash * 0x9e3779b97f4a7c15U + element + 1);
  return hash;
}

}  // namespace

ValueTable::ValueTable() {
  add(ValueKind::null, 0);
  add(ValueKind::boolean, 0);
  add(ValueKind::boolean, 1);
}

ValueId ValueTable::add(ValueKind kind, std::uint64_t payload) {
  kind_.push_back(kind);
  payload_.push_back(payload);
  length_.push_back(0);
  return static_cast<ValueId>(kind_.size() - 1);
}

ValueId ValueTable::intern_integer(std::int64_t value) {
  const auto index = static_cast<std::uint64_t>(value);
  if (index < small_integer_limit) {
    if (index >= small_integers_.size()) {
      small_integers_.resize(std::max<std::size_t>(std::min(small_integer_limit, 2 * small_integers_.size()), index + 1),
                             no_value);
    }
    ValueId& id = small_integers_[index];
    if (id == no_value) id = add(ValueKind::integer, index);
    return id;
  }
  const auto [entry, inserted] = integers_.try_emplace(value, static_cast<ValueId>(kind_.size()));
  if (inserted) add(ValueKind::integer, static_cast<std::uint64_t>(value));
  return entry->second;
}

ValueId ValueTable::find_integer(std::int64_t value) const {
  const auto index = static_cast<std::uint64_t>(value);
  if (index < small_integer_limit) return index < small_integers_.size() ? small_integers_[index] : no_value;
  const auto entry = integers_.find(value);
  return entry == integers_.end() ? no_value : entry->second;
}

ValueId ValueTable::intern_number(double value) {
  constexpr double two_to_63 = 9223372036854775808.0;
  if (std::trunc(value) == value && std::abs(value) < two_to_63) return intern_integer(static_cast<std::int64_t>(value));
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return intern_number_text({buffer, static_cast<std::size_t>(end - buffer)});
}

ValueId ValueTable::intern_number_text(std::string_view text) { return intern_text(ValueKind::number, text); }
ValueId ValueTable::intern_string(std::string_view text) { return intern_text(ValueKind::string, text); }

bool ValueTable::same_text(ValueId id, ValueKind kind, std::string_view text) const {
  return kind_[id] == kind && this->text(id) == text;
}

ValueId ValueTable::intern_text(ValueKind kind, std::string_view text) {
  for (std::uint64_t hash = hash_text(kind, text);; ++hash) {
    const auto [entry, inserted] = texts_.try_emplace(hash, static_cast<ValueId>(kind_.size()));
    if (!inserted) {
      if (same_text(entry->second, kind, text)) return entry->second;
      continue;
    }
    const ValueId id = add(kind, characters_.size());
    length_[id] = static_cast<std::uint32_t>(text.size());
    characters_.insert(characters_.end(), text.begin(), text.end());
    return id;
  }
}

ValueId ValueTable::find_string(std::string_view text) const {
  for (std::uint64_t hash = hash_text(ValueKind::string, text);; ++hash) {
    const auto entry = texts_.find(hash);
    if (entry == texts_.end()) return no_value;
    if (same_text(entry->second, ValueKind::string, text)) return entry->second;
  }
}

ValueId ValueTable::intern_elements(ValueKind kind, std::span<const ValueId> elements) {
  for (std::uint64_t hash = hash_elements(kind, elements);; ++hash) {
    const auto [entry, inserted] = compounds_.try_emplace(hash, static_cast<ValueId>(kind_.size()));
    if (!inserted) {
      const ValueId found = entry->second;
      if (kind_[found] == kind && std::ranges::equal(this->elements(found), elements)) return found;
      continue;
    }
    const ValueId id = add(kind, elements_.size());
    length_[id] = static_cast<std::uint32_t>(elements.size());
    elements_.insert(elements_.end(), elements.begin(), elements.end());
    return id;
  }
}

ValueId ValueTable::intern_list(std::span<const ValueId> elements) {
  return intern_elements(ValueKind::list, elements);
}

ValueId ValueTable::intern_map(std::vector<ValueId> pairs) {
  std::vector<std::pair<ValueId, ValueId>> sorted;
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) sorted.emplace_back(pairs[i], pairs[i + 1]);
  std::ranges::stable_sort(sorted, [this](const auto& a, const auto& b) { return text(a.first) < text(b.first); });
  pairs.clear();
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i + 1 < sorted.size() && sorted[i + 1].first == sorted[i].first) continue;
    pairs.push_back(sorted[i].first);
    pairs.push_back(sorted[i].second);
  }
  return intern_elements(ValueKind::map, pairs);
}

std::string_view ValueTable::text(ValueId id) const { return {characters_.data() + payload_[id], length_[id]}; }

std::span<const ValueId> ValueTable::elements(ValueId id) const {
  return {elements_.data() + payload_[id], length_[id]};
}

void append_json_string(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out += '"';
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    switch (character) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (byte < 0x20 || byte == 0x7f) {
          out += "\\u00";
          out += hex[byte >> 4];
          out += hex[byte & 15];
        } else {
          out += character;
        }
    }
  }
  out += '"';
}

void ValueTable::append_json(std::string& out, ValueId id) const {
  if (id == no_value) {
    out += "null";
    return;
  }
  switch (kind_[id]) {
    case ValueKind::null: out += "null"; break;
    case ValueKind::boolean: out += id == true_value ? "true" : "false"; break;
    case ValueKind::integer: out += std::to_string(integer(id)); break;
    case ValueKind::number: out += text(id); break;
    case ValueKind::string: append_json_string(out, text(id)); break;
    case ValueKind::list: {
      out += '[';
      bool first = true;
      for (const ValueId element : elements(id)) {
        if (!first) out += ',';
        first = false;
        append_json(out, element);
      }
      out += ']';
      break;
    }
    case ValueKind::map: {
      out += '{';
      const auto pairs = elements(id);
      for (std::size_t i = 0; i < pairs.size(); i += 2) {
        if (i != 0) out += ',';
        append_json(out, pairs[i]);
        out += ':';
        append_json(out, pairs[i + 1]);
      }
      out += '}';
      break;
    }
  }
}

std::string ValueTable::to_json(ValueId id) const {
  std::string out;
  append_json(out, id);
  return out;
}

}  // namespace kasauti::histories
