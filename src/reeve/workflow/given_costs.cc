#include "reeve/workflow/given_costs.h"

#include <algorithm>
#include <utility>

#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/evaluation/cost.h"
#include "reeve/ingest/reader.h"

namespace reeve::workflow {
namespace {

constexpr char kFix[] =
    "a table of costs has the true class in its first column and one column for each class that "
    "is decided; for two classes fp=1,fn=5 says the same";

// "fp=1,fn=5" begins with a word and "="; no path or URI of a table does.
bool IsOfTwo(const std::string& given) {
  const std::size_t word = given.find_first_not_of("abcdefghijklmnopqrstuvwxyz ");
  return word != std::string::npos && word > 0 && given[word] == '=';
}

std::string Named(const GivenCosts& given) { return "--cost " + Quote(given.given, 200); }

Result<GivenCosts::Line> ReadLine(const Table& table, std::int64_t row, const GivenCosts& given) {
  GivenCosts::Line line{.truth = table.column(0).ToText(row), .costs = {}};
  for (std::size_t i = 0; i < given.decided.size(); ++i) {
    const std::string text = table.column(i + 1).ToText(row);
    const auto cost = evaluation::ParseCost(text);
    const std::string where = Named(given) + ": deciding " + Quote(given.decided[i], 60) + " for " +
                              Quote(line.truth, 60);
    if (!cost) {
      return Status::InvalidArgument(where + " costs " +
                                     (text.empty() ? "nothing that is said" : Quote(text, 40)) +
                                     ", expected a number that is not negative")
          .WithFix(kFix);
    }
    if (*cost != 0 && line.truth == given.decided[i]) {
      return Status::InvalidArgument(where + " costs " + FormatNumber(*cost) +
                                     ", expected 0 where the decision is right")
          .WithFix("take it off every cost of that line: no decision changes");
    }
    line.costs.push_back(*cost);
  }
  return line;
}

// Where each class stands in `names`.
Result<std::vector<std::size_t>> PlacesOf(const std::vector<std::string>& classes,
                                          const std::vector<std::string>& names,
                                          const std::string& where) {
  for (const std::string& name : names) {
    if (std::ranges::find(classes, name) == classes.end()) {
      return Status::InvalidArgument(where + " " + Quote(name, 60) + ", which is no class." +
                                     Suggest(name, classes));
    }
    if (std::ranges::count(names, name) > 1)
      return Status::InvalidArgument(where + " " + Quote(name, 60) + " twice, expected it once");
  }
  std::vector<std::size_t> places;
  for (const std::string& one : classes) {
    const auto at = std::ranges::find(names, one);
    if (at == names.end()) {
      return Status::InvalidArgument(where + " no " + Quote(one, 60) + ", expected each of the " +
                                     std::to_string(classes.size()) + " classes")
          .WithFix(kFix);
    }
    places.push_back(static_cast<std::size_t>(at - names.begin()));
  }
  return places;
}

}  // namespace

Result<GivenCosts> ReadCosts(const std::string& given) {
  GivenCosts costs{.given = given};
  if (IsOfTwo(given)) {
    REEVE_ASSIGN_OR_RETURN(costs.of_two, evaluation::ParseCostsOfTwo(given));
    return costs;
  }
  auto reader = ingest::TableReader::Open(given, {});
  if (!reader.ok()) {
    return Status(reader.status().code(), "--cost: " + reader.status().message()).WithFix(kFix);
  }
  const std::vector<std::string>& names = (*reader)->column_names();
  if (names.empty()) return Status::InvalidArgument(Named(costs) + " is empty").WithFix(kFix);
  costs.decided.assign(names.begin() + 1, names.end());
  Table chunk;
  for (;;) {
    REEVE_ASSIGN_OR_RETURN(const bool more, (*reader)->Next(&chunk));
    if (!more) return costs;
    for (std::int64_t row = 0; row < chunk.rows(); ++row) {
      REEVE_ASSIGN_OR_RETURN(GivenCosts::Line line, ReadLine(chunk, row, costs));
      costs.lines.push_back(std::move(line));
    }
  }
}

Result<CostMatrix> CostsOfClasses(const GivenCosts& given,
                                  const std::vector<std::string>& classes) {
  if (given.of_two) {
    if (classes.size() == 2) return *given.of_two;
    return Status::InvalidArgument(Named(given) + " is for two classes, there are " +
                                   std::to_string(classes.size()) + ": " + Join(classes, ", "))
        .WithFix(kFix);
  }
  std::vector<std::string> truths;
  for (const GivenCosts::Line& line : given.lines) truths.push_back(line.truth);
  REEVE_ASSIGN_OR_RETURN(const auto columns,
                         PlacesOf(classes, given.decided, Named(given) + " has as a column"));
  REEVE_ASSIGN_OR_RETURN(const auto lines,
                         PlacesOf(classes, truths, Named(given) + " has as a line"));
  CostMatrix costs{.classes = static_cast<int>(classes.size()), .values = {}};
  for (const std::size_t line : lines) {
    for (const std::size_t column : columns)
      costs.values.push_back(given.lines[line].costs[column]);
  }
  if (costs.IsValid()) return costs;
  return Status::InvalidArgument(Named(given) + " holds nothing but 0, expected a cost to weigh");
}

}  // namespace reeve::workflow
