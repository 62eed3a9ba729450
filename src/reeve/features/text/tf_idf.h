#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/features/text/tokeniser.h"
#include "reeve/features/text/vocabulary.h"

namespace reeve::features {

struct TfIdfOptions {
  TermOptions terms = {};
  /// Terms of fewer texts are left out.
  std::int64_t min_rows = 2;
  /// At most this many terms are kept, those of the most texts.
  std::size_t most_terms = 20'000;
  /// A term that comes n times counts 1 + ln n times instead of n times.
  bool is_sublinear = true;
};

/// How much a text has of one term.
struct TermWeight {
  std::int32_t term = 0;
  double weight = 0;
};

/// What Transform works in, reused from text to text. One per thread.
class TfIdfMemory;

/// Terms of a collection of texts and how telling each is: term frequency times inverse document
/// frequency (Salton & Buckley 1988), ln((1 + n) / (1 + texts with the term)) + 1, each text scaled
/// to length 1; equal to scikit-learn's TfidfVectorizer with the same settings to 1e-9
/// (tf_idf_test.cc; where most_terms cuts, scikit-learn keeps other terms). Immutable; safe to use
/// from many threads.
class TfIdf {
 public:
  static TfIdf Fit(std::span<const std::string_view> texts, const TfIdfOptions& options);

  /// Terms are numbered in the order of their bytes.
  std::int32_t size() const { return terms_.size(); }
  std::string_view term(std::int32_t number) const { return terms_.term(number); }
  /// One for each term.
  std::span<const double> idf() const { return idf_; }
  const TfIdfOptions& options() const { return options_; }

  /// Replaces `weights` by those of `text`, by rising term; none when no term is known.
  void Transform(std::string_view text, TfIdfMemory& memory,
                 std::vector<TermWeight>& weights) const;

  /// Part of pipeline.json (docs/formats/pipeline.md).
  Json ToJson() const;
  /// Fails with kCorrupt.
  static Result<TfIdf> FromJson(const Json& json);

 private:
  explicit TfIdf(const TfIdfOptions& options) : options_(options) {}
  void Add(std::string_view term, std::int64_t rows);

  TfIdfOptions options_;
  // Texts it was fitted on, and those of them that hold each term.
  std::int64_t texts_ = 0;
  TermTable terms_;
  std::vector<std::int64_t> rows_;
  std::vector<double> idf_;
};

class TfIdfMemory {
 private:
  friend class TfIdf;
  Tokeniser tokeniser_{TermOptions()};
  std::vector<std::int32_t> found_;
};

}  // namespace reeve::features
