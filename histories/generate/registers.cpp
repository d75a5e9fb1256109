// Registers, compare-and-set registers, maps of registers, and transactions over them.
//
// Violations, each of consecutive operations of one process with values u, v that nobody else writes (above all
// others):
//   stale     write u; write v; read → u. The two writes are ordered, u is written once, so after v nobody may read u.
//   lost      the same, and the register goes back to u for everybody: the acknowledged v is gone.
//   future    read → u; write u. The read ends before its only write begins.
//   thin-air  read → u, which nobody writes.
// None rests on real time across processes, so weaker models that keep program order are violated as well.

#include "histories/generate/object.hpp"

namespace kasauti::histories::generate {

namespace {

/// Values of violations stand apart from those that are counted up or drawn.
constexpr std::int64_t first_odd_value = 1'000'000'000'000;

class Registers final : public Object {
 public:
  Registers(const Options& options, Random& random)
      : options_{options}, random_{random}, values_(options.keys, null), map_{options.kind == "kv"},
        cas_{options.kind == "cas-register"}, transactional_{options.kind == "txn"} {}

  std::string header() const override { return "\"object\":\"" + options_.kind + "\",\"initial\":null"; }

  void choose(Call& call) override {
    const std::uint64_t key = random_.below(options_.keys);
    if (transactional_) {
      choose_transaction(call);
    } else if (random_.chance(options_.reads)) {
      read(call, key);
    } else if (cas_ && random_.below(2) == 0) {
      compare_and_set(call, key);
    } else {
      write(call, key, fresh_value());
    }
  }

  bool play(Call& call) override {
    if (step_ == 0) odd_key_ = random_.below(options_.keys);
    call.script = ++step_;
    const bool overwrites = options_.violate == "stale" || options_.violate == "lost";
    if (overwrites && step_ <= 2) return write(call, odd_key_, first_odd_value + step_ - 1), true;
    if (step_ == (overwrites ? 3U : 1U)) return read(call, odd_key_), true;
    if (options_.violate == "future" && step_ == 2) return write(call, odd_key_, first_odd_value), true;
    return false;
  }

  bool apply(Call& call, std::vector<Call*>&) override {
    if (transactional_) {
      apply_transaction(call);
    } else if (call.f[0] == 'c') {
      std::int64_t& value = values_[slot(call)];
      const bool found = value == call.a;
      call.flag = options_.cas_fails ? -1 : found ? 1 : 0;
      call.rejected = options_.cas_fails && !found;
      if (found) value = call.b;
    } else if (call.a == null) {
      set_number(call.result, observed(call, values_[slot(call)]));
    } else {
      values_[slot(call)] = call.a;
    }
    return true;
  }

 private:
  static std::size_t slot(const Call& call) { return call.key == no_key ? 0 : call.key; }

  std::int64_t fresh_value() {
    if (options_.values == 0) return ++written_;
    return static_cast<std::int64_t>(random_.below(options_.values));
  }

  /// What a read returns of a register that holds `value`: in a violation, the odd value.
  std::int64_t observed(const Call& call, std::int64_t& value) const {
    if (call.script == 0) return value;
    if (options_.violate == "lost") value = first_odd_value;
    return first_odd_value;
  }

  void set_key(Call& call, std::uint64_t key) const { call.key = map_ || options_.keys > 1 ? key : no_key; }

  void read(Call& call, std::uint64_t key) {
    if (transactional_) {
      begin(call);
      add_step(call, key, null);
      end(call);
      return;
    }
    set_key(call, key);
    call.f = map_ ? "get" : "read";
    call.a = null;
  }

  void write(Call& call, std::uint64_t key, std::int64_t value) {
    if (transactional_) {
      begin(call);
      add_step(call, key, value);
      end(call);
      return;
    }
    set_key(call, key);
    call.f = map_ ? "put" : "write";
    call.a = value;
    set_number(call.argument, value);
  }

  /// With distinct values the old one is what the register holds at the invocation, so that a good part of them
  /// succeeds.
  void compare_and_set(Call& call, std::uint64_t key) {
    const std::int64_t old = options_.values == 0 ? values_[key] : fresh_value();
    if (old == null) return write(call, key, fresh_value());
    set_key(call, key);
    call.f = "cas";
    call.a = old;
    call.b = fresh_value();
    call.argument = "[";
    append_number(call.argument, call.a);
    call.argument += ',';
    append_number(call.argument, call.b);
    call.argument += ']';
  }

  // A transaction of unknown outcome may take effect after its client went on, so its steps travel in the call's own
  // argument and are read back from there.
  void begin(Call& call) {
    call.f = "txn";
    call.argument = "[";
  }

  static void add_step(Call& call, std::uint64_t key, std::int64_t value) {
    if (call.argument.size() > 1) call.argument += ',';
    call.argument += value == null ? R"(["r","k)" : R"(["w","k)";
    append_number(call.argument, static_cast<std::int64_t>(key));
    call.argument += "\",";
    append_number(call.argument, value);
    call.argument += ']';
  }

  static void end(Call& call) { call.argument += ']'; }

  void choose_transaction(Call& call) {
    begin(call);
    const std::uint64_t steps = 1 + random_.below(4);
    for (std::uint64_t i = 0; i < steps; ++i) {
      const std::uint64_t key = random_.below(options_.keys);
      add_step(call, key, random_.chance(options_.reads) ? null : fresh_value());
    }
    end(call);
  }

  void apply_transaction(Call& call) {
    call.result = "[";
    const char* at = call.argument.data() + 1;
    const char* const stop = call.argument.data() + call.argument.size() - 1;
    while (at < stop) {
      if (*at == ',') ++at;
      const bool reads = at[2] == 'r';
      std::uint64_t key = 0;
      at = std::from_chars(at + 7, stop, key).ptr + 2;
      std::int64_t& value = values_[key];
      if (reads) {
        add_step_result(call, "r", key, observed(call, value));
        at += 5;
      } else {
        at = std::from_chars(at, stop, value).ptr + 1;
        add_step_result(call, "w", key, value);
      }
    }
    call.result += ']';
  }

  static void add_step_result(Call& call, const char* name, std::uint64_t key, std::int64_t value) {
    if (call.result.size() > 1) call.result += ',';
    call.result += "[\"";
    call.result += name;
    call.result += "\",\"k";
    append_number(call.result, static_cast<std::int64_t>(key));
    call.result += "\",";
    append_number(call.result, value);
    call.result += ']';
  }

  const Options& options_;
  Random& random_;
  std::vector<std::int64_t> values_;
  const bool map_, cas_, transactional_;
  std::int64_t written_ = 0;
  unsigned step_ = 0;
  std::uint64_t odd_key_ = 0;
};

}  // namespace

std::unique_ptr<Object> make_register(const Options& options, Random& random) {
  return std::make_unique<Registers>(options, random);
}

}  // namespace kasauti::histories::generate
