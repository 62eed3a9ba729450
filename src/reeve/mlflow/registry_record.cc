#include "reeve/mlflow/registry_record.h"

#include "reeve/mlflow/json_writer.h"
#include "reeve/tracking/registry_log.h"

namespace reeve::mlflow {
namespace {

void WriteEvent(const tracking::RegistryEvent& event, JsonWriter& writer) {
  writer.BeginObject();
  writer.IntegerMember("time_ms", event.time_ms);
  writer.MemberUnlessEmpty("actor", event.actor);
  writer.Member("action", tracking::RegistryActionName(event.action));
  writer.Member("model", event.model);
  if (event.version > 0) writer.Member("version", std::to_string(event.version));
  writer.MemberUnlessEmpty("alias", event.alias);
  writer.MemberUnlessEmpty("from", event.from);
  writer.MemberUnlessEmpty("to", event.to);
  writer.BoolMember("recorded", event.is_recorded);
  writer.EndObject();
}

Status History(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  REEVE_ASSIGN_OR_RETURN(
      const std::vector<tracking::RegistryEvent> events,
      tracking::ReadRegistryHistory(*database, request.Text("name"), context.clock.NowMs()));
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("events");
  writer.BeginArray();
  for (const tracking::RegistryEvent& event : events) WriteEvent(event, writer);
  writer.EndArray();
  writer.EndObject();
  return Status::Ok();
}

}  // namespace

tracking::RegistryEvent EventNow(const Context& context, const Request& request,
                                 tracking::RegistryAction action, const std::string& model) {
  tracking::RegistryEvent event;
  event.time_ms = context.clock.NowMs();
  event.actor = request.user;
  event.action = action;
  event.model = model;
  return event;
}

std::vector<Endpoint> RegistryHistoryEndpoints() {
  Endpoint history{"GET",
                   "/registered-models/history",
                   {{"name", FieldType::kText, true}},
                   History,
                   Access::kRead};
  history.family = "reeve";
  return {history};
}

}  // namespace reeve::mlflow
