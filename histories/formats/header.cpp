#include "histories/formats/header.hpp"

#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <simdjson.h>

#include "histories/formats/json_value.hpp"

namespace kasauti::histories::formats {

namespace {

class HeaderReader {
 public:
  HeaderReader(const nlohmann::json& json, ValueTable& values, Header& header, const HeaderProblem& problem)
      : json_{json}, values_{values}, header_{header}, problem_{problem} {}

  bool read() {
    const auto version = json_.find("kasauti");
    if (version == json_.end() || *version != 1) {
      complain("bad-header", "kasauti", "this is a version of the format that can't be read; version 1 can");
      return false;
    }
    object();
    text("workload", header_.workload);
    text("store", header_.store);
    text("specification", header_.specification);
    permits();
    initial();
    constexpr auto replace = nlohmann::json::error_handler_t::replace;
    if (json_.contains("meta")) header_.meta = json_["meta"].dump(-1, ' ', false, replace);
    return good_;
  }

 private:
  void complain(std::string_view rule, std::string_view field, std::string message) {
    good_ = false;
    problem_(rule, field, std::move(message));
  }

  void text(const char* name, std::string& into) {
    if (!json_.contains(name) || json_[name].is_null()) return;
    if (json_[name].is_string()) into = json_[name].get<std::string>();
    else complain("bad-header", name, fmt::format("\"{}\" is a string", name));
  }

  void object() {
    std::string name;
    text("object", name);
    if (name.empty()) return;
    const auto kind = object_named(name);
    if (!kind) {
      complain("unknown-object", "object",
               fmt::format("there is no object \"{}\"; see histories/FORMAT.md for their names", name));
      return;
    }
    header_.object = *kind;
    header_.given = true;
  }

  void permits() {
    if (!json_.contains("permits")) return;
    const auto& permits = json_["permits"];
    const bool fits = permits.is_number_unsigned() && permits.get<std::uint64_t>() > 0 &&
        permits.get<std::uint64_t>() <= INT64_MAX;
    if (fits) header_.permits = permits.get<std::int64_t>();
    else complain("bad-header", "permits", "\"permits\" is a positive integer");
  }

  void initial() {
    if (!json_.contains("initial")) return;
    const std::string wrapped = "[" + json_["initial"].dump() + "]";
    simdjson::ondemand::parser parser;
    const simdjson::padded_string padded{wrapped};
    simdjson::ondemand::document document;
    simdjson::ondemand::value value;
    const bool read = !parser.iterate(padded).get(document) && !document.at(0).get(value) &&
                      !intern(value, values_, header_.initial);
    if (!read) complain("bad-header", "initial", "\"initial\" is a JSON value");
  }

  const nlohmann::json& json_;
  ValueTable& values_;
  Header& header_;
  const HeaderProblem& problem_;
  bool good_ = true;
};

}  // namespace

bool parse_header(std::string_view json, ValueTable& values, Header& header, const HeaderProblem& problem) {
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  if (!parsed.is_object()) {
    problem("bad-header", "", "the header is a JSON object");
    return false;
  }
  return HeaderReader{parsed, values, header, problem}.read();
}

void append_header(std::string& out, const History& h) {
  out += "{\"kasauti\":1,\"object\":\"";
  out += name_of(h.header.object);
  out += "\",\"initial\":";
  h.values.append_json(out, h.header.initial);
  for (const auto& [name, text] : {std::pair{"workload", &h.header.workload}, std::pair{"store", &h.header.store},
                                   std::pair{"specification", &h.header.specification}}) {
    if (text->empty()) continue;
    out += ",\"" + std::string{name} + "\":";
    append_json_string(out, *text);
  }
  if (h.header.object == ObjectKind::semaphore) out += ",\"permits\":" + std::to_string(h.header.permits);
  if (h.header.meta != "{}") out += ",\"meta\":" + h.header.meta;
  out += '}';
}

}  // namespace kasauti::histories::formats
