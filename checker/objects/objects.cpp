#include "checker/objects/register.hpp"
#include "checker/objects/specification.hpp"

namespace kasauti::checker::objects {

std::unique_ptr<Specification> make_specification(const Header& header, const ValueTable& values) {
  switch (header.object) {
    case ObjectKind::reg:
    case ObjectKind::cas_register:
    case ObjectKind::kv: return make_register(header, values);
    default: return nullptr;
  }
}

bool splits_by_key(ObjectKind object) { return object != ObjectKind::txn; }

}  // namespace kasauti::checker::objects
