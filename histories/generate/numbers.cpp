// Counters, fetch-and-add, unique ids, and a bank.
//
// Violations, by one process:
//   counter    (increments are positive) stale: add n; read → n less than all increments that had completed before
//              the read began. lost: the same, and the counter stays there. thin-air: read → more than was ever added.
//   fetch-add  (likewise) stale: the same value comes back twice in a row. lost: the same, and the addition between
//              is gone. thin-air: a negative value.
//   ids        duplicate: the process gets the same id twice.
//   bank       (transfers keep the sum) lost: one account has lost 1, for good; thin-air: one has 1 more in one
//              reading.

#include <algorithm>

#include "histories/generate/object.hpp"

namespace kasauti::histories::generate {

namespace {

class Counter final : public Object {
 public:
  Counter(const Options& options, Random& random)
      : options_{options}, random_{random}, fetches_{options.kind == "fetch-add"}, total_(options.keys, 0),
        invoked_(options.keys, 0) {}

  std::string header() const override { return "\"object\":\"" + options_.kind + "\",\"initial\":0"; }

  void choose(Call& call) override {
    const std::uint64_t key = random_.below(options_.keys);
    if (!fetches_ && random_.chance(options_.reads)) read(call, key);
    else add(call, key);
  }

  bool play(Call& call) override {
    call.script = ++step_;
    if (step_ > 2) return false;
    if (fetches_ || step_ == 1) add(call, 0);
    else read(call, 0);
    floor_ = acknowledged_;
    return true;
  }

  bool apply(Call& call, std::vector<Call*>&) override {
    const std::size_t place = call.key == no_key ? 0 : call.key;
    std::int64_t& total = total_[place];
    if (call.script == 2) misbehave(call, total);
    else if (fetches_ || call.a == null) set_number(call.result, total);
    if (call.script == 1) {
      added_ = call.a;
      before_ = total;
    }
    if (call.a != null && !(call.script == 2 && options_.violate == "lost")) total += call.a;
    return true;
  }

  void finished(const Call& call) override {
    if (call.known && call.a != null && (call.key == no_key || call.key == 0)) acknowledged_ += call.a;
  }

 private:
  void add(Call& call, std::uint64_t key) {
    call.f = fetches_ ? "fetch-add" : "add";
    call.key = options_.keys > 1 ? key : no_key;
    call.a = 1 + static_cast<std::int64_t>(random_.below(options_.values != 0 ? options_.values : 5));
    invoked_[key] += call.a;
    set_number(call.argument, call.a);
  }

  void read(Call& call, std::uint64_t key) const {
    call.f = "read";
    call.key = options_.keys > 1 ? key : no_key;
    call.a = null;
  }

  void misbehave(Call& call, std::int64_t& total) const {
    const bool thin_air = options_.violate == "thin-air";
    std::int64_t wrong = 0;
    if (fetches_) wrong = thin_air ? -1 : before_;
    // Calls that begin before the read ends may add to what was ever added.
    else wrong = thin_air ? invoked_[0] + 1'000'000'000'000'000 : floor_ - added_;
    set_number(call.result, wrong);
    if (options_.violate == "lost") total = fetches_ ? before_ + call.a : wrong;
  }

  const Options& options_;
  Random& random_;
  const bool fetches_;
  std::vector<std::int64_t> total_, invoked_;
  std::int64_t acknowledged_ = 0, floor_ = 0;  ///< of the first key
  std::int64_t added_ = 0, before_ = 0;        ///< by the first operation of the violation; before it
  unsigned step_ = 0;
};

class Ids final : public Object {
 public:
  Ids(const Options& options, Random& random) : options_{options}, random_{random}, given_(options.keys, 0) {}

  std::string header() const override { return "\"object\":\"ids\""; }

  void choose(Call& call) override { ask(call, random_.below(options_.keys)); }

  bool play(Call& call) override {
    call.script = ++step_;
    ask(call, 0);
    return step_ <= 2;
  }

  bool apply(Call& call, std::vector<Call*>&) override {
    std::int64_t& given = given_[call.key == no_key ? 0 : call.key];
    if (call.script != 2) ++given;
    if (call.script == 1) first_ = given;
    set_number(call.result, call.script == 2 ? first_ : given);
    return true;
  }

 private:
  void ask(Call& call, std::uint64_t key) const {
    call.f = "generate";
    call.key = options_.keys > 1 ? key : no_key;
  }

  const Options& options_;
  Random& random_;
  std::vector<std::int64_t> given_;
  std::int64_t first_ = 0;
  unsigned step_ = 0;
};

/// What every account begins with: so much that no transfer can fail, whatever became of those before.
constexpr std::int64_t opening_balance = 1'000'000'000'000;

class Bank final : public Object {
 public:
  Bank(const Options& options, Random& random)
      : options_{options}, random_{random}, balances_(std::max(options.keys, 2U), opening_balance) {}

  std::string header() const override {
    std::string text = "\"object\":\"bank\",\"initial\":";
    append_balances(text);
    return text;
  }

  void choose(Call& call) override {
    if (random_.chance(options_.reads)) {
      call.f = "read-all";
      return;
    }
    const std::uint64_t from = random_.below(balances_.size());
    const std::uint64_t to = (from + 1 + random_.below(balances_.size() - 1)) % balances_.size();
    call.f = "transfer";
    call.a = static_cast<std::int64_t>(from << 32 | to);
    call.b = 1 + static_cast<std::int64_t>(random_.below(5));
    call.argument = R"({"from":"a)";
    append_number(call.argument, static_cast<std::int64_t>(from));
    call.argument += R"(","to":"a)";
    append_number(call.argument, static_cast<std::int64_t>(to));
    call.argument += R"(","amount":)";
    append_number(call.argument, call.b);
    call.argument += '}';
  }

  bool play(Call& call) override {
    call.script = ++step_;
    call.f = "read-all";
    return step_ == 1;
  }

  bool apply(Call& call, std::vector<Call*>&) override {
    if (call.f[0] == 't') {
      balances_[static_cast<std::uint64_t>(call.a) >> 32] -= call.b;
      balances_[static_cast<std::uint64_t>(call.a) & UINT32_MAX] += call.b;
      return true;
    }
    const bool thin_air = call.script != 0 && options_.violate == "thin-air";
    if (call.script != 0) balances_[0] += thin_air ? 1 : -1;
    call.result.clear();
    append_balances(call.result);
    if (thin_air) --balances_[0];
    return true;
  }

 private:
  void append_balances(std::string& text) const {
    for (std::size_t i = 0; i < balances_.size(); ++i) {
      text += i == 0 ? "{\"a" : ",\"a";
      append_number(text, static_cast<std::int64_t>(i));
      text += "\":";
      append_number(text, balances_[i]);
    }
    text += '}';
  }

  const Options& options_;
  Random& random_;
  std::vector<std::int64_t> balances_;
  unsigned step_ = 0;
};

}  // namespace

std::unique_ptr<Object> make_number(const Options& options, Random& random) {
  if (options.kind == "ids") return std::make_unique<Ids>(options, random);
  if (options.kind == "bank") return std::make_unique<Bank>(options, random);
  return std::make_unique<Counter>(options, random);
}

}  // namespace kasauti::histories::generate
