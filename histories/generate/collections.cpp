// Append lists and sets.
//
// A list that only grows would make a history quadratic, so a list is left after some appends and its place is taken
// by a list under a new key, as Elle's generators do. A set's elements are added once each and removed again when
// there are many.
//
// Violations, by one process, with an element v that is added once and never removed:
//   stale      add v; read → everything but v.
//   lost       the same, and v is gone for everybody.
//   thin-air   read → with a v that nobody adds.
//   future     read → with v; add v.
//   duplicate  (lists) add v; read → with v twice.

#include <algorithm>

#include "histories/generate/object.hpp"

namespace kasauti::histories::generate {

namespace {

constexpr std::int64_t odd_value = 1'000'000'000'000;
constexpr std::size_t longest_list = 32;
constexpr std::size_t comfortable_set = 32;

class Collections final : public Object {
 public:
  Collections(const Options& options, Random& random)
      : options_{options}, random_{random}, list_{options.kind == "list"} {
    for (unsigned place = 0; place < options.keys; ++place) current_.push_back(create());
  }

  std::string header() const override { return "\"object\":\"" + options_.kind + "\""; }

  void choose(Call& call) override {
    const std::uint64_t place = random_.below(options_.keys);
    if (list_ && place != pinned_ && elements_at(place).size() >= longest_list) current_[place] = create();
    const std::vector<std::int64_t>& elements = elements_at(place);
    if (random_.chance(options_.reads)) {
      if (!list_ && random_.below(2) == 0) return contains(call, place);
      return read(call, place);
    }
    if (list_) return append(call, place, fresh_value());
    if (!elements.empty() && random_.below(elements.size() > comfortable_set ? 4 : 8) < 3) {
      const std::int64_t value = elements[random_.below(elements.size())];
      if (value != odd_value) return change(call, place, "remove", value);
    }
    change(call, place, "add", fresh_value());
  }

  bool play(Call& call) override {
    call.script = ++step_;
    const bool adds_first = options_.violate != "thin-air" && options_.violate != "future";
    if (step_ == 1) pinned_ = list_ ? random_.below(options_.keys) : 0;
    if (adds_first ? step_ == 1 : step_ == 2 && options_.violate == "future") {
      if (list_) append(call, pinned_, odd_value);
      else change(call, pinned_, "add", odd_value);
      return true;
    }
    if (step_ == (adds_first ? 2U : 1U)) return read(call, pinned_), true;
    pinned_ = no_key;
    return false;
  }

  bool apply(Call& call, std::vector<Call*>&) override {
    std::vector<std::int64_t>& elements = collections_[static_cast<std::size_t>(call.b)].elements;
    const auto found = list_ ? elements.end() : std::ranges::lower_bound(elements, call.a);
    const bool present = found != elements.end() && *found == call.a;
    switch (call.f[0]) {
      case 'a':
        if (!present) elements.insert(found, call.a);
        break;
      case 'c': call.flag = present ? 1 : 0; break;
      default:
        if (call.a == null) {
          observe(call, elements);
        } else {
          call.flag = present ? 1 : 0;
          if (present) elements.erase(found);
        }
    }
    return true;
  }

  void finished(const Call& call) override {
    const auto number = static_cast<std::size_t>(call.b);
    Collection& collection = collections_[number];
    --collection.open;
    if (!list_ || collection.open != 0 || std::ranges::find(current_, number) != current_.end()) return;
    collection.elements.clear();
    unused_.push_back(number);
  }

 private:
  struct Collection {
    std::uint64_t key = 0;
    unsigned open = 0;  ///< calls on it
    std::vector<std::int64_t> elements;
  };

  /// A new collection, in the memory of one that was left and has no open calls.
  std::size_t create() {
    if (unused_.empty()) {
      unused_.push_back(collections_.size());
      collections_.emplace_back();
    }
    const std::size_t number = unused_.back();
    unused_.pop_back();
    collections_[number].key = next_key_++;
    return number;
  }

  std::vector<std::int64_t>& elements_at(std::uint64_t place) { return collections_[current_[place]].elements; }

  std::int64_t fresh_value() {
    if (options_.values != 0 && !list_) return static_cast<std::int64_t>(random_.below(options_.values));
    return ++added_;
  }

  void aim(Call& call, std::uint64_t place) {
    Collection& collection = collections_[current_[place]];
    ++collection.open;
    call.b = static_cast<std::int64_t>(current_[place]);
    call.key = list_ || options_.keys > 1 ? collection.key : no_key;
  }

  void append(Call& call, std::uint64_t place, std::int64_t value) { change(call, place, "append", value); }

  void change(Call& call, std::uint64_t place, const char* f, std::int64_t value) {
    aim(call, place);
    call.f = f;
    call.a = value;
    set_number(call.argument, value);
  }

  void contains(Call& call, std::uint64_t place) {
    const std::vector<std::int64_t>& elements = elements_at(place);
    const bool guess = elements.empty() || random_.below(2) == 0;
    const auto added = static_cast<std::uint64_t>(std::max<std::int64_t>(added_, 1));
    auto value = 1 + static_cast<std::int64_t>(random_.below(added));
    if (options_.values != 0) value = fresh_value();
    change(call, place, "contains", guess ? value : elements[random_.below(elements.size())]);
  }

  void read(Call& call, std::uint64_t place) {
    aim(call, place);
    call.f = "read";
    call.a = null;
  }

  void observe(Call& call, std::vector<std::int64_t>& elements) {
    if (call.script == 0) return set_list(call.result, elements);
    std::vector<std::int64_t> seen = elements;
    const bool hides = options_.violate == "stale" || options_.violate == "lost";
    if (hides) std::erase(seen, odd_value);
    else seen.push_back(odd_value);
    if (options_.violate == "lost") elements = seen;
    set_list(call.result, seen);
  }

  const Options& options_;
  Random& random_;
  const bool list_;
  std::vector<Collection> collections_;
  std::vector<std::size_t> current_;  ///< by place: the collection there
  std::vector<std::size_t> unused_;
  std::uint64_t next_key_ = 0;
  std::int64_t added_ = 0;
  std::uint64_t pinned_ = no_key;  ///< a place that must not be left
  unsigned step_ = 0;
};

}  // namespace

std::unique_ptr<Object> make_collection(const Options& options, Random& random) {
  return std::make_unique<Collections>(options, random);
}

}  // namespace kasauti::histories::generate
