#include "recorder/run.hpp"

namespace kasauti::recorder {

void complete(Call& call, const Outcome& outcome, Counts& counts) {
  switch (outcome.kind) {
    case Outcome::Kind::ok:
      ++counts.ok;
      if (outcome.has_value) {
        call.ok(outcome.value, outcome.details);
      } else {
        call.ok(outcome.details);
      }
      return;
    case Outcome::Kind::fail:
      ++counts.fail;
      call.fail(outcome.reason, outcome.details);
      return;
    case Outcome::Kind::info:
      ++counts.info;
      call.info(outcome.reason, outcome.details);
  }
}

std::string session_name(std::size_t client) { return "s" + std::to_string(client); }

std::string final_session_name(const std::string& node) { return "final-" + node; }

}  // namespace kasauti::recorder
