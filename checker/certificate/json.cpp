// Certificates as JSON. Operations are written as their numbers: the n-th invocation of the history in the order of
// events, from 0.

#include "checker/certificate/json.hpp"

#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker {

namespace {

using nlohmann::json;

constexpr std::string_view scopes[] = {"whole", "key", "session"};
constexpr std::string_view reasons[] = {"real-time", "process-order", "session-order", "reads-from"};

template <class Enum, std::size_t N>
bool named(const json& value, const std::string_view (&names)[N], Enum& out) {
  if (!value.is_string()) return false;
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == value.get_ref<const std::string&>()) {
      out = static_cast<Enum>(i);
      return true;
    }
  }
  return false;
}

}  // namespace

namespace certificate {

json to_json_edge(const Edge& edge) {
  return {{"from", edge.from}, {"to", edge.to}, {"reason", reasons[static_cast<std::size_t>(edge.reason)]}};
}

bool from_json_edge(const json& value, Edge& edge) {
  if (!value.is_object() || !value.contains("from") || !value.contains("to") || !value.contains("reason")) return false;
  if (!value["from"].is_number_unsigned() || !value["to"].is_number_unsigned()) return false;
  edge.from = value["from"].get<OpId>();
  edge.to = value["to"].get<OpId>();
  return named(value["reason"], reasons, edge.reason);
}

json to_json_proof(const Orders& proof) {
  json orders = json::array();
  for (const Order& order : proof.orders) {
    orders.push_back({{"scope", scopes[static_cast<std::size_t>(order.scope)]}, {"id", order.id}, {"operations", order.operations}});
  }
  return {{"kind", "orders"}, {"orders", std::move(orders)}};
}

bool from_json_proof(const json& value, Orders& proof) {
  for (const json& entry : value.at("orders")) {
    Order order;
    if (!named(entry.at("scope"), scopes, order.scope)) return false;
    order.id = entry.at("id").get<std::uint32_t>();
    order.operations = entry.at("operations").get<std::vector<OpId>>();
    proof.orders.push_back(std::move(order));
  }
  return true;
}

json to_json_proof(const ClusterCycle& proof) {
  json edges = json::array();
  for (const Edge& edge : proof.edges) edges.push_back(to_json_edge(edge));
  return {{"kind", "cluster-cycle"}, {"key", proof.key}, {"edges", std::move(edges)}};
}

bool from_json_proof(const json& value, ClusterCycle& proof) {
  proof.key = value.at("key").get<KeyId>();
  for (const json& entry : value.at("edges")) {
    if (!from_json_edge(entry, proof.edges.emplace_back())) return false;
  }
  return true;
}

json to_json_proof(const ThinAir& proof) { return {{"kind", "thin-air"}, {"read", proof.read}}; }

bool from_json_proof(const json& value, ThinAir& proof) {
  proof.read = value.at("read").get<OpId>();
  return true;
}

json to_json_proof(const Core& proof) {
  json required = json::array();
  json optional = json::array();
  for (const Core::Member& member : proof.members) (member.required ? required : optional).push_back(member.operation);
  return {{"kind", "core"}, {"key", proof.key}, {"any-initial", proof.any_initial}, {"required", required}, {"optional", optional}};
}

bool from_json_proof(const json& value, Core& proof) {
  proof.key = value.at("key").get<KeyId>();
  proof.any_initial = value.at("any-initial").get<bool>();
  for (const json& op : value.at("required")) proof.members.push_back({op.get<OpId>(), true});
  for (const json& op : value.at("optional")) proof.members.push_back({op.get<OpId>(), false});
  return true;
}

json to_json_proof(const SearchAlone& proof) { return {{"kind", "search-alone"}, {"key", proof.key}}; }

bool from_json_proof(const json& value, SearchAlone& proof) {
  proof.key = value.at("key").get<KeyId>();
  return true;
}

}  // namespace certificate

