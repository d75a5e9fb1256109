#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checker/verdict.hpp"

namespace kasauti::checker {

/// A certificate file: what was judged, and for every judged model the verdict with its proof.
struct CertificateFile {
  struct Entry {
    Model model = Model::linearizable;
    Verdict verdict = Verdict::unknown;
    Certificate certificate;
  };
  std::string sha256;                  ///< of the history file
  std::uint64_t operations = 0;        ///< in the history
  std::vector<Entry> entries;

  /// What a policy's verdict about one class rests on: proofs on the class's own history, which follows from the
  /// policy.
  struct Class {
    std::string name;
    Verdict verdict = Verdict::unknown;
    std::vector<Entry> entries;
  };
  std::string policy = {};             ///< the text of the policy; empty: none
  std::vector<Model> others = {};      ///< by which operations of no class were judged
  std::vector<Class> classes = {};
};

/// As JSON text: {"kasauti-certificate":1,"sha256":…,"operations":n,"models":[{"model","verdict","proof":{"kind",…}}]}.
[[nodiscard]] std::string to_json(const CertificateFile& file);

/// False if the text is no certificate; then `problem` says why. Never throws.
[[nodiscard]] bool from_json(std::string_view text, CertificateFile& file, std::string& problem);

}  // namespace kasauti::checker
