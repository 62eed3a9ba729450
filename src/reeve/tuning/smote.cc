#include "reeve/tuning/smote.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "reeve/base/random.h"
#include "reeve/tuning/neighbours.h"

namespace reeve::tuning {
namespace {

using Rows = std::vector<std::int64_t>;

// How the columns that one table column became are drawn.
enum class Draw { kNumber, kWholeNumber, kFlaggedNumber, kCategory, kTogether };

struct Group {
  Draw draw = Draw::kTogether;
  std::vector<std::int64_t> columns;
};

bool IsZeroOrOne(float value) { return value == 0 || value == 1 || std::isnan(value); }

template <typename Predicate>
bool HoldsEverywhere(const Matrix& matrix, std::int64_t column, std::span<const std::int64_t> rows,
                     Predicate predicate) {
  const auto values = matrix.column(column);
  return std::all_of(rows.begin(), rows.end(), [&](std::int64_t row) {
    return predicate(values[static_cast<std::size_t>(row)]);
  });
}

// 0/1 columns of which no row has two ones.
bool IsOneHot(const Matrix& matrix, const std::vector<std::int64_t>& columns,
              std::span<const std::int64_t> rows) {
  std::vector<int> ones(rows.size());
  for (const std::int64_t column : columns) {
    const auto values = matrix.column(column);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const float value = values[static_cast<std::size_t>(rows[i])];
      if (!IsZeroOrOne(value) || (ones[i] += value == 1) > 1) return false;
    }
  }
  return true;
}

Draw DrawOf(const Matrix& matrix, const std::vector<std::int64_t>& columns,
            std::span<const std::int64_t> rows) {
  const MatrixColumn& first = matrix.columns()[static_cast<std::size_t>(columns[0])];
  if (columns.size() == 1) {
    if (first.is_categorical || HoldsEverywhere(matrix, columns[0], rows, IsZeroOrOne))
      return Draw::kCategory;
    const bool whole = HoldsEverywhere(matrix, columns[0], rows, [](float value) {
      return std::isnan(value) || value == std::nearbyint(value);
    });
    return whole ? Draw::kWholeNumber : Draw::kNumber;
  }
  if (IsOneHot(matrix, columns, rows)) return Draw::kCategory;
  const bool flagged =
      columns.size() == 2 &&
      matrix.columns()[static_cast<std::size_t>(columns[1])].name == first.name + " (missing)";
  return flagged ? Draw::kFlaggedNumber : Draw::kTogether;
}

// Columns by the table column they came from, in order of appearance.
std::vector<Group> MakeGroups(const Matrix& matrix, std::span<const std::int64_t> rows) {
  std::vector<Group> groups;
  std::map<std::string, std::size_t> group_of;
  for (std::int64_t j = 0; j < matrix.cols(); ++j) {
    const auto [it, is_new] =
        group_of.emplace(matrix.columns()[static_cast<std::size_t>(j)].source, groups.size());
    if (is_new) groups.emplace_back();
    groups[it->second].columns.push_back(j);
  }
  for (Group& group : groups) group.draw = DrawOf(matrix, group.columns, rows);
  return groups;
}

// One number per category of a group: the code, or which of its columns holds the one.
std::int32_t CategoryOf(const Matrix& matrix, const Group& group, std::int64_t row) {
  constexpr std::int32_t kMissing = -1;
  if (group.columns.size() == 1) {
    const float value = matrix.at(row, group.columns[0]);
    return std::isnan(value) ? kMissing : static_cast<std::int32_t>(value);
  }
  for (std::size_t k = 0; k < group.columns.size(); ++k) {
    if (matrix.at(row, group.columns[k]) == 1) return static_cast<std::int32_t>(k);
  }
  return kMissing;
}

// A number column in deviations of the class, missing values at the mean with a category that tells
// them apart.
void AddNumber(const Matrix& matrix, std::int64_t column, const Rows& rows, double weight,
               MixedPoints& points) {
  const auto values = matrix.column(column);
  double sum = 0, squares = 0, count = 0;
  for (const std::int64_t row : rows) {
    const double value = values[static_cast<std::size_t>(row)];
    if (std::isnan(value)) continue;
    sum += value;
    squares += value * value;
    ++count;
  }
  const double mean = count > 0 ? sum / count : 0;
  const double variance = count > 0 ? squares / count - mean * mean : 0;
  // Rounding leaves a little variance to large constants.
  const bool varies = variance > 1e-12 * (1 + mean * mean);
  const double scale = varies ? weight / std::sqrt(variance) : 0;
  std::vector<float>& scaled = points.numbers.emplace_back();
  std::vector<std::int32_t> missing;
  for (const std::int64_t row : rows) {
    const double value = values[static_cast<std::size_t>(row)];
    missing.push_back(std::isnan(value) ? 1 : 0);
    scaled.push_back(std::isnan(value) ? 0.0F : static_cast<float>((value - mean) * scale));
  }
  if (!varies) points.numbers.pop_back();
  if (count < static_cast<double>(rows.size())) points.categories.push_back(std::move(missing));
}

MixedPoints MakePoints(const Matrix& matrix, const std::vector<Group>& groups, const Rows& rows) {
  MixedPoints points{
      .rows = static_cast<std::int64_t>(rows.size()), .numbers = {}, .categories = {}};
  for (const Group& group : groups) {
    if (group.draw == Draw::kCategory) {
      std::vector<std::int32_t>& codes = points.categories.emplace_back();
      for (const std::int64_t row : rows) codes.push_back(CategoryOf(matrix, group, row));
      continue;
    }
    const double weight = 1 / std::sqrt(static_cast<double>(group.columns.size()));
    for (const std::int64_t column : group.columns) AddNumber(matrix, column, rows, weight, points);
  }
  return points;
}

// A new row before it is filled: two rows of its class (positions in the class) and the share of
// the way from the first to the second.
struct Plan {
  std::int32_t base = 0;
  // Which of the base's neighbours; 0 where it has none.
  std::uint64_t neighbour = 0;
  double share = 0;
  // Decides ties.
  std::uint64_t seed = 0;
};

std::vector<Plan> MakePlans(std::size_t rows, std::size_t wanted, std::size_t neighbours,
                            Random random) {
  std::vector<Plan> plans;
  plans.reserve(wanted);
  for (std::size_t i = 0; i < wanted; ++i) {
    const std::uint64_t width = std::max<std::uint64_t>(neighbours, 1);
    const std::uint64_t drawn = random.Below(rows * width);
    const double share = random.Uniform();
    plans.push_back({.base = static_cast<std::int32_t>(drawn / width),
                     .neighbour = drawn % width,
                     .share = share,
                     .seed = random.Next()});
  }
  return plans;
}

// The row among `rows` whose category is the most frequent one, ties by the seed.
std::int64_t MostFrequent(const Matrix& matrix, const Group& group, const Rows& rows,
                          Random random) {
  std::map<std::int32_t, std::pair<int, std::int64_t>> counts;
  for (const std::int64_t row : rows) {
    auto& [count, example] = counts[CategoryOf(matrix, group, row)];
    ++count;
    example = row;
  }
  int most = 0;
  std::vector<std::int64_t> tied;
  for (const auto& [category, counted] : counts) {
    if (counted.first > most) tied.clear();
    most = std::max(most, counted.first);
    if (counted.first == most) tied.push_back(counted.second);
  }
  return tied.size() == 1 ? tied[0] : tied[random.Below(tied.size())];
}

float Between(float from, float to, double share) {
  if (std::isnan(from) || std::isnan(to)) return share < 0.5 ? from : to;
  return static_cast<float>(from + share * (static_cast<double>(to) - from));
}

// Makes the rows of one class.
class Maker {
 public:
  Maker(const Matrix& matrix, const std::vector<Group>& groups, const Rows& members)
      : matrix_(matrix), groups_(groups), members_(members) {}

