#include "reeve/honesty/leaks.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <set>

#include "reeve/base/parallel.h"
#include "reeve/base/text.h"
#include "reeve/evaluation/metric.h"
#include "reeve/honesty/column_groups.h"
#include "reeve/honesty/lone_column.h"
#include "reeve/honesty/quick_model.h"
#include "reeve/honesty/row_order.h"

namespace reeve::honesty {
namespace {

constexpr std::size_t kFewestRows = 50;
constexpr std::size_t kMostRows = 20'000;
constexpr std::size_t kMostCells = 20'000'000;
// Shares of (value, class) that are counted; columns with more say little anyway.
constexpr std::int64_t kMostShares = 20'000'000;

constexpr double kSkill = 0.95, kTextSkill = 0.98;
constexpr double kRankedSkill = 0.9, kRankedAuc = 0.99;
constexpr double kSortedAuc = 0.75;

constexpr double kPureShare = 0.995, kPureRecall = 0.5, kPureSkill = 0.5;
constexpr std::size_t kPureRows = 50;

std::string Percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", 100 * share);
  return text;
}

// What one column says about the class.
struct Finding {
  double skill = 0;
  bool decides = false;
  // Every value stands for one class.
  bool is_copy = false;
  bool numbers_rows = false;
  // A value that stands for a class, or empty.
  std::string pure;
};

class Finder {
 public:
  Finder(const LeakProblem& problem, const CheckOptions& options)
      : problem_(problem), options_(options) {}

  Result<std::vector<contract::Warning>> Run() {
    if (problem_.data.rows.size() < kFewestRows || problem_.columns.empty())
      return std::vector<contract::Warning>();
    Sample();
    if (classes_ < 2) return std::vector<contract::Warning>();
    std::vector<Finding> findings(problem_.columns.size());
    REEVE_RETURN_IF_ERROR(ParallelFor(options_.threads, static_cast<std::int64_t>(findings.size()),
                                      [&](std::int64_t i) {
                                        REEVE_RETURN_IF_ERROR(options_.cancellation->Check());
                                        findings[static_cast<std::size_t>(i)] =
                                            Look(*problem_.columns[static_cast<std::size_t>(i)]);
                                        return Status::Ok();
                                      }));
    REEVE_ASSIGN_OR_RETURN(const std::optional<double> rest, SkillOfTheRest(findings));
    std::vector<contract::Warning> warnings;
    for (std::size_t i = 0; i < findings.size(); ++i) {
      std::string message = Describe(findings[i], rest);
      if (message.empty()) continue;
      const std::string& name = problem_.columns[i]->name();
      warnings.push_back({"leak_suspected", name, "column " + Quote(name) + " " + message});
    }
    return warnings;
  }

 private:
  // Rows to look at, their classes numbered anew so that each occurs.
  void Sample() {
    const std::size_t most =
        std::clamp(kMostCells / problem_.columns.size(), std::size_t{2000}, kMostRows);
    rows_ = SampleRows(problem_.data.rows, most, options_.seed);
    std::set<std::int32_t> seen;
    for (const std::int64_t row : rows_)
      seen.insert(problem_.data.labels[static_cast<std::size_t>(row)]);
    std::map<std::int32_t, std::int32_t> number_of;
    for (const std::int32_t label : seen) {
      number_of.emplace(label, static_cast<std::int32_t>(number_of.size()));
      names_.push_back(problem_.data.class_names[static_cast<std::size_t>(label)]);
    }
    for (const std::int64_t row : rows_)
      labels_.push_back(number_of[problem_.data.labels[static_cast<std::size_t>(row)]]);
    classes_ = static_cast<int>(seen.size());
    std::vector<double> counts(seen.size());
    for (const std::int32_t label : labels_) counts[static_cast<std::size_t>(label)] += 1;
    others_ =
        1 - *std::max_element(counts.begin(), counts.end()) / static_cast<double>(labels_.size());
    is_sorted_ = OrderAuc(labels_, classes_) >= kSortedAuc;
  }

  Finding Look(const Column& column) const {
    Finding finding;
    finding.numbers_rows = is_sorted_ && FollowsRows(column, rows_);
    const ColumnGroups groups = GroupColumn(column, rows_);
    if (static_cast<std::int64_t>(groups.count) * classes_ > kMostShares) return finding;
    const ClassLabels labels{labels_, classes_};
    finding.skill = LoneSkill(column, rows_, groups, labels, options_.seed);
    const double needed = column.type() == ColumnType::kText ? kTextSkill : kSkill;
    finding.decides = finding.skill >= needed;
    if (!finding.decides && classes_ == 2 && finding.skill >= kRankedSkill && !groups.is_text) {
      const auto auc = LoneAuc(groups, labels, options_.seed);
      finding.decides = auc.ok() && *auc >= kRankedAuc;
    }
    if (finding.decides && !groups.is_text) finding.is_copy = IsCopy(column, groups);
    if (!finding.decides && !groups.is_text && finding.skill >= kPureSkill)
      finding.pure = PureValue(column, groups);
    return finding;
  }

  // Rows of each group by class.
  std::vector<std::size_t> Count(const ColumnGroups& groups) const {
    std::vector<std::size_t> counts(static_cast<std::size_t>(groups.count * classes_));
    for (std::size_t i = 0; i < rows_.size(); ++i)
      ++counts[static_cast<std::size_t>(groups.of(i).front() * classes_ + labels_[i])];
    return counts;
  }

