#include "reeve/features/combination_search.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace reeve::features {
namespace {

// Rows that are looked at: more change the choice little.
constexpr std::size_t kMostRows = 100'000;
constexpr std::size_t kMostColumns = kMostStepInputs;
constexpr std::size_t kMostBinned = 6;
constexpr std::size_t kMostCombined = 3;
// A gain has to be so many times its standard error.
constexpr double kStandardErrors = 2.5;
// Rows that the model's prediction counts for beside the rows of a group, and the share of a step
// that is taken: small steps leave room for what a combination says beyond its columns.
constexpr float kPriorRows = 20;
constexpr float kStep = 0.3F;
// Numbers with more values take part in combinations only where they say more than their order.
constexpr std::size_t kFewNumbers = 64;
// A combination that sets nearly every row apart has nothing to count.
constexpr double kMostGroups = 0.9;
// A tree tells so few groups apart by itself, without what a rate adds in noise.
constexpr std::size_t kFewGroups = 16;

struct Gain {
  double sum = 0;
  double standard_error = 0;

  bool counts() const { return sum > kStandardErrors * standard_error; }
};

// An additive model of rates that learns row after row: the prediction for a row depends on the
// labels before it alone, and so does whatever is made of predictions.
class OnlineModel {
 public:
  OnlineModel(std::span<const std::vector<std::uint8_t>> hits, std::span<const std::uint32_t> ends,
              std::size_t rows)
      : hits_(hits), ends_(ends), rows_(rows) {
    for (const std::vector<std::uint8_t>& hit : hits_) {
      const double sum = std::accumulate(hit.begin(), hit.end(), 0.0);
      const double share = (sum + 0.5) / (static_cast<double>(hit.size()) + 1);
      predicted_.emplace_back(rows_, static_cast<float>(share));
    }
  }

  // What a whole step by the rates of `groups` would gain.
  Gain Judge(const RowGroups& groups) const {
    std::vector<double> gains(rows_);
    for (std::size_t k = 0; k < hits_.size(); ++k) {
      Visit(groups, k, [&](std::size_t row, float ratio) {
        const float scale = 1 + predicted_[k][row] * (ratio - 1);
        gains[row] += std::log((hits_[k][row] != 0 ? ratio : 1.0F) / scale);
      });
    }
    Gain gain;
    double squares = 0;
    for (const double of_row : gains) {
      gain.sum += of_row;
      squares += of_row * of_row;
    }
    gain.standard_error = std::sqrt(squares);
    return gain;
  }

  // Takes a part of that step.
  void Add(const RowGroups& groups) {
    for (std::size_t k = 0; k < hits_.size(); ++k) {
      std::vector<float> next = predicted_[k];
      Visit(groups, k, [&](std::size_t row, float ratio) {
        const float odds = std::pow(ratio, kStep), p = predicted_[k][row];
        next[row] = std::clamp(p * odds / (1 - p + p * odds), 1e-5F, 1 - 1e-5F);
      });
      predicted_[k] = std::move(next);
    }
  }

 private:
  struct Seen {
    float rows = 0, hits = 0, predicted = 0;

    // By how much the odds have to be multiplied for the rate that was seen.
    float Ratio() const {
      constexpr float kLeast = 1e-4F;
      const float mean = std::clamp(predicted / rows, kLeast, 1 - kLeast);
      const float rate =
          std::clamp((hits + kPriorRows * mean) / (rows + kPriorRows), kLeast, 1 - kLeast);
      return rate / (1 - rate) * (1 - mean) / mean;
    }
  };

  // Calls visit(row, ratio) for every row with rows before it in its group.
  template <typename Visitor>
  void Visit(const RowGroups& groups, std::size_t k, Visitor visit) const {
    std::vector<Seen> seen(groups.groups);
    std::size_t begin = 0;
    for (std::size_t batch = 0; begin < rows_; ++batch) {
      const std::size_t end = std::min<std::size_t>(ends_[batch], rows_);
      for (std::size_t row = begin; row < end; ++row) {
        const Seen& before = seen[groups.ids[row]];
        if (before.rows > 0) visit(row, before.Ratio());
      }
      for (std::size_t row = begin; row < end; ++row) {
        Seen& now = seen[groups.ids[row]];
        now.rows += 1;
        now.hits += static_cast<float>(hits_[k][row]);
        now.predicted += predicted_[k][row];
      }
      begin = end;
    }
  }

  std::span<const std::vector<std::uint8_t>> hits_;
  std::span<const std::uint32_t> ends_;
  std::size_t rows_;
  std::vector<std::vector<float>> predicted_;
};

struct Candidate {
  RowGroups groups;
  Gain gain;
};

class Search {
 public:
  Search(const CombinationProblem& problem, const StatisticsOptions& options)
      : problem_(problem),
        options_(options),
        rows_(std::min(problem.order->order.size(), kMostRows)),
        model_(problem.hits, problem.order->ends, rows_) {}

  std::vector<std::vector<std::size_t>> Run() {
    JudgeColumns();
    if (options_.statistics != Statistics::kCombinations) return chosen_;
    for (const std::size_t column : usable_) model_.Add(singles_[column].groups);
    for (std::size_t a = 0; a < usable_.size(); ++a) {
      for (std::size_t b = a + 1; b < usable_.size(); ++b) Propose({usable_[a], usable_[b]});
    }
    for (int taken = 0; taken < options_.most_combinations && TakeBest(); ++taken) {
    }
    return chosen_;
  }