  // Fills rows [first, first + wanted) of `out`.
  void Make(std::size_t wanted, const SmoteOptions& options, std::uint64_t seed, std::int64_t first,
            Matrix& out) const {
    const std::size_t neighbours =
        std::min<std::size_t>(static_cast<std::size_t>(options.neighbours), members_.size() - 1);
    const std::vector<Plan> plans =
        MakePlans(members_.size(), wanted, neighbours, Random(seed).Fork("smote"));
    // Only rows that are drawn need their neighbours.
    std::vector<std::int32_t> bases;
    for (const Plan& plan : plans) bases.push_back(plan.base);
    std::sort(bases.begin(), bases.end());
    bases.erase(std::unique(bases.begin(), bases.end()), bases.end());
    const Neighbours found = FindNeighbours(
        MakePoints(matrix_, groups_, members_), bases,
        {.neighbours = options.neighbours, .seed = seed, .threads = options.threads});
    for (std::size_t i = 0; i < plans.size(); ++i) {
      const auto query = static_cast<std::size_t>(
          std::lower_bound(bases.begin(), bases.end(), plans[i].base) - bases.begin());
      Rows around;
      if (found.per_query > 0) {
        for (const std::int32_t index : found.of(query))
          around.push_back(members_[static_cast<std::size_t>(index)]);
      }
      Fill(plans[i], around, first + static_cast<std::int64_t>(i), out);
    }
  }

