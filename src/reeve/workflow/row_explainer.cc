#include "reeve/workflow/row_explainer.h"

#include <cstdio>

#include <nlohmann/json.hpp>

#include "reeve/workflow/importance_table.h"

namespace reeve::workflow {
namespace {

// Cut between characters, never within one.
std::string Cut(std::string text) {
  constexpr std::size_t kMostBytes = 120;
  if (text.size() <= kMostBytes) return text;
  std::size_t end = kMostBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

std::optional<std::string> FieldValue(const Table& table, const std::string& field,
                                      std::int64_t row) {
  const auto column = table.Find(field);
  if (!column) return std::nullopt;
  return Cut(table.column(*column).ToText(row));
}

}  // namespace

Result<RowExplainer> RowExplainer::Make(const inference::Scorer& scorer) {
  REEVE_ASSIGN_OR_RETURN(explain::Explainer explainer,
                         explain::Explainer::Make(explain::ExplainedModel::Of(scorer)));
  return RowExplainer(scorer, std::move(explainer));
}

Result<std::vector<std::vector<RowReason>>> RowExplainer::Reasons(
    const Table& chunk, std::span<const std::int32_t> predicted, std::size_t top,
    int threads) const {
  REEVE_ASSIGN_OR_RETURN(const contract::Conformed conformed,
                         contract::Conform(scorer_.contract(), chunk, {}));
  REEVE_ASSIGN_OR_RETURN(const auto reasons,
                         explainer_.Reasons(conformed.table, predicted, top, threads));
  std::vector<std::vector<RowReason>> in_words(reasons.size());
  for (std::size_t row = 0; row < reasons.size(); ++row) {
    for (const explain::Reason& reason : reasons[row]) {
      const std::string& field = explainer_.fields()[reason.field];
      in_words[row].push_back({field,
                               FieldValue(conformed.table, field, static_cast<std::int64_t>(row)),
                               reason.contribution});
    }
  }
  return in_words;
}

int RowExplainer::ExplainedClass(int predicted) const {
  return scorer_.contract().classes.size() == 2 ? 1 : predicted;
}

std::string_view RowExplainer::unit() const { return UnitName(explainer_.unit()); }

std::vector<std::pair<std::string, double>> RowExplainer::expected() const {
  const std::vector<std::string>& classes = scorer_.contract().classes;
  std::vector<std::pair<std::string, double>> expected;
  for (std::size_t k = classes.size() == 2 ? 1 : 0; k < classes.size(); ++k)
    expected.emplace_back(classes[k], explainer_.expected(static_cast<int>(k)));
  return expected;
}

std::string ReasonText(const RowReason& reason) {
  if (!reason.value) return reason.field;
  return reason.value->empty() ? reason.field + " is missing"
                               : reason.field + " = " + *reason.value;
}

std::string DirectionText(double contribution, const std::string& class_name) {
  return (contribution > 0 ? "for " : "against ") + class_name;
}

std::string ContributionText(double contribution) {
  char text[48];
  std::snprintf(text, sizeof text, "%+.4f", contribution);
  return text;
}

Json ToJson(const RowReason& reason, const std::string& class_name) {
  Json json{{"field", reason.field}};
  if (reason.value) json["value"] = reason.value->empty() ? Json(nullptr) : Json(*reason.value);
  json["contribution"] = reason.contribution;
  json["direction"] = DirectionText(reason.contribution, class_name);
  return json;
}

}  // namespace reeve::workflow
