#include "reeve/workflow/training_table.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>

#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/ingest/source.h"
#include "reeve/workflow/similar_classes.h"
#include "reeve/workflow/source_table.h"

namespace reeve::workflow {
namespace {

// More classes than this, or a class for every few rows, is a number to estimate, not a
// classification.
constexpr std::size_t kMostClasses = 1000;
constexpr std::size_t kFewClasses = 20;
constexpr std::int64_t kRowsPerClass = 5;

Status RequireColumn(const Table& table, const std::string& name, const std::string& flag,
                     const std::string& data) {
  if (table.Find(name)) return Status::Ok();
  const std::vector<std::string> names = table.Names();
  Status status = Status::InvalidArgument(flag + " " + Quote(name) + " is not a column of " + data +
                                          "." + Suggest(name, names));
  const auto numbers = std::count_if(names.begin(), names.end(), [](const std::string& column) {
    return ParseNumber(column).has_value();
  });
  if (2 * numbers < std::ssize(names)) return status;
  return std::move(status).WithFix(
      "the first line holds values: put a line with the names of the columns before it");
}

// Labels as text, "" where there is none.
std::vector<std::string> LabelTexts(const Column& column) {
  std::vector<std::string> texts;
  texts.reserve(static_cast<std::size_t>(column.size()));
  for (std::int64_t row = 0; row < column.size(); ++row)
    texts.push_back(std::string(Trim(column.ToText(row))));
  return texts;
}

Status CheckTarget(const std::string& target, const std::map<std::string, std::int64_t>& counts,
                   std::int64_t rows, ColumnType type) {
  const std::string where = "target " + Quote(target);
  if (counts.empty())
    return Status::InvalidData(where + " has no value in any row, expected a class in each");
  if (counts.size() == 1) {
    return Status::InvalidData(where + " has only one class, " + Quote(counts.begin()->first) +
                               ", expected at least two to tell apart");
  }
  const bool is_number =
      type == ColumnType::kReal || type == ColumnType::kInteger || type == ColumnType::kDatetime;
  const bool too_many = counts.size() > kMostClasses ||
                        (counts.size() > kFewClasses &&
                         static_cast<std::int64_t>(counts.size()) * kRowsPerClass > rows);
  if (!too_many) return Status::Ok();
  Status status =
      Status::InvalidData(where + " has " + GroupDigits(static_cast<long long>(counts.size())) +
                          " different values in " + GroupDigits(rows) + " rows" +
                          (is_number ? ": a number to estimate (regression), not classes"
                                     : ", too many to be classes"));
  return std::move(status).WithFix("name a column of classes with --target, or bin this one first");
}

// Group ids 0, 1, … in order of appearance.
std::vector<std::int32_t> GroupIds(const Column& column) {
  std::unordered_map<std::string, std::int32_t> ids;
  std::vector<std::int32_t> groups;
  for (std::int64_t row = 0; row < column.size(); ++row) {
    groups.push_back(
        ids.emplace(column.ToText(row), static_cast<std::int32_t>(ids.size())).first->second);
  }
  return groups;
}

Result<std::vector<double>> Times(const Column& column) {
  if (column.storage() != Column::Storage::kNumbers) {
    return Status::InvalidData("--time column " + Quote(column.name()) + " is of type " +
                               std::string(ColumnTypeName(column.type())) +
                               ", expected dates or numbers");
  }
  if (const std::int64_t missing = column.CountMissing(); missing > 0) {
    return Status::InvalidData("--time column " + Quote(column.name()) + " is missing in " +
                               GroupDigits(missing) + " rows, expected a time in every row");
  }
  return std::vector<double>(column.numbers().begin(), column.numbers().end());
}

class Loader {
 public:
  explicit Loader(const TrainingTableRequest& request)
      : request_(request), source_name_(ingest::SourceName(request.data)) {}

  Result<TrainingTable> Load() {
    REEVE_ASSIGN_OR_RETURN(SourceTable source, ReadSource(request_.data));
    NoteSource(source);
    REEVE_RETURN_IF_ERROR(CheckColumns(source.typed.table));
    loaded_.digest = DigestOf(source.typed.table);
    REEVE_RETURN_IF_ERROR(MakeLabels(source.typed.table));
    KeepLabelledRows(source);
    REEVE_RETURN_IF_ERROR(MakeGroupsAndTimes(source.typed.table));
    REEVE_RETURN_IF_ERROR(ChooseFeatures(source.typed));
    loaded_.contract = contract::MakeContract(source.typed, loaded_.features);
    loaded_.contract.target = request_.target;
    loaded_.contract.classes = loaded_.classes;
    loaded_.contract.positive = loaded_.classes.size() == 2 ? loaded_.classes[1] : "";
    loaded_.contract.missing_texts = request_.missing_texts;
    KeepColumns(source.typed.table);
    if (!request_.test.empty()) REEVE_RETURN_IF_ERROR(AppendTestSource());
    return std::move(loaded_);
  }

