#include "recorder/uri.hpp"

#include <catch2/catch_test_macros.hpp>

#include "recorder/stores.hpp"

using namespace kasauti::recorder;

TEST_CASE("A URI is a scheme, a rest and options") {
  std::string problem;
  const auto uri = parse_uri("redis://a:1,b?read=replica&replica=c%3A2&wait=1", problem);
  REQUIRE(uri);
  CHECK(uri->scheme == "redis");
  CHECK(uri->rest == "//a:1,b");
  CHECK(uri->option("read") == "replica");
  CHECK(uri->option("replica") == "c:2");
  CHECK(uri->option("none", "x") == "x");
  CHECK(uri->unknown_option({"read", "replica", "wait"}).empty());
  CHECK(uri->unknown_option({"read"}).find("replica") != std::string::npos);

  CHECK_FALSE(parse_uri("nonsense", problem));
  CHECK_FALSE(parse_uri(":x", problem));
  CHECK_FALSE(parse_uri("sim:?a=1&a=2", problem));
  CHECK(parse_uri("sim:", problem)->rest.empty());
}

TEST_CASE("Lengths of time and integers are read exactly or not at all") {
  using namespace std::chrono_literals;
  CHECK(parse_duration("5ms") == 5ms);
  CHECK(parse_duration("1.5s") == 1500ms);
  CHECK(parse_duration("10") == 10s);
  CHECK(parse_duration("2m") == 120s);
  CHECK_FALSE(parse_duration(""));
  CHECK_FALSE(parse_duration("ms"));
  CHECK_FALSE(parse_duration("-1s"));
  CHECK_FALSE(parse_duration("5 ms"));
  CHECK_FALSE(parse_duration("5days"));
  CHECK_FALSE(parse_duration("nan"));
  CHECK(parse_integer("7", 1, 7) == 7);
  CHECK_FALSE(parse_integer("8", 1, 7));
  CHECK_FALSE(parse_integer("7x", 1, 7));
}

TEST_CASE("A store of an unknown scheme is refused with the known ones") {
  const StoreRow row{"one", "", "", [](const Uri&, const OpenOptions&) { return Opened{nullptr, "called"}; }};
  CHECK(open_store("two:", {&row, 1}, {}).problem.find("one:") != std::string::npos);
  CHECK(open_store("one:x", {&row, 1}, {}).problem == "called");
}
