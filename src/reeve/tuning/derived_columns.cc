#include "reeve/tuning/derived_columns.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "reeve/base/number.h"
#include "reeve/base/parallel.h"
#include "reeve/base/random.h"
#include "reeve/features/derived_step.h"
#include "reeve/table/column_index.h"
#include "reeve/tuning/candidate.h"
#include "reeve/tuning/cross_validation.h"
#include "reeve/tuning/prepared_rows.h"

namespace reeve::tuning {
namespace {

constexpr std::size_t kMostRows = 10'000;
constexpr std::size_t kFewestRows = 200;
// Of more columns those that boosting finds important are so by chance.
constexpr std::size_t kMostFeatures = 1'000;
// Of wide tables and many classes fewer rows: what is boosted is values times classes.
constexpr std::size_t kMostValues = 400'000;
constexpr std::size_t kFewestSampled = 1'000;
// Of more columns than these the search through cuts would take longer than that through rows.
constexpr std::size_t kFewestOfFewBins = 64;
// Columns times classes that a round looks at.
constexpr double kMostInRound = 96;
// The search boosts one tree a class and round, again and again.
constexpr int kMostClasses = 8;
constexpr int kFolds = 5;
// Columns that pairs are made of at most: 4 candidates for each of 120 pairs.
constexpr std::size_t kMostColumns = 16;
constexpr std::size_t kFewestDistinct = 10;
constexpr std::size_t kBins = 32;
// Second derivatives that a bin is shrunk by.
constexpr double kShrinkage = 2;
constexpr double kStandardErrorsToTry = 2.5, kStandardErrorsToStay = 2;

struct Gain {
  double sum = 0, standard_error = 0;
};

Gain GainOf(const std::vector<double>& of_rows) {
  Gain gain;
  for (const double value : of_rows) gain.sum += value;
  const double mean = gain.sum / static_cast<double>(of_rows.size());
  double squares = 0;
  for (const double value : of_rows) squares += (value - mean) * (value - mean);
  gain.standard_error = std::sqrt(squares);
  return gain;
}

std::size_t Outputs(const Problem& problem) {
  return static_cast<std::size_t>(problem.classes > 2 ? problem.classes : 1);
}

// The boosted model of the columns as they are, cross-validated.
struct Base {
  Probabilities predicted;
  std::vector<double> losses;
  // Importance of the columns by name, over all folds.
  std::map<std::string, double> importance;
};

class Finder {
 public:
  Finder(Problem problem, std::vector<std::int64_t> rows, const DerivedColumnsOptions& options)
      : problem_(std::move(problem)),
        rows_(std::move(rows)),
        labels_(problem_.LabelsOf(rows_)),
        options_(options) {}

  Result<std::vector<features::Derived>> Run() {
    REEVE_ASSIGN_OR_RETURN(folds_, MakeFolds(rows_, kFolds, problem_.Splitting(options_.seed)));
    for (Fold& fold : folds_) {
      ToPositions(fold.train);
      ToPositions(fold.test);
    }
    REEVE_ASSIGN_OR_RETURN(Base base, CrossValidate());
    const std::vector<std::string> columns = Columns(base);
    std::vector<features::Derived> found;
    while (static_cast<int>(found.size()) < options_.most) {
      REEVE_ASSIGN_OR_RETURN(const auto best, Best(Candidates(columns), base));
      if (!best) break;
      problem_.derived.push_back(*best);
      REEVE_ASSIGN_OR_RETURN(Base next, CrossValidate());
      std::vector<double> fallen;
      for (const Fold& fold : folds_) {
        for (const std::int64_t position : fold.test) {
          const auto at = static_cast<std::size_t>(position);
          fallen.push_back(base.losses[at] - next.losses[at]);
        }
      }
      const Gain gain = GainOf(fallen);
      if (gain.sum <= kStandardErrorsToStay * gain.standard_error) break;
      found.push_back(*best);
      base = std::move(next);
    }
    return found;
  }

 private:
  void ToPositions(std::vector<std::int64_t>& rows) const {
    for (std::int64_t& row : rows)
      row = std::lower_bound(rows_.begin(), rows_.end(), row) - rows_.begin();
  }