 private:
  Result<SourceTable> ReadSource(const std::string& data) const {
    return ReadTypedSource(data, {.column_types = request_.column_types,
                                  .missing_texts = request_.missing_texts,
                                  .skip_bad_rows = request_.skip_bad_rows,
                                  .threads = request_.threads,
                                  .cancellation = request_.cancellation});
  }

  void NoteSource(const SourceTable& source) {
    loaded_.files = source.files;
    loaded_.format = source.format;
    loaded_.rows_read = source.typed.table.rows();
    loaded_.rows_skipped = source.rows_skipped;
    if (source.rows_skipped > 0) {
      Warn("rows_skipped", "",
           GroupDigits(source.rows_skipped) + " malformed rows of " + source_name_ +
               " were left out: " + source.first_bad_row);
    }
    for (const contract::TypingNote& note : source.typed.notes) {
      const bool is_dropped =
          std::find(request_.drop.begin(), request_.drop.end(), note.column) != request_.drop.end();
      if (!is_dropped) Warn(note.code, note.column, note.message);
    }
  }

  Status CheckColumns(const Table& table) const {
    if (table.rows() == 0) {
      return Status::InvalidData(source_name_ +
                                 " has a header but no rows, expected at least a few dozen");
    }
    REEVE_RETURN_IF_ERROR(RequireColumn(table, request_.target, "--target", source_name_));
    for (const std::string& name : request_.drop) {
      REEVE_RETURN_IF_ERROR(RequireColumn(table, name, "--drop", source_name_));
    }
    if (!request_.group.empty())
      REEVE_RETURN_IF_ERROR(RequireColumn(table, request_.group, "--group", source_name_));
    if (!request_.time.empty())
      REEVE_RETURN_IF_ERROR(RequireColumn(table, request_.time, "--time", source_name_));
    return Status::Ok();
  }

  Status MakeLabels(const Table& table) {
    const Column& column = table.column(*table.Find(request_.target));
    const std::vector<std::string> texts = LabelTexts(column);
    std::map<std::string, std::int64_t> counts;
    for (std::size_t row = 0; row < texts.size(); ++row) {
      if (texts[row].empty()) continue;
      ++counts[texts[row]];
      loaded_.source_rows.push_back(static_cast<std::int64_t>(row));
    }
    REEVE_RETURN_IF_ERROR(CheckTarget(request_.target, counts,
                                      static_cast<std::int64_t>(loaded_.source_rows.size()),
                                      column.type()));
    REEVE_ASSIGN_OR_RETURN(loaded_.classes, OrderClasses(counts, request_.positive));
    for (const auto& [a, b] : SimilarClasses(loaded_.classes)) {
      Warn("similar_classes", request_.target,
           "classes " + Quote(a) + " and " + Quote(b) + " of target " + Quote(request_.target) +
               " look like one class in two spellings");
    }
    for (std::size_t c = 0; c < loaded_.classes.size(); ++c) {
      class_index_[loaded_.classes[c]] = static_cast<std::int32_t>(c);
    }
    for (const std::int64_t row : loaded_.source_rows) {
      loaded_.labels.push_back(class_index_[texts[static_cast<std::size_t>(row)]]);
    }
    return Status::Ok();
  }

  void KeepLabelledRows(SourceTable& source) {
    loaded_.rows_dropped =
        loaded_.rows_read - static_cast<std::int64_t>(loaded_.source_rows.size());
    if (loaded_.rows_dropped == 0) return;
    source.typed.table = source.typed.table.Take(loaded_.source_rows);
    Warn("missing_labels", request_.target,
         GroupDigits(loaded_.rows_dropped) + " rows have no value in target " +
             Quote(request_.target) + " and are left out");
    loaded_.transformations.push_back("left out " + std::to_string(loaded_.rows_dropped) +
                                      " rows without a label");
  }

  Status MakeGroupsAndTimes(const Table& table) {
    if (!request_.group.empty())
      loaded_.groups = GroupIds(table.column(*table.Find(request_.group)));
    if (!request_.time.empty()) {
      REEVE_ASSIGN_OR_RETURN(loaded_.times, Times(table.column(*table.Find(request_.time))));
    }
    return Status::Ok();
  }

