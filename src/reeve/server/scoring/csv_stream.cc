#include "reeve/server/scoring/csv_stream.h"

#include <algorithm>
#include <optional>

#include "reeve/base/clock.h"
#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/ingest/row_text.h"
#include "reeve/server/description/form_data.h"
#include "reeve/server/scoring/csv_rows.h"
#include "reeve/server/scoring/header_value.h"
#include "reeve/server/scoring/multipart.h"
#include "reeve/server/scoring/predict.h"

namespace reeve::server {
namespace {

constexpr std::size_t kBlockRows = 1024;
/// Fewer rows when they are wide.
constexpr std::size_t kBlockCells = 1U << 18;

// What the query asks for.
struct CsvOptions {
  bool probabilities = false;
  bool keep_all = false;
  std::vector<std::string> keep;
};

Refusal ReadFlag(const std::string& name, const std::string& value, bool& flag) {
  flag = value == "true" || value == "1" || value.empty();
  if (flag || value == "false" || value == "0") return {};
  return Refusal::BadRequest("the query has " + name + "=" + Quote(value) +
                             ", expected true or false");
}

Refusal ReadOptions(std::string_view query, CsvOptions& options) {
  for (const auto& [name, value] : ParseFormData(query)) {
    if (name == "keep") {
      options.keep.push_back(value);
    } else if (name == "keep_all") {
      REEVE_RETURN_IF_REFUSED(ReadFlag(name, value, options.keep_all));
    } else if (name == "probabilities") {
      REEVE_RETURN_IF_REFUSED(ReadFlag(name, value, options.probabilities));
    } else if (name == "reasons") {
      return Refusal::BadRequest(
          "reasons are not given for CSV: /predict and /predict/batch do, and reeve predict "
          "--reasons for whole tables");
    } else if (name != "model" && name != "version") {
      return Refusal::BadRequest(
          "the query's " + Quote(name) + " is not known." +
          Suggest(name, {"keep", "keep_all", "probabilities", "model", "version"}));
    }
  }
  return {};
}

// One row of the block that is being scored.
struct PendingRow {
  /// Its fields of the kept columns, each followed by a comma.
  std::string kept;
  /// Why it could not be read; empty: it is among the scored ones.
  std::string error;
};

class CsvStream final : public BodyStream {
 public:
  CsvStream(const ScoringContext& context, std::shared_ptr<const ServedModel> model,
            const Request& request, CsvOptions options)
      : context_(context),
        model_(std::move(model)),
        options_(std::move(options)),
        request_id_(request.request_id),
        peer_(request.peer),
        scored_at_(FormatIsoSeconds(context.clock->NowMs())) {}

  void ReadForm(std::string_view boundary) { form_.emplace(boundary); }

  void OnBytes(std::string_view bytes, std::string& out) override {
    if (!refusal_.ok() || is_broken_) return;
    if (form_) {
      file_.clear();
      const Refusal refusal = form_->Read(bytes, file_);
      has_bytes_ = has_bytes_ || !file_.empty();
      cutter_.Append(file_);
      Work(out);
      if (!refusal.ok()) Finish(refusal, out);
      return;
    }
    cutter_.Append(bytes);
    Work(out);
  }

  void OnEnd(std::string& out) override {
    if (!refusal_.ok() || is_broken_) return;
    const Refusal refusal = form_ ? form_->End() : Refusal{};
    Finish(refusal, out);
    if (form_ && form_->has_further_file())
      Break(Refusal::BadRequest("the form has a further file, which was not read"), out);
  }

  bool Ready(Response& response) override {
    if (!refusal_.ok()) Answer(response);
    return has_header_ || !refusal_.ok();
  }

 private:
  // The CSV ends here, in a form that is refused or not.
  void Finish(const Refusal& form, std::string& out) {
    // A form without a file has no header to complain of.
    if (form.ok() || has_bytes_) {
      cutter_.End();
      Work(out);
    }
    if (!form.ok()) Break(form, out);
  }

  // The status is sent once the header was sound. What is found later is said in a row of its own,
  // so that a file that was cut short is never taken for a whole one.
  void Break(const Refusal& refusal, std::string& out) {
    if (!refusal_.ok() || is_broken_) return;  // the first one counts
    if (!has_header_) {
      refusal_ = refusal;
      return;
    }
    is_broken_ = true;
    AppendBadRow({kept_.empty() ? "" : std::string(kept_.size(), ','), refusal.message}, out);
  }

