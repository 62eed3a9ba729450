#include "reeve/inference/row_scorer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_set>

#include "reeve/base/text.h"
#include "reeve/features/column_features.h"
#include "reeve/inference/field_reader.h"

namespace reeve::inference {
namespace {

// Rows read, made into features and scored at a time: what the widest kernel takes.
constexpr std::size_t kBlockRows = 512;

// Matrix columns that one field becomes.
struct Step {
  const features::ColumnFeatures* features = nullptr;
  std::size_t first = 0;
  // Categories: places of the reader's dictionary.
  std::vector<std::int32_t> places;
};

struct Field {
  FieldReader reader;
  std::vector<Step> steps;
};

// Rows whose cells are read field by field: few enough that they stay in the first-level cache.
constexpr std::size_t kReadRows = 64;

// The rows of a block, or a part of them that is being read.
struct Block {
  // All rows of the call: in columns, or row after row.
  const contract::CellColumns* columns = nullptr;
  std::span<const Cell> cells;
  std::size_t rows = 0;
  // Its first row within the call.
  std::size_t first = 0;
  RowScores* scores = nullptr;
  // Where in the columns of features its first row stands, and how far these are apart.
  std::size_t place = 0, stride = 0;
};

}  // namespace

struct RowScorer::Plan {
  const Scorer* scorer = nullptr;
  std::vector<Field> fields;

  Status AddFields();
  void ScoreBlock(const Block& block) const;
  void ReadField(const Block& block, std::size_t field_idx) const;
  void ReadNumbers(const Block& block, std::size_t field_idx) const;
  void ReadCodes(const Block& block, std::size_t field_idx) const;
  void ReadPresence(const Block& block, std::size_t field_idx) const;
  bool IsMissing(const Cell& cell, std::size_t field_idx) const;
  void Answer(const Block& block) const;