  Status ChooseFeatures(const contract::TypedTable& typed) {
    std::set<std::string> excluded = {request_.target, request_.group, request_.time};
    for (const std::string& name : request_.drop) {
      excluded.insert(name);
      loaded_.transformations.push_back("dropped column " + name);
    }
    std::vector<std::string> candidates;
    for (const std::string& name : typed.table.Names()) {
      if (!excluded.contains(name)) candidates.push_back(name);
    }
    if (candidates.empty()) {
      return Status::InvalidData(source_name_ + " has no column besides the target" +
                                 (request_.drop.empty() ? "" : " and those dropped") +
                                 ", expected at least one feature");
    }
    contract::LintResult lint = contract::LintFeatures(typed.table, candidates);
    const std::set<std::string> unusable(lint.unusable.begin(), lint.unusable.end());
    for (contract::Warning& warning : lint.warnings) loaded_.warnings.push_back(std::move(warning));
    for (const std::string& name : candidates) {
      if (unusable.contains(name)) {
        loaded_.transformations.push_back("left out column " + name);
        unused_.push_back(name);
      } else {
        loaded_.features.push_back(name);
      }
    }
    if (loaded_.features.empty()) {
      std::string why;
      for (const contract::Warning& warning : loaded_.warnings) {
        if (unusable.contains(warning.column) && why.size() < 400) why += "; " + warning.message;
      }
      return Status::InvalidData(
          source_name_ + " has no column to learn from, expected at least one feature" + why);
    }
    return Status::Ok();
  }

  // From here on only features are needed, and texts for what they may give away.
  void KeepColumns(Table& table) {
    for (const std::string& name : loaded_.features) {
      loaded_.table.Add(std::move(table.mutable_column(*table.Find(name))));
    }
    for (const std::string& name : unused_) {
      Column& column = table.mutable_column(*table.Find(name));
      if (column.type() == ColumnType::kText || column.type() == ColumnType::kList)
        loaded_.set_aside.Add(std::move(column));
    }
  }

  Status AppendTestSource() {
    REEVE_ASSIGN_OR_RETURN(SourceTable source, ReadSource(request_.test));
    REEVE_RETURN_IF_ERROR(
        RequireColumn(source.typed.table, request_.target, "--target", request_.test));
    const std::vector<std::string> texts =
        LabelTexts(source.typed.table.column(*source.typed.table.Find(request_.target)));
    REEVE_ASSIGN_OR_RETURN(contract::Conformed conformed,
                           contract::Conform(loaded_.contract, source.typed.table, {}));
    std::vector<std::int64_t> kept;
    for (std::size_t row = 0; row < texts.size(); ++row) {
      if (texts[row].empty()) continue;
      REEVE_ASSIGN_OR_RETURN(const std::int32_t label, TestLabel(texts[row]));
      loaded_.labels.push_back(label);
      loaded_.source_rows.push_back(static_cast<std::int64_t>(row));
      kept.push_back(static_cast<std::int64_t>(row));
    }
    if (kept.empty())
      return Status::InvalidData(request_.test + " has no row with a label, expected at least one");
    loaded_.table.Append(conformed.table.Take(kept));
    loaded_.test_rows = static_cast<std::int64_t>(kept.size());
    if (labels_normalised_) {
      Warn("labels_normalised", request_.target,
           "labels of " + request_.test + " end with a dot; they were matched without it");
    }
    return Status::Ok();
  }

  Result<std::int32_t> TestLabel(std::string text) {
    auto it = class_index_.find(text);
    if (it == class_index_.end() && text.ends_with('.')) {
      text.pop_back();
      it = class_index_.find(std::string(Trim(text)));
      labels_normalised_ = it != class_index_.end();
    }
    if (it != class_index_.end()) return it->second;
    return Status::InvalidData("class " + Quote(text) + " of " + request_.test +
                               " does not occur in " + source_name_ + "." +
                               Suggest(text, loaded_.classes));
  }

  void Warn(std::string code, std::string column, std::string message) {
    loaded_.warnings.push_back({std::move(code), std::move(column), std::move(message)});
  }

  const TrainingTableRequest& request_;
  /// For messages.
  const std::string source_name_;
  TrainingTable loaded_;
  std::map<std::string, std::int32_t> class_index_;
  bool labels_normalised_ = false;
  // Columns that are not learnt from though nobody dropped them.
  std::vector<std::string> unused_;
};

}  // namespace

Result<std::vector<std::string>> OrderClasses(const std::map<std::string, std::int64_t>& counts,
                                              const std::string& positive) {
  std::vector<std::string> classes;
  for (const auto& [name, count] : counts) classes.push_back(name);
  if (!positive.empty() && !counts.contains(positive)) {
    return Status::InvalidArgument("--positive " + Quote(positive) +
                                   " is not a class of the target." + Suggest(positive, classes));
  }
  if (classes.size() != 2) return classes;
  std::size_t chosen = counts.at(classes[0]) < counts.at(classes[1]) ? 0 : 1;
  for (const std::string_view usual : {"1", "yes", "true"}) {
    const auto it = std::find_if(classes.begin(), classes.end(),
                                 [&](const std::string& c) { return ToLower(c) == usual; });
    if (it != classes.end()) {
      chosen = static_cast<std::size_t>(it - classes.begin());
      break;
    }
  }
  if (!positive.empty()) chosen = classes[0] == positive ? 0 : 1;
  if (chosen == 0) std::swap(classes[0], classes[1]);
  return classes;
}

Result<TrainingTable> LoadTrainingTable(const TrainingTableRequest& request) {
  return Loader(request).Load();
}

}  // namespace reeve::workflow
