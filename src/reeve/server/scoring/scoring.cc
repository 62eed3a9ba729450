#include "reeve/server/scoring/scoring.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <string_view>

#include "reeve/base/number.h"
#include "reeve/base/real_text.h"
#include "reeve/base/text.h"
#include "reeve/ingest/row_text.h"
#include "reeve/server/scoring/json_rows.h"

namespace reeve::server {
namespace {

constexpr std::size_t kMostShown = 100;

std::string CellJson(const contract::Cell& cell) {
  std::string json;
  switch (cell.kind) {
    case contract::Cell::Kind::kMissing:
      return "null";
    case contract::Cell::Kind::kNumber:
    case contract::Cell::Kind::kSeconds:
      AppendNumber(cell.number, json);
      return json;
    case contract::Cell::Kind::kBoolean:
      return cell.number != 0 ? "true" : "false";
    case contract::Cell::Kind::kText:
      AppendJsonText(cell.text.substr(0, 200), json);
      return ShownJson(json);
  }
  return "null";
}

contract::Cell CellAt(const RequestRows& rows, const inference::RowIssue& issue) {
  return rows.cells().At(static_cast<std::size_t>(issue.row), issue.field);
}

bool IsNoted(const std::vector<FieldProblem>& problems, std::size_t count, std::int64_t row,
             const std::string& field) {
  return std::any_of(
      problems.begin(), problems.begin() + static_cast<std::ptrdiff_t>(count),
      [&](const FieldProblem& problem) { return problem.row == row && problem.field == field; });
}

// What broke the contract joins what was found while reading; a field is named once.
void AddFatalIssues(ScoringDesk& desk) {
  std::vector<FieldProblem>& problems = desk.rows.mutable_problems();
  const std::size_t found_reading = problems.size();
  for (const inference::RowIssue& issue : desk.scores.issues) {
    if (!contract::IsFatal(issue.rule)) continue;
    const contract::ContractColumn& column = desk.rows.contract().columns[issue.field];
    if (IsNoted(problems, found_reading, issue.row, column.name)) continue;
    const bool missing = issue.rule != contract::Rule::kWrongType;
    problems.push_back({.row = issue.row,
                        .field = column.name,
                        .problem = missing ? "missing" : "wrong_type",
                        .expected = std::string(ColumnTypeName(column.type)),
                        .got = CellJson(CellAt(desk.rows, issue))});
  }
  std::stable_sort(problems.begin(), problems.end(),
                   [](const FieldProblem& a, const FieldProblem& b) { return a.row < b.row; });
}

void AddUnknownAsProblems(RequestRows& rows) {
  for (const auto& [name, row] : rows.unknown()) {
    rows.mutable_problems().push_back({.row = row,
                                       .field = name,
                                       .problem = "unknown_field",
                                       .expected = "nothing",
                                       .got = "null"});
  }
}

void CountAndLog(const ScoringContext& context, const ServedModel& model, const Request& request,
                 ScoringDesk& desk, double seconds) {
  if (model.metrics) model.metrics->OnScored(desk.scores, seconds);
  if (context.log == nullptr) return;
  std::vector<std::string_view> padded;
  std::span<const std::string_view> keys = desk.rows.keys();
  if (!keys.empty() && keys.size() < static_cast<std::size_t>(desk.rows.rows())) {
    padded.assign(keys.begin(), keys.end());
    padded.resize(static_cast<std::size_t>(desk.rows.rows()));
    keys = padded;
  }
  thread_local std::vector<predictions::ReadTexts> read;
  read.clear();
  for (std::size_t f = 0; desk.rows.rows() > 1 && f < desk.rows.cells().fields(); ++f) {
    read.push_back({.codes = model.row_scorer->Codes(desk.scores, f),
                    .dates = model.row_scorer->Dates(desk.scores, f)});
  }
  context.log->Append({.request_id = request.request_id,
                       .time_ms = context.clock->NowMs(),
                       .model = model.name,
                       .version = model.version,
                       .contract = &model.contract(),
                       .cells = &desk.rows.cells(),
                       .read = read,
                       .probabilities = desk.scores.probabilities,
                       .predicted = desk.scores.predicted,
                       .keys = keys});
}

// A text that is copied with a fixed number of bytes, which takes no loop.
struct Piece {
  static constexpr std::size_t kBytes = 64;

