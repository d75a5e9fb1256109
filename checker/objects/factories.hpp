#pragma once

#include <memory>

#include "checker/objects/specification.hpp"

// One line an object; what each of them means is at the head of its file and in docs/objects.md.

namespace kasauti::checker::objects {

[[nodiscard]] std::unique_ptr<Specification> make_register(const Header& header, const ValueTable& values);
[[nodiscard]] std::unique_ptr<Specification> make_list(const Header& header, const ValueTable& values);
[[nodiscard]] std::unique_ptr<Specification> make_set(const Header& header, const ValueTable& values);
[[nodiscard]] std::unique_ptr<Specification> make_counter(const Header& header, const ValueTable& values);
[[nodiscard]] std::unique_ptr<Specification> make_fetch_add(const Header& header, const ValueTable& values);
[[nodiscard]] std::unique_ptr<Specification> make_ids(const Header& header, const ValueTable& values);
[[nodiscard]] std::unique_ptr<Specification> make_queue(const Header& header, const ValueTable& values);
[[nodiscard]] std::unique_ptr<Specification> make_stack(const Header& header, const ValueTable& values);
[[nodiscard]] std::unique_ptr<Specification> make_priority_queue(const Header& header, const ValueTable& values);
[[nodiscard]] std::unique_ptr<Specification> make_bag(const Header& header, const ValueTable& values);
[[nodiscard]] std::unique_ptr<Specification> make_lock(const Header& header, const ValueTable& values);
[[nodiscard]] std::unique_ptr<Specification> make_fenced_lock(const Header& header, const ValueTable& values);
[[nodiscard]] std::unique_ptr<Specification> make_semaphore(const Header& header, const ValueTable& values);
[[nodiscard]] std::unique_ptr<Specification> make_bank(const Header& header, const ValueTable& values);
[[nodiscard]] std::unique_ptr<Specification> make_booking(const Header& header, const ValueTable& values);
[[nodiscard]] std::unique_ptr<Specification> make_txn(const Header& header, const ValueTable& values);

}  // namespace kasauti::checker::objects