  std::size_t width() const { return fields.size(); }
  features::FeatureColumns Columns(const Block& block, const Step& step) const {
    return {.first = block.scores->features.data() + step.first * block.stride + block.place,
            .stride = block.stride};
  }
  Cell CellAt(const Block& block, std::size_t row, std::size_t field_idx) const {
    return block.columns != nullptr ? block.columns->At(block.first + row, field_idx)
                                    : block.cells[(block.first + row) * width() + field_idx];
  }
  std::span<const double> PlainNumbers(const Block& block, std::size_t field_idx) const;
  void ScoreBlocks(const Block& whole) const;
};

namespace {

void Note(const Block& block, std::size_t row, std::size_t field_idx, contract::Rule broken) {
  block.scores->issues.push_back(
      {.row = static_cast<std::int64_t>(block.first + row), .field = field_idx, .rule = broken});
  if (contract::IsFatal(broken)) block.scores->predicted[block.first + row] = -1;
}

// Categories of the pipeline that the contract does not have. They occur only where the two were
// put together by hand.
std::vector<std::string> FurtherCategories(const contract::ContractColumn& column,
                                           const std::vector<std::string>& fitted) {
  std::unordered_set<std::string_view> known;
  for (const auto& [category, rows] : column.categories) known.insert(category);
  std::vector<std::string> further;
  for (const std::string& category : fitted) {
    if (!known.contains(category)) further.push_back(category);
  }
  return further;
}

}  // namespace

Status RowScorer::Plan::AddFields() {
  const contract::Contract& contract = scorer->contract();
  std::vector<std::vector<Step>> steps(contract.columns.size());
  std::vector<std::vector<std::string>> further(contract.columns.size());
  std::size_t first = 0;
  for (const auto& features : scorer->pipeline().columns()) {
    const auto found = contract.Find(features->column());
    if (!found) {
      return Status::Corrupt("column " + Quote(features->column()) +
                             " of the pipeline is not in the contract");
    }
    steps[*found].push_back({.features = features.get(), .first = first, .places = {}});
    for (std::string& category :
         FurtherCategories(contract.columns[*found], features->Categories()))
      further[*found].push_back(std::move(category));
    first += features->Outputs().size();
  }
  for (std::size_t i = 0; i < contract.columns.size(); ++i) {
    fields.push_back(
        {.reader = FieldReader(contract.columns[i], contract.missing_texts, further[i]),
         .steps = std::move(steps[i])});
    for (Step& step : fields[i].steps) {
      if (step.features->storage() != fields[i].reader.storage()) {
        return Status::Corrupt("the pipeline was fitted on other values of " +
                               Quote(contract.columns[i].name) + " than the contract gives");
      }
      step.places = step.features->Places(fields[i].reader.dictionary());
    }
  }
  return Status::Ok();
}

// The field's column where it stands, if all of it is plain numbers; else nothing.
std::span<const double> RowScorer::Plan::PlainNumbers(const Block& block,
                                                      std::size_t field_idx) const {
  if (block.columns == nullptr) return {};
  const auto numbers = block.columns->numbers(field_idx).subspan(block.first, block.rows);
  const auto kinds = block.columns->kinds(field_idx).subspan(block.first, block.rows);
  return fields[field_idx].reader.ArePlainNumbers(kinds, numbers) ? numbers
                                                                  : std::span<const double>();
}

void RowScorer::Plan::ReadNumbers(const Block& block, std::size_t field_idx) const {
  const FieldReader& reader = fields[field_idx].reader;
  std::span<const double> numbers = PlainNumbers(block, field_idx);
  std::array<double, kReadRows> read;
  if (numbers.empty()) {
    std::int64_t missing = 0;
    for (std::size_t row = 0; row < block.rows; ++row) {
      const Cell cell = CellAt(block, row, field_idx);
      if (reader.IsPlainNumber(cell)) {
        read[row] = cell.number;
        continue;
      }
      const FieldReader::Number number = reader.ReadNumber(cell);
      read[row] = number.value;
      missing += std::isnan(number.value) ? 1 : 0;
      if (number.broken) Note(block, row, field_idx, *number.broken);
    }
    block.scores->missing[field_idx] += missing;
    numbers = std::span(read).first(block.rows);
  }
  for (const Step& step : fields[field_idx].steps)
    step.features->ApplyNumbers(numbers, Columns(block, step));
}

void RowScorer::Plan::ReadCodes(const Block& block, std::size_t field_idx) const {
  const FieldReader& reader = fields[field_idx].reader;
  std::array<std::int32_t, kReadRows> codes;
  std::int64_t missing = 0;
  for (std::size_t row = 0; row < block.rows; ++row) {
    const Cell cell = CellAt(block, row, field_idx);
    codes[row] = reader.FindKnown(cell);
    if (codes[row] != CategoryIndex::kUnknown) continue;
    const FieldReader::Code code = reader.ReadCode(cell);
    codes[row] = code.value;
    missing += code.value == kMissingCode ? 1 : 0;
    if (code.broken) Note(block, row, field_idx, *code.broken);
  }
  block.scores->missing[field_idx] += missing;
  for (const Step& step : fields[field_idx].steps) {
    step.features->ApplyCodes(std::span(codes).first(block.rows), step.places,
                              Columns(block, step));
  }
}

void RowScorer::Plan::ReadPresence(const Block& block, std::size_t field_idx) const {
  const FieldReader& reader = fields[field_idx].reader;
  for (std::size_t row = 0; row < block.rows; ++row) {
    const FieldReader::Presence presence = reader.ReadPresence(CellAt(block, row, field_idx));
    block.scores->missing[field_idx] += presence.is_missing ? 1 : 0;
    if (presence.broken) Note(block, row, field_idx, *presence.broken);
  }
}

void RowScorer::Plan::ReadField(const Block& block, std::size_t field_idx) const {
  switch (fields[field_idx].reader.storage()) {
    case Column::Storage::kNumbers:
      return ReadNumbers(block, field_idx);
    case Column::Storage::kCodes:
      return ReadCodes(block, field_idx);
    case Column::Storage::kTexts:
      return ReadPresence(block, field_idx);
  }
}

bool RowScorer::Plan::IsMissing(const Cell& cell, std::size_t field_idx) const {
  const FieldReader& reader = fields[field_idx].reader;
  switch (reader.storage()) {
    case Column::Storage::kNumbers:
      return std::isnan(reader.ReadNumber(cell).value);
    case Column::Storage::kCodes:
      return reader.ReadCode(cell).value == kMissingCode;
    case Column::Storage::kTexts:
      return reader.ReadPresence(cell).is_missing;
  }
  return false;
}

void RowScorer::Plan::Answer(const Block& block) const {
  RowScores& scores = *block.scores;
  const Decision& decision = scorer->decision();
  const double threshold = decision.threshold.value_or(0.5);
  const auto classes = static_cast<std::size_t>(scorer->model().classes());
  for (std::size_t row = 0; row < block.rows; ++row) {
    std::int32_t& predicted = scores.predicted[block.first + row];
    if (predicted >= 0) {
      const auto probabilities =
          std::span(scores.probabilities).subspan((block.first + row) * classes, classes);
      decision.CorrectOdds(probabilities);
      predicted = Decide(probabilities, threshold);
      continue;
    }
    // Counted while it was not known that the row cannot be used.
    for (std::size_t i = 0; i < width(); ++i)
      scores.missing[i] -= IsMissing(CellAt(block, row, i), i) ? 1 : 0;
  }
}

void RowScorer::Plan::ScoreBlock(const Block& block) const {
  for (std::size_t begin = 0; begin < block.rows; begin += kReadRows) {
    Block part = block;
    part.rows = std::min(kReadRows, block.rows - begin);
    part.first += begin;
    part.place = begin;
    for (std::size_t i = 0; i < width(); ++i) ReadField(part, i);
  }
  const auto classes = static_cast<std::size_t>(scorer->model().classes());
  scorer->model().PredictBlock(
      {.values = block.scores->features.data(), .stride = block.rows, .rows = block.rows},
      std::span(block.scores->probabilities).subspan(block.first * classes, block.rows * classes),
      block.scores->bytes);
  Answer(block);
}

Result<RowScorer> RowScorer::Make(const Scorer& scorer) {
  auto plan = std::make_unique<Plan>();
  plan->scorer = &scorer;
  REEVE_RETURN_IF_ERROR(plan->AddFields());
  return RowScorer(std::move(plan));
}

RowScorer::RowScorer(std::unique_ptr<Plan> plan) : plan_(std::move(plan)) {}
RowScorer::~RowScorer() = default;
RowScorer::RowScorer(RowScorer&&) noexcept = default;
RowScorer& RowScorer::operator=(RowScorer&&) noexcept = default;

const contract::Contract& RowScorer::contract() const { return plan_->scorer->contract(); }

void RowScorer::Plan::ScoreBlocks(const Block& whole) const {
  RowScores& scores = *whole.scores;
  const auto outputs = static_cast<std::size_t>(scorer->model().features());
  scores.probabilities.resize(whole.rows * static_cast<std::size_t>(scorer->model().classes()));
  scores.predicted.assign(whole.rows, 0);
  scores.issues.clear();
  scores.missing.assign(width(), 0);
  if (scores.features.size() < outputs * std::min(whole.rows, kBlockRows))
    scores.features.resize(outputs * std::min(whole.rows, kBlockRows));
  for (std::size_t first = 0; first < whole.rows; first += kBlockRows) {
    Block block = whole;
    block.first = first;
    block.rows = block.stride = std::min(kBlockRows, whole.rows - first);
    ScoreBlock(block);
  }
  // Fields were read one after the other.
  std::sort(scores.issues.begin(), scores.issues.end(), [](const RowIssue& a, const RowIssue& b) {
    return a.row != b.row ? a.row < b.row : a.field < b.field;
  });
}

void RowScorer::Score(std::span<const Cell> cells, RowScores& scores) const {
  const std::size_t rows = cells.size() / std::max<std::size_t>(plan_->width(), 1);
  plan_->ScoreBlocks({.cells = cells, .rows = rows, .scores = &scores});
}

void RowScorer::Score(const contract::CellColumns& cells, RowScores& scores) const {
  plan_->ScoreBlocks({.columns = &cells, .cells = {}, .rows = cells.rows(), .scores = &scores});
}

}  // namespace reeve::inference