  explicit Piece(std::string_view text) : size(text.size()) { text.copy(bytes, kBytes); }
  char* Write(char* out) const {
    std::memcpy(out, bytes, kBytes / 2);
    if (size > kBytes / 2) std::memcpy(out + kBytes / 2, bytes + kBytes / 2, kBytes / 2);
    return out + size;
  }

  char bytes[kBytes] = {};
  std::size_t size;
};

// Numbers of rows, one after the other: of ten only one is spelt, the others differ in their last
// digit. The text is a word, so that nothing waits for bytes of it to be stored.
class RowIdText {
 public:
  static constexpr std::size_t kMostBytes = sizeof(std::uint64_t), kMostRows = 100'000'000;

  // Writes kMostBytes and gives the end of the number; the next call writes the next one.
  char* WriteNext(char* out) {
    std::memcpy(out, &text_, kMostBytes);
    out += size_;
    text_ += last_one_;
    if (++row_ % 10 == 0) Spell();
    return out;
  }

 private:
  void Spell() {
    char bytes[kMostBytes] = {};
    size_ = static_cast<std::size_t>(std::to_chars(bytes, bytes + kMostBytes, row_).ptr - bytes);
    std::memcpy(&text_, bytes, kMostBytes);
    last_one_ = std::uint64_t{1} << (8 * (size_ - 1));
  }

  static_assert(std::endian::native == std::endian::little);
  std::uint64_t text_ = '0', last_one_ = 1;
  std::size_t size_ = 1;
  std::uint32_t row_ = 0;
};

// Rows of a model with two classes, whose answers are alike but for a number or two.
class BinaryAnswer {
 public:
  static bool Fits(const ServedModel& model, std::size_t rows) {
    return model.is_binary() && rows <= RowIdText::kMostRows &&
           model.fields->class_json(0).size() <= kMostLabel &&
           model.fields->class_json(1).size() <= kMostLabel;
  }
  explicit BinaryAnswer(const ServedModel& model)
      : before_{Piece("{\"prediction\":0,\"probability\":"),
                Piece("{\"prediction\":1,\"probability\":")},
        behind_{Behind(model.fields->class_json(0)), Behind(model.fields->class_json(1))},
        most_row_(before_[0].size + kMostRealBytes + std::max(behind_[0].size, behind_[1].size) +
                  RowIdText::kMostBytes + 2) {}

  // REQUIRES: every row was scored.
  void Append(const inference::RowScores& scores, std::string& out) const {
    const std::size_t rows = scores.predicted.size();
    FractionTexts texts;
    RowIdText row_id;
    for (std::size_t begin = 0; begin < rows; begin += kBlock) {
      const std::size_t end = std::min(rows, begin + kBlock);
      texts.Read(scores.probabilities.data() + 2 * begin + 1, 2, end - begin);
      const std::size_t before = out.size();
      out.resize(before + (end - begin) * most_row_ + kSlack);
      char* at = out.data() + before;
      for (std::size_t row = begin; row < end; ++row) {
        const auto predicted = static_cast<std::size_t>(scores.predicted[row] == 1 ? 1 : 0);
        if (row > 0) *at++ = ',';
        at = before_[predicted].Write(at);
        at = texts.Write(row - begin, scores.probabilities[2 * row + 1], at);
        at = behind_[predicted].Write(at);
        at = row_id.WriteNext(at);
        *at++ = '}';
      }
      out.resize(static_cast<std::size_t>(at - out.data()));
    }
  }

