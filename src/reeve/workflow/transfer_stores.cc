#include "reeve/workflow/transfer_stores.h"

#include <array>

#include <nlohmann/json.hpp>

#include "reeve/base/credentials.h"
#include "reeve/base/text.h"

namespace reeve::workflow {
namespace {

using tracking::TransferCount;
using tracking::TransferReport;

struct Row {
  const char* key;
  const char* words;
  TransferCount TransferReport::*count;
};

constexpr std::array<Row, 7> kRows = {{
    {"experiments", "experiments", &TransferReport::experiments},
    {"runs", "runs", &TransferReport::runs},
    {"logged_models", "logged models", &TransferReport::logged_models},
    {"files", "files", &TransferReport::files},
    {"registered_models", "registered models", &TransferReport::registered_models},
    {"versions", "versions", &TransferReport::versions},
    {"aliases", "aliases", &TransferReport::aliases},
}};

std::string Cell(const std::string& text, std::size_t width, bool is_number) {
  if (text.size() >= width) return text;
  const std::string blanks(width - text.size(), ' ');
  return is_number ? blanks + text : text + blanks;
}

}  // namespace

Result<TransferReport> TransferStores(const TransferRequest& request) {
  if (request.from == request.to)
    return Status::InvalidArgument("both stores are " +
                                   Quote(MaskCredentials(request.from.tracking), 400) +
                                   ", expected two; --tracking-uri names the other one");
  REEVE_ASSIGN_OR_RETURN(
      const auto from,
      tracking::Store::Open(request.from, {.create = false, .cancellation = request.cancellation}));
  REEVE_ASSIGN_OR_RETURN(const auto to,
                         tracking::Store::Open(request.to, {.cancellation = request.cancellation}));
  return tracking::Transfer(*from, *to,
                            {.experiments = request.experiments,
                             .without_artifacts = request.without_artifacts,
                             .cancellation = request.cancellation,
                             .on_progress = request.on_progress});
}

Json ToJson(const TransferReport& report) {
  Json json;
  for (const Row& row : kRows) {
    const TransferCount& count = report.*row.count;
    json[row.key] =
        Json{{"found", count.found}, {"copied", count.copied}, {"present", count.present}};
  }
  json["params"] = report.params;
  json["metric_points"] = report.metric_points;
  json["tags"] = report.tags;
  json["inputs"] = report.inputs;
  json["bytes"] = report.bytes;
  json["problems"] = report.problems;
  json["notes"] = report.notes;
  return json;
}

std::string ToText(const TransferReport& report) {
  constexpr std::size_t kName = 20, kNumber = 10;
  std::string text = Cell("", kName, false) + Cell("found", kNumber, true) +
                     Cell("copied", kNumber, true) + Cell("present", kNumber, true) + "\n";
  for (const Row& row : kRows) {
    const TransferCount& count = report.*row.count;
    text += Cell(row.words, kName, false);
    for (const std::int64_t number : {count.found, count.copied, count.present})
      text += Cell(GroupDigits(number), kNumber, true);
    text += "\n";
  }
  return text + "\nCopied and read back: " + GroupDigits(report.params) + " parameters, " +
         GroupDigits(report.metric_points) + " points of metrics, " + GroupDigits(report.tags) +
         " tags, " + GroupDigits(report.inputs) + " data sets, " +
         GroupDigits(static_cast<long long>(report.bytes)) + " bytes of files\n";
}

Status Outcome(const TransferReport& report) {
  if (report.problems.empty()) return Status::Ok();
  return Status::Unavailable(
             std::to_string(report.problems.size()) +
             " of what is to be copied could not be; the first: " + report.problems.front())
      .WithFix("type the command again once that is mended: what is there is not copied twice");
}

}  // namespace reeve::workflow