  void Answer(Response& response) const {
    if (!columns_.missing().empty()) {
      std::vector<FieldProblem> problems;
      for (const std::string& name : columns_.missing()) {
        const contract::ContractColumn& column =
            model_->contract().columns[*model_->contract().Find(name)];
        problems.push_back({.row = 0,
                            .field = name,
                            .problem = "missing",
                            .expected = std::string(ColumnTypeName(column.type))});
      }
      return AnswerProblems(problems, response);
    }
    AnswerError(refusal_.status, refusal_.status == 413 ? "too_large" : "malformed_csv",
                refusal_.message, response);
  }

  void Work(std::string& out) {
    if (!has_header_ && !ReadHeader(out)) return;
    ScoringDesk& desk = ScoringDesk::OfThread();
    while (ReadBlock(desk)) {
      WriteBlock(desk, out);
      first_row_ += static_cast<std::int64_t>(pending_);
    }
  }

  bool ReadHeader(std::string& out) {
    if (!cutter_.ReadHeader(refusal_)) return false;
    refusal_ = CsvColumns::Match(cutter_.names(), *model_, context_.key_field, columns_);
    if (refusal_.ok()) refusal_ = ChooseKept();
    if (refusal_.ok() && context_.strict) refusal_ = CheckUnknown();
    if (!refusal_.ok()) return false;
    has_header_ = true;
    for (const std::size_t column : kept_) {
      ingest::AppendCsvField(cutter_.names()[column], out);
      out += ',';
    }
    out += "prediction,probability";
    if (options_.probabilities) {
      for (const std::string& name : model_->contract().classes) {
        out += ',';
        ingest::AppendCsvField("probability_" + name, out);
      }
    }
    out += ",model_version,scored_at,error\n";
    block_rows_ =
        std::clamp<std::size_t>(kBlockCells / model_->contract().columns.size(), 1, kBlockRows);
    return true;
  }

  Refusal ChooseKept() {
    const std::vector<std::string>& names = cutter_.names();
    for (std::size_t i = 0; options_.keep_all && i < names.size(); ++i) kept_.push_back(i);
    if (options_.keep_all) return {};
    for (const std::string& name : options_.keep) {
      const auto found = std::find(names.begin(), names.end(), name);
      if (found == names.end()) {
        return Refusal::BadRequest("keep=" + Quote(name) + " is not a column of the CSV." +
                                   Suggest(name, names));
      }
      kept_.push_back(static_cast<std::size_t>(found - names.begin()));
    }
    return {};
  }

  Refusal CheckUnknown() const {
    for (const std::string& name : columns_.unknown()) {
      const auto& names = cutter_.names();
      const auto at =
          static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
      if (std::find(kept_.begin(), kept_.end(), at) != kept_.end()) continue;
      return Refusal::BadRequest("column " + Quote(name) + " is not known to the model." +
                                 Suggest(name, model_->contract().Names()));
    }
    return {};
  }

  // Reads rows into the desk; false when there are none for now.
  bool ReadBlock(ScoringDesk& desk) {
    desk.rows.Begin(model_->contract());
    CsvCutter::Row row;
    for (pending_ = 0; pending_ < block_rows_ && cutter_.Next(row); ++pending_) {
      if (pending_ == block_.size()) block_.emplace_back();
      PendingRow& pending = block_[pending_];
      pending.error.swap(row.error);
      pending.kept.clear();
      if (row.fields != nullptr) columns_.Fill(*row.fields, desk.rows);
      for (const std::size_t column : kept_) {
        if (row.fields != nullptr)
          ingest::AppendCsvField(ingest::CsvValue((*row.fields)[column], scratch_), pending.kept);
        pending.kept += ',';
      }
    }
    return pending_ > 0;
  }

  void WriteBlock(ScoringDesk& desk, std::string& out) {
    if (desk.rows.rows() > 0) {
      // The id is that of the request for the first block only.
      const std::string id =
          first_row_ == 0 ? request_id_ : request_id_ + ":" + std::to_string(first_row_);
      ScoreSoundRows(context_, *model_,
                     {.method = "POST",
                      .path = "/predict/csv",
                      .query = {},
                      .headers = {},
                      .path_params = {},
                      .body = {},
                      .request_id = id,
                      .peer = peer_},
                     desk);
    }
    const std::vector<std::string> reasons = Reasons(desk.rows);
    std::size_t scored = 0;
    for (std::size_t i = 0; i < pending_; ++i) {
      PendingRow& row = block_[i];
      const bool was_read = row.error.empty();
      const std::size_t at = was_read ? scored++ : 0;
      if (was_read && desk.scores.predicted[at] >= 0) {
        AppendScored(row.kept, desk.scores, at, out);
      } else {
        if (was_read) row.error = reasons[at].empty() ? "cannot be scored" : reasons[at];
        AppendBadRow(row, out);
      }
    }
  }

