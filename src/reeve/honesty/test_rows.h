#pragma once

// Tables with known flaws for the tests of this module.

#include <cmath>
#include <string>
#include <vector>

#include "reeve/base/random.h"
#include "reeve/honesty/scored_rows.h"
#include "reeve/table/table.h"

namespace reeve::honesty {

/// Two numbers, a category and labels that follow them as far as `signal` goes.
struct TestRows {
  Table table;
  std::vector<std::int32_t> labels;
  std::vector<std::string> class_names = {"no", "yes"};
  std::vector<std::int64_t> rows;

  std::vector<const Column*> columns() const {
    std::vector<const Column*> pointers;
    for (const Column& column : table.columns()) pointers.push_back(&column);
    return pointers;
  }
};

inline TestRows MakeTestRows(std::int64_t count, double signal = 1, std::uint64_t seed = 1) {
  TestRows made;
  Random random(seed);
  std::vector<double> a, b;
  std::vector<std::int32_t> color;
  for (std::int64_t i = 0; i < count; ++i) {
    a.push_back(random.Normal());
    b.push_back(std::round(100 * random.Normal()));
    color.push_back(static_cast<std::int32_t>(random.Below(4)));
    const double z = signal * (1.5 * a.back() + b.back() / 100 + (color.back() == 1 ? 1.0 : -0.3));
    made.labels.push_back(random.Uniform() < 1 / (1 + std::exp(-z)));
  }
  made.table.Add(Column::Numbers("a", ColumnType::kReal, std::move(a)));
  made.table.Add(Column::Numbers("b", ColumnType::kInteger, std::move(b)));
  made.table.Add(Column::Codes("color", ColumnType::kCategory, std::move(color),
                               {"red", "green", "blue", "black"}));
  made.rows = AllRows(count);
  return made;
}

/// `count` predictions of two classes. Sure and right as a good model of clean labels is: scores
/// spread over (0, 1) and labels drawn by them, sharpened by `sharpness`; then a share `flipped` of
/// the labels is turned round and the probabilities pulled back as a calibrated model's would be.
inline ScoredRows MakeScoredRows(std::int64_t count, double sharpness, double flipped = 0,
                                 std::uint64_t seed = 1) {
  ScoredRows rows{{}, Probabilities(count, 2)};
  Random random(seed);
  for (std::int64_t i = 0; i < count; ++i) {
    const double p = 1 / (1 + std::exp(-sharpness * random.Normal()));
    bool label = random.Uniform() < p;
    if (random.Uniform() < flipped) label = !label;
    rows.labels.push_back(label);
    const double seen = flipped + (1 - 2 * flipped) * p;
    const auto to = rows.probabilities.mutable_row(i);
    to[0] = 1 - seen;
    to[1] = seen;
  }
  return rows;
}

}  // namespace reeve::honesty
