// A program of a user's: records a few calls, adds an object of its own, and has the history judged.

#include <cstdio>

#include "checker/objects/specification.hpp"
#include "checker/run/run.hpp"
#include "recorder/recorder.hpp"

namespace {

using namespace kasauti::checker;
using kasauti::histories::Function;

/// Keeps the greatest value written to it.
class MaxRegister final : public objects::Specification {
 public:
  explicit MaxRegister(const objects::ValueTable& values) : values_{values} {}
  objects::State initial() const override { return {kasauti::histories::null_value}; }
  void step(const objects::State& before, const objects::Operation& op, std::vector<objects::State>& after) const override {
    if (op.function == Function::read) {
      if (!op.known || op.result == before[0]) after.push_back(before);
      return;
    }
    const bool greater = !values_.is_integer(before[0]) || values_.integer(op.argument) > values_.integer(before[0]);
    after.push_back(greater ? objects::State{op.argument} : before);
  }
  bool observes_only(const objects::Operation& op) const override { return op.function == Function::read; }

 private:
  const objects::ValueTable& values_;
};

std::unique_ptr<objects::Specification> make_max_register(const objects::Header&, const objects::ValueTable& values) {
  return std::make_unique<MaxRegister>(values);
}

bool judged(const char* path, Verdict expected) {
  const run::Result result = run::check_file(path, {});
  const bool verified = !result.models.empty() && result.models[0].certified == run::Certified::verified;
  if (!result.bad_input && verified && result.verdict == expected) return true;
  std::printf("%s: expected %s\n", path, std::string{name_of(expected)}.c_str());
  return false;
}

bool write(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  return file != nullptr && std::fputs(text.c_str(), file) >= 0 && std::fclose(file) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  {
    kasauti::Recorder recorder{argv[1]};
    auto session = recorder.session("user-7");
    auto writing = session.invoke("write", "x", 5);
    writing.ok();
    auto reading = session.invoke("read", "x");
    reading.ok(5);
  }
  if (!judged(argv[1], Verdict::holds)) return 1;

  // A write of 1 after one of 2 changes nothing here, so that 2 is still there: legal for this object, and for no
  // register.
  if (!objects::register_object("max-register", make_max_register)) return 1;
  const std::string events =
      "{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"value\":2}\n{\"process\":0,\"type\":\"ok\",\"f\":\"write\",\"value\":2}\n"
      "{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"value\":1}\n{\"process\":0,\"type\":\"ok\",\"f\":\"write\",\"value\":1}\n"
      "{\"process\":0,\"type\":\"invoke\",\"f\":\"read\",\"value\":null}\n{\"process\":0,\"type\":\"ok\",\"f\":\"read\",\"value\":2}\n";
  const std::string own = std::string{argv[1]} + ".max";
  if (!write(own, "{\"kasauti\":1,\"object\":\"register\",\"specification\":\"max-register\"}\n" + events)) return 1;
  if (!judged(own.c_str(), Verdict::holds)) return 1;
  if (!write(own, "{\"kasauti\":1,\"object\":\"register\"}\n" + events)) return 1;
  return judged(own.c_str(), Verdict::violated) ? 0 : 1;
}
