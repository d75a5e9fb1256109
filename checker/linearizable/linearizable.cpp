// Linearizability: key by key (Herlihy & Wing 1990, theorem 1: it is local), each with the first engine that applies.

#include "checker/linearizable/linearizable.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "checker/index/keys.hpp"
#include "checker/linearizable/appends.hpp"
#include "checker/linearizable/chains.hpp"
#include "checker/linearizable/core.hpp"
#include "checker/linearizable/engines.hpp"
#include "checker/linearizable/search.hpp"
#include "checker/linearizable/thin_air.hpp"
#include "checker/linearizable/versions.hpp"
#include "checker/linearizable/zones.hpp"
#include "checker/objects/specification.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::Flag;
using histories::Function;
using histories::ObjectKind;
using histories::Outcome;
using histories::ValueId;

/// How much is tried of a key, so that one hard key does not starve a hundred easy ones.
enum class Effort : std::uint8_t { narrowest_beam, some_steps, all };
constexpr std::uint64_t some_steps = 200'000;
/// Threads cost more to wake than so many operations take where no key is hard.
constexpr std::size_t least_to_share = 20'000;

/// The widths of the beams that are tried, in this order, before all configurations are kept.
constexpr std::uint32_t beams[] = {16, 128, 1024};
/// The beam that goes on where all configurations are more than the memory holds.
constexpr std::uint32_t last_beam = 1 << 14;
/// Of a core with no more members all are shown, else the required ones.
constexpr std::size_t most_shown = 20;

bool is_register(const histories::Header& header) {
  const bool kind = header.object == ObjectKind::reg || header.object == ObjectKind::cas_register || header.object == ObjectKind::kv;
  return kind && header.specification.empty();
}

class Checker {
 public:
  Checker(const History& history, const Options& options, histories::Budget& budget)
      : history_{history}, options_{options}, budget_{budget},
        keys_{history, objects::splits_by_key(history.header.object)},
        specification_{objects::make_specification(history.header, history.values)} {}

  Judgement check();

 private:
  KeyAnswer decide(KeyId key, Effort effort);
  std::optional<KeyAnswer> thin_air(std::span<const OpId> operations) const;
  KeyAnswer search_key(std::span<const OpId> operations, Effort effort);
  KeyAnswer refute(std::span<const OpId> operations, const objects::Specification& specification, OpId failed);
  KeyAnswer refuted_by(const Core& core, OpId failed) const;
  bool loses_an_update(const Core& core) const;
  std::string name_clash(const Core& core, OpId failed) const;
  Judgement combine(std::vector<KeyAnswer>& answers) const;
  ZoneScratch& scratch() { return scratches_ ? scratches_->local() : scratch_; }
  template <class Visit>
  void for_each(const std::vector<KeyId>& keys, unsigned threads, const Visit& visit);

  const History& history_;
  const Options& options_;
  histories::Budget& budget_;
  index::Keys keys_;
  std::unique_ptr<objects::Specification> specification_;
  ZoneScratch scratch_;
  std::optional<tbb::enumerable_thread_specific<ZoneScratch>> scratches_;  // once there are threads: waking TBB takes a millisecond
};

template <class Visit>
void Checker::for_each(const std::vector<KeyId>& keys, unsigned threads, const Visit& visit) {
  if (threads <= 1) {
    for (const KeyId key : keys) visit(key);
    return;
  }
  if (!scratches_) scratches_.emplace();
  tbb::task_arena arena{static_cast<int>(threads)};
  arena.execute([&] {
    tbb::parallel_for(std::size_t{0}, keys.size(), [&](std::size_t i) { visit(keys[i]); });
  });
}

// A read of a value that no write, successful or unknown, can have left. Appends make values of their own, and are left
// alone.
std::optional<KeyAnswer> Checker::thin_air(std::span<const OpId> operations) const {
  std::vector<ValueId> written{history_.header.initial, histories::null_value};
  for (const OpId op : operations) {
    switch (history_.function[op]) {
      case Function::write: written.push_back(history_.argument[op]); break;
      case Function::cas: written.push_back(history_.values.elements(history_.argument[op])[1]); break;
      case Function::append: return std::nullopt;
      default: break;
    }
  }
  std::ranges::sort(written);
  for (const OpId op : operations) {
    if (history_.function[op] != Function::read || std::ranges::binary_search(written, history_.result[op])) continue;
    return unwritten_read(history_, op, "thin air");
  }
  return std::nullopt;
}

// More compare-and-sets took a value away than ever brought it: the beginning may, once, and so may every member that
// writes it.
bool Checker::loses_an_update(const Core& core) const {
  std::vector<ValueId> replaced, brought;
  for (const Core::Member& member : core.members) {
    const histories::Operation op = history_.operation(member.operation);
    if (op.function == Function::append) return false;
    if (op.function == Function::write) brought.push_back(op.argument);
    if (op.function == Function::remove) brought.insert(brought.end(), {histories::null_value, history_.header.initial});
    if (op.function != Function::cas || op.flag == Flag::no) continue;
    const auto pair = history_.values.elements(op.argument);
    if (pair[0] == pair[1]) continue;
    brought.push_back(pair[1]);
    if (member.required) replaced.push_back(pair[0]);
  }
  return std::ranges::any_of(replaced, [&](ValueId value) {
    const bool at_first = core.any_initial || value == history_.header.initial;
    const auto times = std::ranges::count(replaced, value);
    return times > 1 && times > std::ranges::count(brought, value) + (at_first ? 1 : 0);
  });
}

