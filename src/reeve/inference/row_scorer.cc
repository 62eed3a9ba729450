#include "reeve/inference/row_scorer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>
#include <unordered_set>

#include "reeve/base/text.h"
#include "reeve/base/wide_loops.h"
#include "reeve/features/step.h"
#include "reeve/inference/field_reader.h"

namespace reeve::inference {
namespace {

// Rows read, made into features and scored at a time: what the widest kernel takes.
constexpr std::size_t kBlockRows = 512;

// Matrix columns that one field becomes.
struct FieldStep {
  const features::Step* step = nullptr;
  std::size_t first = 0;
  // Categories: places of the reader's dictionary.
  std::vector<std::int32_t> places;
};

// Matrix columns that several fields become.
struct WideStep {
  const features::Step* step = nullptr;
  std::size_t first = 0;
  std::vector<std::size_t> fields;
  // For each of them the places of its dictionary, where it has one.
  std::vector<std::vector<std::int32_t>> places;
};

struct Field {
  FieldReader reader;
  std::vector<FieldStep> steps;
  // Which stretch of the KeptValues of its storage holds its values, when others need them.
  std::optional<std::size_t> kept;
  // Which stretch of RowScores::codes or dates tells what its texts were read as.
  std::optional<std::size_t> told;
};

// Rows whose cells are read field by field: few enough that they stay in the first-level cache.
constexpr std::size_t kReadRows = 64;
static_assert(kReadRows <= features::kMostStepRows);
constexpr std::size_t kSpelledBytes = FieldReader::kSpelledBytes;

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
  std::vector<WideStep> wide_steps;
  // Stretches of RowScores::codes and dates.
  std::size_t code_fields = 0, date_fields = 0;
  // Stretches of KeptValues.
  std::size_t kept_numbers = 0, kept_codes = 0, kept_texts = 0;

  Status AddFields();
  Status AddStep(const features::Step& step, std::size_t first,
                 const std::vector<std::size_t>& step_fields);
  void Keep(Field& field);
  void MakeRoom(KeptValues& kept) const;
  void ScoreBlock(const Block& block) const;
  void ReadField(const Block& block, std::size_t field_idx) const;
  FieldReader::CellSpans SpansOf(const Block& block, std::size_t field_idx) const;
  FieldReader::Plain ReadPlain(const Block& block, std::size_t field_idx, double* values) const;
  void ReadNumbers(const Block& block, std::size_t field_idx) const;
  void ReadCodes(const Block& block, std::size_t field_idx) const;
  void ReadPresence(const Block& block, std::size_t field_idx) const;
  void ReadTexts(const Block& block, std::size_t field_idx) const;
  void ApplyWideSteps(const Block& block) const;
  bool IsMissing(const Cell& cell, std::size_t field_idx) const;
  void Answer(const Block& block) const;
  bool AnswerPairs(const Block& block) const;

