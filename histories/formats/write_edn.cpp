// Jepsen's op maps, one a line, with tuples [key value] where there are keys, or with :key for a map. A first comment
// carries what Jepsen has no words for (the object, its initial value), so that reading the file again gives the same
// history.

#include <cctype>
#include <cstddef>
#include <iterator>

#include <fmt/format.h>

#include "histories/formats/event_order.hpp"
#include "histories/formats/format.hpp"
#include "histories/formats/header.hpp"
#include "histories/shapes.hpp"

namespace kasauti::histories::formats {

namespace {

bool is_word(std::string_view text) {
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text[0])) == 0) return false;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_') return false;
  }
  return true;
}

bool is_canonical_integer(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || digits.size() > 18) return false;
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return false;
  return digits[0] != '0' || text.size() == 1;
}

class EdnWriter {
 public:
  EdnWriter(const History& history, std::string& out)
      : h_{history}, out_{out}, own_{sessions_of_processes(history)} {
    const bool keyed = h_.key_name.size() > 1 || (h_.key_name.size() == 1 && h_.key_name[0] != no_value);
    tuples_ = keyed && h_.header.object != ObjectKind::kv;
  }

  void write() {
    out_ += "; kasauti ";
    append_header(out_, h_);
    if (tuples_) {
      out_.pop_back();
      out_ += ",\"tuples\":true}";
    }
    out_ += '\n';
    visit_events(
        h_, [this](OpId op, bool completion) { event(op, completion); }, [this](const Fault& what) { fault(what); });
  }

 private:
  void value(ValueId id) {
    if (id == no_value) {
      out_ += "nil";
      return;
    }
    switch (h_.values.kind(id)) {
      case ValueKind::null: out_ += "nil"; break;
      case ValueKind::string: string(h_.values.text(id)); break;
      case ValueKind::list: {
        out_ += '[';
        bool first = true;
        for (const ValueId element : h_.values.elements(id)) {
          if (!first) out_ += ' ';
          first = false;
          value(element);
        }
        out_ += ']';
        break;
      }
      case ValueKind::map: {
        out_ += '{';
        const auto pairs = h_.values.elements(id);
        for (std::size_t i = 0; i < pairs.size(); i += 2) {
          if (i != 0) out_ += ", ";
          const std::string_view name = h_.values.text(pairs[i]);
          if (is_canonical_integer(name)) out_ += name;
          else if (is_word(name)) out_ += ":" + std::string{name};
          else string(name);
          out_ += ' ';
          value(pairs[i + 1]);
        }
        out_ += '}';
        break;
      }
      default: h_.values.append_json(out_, id);
    }
  }

  /// EDN's escapes are those of JSON, but for \u007f and the like, which both read.
  void string(std::string_view text) { append_json_string(out_, text); }

  void micro_operations(ValueId id) {
    out_ += '[';
    bool first = true;
    for (const ValueId step : h_.values.elements(id)) {
      const auto parts = h_.values.elements(step);
      if (!first) out_ += ' ';
      first = false;
      out_ += "[:" + std::string{h_.values.text(parts[0])} + ' ';
      value(parts[1]);
      out_ += ' ';
      value(parts[2]);
      out_ += ']';
    }
    out_ += ']';
  }

  void field(std::string_view name, ValueId id) {
    if (id == no_value) return;
    out_ += ", :";
    out_ += name;
    out_ += ' ';
    value(id);
  }

  void optional(std::string_view name, const std::vector<ValueId>& column, OpId op) {
    if (!column.empty()) field(name, column[op]);
  }

  void event(OpId op, bool completion) {
    static constexpr std::string_view types[] = {"ok", "fail", "info"};
    out_ += "{:process ";
    value(h_.process_name[h_.process[op]]);
    const std::string_view type = completion ? types[static_cast<int>(h_.outcome[op])] : "invoke";
    fmt::format_to(std::back_inserter(out_), ", :type :{}, :f :{}", type, name_of(h_.header.object, h_.function[op]));
    const bool returned = completion && h_.ok(op) && h_.result[op] != no_value;
    const ValueId id = returned ? h_.result[op] : h_.argument[op];
    const ValueId key = h_.key_name[h_.key[op]];
    if (!tuples_) field("key", key);
    out_ += ", :value ";
    if (tuples_) {
      out_ += '[';
      value(key);
      out_ += ' ';
    }
    if (h_.function[op] == Function::txn && h_.values.is_list(id)) micro_operations(id);
    else value(id);
    if (tuples_) out_ += ']';
    if (completion && h_.flag[op] != Flag::absent) {
      out_ += h_.flag[op] == Flag::yes ? ", :result true" : ", :result false";
    }
    if (!h_.invoked_time.empty() && (!completion || h_.completed_time[op] != INT64_MAX)) {
      fmt::format_to(std::back_inserter(out_), ", :time {}", completion ? h_.completed_time[op] : h_.invoked_time[op]);
    }
    if (own_[h_.process[op]] != h_.session[op]) field("session", h_.session_name[h_.session[op]]);
    optional("node", h_.node, op);
    optional("level", h_.level, op);
    if (completion) {
      optional("version", h_.version, op);
      optional("error", h_.error, op);
    } else if (!h_.final_phase.empty() && h_.final_phase[op]) {
      out_ += ", :phase :final";
    }
    fmt::format_to(std::back_inserter(out_), ", :index {}}}\n", number_++);
  }

  void fault(const Fault& what) {
    out_ += "{:process :nemesis, :type :info, :f ";
    if (is_word(what.name)) out_ += ":" + what.name;
    else string(what.name);
    field("value", what.value);
    if (!h_.invoked_time.empty()) fmt::format_to(std::back_inserter(out_), ", :time {}", what.time);
    fmt::format_to(std::back_inserter(out_), ", :index {}}}\n", number_++);
  }

  const History& h_;
  std::string& out_;
  std::vector<SessionId> own_;  // by process, see sessions_of_processes()
  bool tuples_ = false;
  std::size_t number_ = 0;
};

}  // namespace

void write_edn(const History& history, std::string& out) { EdnWriter{history, out}.write(); }

}  // namespace kasauti::histories::formats