  // Why rows were refused: "cibil_score: wrong_type, expected integer, got "x"; …".
  static std::vector<std::string> Reasons(const RequestRows& rows) {
    std::vector<std::string> reasons(static_cast<std::size_t>(rows.rows()));
    for (const FieldProblem& problem : rows.problems()) {
      std::string& reason = reasons[static_cast<std::size_t>(problem.row)];
      if (!reason.empty()) reason += "; ";
      reason += problem.field + ": " + problem.problem;
      if (!problem.expected.empty()) reason += ", expected " + problem.expected;
      if (problem.problem != "missing") reason += ", got " + problem.got;
    }
    return reasons;
  }

  void AppendScored(const std::string& kept, const inference::RowScores& scores, std::size_t row,
                    std::string& out) const {
    const std::vector<std::string>& classes = model_->contract().classes;
    const double* const probabilities = scores.probabilities.data() + row * classes.size();
    const auto predicted = static_cast<std::size_t>(scores.predicted[row]);
    out += kept;
    ingest::AppendCsvField(classes[predicted], out);
    out += ',';
    AppendNumber(probabilities[model_->is_binary() ? 1 : predicted], out);
    for (std::size_t k = 0; options_.probabilities && k < classes.size(); ++k) {
      out += ',';
      AppendNumber(probabilities[k], out);
    }
    out += ',';
    ingest::AppendCsvField(model_->version, out);
    out += ',' + scored_at_ + ",\n";
  }

  void AppendBadRow(const PendingRow& row, std::string& out) const {
    out += row.kept;
    out += ',';
    if (options_.probabilities) out.append(model_->contract().classes.size(), ',');
    out += ",,,";
    ingest::AppendCsvField(row.error, out);
    out += '\n';
  }

  const ScoringContext& context_;
  // Held until the last row is answered, so that all rows take one version.
  const std::shared_ptr<const ServedModel> model_;
  const CsvOptions options_;
  const std::string request_id_, peer_, scored_at_;
  std::optional<MultipartReader> form_;
  /// The form's file has begun.
  bool has_bytes_ = false;
  CsvCutter cutter_;
  CsvColumns columns_;
  /// Columns of the CSV that are copied.
  std::vector<std::size_t> kept_;
  bool has_header_ = false;
  /// An answer that began cannot go on.
  bool is_broken_ = false;
  Refusal refusal_;
  std::size_t block_rows_ = kBlockRows;
  std::vector<PendingRow> block_;
  /// Rows of block_ that are in use, and those before it.
  std::size_t pending_ = 0;
  std::int64_t first_row_ = 0;
  std::string file_, scratch_;
};

std::unique_ptr<BodyStream> OpenCsv(const ScoringContext& context, const Request& request,
                                    Response& response) {
  const HeaderValue media = ReadHeaderValue(request.Header("Content-Type"));
  const bool is_form = media.first == "multipart/form-data";
  if (!is_form && (media.first != "text/csv" || !media.IsUtf8())) {
    AnswerError(415, "unsupported_media_type",
                "the Content-Type is " + Quote(request.Header("Content-Type")) +
                    ", expected text/csv in UTF-8, or multipart/form-data with a file",
                response);
    return nullptr;
  }
  const std::string_view boundary = media.Parameter("boundary");
  if (is_form && (boundary.empty() || boundary.size() > 70)) {
    AnswerError(400, "malformed_form", "the Content-Type multipart/form-data has no boundary",
                response);
    return nullptr;
  }
  CsvOptions options;
  if (const Refusal refusal = ReadOptions(request.query, options); !refusal.ok()) {
    AnswerError(refusal.status, "invalid_argument", refusal.message, response);
    return nullptr;
  }
  auto model = RequestedModel(context, request, response);
  if (model == nullptr) return nullptr;
  response.content_type = "text/csv; charset=utf-8";
  response.headers.emplace_back("X-Model-Version", model->version);
  auto stream = std::make_unique<CsvStream>(context, std::move(model), request, std::move(options));
  if (is_form) stream->ReadForm(boundary);
  return stream;
}

}  // namespace

Route CsvRoute(const ScoringContext& context) {
  return {.method = "POST",
          .pattern = "/predict/csv",
          .handle = nullptr,
          .open = [&context](const Request& request,
                             Response& response) { return OpenCsv(context, request, response); },
          .role = Role::kScore};
}

}  // namespace reeve::server
