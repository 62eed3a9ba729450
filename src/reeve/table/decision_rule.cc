#include "reeve/table/decision_rule.h"

#include <algorithm>

namespace reeve {

std::vector<std::vector<double>> CostMatrix::Rows() const {
  std::vector<std::vector<double>> rows;
  for (auto begin = values.begin(); begin != values.end(); begin += classes)
    rows.emplace_back(begin, begin + classes);
  return rows;
}

bool CostMatrix::IsValid() const {
  const auto count = static_cast<std::size_t>(classes);
  if (classes < 2 || values.size() != count * count) return false;
  for (int c = 0; c < classes; ++c) {
    if (at(c, c) != 0) return false;
  }
  return std::ranges::all_of(values, [](double cost) { return cost >= 0 && cost <= kMost; }) &&
         std::ranges::any_of(values, [](double cost) { return cost > 0; });
}

int CheapestClass(const CostMatrix& costs, std::span<const double> probabilities) {
  int best = 0;
  double least = 0;
  for (int decided = 0; decided < costs.classes; ++decided) {
    double expected = 0;
    for (int truth = 0; truth < costs.classes; ++truth)
      expected += probabilities[static_cast<std::size_t>(truth)] * costs.at(truth, decided);
    const bool is_cheaper = decided == 0 || expected < least;
    const bool is_likelier = expected == least && probabilities[static_cast<std::size_t>(decided)] >
                                                      probabilities[static_cast<std::size_t>(best)];
    if (!is_cheaper && !is_likelier) continue;
    best = decided;
    least = expected;
  }
  return best;
}

}  // namespace reeve
