#include "recorder/recorder.hpp"

#include <time.h>

#include <atomic>
#include <utility>
#include <vector>

#include "recorder/journal.hpp"
#include "recorder/json.hpp"

namespace kasauti {

namespace recorder {

namespace {

std::int64_t monotonic() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

std::string header_of(const RecorderOptions& options) {
  std::string out = "{\"kasauti\":1";
  const auto field = [&out](std::string_view name, std::string_view text) {
    if (text.empty()) return;
    out += ",\"" + std::string{name} + "\":";
    append_json_text(out, text);
  };
  field("object", options.object);
  out += ",\"initial\":" + options.initial.to_json();
  field("workload", options.workload);
  field("store", options.store);
  if (options.permits > 0) out += ",\"permits\":" + std::to_string(options.permits);
  if (!options.meta.empty()) out += ",\"meta\":" + options.meta;
  return out + "}";
}

/// Where this thread puts a text together; kept, so that recording allocates nothing.
std::string& scratch() {
  thread_local std::string text;
  text.clear();
  return text;
}

}  // namespace

struct RecorderState {
  RecorderState(std::string path, const RecorderOptions& options)
      : clock{options.clock},
        origin{clock ? 0 : monotonic()},
        journal{std::move(path), header_of(options), {options.flush_interval, options.sync}} {}

  [[nodiscard]] std::int64_t now() const { return clock ? clock() : monotonic() - origin; }

  const std::function<std::int64_t()> clock;
  const std::int64_t origin;
  std::atomic<std::uint32_t> next_process{0};
  Journal journal;
};

struct SessionState {
  struct Process {
    std::uint32_t number;
    std::uint32_t sequence;  // of its next event
  };
  RecorderState& recorder;
  std::string field;           // ,"session":"u7"
  std::vector<Process> idle{};  // processes that can make the next call; the last one is taken first
};

namespace {

void append_value(std::string& out, std::string_view name, const Value& value) {
  if (value.is_null() || value.is_none()) return;
  out += ",\"";
  out += name;
  out += "\":";
  value.append_json(out);
}

}  // namespace

}  // namespace recorder

using recorder::Entry;
using recorder::EntryKind;

Call::Call(recorder::SessionState& session, std::uint32_t process, std::uint32_t sequence)
    : session_{&session}, process_{process}, sequence_{sequence} {}

Call::Call(Call&& other) noexcept
    : session_{std::exchange(other.session_, nullptr)}, process_{other.process_}, sequence_{other.sequence_} {}

Call::~Call() { complete(static_cast<int>(EntryKind::info), nullptr, "never completed", {}); }

void Call::ok() noexcept { complete(static_cast<int>(EntryKind::ok), nullptr, {}, {}); }
void Call::ok(const Value& value, const Details& details) noexcept {
  complete(static_cast<int>(EntryKind::ok), &value, {}, details);
}
void Call::ok(const Details& details) noexcept { complete(static_cast<int>(EntryKind::ok), nullptr, {}, details); }
void Call::fail(std::string_view reason, const Details& details) noexcept {
  complete(static_cast<int>(EntryKind::fail), nullptr, reason, details);
}
void Call::info(std::string_view reason, const Details& details) noexcept {
  complete(static_cast<int>(EntryKind::info), nullptr, reason, details);
}

void Call::complete(int kind, const Value* value, std::string_view reason, const Details& details) noexcept {
  if (session_ == nullptr) return;
  recorder::SessionState& session = *std::exchange(session_, nullptr);
  Entry entry;
  entry.time = session.recorder.now();  // first of all: the answer is here
  entry.kind = static_cast<EntryKind>(kind);
  entry.process = process_;
  entry.sequence = sequence_;
  std::string& text = recorder::scratch();
  if (value != nullptr) {
    value->append_json(text);
    entry.has_value = true;
    entry.value = static_cast<std::uint32_t>(text.size());
  }
  if (details.result) text += *details.result ? ",\"result\":true" : ",\"result\":false";
  recorder::append_value(text, "node", details.node);
  recorder::append_value(text, "version", details.version);
  recorder::append_value(text, "level", details.level);
  if (!reason.empty()) {
    text += ",\"error\":";
    recorder::append_json_text(text, reason);
  }
  entry.extra = static_cast<std::uint32_t>(text.size()) - entry.value;
  session.recorder.journal.append(entry, text);
  if (entry.kind != EntryKind::info) session.idle.push_back({process_, sequence_ + 1});
}

Session::Session(std::unique_ptr<recorder::SessionState> state) : state_{std::move(state)} {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Call Session::invoke(std::string_view f, const Value& key, const Value& value) noexcept {
  recorder::SessionState::Process process{0, 0};
  if (state_->idle.empty()) {
    process.number = state_->recorder.next_process.fetch_add(1, std::memory_order_relaxed);
  } else {
    process = state_->idle.back();
    state_->idle.pop_back();
  }
  Entry entry;
  entry.kind = EntryKind::invoke;
  entry.process = process.number;
  entry.sequence = process.sequence;
  std::string& text = recorder::scratch();
  text += "\"f\":";
  recorder::append_json_text(text, f);
  if (!key.is_none()) {
    text += ",\"key\":";
    key.append_json(text);
  }
  text += state_->field;
  entry.head = static_cast<std::uint32_t>(text.size());
  value.append_json(text);
  entry.value = static_cast<std::uint32_t>(text.size()) - entry.head;
  entry.time = state_->recorder.now();
  state_->recorder.journal.append(entry, text);
  return {*state_, process.number, process.sequence + 1};
}

Recorder::Recorder(std::string path, RecorderOptions options)
    : state_{std::make_unique<recorder::RecorderState>(std::move(path), options)} {}

Recorder::~Recorder() { close(); }

Session Recorder::session(std::string_view name) {
  auto state = std::make_unique<recorder::SessionState>(*state_);
  if (!name.empty()) {
    state->field = ",\"session\":";
    recorder::append_json_text(state->field, name);
  }
  return Session{std::move(state)};
}

void Recorder::nemesis(std::string_view f, const Value& value) noexcept {
  Entry entry;
  entry.kind = EntryKind::nemesis;
  std::string& text = recorder::scratch();
  text += "\"f\":";
  recorder::append_json_text(text, f);
  entry.head = static_cast<std::uint32_t>(text.size());
  value.append_json(text);
  entry.value = static_cast<std::uint32_t>(text.size()) - entry.head;
  entry.time = state_->now();
  state_->journal.append(entry, text);
}

void Recorder::flush() noexcept { state_->journal.flush(); }

std::string Recorder::close() noexcept {
  state_->journal.close();
  return error();
}

std::string Recorder::error() const { return state_->journal.error(); }

}  // namespace kasauti
