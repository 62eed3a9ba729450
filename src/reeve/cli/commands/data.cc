
#include <nlohmann/json.hpp>

#include "reeve/cli/commands/commands.h"
#include "reeve/workflow/data_versions.h"

namespace reeve::cli {
namespace {

Result<contract::Profile> ProfileOf(const Call& call, const std::string& data) {
  workflow::SourceOptions options{.column_types = call.arguments.column_types(),
                                  .threads = call.threads,
                                  .cancellation = &call.cancellation};
  for (const std::string& text : call.arguments.Texts("missing"))
    options.missing_texts.push_back(text);
  REEVE_ASSIGN_OR_RETURN(options.skip_bad_rows, call.arguments.Allowance("skip-bad-rows"));
  return workflow::ProfileSource(data, options);
}

}  // namespace

Result<int> RunDataProfile(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const contract::Profile profile,
                         ProfileOf(call, call.arguments.positionals()[0]));
  call.console.Result(contract::ToJson(profile), workflow::ToText(profile));
  return 0;
}

Result<int> RunDataDiff(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const contract::Profile before,
                         ProfileOf(call, call.arguments.positionals()[0]));
  REEVE_ASSIGN_OR_RETURN(const contract::Profile after,
                         ProfileOf(call, call.arguments.positionals()[1]));
  const contract::ProfileDiff diff = contract::DiffProfiles(before, after);
  call.console.Result(workflow::ToJson(diff), workflow::ToText(diff));
  return 0;
}

Result<int> RunDataHistory(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t limit, call.arguments.Integer("limit", 1, 1'000'000));
  REEVE_ASSIGN_OR_RETURN(const auto history, workflow::DataHistory(call.arguments.Stores(), limit));
  call.console.Result(workflow::ToJson(history), workflow::ToText(history));
  return 0;
}

}  // namespace reeve::cli
