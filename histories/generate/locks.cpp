// Locks and semaphores: whoever asks waits until there is a permit.
//
// A client that never learns whether it has the lock could never give it back, and everybody would wait for ever. So an
// acquisition of unknown outcome did not happen, and a release of unknown outcome did.
//
// Violation `duplicate`: one process acquires every permit, and then one more. At that moment more acquisitions have
// completed than releases have begun, by more than there are permits.

#include <deque>

#include "histories/generate/object.hpp"

namespace kasauti::histories::generate {

namespace {

class Locks final : public Object {
 public:
  Locks(const Options& options, Random& random)
      : options_{options}, random_{random}, permits_{options.kind == "lock" ? 1 : options.permits},
        free_(options.keys, permits_), waiting_(options.keys), held_(options.clients) {}

  std::string header() const override {
    std::string text = "\"object\":\"" + options_.kind + "\"";
    if (options_.kind == "semaphore") text += ",\"permits\":" + std::to_string(permits_);
    return text;
  }

  void choose(Call& call) override {
    Held& held = held_[call.client];
    if (held.permits != 0) return release(call);
    acquire(call, random_.below(options_.keys));
  }

  bool play(Call& call) override {
    const Held& held = held_[call.client];
    if (finished_) return false;
    call.script = 1;
    if (!started_ && held.permits != 0) {
      release(call);
      return true;
    }
    started_ = true;
    finished_ = held.permits == permits_;
    if (finished_) call.script = 2;
    acquire(call, 0);
    return true;
  }

  /// Whoever holds or waits for a permit gives it back first.
  std::uint64_t longest_play() const override { return 2 * permits_ + options_.clients + 4; }
  bool owes(unsigned client) const override { return held_[client].permits != 0; }

  bool apply(Call& call, std::vector<Call*>& woken) override {
    const auto place = static_cast<std::size_t>(call.b);
    if (call.script == 2) return true;
    if (call.a == 1) {
      if (free_[place] == 0) return waiting_[place].push_back(&call), false;
      --free_[place];
      grant(call);
    } else if (!waiting_[place].empty()) {
      woken.push_back(waiting_[place].front());
      waiting_[place].pop_front();
      grant(*woken.back());
    } else {
      ++free_[place];
    }
    return true;
  }

  Fate unknown(const Call& call) const override { return call.a == 1 ? Fate::does_not : Fate::happens; }

 private:
  struct Held {
    unsigned permits = 0;
    std::uint64_t place = 0;
  };

  void acquire(Call& call, std::uint64_t place) const {
    call.f = "acquire";
    call.a = 1;
    aim(call, place);
  }

  void release(Call& call) {
    Held& held = held_[call.client];
    --held.permits;
    call.f = "release";
    call.a = 0;
    aim(call, held.place);
  }

  void aim(Call& call, std::uint64_t place) const {
    call.b = static_cast<std::int64_t>(place);
    call.key = options_.keys > 1 ? place : no_key;
  }

  void grant(const Call& call) {
    Held& held = held_[call.client];
    ++held.permits;
    held.place = static_cast<std::uint64_t>(call.b);
  }

  const Options& options_;
  Random& random_;
  const unsigned permits_;
  std::vector<unsigned> free_;
  std::vector<std::deque<Call*>> waiting_;
  std::vector<Held> held_;
  bool started_ = false;
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<Object> make_lock(const Options& options, Random& random) {
  return std::make_unique<Locks>(options, random);
}

}  // namespace kasauti::histories::generate