  std::size_t width() const { return fields.size(); }
  features::FeatureColumns Columns(const Block& block, std::size_t first) const {
    return {.first = block.scores->features.data() + first * block.stride + block.place,
            .stride = block.stride};
  }
  Cell CellAt(const Block& block, std::size_t row, std::size_t field_idx) const {
    return block.columns != nullptr ? block.columns->At(block.first + row, field_idx)
                                    : block.cells[(block.first + row) * width() + field_idx];
  }
  // Where what the block's texts were read as is told.
  template <typename T>
  T* Told(const Block& block, std::vector<T>& values, std::size_t field_idx) const {
    return values.data() + *fields[field_idx].told * block.scores->predicted.size() + block.first;
  }
  std::span<const double> PlainNumbers(const Block& block, std::size_t field_idx) const;
  void ScoreBlocks(const Block& whole) const;
};

namespace {

REEVE_LOOP bool AnyNegative(const std::int32_t* values, std::size_t count) {
  std::uint32_t all = 0;
  for (std::size_t i = 0; i < count; ++i) all |= static_cast<std::uint32_t>(values[i]);
  return all >> 31 != 0;
}

// Of two classes: whether the second one's probability reaches the threshold.
REEVE_LOOP void DecidePairs(const double* __restrict pairs, std::size_t rows, double threshold,
                            std::int32_t* __restrict predicted) {
  for (std::size_t row = 0; row < rows; ++row)
    predicted[row] = pairs[2 * row + 1] >= threshold ? 1 : 0;
}

void Note(const Block& block, std::size_t row, std::size_t field_idx, contract::Rule broken) {
  block.scores->issues.push_back(
      {.row = static_cast<std::int64_t>(block.first + row), .field = field_idx, .rule = broken});
  if (contract::IsFatal(broken)) block.scores->predicted[block.first + row] = -1;
}

// Adds to `further` the fitted categories that neither the contract nor another step has. They
// occur only where contract and pipeline were put together by hand.
void AddFurtherCategories(const contract::ContractColumn& column,
                          const std::vector<std::string>& fitted,
                          std::vector<std::string>& further) {
  std::unordered_set<std::string_view> known(further.begin(), further.end());
  for (const auto& [category, rows] : column.categories) known.insert(category);
  std::vector<std::string> added;
  for (const std::string& category : fitted) {
    if (!known.contains(category)) added.push_back(category);
  }
  further.insert(further.end(), added.begin(), added.end());
}

}  // namespace

Status RowScorer::Plan::AddFields() {
  const contract::Contract& contract = scorer->contract();
  const auto& steps = scorer->pipeline().steps();
  std::vector<std::vector<std::size_t>> fields_of(steps.size());
  std::vector<std::vector<std::string>> further(contract.columns.size());
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const std::vector<features::StepInput> inputs = steps[k]->Inputs();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const auto found = contract.Find(inputs[i].column);
      if (!found) {
        return Status::Corrupt("column " + Quote(inputs[i].column) +
                               " of the pipeline is not in the contract");
      }
      fields_of[k].push_back(*found);
      AddFurtherCategories(contract.columns[*found], steps[k]->Categories(i), further[*found]);
    }
  }
  for (std::size_t i = 0; i < contract.columns.size(); ++i) {
    fields.push_back(
        {.reader = FieldReader(contract.columns[i], contract.missing_texts, further[i]),
         .steps = {},
         .kept = {},
         .told = {}});
    if (contract.columns[i].type == ColumnType::kCategory) fields[i].told = code_fields++;
    if (contract.columns[i].type == ColumnType::kDatetime) fields[i].told = date_fields++;
  }
  std::size_t first = 0;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    REEVE_RETURN_IF_ERROR(AddStep(*steps[k], first, fields_of[k]));
    first += steps[k]->Outputs().size();
  }
  return Status::Ok();
}

Status RowScorer::Plan::AddStep(const features::Step& step, std::size_t first,
                                const std::vector<std::size_t>& step_fields) {
  const std::vector<features::StepInput> inputs = step.Inputs();
  std::vector<std::vector<std::int32_t>> places(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Field& field = fields[step_fields[i]];
    if (inputs[i].storage != field.reader.storage()) {
      return Status::Corrupt("the pipeline was fitted on other values of " +
                             Quote(inputs[i].column) + " than the contract gives");
    }
    if (inputs[i].storage == Column::Storage::kCodes)
      places[i] = step.Places(i, field.reader.dictionary());
    if (inputs.size() > 1 || inputs[i].storage == Column::Storage::kTexts) Keep(field);
  }
  if (inputs.size() == 1) {
    fields[step_fields[0]].steps.push_back(
        {.step = &step, .first = first, .places = std::move(places[0])});
  } else {
    wide_steps.push_back(
        {.step = &step, .first = first, .fields = step_fields, .places = std::move(places)});
  }
  return Status::Ok();
}

void RowScorer::Plan::Keep(Field& field) {
  if (field.kept) return;
  switch (field.reader.storage()) {
    case Column::Storage::kNumbers:
      field.kept = kept_numbers++;
      break;
    case Column::Storage::kCodes:
      field.kept = kept_codes++;
      break;
    case Column::Storage::kTexts:
      field.kept = kept_texts++;
      break;
  }
}

