// One JSON array of Jepsen's op maps, as elle-cli and others write it.
//
// simdjson walks over the array once; each map is read as the native format reads a line, and the whole is then
// judged by Jepsen's conventions (jepsen.hpp). Cost O(bytes).

#include <algorithm>

#include <fmt/format.h>
#include <simdjson.h>

#include "histories/formats/format.hpp"
#include "histories/formats/jepsen.hpp"
#include "histories/formats/json_syntax.hpp"
#include "histories/formats/json_value.hpp"

namespace kasauti::histories::formats {

namespace {

namespace ondemand = simdjson::ondemand;
using Error = simdjson::error_code;

class Json : public Reader {
 public:
  Json(HistoryBuilder& builder, Budget* budget) : builder_{builder}, budget_{budget}, history_{builder} {}

  bool read(std::string_view text, bool) override {
    text_ = text;
    counted_ = text.data();
    ondemand::parser parser;
    ondemand::document document;
    Error code = parser.iterate(text.data(), text.size(), text.size() + padding).get(document);
    const char* at = text.data();
    if (!code) code = read_array(document, at);
    if (code) report(code, at);
    if (!builder_.failed() && (budget_ == nullptr || !budget_->stopped())) history_.finish();
    return true;
  }

 private:
  // simdjson finds errors fast but says little of where; the slow scanner does.
  void report(Error code, const char* at) {
    const JsonProblem found = find_json_problem(text_, 2);
    const bool inside = at != nullptr && at >= text_.data() && at <= text_.data() + text_.size();
    const char* const place = inside ? at : text_.data();
    if (found.at != nullptr) {
      complain(code == simdjson::DEPTH_ERROR ? "too-large" : "malformed", found.at, found.what);
    } else if (code == simdjson::INCORRECT_TYPE) {
      complain("malformed", place, "an op map {…} was expected here");
    } else {
      complain("malformed", place, fmt::format("not a JSON array of op maps: {}", simdjson::error_message(code)));
    }
  }

  std::uint32_t line_of(const char* at) {
    if (at < counted_) {
      counted_ = text_.data();
      line_ = 1;
    }
    line_ += static_cast<std::uint32_t>(std::count(counted_, at, '\n'));
    counted_ = at;
    return line_;
  }
  void complain(std::string_view rule, const char* at, std::string message) {
    const char* begin = at;
    while (begin > text_.data() && begin[-1] != '\n') --begin;
    builder_.add(finding(rule, line_of(at), static_cast<std::uint32_t>(at - begin) + 1, std::move(message)));
  }

  Error read_array(ondemand::document& document, const char*& at) {
    std::uint32_t polled = 0;
    ondemand::array array;
    if (const Error code = document.get_array().get(array)) return code;
    const auto here = [&](Error code) {
      const char* place = nullptr;
      if (!document.current_location().get(place)) at = place;
      return code;
    };
    for (auto element : array) {
      if (budget_ != nullptr && !budget_->spend(polled, 4)) return simdjson::SUCCESS;
      if (builder_.errors() > too_many_errors) return simdjson::SUCCESS;
      ondemand::value value;
      if (const Error code = element.get(value)) return here(code);
      at = value.raw_json_token().data();
      ondemand::object object;
      if (const Error code = value.get_object().get(object)) return code;
      if (const Error code = read_op(object, at)) return here(code);
    }
    const char* rest = nullptr;
    if (document.current_location().get(rest) == simdjson::SUCCESS) {
      at = rest;
      return simdjson::TAPE_ERROR;
    }
    return simdjson::SUCCESS;
  }

  Error read_op(ondemand::object& object, const char* begin) {
    JepsenOp op;
    op.event.line = line_of(begin);
    op.event.marks.event = begin;
    bool has_type = false;
    std::vector<std::string_view> seen;
    for (auto entry : object) {
      std::string_view name;
      if (const Error code = entry.unescaped_key().get(name)) return code;
      ondemand::value value;
      if (const Error code = entry.value().get(value)) return code;
      const char* const at = value.raw_json_token().data();
      ValueId id = no_value;
      if (const Error code = intern(value, builder_.values(), id)) return code;
      if (std::ranges::find(seen, name) != seen.end()) {
        complain("malformed", at, fmt::format("\"{}\" is given twice", name));
      }
      seen.push_back(name);
      has_type |= name == "type";
      // JSON has no keywords: what a completion of unknown outcome says instead of its value is a string.
      const bool keyword = name == "value" && builder_.values().is_string(id);
      history_.field(op, name, id, keyword, at);
    }
    history_.add(op, has_type);
    return simdjson::SUCCESS;
  }

  HistoryBuilder& builder_;
  Budget* budget_;
  JepsenHistory history_;
  std::string_view text_;
  const char* counted_ = nullptr;
  std::uint32_t line_ = 1;
};

}  // namespace

bool sniff_json(std::string_view beginning) {
  const std::size_t bracket = beginning.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (bracket == std::string_view::npos || beginning[bracket] != '[') return false;
  const std::size_t brace = beginning.find_first_not_of(" \t\r\n", bracket + 1);
  if (brace == std::string_view::npos) return false;
  if (beginning[brace] != '{') return beginning[brace] == ']';
  const std::size_t next = beginning.find_first_not_of(" \t\r\n", brace + 1);
  return next != std::string_view::npos && (beginning[next] == '"' || beginning[next] == '}');
}

std::unique_ptr<Reader> open_json(HistoryBuilder& builder, Budget* budget) {
  return std::make_unique<Json>(builder, budget);
}

}  // namespace kasauti::histories::formats