 private:
  static constexpr std::size_t kMostLabel = 40;
  static constexpr std::size_t kBlock = FractionTexts::kMost;
  // What the copies of a last row may write behind it.
  static constexpr std::size_t kSlack = 2 * Piece::kBytes;

  static Piece Behind(std::string_view label) {
    return Piece(",\"label\":" + std::string(label) + ",\"row_id\":");
  }

  Piece before_[2], behind_[2];
  std::size_t most_row_;
};

// Returns how long it took.
double Score(const ScoringContext& context, const ServedModel& model, ScoringDesk& desk) {
  const double started = context.clock->MonotonicSeconds();
  model.row_scorer->Score(desk.rows.cells(), desk.scores);
  if (context.strict) AddUnknownAsProblems(desk.rows);
  const bool any_fatal =
      std::any_of(desk.scores.issues.begin(), desk.scores.issues.end(),
                  [](const inference::RowIssue& issue) { return contract::IsFatal(issue.rule); });
  if (any_fatal || !desk.rows.problems().empty()) AddFatalIssues(desk);
  return context.clock->MonotonicSeconds() - started;
}

}  // namespace

std::string_view TimestampNow(const Clock& clock) {
  // Formatted once a second, not once a request.
  static thread_local std::int64_t second = -1;
  static thread_local std::string text;
  const std::int64_t now_ms = clock.NowMs();
  if (now_ms / 1000 != second) {
    second = now_ms / 1000;
    text = FormatIsoSeconds(now_ms);
  }
  return text;
}

ScoringDesk& ScoringDesk::OfThread() {
  static thread_local ScoringDesk desk;
  return desk;
}

bool ScoreRows(const ScoringContext& context, const ServedModel& model, const Request& request,
               ScoringDesk& desk) {
  const double seconds = Score(context, model, desk);
  if (!desk.rows.problems().empty()) return false;
  CountAndLog(context, model, request, desk, seconds);
  return true;
}

void ScoreSoundRows(const ScoringContext& context, const ServedModel& model, const Request& request,
                    ScoringDesk& desk) {
  const double seconds = Score(context, model, desk);
  // Rows with a problem that the scorer did not see (a value that could not be read at all).
  for (const FieldProblem& problem : desk.rows.problems())
    desk.scores.predicted[static_cast<std::size_t>(problem.row)] = -1;
  CountAndLog(context, model, request, desk, seconds);
}

std::vector<RowWarning> Warnings(const ServedModel& model, const ScoringDesk& desk) {
  std::vector<RowWarning> warnings;
  for (const inference::RowIssue& issue : desk.scores.issues) {
    // Values out of range are counted in the metrics; an answer for each would drown the others.
    if (issue.rule != contract::Rule::kUnseenCategory || warnings.size() >= kMostShown) continue;
    warnings.push_back({.code = "unseen_category",
                        .row = issue.row,
                        .field = model.contract().columns[issue.field].name,
                        .value = CellJson(CellAt(desk.rows, issue))});
  }
  for (const auto& [name, row] : desk.rows.unknown()) {
    if (warnings.size() >= kMostShown) break;
    warnings.push_back({.code = "unknown_field", .row = row, .field = name, .value = "null"});
  }
  return warnings;
}

void AnswerError(int status, std::string_view code, std::string_view message, Response& response) {
  response.status = status;
  response.content_type = "application/json";
  std::string& out = response.body;
  out = "{\"error\":{\"code\":";
  AppendJsonText(code, out);
  out += ",\"message\":";
  AppendJsonText(message, out);
  out += "}}";
}

void AnswerProblems(const std::vector<FieldProblem>& problems, Response& response) {
  AnswerError(400, "invalid_row", ProblemsText(problems), response);
  std::string& out = response.body;
  out.resize(out.size() - 2);
  out += ",\"fields\":[";
  for (std::size_t i = 0; i < std::min(problems.size(), kMostShown); ++i) {
    const FieldProblem& problem = problems[i];
    out += i == 0 ? "{\"row\":" : ",{\"row\":";
    out += std::to_string(problem.row) + ",\"field\":";
    AppendJsonText(std::string_view(problem.field).substr(0, 200), out);
    out += ",\"problem\":\"" + problem.problem + "\",\"expected\":\"" + problem.expected +
           "\",\"got\":" + problem.got + "}";
  }
  out += "]}}";
}

std::string ProblemsText(const std::vector<FieldProblem>& problems) {
  constexpr std::size_t kNamed = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(problems.size(), kNamed); ++i) {
    const FieldProblem& problem = problems[i];
    std::string what = problem.problem;
    std::replace(what.begin(), what.end(), '_', ' ');
    text += (i == 0 ? "row " : "; row ") + std::to_string(problem.row) + ", " +
            Quote(problem.field) + ": " + what;
    if (problem.got != "null") text += " " + Quote(problem.got, 60);
    text += ", expected " + problem.expected;
  }
  if (problems.size() > kNamed)
    text += "; and " + std::to_string(problems.size() - kNamed) + " more";
  return text;
}

