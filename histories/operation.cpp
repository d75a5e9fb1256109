#include "histories/operation.hpp"

#include <array>
#include <span>
#include <string>

namespace kasauti::histories {

namespace {

struct FunctionName {
  std::string_view name;
  Function function;
};

/// One row an object; the first name of a function is its canonical one. The table of DESIGN §4.
struct ObjectRow {
  ObjectKind kind;
  std::string_view name;
  std::span<const FunctionName> functions;
};

using enum Function;
constexpr FunctionName register_functions[] = {{"read", read}, {"write", write}};
constexpr FunctionName cas_register_functions[] = {{"read", read}, {"write", write}, {"cas", cas}};
constexpr FunctionName kv_functions[] = {{"get", read},      {"put", write}, {"delete", remove}, {"append", append},
                                         {"cas", cas},       {"read", read}, {"write", write}};
constexpr FunctionName list_functions[] = {{"append", append}, {"read", read}};
constexpr FunctionName set_functions[] = {{"add", add}, {"remove", remove}, {"read", read}, {"contains", contains}};
constexpr FunctionName counter_functions[] = {{"add", add}, {"inc", increment}, {"read", read}};
constexpr FunctionName queue_functions[] = {{"enqueue", enqueue}, {"dequeue", dequeue}};
constexpr FunctionName stack_functions[] = {{"push", push}, {"pop", pop}};
constexpr FunctionName priority_queue_functions[] = {{"insert", insert}, {"poll", poll}};
constexpr FunctionName bag_functions[] = {{"put", put}, {"take", take}};
constexpr FunctionName ids_functions[] = {{"generate", generate}};
constexpr FunctionName fetch_add_functions[] = {{"fetch-add", fetch_add}};
constexpr FunctionName lock_functions[] = {{"acquire", acquire}, {"release", release}};
constexpr FunctionName fenced_lock_functions[] = {{"acquire", acquire}, {"release", release}, {"write", write}};
constexpr FunctionName bank_functions[] = {{"transfer", transfer}, {"read-all", read_all}, {"read", read_all}};
constexpr FunctionName booking_functions[] = {{"book", book}, {"read", read}};
constexpr FunctionName txn_functions[] = {{"txn", txn}};

constexpr std::array<ObjectRow, object_count> objects = {{
    {ObjectKind::reg, "register", register_functions},
    {ObjectKind::cas_register, "cas-register", cas_register_functions},
    {ObjectKind::kv, "kv", kv_functions},
    {ObjectKind::list, "list", list_functions},
    {ObjectKind::set, "set", set_functions},
    {ObjectKind::counter, "counter", counter_functions},
    {ObjectKind::queue, "queue", queue_functions},
    {ObjectKind::stack, "stack", stack_functions},
    {ObjectKind::priority_queue, "priority-queue", priority_queue_functions},
    {ObjectKind::bag, "bag", bag_functions},
    {ObjectKind::ids, "ids", ids_functions},
    {ObjectKind::fetch_add, "fetch-add", fetch_add_functions},
    {ObjectKind::lock, "lock", lock_functions},
    {ObjectKind::fenced_lock, "fenced-lock", fenced_lock_functions},
    {ObjectKind::semaphore, "semaphore", lock_functions},
    {ObjectKind::bank, "bank", bank_functions},
    {ObjectKind::booking, "booking", booking_functions},
    {ObjectKind::txn, "txn", txn_functions},
}};

const ObjectRow& row_of(ObjectKind object) { return objects[static_cast<std::size_t>(object)]; }

std::array<std::string, object_count> function_lists() {
  std::array<std::string, object_count> lists;
  for (const ObjectRow& row : objects) {
    std::string& list = lists[static_cast<std::size_t>(row.kind)];
    for (const FunctionName& entry : row.functions) {
      if (!list.empty()) list += ", ";
      list += entry.name;
    }
  }
  return lists;
}

}  // namespace

std::string_view name_of(ObjectKind object) { return row_of(object).name; }

std::optional<ObjectKind> object_named(std::string_view name) {
  for (const ObjectRow& row : objects) {
    if (row.name == name) return row.kind;
  }
  return std::nullopt;
}

std::optional<Function> function_named(ObjectKind object, std::string_view f) {
  for (const FunctionName& entry : row_of(object).functions) {
    if (entry.name == f) return entry.function;
  }
  return std::nullopt;
}

std::string_view name_of(ObjectKind object, Function function) {
  for (const FunctionName& entry : row_of(object).functions) {
    if (entry.function == function) return entry.name;
  }
  return "?";
}

std::optional<ObjectKind> object_implied_by(std::string_view f) {
  if (f == "get" || f == "put" || f == "delete") return ObjectKind::kv;
  for (const ObjectRow& row : objects) {
    for (const FunctionName& entry : row.functions) {
      if (entry.name == f) return row.kind;
    }
  }
  return std::nullopt;
}

std::string_view functions_of(ObjectKind object) {
  static const std::array<std::string, object_count> lists = function_lists();
  return lists[static_cast<std::size_t>(object)];
}

}  // namespace kasauti::histories
