// The table of object histories in the documentation (O1 to O13b): each specification must judge every one of them as
// the table says, for linearizability and for sequential consistency, by brute force.

#include <functional>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "checker/index/keys.hpp"
#include "checker/objects/specification.hpp"
#include "support/brute_force.hpp"
#include "support/script.hpp"

using kasauti::tests::Call;

namespace {

/// A call of a lane in which calls follow each other: number `step` of all steps in real time.
Call at(int step, int process, std::string f, std::string argument, std::string returned = "",
        std::string result = "") {
  return {process,   std::move(f),  std::move(argument), std::move(returned),
          10 * step, 10 * step + 5, "ok",                std::move(result)};
}

/// The same, but open to the end.
Call open(Call call) {
  call.end = 1000;
  return call;
}

Call unknown(Call call) {
  call.type = "info";
  return call;
}

struct Row {
  std::string id;
  std::string header;
  std::function<std::vector<Call>(const std::string&)> calls;  ///< of the varying result V
  std::vector<std::pair<std::string, std::string>> verdicts;   ///< V and its verdicts, L then S
};

const std::string yes = "true", no = "false";

std::vector<Row> rows() {
  const std::string seats = R"("object":"booking","initial":10)";
  const std::string one_seat = R"("object":"booking","initial":1)";
  const std::string accounts = R"("object":"bank","initial":{"a":100,"b":0})";
  const std::string tr = R"({"from":"a","to":"b","amount":40})";
  const std::string trt = R"({"from":"a","to":"b","amount":40,"txid":"t"})";
  const auto booked = [](int step, int p, std::string n, std::string v = "true") {
    return at(step, p, "book", n, n, v);
  };
  const auto read = [](int step, int p, std::string v) { return at(step, p, "read", "", v); };
  const auto all = [](int step, int p, std::string v) { return at(step, p, "read-all", "", v); };
  return {
      {"O1", seats, [=](auto v) { return std::vector{booked(0, 1, "2"), booked(1, 2, "8"), read(2, 3, v)}; },
       {{"0", "++"}, {"2", "-+"}, {"8", "-+"}, {"10", "-+"}, {"5", "--"}}},
      {"O1b", seats,
       [=](auto v) { return std::vector{booked(0, 1, "2"), booked(1, 2, "8"), read(2, 3, v), read(3, 3, "2")}; },
       {{"10", "-+"}, {"8", "--"}, {"0", "--"}}},
      {"O1c", seats, [=](auto v) { return std::vector{booked(0, 1, "2"), booked(1, 2, "8"), read(2, 1, v)}; },
       {{"0", "++"}, {"8", "-+"}, {"2", "--"}, {"10", "--"}}},
      {"O1d", seats, [=](auto v) { return std::vector{booked(0, 1, "2"), booked(1, 2, "8"), booked(2, 3, "1", v)}; },
       {{no, "++"}, {yes, "--"}}},
      {"O1e", seats,
       [=](auto v) { return std::vector{open(booked(0, 1, "2")), open(booked(0, 2, "8")), read(1, 3, v)}; },
       {{"0", "++"}, {"2", "++"}, {"8", "++"}, {"10", "++"}, {"5", "--"}}},
      {"O2", one_seat, [=](auto v) { return std::vector{booked(0, 1, "1"), booked(0, 2, "1", v)}; },
       {{no, "++"}, {yes, "--"}}},
      {"O2b", one_seat, [=](auto v) { return std::vector{booked(0, 1, "1", v), booked(1, 2, "1", no)}; },
       {{yes, "++"}, {no, "--"}}},
      {"O3", R"("object":"booking","initial":1000)",
       [=](auto v) { return std::vector{booked(0, 1, "800"), booked(0, 2, "600", v)}; }, {{no, "++"}, {yes, "--"}}},
      {"O3b", R"("object":"cas-register","initial":1000)",
       [=](auto v) { return std::vector{at(0, 1, "cas", "[1000,200]"), at(0, 2, "cas", "[1000,400]", "", v)}; },
       {{no, "++"}, {yes, "--"}}},
      {"O3c", R"("object":"register","initial":1000)",
       [=](auto v) {
         return std::vector{read(0, 1, "1000"), at(1, 1, "write", "200"), read(0, 2, "1000"), at(1, 2, "write", "400"),
                            read(2, 3, v)};
       },
       {{"200", "++"}, {"400", "++"}, {"1000", "-+"}}},
      {"O4", R"("object":"ids")",
       [=](auto v) { return std::vector{at(0, 1, "generate", "", "1"), at(0, 2, "generate", "", v)}; },
       {{"2", "++"}, {"1", "--"}}},
      {"O5", R"("object":"counter","initial":5000)",
       [=](auto v) { return std::vector{at(0, 1, "add", "600"), at(0, 2, "add", "400"), read(1, 3, v)}; },
       {{"6000", "++"}, {"5600", "-+"}, {"5400", "-+"}, {"11000", "--"}}},
      {"O5b", R"("object":"counter","initial":5000)",
       [=](auto v) { return std::vector{unknown(at(0, 1, "add", "600")), at(0, 2, "add", "400"), read(1, 3, v)}; },
       {{"5400", "++"}, {"6000", "++"}, {"5600", "-+"}}},
      {"O6", accounts, [=](auto v) { return std::vector{at(0, 1, "transfer", tr), all(1, 2, v)}; },
       {{R"({"a":60,"b":40})", "++"},
        {R"({"a":100,"b":0})", "-+"},
        {R"({"a":60,"b":0})", "--"},
        {R"({"a":100,"b":40})", "--"}}},
      {"O6b", accounts,
       [=](auto v) { return std::vector{at(0, 1, "transfer", trt), at(1, 1, "transfer", trt), all(2, 2, v)}; },
       {{R"({"a":60,"b":40})", "++"}, {R"({"a":20,"b":80})", "--"}}},
      {"O6c", accounts, [=](auto v) { return std::vector{unknown(at(0, 1, "transfer", tr)), all(1, 2, v)}; },
       {{R"({"a":100,"b":0})", "++"}, {R"({"a":60,"b":40})", "++"}, {R"({"a":20,"b":80})", "--"}}},
      {"O7", R"("object":"lock")", [=](auto) { return std::vector{at(0, 1, "acquire", ""), at(1, 2, "acquire", "")}; },
       {{"", "--"}}},
      {"O8", R"("object":"fenced-lock")",
       [=](auto v) {
         return std::vector{at(0, 1, "write", R"(["r",1])"), at(1, 2, "write", R"(["r",2])"),
                            at(2, 1, "write", R"(["r",1])", "", v)};
       },
       {{no, "++"}, {yes, "-+"}}},
      {"O8b", R"("object":"fenced-lock")",
       [=](auto v) {
         return std::vector{at(0, 1, "write", R"(["r",1])"), at(1, 2, "write", R"(["r",2])"),
                            at(2, 2, "write", R"(["r",1])", "", v)};
       },
       {{no, "++"}, {yes, "--"}}},
      {"O9", R"("object":"queue")",
       [=](auto v) {
         return std::vector{at(0, 1, "enqueue", "1"), at(1, 1, "enqueue", "2"), at(2, 2, "dequeue", "", "1"),
                            at(3, 3, "dequeue", "", v)};
       },
       {{"2", "++"}, {"1", "--"}, {"null", "-+"}}},
      {"O10", R"("object":"queue")",
       [=](auto v) {
         return std::vector{at(0, 1, "enqueue", "1"), at(1, 2, "enqueue", "2"), at(2, 3, "dequeue", "", v)};
       },
       {{"1", "++"}, {"2", "-+"}}},
      {"O11", R"("object":"list")",
       [=](auto v) {
         return std::vector{at(0, 1, "append", "1"), at(0, 2, "append", "2"), read(1, 3, "[1,2]"), read(1, 4, v)};
       },
       {{"[1,2]", "++"}, {"[1]", "-+"}, {"[2,1]", "--"}}},
      {"O12", R"("object":"list")",
       [=](auto v) {
         return std::vector{at(0, 1, "append", "1"), read(1, 2, "[1]"), at(2, 2, "append", "2"), read(3, 3, v)};
       },
       {{"[1,2]", "++"}, {"[1]", "-+"}, {"[2,1]", "--"}}},
      {"O13", R"("object":"set")",
       [=](auto v) { return std::vector{at(0, 1, "add", "1"), at(1, 1, "remove", "1"), read(2, 2, v)}; },
       {{"[]", "++"}, {"[1]", "-+"}}},
      {"O13b", R"("object":"set")",
       [=](auto v) { return std::vector{at(0, 1, "add", "1"), at(1, 1, "remove", "1"), read(2, 1, v)}; },
       {{"[]", "++"}, {"[1]", "--"}}},
  };
}

}  // namespace

TEST_CASE("every row of the object table is judged as the table says") {
  for (const Row& row : rows()) {
    for (const auto& [value, verdicts] : row.verdicts) {
      INFO(row.id << " with " << value);
      const auto history = kasauti::tests::script(row.header, row.calls(value));
      const kasauti::checker::index::Keys keys{history, true};
      REQUIRE(keys.size() == 1);
      CHECK(kasauti::tests::linearizable_by_brute_force(history, keys.operations(0)) == (verdicts[0] == '+'));
      CHECK(kasauti::tests::sequential_by_brute_force(history, keys.operations(0)) == (verdicts[1] == '+'));
    }
  }
}