void AppendJsonText(std::string_view text, std::string& out) {
  ingest::AppendJsonString(text, out);
}

void AppendJsonNumber(double number, std::string& out) { AppendReal(number, out); }

void AppendPrediction(const ServedModel& model, const inference::RowScores& scores,
                      std::int64_t row, std::string& out) {
  const std::size_t classes = model.contract().classes.size();
  const auto predicted = static_cast<std::size_t>(scores.predicted[static_cast<std::size_t>(row)]);
  const double* const probabilities =
      scores.probabilities.data() + static_cast<std::size_t>(row) * classes;
  const std::string_view label = model.fields->class_json(predicted);
  if (model.is_binary()) {
    out.append(predicted == 1 ? "{\"prediction\":1,\"probability\":"
                              : "{\"prediction\":0,\"probability\":");
    AppendJsonNumber(probabilities[1], out);
    out.append(",\"label\":").append(label);
    return;
  }
  out.append("{\"prediction\":").append(label).append(",\"probability\":");
  AppendJsonNumber(probabilities[predicted], out);
  out.append(",\"label\":").append(label).append(",\"probabilities\":{");
  for (std::size_t k = 0; k < classes; ++k) {
    if (k > 0) out += ',';
    out.append(model.fields->class_json(k)).append(":");
    AppendJsonNumber(probabilities[k], out);
  }
  out += '}';
}

void AppendPredictions(const ServedModel& model, const inference::RowScores& scores,
                       std::string& out) {
  const std::size_t rows = scores.predicted.size();
  constexpr std::size_t kRowBytes = 96;
  out.reserve(out.size() + rows * kRowBytes + 512);
  out += '[';
  if (BinaryAnswer::Fits(model, rows)) {
    BinaryAnswer(model).Append(scores, out);
  } else {
    for (std::size_t row = 0; row < rows; ++row) {
      if (row > 0) out += ',';
      AppendPrediction(model, scores, static_cast<std::int64_t>(row), out);
      out += ",\"row_id\":" + std::to_string(row) + "}";
    }
  }
  out += ']';
}

void AppendWarnings(const std::vector<RowWarning>& warnings, std::string& out) {
  if (warnings.empty()) return;
  out += ",\"warnings\":[";
  bool first = true;
  for (const RowWarning& warning : warnings) {
    if (!first) out += ',';
    first = false;
    out += "{\"code\":\"";
    out += warning.code;
    out += "\",\"field\":";
    AppendJsonText(warning.field.substr(0, 200), out);
    out += ",\"value\":" + warning.value + ",\"row\":" + std::to_string(warning.row) + "}";
  }
  out += ']';
}

}  // namespace reeve::server
