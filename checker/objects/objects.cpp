#include <array>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "checker/objects/factories.hpp"
#include "checker/objects/specification.hpp"

namespace kasauti::checker::objects {

namespace {

// By ObjectKind, in the order of that enumeration.
constexpr std::array<Factory, histories::object_count> built_in = {
    make_register, make_register, make_register, make_list,   make_set,         make_counter,
    make_queue,    make_stack,    make_priority_queue,        make_bag,         make_ids,
    make_fetch_add, make_lock,    make_fenced_lock,           make_semaphore,   make_bank,
    make_booking,  make_txn};

struct Registry {
  std::mutex mutex;
  std::map<std::string, Factory, std::less<>> factories;
};

Registry& registry() {
  static Registry the_registry;
  return the_registry;
}

}  // namespace

bool register_object(std::string_view name, Factory factory) {
  if (name.empty() || factory == nullptr) return false;
  Registry& known = registry();
  const std::scoped_lock lock{known.mutex};
  return known.factories.try_emplace(std::string{name}, factory).second;
}

std::unique_ptr<Specification> make_specification(const Header& header, const ValueTable& values) {
  Factory factory = built_in[static_cast<std::size_t>(header.object)];
  if (!header.specification.empty()) {
    Registry& known = registry();
    const std::scoped_lock lock{known.mutex};
    const auto entry = known.factories.find(header.specification);
    factory = entry == known.factories.end() ? nullptr : entry->second;
  }
  return factory == nullptr ? nullptr : factory(header, values);
}

bool splits_by_key(ObjectKind object) { return object != ObjectKind::txn; }

}  // namespace kasauti::checker::objects
