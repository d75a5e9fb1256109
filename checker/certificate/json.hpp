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
};

/// As JSON text: {"kasauti-certificate":1,"sha256":…,"operations":n,"models":[{"model","verdict","proof":{"kind",…}}]}.
[[nodiscard]] std::string to_json(const CertificateFile& file);

/// False if the text is no certificate; then `problem` says why. Never throws.
[[nodiscard]] bool from_json(std::string_view text, CertificateFile& file, std::string& problem);

}  // namespace kasauti::checker
