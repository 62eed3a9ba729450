#include "reeve/features/text/text_terms.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace reeve::features {
namespace {

constexpr std::size_t kMostKinds = 4;

}  // namespace

TextTerms TextTerms::Fit(std::span<const std::string_view> texts, const TextTermsOptions& options) {
  std::size_t bytes = 0, present = 0;
  for (const std::string_view text : texts) {
    bytes += text.size();
    present += text.empty() ? 0 : 1;
  }
  TextTerms fitted;
  fitted.kinds_.push_back(TfIdf::Fit(texts, options.words));
  if (bytes <= options.most_mean_bytes * present && bytes <= options.most_bytes)
    fitted.kinds_.push_back(TfIdf::Fit(texts, options.characters));
  return fitted;
}

std::int32_t TextTerms::columns() const {
  std::int32_t columns = 0;
  for (const TfIdf& kind : kinds_) columns += kind.size();
  return columns;
}

std::span<const SparseRows::Value> TextTerms::Transform(std::string_view text,
                                                        TextTermsMemory& memory) const {
  memory.row.clear();
  const double share = 1 / std::sqrt(static_cast<double>(kinds_.size()));
  std::int32_t first = 0;
  for (const TfIdf& kind : kinds_) {
    kind.Transform(text, memory.tf_idf, memory.weights);
    for (const TermWeight& weight : memory.weights)
      memory.row.push_back({first + weight.term, static_cast<float>(share * weight.weight)});
    first += kind.size();
  }
  return memory.row;
}

Json TextTerms::ToJson() const {
  Json json = Json::array();
  for (const TfIdf& kind : kinds_) json.push_back(kind.ToJson());
  return json;
}

Result<TextTerms> TextTerms::FromJson(const Json& json) {
  if (!json.is_array() || json.empty() || json.size() > kMostKinds)
    return Status::Corrupt("\"terms\" of a text column: expected 1 to " +
                           std::to_string(kMostKinds) + " kinds of terms");
  TextTerms fitted;
  for (const Json& kind : json) {
    REEVE_ASSIGN_OR_RETURN(TfIdf read, TfIdf::FromJson(kind));
    fitted.kinds_.push_back(std::move(read));
  }
  return fitted;
}

}  // namespace reeve::features