  Result<Base> CrossValidate() const {
    learners::Params params = {
        {"learning_rate", "0.12"}, {"max_depth", "5"}, {"n_estimators", "80"}};
    params["max_bin"] = problem_.features.size() > kFewestOfFewBins ? "32" : "64";
    const double in_round = static_cast<double>(problem_.features.size() * Outputs(problem_));
    if (in_round > kMostInRound) params["colsample_bytree"] = FormatNumber(kMostInRound / in_round);
    REEVE_ASSIGN_OR_RETURN(const Candidate candidate, MakeCandidate("boosted", params));
    Preparation preparation(problem_, rows_, folds_, options_.threads);
    const CrossValidation validation(preparation, labels_, problem_.classes, folds_,
                                     {.imbalance = Imbalance::kNone,
                                      .threads = options_.threads,
                                      .watches = false,
                                      .cancellation = options_.cancellation});
    std::vector<FitTask> tasks;
    for (std::size_t f = 0; f < folds_.size(); ++f)
      tasks.push_back({.candidate = &candidate, .fold_idx = f, .seed = options_.seed});
    REEVE_ASSIGN_OR_RETURN(const std::vector<FoldFit> fits, validation.Run(tasks));
    Base base{.predicted = Probabilities(static_cast<std::int64_t>(rows_.size()), problem_.classes),
              .losses = std::vector<double>(rows_.size()),
              .importance = {}};
    for (std::size_t f = 0; f < folds_.size(); ++f) {
      const learners::TrainedModel& trained = fits[f].models.front();
      REEVE_ASSIGN_OR_RETURN(
          const Probabilities predicted,
          validation.PredictTest(candidate.input, f, *trained.model, fits[f].odds));
      for (std::size_t i = 0; i < folds_[f].test.size(); ++i)
        Keep(folds_[f].test[i], predicted.row(static_cast<std::int64_t>(i)), base);
      REEVE_ASSIGN_OR_RETURN(const PreparedRows* const prepared,
                             preparation.GetForFold(candidate.input, f));
      const std::vector<MatrixColumn>& outputs = prepared->matrix.columns();
      for (std::size_t j = 0; j < outputs.size(); ++j)
        base.importance[outputs[j].source] += trained.importance[j];
    }
    return base;
  }

  void Keep(std::int64_t position, std::span<const double> predicted, Base& base) const {
    const auto at = static_cast<std::size_t>(position);
    std::copy(predicted.begin(), predicted.end(), base.predicted.mutable_row(position).begin());
    base.losses[at] = -std::log(std::max(predicted[static_cast<std::size_t>(labels_[at])], 1e-12));
  }

  // Number columns with values enough to compute with, the most important ones.
  std::vector<std::string> Columns(const Base& base) const {
    const ColumnIndex index(*problem_.table);
    std::vector<std::string> columns;
    for (const std::string& name : problem_.features) {
      const Column& column = *index.Find(name);
      if (column.type() != ColumnType::kInteger && column.type() != ColumnType::kReal) continue;
      std::set<double> distinct;
      for (const std::int64_t row : rows_) {
        const double value = column.numbers()[static_cast<std::size_t>(row)];
        if (!std::isnan(value)) distinct.insert(value);
        if (distinct.size() >= kFewestDistinct) break;
      }
      if (distinct.size() >= kFewestDistinct) columns.push_back(name);
    }
    if (columns.size() <= kMostColumns) return columns;
    std::vector<std::string> sorted = columns;
    const auto importance = [&](const std::string& name) {
      const auto it = base.importance.find(name);
      return it == base.importance.end() ? 0.0 : it->second;
    };
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](const auto& a, const auto& b) { return importance(a) > importance(b); });
    const std::set<std::string> kept(sorted.begin(), sorted.begin() + kMostColumns);
    std::erase_if(columns, [&](const std::string& name) { return !kept.contains(name); });
    return columns;
  }

  std::vector<features::Derived> Candidates(const std::vector<std::string>& columns) const {
    std::vector<features::Derived> candidates;
    for (std::size_t a = 0; a < columns.size(); ++a) {
      for (std::size_t b = a + 1; b < columns.size(); ++b) {
        // A ratio and its inverse order rows alike; the larger divides less often by nothing.
        for (const char* const sign : {" / ", " - ", " * ", " + "}) {
          const std::string text =
              features::QuoteColumn(columns[a]) + sign + features::QuoteColumn(columns[b]);
          candidates.push_back({.name = text, .expression = text});
        }
      }
    }
    std::erase_if(candidates, [&](const features::Derived& candidate) {
      return std::find(problem_.derived.begin(), problem_.derived.end(), candidate) !=
             problem_.derived.end();
    });
    return candidates;
  }