 private:
  void Fill(const Plan& plan, const Rows& around, std::int64_t to, Matrix& out) const {
    const std::int64_t base = members_[static_cast<std::size_t>(plan.base)];
    const std::int64_t other = around.empty() ? base : around[plan.neighbour % around.size()];
    const std::int64_t nearer = plan.share < 0.5 ? base : other;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const Group& group = groups_[g];
      if (group.draw == Draw::kCategory) {
        const std::int64_t from =
            around.empty() ? base
                           : MostFrequent(matrix_, group, around, Random(plan.seed).Fork("tie", g));
        Copy(group, from, to, out);
      } else if (IsOnTheLine(group, base, other)) {
        const float value = Between(matrix_.at(base, group.columns[0]),
                                    matrix_.at(other, group.columns[0]), plan.share);
        Copy(group, nearer, to, out);
        out.column(group.columns[0])[static_cast<std::size_t>(to)] =
            group.draw == Draw::kWholeNumber ? std::nearbyint(value) : value;
      } else {
        Copy(group, nearer, to, out);
      }
    }
  }

  bool IsOnTheLine(const Group& group, std::int64_t base, std::int64_t other) const {
    if (group.draw == Draw::kFlaggedNumber)
      return matrix_.at(base, group.columns[1]) == matrix_.at(other, group.columns[1]);
    return group.draw != Draw::kTogether;
  }

  void Copy(const Group& group, std::int64_t from, std::int64_t to, Matrix& out) const {
    for (const std::int64_t column : group.columns)
      out.column(column)[static_cast<std::size_t>(to)] = matrix_.at(from, column);
  }

  const Matrix& matrix_;
  const std::vector<Group>& groups_;
  const Rows& members_;
};

}  // namespace

SyntheticRows Smote(const Matrix& matrix, std::span<const std::int64_t> positions,
                    std::span<const std::int32_t> labels, int classes,
                    const SmoteOptions& options) {
  std::vector<Rows> members(static_cast<std::size_t>(classes));
  for (const std::int64_t row : positions)
    members[static_cast<std::size_t>(labels[static_cast<std::size_t>(row)])].push_back(row);
  std::size_t largest = 0, total = 0;
  for (const Rows& rows : members) largest = std::max(largest, rows.size());
  for (const Rows& rows : members) total += rows.empty() ? 0 : largest - rows.size();

  SyntheticRows synthetic{Matrix(static_cast<std::int64_t>(total), matrix.columns()), {}};
  const std::vector<Group> groups = MakeGroups(matrix, positions);
  std::int64_t first = 0;
  for (std::size_t c = 0; c < members.size(); ++c) {
    if (members[c].empty() || members[c].size() == largest) continue;
    const std::size_t wanted = largest - members[c].size();
    Maker(matrix, groups, members[c])
        .Make(wanted, options, Random(options.seed).Fork("class", c).Next(), first,
              synthetic.matrix);
    synthetic.labels.insert(synthetic.labels.end(), wanted, static_cast<std::int32_t>(c));
    first += static_cast<std::int64_t>(wanted);
  }
  return synthetic;
}

}  // namespace reeve::tuning
