#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/features/text/sparse_rows.h"
#include "reeve/features/text/tf_idf.h"

namespace reeve::features {

struct TextTermsOptions {
  /// Words and pairs of words.
  TfIdfOptions words = {.terms = {.kind = TermOptions::Kind::kWords}};
  /// Parts of words, which short texts need: they hold few words, and these misspelt.
  TfIdfOptions characters = {
      .terms = {.kind = TermOptions::Kind::kCharacters, .shortest = 2, .longest = 4}};
  /// Parts of words are looked at up to this mean length of a text …
  std::size_t most_mean_bytes = 200;
  /// … and this length of all texts together, for what it costs.
  std::size_t most_bytes = 64'000'000;
};

/// Memory of TextTerms::Transform, reused from text to text. One per thread.
struct TextTermsMemory {
  TfIdfMemory tf_idf;
  std::vector<TermWeight> weights;
  std::vector<SparseRows::Value> row;
};

/// A text as a sparse row: one or two kinds of terms side by side, each weighed by TF-IDF, the
/// whole of length 1 where every kind finds a term. Immutable; safe to use from many threads.
class TextTerms {
 public:
  static TextTerms Fit(std::span<const std::string_view> texts, const TextTermsOptions& options);

  std::int32_t columns() const;
  /// The values of `text`, by rising column; they live in `memory` until the next call.
  std::span<const SparseRows::Value> Transform(std::string_view text,
                                               TextTermsMemory& memory) const;

  Json ToJson() const;
  /// Fails with kCorrupt.
  static Result<TextTerms> FromJson(const Json& json);

 private:
  std::vector<TfIdf> kinds_;
};

}  // namespace reeve::features
