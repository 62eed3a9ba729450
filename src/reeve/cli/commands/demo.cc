#include <nlohmann/json.hpp>

#include "reeve/base/file_system.h"
#include "reeve/base/text.h"
#include "reeve/cli/commands/commands.h"
#include "reeve/workflow/demo_table.h"
#include "reeve/workflow/predict.h"
#include "reeve/workflow/train.h"
#include "reeve/workflow/train_answer.h"

namespace reeve::cli {
namespace {

constexpr std::int64_t kNewRows = 200;

Status WriteTables(const std::string& table, const std::string& fresh, std::int64_t rows,
                   std::uint64_t seed) {
  FileSystem& files = FileSystem::System();
  REEVE_RETURN_IF_ERROR(files.CreateFolders(ParentFolder(table)));
  REEVE_RETURN_IF_ERROR(WriteAtomically(files, table, workflow::DemoTable(rows, seed)));
  return fresh.empty()
             ? Status::Ok()
             : WriteAtomically(files, fresh, workflow::UnlabelledDemoTable(kNewRows, seed + 1));
}

std::string WhatNext(const std::string& table, const std::string& fresh) {
  return "\nWhat to try next:\n"
         "  reeve check demo_loans " +
         fresh +
         "\n"
         "  reeve explain demo_loans " +
         fresh +
         "\n"
         "  reeve serve demo_loans     (then open http://127.0.0.1:5000/)\n"
         "  reeve train " +
         table +
         " --target approved --drop loan_id --effort thorough\n"
         "  reeve runs list\n"
         "  mlflow ui --backend-store-uri sqlite:///mlflow.db\n"
         "  reeve train YOUR_TABLE.csv --target YOUR_COLUMN\n";
}

Result<workflow::TrainReport> TrainDemo(const Call& call, const std::string& table) {
  call.console.Say("$ reeve train " + table +
                   " --target approved --drop loan_id --register demo_loans --alias champion\n");
  return workflow::Train({.table = {.data = table,
                                    .target = "approved",
                                    .drop = {"loan_id"},
                                    .threads = call.threads,
                                    .cancellation = &call.cancellation},
                          .seed = call.seed,
                          .stores = call.arguments.Stores(),
                          .register_name = "demo_loans",
                          .alias = "champion",
                          .command_line = call.command_line});
}

Result<workflow::PredictReport> PredictDemo(const Call& call, const std::string& fresh,
                                            const std::string& decisions) {
  call.console.Say("$ reeve predict demo_loans " + fresh + " -o " + decisions +
                   " --keep loan_id\n");
  return workflow::Predict({.model = "demo_loans",
                            .data = fresh,
                            .output = decisions,
                            .mode = ingest::WriteMode::kReplace,
                            .batch_id = {},
                            .keep = {"loan_id"},
                            .rejects = {},
                            .allow = {},
                            .skip_bad_rows = {},
                            .stores = call.arguments.Stores(),
                            .threads = call.threads,
                            .cancellation = &call.cancellation});
}

}  // namespace

Result<int> RunDemo(const Call& call) {
  const Arguments& arguments = call.arguments;
  const std::string folder = arguments.positionals().empty() ? "." : arguments.positionals()[0];
  REEVE_ASSIGN_OR_RETURN(const std::int64_t rows, arguments.Integer("rows", 100, 100'000'000));
  const std::string table =
      arguments.Has("output-file") ? arguments.Text("output-file") : JoinPath(folder, "loans.csv");
  if (arguments.Flag("table-only")) {
    REEVE_RETURN_IF_ERROR(WriteTables(table, "", rows, call.seed));
    call.console.Result(Json{{"table", table}, {"rows", rows}},
                        table + ": " + GroupDigits(rows) + " rows\n");
    return 0;
  }
  const std::string fresh = JoinPath(folder, "new_loans.csv"),
                    decisions = JoinPath(folder, "decisions.csv");
  REEVE_RETURN_IF_ERROR(WriteTables(table, fresh, rows, call.seed));
  REEVE_ASSIGN_OR_RETURN(const workflow::TrainReport report, TrainDemo(call, table));
  REEVE_ASSIGN_OR_RETURN(const workflow::PredictReport predictions,
                         PredictDemo(call, fresh, decisions));
  for (const contract::Warning& warning : report.warnings)
    call.console.Warn(warning.message, warning.fix);
  call.console.Result(
      Json{{"train", workflow::ToJson(report)}, {"predict", workflow::ToJson(predictions)}},
      workflow::ToText(report) + "\n" + workflow::ToText(predictions) + "Decisions " + decisions +
          "\n" + WhatNext(table, fresh));
  return 0;
}

}  // namespace reeve::cli
