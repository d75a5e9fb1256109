// Which object a history without a header is about.

#include <algorithm>
#include <utility>

#include <boost/unordered/unordered_flat_set.hpp>
#include <fmt/format.h>

#include "histories/builder.hpp"

namespace kasauti::histories {

namespace {

bool names_one_of(std::string_view f, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, f) != names.end();
}

}  // namespace

// Without a header the object is told by the operations. Some names are shared (read, put, add, append), so events
// wait until one comes that decides; a register may still widen to a compare-and-set register or a map in resolve().
void HistoryBuilder::settle_object(const Event& event) {
  undecided_.push_back(event);
  // The text may be gone by the time these are looked at: of the marks only the column stays.
  if (event.marks.event != nullptr && !text_lasts_) {
    const char* begin = event.marks.event;
    while (begin > text_.data() && begin[-1] != '\n') --begin;
    undecided_.back().column = static_cast<std::uint32_t>(event.marks.event - begin) + 1;
    undecided_.back().marks = {};
  }
  undecided_f_.push_back(values().intern_string(event.f));
  const std::string_view f = event.f;
  seen_put_ |= f == "put";
  seen_append_ |= f == "append";
  seen_add_ |= f == "add";
  seen_read_ |= f == "read";
  if (f == "read" && event.type == EventType::ok && event.value != no_value) first_read_ = event.value;
  if (names_one_of(f, {"put", "append", "add", "read"})) {
    if (seen_put_ && (event.key != no_value || seen_append_)) {
      decide(ObjectKind::kv);
    } else if (seen_append_ && seen_read_) {
      decide(ObjectKind::list);
    } else if (seen_add_ && first_read_ != no_value) {
      decide(values().is_integer(first_read_) ? ObjectKind::counter : ObjectKind::set);
    } else if (first_read_ != no_value && values().is_map(first_read_)) {
      decide(ObjectKind::bank);
    }
  } else if (const auto object = object_implied_by(f)) {
    decide(*object);
  } else {
    undecided_.pop_back();
    undecided_f_.pop_back();
    error("unknown-function", event, event.marks.f,
          fmt::format("no object has an operation \"{}\"; see histories/FORMAT.md for their names", f));
  }
}

// Only adds: of a counter if one number is added again and again, which tells nothing of a set.
bool HistoryBuilder::adds_repeat() const {
  boost::unordered_flat_set<ValueId> seen;
  for (const Event& event : undecided_) {
    if (event.type != EventType::invoke || event.value == no_value) continue;
    if (!history_.values.is_integer(event.value)) return false;
    if (!seen.insert(event.value).second) return true;
  }
  return false;
}

void HistoryBuilder::decide(ObjectKind object) {
  history_.header.object = object;
  object_known_ = true;
  std::vector<Event> events = std::move(undecided_);
  const std::vector<ValueId> names = std::move(undecided_f_);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::string f{values().text(names[i])};
    events[i].f = f;
    accept(events[i]);
  }
}

}  // namespace kasauti::histories
