#include "tests/support/litmus.hpp"

#include <cctype>
#include <charconv>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "histories/builder.hpp"

namespace kasauti::tests {

namespace {

using namespace histories;

struct Call {
  std::string f;
  std::string key;
  ValueId argument = no_value;
  ValueId result = no_value;
  bool refused = false;
  char mark = ' ';
};

struct Lane {
  std::string process;
  std::string session;
  std::vector<Call> calls;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_{text} {}

  History parse() {
    Header header;
    header.given = true;
    header.object = text_.find("cas(") == std::string_view::npos ? ObjectKind::reg : ObjectKind::cas_register;
    header.initial = initial();
    builder_.header(std::move(header));
    bool final_phase = false;
    while (true) {
      run(segment(), final_phase);
      blanks();
      if (place_ == text_.size()) break;
      if (text_[place_] != ';' && text_[place_] != '#') fail("';' or '#'");
      final_phase = final_phase || text_[place_] == '#';
      ++place_;
    }
    for (const auto& [process, call] : open_) emit(EventType::ok, process, "", call, final_phase);
    History history = builder_.finish();
    if (builder_.failed()) throw std::invalid_argument{builder_.take_findings().front().message};
    return history;
  }

 private:
  [[noreturn]] void fail(const std::string& expected) const {
    throw std::invalid_argument{"litmus: expected " + expected + " at: " + std::string{text_.substr(place_)}};
  }
  void blanks() {
    while (place_ < text_.size() && text_[place_] == ' ') ++place_;
  }
  bool skip(std::string_view word) {
    if (text_.substr(place_, word.size()) != word) return false;
    place_ += word.size();
    return true;
  }
  void need(std::string_view word) {
    if (!skip(word)) fail(std::string{word});
  }
  std::string name() {
    const std::size_t begin = place_;
    while (place_ < text_.size() && std::isalnum(static_cast<unsigned char>(text_[place_])) != 0) ++place_;
    if (begin == place_) fail("a name");
    return std::string{text_.substr(begin, place_ - begin)};
  }
  ValueId value() {
    if (skip("null")) return null_value;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text_.data() + place_, text_.data() + text_.size(), number);
    if (error != std::errc{}) fail("a number");
    place_ = static_cast<std::size_t>(end - text_.data());
    return builder_.values().intern_integer(number);
  }

  ValueId initial() {
    ValueId first = builder_.values().intern_integer(0);
    blanks();
    if (!skip("[")) return first;
    name();
    need("=");
    first = value();
    need("]");
    return first;
  }

  Call call() {
    Call c;
    if (skip("cas(")) {
      c.f = "cas";
      c.key = name();
      need(",");
      const ValueId from = value();
      need(",");
      const ValueId both[] = {from, value()};
      c.argument = builder_.values().intern_list(both);
      need(")");
      c.refused = skip("->no");
    } else if (skip("w(")) {
      c.f = "write";
      c.key = name();
      need(",");
      c.argument = value();
      need(")");
    } else {
      need("r(");
      c.f = "read";
      c.key = name();
      need(")");
      if (skip("->")) c.result = value();
    }
    if (place_ < text_.size() && (text_[place_] == '~' || text_[place_] == '?' || text_[place_] == '!'))
      c.mark = text_[place_++];
    return c;
  }

  std::vector<Lane> segment() {
    std::vector<Lane> lanes;
    do {
      Lane& lane = lanes.emplace_back();
      blanks();
      lane.process = name();
      if (skip("@")) lane.session = name();
      need(":");
      blanks();
      while (place_ < text_.size() && (text_[place_] == 'w' || text_[place_] == 'r' || text_[place_] == 'c')) {
        lane.calls.push_back(call());
        blanks();
      }
      if (lane.calls.empty()) fail("an operation");
    } while (skip("//"));
    return lanes;
  }

  void run(const std::vector<Lane>& lanes, bool final_phase) {
    std::size_t longest = 0;
    for (const Lane& lane : lanes) longest = std::max(longest, lane.calls.size());
    for (std::size_t step = 0; step < longest; ++step) {
      for (const Lane& lane : lanes) {
        if (step < lane.calls.size())
          emit(EventType::invoke, lane.process, lane.session, lane.calls[step], final_phase);
      }
      for (const Lane& lane : lanes) {
        if (step >= lane.calls.size()) continue;
        const Call& c = lane.calls[step];
        if (c.mark == '~') {
          open_.emplace_back(lane.process, c);
          continue;
        }
        const EventType type = c.mark == '?' ? EventType::info : c.mark == '!' ? EventType::fail : EventType::ok;
        emit(type, lane.process, lane.session, c, final_phase);
      }
    }
  }

  void emit(EventType type, const std::string& process, const std::string& session, const Call& c, bool final_phase) {
    Event event;
    event.line = ++line_;
    event.type = type;
    event.process = builder_.values().intern_string(process);
    event.f = c.f;
    event.key = builder_.values().intern_string(c.key);
    event.value = type == EventType::ok && c.f == "read" ? c.result : c.argument;
    if (type == EventType::ok && c.f == "cas") event.flag = c.refused ? Flag::no : Flag::yes;
    if (!session.empty()) event.session = builder_.values().intern_string(session);
    event.final_phase = final_phase;
    builder_.event(event);
  }

  std::string_view text_;
  std::size_t place_ = 0;
  std::uint32_t line_ = 0;
  HistoryBuilder builder_;
  std::vector<std::pair<std::string, Call>> open_;
};

}  // namespace

History litmus(std::string_view text) { return Parser{text}.parse(); }

}  // namespace kasauti::tests
