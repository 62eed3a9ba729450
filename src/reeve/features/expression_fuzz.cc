// Expressions come from files and command lines, and in bundles from anywhere.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "reeve/features/expression.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)reeve::features::ParseDerived(text);
  const auto expression = reeve::features::Expression::Parse(text);
  if (!expression.ok()) return 0;
  const std::vector<double> column(reeve::features::Expression::kMostRows, 2.5);
  const std::vector<const double*> values(expression->columns().size(), column.data());
  std::vector<double> out(column.size());
  expression->Evaluate(values, out.size(), out.data());
  // What it says of itself reads back.
  if (!reeve::features::Expression::Parse(expression->text()).ok()) std::abort();
  return 0;
}