std::string Checker::name_clash(const Core& core, OpId failed) const {
  if (loses_an_update(core)) return "LostUpdate";
  if (is_register(history_.header) && history_.function[failed] == Function::read) return "StaleRead";
  return "NoLegalOrder";
}

KeyAnswer Checker::refuted_by(const Core& core, OpId failed) const {
  KeyAnswer answer;
  answer.verdict = Verdict::violated;
  answer.anomaly.name = name_clash(core, failed);
  std::size_t optional = 0;
  for (const Core::Member& member : core.members) optional += member.required ? 0 : 1;
  const std::size_t required = core.members.size() - optional;
  for (const Core::Member& member : core.members) {
    if (member.required || core.members.size() <= most_shown) answer.anomaly.operations.push_back(member.operation);
  }
  answer.anomaly.reason = fmt::format(
      "no order of {} {} is legal{}{}: every one tried ends before {}", required == 1 ? "this" : "these",
      required == 1 ? "operation" : fmt::format("{} operations", required),
      optional == 0 ? std::string{} : fmt::format(", with or without {} {} that may stand among them", optional, optional == 1 ? "other" : "others"),
      core.any_initial ? ", whatever was there before" : "", history_.describe(failed));
  answer.refutation = {core};
  return answer;
}

KeyAnswer Checker::refute(std::span<const OpId> operations, const objects::Specification& specification,
                          OpId failed) {
  KeyAnswer answer;
  if (const auto core = find_core(history_, operations, specification, failed, true, budget_)) {
    answer = refuted_by(*core, failed);
  } else {
    answer.verdict = Verdict::violated;
    answer.anomaly.name = "NoLegalOrder";
    answer.anomaly.operations = {failed};
    answer.anomaly.reason = fmt::format("no order of the operations explains {}", history_.describe(failed));
    answer.refutation = {SearchAlone{history_.key[failed]}};
  }
  answer.method = "search";
  return answer;
}

// First with a beam: most histories that have an order show it to a few configurations. Where the beam ends, a core
// that ends there too is looked for. Only then all configurations are kept.
KeyAnswer Checker::search_key(std::span<const OpId> operations, Effort effort) {
  const auto merged = merge_unobservable(history_, operations, *specification_);
  const objects::Specification& specification = merged ? *merged : *specification_;
  const Problem problem = make_problem(history_, operations, specification);
  const auto call_at = [&](std::size_t events) { return problem.calls[problem.events[events - 1].call].operation; };
  KeyAnswer answer;
  SearchResult found;
  std::size_t reached = 0;
  for (const std::uint32_t beam : {beams[0], beams[1], beams[2], 0U}) {
    const std::uint64_t most_steps = beam == 0 && effort == Effort::some_steps ? some_steps : 0;
    const bool alone = effort == Effort::narrowest_beam && history_.size() < least_to_share;
    const unsigned threads = alone ? 1 : options_.threads;
    found = search(problem, specification, {{}, most_steps, beam, threads}, budget_);
    if (!found.cut) break;
    if (effort == Effort::narrowest_beam) {
      answer.cause = Cause::steps;
      return answer;
    }
    if (found.events_done <= reached) continue;
    reached = found.events_done;
    if (const auto core = find_core(history_, operations, specification, call_at(reached), false, budget_)) {
      answer = refuted_by(*core, call_at(reached));
      answer.method = "search, from a beam";
      return answer;
    }
  }
  if (found.verdict == Verdict::unknown && found.cause == Cause::memory && !budget_.stopped()) {
    // With less, it can still find an order; that there is none it can't.
    SearchResult narrow = search(problem, specification, {{}, 0, last_beam, options_.threads}, budget_);
    reached = std::max({reached, found.events_done, narrow.events_done});
    if (narrow.verdict == Verdict::holds) found = std::move(narrow);
  }
  if (found.verdict == Verdict::violated) return refute(operations, specification, call_at(found.events_done));
  answer.method = "search";
  answer.verdict = found.verdict;
  answer.witness = found.witness;
  answer.cause = found.cause;
  if (found.verdict == Verdict::unknown) {
    answer.detail = found.cause == Cause::unsupported
                        ? "more than 4096 calls of one key are open at once"
                        : fmt::format("explained {} of {} events of this key, {} configurations visited",
                                      std::max(reached, found.events_done), problem.events.size(), found.steps);
  }
  return answer;
}

