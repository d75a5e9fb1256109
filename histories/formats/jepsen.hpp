#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "histories/builder.hpp"

namespace kasauti::histories::formats {

/// One of Jepsen's op maps, or one line of its log, as read and before anything is concluded.
struct JepsenOp {
  Event event;                       ///< without `f`
  ValueId f = no_value;
  bool value_is_keyword = false;     ///< such as :timed-out
};

/// Jepsen's conventions, which are told by the whole history, turned into what the builder takes.
///
/// - *Transactions*: if every invocation's value is a list of micro-operations ([:r k v], [:w k v], [:append k v]), or
///   `:f` is :txn, the object is `txn`, whatever `:f` says.
/// - *Tuples of independent keys*: values are [key value] if every invocation's value is a list of two, and its second
///   part is nil where the operation takes nothing (a read), a list of two where it is a cas, and at least one of those
///   two kinds occurs. So a cas-register's [old new] is never taken for one: its reads are invoked with nil, and a cas
///   of a tuple is [key [old new]]. A file of which only writes are known is taken as it stands. A completion's value
///   that is no pair is taken as it stands too.
/// - *Porcupine's map*: operations have a `:key` and are get, put and append; a missing key then reads as "", unless
///   some get returned nil.
/// - A value that a `:fail` or `:info` completion carries says nothing; if it is a keyword (:timed-out) it is kept as
///   the error.
/// - Without any `:process` all operations are one process's; a negative `:time` is none, unless a header was given.
class JepsenHistory {
 public:
  explicit JepsenHistory(HistoryBuilder& builder) : builder_{builder} {}

  /// One field of an op map, its value interned, as it begins at `at`. Unknown names are passed over.
  void field(JepsenOp& op, std::string_view name, ValueId value, bool keyword, const char* at);
  /// A complete op map. Errors in it go to the builder.
  void add(const JepsenOp& op, bool has_type);
  /// What a native header said, if the file had one; then `tuples` is not concluded.
  void header(Header header, bool tuples);
  /// Gives everything to the builder.
  void finish();

 private:
  [[nodiscard]] bool is_pair(ValueId value) const;
  [[nodiscard]] bool is_micro_operations(ValueId value) const;
  [[nodiscard]] bool is_transactional() const;
  [[nodiscard]] bool has_tuples() const;
  [[nodiscard]] bool missing_reads_empty() const;
  void untuple(JepsenOp& op);
  void complain(std::string_view rule, const Event& event, const char* at, std::string message);

  HistoryBuilder& builder_;
  std::vector<JepsenOp> ops_;        ///< of clients
  std::vector<JepsenOp> faults_;
  std::vector<bool> is_fault_;       ///< in the file's order
  bool any_process_ = false;
  bool header_given_ = false, header_tuples_ = false;
};

}  // namespace kasauti::histories::formats
