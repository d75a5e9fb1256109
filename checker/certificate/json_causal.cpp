// The proofs of the causal models, PRAM and the session guarantees as JSON.

#include <nlohmann/json.hpp>

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker::certificate {

namespace {

using nlohmann::json;

constexpr const char* forces[] = {"session", "reads-from", "derived", "version"};

json path_json(const std::vector<Link>& path) {
  json links = json::array();
  for (const Link& link : path) {
    json entry = {{"from", link.from}, {"to", link.to}, {"reason", forces[static_cast<std::size_t>(link.force)]}};
    if (link.force == Force::derived) entry["derived"] = link.derived;
    links.push_back(std::move(entry));
  }
  return links;
}

bool path_from(const json& value, std::vector<Link>& path) {
  for (const json& entry : value) {
    Link link{entry.at("from").get<OpId>(), entry.at("to").get<OpId>(), Force::session_order, 0};
    const std::string& reason = entry.at("reason").get_ref<const std::string&>();
    bool known = false;
    for (const Force force : {Force::session_order, Force::reads_from, Force::derived, Force::version}) {
      if (reason != forces[static_cast<std::size_t>(force)]) continue;
      link.force = force;
      known = true;
    }
    if (!known) return false;
    if (link.force == Force::derived) link.derived = entry.at("derived").get<std::uint32_t>();
    path.push_back(link);
  }
  return true;
}

}  // namespace

json to_json_proof(const UnwrittenRead& proof) { return {{"kind", "unwritten-read"}, {"read", proof.read}}; }

bool from_json_proof(const json& value, UnwrittenRead& proof) {
  proof.read = value.at("read").get<OpId>();
  return true;
}

json to_json_proof(const ForcedOrder& proof) {
  json derived = json::array();
  for (const DerivedOrder& each : proof.derived)
    derived.push_back({{"read", each.read}, {"path", path_json(each.path)}});
  json whole = {{"kind", "forced-order"}, {"derived", std::move(derived)}, {"end", path_json(proof.end)}};
  if (proof.session != ForcedOrder::any_session) whole["session"] = proof.session;
  return whole;
}

bool from_json_proof(const json& value, ForcedOrder& proof) {
  proof.session = value.value("session", ForcedOrder::any_session);
  for (const json& entry : value.at("derived")) {
    DerivedOrder& derived = proof.derived.emplace_back();
    derived.read = entry.at("read").get<OpId>();
    if (!path_from(entry.at("path"), derived.path)) return false;
  }
  return path_from(value.at("end"), proof.end);
}

json to_json_proof(const Arbitration& proof) {
  json parts = json::array();
  for (const Arbitration::Part& part : proof.parts)
    parts.push_back({{"sessions", part.sessions}, {"order", part.order}});
  return {{"kind", "arbitration"}, {"parts", std::move(parts)}};
}

bool from_json_proof(const json& value, Arbitration& proof) {
  for (const json& entry : value.at("parts")) {
    Arbitration::Part& part = proof.parts.emplace_back();
    part.sessions = entry.at("sessions").get<std::vector<SessionId>>();
    part.order = entry.at("order").get<std::vector<OpId>>();
  }
  return true;
}

json to_json_proof(const CausalOrder& proof) { return {{"kind", "causal-order"}, {"order", proof.order}}; }

bool from_json_proof(const json& value, CausalOrder& proof) {
  proof.order = value.at("order").get<std::vector<OpId>>();
  return true;
}

json to_json_proof(const SessionViews& proof) {
  json views = json::array();
  for (const SessionViews::View& view : proof.views) {
    json hints = json::array();
    for (const SessionViews::Hint& hint : view.hints) hints.push_back({hint.before, hint.after});
    views.push_back({{"session", view.session}, {"own", view.own}, {"hints", std::move(hints)}});
  }
  return {{"kind", "session-views"}, {"views", std::move(views)}};
}

bool from_json_proof(const json& value, SessionViews& proof) {
  for (const json& entry : value.at("views")) {
    SessionViews::View& view = proof.views.emplace_back();
    view.session = entry.at("session").get<SessionId>();
    view.own = entry.at("own").get<std::vector<OpId>>();
    for (const json& hint : entry.at("hints")) view.hints.push_back({hint.at(0).get<OpId>(), hint.at(1).get<OpId>()});
  }
  return true;
}

json to_json_proof(const SessionOrders& proof) {
  json parts = json::array();
  for (const SessionOrders::Part& part : proof.parts)
    parts.push_back({{"session", part.session}, {"writes", part.writes}});
  return {{"kind", "session-orders"}, {"parts", std::move(parts)}};
}

bool from_json_proof(const json& value, SessionOrders& proof) {
  for (const json& entry : value.at("parts")) {
    SessionOrders::Part& part = proof.parts.emplace_back();
    part.session = entry.at("session").get<SessionId>();
    part.writes = entry.at("writes").get<std::vector<OpId>>();
  }
  return true;
}

}  // namespace kasauti::checker::certificate