KeyAnswer Checker::decide(KeyId key, Effort effort) {
  const auto operations = keys_.operations(key);
  KeyAnswer answer;
  if (budget_.stopped()) {
    answer.cause = Cause::time;  // combine() names the limit that was reached
    answer.detail = "not looked at";
    return answer;
  }
  if (operations.empty()) {
    answer.verdict = Verdict::holds;
    answer.method = "nothing to order";
    return answer;
  }
  if (is_register(history_.header) && options_.engine != Engine::search) {
    if (auto decided = decide_by_zones(history_, operations, scratch(), budget_)) return *std::move(decided);
  }
  if (options_.engine == Engine::zones) {
    answer.cause = Cause::precondition;
    answer.detail = "zones need reads and writes only, and every value written once";
    return answer;
  }
  if (history_.header.specification.empty() && options_.engine == Engine::automatic) {
    if (is_register(history_.header)) {
      if (auto decided = decide_by_chains(history_, operations, scratch(), budget_)) return *std::move(decided);
    }
    if (auto decided = decide_by_object(history_, operations, budget_)) return *std::move(decided);
  }
  if (is_register(history_.header)) {
    if (auto decided = thin_air(operations)) return *std::move(decided);
  }
  if (options_.engine == Engine::automatic) {
    if (auto decided = decide_by_versions(history_, operations, *specification_, budget_)) return *std::move(decided);
  }
  return search_key(operations, effort);
}

// Violated beats unknown beats holds; of several violated keys each gives an anomaly, the first one the certificate.
Judgement Checker::combine(std::vector<KeyAnswer>& answers) const {
  Judgement judgement;
  judgement.model = Model::linearizable;
  judgement.verdict = Verdict::holds;
  std::map<std::string_view, std::size_t> methods;
  std::size_t undecided = 0;
  Orders orders;
  for (KeyId key = 0; key < answers.size(); ++key) {
    KeyAnswer& answer = answers[key];
    if (!answer.method.empty()) ++methods[answer.method];
    judgement.verdict = worse(judgement.verdict, answer.verdict);
    if (answer.verdict == Verdict::holds) {
      orders.orders.push_back({objects::splits_by_key(history_.header.object) ? Scope::key : Scope::whole, key,
                               std::move(answer.witness)});
    } else if (answer.verdict == Verdict::unknown) {
      if (undecided++ == 0) {
        judgement.cause = answer.cause;
        judgement.detail = answer.detail;
        if (history_.key_count() > 1)
          judgement.detail = fmt::format("key {}: {}", history_.values.to_json(history_.key_name[key]), answer.detail);
      }
    } else {
      if (judgement.anomalies.empty()) judgement.certificate = std::move(answer.refutation);
      answer.anomaly.models = {Model::linearizable};
      judgement.anomalies.push_back(std::move(answer.anomaly));
    }
  }
  for (const auto& [name, count] : methods) judgement.methods.push_back(fmt::format("{}: {} keys", name, count));
  if (judgement.verdict == Verdict::holds) judgement.certificate = {std::move(orders)};
  if (judgement.verdict != Verdict::unknown) {
    judgement.cause = Cause::none;
    judgement.detail.clear();
  } else {
    const auto exhausted = budget_.exhausted();
    if (exhausted == histories::Exhausted::time) judgement.cause = Cause::time;
    if (exhausted == histories::Exhausted::memory) judgement.cause = Cause::memory;
    if (exhausted == histories::Exhausted::steps) judgement.cause = Cause::steps;
    judgement.detail += fmt::format("; {} of {} keys undecided", undecided, answers.size());
    if (judgement.cause == Cause::time) judgement.detail += "; raise --timeout";
    if (judgement.cause == Cause::memory) judgement.detail += "; raise --memory";
    if (judgement.cause == Cause::steps) judgement.detail += "; raise --steps";
  }
  return judgement;
}

Judgement Checker::check() {
  if (!specification_) {
    return unknown(Model::linearizable, Cause::unsupported,
                   fmt::format("there is no specification of a {} yet", histories::name_of(history_.header.object)));
  }
  (void)budget_.poll();  // what was read may have left nothing
  std::vector<KeyAnswer> answers(keys_.size());
  std::vector<KeyId> undecided(keys_.size());
  for (KeyId key = 0; key < undecided.size(); ++key) undecided[key] = key;
  const auto round = [&](unsigned threads, Effort effort) {
    if (undecided.empty()) return;
    if (budget_.stopped() && effort != Effort::narrowest_beam) return;  // what was not looked at says so
    for_each(undecided, threads, [&](KeyId key) { answers[key] = decide(key, effort); });
    std::erase_if(undecided, [&](KeyId key) {
      return answers[key].verdict != Verdict::unknown || answers[key].cause != Cause::steps;
    });
  };
  round(history_.size() < least_to_share ? 1 : options_.threads, Effort::narrowest_beam);
  round(options_.threads, Effort::some_steps);
  round(options_.threads, Effort::all);
  return combine(answers);
}

}  // namespace

Judgement check(const History& history, const Options& options, histories::Budget& budget) {
  return Checker{history, options, budget}.check();
}

}  // namespace kasauti::checker::linearizable