  Result<std::optional<features::Derived>> Best(const std::vector<features::Derived>& candidates,
                                                const Base& base) const {
    std::vector<Gain> gains(candidates.size());
    REEVE_RETURN_IF_ERROR(ParallelFor(
        options_.threads, static_cast<std::int64_t>(candidates.size()), [&](std::int64_t i) {
          REEVE_RETURN_IF_ERROR(options_.cancellation->Check());
          const auto at = static_cast<std::size_t>(i);
          auto values = features::DeriveColumn(candidates[at], *problem_.table, rows_);
          if (!values.ok()) return std::move(values).status();
          gains[at] = Judge(*values, base);
          return Status::Ok();
        }));
    std::size_t best = 0;
    for (std::size_t i = 0; i < gains.size(); ++i) {
      if (gains[i].sum > gains[best].sum) best = i;
    }
    if (gains.empty() || gains[best].sum <= kStandardErrorsToTry * gains[best].standard_error)
      return std::optional<features::Derived>();
    return std::optional(candidates[best]);
  }

  // What a Newton step by bins of `values` gains on held-out parts.
  Gain Judge(const std::vector<double>& values, const Base& base) const {
    const std::vector<std::size_t> bins = Bin(values);
    std::vector<double> gains(values.size());
    for (std::int32_t k = problem_.classes == 2 ? 1 : 0; k < problem_.classes; ++k) {
      for (const Fold& fold : folds_) JudgeFold(fold, bins, base, k, gains);
    }
    return GainOf(gains);
  }

  void JudgeFold(const Fold& fold, const std::vector<std::size_t>& bins, const Base& base,
                 std::int32_t k, std::vector<double>& gains) const {
    std::vector<double> first(kBins + 1), second(kBins + 1);
    const auto derivatives = [&](std::int64_t position) {
      const double p = base.predicted.at(position, k);
      const double hit = labels_[static_cast<std::size_t>(position)] == k ? 1 : 0;
      return std::pair(hit - p, std::max(p * (1 - p), 1e-4));
    };
    for (const std::int64_t position : fold.train) {
      const std::size_t bin = bins[static_cast<std::size_t>(position)];
      const auto [g, h] = derivatives(position);
      first[bin] += g;
      second[bin] += h;
    }
    for (const std::int64_t position : fold.test) {
      const std::size_t bin = bins[static_cast<std::size_t>(position)];
      const auto [g, h] = derivatives(position);
      const double step = std::clamp(first[bin] / (second[bin] + kShrinkage), -2.0, 2.0);
      gains[static_cast<std::size_t>(position)] += g * step - 0.5 * h * step * step;
    }
  }

  // Bins of about equally many rows; one more for missing values.
  static std::vector<std::size_t> Bin(const std::vector<double>& values) {
    std::vector<double> sorted;
    for (const double value : values) {
      if (!std::isnan(value)) sorted.push_back(value);
    }
    std::sort(sorted.begin(), sorted.end());
    std::vector<double> edges;
    for (std::size_t bin = 1; bin < kBins && !sorted.empty(); ++bin)
      edges.push_back(sorted[bin * sorted.size() / kBins]);
    std::vector<std::size_t> bins;
    bins.reserve(values.size());
    for (const double value : values) {
      const auto edge = std::upper_bound(edges.begin(), edges.end(), value);
      bins.push_back(std::isnan(value) ? kBins : static_cast<std::size_t>(edge - edges.begin()));
    }
    return bins;
  }

  Problem problem_;
  std::vector<std::int64_t> rows_;
  std::vector<std::int32_t> labels_;
  const DerivedColumnsOptions& options_;
  // Of positions in rows_.
  std::vector<Fold> folds_;
};

std::size_t MostRows(const Problem& problem) {
  return std::clamp(
      kMostValues / std::max<std::size_t>(problem.features.size() * Outputs(problem), 1),
      kFewestSampled, kMostRows);
}

std::vector<std::int64_t> Sample(const std::vector<std::int64_t>& rows, std::size_t most,
                                 std::uint64_t seed) {
  std::vector<std::int64_t> sampled = rows;
  if (sampled.size() > most) {
    Random random = Random(seed).Fork("derived columns");
    random.Shuffle(std::span(sampled));
    sampled.resize(most);
  }
  std::sort(sampled.begin(), sampled.end());
  return sampled;
}

}  // namespace

Result<std::vector<features::Derived>> FindDerivedColumns(const Problem& problem,
                                                          const std::vector<std::int64_t>& rows,
                                                          const DerivedColumnsOptions& options) {
  if (rows.size() < kFewestRows || problem.classes > kMostClasses ||
      problem.features.size() > kMostFeatures)
    return std::vector<features::Derived>();
  return Finder(problem, Sample(rows, MostRows(problem), options.seed), options).Run();
}

}  // namespace reeve::tuning
