#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/inference/cache_lines.h"
#include "reeve/table/matrix.h"
#include "reeve/table/probabilities.h"

namespace reeve::inference {

/// Rows that a model reads where they are: feature j of row i is
/// values[j * stride + i * row_stride]. Columns one after the other have a row_stride of 1 (faster
/// for many rows), rows one after the other a stride of 1 (faster for few). Not owned.
struct FeatureBlock {
  const float* values = nullptr;
  std::size_t stride = 0;
  std::size_t rows = 0;
  std::size_t row_stride = 1;
};

/// Memory that a model works in, reused from call to call: a warm one allocates nothing. Opaque.
struct WorkMemory {
  CacheLines<std::uint8_t> bytes;
  /// What one member of a mixture says, while the others are asked.
  CacheLines<double> member;
};

/// A trained model: features in, class probabilities out. Immutable; safe to use from many threads.
///
/// The same object scores held-out folds, the test part, batches and requests, so there is one set
/// of numbers. A row's result never depends on the rows around it.
class Model {
 public:
  virtual ~Model() = default;

  /// "forest", "linear", "perceptron" or "mixture": the kind of file it is written to.
  virtual std::string_view kind() const = 0;
  /// Classes it tells apart, at least 2.
  virtual int classes() const = 0;
  /// Columns it expects of a Matrix.
  virtual std::int64_t features() const = 0;
  /// Makes ready what the first call would have to, so that it takes no longer than later ones.
  virtual void Prepare() const {}
  /// Writes block.rows x classes() probabilities, row-major. Calls may run at once, each with a
  /// `work` of its own. REQUIRES: the block holds features() features, out.size() values fit.
  virtual void PredictBlock(const FeatureBlock& block, std::span<double> out,
                            WorkMemory& work) const = 0;
  /// Fills out's rows begin … end-1 with the probabilities of the matrix's. Calls for disjoint rows
  /// may run at once. REQUIRES: matrix.cols() == features(), out has matrix.rows() rows and
  /// classes() classes.
  void PredictRows(const Matrix& matrix, std::int64_t begin, std::int64_t end,
                   Probabilities& out) const;
  /// Probabilities of every row, in the calling thread.
  Probabilities Predict(const Matrix& matrix) const {
    Probabilities out(matrix.rows(), classes());
    PredictRows(matrix, 0, matrix.rows(), out);
    return out;
  }
  /// The model as bytes in Reeve's own format (docs/formats/model.md); LoadModel reads it back
  /// equal.
  virtual std::string Serialize() const = 0;
};

inline void Model::PredictRows(const Matrix& matrix, std::int64_t begin, std::int64_t end,
                               Probabilities& out) const {
  const auto stride = static_cast<std::size_t>(matrix.rows());
  const auto rows = static_cast<std::size_t>(end - begin);
  const auto width = static_cast<std::size_t>(out.classes);
  WorkMemory work;
  PredictBlock({.values = matrix.values().data() + begin, .stride = stride, .rows = rows},
               std::span(out.values).subspan(static_cast<std::size_t>(begin) * width, rows * width),
               work);
}

/// Reads what Serialize wrote, of any kind. Fails with kCorrupt and a reason for anything else,
/// however hostile: sizes are checked before memory is taken, child indices before they are
/// followed.
Result<std::unique_ptr<Model>> LoadModel(std::string_view bytes);

}  // namespace reeve::inference
