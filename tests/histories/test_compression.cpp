#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "histories/compression.hpp"
#include "histories/sha256.hpp"

#include "support.hpp"

namespace kasauti::histories::test {

namespace {

std::string packed(Compression compression, std::string_view text) {
  std::string out;
  REQUIRE(compress(compression, text, out));
  return out;
}

const std::string& plain() {
  static const std::string text = contents(corpus / "litmus" / "R05-stale.jsonl");
  return text;
}

TEST_CASE("compressed histories are read as the plain ones, their hash is of the compressed bytes") {
  for (const Compression compression : {Compression::gzip, Compression::zstd}) {
    const std::string bytes = packed(compression, plain());
    CHECK(compression_of(bytes) == compression);
    const ReadResult result = read_text(bytes);
    REQUIRE(result.ok);
    CHECK(result.format == "jsonl");
    CHECK(result.bytes == plain().size());
    CHECK(result.sha256 == sha256_hex(bytes));
    CHECK(story(result.history) == story(good(plain())));
  }
}

TEST_CASE("a hash is that of the standard's example, in one piece or two") {
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 hash;
  hash.update("a");
  hash.update("bc");
  CHECK(hash.hex() == sha256_hex("abc"));
}

TEST_CASE("several members and padding are one text") {
  const std::size_t half = plain().find('\n', plain().size() / 2) + 1;
  for (const Compression compression : {Compression::gzip, Compression::zstd}) {
    const std::string bytes = packed(compression, plain().substr(0, half)) + packed(compression, plain().substr(half));
    CHECK(story(good(bytes)) == story(good(plain())));
  }
  CHECK(good(packed(Compression::gzip, plain()) + std::string(512, '\0')).size() == 2);
}

TEST_CASE("a compressed stream that is cut off anywhere, or has a wrong byte, is unreadable or rejected") {
  for (const Compression compression : {Compression::gzip, Compression::zstd}) {
    const std::string bytes = packed(compression, plain());
    for (std::size_t length = 4; length < bytes.size(); ++length) {
      const ReadResult result = read_text(bytes.substr(0, length));
      INFO(length);
      REQUIRE_FALSE(result.ok);
      REQUIRE(result.findings.back().rule == "unreadable");
    }
  }
  // The check sum is the last but four of a gzip member.
  std::string wrong = packed(Compression::gzip, plain());
  wrong[wrong.size() - 8] = static_cast<char>(wrong[wrong.size() - 8] ^ 1);
  CHECK(places(read_text(wrong).findings) == "0:0 unreadable\n");
  CHECK(places(read_text(packed(Compression::gzip, plain()) + "rest").findings) == "0:0 unreadable\n");
}

TEST_CASE("a decompression bomb ends when the budget does") {
  // Half a gigabyte of blank lines in some hundred kilobytes, and a text that has to be held whole.
  const std::string lines(std::size_t{64} << 20, '\n');
  std::string bomb;
  const std::string one = packed(Compression::zstd, lines);
  for (int i = 0; i < 8; ++i) bomb += one;
  for (const std::string format : {"jsonl", "edn"}) {
    Budget budget{{0, resident_bytes() + (std::uint64_t{100} << 20), 0}};
    ReadOptions options;
    options.format = format;
    options.budget = &budget;
    const ReadResult result = read_history_text(bomb, options);
    if (format == "jsonl") {
      CHECK(result.ok);  // nothing of it is kept
    } else {
      CHECK_FALSE(result.ok);
      CHECK(result.findings.empty());
      CHECK(budget.exhausted() == Exhausted::memory);
    }
  }
}

TEST_CASE("a file that is larger than the memory allowed exhausts the budget and is no error") {
  std::string text;
  for (int i = 0; i < 400'000; ++i) text += event(std::to_string(i), "invoke", "write", std::to_string(i));
  Budget budget{{0, resident_bytes() + (std::uint64_t{8} << 20), 0}};
  ReadOptions options;
  options.budget = &budget;
  const ReadResult result = read_history_text(text, options);
  CHECK_FALSE(result.ok);
  CHECK(result.findings.empty());
  CHECK(budget.exhausted() == Exhausted::memory);
}

TEST_CASE("standard input is read as a file is") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const int kept = dup(STDIN_FILENO);
  REQUIRE(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
  close(ends[0]);
  const std::string bytes = packed(Compression::gzip, plain());
  std::thread writer{[&] {
    // Byte by byte at first: a pipe gives what it has.
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t got = write(ends[1], bytes.data() + sent, sent < 10 ? 1 : bytes.size() - sent);
      if (got <= 0) break;
      sent += static_cast<std::size_t>(got);
    }
    close(ends[1]);
  }};
  const ReadResult result = read_history("-");
  writer.join();
  dup2(kept, STDIN_FILENO);
  close(kept);
  CHECK(result.ok);
  CHECK(story(result.history) == story(good(plain())));
}

TEST_CASE("what is no file is unreadable") {
  CHECK(places(read_history("/nonexistent/history.jsonl").findings) == "0:0 unreadable\n");
  CHECK(places(read_history(corpus.string()).findings) == "0:0 unreadable\n");
  ReadOptions options;
  options.format = "xml";
  CHECK(places(read_history_text("", options).findings) == "0:0 unknown-format\n");
}

}  // namespace

}  // namespace kasauti::histories::test