  // As many values as classes, or hardly more, and each of one class: bins of numbers never are.
  bool IsCopy(const Column& column, const ColumnGroups& groups) const {
    constexpr std::int32_t kValuesPerClass = 2;
    if (groups.count > kValuesPerClass * classes_) return false;
    if (column.storage() == Column::Storage::kNumbers) {
      std::set<double> distinct;
      for (const std::int64_t row : rows_) {
        const double value = column.numbers()[static_cast<std::size_t>(row)];
        if (!std::isnan(value)) distinct.insert(value);
        if (distinct.size() > static_cast<std::size_t>(kValuesPerClass * classes_)) return false;
      }
    }
    const std::vector<std::size_t> counts = Count(groups);
    for (std::int32_t g = 0; g < groups.count; ++g) {
      const auto begin = counts.begin() + static_cast<std::ptrdiff_t>(g) * classes_;
      if (std::count_if(begin, begin + classes_, [](std::size_t n) { return n > 0; }) > 1)
        return false;
    }
    return true;
  }

  std::string PureValue(const Column& column, const ColumnGroups& groups) const {
    const bool is_number = column.storage() == Column::Storage::kNumbers;
    const std::vector<std::size_t> counts = Count(groups);
    std::vector<std::size_t> of_class(static_cast<std::size_t>(classes_));
    for (const std::int32_t label : labels_) ++of_class[static_cast<std::size_t>(label)];
    for (std::int32_t g = 0; g < groups.count; ++g) {
      const auto begin = counts.begin() + static_cast<std::ptrdiff_t>(g) * classes_;
      const auto top = std::max_element(begin, begin + classes_);
      const auto c = static_cast<std::size_t>(top - begin);
      std::size_t rows = 0;
      for (auto it = begin; it != begin + classes_; ++it) rows += *it;
      const auto share = static_cast<double>(*top) / static_cast<double>(rows);
      const auto recall = static_cast<double>(*top) / static_cast<double>(of_class[c]);
      if (rows < kPureRows || share < kPureShare || recall < kPureRecall ||
          2 * of_class[c] >= rows_.size())
        continue;
      std::string value = GroupText(column, rows_, groups, g);
      if (is_number && value != "missing") continue;
      return (value == "missing" ? "is missing" : "is " + value) + " only where the class is " +
             Quote(names_[c], 40) + " (" + Percent(share) + " of those rows, " + Percent(recall) +
             " of the class)";
    }
    return "";
  }

  // What the columns that decide nothing reach together; nothing when there is no need to know.
  Result<std::optional<double>> SkillOfTheRest(const std::vector<Finding>& findings) const {
    QuickProblem rest{.table = problem_.data.table, .rows = rows_, .labels = labels_};
    bool needed = false;
    for (std::size_t i = 0; i < findings.size(); ++i) {
      needed = needed || findings[i].decides;
      const std::string& name = problem_.columns[i]->name();
      if (!findings[i].decides && !findings[i].numbers_rows && problem_.data.table->Find(name))
        rest.features.push_back(name);
    }
    if (!needed || rest.features.empty()) return std::optional<double>();
    rest.classes = classes_;
    rest.part = AssignParts(labels_, {}, rest.parts, options_.seed);
    const Result<Probabilities> predicted = CrossValidateQuickly(rest, options_);
    // Columns that a model learns nothing from.
    if (!predicted.ok() && predicted.status().code() == StatusCode::kInvalidData)
      return std::optional<double>();
    if (!predicted.ok()) return predicted.status();
    double wrong = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i)
      wrong += Decide(predicted->row(static_cast<std::int64_t>(i)), 0.5) != labels_[i];
    return std::optional<double>(1 - wrong / (others_ * static_cast<double>(rows_.size())));
  }

  std::string Describe(const Finding& finding, std::optional<double> rest) const {
    const std::string ending = ": its value may come from the answer and be unknown at prediction";
    const std::string others =
        rest ? " (the other columns together: " + Percent(RightShare(*rest)) + ")" : "";
    if (finding.is_copy)
      return "is a copy of the target under other names: each value stands for one class" + others;
    if (finding.decides && (!rest || *rest < std::min(finding.skill, kSkill))) {
      return "nearly decides the target: by it alone " + Percent(RightShare(finding.skill)) +
             " of the rows are told right" + others + ending;
    }
    if (finding.numbers_rows)
      return "numbers the rows, and the rows are sorted by the target: it gives the answer away";
    if (!finding.pure.empty()) return finding.pure + ending;
    return "";
  }

  double RightShare(double skill) const { return 1 - (1 - skill) * others_; }

  const LeakProblem& problem_;
  const CheckOptions& options_;
  std::vector<std::int64_t> rows_;
  std::vector<std::int32_t> labels_;
  std::vector<std::string> names_;
  int classes_ = 0;
  // Share of the rows outside the most frequent class.
  double others_ = 0;
  bool is_sorted_ = false;
};

}  // namespace

Result<std::vector<contract::Warning>> FindLeaks(const LeakProblem& problem,
                                                 const CheckOptions& options) {
  return Finder(problem, options).Run();
}

}  // namespace reeve::honesty
