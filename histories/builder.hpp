#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "histories/finding.hpp"
#include "histories/history.hpp"

namespace kasauti::histories {

enum class EventType : std::uint8_t { invoke, ok, fail, info };

/// Where the parts of an event begin in the text that HistoryBuilder::text() was given; null: unknown. From these an
/// error gets its line and column, which costs nothing as long as there is none.
struct Marks {
  const char* event = nullptr;
  const char* process = nullptr;
  const char* f = nullptr;
  const char* key = nullptr;
  const char* value = nullptr;
  const char* time = nullptr;
};

/// One line of a history, as a reader hands it to the builder. Text is not kept: `f` may point into the reader's
/// buffer.
struct Event {
  std::uint32_t line = 0;
  std::uint32_t column = 1;             ///< where the event begins, if it has no marks
  Marks marks;
  EventType type = EventType::invoke;
  std::optional<std::int64_t> time;     ///< ns
  ValueId process = no_value;
  std::string_view f;
  ValueId key = no_value;
  ValueId value = no_value;
  Flag flag = Flag::absent;
  ValueId session = no_value, node = no_value, version = no_value, level = no_value, error = no_value;
  bool final_phase = false;
};

struct BuildOptions {
  std::int64_t clock_error = 0;         ///< ns by which every interval is widened at both ends
};

/// Turns events into a History: pairs invocations with completions, checks shapes against the object, orders events.
///
/// Usage: header() if there is one; event() and nemesis() for every line, in the file's order; finish() once. Values
/// are interned into values() by the reader beforehand. Errors are collected, not thrown: after finish() the history
/// is usable only if no finding is an error. At most `finding_limit` findings of one rule are kept. Cost O(n), and
/// O(n log n) where events don't come in the order of their times.
class HistoryBuilder {
 public:
  explicit HistoryBuilder(BuildOptions options = {});

  [[nodiscard]] ValueTable& values() { return history_.values; }
  /// Takes over what the header says. To be called before any event.
  void header(Header header);
  [[nodiscard]] const Header& header() const { return history_.header; }
  void event(const Event& event);
  /// The text that the marks of the coming events point into. Its first byte begins a line. `lasting` if it is still
  /// there when finish() is called.
  void text(std::string_view text, bool lasting) {
    text_ = text;
    text_lasts_ = lasting;
  }
  /// Makes room for so many operations at once.
  void reserve(std::size_t operations, bool timed);
  /// An event of the nemesis. A fault named "final" begins the final phase.
  void nemesis(const Event& event);
  void add(Finding finding);
  /// Adds an error of an event, at one of the event's marks; null: at its beginning.
  void error(std::string_view rule, const Event& event, const char* mark, std::string message);
  /// As header(), for what a reader concluded from the events where no header said it.
  void settle(Header header);

  [[nodiscard]] bool failed() const { return errors_ != 0; }
  /// The number of errors found, those beyond the limit included.
  [[nodiscard]] std::size_t errors() const { return errors_; }
  /// Orders the events and gives the history away.
  [[nodiscard]] History finish();
  [[nodiscard]] std::vector<Finding> take_findings() { return std::move(findings_); }

  static constexpr std::size_t finding_limit = 20;

 private:
  std::uint32_t id_in(std::vector<std::uint32_t>& index, std::vector<ValueId>& names, ValueId name);
  void settle_object(const Event& event);
  void decide(ObjectKind object);
  void accept(const Event& event);
  bool resolve(const Event& event, Function& function);
  void invoke(const Event& event, ProcessId process, Function function);
  void complete(const Event& event, ProcessId process, Function function);
  ValueId sorted(ValueId list);
  [[nodiscard]] bool adds_repeat() const;
  void mark_final_phase();
  void number_sessions();
  void fill_result(const Event& event, OpId op);
  bool check_time(const Event& event, ProcessId process);
  void note_order(const Event& event);
  void set_optional(std::vector<ValueId>& column, OpId op, ValueId value);
  void order_by_time();
  void permute(const std::vector<OpId>& order);
  void find_ties();

  BuildOptions options_;
  std::string_view text_;
  bool text_lasts_ = false;
  History history_;
  std::vector<Finding> findings_;
  boost::unordered_flat_map<std::string, std::size_t> finding_counts_;
  std::size_t errors_ = 0;

  bool object_known_ = false;
  std::vector<Event> undecided_;            ///< events seen before the object was known; their `f` is kept in names_
  std::vector<ValueId> undecided_f_;
  bool seen_put_ = false, seen_append_ = false, seen_add_ = false, seen_read_ = false;
  ValueId first_read_ = no_value;           ///< what the first completed read returned

  std::optional<bool> timed_;
  bool in_order_ = true;                    ///< so far the file's order is the order of the events
  std::int64_t last_time_ = INT64_MIN;
  bool last_completed_ = false;
  Rank next_rank_ = 0;
  std::vector<std::uint32_t> process_index_, session_index_, key_index_;  // by ValueId
  std::vector<OpId> open_;                  ///< by ProcessId: its open call
  std::vector<std::int64_t> process_time_;  ///< by ProcessId: its last stamp
  /// The last names that were resolved, so that most events need one comparison.
  struct NamedFunction {
    std::string f;
    Function function = Function::read;
  };
  std::array<NamedFunction, 16> named_functions_;
};

}  // namespace kasauti::histories
