// Jepsen's text log: `INFO  jepsen.util - PROCESS :TYPE :F VALUE [ERROR]`, parted by tabs or blanks, one event a line.
//
// A line is an event if `jepsen.util` is followed by a dash or blanks and then by a number or :nemesis; other lines
// of the log are passed over. From the process on, an event is read as forms of EDN. Cost O(bytes).

#include <cstring>

#include <fmt/format.h>

#include "histories/formats/edn_parser.hpp"
#include "histories/formats/format.hpp"
#include "histories/formats/jepsen.hpp"
#include "histories/formats/utf8.hpp"

namespace kasauti::histories::formats {

namespace {

constexpr std::string_view logger = "jepsen.util";

/// Where an event's process begins; null if the line is no event.
const char* event_in(std::string_view line) {
  const std::size_t name = line.find(logger);
  if (name == std::string_view::npos) return nullptr;
  const std::size_t begin = line.find_first_not_of(" \t-", name + logger.size());
  if (begin == std::string_view::npos || begin == name + logger.size()) return nullptr;
  const std::string_view rest = line.substr(begin);
  const bool numbered = rest[0] >= '0' && rest[0] <= '9';
  return numbered || rest.starts_with(":nemesis") ? rest.data() : nullptr;
}

class JepsenLog : public Reader {
 public:
  JepsenLog(HistoryBuilder& builder, Budget* budget) : builder_{builder}, budget_{budget}, history_{builder} {}

  bool read(std::string_view text, bool last) override {
    lasting_ = last && number_ == 0;
    while (!text.empty()) {
      if (budget_ != nullptr && !budget_->spend(polled_, 4)) return false;
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      ++number_;
      if (line.size() > longest_line) {
        builder_.add(finding("too-large", number_, static_cast<std::uint32_t>(longest_line) + 1,
                             fmt::format("the line is longer than {} bytes", longest_line)));
      } else if (const char* begin = event_in(line)) {
        read_event(line, begin, end != text.size());
      }
      if (builder_.errors() > too_many_errors) return false;
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (last) history_.finish();
    return true;
  }

 private:
  void read_event(std::string_view line, const char* begin, bool terminated) {
    const auto complain = [&](std::string_view rule, const char* at, std::string message) {
      builder_.add(finding(rule, number_, static_cast<std::uint32_t>(at - line.data()) + 1, std::move(message)));
    };
    if (const char* bad = first_invalid_utf8(line)) {
      complain("malformed", bad, "this is not UTF-8");
      return;
    }
    JepsenOp op;
    op.event.line = number_;
    op.event.marks.event = begin;
    EdnParser parser{line.substr(static_cast<std::size_t>(begin - line.data())), builder_.values()};
    constexpr std::string_view names[] = {"process", "type", "f", "value", "error"};
    std::size_t count = 0;
    const std::size_t errors = builder_.errors();
    for (; count < std::size(names) && parser.next(); ++count) {
      const char* const at = parser.at();
      ValueId value = no_value;
      bool keyword = false;
      if (!parser.read(value, &keyword)) break;
      if ((count == 1 || count == 2) && !keyword) {
        parser.fail(at, fmt::format("the event's {} was expected here, as a keyword", names[count]));
        break;
      }
      history_.field(op, names[count], value, keyword, at);
    }
    if (!parser.failed() && count == std::size(names) && parser.next()) {
      parser.fail(parser.at(), "there is more on the line after the event");
    }
    if (!parser.failed() && count < 4) parser.fail(begin, "an event has a process, a :type, an :f and a value");
    if (parser.failed() && !terminated && number_ > 1) {
      complain("truncated-line", parser.problem_at(), "the last line is cut off and not used; everything before it is");
    } else if (parser.failed()) {
      complain(parser.too_large() ? "too-large" : "malformed", parser.problem_at(), parser.problem());
    } else if (builder_.errors() == errors) {
      // If this is not all of the text, it is gone when the history is put together: of the marks only the column
      // stays.
      op.event.column = static_cast<std::uint32_t>(begin - line.data()) + 1;
      if (!lasting_) op.event.marks = {};
      history_.add(op, true);
    }
  }

  HistoryBuilder& builder_;
  Budget* budget_;
  JepsenHistory history_;
  std::uint32_t polled_ = 0;
  std::uint32_t number_ = 0;
  bool lasting_ = false;
};

}  // namespace

bool sniff_jepsen_log(std::string_view beginning) {
  return beginning.find(logger) != std::string_view::npos && beginning.find(":invoke") != std::string_view::npos;
}

std::unique_ptr<Reader> open_jepsen_log(HistoryBuilder& builder, Budget* budget) {
  return std::make_unique<JepsenLog>(builder, budget);
}

}  // namespace kasauti::histories::formats
