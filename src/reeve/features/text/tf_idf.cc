#include "reeve/features/text/tf_idf.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"

namespace reeve::features {
namespace {

// Distinct terms that are counted at a time; about 50 bytes each.
constexpr std::int32_t kCountedTerms = 4'000'000;
// What a file may hold.
constexpr std::int64_t kMostTermsInFile = 1'000'000;
constexpr std::int64_t kMostTexts = std::int64_t{1} << 40;
constexpr std::int64_t kLongestTerm = 64;  // in words or characters

Status Corrupt(const std::string& what) {
  return Status::Corrupt("terms of a text column: " + what);
}

Result<TermOptions> TermOptionsFromJson(const Json& json) {
  TermOptions options;
  REEVE_ASSIGN_OR_RETURN(const std::string kind, JsonString(json, "analyzer"));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t shortest, JsonInteger(json, "shortest"));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t longest, JsonInteger(json, "longest"));
  if (kind != "words" && kind != "characters")
    return Corrupt("analyzer " + Quote(kind) + " is neither \"words\" nor \"characters\"");
  if (shortest < 1 || longest < shortest || longest > kLongestTerm)
    return Corrupt("lengths " + std::to_string(shortest) + " to " + std::to_string(longest) +
                   ", expected 1 to " + std::to_string(kLongestTerm));
  options.shortest = static_cast<int>(shortest);
  options.longest = static_cast<int>(longest);
  options.kind = kind == "words" ? TermOptions::Kind::kWords : TermOptions::Kind::kCharacters;
  if (options.kind == TermOptions::Kind::kWords) {
    REEVE_ASSIGN_OR_RETURN(const std::int64_t characters, JsonInteger(json, "min_word_characters"));
    if (characters < 1 || characters > kLongestTerm)
      return Corrupt("min_word_characters " + std::to_string(characters));
    options.min_word_characters = static_cast<int>(characters);
  }
  return options;
}

}  // namespace

TfIdf TfIdf::Fit(std::span<const std::string_view> texts, const TfIdfOptions& options) {
  TfIdf fitted(options);
  Tokeniser tokeniser(options.terms);
  RowCounts counts(kCountedTerms);
  for (const std::string_view text : texts) {
    tokeniser.ForEachTerm(text, [&](std::string_view term) { counts.Take(term); });
    counts.NextRow();
  }
  fitted.texts_ = counts.rows();
  for (const RowCounts::Entry& entry : counts.Choose(options.min_rows, options.most_terms))
    fitted.Add(entry.term, entry.rows);
  return fitted;
}

void TfIdf::Add(std::string_view term, std::int64_t rows) {
  terms_.Insert(term);
  rows_.push_back(rows);
  idf_.push_back(std::log(static_cast<double>(1 + texts_) / static_cast<double>(1 + rows)) + 1);
}

void TfIdf::Transform(std::string_view text, TfIdfMemory& memory,
                      std::vector<TermWeight>& weights) const {
  weights.clear();
  memory.tokeniser_.set_options(options_.terms);
  std::vector<std::int32_t>& found = memory.found_;
  found.clear();
  memory.tokeniser_.ForEachTerm(text, [&](std::string_view term) {
    const std::int32_t number = terms_.Find(term);
    if (number != TermTable::kUnknown) found.push_back(number);
  });
  std::sort(found.begin(), found.end());
  double squares = 0;
  for (std::size_t begin = 0; begin < found.size();) {
    std::size_t end = begin + 1;
    while (end < found.size() && found[end] == found[begin]) ++end;
    const auto count = static_cast<double>(end - begin);
    const double weight = (options_.is_sublinear && end - begin > 1 ? 1 + std::log(count) : count) *
                          idf_[static_cast<std::size_t>(found[begin])];
    weights.push_back({.term = found[begin], .weight = weight});
    squares += weight * weight;
    begin = end;
  }
  const double length = std::sqrt(squares);
  for (TermWeight& weight : weights) weight.weight /= length;
}

Json TfIdf::ToJson() const {
  Json json;
  const bool is_words = options_.terms.kind == TermOptions::Kind::kWords;
  json["analyzer"] = is_words ? "words" : "characters";
  json["shortest"] = options_.terms.shortest;
  json["longest"] = options_.terms.longest;
  if (is_words) json["min_word_characters"] = options_.terms.min_word_characters;
  json["sublinear"] = options_.is_sublinear;
  json["texts"] = texts_;
  json["terms"] = Json::array();
  for (std::int32_t number = 0; number < size(); ++number)
    json["terms"].push_back(std::string(term(number)));
  json["texts_with_term"] = rows_;
  return json;
}

Result<TfIdf> TfIdf::FromJson(const Json& json) {
  TfIdfOptions options;
  REEVE_ASSIGN_OR_RETURN(options.terms, TermOptionsFromJson(json));
  REEVE_ASSIGN_OR_RETURN(options.is_sublinear, JsonBool(json, "sublinear"));
  REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> terms, JsonStrings(json, "terms"));
  TfIdf fitted(options);
  REEVE_ASSIGN_OR_RETURN(fitted.texts_, JsonInteger(json, "texts"));
  REEVE_ASSIGN_OR_RETURN(const Json* const rows, JsonArray(json, "texts_with_term"));
  if (fitted.texts_ < 0 || fitted.texts_ > kMostTexts)
    return Corrupt("\"texts\" is " + std::to_string(fitted.texts_));
  if (static_cast<std::int64_t>(terms.size()) > kMostTermsInFile || terms.size() != rows->size())
    return Corrupt(std::to_string(terms.size()) + " terms (at most " +
                   std::to_string(kMostTermsInFile) + ") and " + std::to_string(rows->size()) +
                   " counts in \"texts_with_term\"");
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (i > 0 && terms[i] <= terms[i - 1])
      return Corrupt(Quote(terms[i]) + " does not stand in order");
    const Json& count = (*rows)[i];
    if (!count.is_number_integer() || count.get<std::int64_t>() < 1 ||
        count.get<std::int64_t>() > fitted.texts_)
      return Corrupt("\"texts_with_term\" of " + Quote(terms[i]) + ", expected 1 to " +
                     std::to_string(fitted.texts_));
    fitted.Add(terms[i], count.get<std::int64_t>());
  }
  return fitted;
}

}  // namespace reeve::features
