#include "reeve/honesty/class_sizes.h"

#include "reeve/base/text.h"

namespace reeve::honesty {

std::vector<contract::Warning> FindTinyClasses(const ClassSizesProblem& problem) {
  constexpr std::int64_t kTiny = 10;
  std::vector<std::int64_t> train(problem.class_names.size()), test(train);
  for (const std::int64_t row : problem.train)
    ++train[static_cast<std::size_t>(problem.labels[static_cast<std::size_t>(row)])];
  for (const std::int64_t row : problem.test)
    ++test[static_cast<std::size_t>(problem.labels[static_cast<std::size_t>(row)])];
  std::vector<contract::Warning> warnings;
  for (std::size_t c = 0; c < train.size(); ++c) {
    const std::int64_t rows = train[c] + test[c];
    if (rows >= kTiny && train[c] >= problem.folds) continue;
    std::string message = "class " + Quote(problem.class_names[c]) + " has " +
                          std::to_string(rows) + (rows == 1 ? " row" : " rows") + ", " +
                          std::to_string(train[c]) + " to train: too few to learn or to judge by";
    if (rows == 1 && train[c] == 1) message += "; it is kept in training";
    warnings.push_back({"tiny_class", problem.target, std::move(message)});
  }
  return warnings;
}

}  // namespace reeve::honesty
