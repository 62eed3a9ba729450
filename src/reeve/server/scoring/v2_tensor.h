#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/server/scoring/refusal.h"
#include "reeve/server/scoring/request_rows.h"

namespace simdjson::dom {
class element;
}  // namespace simdjson::dom

namespace reeve::server {

/// A type of tensor elements of the Open Inference Protocol.
struct Datatype {
  enum class Kind : std::uint8_t { kBoolean, kUnsigned, kSigned, kFloat, kBytes };
  /// "FP64".
  std::string_view name;
  Kind kind = Kind::kBytes;
  /// Of one element in a binary tensor; 0 where each has its own length.
  std::size_t bytes = 0;

  /// Null for a name that the protocol does not have.
  static const Datatype* Find(std::string_view name);
};

/// A tensor as it came: what describes it, and its elements in row-major order, still unread.
struct Tensor {
  std::string_view name;
  const Datatype* datatype = nullptr;
  /// One or two dimensions, rows first.
  std::vector<std::int64_t> shape;

  std::int64_t rows() const { return shape[0]; }
  std::int64_t columns() const { return shape.size() > 1 ? shape[1] : 1; }
  std::int64_t elements() const { return rows() * columns(); }
};

/// The elements of a tensor, one after the other.
class TensorReader {
 public:
  virtual ~TensorReader() = default;
  /// Sets `field` of the last row to the next element. In floating tensors null, "NaN" and NaN are
  /// missing values; null is one in any. Refuses what its datatype cannot hold.
  virtual Refusal Read(std::size_t field, RequestRows& rows) = 0;
  /// Takes the next element for the name of the last row.
  virtual Refusal ReadKey(RequestRows& rows) = 0;
};

/// Elements as JSON: flat, or nested as the shape is. `data` and `tensor` outlive the reader.
/// Refuses a count that is not that of the shape.
Refusal ReadJsonTensor(const Tensor& tensor, const simdjson::dom::element& data,
                       std::unique_ptr<TensorReader>& reader);

/// Elements as bytes: little-endian, BYTES with four bytes of length each. `data` and `tensor`
/// outlive the reader and what it sets. Refuses a size that is not that of the shape.
Refusal ReadBinaryTensor(const Tensor& tensor, std::string_view data,
                         std::unique_ptr<TensorReader>& reader);

/// "[2,1]".
std::string ShapeText(const std::vector<std::int64_t>& shape);

/// Pieces of binary tensors, little-endian.
void AppendBinary(double value, std::string& out);
void AppendBinary(std::int64_t value, std::string& out);
void AppendBinary(std::string_view bytes, std::string& out);

}  // namespace reeve::server
