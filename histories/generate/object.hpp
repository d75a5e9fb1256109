#pragma once

#include <charconv>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "histories/generate/generate.hpp"

/// The inside of the generator: what the simulation asks of a simulated object. Not installed.
namespace kasauti::histories::generate {

/// The standard fixes the numbers of the engine, but not those of its distributions: these are our own.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_{seed} {}
  /// Uniform in 0 … bound-1; `bound` is below 2³² and not 0.
  std::uint64_t below(std::uint64_t bound) { return (engine_() >> 32) * bound >> 32; }
  bool chance(double share) { return static_cast<double>(engine_() >> 11) < share * 9007199254740992.0; }

 private:
  std::mt19937_64 engine_;
};

inline constexpr std::uint64_t no_key = UINT64_MAX;
/// Stands for JSON's null where a number is expected.
inline constexpr std::int64_t null = INT64_MIN;

/// One operation on its way. Argument and result are JSON text, so that one simulation serves all objects.
struct Call {
  const char* f = "";
  unsigned client = 0;
  std::uint64_t process = 0;
  std::uint64_t key = no_key;    ///< printed as "k7"
  std::int64_t a = 0, b = 0;     ///< the argument as numbers, for the object's own use
  std::string argument, result;  ///< an empty result: the completion repeats the argument
  int flag = -1;                 ///< "result": 0 or 1, if not -1
  unsigned script = 0;           ///< the step of the violation that this operation plays; 0: none
  bool known = true;             ///< the client sees it complete
  bool rejected = false;         ///< it did not happen, and the client is told so

  // The simulation's own.
  bool settled = false;          ///< it has taken effect, or never will
  bool timed_out = false;        ///< the client has gone on
  std::int64_t ends = 0;         ///< ns; no effect that the client sees completes before
};

/// Whether the outcome of an operation may be unknown, and what became of it then.
enum class Fate : std::uint8_t { known, either, happens, does_not };

/// A simulated object (or all objects of a history, by key).
class Object {
 public:
  virtual ~Object() = default;
  /// The fields of the header after `"kasauti":1`, such as `"object":"register"`.
  [[nodiscard]] virtual std::string header() const = 0;
  /// Chooses what the client calls next: f, key, argument.
  virtual void choose(Call& call) = 0;
  /// The next operation of the violation, with `call.script` set; false: it is over. Called for one client, each time
  /// after its last operation has completed.
  virtual bool play(Call& call) = 0;
  /// How many operations the violation may take, with those of others that it waits for.
  [[nodiscard]] virtual std::uint64_t longest_play() const { return 12; }
  /// Others wait for the client's next call: it must not stop here.
  [[nodiscard]] virtual bool owes(unsigned client) const {
    (void)client;
    return false;
  }
  /// The operation takes effect now: sets result and flag. False: it has to wait, and will be in `woken` when it has
  /// taken effect.
  virtual bool apply(Call& call, std::vector<Call*>& woken) = 0;
  /// Nothing more will happen to this call: it completed, or nobody will know and it has taken effect or never will.
  virtual void finished(const Call& call) { (void)call; }
  [[nodiscard]] virtual Fate unknown(const Call& call) const {
    (void)call;
    return Fate::either;
  }
};

std::unique_ptr<Object> make_register(const Options& options, Random& random);    // register, cas-register, kv, txn
std::unique_ptr<Object> make_replicas(const Options& options, Random& random);    // causal, sequential
std::unique_ptr<Object> make_container(const Options& options, Random& random);   // queue, stack, priority-queue, bag
std::unique_ptr<Object> make_collection(const Options& options, Random& random);  // list, set
std::unique_ptr<Object> make_number(const Options& options, Random& random);      // counter, fetch-add, ids, bank
std::unique_ptr<Object> make_lock(const Options& options, Random& random);        // lock, semaphore

inline void append_number(std::string& text, std::int64_t number) {
  if (number == null) {
    text += "null";
    return;
  }
  char digits[24];
  text.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

inline void set_number(std::string& text, std::int64_t number) {
  text.clear();
  append_number(text, number);
}

/// `[1,2,3]`
inline void set_list(std::string& text, const std::vector<std::int64_t>& numbers) {
  text = "[";
  for (const std::int64_t number : numbers) {
    if (text.size() > 1) text += ',';
    append_number(text, number);
  }
  text += ']';
}

}  // namespace kasauti::histories::generate