 private:
  void JudgeColumns() {
    for (std::size_t j = 0; j < problem_.columns.size(); ++j) {
      Candidate& single = singles_.emplace_back();
      single.groups = GroupRows(problem_.columns, {j}, rows_);
      single.gain = model_.Judge(single.groups);
    }
    std::vector<std::size_t> wanted, coded, binned;
    for (std::size_t j = 0; j < problem_.columns.size(); ++j) {
      const StatisticsInput& input = problem_.columns[j].input;
      if (input.is_binned()) {
        if (!IsUsable(input.source.column, coded)) binned.push_back(j);
        continue;
      }
      const Gain& gain = singles_[j].gain;
      const bool is_number = input.source.storage == Column::Storage::kNumbers;
      const double says_more = gain.sum - std::max(GainOfOrder(input.source.column), 0.0);
      const bool counts = says_more > kStandardErrors * gain.standard_error;
      if (counts && input.known() > kFewGroups) wanted.push_back(j);
      if ((counts || !is_number) && input.known() > kFewGroups) wide_.push_back(j);
      if (!is_number || counts || input.known() <= kFewNumbers) coded.push_back(j);
    }
    if (coded.empty()) return;
    if (wide_.empty()) binned.clear();
    KeepBest(binned, kMostBinned);
    KeepBest(coded, kMostColumns - binned.size());
    usable_ = std::move(coded);
    usable_.insert(usable_.end(), binned.begin(), binned.end());
    KeepBest(usable_, kMostColumns);
    KeepBest(wanted, kMostColumns);
    for (const std::size_t j : wanted) {
      if (std::find(usable_.begin(), usable_.end(), j) != usable_.end()) chosen_.push_back({j});
    }
  }

  // What the order of a number says: the gain of its bins; 0 for other columns.
  double GainOfOrder(const std::string& column) const {
    for (std::size_t j = 0; j < problem_.columns.size(); ++j) {
      const StatisticsInput& input = problem_.columns[j].input;
      if (input.is_binned() && input.source.column == column) return singles_[j].gain.sum;
    }
    return 0;
  }
  bool IsUsable(const std::string& column, std::span<const std::size_t> usable) const {
    return std::ranges::any_of(
        usable, [&](std::size_t j) { return problem_.columns[j].input.source.column == column; });
  }
  void KeepBest(std::vector<std::size_t>& columns, std::size_t most) const {
    std::ranges::stable_sort(columns, [&](std::size_t a, std::size_t b) {
      return singles_[a].gain.sum > singles_[b].gain.sum;
    });
    if (columns.size() > most) columns.resize(most);
  }

  // What an order says within few groups, or beside another order, is an interaction that a tree
  // grows by itself.
  bool TreesFindIt(std::span<const std::size_t> inputs) const {
    const bool has_bins = std::ranges::any_of(
        inputs, [&](std::size_t input) { return problem_.columns[input].input.is_binned(); });
    return has_bins && std::ranges::none_of(inputs, [&](std::size_t input) {
             return std::ranges::find(wide_, input) != wide_.end();
           });
  }

  void Propose(std::vector<std::size_t> inputs) {
    std::sort(inputs.begin(), inputs.end());
    if (std::find(proposed_.begin(), proposed_.end(), inputs) != proposed_.end()) return;
    proposed_.push_back(inputs);
    if (TreesFindIt(inputs)) return;
    std::uint64_t room = std::uint64_t{1} << 62;
    for (const std::size_t input : inputs) room /= problem_.columns[input].input.places();
    if (room == 0) return;  // more values than a key can tell apart
    Candidate candidate{.groups = GroupRows(problem_.columns, std::move(inputs), rows_),
                        .gain = {}};
    if (static_cast<double>(candidate.groups.groups) > kMostGroups * static_cast<double>(rows_))
      return;
    candidate.gain = model_.Judge(candidate.groups);
    candidates_.push_back(std::move(candidate));
  }

  // Adds the candidate that gains most, and what extends it. Gains hardly ever grow from step to
  // step, so that only the best of the last step are judged again.
  bool TakeBest() {
    std::stable_sort(
        candidates_.begin(), candidates_.end(),
        [](const Candidate& a, const Candidate& b) { return a.gain.sum > b.gain.sum; });
    std::size_t best = candidates_.size();
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (best < candidates_.size() && candidates_[best].gain.sum >= candidates_[i].gain.sum) break;
      candidates_[i].gain = model_.Judge(candidates_[i].groups);
      const bool better =
          best == candidates_.size() || candidates_[i].gain.sum > candidates_[best].gain.sum;
      if (candidates_[i].gain.counts() && better) best = i;
    }
    if (best == candidates_.size()) return false;
    model_.Add(candidates_[best].groups);
    const std::vector<std::size_t> inputs = candidates_[best].groups.inputs;
    if (candidates_[best].groups.groups > kFewGroups) chosen_.push_back(inputs);
    candidates_.erase(candidates_.begin() + static_cast<std::ptrdiff_t>(best));
    for (const std::size_t more : usable_) {
      if (inputs.size() == kMostCombined) break;
      if (std::find(inputs.begin(), inputs.end(), more) != inputs.end()) continue;
      std::vector<std::size_t> wider = inputs;
      wider.push_back(more);
      Propose(std::move(wider));
    }
    return true;
  }

  const CombinationProblem& problem_;
  const StatisticsOptions& options_;
  std::size_t rows_;
  OnlineModel model_;
  std::vector<Candidate> singles_, candidates_;
  std::vector<std::vector<std::size_t>> proposed_, chosen_;
  // Columns that combinations are made of, best first.
  std::vector<std::size_t> usable_;
  // Columns of many values without an order that says as much.
  std::vector<std::size_t> wide_;
};

}  // namespace

std::vector<std::vector<std::size_t>> ChooseStatistics(const CombinationProblem& problem,
                                                       const StatisticsOptions& options) {
  return Search(problem, options).Run();
}

}  // namespace reeve::features
