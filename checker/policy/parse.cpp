// The policy file: classes of operations and what each was promised (docs/policy.md).
//
// Every mistake is told with its place, and all of them at once: a field that is not known is an error, since a
// misspelt bound would otherwise go unchecked. Tested in tests/policy/parse.cpp, a case for each message.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "checker/policy/policy.hpp"
#include "histories/value.hpp"

namespace kasauti::checker::policy {

namespace {

std::string_view in_words(Kind kind) {
  static constexpr std::string_view names[] = {"null", "a boolean", "a number", "a string", "a list", "an object"};
  return names[static_cast<std::size_t>(kind)];
}

std::optional<double> number_in(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

/// "5s", "200ms": the unit is needed, since a bare number counts versions.
std::optional<std::int64_t> nanoseconds_in(std::string_view text) {
  static constexpr std::pair<std::string_view, double> units[] = {{"ns", 1},  {"us", 1e3},  {"ms", 1e6}, {"s", 1e9},
                                                                  {"min", 6e10}, {"m", 6e10}, {"h", 3.6e12}};
  for (const auto& [unit, factor] : units) {
    if (!text.ends_with(unit)) continue;
    const auto number = number_in(text.substr(0, text.size() - unit.size()));
    if (number && *number >= 0 && *number * factor < 9e18) return std::llround(*number * factor);
  }
  return std::nullopt;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_{text} {}

  Parsed run() {
    Problem problem;
    if (const auto root = read_document(text_, problem)) {
      whole(*root);
    } else {
      parsed_.problems.push_back(std::move(problem));
    }
    std::ranges::stable_sort(parsed_.problems, {}, [](const Problem& p) { return std::pair{p.line, p.column}; });
    return std::move(parsed_);
  }

 private:
  using Prefixes = std::vector<std::pair<std::string, std::size_t>>;  ///< and where each stands

  struct Select {
    std::optional<Prefixes> prefixes;
    std::string level;
    std::size_t at = 0;
  };

  void fail(std::size_t offset, std::string message) {
    parsed_.problems.push_back(problem_at(text_, offset, std::move(message)));
  }

  [[nodiscard]] Place place(std::size_t offset) const {
    const Problem here = problem_at(text_, offset, {});
    return {here.line, here.column};
  }

  bool is(const Node& node, Kind kind, std::string_view what) {
    if (node.kind == kind) return true;
    fail(node.offset, fmt::format("{} is {}, found {}", what, in_words(kind), in_words(node.kind)));
    return false;
  }

  /// Tells of fields given twice; `known` are the names to offer where none fits.
  template <class Take>
  void each_field(const Node& map, std::string_view known, Take take) {
    std::set<std::string_view> seen;
    for (const Field& field : map.fields) {
      if (!seen.insert(field.name).second) {
        fail(field.offset, fmt::format("\"{}\" is given twice", field.name));
      } else if (!take(field)) {
        fail(field.offset, fmt::format("there is no field \"{}\" here; known are: {}", field.name, known));
      }
    }
  }

  void whole(const Node& root) {
    if (!is(root, Kind::map, "a policy")) return;
    const Node* classes = nullptr;
    each_field(root, "classes, key_classes", [&](const Field& field) {
      if (field.name == "classes") classes = &field.value;
      if (field.name == "key_classes") key_classes(field.value);
      return field.name == "classes" || field.name == "key_classes";
    });
    if (classes == nullptr) return fail(root.offset, "the policy has no \"classes\"");
    if (!is(*classes, Kind::list, "\"classes\"")) return;
    if (classes->elements.empty()) return fail(classes->offset, "\"classes\" is empty: nothing would be judged");
    for (const Node& each : classes->elements) one_class(each);
  }

  void key_classes(const Node& map) {
    if (!is(map, Kind::map, "\"key_classes\"")) return;
    each_field(map, "", [&](const Field& field) {
      key_classes_.emplace_back(field.name, prefixes(field.value, fmt::format("key class \"{}\"", field.name)));
      return true;
    });
  }

  Prefixes prefixes(const Node& node, const std::string& what) {
    Prefixes out;
    if (node.kind == Kind::string) return {{node.text, node.offset}};
    if (node.kind != Kind::list || node.elements.empty()) {
      fail(node.offset, fmt::format("{} is a key prefix or a list of them, found {}", what,
                                    node.kind == Kind::list ? "an empty list" : in_words(node.kind)));
      return out;
    }
    for (const Node& each : node.elements) {
      if (is(each, Kind::string, "a key prefix")) out.emplace_back(each.text, each.offset);
    }
    return out;
  }

  std::string level(const Node& node, std::string_view what) {
    if (node.kind == Kind::string) {
      std::string json;
      histories::append_json_string(json, node.text);
      return json;
    }
    if (node.kind == Kind::number && node.text.find_first_of(".eE") == std::string::npos) return node.text;
    fail(node.offset, fmt::format("{} is a string or an integer, as in the operations' \"level\"; found {}", what,
        in_words(node.kind)));
    return "null";
  }

  void one_class(const Node& node) {
    if (!is(node, Kind::map, "a class")) return;
    Class out;
    Select select;
    select.at = node.offset;
    const Node* tolerate = nullptr;
    bool named = false, promises = false, key_class_given = false;
    each_field(node, "class, keys, key_class, level, model, max_staleness, demands, tolerate", [&](const Field& field) {
      const Node& value = field.value;
      if (field.name == "class") {
        named = true;
        name(value, out);
      } else if (field.name == "keys" || field.name == "key_class") {
        if (select.prefixes) fail(field.offset, "a class has \"keys\" or a \"key_class\", not both");
        select.prefixes = field.name == "keys" ? prefixes(value, "\"keys\"") : key_class(value);
        key_class_given = true;
      } else if (field.name == "level") {
        select.level = level(value, "\"level\"");
        select.at = value.offset;
      } else if (field.name == "model") {
        promises = true;
        model(value, out.promise);
      } else if (field.name == "max_staleness") {
        promises = true;
        out.staleness = place(field.offset);
        max_staleness(value, out.promise);
      } else if (field.name == "demands") {
        promises = true;
        out.demands = place(field.offset);
        out.promise.demanded = level(value, "\"demands\"");
      } else if (field.name == "tolerate") {
        tolerate = &value;
      } else {
        return false;
      }
      return true;
    });
    if (!named) fail(node.offset, "the class has no name; give it a \"class\"");
    if (!promises) {
      fail(node.offset, "the class promises nothing; give it a \"model\", a \"max_staleness\" or what it \"demands\"");
    }
    if (tolerate != nullptr) tolerance(*tolerate, out.promise);
    if (!key_class_given && select.level.empty()) {
      fail(node.offset,
          "the class selects no operations; give it \"keys\" (\"\" is every key), a \"key_class\" or a \"level\"");
    } else {
      add_rules(select, out.promise);
    }
    parsed_.policy.classes.push_back(std::move(out));
  }

  void name(const Node& node, Class& out) {
    if (!is(node, Kind::string, "\"class\"")) return;
    out.name = node.text;
    if (out.name.empty() || out.name == "uncovered") {
      fail(node.offset,
          "a class's name is not empty, and not \"uncovered\", which is how operations of no class are called");
    }
    const auto same = [&](const Class& other) { return other.name == out.name; };
    if (std::ranges::any_of(parsed_.policy.classes, same)) {
      fail(node.offset, fmt::format("there is a class \"{}\" already", out.name));
    }
  }

  Prefixes key_class(const Node& node) {
    if (!is(node, Kind::string, "\"key_class\"")) return {};
    std::string known;
    for (const auto& [each, its] : key_classes_) {
      if (each == node.text) return its;
      known += (known.empty() ? "" : ", ") + each;
    }
    fail(node.offset, fmt::format("there is no key class \"{}\"; \"key_classes\" has: {}", node.text,
                                  known.empty() ? "none" : known));
    return {};
  }

  void model(const Node& node, Promise& promise) {
    if (!is(node, Kind::string, "\"model\"")) return;
    promise.model = model_named(node.text);
    if (!promise.model) {
      std::string known;
      for (const ModelRow& row : models()) {
        if (!is_measure(row.model)) known += (known.empty() ? "" : ", ") + std::string{row.name};
      }
      return fail(node.offset, fmt::format("there is no model \"{}\"; known are: {}", node.text, known));
    }
    if (!is_measure(*promise.model)) return;
    fail(node.offset, fmt::format("{} is a measure; promise a bound of it: \"max_staleness\": {}", node.text,
                                  *promise.model == Model::k_atomic ? "2" : "\"5s\""));
    promise.model.reset();
  }

  static bool is_measure(Model model) { return model == Model::k_atomic || model == Model::delta_atomic; }

  void max_staleness(const Node& node, Promise& promise) {
    if (node.kind == Kind::number) return versions(node, promise);
    if (node.kind == Kind::string) return duration(node, promise);
    if (node.kind != Kind::map || node.fields.empty()) {
      return fail(node.offset,
                  "\"max_staleness\" is a number of versions, a duration such as \"5s\", or both: "
                  "{\"versions\": 2, \"time\": \"5s\"}");
    }
    each_field(node, "versions, time", [&](const Field& field) {
      if (field.name == "versions" && is(field.value, Kind::number, "\"versions\"")) versions(field.value, promise);
      if (field.name == "time" && is(field.value, Kind::string, "\"time\"")) duration(field.value, promise);
      return field.name == "versions" || field.name == "time";
    });
  }

  void versions(const Node& node, Promise& promise) {
    std::uint64_t count = 0;
    const char* const end = node.text.data() + node.text.size();
    const auto [stop, error] = std::from_chars(node.text.data(), end, count);
    if (error == std::errc{} && stop == end && count > 0) {
      promise.most_versions = count;
    } else {
      fail(node.offset,
          fmt::format("staleness in versions is a whole number from 1 (the last version, never stale), found {}",
          node.text));
    }
  }

  void duration(const Node& node, Promise& promise) {
    promise.most_nanoseconds = nanoseconds_in(node.text);
    if (promise.most_nanoseconds) return;
    fail(node.offset,
         fmt::format("staleness in time is a duration with its unit, such as \"5s\", \"200ms\" or \"2m\"; found \"{}\"",
                     node.text));
  }

  void tolerance(const Node& node, Promise& promise) {
    const bool percent = node.kind == Kind::string && node.text.ends_with('%');
    const auto number = number_in(percent ? std::string_view{node.text}.substr(0, node.text.size() - 1)
        : std::string_view{node.text});
    if ((node.kind != Kind::number && !percent) || !number || *number < 0 || *number > (percent ? 100 : 1)) {
      return fail(node.offset,
          "\"tolerate\" is a share of anomalies between 0 and 1, or a percentage such as \"0.1%\"");
    }
    promise.tolerate = percent ? *number / 100 : *number;
    if (promise.tolerate == 0) return;
    if (!promise.model) {
      return fail(node.offset, "\"tolerate\" goes with a \"model\"; bounds and demanded levels tolerate nothing");
    }
    if (tolerates_none(*promise.model)) {
      fail(node.offset, fmt::format("a class that was promised {} tolerates no anomaly: one refutes the promise",
          name_of(*promise.model)));
    }
  }

  void add_rules(const Select& select, const Promise& promise) {
    const auto number = static_cast<std::uint32_t>(parsed_.policy.classes.size());
    for (const auto& [prefix, where] : select.prefixes.value_or(Prefixes{{"", select.at}})) {
      const auto same = [&](const Rule& rule) { return rule.prefix == prefix && rule.level == select.level; };
      const auto other = std::ranges::find_if(parsed_.policy.rules, same);
      if (other == parsed_.policy.rules.end()) {
        parsed_.policy.rules.push_back({prefix, select.level, number, place(where)});
      } else {
        clash(*other, number, promise, where);
      }
    }
  }

  void clash(const Rule& other, std::uint32_t number, const Promise& promise, std::size_t where) {
    const std::string what =
        fmt::format("keys \"{}\"{}", other.prefix, other.level.empty() ? "" : fmt::format(" at level {}", other.level));
    if (other.member_of == number) return fail(where, fmt::format("{} are given twice", what));
    const Class& first = parsed_.policy.classes[other.member_of];
    if (first.promise == promise) return fail(where, fmt::format("{} are in class \"{}\" already", what, first.name));
    fail(where, fmt::format("two rules that can't both hold: {} were promised something else by class \"{}\"", what,
        first.name));
  }

  std::string_view text_;
  Parsed parsed_;
  std::vector<std::pair<std::string, Prefixes>> key_classes_;
};

}  // namespace

bool tolerates_none(Model model) {
  switch (model) {
    case Model::linearizable: case Model::sequential: case Model::per_key_sequential: case Model::causal_memory:
    case Model::causal_convergent: case Model::causal: return true;
    default: return false;
  }
}

Parsed parse(std::string_view text) { return Reader{text}.run(); }

}  // namespace kasauti::checker::policy
