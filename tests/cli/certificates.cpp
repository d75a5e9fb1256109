// Certificates: what check writes, verify accepts; what was tampered with, it refuses. One history for each kind of
// proof.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "checker/certificate/json.hpp"
#include "checker/certificate/verify.hpp"
#include "histories/read.hpp"
#include "tests/cli/support.hpp"

namespace kasauti::tests {

namespace {

using nlohmann::json;

/// A history of the corpus, or what generate makes of words, that yields this kind of proof for this model.
struct Source {
  const char* kind;
  const char* model;
  std::vector<std::string> from;
};

const std::vector<Source>& sources() {
  static const std::vector<Source> all = {
      {"orders", "linearizable", {"litmus/C4-late-info.jsonl"}},
      {"orders", "sequential", {"litmus/C1-diverged.jsonl"}},
      {"orders", "per-key-sequential", {"litmus/C1-diverged.jsonl"}},
      {"orders", "linearizable", {"queue", "--ops", "30", "--clients", "3"}},
      {"orders", "linearizable", {"counter", "--ops", "30", "--clients", "3"}},
      {"cluster-cycle", "linearizable", {"litmus/C1-diverged.jsonl"}},
      {"cluster-cycle", "linearizable", {"register", "--ops", "60", "--clients", "4", "--violate", "stale"}},
      {"thin-air", "linearizable", {"litmus/R02-thin-air.jsonl"}},
      {"chain-clash", "linearizable", {"nasty/edn-only-cas.edn"}},
      {"concatenation-clash", "linearizable", {"nasty/map-append-lost.jsonl"}},
      {"core", "linearizable", {"cas-register", "--ops", "60", "--clients", "4", "--values", "3", "--violate", "stale"}},
      {"values-core", "linearizable", {"stack", "--ops", "40", "--clients", "4", "--violate", "future"}},
      {"always-there", "linearizable", {"bag", "--ops", "40", "--clients", "4", "--violate", "lost"}},
      {"outnumbered", "linearizable", {"queue", "--ops", "40", "--clients", "4", "--violate", "lost"}},
      {"order-clash", "linearizable", {"list", "--ops", "40", "--clients", "4", "--violate", "stale"}},
      {"out-of-bounds", "linearizable", {"counter", "--ops", "40", "--clients", "4", "--violate", "stale"}},
      {"too-many-held", "linearizable", {"semaphore", "--ops", "40", "--clients", "4", "--violate", "duplicate"}},
      {"forced-cycle", "per-key-sequential", {"litmus/F2a.jsonl"}},
      {"keys-core", "per-key-sequential", {"nasty/edn-mutex.edn"}},
      {"read-sources", "regular", {"litmus/C1-diverged.jsonl"}},
      {"stale-observation", "regular", {"litmus/C2-lost.jsonl"}},
      {"final-sources", "convergent", {"litmus/C3-lww.jsonl"}},
      {"final-clash", "convergent", {"litmus/C1-diverged.jsonl"}},
      {"final-loss", "convergent", {"litmus/C2-lost.jsonl"}},
      {"forced-order", "causal-convergent", {"litmus/F2a.jsonl"}},
      {"forced-order", "causal-memory", {"litmus/F2b.jsonl"}},
      {"forced-order", "causal", {"litmus/F2e.jsonl"}},
      {"forced-order", "monotonic-reads", {"litmus/R09-paris.jsonl"}},
      {"arbitration", "causal-convergent", {"litmus/C1-diverged.jsonl"}},
      {"causal-order", "causal", {"litmus/F2a.jsonl"}},
      {"session-views", "causal-memory", {"litmus/C1-diverged.jsonl"}},
      {"session-orders", "monotonic-reads", {"litmus/F2c.jsonl"}},
      {"unwritten-read", "causal", {"litmus/R02-thin-air.jsonl"}},
  };
  return all;
}

/// A history and its certificate as check wrote it, with the verdict that check exited with.
struct Made {
  std::string history;
  json certificate;
  int status = 0;
};

Made make(const Kasauti& kasauti, const Source& source) {
  Made made;
  if (source.from.size() == 1) {
    made.history = (corpus / source.from[0]).string();
  } else {
    made.history = (kasauti.folder.path() / kasauti.generated("generated.jsonl", source.from)).string();
  }
  const Ended ended = kasauti.run({"check", made.history, "--model", source.model, "--quiet", "--certificate", "c"});
  made.status = ended.status;
  REQUIRE((ended.status == 0 || ended.status == 1));
  made.certificate = json::parse(kasauti.folder.read("c"));
  REQUIRE(made.certificate.at("models").size() == 1);
  REQUIRE(made.certificate["models"][0].at("proof").at("kind") == source.kind);
  return made;
}

Ended verified(const Kasauti& kasauti, const Made& made, const json& certificate) {
  kasauti.folder.write("tampered", certificate.dump());
  return kasauti.run({"verify", made.history, "tampered"});
}

/// Whether the library takes this text for a proof of what it says.
bool accepts(const histories::History& history, const json& certificate) {
  checker::CertificateFile file;
  std::string problem;
  if (!checker::from_json(certificate.dump(), file, problem)) return false;
  const auto& entry = file.entries.at(0);
  const checker::Verification verification = checker::verify(history, entry.model, entry.verdict, entry.certificate);
  return verification.accepted && verification.complete;
}

/// Calls with the path of each part of a proof.
template <class Call>
void for_each_part(const json& proof, const Call& call) {
  const json flat = proof.flatten();
  for (const auto& [path, value] : flat.items()) call(json::json_pointer{path}, value);
}

}  // namespace

TEST_CASE("verify accepts what check wrote, and nothing that contradicts it") {
  for (const Source& source : sources()) {
    const Kasauti kasauti;
    INFO(source.kind << ", " << source.model << ", " << source.from[0]);
    const Made made = make(kasauti, source);
    const std::string verdict = made.status == 0 ? "holds" : "violated";
    CHECK(made.certificate["models"][0].at("verdict") == verdict);

    const Ended good = kasauti.run({"verify", made.history, "c"});
    CHECK(good.status == 0);
    CHECK(good.out == fmt::format("{:<22}{:<10}verified\n", source.model, verdict));

    json tampered = made.certificate;
    tampered["models"][0]["verdict"] = made.status == 0 ? "violated" : "holds";
    const Ended flipped = verified(kasauti, made, tampered);
    CHECK(flipped.status == 1);
    CHECK(says(flipped.out, "REFUSED: "));

    tampered = made.certificate;
    tampered["models"][0]["proof"] = nullptr;
    CHECK(verified(kasauti, made, tampered).status == 1);

    tampered["models"][0]["proof"] = {{"kind", "nonsense"}};
    CHECK(verified(kasauti, made, tampered).status == 254);

    // "I searched" is no proof: said of a violation it stays unverified, said of what holds it is nothing.
    tampered["models"][0]["proof"] = {{"kind", "search-alone"}, {"key", 0}};
    CHECK(verified(kasauti, made, tampered).status == (made.status == 0 ? 1 : 2));
  }
}

TEST_CASE("no part of a proof can be changed so that it proves the opposite, or names what is not there") {
  std::size_t changes = 0;
  for (const Source& source : sources()) {
    const Kasauti kasauti;
    INFO(source.kind << ", " << source.model << ", " << source.from[0]);
    const Made made = make(kasauti, source);
    const histories::ReadResult read = histories::read_history(made.history);
    REQUIRE(read.ok);
    REQUIRE(accepts(read.history, made.certificate));
    json tampered = made.certificate;
    json& entry = tampered["models"][0];
    const json proof = entry["proof"];
    const char* opposite = made.status == 0 ? "violated" : "holds";
    const auto never_opposite = [&] {
      ++changes;
      const json verdict = std::exchange(entry["verdict"], opposite);
      CHECK_FALSE(accepts(read.history, tampered));
      entry["verdict"] = verdict;
    };
    // An order of the whole history is of no key or session, and weak causal consistency gives no session a view of
    // its own.
    const auto says_nothing = [&](const json::json_pointer& path) {
      if (path.to_string() == "/session") return std::string_view{source.model} == "causal";
      return path.back() == "id" && proof.at(path.parent_pointer()).value("scope", "") == "whole";
    };
    for_each_part(proof, [&](const json::json_pointer& path, const json& value) {
      INFO(path.to_string() << " = " << value.dump());
      if (value == histories::no_operation) return;  // an operation that need not be there, and is not
      for (const json& other : {json(4'000'000'000U), json(-1), json("7"), json(nullptr), json::array({0})}) {
        entry["proof"] = proof;
        entry["proof"][path] = other;
        INFO("became " << other.dump());
        if (value.is_number() && !says_nothing(path)) CHECK_FALSE(accepts(read.history, tampered));
        never_opposite();
      }
      if (!value.is_number()) return;
      for (const int step : {-1, 1}) {
        entry["proof"] = proof;
        entry["proof"][path] = value.get<std::int64_t>() + step;
        never_opposite();
      }
    });
    // A part left out.
    for (const auto& [name, value] : proof.items()) {
      if (says_nothing(json::json_pointer{"/" + name})) continue;
      entry["proof"] = proof;
      entry["proof"].erase(name);
      INFO("without " << name);
      CHECK_FALSE(accepts(read.history, tampered));
    }
  }
  CHECK(changes > 1000);
}

TEST_CASE("a certificate is of one history alone") {
  const Kasauti kasauti;
  kasauti.folder.write("stale", stale);
  kasauti.folder.write("fine", fine);
  REQUIRE(kasauti.run({"check", "stale", "--quiet", "--certificate", "c"}).status == 1);
  const Ended other = kasauti.run({"verify", "fine", "c"});
  CHECK(other.status == 254);
  CHECK(says(other.err, "fine is not the history that c is about"));
  CHECK(other.out == "");
  std::string changed{stale};
  changed[changed.find("\"value\":1}")  + 8] = '9';
  kasauti.folder.write("stale", changed);
  CHECK(kasauti.run({"verify", "stale", "c"}).status == 254);
  // With the hash put right, the proof itself does not hold of the other history.
  json forged = json::parse(kasauti.folder.read("c"));
  forged["sha256"] = json::parse(kasauti.run({"check", "fine", "--report", "json"}).out).at("sha256");
  kasauti.folder.write("forged", forged.dump());
  CHECK(kasauti.run({"verify", "fine", "forged"}).status == 1);
}

TEST_CASE("a certificate that is cut off, empty or no certificate ends with 254") {
  const Kasauti kasauti;
  kasauti.folder.write("fine", fine);
  REQUIRE(kasauti.run({"check", "fine", "--quiet", "--certificate", "c"}).status == 0);
  const std::string whole = kasauti.folder.read("c");
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, whole.size() / 2, whole.size() - 3}) {
    kasauti.folder.write("cut", whole.substr(0, size));
    const Ended ended = kasauti.run({"verify", "fine", "cut"});
    INFO(size << ": " << ended.err);
    CHECK(ended.status == 254);
    CHECK(says(ended.err, "cut: "));
    CHECK(ended.out == "");
  }
  const json certificate = json::parse(whole);
  for (const char* field : {"kasauti-certificate", "sha256", "operations", "models"}) {
    json lacking = certificate;
    lacking.erase(field);
    kasauti.folder.write("lacking", lacking.dump());
    INFO(field);
    CHECK(kasauti.run({"verify", "fine", "lacking"}).status == 254);
  }
  json nothing = certificate;
  nothing["models"] = json::array();
  for (const std::string& text : {std::string{"[]"}, std::string{"{}"}, std::string{fine}, nothing.dump()}) {
    kasauti.folder.write("other", text);
    INFO(text);
    CHECK(kasauti.run({"verify", "fine", "other"}).status == 254);
  }
  CHECK(kasauti.run({"verify", "fine", "missing"}).status == 254);
  CHECK(kasauti.run({"verify", "missing", "c"}).status == 254);
  CHECK(kasauti.run({"verify", "fine", "."}).status == 254);
}

TEST_CASE("a certificate of several models is verified model by model") {
  const Kasauti kasauti;
  kasauti.folder.write("stale", stale);
  REQUIRE(kasauti.run({"check", "stale", "--model", "l,s", "--quiet", "--certificate", "c"}).status == 1);
  const Ended both = kasauti.run({"verify", "stale", "c"});
  CHECK(both.status == 0);
  CHECK(both.out == "linearizable          violated  verified\nsequential            holds     verified\n");
  json certificate = json::parse(kasauti.folder.read("c"));
  std::swap(certificate["models"][0]["proof"], certificate["models"][1]["proof"]);
  kasauti.folder.write("swapped", certificate.dump());
  CHECK(kasauti.run({"verify", "stale", "swapped"}).status == 1);
}

}  // namespace kasauti::tests
