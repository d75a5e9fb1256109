// A small JSON text as a tree whose nodes know their place, so that what a policy gets wrong can be pointed at.
//
// simdjson's on-demand walk gives the place of every token; where it refuses a text, the slow and exact grammar check
// of the history formats says why and where. Cost O(bytes). Tested in tests/policy/parse.cpp.

#include "checker/policy/document.hpp"

#include <algorithm>
#include <utility>

#include <simdjson.h>

#include "histories/formats/json_syntax.hpp"

namespace kasauti::checker::policy {

namespace {

namespace ondemand = simdjson::ondemand;
using Error = simdjson::error_code;

class Walk {
 public:
  explicit Walk(const char* begin) : begin_{begin} {}

  Error value(ondemand::value in, Node& out) {
    ondemand::json_type type{};
    if (const Error error = in.type().get(type)) return error;
    const std::string_view token = in.raw_json_token();
    out.offset = last_ = static_cast<std::size_t>(token.data() - begin_);
    switch (type) {
      case ondemand::json_type::object: return map(in, out);
      case ondemand::json_type::array: return list(in, out);
      case ondemand::json_type::string: {
        out.kind = Kind::string;
        std::string_view text;
        const Error error = in.get_string().get(text);
        out.text = text;
        return error;
      }
      case ondemand::json_type::number: {
        out.kind = Kind::number;
        out.text = token.substr(0, token.find_first_of(",]} \t\r\n"));
        ondemand::number number;
        return in.get_number().get(number);
      }
      case ondemand::json_type::boolean: {
        out.kind = Kind::boolean;
        bool truth = false;
        const Error error = in.get_bool().get(truth);
        out.text = truth ? "true" : "false";
        return error;
      }
      case ondemand::json_type::null: {
        out.text = "null";
        bool null = false;
        if (const Error error = in.is_null().get(null)) return error;
        return null ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
      }
    }
    return simdjson::TAPE_ERROR;
  }

  /// Where the token stands that was looked at last.
  [[nodiscard]] std::size_t last() const { return last_; }

 private:
  Error list(ondemand::value& in, Node& out) {
    out.kind = Kind::list;
    ondemand::array array;
    if (const Error error = in.get_array().get(array)) return error;
    for (auto element : array) {
      ondemand::value inner;
      if (const Error error = element.get(inner)) return error;
      if (const Error error = value(inner, out.elements.emplace_back())) return error;
    }
    return simdjson::SUCCESS;
  }

  Error map(ondemand::value& in, Node& out) {
    out.kind = Kind::map;
    ondemand::object object;
    if (const Error error = in.get_object().get(object)) return error;
    for (auto entry : object) {
      ondemand::raw_json_string raw;
      if (const Error error = entry.key().get(raw)) return error;
      Field& field = out.fields.emplace_back();
      field.offset = static_cast<std::size_t>(raw.raw() - begin_) - 1;
      std::string_view name;
      if (const Error error = entry.unescaped_key().get(name)) return error;
      field.name = name;
      ondemand::value inner;
      if (const Error error = entry.value().get(inner)) return error;
      if (const Error error = value(inner, field.value)) return error;
    }
    return simdjson::SUCCESS;
  }

  const char* begin_;
  std::size_t last_ = 0;
};

}  // namespace

Problem problem_at(std::string_view text, std::size_t offset, std::string message) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t newline = before.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? before.size() : before.size() - newline - 1;
  return {static_cast<std::uint32_t>(std::ranges::count(before, '\n') + 1), static_cast<std::uint32_t>(column + 1),
      std::move(message)};
}

std::optional<Node> read_document(std::string_view text, Problem& problem) {
  const simdjson::padded_string padded{text};
  ondemand::parser parser;
  ondemand::document document;
  ondemand::value root;
  Node node;
  Error error = parser.iterate(padded).get(document);
  if (error == simdjson::SUCCESS) error = document.get_value().get(root);
  Walk walk{padded.data()};
  if (error == simdjson::SUCCESS) error = walk.value(root, node);
  const char* rest = nullptr;
  if (error == simdjson::SUCCESS && document.current_location().get(rest) == simdjson::SUCCESS) {
    problem = problem_at(text, static_cast<std::size_t>(rest - padded.data()),
        "there is more behind the end of the policy");
    return std::nullopt;
  }
  if (error == simdjson::SUCCESS) return node;
  const auto found = histories::formats::find_json_problem(text, 0);
  if (found.at != nullptr) {
    problem = problem_at(text, static_cast<std::size_t>(found.at - text.data()), "malformed JSON: " + found.what);
  } else if (error == simdjson::SCALAR_DOCUMENT_AS_VALUE) {
    problem = problem_at(text, text.find_first_not_of(" \t\r\n"), "a policy is an object, found a single value");
  } else {
    problem = problem_at(text, walk.last(), "a value that can't be read, such as a number beyond 64 bits");
  }
  return std::nullopt;
}

}  // namespace kasauti::checker::policy
