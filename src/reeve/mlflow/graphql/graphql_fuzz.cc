// Queries come from anywhere; a plan has to hold only what the schema has.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "reeve/mlflow/graphql/execute.h"
#include "reeve/mlflow/graphql/limits.h"
#include "reeve/mlflow/graphql/parser.h"

namespace {

using reeve::Json;
using reeve::Result;
using reeve::mlflow::graphql::PlannedField;

std::size_t Count(const std::vector<PlannedField>& fields) {
  std::size_t count = fields.size();
  for (const PlannedField& field : fields) {
    if (field.field != nullptr && field.parent->Find(field.field->name) != field.field)
      std::abort();
    count += Count(field.children);
  }
  return count;
}

Result<Json> Call(std::string_view, std::string_view, const std::string& fields) {
  if (!reeve::ParseJson(fields).ok()) std::abort();
  return Json{{"run", {{"info", {{"run_id", "r"}, {"experiment_id", "1"}}}}},
              {"metrics", {{{"value", "NaN"}, {"step", 1}}}}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Variables, a zero byte, the document; or the document alone.
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Json variables;
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    if (auto read = reeve::ParseJson(text.substr(0, zero)); read.ok()) variables = *read;
    text.remove_prefix(zero + 1);
  }
  const auto document = reeve::mlflow::graphql::ParseDocument(text);
  if (!document.ok() || !reeve::mlflow::graphql::CheckLimits(*document).ok()) return 0;
  const auto plan =
      reeve::mlflow::graphql::MakePlan(*document, {.operation = "", .variables = variables});
  if (!plan.ok()) return 0;
  if (Count(plan->fields) > 1000) std::abort();
  std::string answer;
  std::vector<std::string> errors;
  reeve::mlflow::graphql::Execute(*plan, Call, answer, errors);
  // Text of the document may be no UTF-8, which the answer repairs.
  if (!Json::accept(answer)) std::abort();
  return 0;
}
