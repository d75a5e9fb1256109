// Jepsen's history.edn: op maps one after the other, or in one vector or list; also Porcupine's kv texts.
//
// The whole text is parsed into op maps first, since Jepsen's conventions can only be told by all of them together
// (jepsen.hpp). A comment `; kasauti {…}` on the first line, as `convert` writes it, is a native header. Cost
// O(bytes); the first error of grammar ends the reading, because in EDN nothing says where the next map would begin.

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "histories/formats/edn_parser.hpp"
#include "histories/formats/format.hpp"
#include "histories/formats/header.hpp"
#include "histories/formats/jepsen.hpp"
#include "histories/formats/utf8.hpp"

namespace kasauti::histories::formats {

namespace {

constexpr std::string_view header_mark = "; kasauti {";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

class Edn : public Reader {
 public:
  Edn(HistoryBuilder& builder, Budget* budget) : builder_{builder}, budget_{budget}, history_{builder} {}

  bool read(std::string_view text, bool) override {
    text_ = text;
    counted_ = text.data();
    if (const char* bad = first_invalid_utf8(text)) {
      complain("malformed", bad, "this is not UTF-8");
      return false;
    }
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    if (text.starts_with(header_mark)) header(text.substr(0, text.find('\n')));
    EdnParser parser{text, builder_.values()};
    const bool whole = read_forms(parser);
    if (parser.failed()) report(parser, text);
    if (whole) history_.finish();
    return true;
  }

 private:
  /// The line of a place in the text. Places are asked for in ascending order, but for errors, which are few.
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

  void header(std::string_view line) {
    const std::string_view json = line.substr(line.find('{'));
    Header header;
    const auto parsed = nlohmann::json::parse(json, nullptr, false);
    const auto problem = [&](std::string_view rule, std::string_view, std::string message) {
      complain(rule, json.data(), std::move(message));
    };
    const bool good = parse_header(json, builder_.values(), header, problem);
    if (good) history_.header(std::move(header), parsed.value("tuples", false));
  }

  /// False if the budget ran out.
  bool read_forms(EdnParser& parser) {
    std::uint32_t polled = 0;
    char closing = '\0';
    while (parser.next()) {
      if (budget_ != nullptr && !budget_->spend(polled, 4)) return false;
      if (builder_.errors() > too_many_errors) break;
      const char* const begin = parser.at();
      if (closing != '\0' && parser.take(closing)) {
        closing = '\0';
        opened_ = nullptr;
        continue;
      }
      while (parser.take_tag()) {
      }
      if (parser.failed()) break;
      if (closing == '\0' && (parser.take('[') || parser.take('('))) {
        closing = parser.at()[-1] == '[' ? ']' : ')';
        opened_ = begin;
      } else if (parser.take('{')) {
        if (!read_op(parser, begin)) break;
      } else {
        parser.fail(begin, "an op map {…} was expected here");
      }
    }
    if (closing != '\0' && !parser.failed()) {
      parser.fail(opened_, "this list of op maps does not end; the file is cut off");
    }
    return true;
  }

  bool read_op(EdnParser& parser, const char* begin) {
    JepsenOp op;
    op.event.line = line_of(begin);
    op.event.marks.event = begin;
    bool has_type = false;
    std::uint32_t seen = 0;
    for (;;) {
      if (!parser.next()) {
        return parser.failed() ? false : cut_off(parser, begin);
      }
      if (parser.take('}')) break;
      const char* const name_at = parser.at();
      ValueId name = no_value;
      if (!parser.read(name)) return false;
      if (!parser.next()) return parser.failed() ? false : cut_off(parser, begin);
      const char* const at = parser.at();
      if (*at == '}') return parser.fail(at, "this map has a key without a value");
      const ValueTable& values = builder_.values();
      const std::string field{values.is_string(name) ? values.text(name) : ""};
      const auto* known = std::ranges::find(fields, field);
      if (known == std::end(fields)) {
        if (!parser.skip()) return false;
        continue;
      }
      const std::uint32_t bit = 1U << (known - std::begin(fields));
      if ((seen & bit) != 0) complain("malformed", name_at, fmt::format(":{} is given twice", field));
      seen |= bit;
      ValueId value = no_value;
      bool keyword = false;
      if (!parser.read(value, &keyword)) return false;
      has_type |= field == "type";
      history_.field(op, field, value, keyword, at);
    }
    history_.add(op, has_type);
    return true;
  }

  static bool cut_off(EdnParser& parser, const char* begin) { return parser.fail(begin, "this op map does not end"); }

  /// A last map that the file's end cuts off is the mark of a crash, if maps stand one a line and there are others.
  void report(const EdnParser& parser, std::string_view text) {
    const std::string_view rest = text.substr(static_cast<std::size_t>(parser.problem_at() - text.data()));
    const bool at_end = parser.at() == text.data() + text.size();
    const bool last_line = rest.find('\n') == std::string_view::npos;
    if (opened_ == nullptr && at_end && last_line && line_of(parser.problem_at()) > 1) {
      complain("truncated-line", parser.problem_at(),
          "the last op map is cut off and not used; everything before it is");
    } else {
      complain(parser.too_large() ? "too-large" : "malformed", parser.problem_at(), parser.problem());
    }
  }

  static constexpr std::string_view fields[] = {"process", "type", "f", "value", "key", "time", "result",
                                                "phase", "error",
                                                "session", "node", "version", "level"};

  HistoryBuilder& builder_;
  Budget* budget_;
  JepsenHistory history_;
  std::string_view text_;
  const char* counted_ = nullptr;
  std::uint32_t line_ = 1;
  const char* opened_ = nullptr;  ///< the vector or list that the op maps are in
};

}  // namespace

bool sniff_edn(std::string_view beginning) {
  if (beginning.starts_with(byte_order_mark)) beginning.remove_prefix(byte_order_mark.size());
  if (beginning.starts_with(header_mark)) return true;
  // An op map begins with a keyword, or is tagged, and may stand in a vector or list.
  bool in_list = false;
  while (!beginning.empty()) {
    const char first = beginning.front();
    if (first == ';') {
      beginning.remove_prefix(std::min(beginning.find('\n'), beginning.size()));
    } else if (std::string_view{" \t\r\n,"}.find(first) != std::string_view::npos) {
      beginning.remove_prefix(1);
    } else if ((first == '[' || first == '(') && !in_list) {
      in_list = true;
      beginning.remove_prefix(1);
    } else if (first == '{') {
      const std::size_t next = beginning.find_first_not_of(" \t\r\n,", 1);
      return next != std::string_view::npos && beginning[next] == ':';
    } else {
      return first == '#' || (in_list && (first == ']' || first == ')'));
    }
  }
  return false;
}

std::unique_ptr<Reader> open_edn(HistoryBuilder& builder, Budget* budget) {
  return std::make_unique<Edn>(builder, budget);
}

}  // namespace kasauti::histories::formats