namespace {

json proof_json(const Certificate& certificate) {
  return std::visit(
      [](const auto& proof) -> json {
        if constexpr (std::is_same_v<std::decay_t<decltype(proof)>, std::monostate>) {
          return nullptr;
        } else {
          return certificate::to_json_proof(proof);
        }
      },
      certificate.proof);
}

// Tries the kinds of proof one after the other; a kind is told by the name that its own JSON bears.
template <std::size_t Index = 1>
bool read_proof(const json& value, Certificate& certificate) {
  using Proof = decltype(Certificate::proof);
  if constexpr (Index == std::variant_size_v<Proof>) {
    return false;
  } else {
    using Kind = std::variant_alternative_t<Index, Proof>;
    static const json kind = certificate::to_json_proof(Kind{})["kind"];
    if (value.at("kind") != kind) return read_proof<Index + 1>(value, certificate);
    return certificate::from_json_proof(value, certificate.proof.emplace<Kind>());
  }
}

std::optional<Verdict> verdict_named(const std::string& name) {
  for (const Verdict each : {Verdict::holds, Verdict::violated, Verdict::unknown}) {
    if (name_of(each) == name) return each;
  }
  return std::nullopt;
}

bool read_entry(const json& value, CertificateFile::Entry& entry, std::string& problem) {
  const auto model = model_named(value.at("model").get<std::string>());
  const auto verdict = verdict_named(value.at("verdict").get<std::string>());
  problem = "an entry with an unknown model, verdict or kind of proof";
  if (!model || !verdict) return false;
  entry.model = *model;
  entry.verdict = *verdict;
  const json& proof = value.at("proof");
  return proof.is_null() || read_proof(proof, entry.certificate);
}

json entries_json(const std::vector<CertificateFile::Entry>& entries) {
  json models = json::array();
  for (const auto& entry : entries) {
    models.push_back({{"model", name_of(entry.model)}, {"verdict", name_of(entry.verdict)}, {"proof", proof_json(entry.certificate)}});
  }
  return models;
}

bool read_entries(const json& models, std::vector<CertificateFile::Entry>& entries, std::string& problem) {
  for (const json& entry : models) {
    if (!read_entry(entry, entries.emplace_back(), problem)) return false;
  }
  return true;
}

void add_classes(const CertificateFile& file, json& whole) {
  if (file.policy.empty()) return;
  whole["policy"] = file.policy;
  whole["others"] = json::array();
  for (const Model model : file.others) whole["others"].push_back(name_of(model));
  whole["classes"] = json::array();
  for (const CertificateFile::Class& each : file.classes) {
    whole["classes"].push_back(
        {{"class", each.name}, {"verdict", name_of(each.verdict)}, {"models", entries_json(each.entries)}});
  }
}

bool read_classes(const json& whole, CertificateFile& file, std::string& problem) {
  if (!whole.contains("policy")) return true;
  file.policy = whole["policy"].get<std::string>();
  for (const json& name : whole.at("others")) {
    const auto model = model_named(name.get<std::string>());
    if (!model) {
      problem = "an unknown model";
      return false;
    }
    file.others.push_back(*model);
  }
  for (const json& each : whole.at("classes")) {
    CertificateFile::Class& out = file.classes.emplace_back();
    out.name = each.at("class").get<std::string>();
    const auto verdict = verdict_named(each.at("verdict").get<std::string>());
    if (!verdict) {
      problem = "an unknown verdict";
      return false;
    }
    out.verdict = *verdict;
    if (!read_entries(each.at("models"), out.entries, problem)) return false;
  }
  return true;
}

}  // namespace

std::string to_json(const CertificateFile& file) {
  json whole = {{"kasauti-certificate", 1}, {"sha256", file.sha256}, {"operations", file.operations},
                {"models", entries_json(file.entries)}};
  add_classes(file, whole);
  return whole.dump() + "\n";
}

bool from_json(std::string_view text, CertificateFile& file, std::string& problem) try {
  bool fractions = false;
  const auto look = [&fractions](int, json::parse_event_t event, const json& parsed) {
    fractions = fractions || (event == json::parse_event_t::value && parsed.is_number_float());
    return true;
  };
  const json whole = json::parse(text, look, false);
  if (whole.is_discarded() || !whole.is_object()) {
    problem = "not JSON";
    return false;
  }
  // Every number is one of an operation, a key, a session or of nanoseconds; to convert 1e300 to an integer is
  // undefined.
  if (fractions) {
    problem = "a number that is not a 64-bit integer";
    return false;
  }
  if (!whole.contains("kasauti-certificate") || whole["kasauti-certificate"] != 1) {
    problem = "not a certificate, or of another version";
    return false;
  }
  file.sha256 = whole.at("sha256").get<std::string>();
  file.operations = whole.at("operations").get<std::uint64_t>();
  if (!read_entries(whole.at("models"), file.entries, problem) || !read_classes(whole, file, problem)) return false;
  problem.clear();
  return true;
} catch (const json::exception& error) {
  problem = fmt::format("a field is missing or of the wrong type: {}", error.what());
  return false;
}

}  // namespace kasauti::checker