void RowScorer::Plan::MakeRoom(KeptValues& kept) const {
  const auto grow = [](auto& values, std::size_t size) {
    if (values.size() < size) values.resize(size);
  };
  grow(kept.numbers, kept_numbers * kReadRows);
  grow(kept.codes, kept_codes * kReadRows);
  grow(kept.texts, kept_texts * kReadRows);
  grow(kept.spelled, kept_texts * kReadRows * kSpelledBytes);
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

// The field's cells of a block in columns.
FieldReader::CellSpans RowScorer::Plan::SpansOf(const Block& block, std::size_t field_idx) const {
  const contract::CellColumns& columns = *block.columns;
  return {.kinds = columns.kinds(field_idx).subspan(block.first, block.rows),
          .numbers = columns.numbers(field_idx).subspan(block.first, block.rows),
          .texts = columns.texts(field_idx).subspan(block.first, block.rows),
          .heads = columns.heads(field_idx).subspan(block.first, block.rows)};
}

// Reads the cells that need no second look.
FieldReader::Plain RowScorer::Plan::ReadPlain(const Block& block, std::size_t field_idx,
                                              double* values) const {
  const FieldReader& reader = fields[field_idx].reader;
  if (block.columns != nullptr) return reader.ReadPlain(SpansOf(block, field_idx), values);
  FieldReader::Plain plain;
  for (std::size_t row = 0; row < block.rows; ++row) {
    const Cell cell = CellAt(block, row, field_idx);
    values[row] = cell.number;
    plain.others |= std::uint64_t{!reader.IsPlainNumber(cell)} << row;
  }
  return plain;
}

void RowScorer::Plan::ReadNumbers(const Block& block, std::size_t field_idx) const {
  const FieldReader& reader = fields[field_idx].reader;
  std::span<const double> numbers = PlainNumbers(block, field_idx);
  std::array<double, kReadRows> read;
  if (numbers.empty()) {
    const FieldReader::Plain plain = ReadPlain(block, field_idx, read.data());
    std::int64_t missing = plain.missing;
    for (std::uint64_t left = plain.others; left != 0; left &= left - 1) {
      const auto row = static_cast<std::size_t>(std::countr_zero(left));
      const FieldReader::Number number = reader.ReadNumber(CellAt(block, row, field_idx));
      read[row] = number.value;
      missing += std::isnan(number.value) ? 1 : 0;
      if (number.broken) Note(block, row, field_idx, *number.broken);
    }
    block.scores->missing[field_idx] += missing;
    numbers = std::span(read).first(block.rows);
  }
  if (fields[field_idx].told && block.columns != nullptr)
    std::copy_n(numbers.data(), block.rows, Told(block, block.scores->dates, field_idx));
  const features::StepValues values{.numbers = numbers};
  for (const FieldStep& step : fields[field_idx].steps)
    step.step->Apply({&values, 1}, block.rows, Columns(block, step.first));
  if (const auto kept = fields[field_idx].kept)
    std::copy_n(numbers.data(), block.rows, &block.scores->kept.numbers[*kept * kReadRows]);
}

void RowScorer::Plan::ReadCodes(const Block& block, std::size_t field_idx) const {
  const FieldReader& reader = fields[field_idx].reader;
  std::array<std::int32_t, kReadRows> codes;
  std::uint64_t unknown = 0;
  if (block.columns != nullptr) {
    unknown = reader.FindKnown(SpansOf(block, field_idx), codes.data());
    std::copy_n(codes.data(), block.rows, Told(block, block.scores->codes, field_idx));
  } else {
    for (std::size_t row = 0; row < block.rows; ++row) {
      codes[row] = reader.FindKnown(CellAt(block, row, field_idx));
      unknown |= std::uint64_t{codes[row] == CategoryIndex::kUnknown} << row;
    }
  }
  std::int64_t missing = 0;
  for (; unknown != 0; unknown &= unknown - 1) {
    const auto row = static_cast<std::size_t>(std::countr_zero(unknown));
    const Cell cell = CellAt(block, row, field_idx);
    const FieldReader::Code code = reader.ReadCode(cell);
    codes[row] = code.value;
    missing += code.value == kMissingCode ? 1 : 0;
    if (code.broken) Note(block, row, field_idx, *code.broken);
  }
  block.scores->missing[field_idx] += missing;
  for (const FieldStep& step : fields[field_idx].steps) {
    const features::StepValues values{.codes = std::span(codes).first(block.rows),
                                      .places = step.places};
    step.step->Apply({&values, 1}, block.rows, Columns(block, step.first));
  }
  if (const auto kept = fields[field_idx].kept)
    std::copy_n(codes.data(), block.rows, &block.scores->kept.codes[*kept * kReadRows]);
}

void RowScorer::Plan::ReadPresence(const Block& block, std::size_t field_idx) const {
  const FieldReader& reader = fields[field_idx].reader;
  for (std::size_t row = 0; row < block.rows; ++row) {
    const FieldReader::Presence presence = reader.ReadPresence(CellAt(block, row, field_idx));
    block.scores->missing[field_idx] += presence.is_missing ? 1 : 0;
    if (presence.broken) Note(block, row, field_idx, *presence.broken);
  }
}

void RowScorer::Plan::ReadTexts(const Block& block, std::size_t field_idx) const {
  const Field& field = fields[field_idx];
  KeptValues& kept = block.scores->kept;
  const auto texts = std::span(kept.texts).subspan(*field.kept * kReadRows, block.rows);
  for (std::size_t row = 0; row < block.rows; ++row) {
    char* const spelled = &kept.spelled[(*field.kept * kReadRows + row) * kSpelledBytes];
    const FieldReader::Text text = field.reader.ReadText(
        CellAt(block, row, field_idx), std::span<char, kSpelledBytes>(spelled, kSpelledBytes));
    texts[row] = text.value;
    block.scores->missing[field_idx] += text.value.empty() ? 1 : 0;
    if (text.broken) Note(block, row, field_idx, *text.broken);
  }
  const features::StepValues values{.texts = texts};
  for (const FieldStep& step : field.steps)
    step.step->Apply({&values, 1}, block.rows, Columns(block, step.first));
}

void RowScorer::Plan::ApplyWideSteps(const Block& block) const {
  const KeptValues& kept = block.scores->kept;
  for (const WideStep& wide : wide_steps) {
    std::array<features::StepValues, features::kMostStepInputs> values;
    for (std::size_t i = 0; i < wide.fields.size(); ++i) {
      const Field& field = fields[wide.fields[i]];
      const std::size_t first = *field.kept * kReadRows;
      switch (field.reader.storage()) {
        case Column::Storage::kNumbers:
          values[i].numbers = std::span(kept.numbers).subspan(first, block.rows);
          break;
        case Column::Storage::kCodes:
          values[i].codes = std::span(kept.codes).subspan(first, block.rows);
          values[i].places = wide.places[i];
          break;
        case Column::Storage::kTexts:
          values[i].texts = std::span(kept.texts).subspan(first, block.rows);
          break;
      }
    }
    wide.step->Apply(std::span(values).first(wide.fields.size()), block.rows,
                     Columns(block, wide.first));
  }
}

void RowScorer::Plan::ReadField(const Block& block, std::size_t field_idx) const {
  switch (fields[field_idx].reader.storage()) {
    case Column::Storage::kNumbers:
      return ReadNumbers(block, field_idx);
    case Column::Storage::kCodes:
      return ReadCodes(block, field_idx);
    case Column::Storage::kTexts:
      return fields[field_idx].kept ? ReadTexts(block, field_idx) : ReadPresence(block, field_idx);
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

// Rows of two classes whose probabilities stay as they are, none of them refused: most of all rows,
// without a call for each.
bool RowScorer::Plan::AnswerPairs(const Block& block) const {
  const Decision& decision = scorer->decision();
  const bool corrects =
      !decision.odds.empty() || decision.calibration.kind != CalibrationKind::kNone;
  if (scorer->model().classes() != 2 || corrects) return false;
  const auto predicted = std::span(block.scores->predicted).subspan(block.first, block.rows);
  if (RunLoop<AnyNegative>(predicted.data(), predicted.size())) return false;
  RunLoop<DecidePairs>(block.scores->probabilities.data() + 2 * block.first, block.rows,
                       decision.threshold.value_or(0.5), predicted.data());
  return true;
}

void RowScorer::Plan::Answer(const Block& block) const {
  if (AnswerPairs(block)) return;
  RowScores& scores = *block.scores;
  const Decision& decision = scorer->decision();
  const auto classes = static_cast<std::size_t>(scorer->model().classes());
  for (std::size_t row = 0; row < block.rows; ++row) {
    std::int32_t& predicted = scores.predicted[block.first + row];
    if (predicted >= 0) {
      const auto probabilities =
          std::span(scores.probabilities).subspan((block.first + row) * classes, classes);
      decision.Correct(probabilities);
      predicted = decision.Decide(probabilities);
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
    ApplyWideSteps(part);
  }
  const auto classes = static_cast<std::size_t>(scorer->model().classes());
  scorer->model().PredictBlock(
      {.values = block.scores->features.data(), .stride = block.rows, .rows = block.rows},
      std::span(block.scores->probabilities).subspan(block.first * classes, block.rows * classes),
      block.scores->work);
  Answer(block);
}

Result<RowScorer> RowScorer::Make(const Scorer& scorer) {
  auto plan = std::make_unique<Plan>();
  plan->scorer = &scorer;
  REEVE_RETURN_IF_ERROR(plan->AddFields());
  scorer.model().Prepare();
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
  MakeRoom(scores.kept);
  if (whole.columns != nullptr) {
    scores.codes.resize(code_fields * whole.rows);
    scores.dates.resize(date_fields * whole.rows);
  }
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

std::span<const std::int32_t> RowScorer::Codes(const RowScores& scores, std::size_t field) const {
  const std::size_t rows = scores.predicted.size();
  const auto& told = plan_->fields[field].told;
  return told && contract().columns[field].type == ColumnType::kCategory
             ? std::span(scores.codes).subspan(*told * rows, rows)
             : std::span<const std::int32_t>();
}

std::span<const double> RowScorer::Dates(const RowScores& scores, std::size_t field) const {
  const std::size_t rows = scores.predicted.size();
  const auto& told = plan_->fields[field].told;
  return told && contract().columns[field].type == ColumnType::kDatetime
             ? std::span(scores.dates).subspan(*told * rows, rows)
             : std::span<const double>();
}

void RowScorer::Score(const contract::CellColumns& cells, RowScores& scores) const {
  plan_->ScoreBlocks({.columns = &cells, .cells = {}, .rows = cells.rows(), .scores = &scores});
}

}  // namespace reeve::inference
