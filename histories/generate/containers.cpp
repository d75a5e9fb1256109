// Queue, stack, priority queue (the greatest first) and bag.
//
// Violations, by one process; the elements concerned are added once:
//   lost       add v, which the container drops; remove → empty. v was there before the removal began, and nobody
//              ever takes it out: removals of unknown outcome might have, so with this violation only additions have
//              unknown outcomes.
//   duplicate  remove → d; remove → d. An element that was added once comes out twice.
//   thin-air   remove → v, which nobody adds.
//   future     remove → v; add v. The removal ends before the addition begins.

#include <algorithm>
#include <deque>

#include "histories/generate/object.hpp"

namespace kasauti::histories::generate {

namespace {

constexpr std::int64_t odd_value = 1'000'000'000'000'000;
/// Beyond this many elements (and the clients') removals are preferred, so that a container doesn't grow with the
/// history.
constexpr std::size_t comfortable_size = 64;

enum class Order : std::uint8_t { first_in, last_in, greatest, any };

class Containers final : public Object {
 public:
  Containers(const Options& options, Random& random)
      : options_{options}, random_{random}, elements_(options.keys) {
    if (options.kind == "queue") set("enqueue", "dequeue", Order::first_in);
    if (options.kind == "stack") set("push", "pop", Order::last_in);
    if (options.kind == "priority-queue") set("insert", "poll", Order::greatest);
    if (options.kind == "bag") set("put", "take", Order::any);
  }

  std::string header() const override { return "\"object\":\"" + options_.kind + "\""; }

  void choose(Call& call) override {
    const std::uint64_t key = random_.below(options_.keys);
    const bool full = elements_[key].size() > comfortable_size;
    if (random_.chance(full ? std::max(options_.reads, 0.75) : options_.reads)) {
      remove(call, key);
    } else {
      add(call, key, fresh_value());
    }
  }

  bool play(Call& call) override {
    if (finished_) return false;
    call.script = ++step_;
    if (options_.violate == "lost") {
      if (step_ == 1) return add(call, 0, odd_value), true;
      remove(call, 0);
      finished_ = true;
    } else if (options_.violate == "duplicate") {
      // Until something comes out, something is put in.
      if (taken_ == null && step_ % 2 == 1) return add(call, 0, fresh_value()), true;
      finished_ = taken_ != null;
      remove(call, 0);
    } else if (step_ == 1) {
      remove(call, 0);
      finished_ = options_.violate == "thin-air";
    } else {
      add(call, 0, odd_value);
      finished_ = true;
    }
    return true;
  }

  bool apply(Call& call, std::vector<Call*>&) override {
    std::deque<std::int64_t>& elements = elements_[call.key == no_key ? 0 : call.key];
    const bool plays = call.script != 0;
    if (call.a != null) {
      const bool vanishes = options_.violate == "lost" || options_.violate == "future";  // lost, or delivered already
      if (!plays || !vanishes) insert(elements, call.a);
    } else if (plays && options_.violate == "lost") {
      set_number(call.result, null);
    } else if (plays && options_.violate == "duplicate") {
      if (taken_ == null) taken_ = extract(elements);
      set_number(call.result, taken_);
    } else {
      set_number(call.result, plays ? odd_value : extract(elements));
    }
    return true;
  }

  Fate unknown(const Call& call) const override {
    return options_.violate == "lost" && call.a == null ? Fate::known : Fate::either;
  }

 private:
  void set(const char* add, const char* remove, Order order) {
    add_ = add;
    remove_ = remove;
    order_ = order;
  }

  std::int64_t fresh_value() {
    if (options_.values != 0) return static_cast<std::int64_t>(random_.below(options_.values));
    ++added_;
    // A priority, and then a number that makes the element unlike all others.
    if (order_ == Order::greatest) return static_cast<std::int64_t>(random_.below(1000)) * 1'000'000'000 + added_;
    return added_;
  }

  void add(Call& call, std::uint64_t key, std::int64_t value) const {
    call.f = add_;
    call.key = options_.keys > 1 ? key : no_key;
    call.a = value;
    set_number(call.argument, value);
  }

  void remove(Call& call, std::uint64_t key) const {
    call.f = remove_;
    call.key = options_.keys > 1 ? key : no_key;
    call.a = null;
  }

  void insert(std::deque<std::int64_t>& elements, std::int64_t value) const {
    elements.push_back(value);
    if (order_ == Order::greatest) std::push_heap(elements.begin(), elements.end());
  }

  std::int64_t extract(std::deque<std::int64_t>& elements) {
    if (elements.empty()) return null;
    if (order_ == Order::greatest) std::pop_heap(elements.begin(), elements.end());
    if (order_ == Order::any) std::swap(elements[random_.below(elements.size())], elements.back());
    const bool front = order_ == Order::first_in;
    const std::int64_t value = front ? elements.front() : elements.back();
    if (front) elements.pop_front();
    else elements.pop_back();
    return value;
  }

  const Options& options_;
  Random& random_;
  std::vector<std::deque<std::int64_t>> elements_;
  const char* add_ = "";
  const char* remove_ = "";
  Order order_ = Order::any;
  std::int64_t added_ = 0;
  std::int64_t taken_ = null;  ///< by the process that violates
  unsigned step_ = 0;
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<Object> make_container(const Options& options, Random& random) {
  return std::make_unique<Containers>(options, random);
}

}  // namespace kasauti::histories::generate
