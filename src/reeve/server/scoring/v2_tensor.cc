#include "reeve/server/scoring/v2_tensor.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include <simdjson.h>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/server/scoring/json_document.h"

namespace reeve::server {
namespace {

namespace dom = simdjson::dom;
using contract::Cell;
using dom::element_type;
using Kind = Datatype::Kind;

static_assert(std::endian::native == std::endian::little, "binary tensors are little-endian");

constexpr std::array<Datatype, 13> kDatatypes = {{{"BOOL", Kind::kBoolean, 1},
                                                  {"UINT8", Kind::kUnsigned, 1},
                                                  {"UINT16", Kind::kUnsigned, 2},
                                                  {"UINT32", Kind::kUnsigned, 4},
                                                  {"UINT64", Kind::kUnsigned, 8},
                                                  {"INT8", Kind::kSigned, 1},
                                                  {"INT16", Kind::kSigned, 2},
                                                  {"INT32", Kind::kSigned, 4},
                                                  {"INT64", Kind::kSigned, 8},
                                                  {"FP16", Kind::kFloat, 2},
                                                  {"FP32", Kind::kFloat, 4},
                                                  {"FP64", Kind::kFloat, 8},
                                                  {"BYTES", Kind::kBytes, 0}}};

std::string WhereIs(const Tensor& tensor) { return "input " + Quote(tensor.name) + ": "; }

// Whether an integer tensor of the datatype may hold the number.
bool Holds(const Datatype& type, double number) {
  if (number != std::trunc(number)) return false;
  const auto bits = static_cast<int>(type.bytes * 8);
  if (type.kind == Kind::kUnsigned) return number >= 0 && number < std::ldexp(1.0, bits);
  return number >= -std::ldexp(1.0, bits - 1) && number < std::ldexp(1.0, bits - 1);
}

// Walks over the leaves of an array that is flat, or nested once.
class Leaves {
 public:
  explicit Leaves(const dom::array& data) : outer_(data.begin()) {}

  // REQUIRES: not at the end.
  dom::element Next() {
    for (;;) {
      if (is_inner_ && inner_ != inner_end_) {
        const dom::element leaf = *inner_;
        ++inner_;
        return leaf;
      }
      is_inner_ = false;
      const dom::element element = *outer_;
      ++outer_;
      dom::array row;
      if (element.get(row) != simdjson::SUCCESS) return element;
      is_inner_ = true;
      inner_ = row.begin();
      inner_end_ = row.end();
    }
  }

 private:
  dom::array::iterator outer_;
  bool is_inner_ = false;
  dom::array::iterator inner_, inner_end_;
};

class JsonTensorReader final : public TensorReader {
 public:
  JsonTensorReader(const Tensor& tensor, const dom::array& data) : tensor_(tensor), leaves_(data) {}

  Refusal Read(std::size_t field, RequestRows& rows) override {
    const dom::element leaf = leaves_.Next();
    const Datatype& type = *tensor_.datatype;
    double number = 0;
    switch (leaf.type()) {
      case element_type::ARRAY:
      case element_type::OBJECT:
        return Unfit(leaf);
      case element_type::STRING:
        if (type.kind == Kind::kFloat && std::string_view(leaf) == "NaN") return {};
        break;
      case element_type::INT64:
        number = static_cast<double>(std::int64_t(leaf));
        break;
      case element_type::UINT64:
        number = static_cast<double>(std::uint64_t(leaf));
        break;
      case element_type::DOUBLE:
        number = double(leaf);
        break;
      case element_type::BOOL:
      case element_type::NULL_VALUE:
        break;
    }
    const bool is_integer = type.kind == Kind::kSigned || type.kind == Kind::kUnsigned;
    if (is_integer && leaf.is_number() && !Holds(type, number)) return Unfit(leaf);
    if (type.kind == Kind::kBoolean && leaf.is_number()) {
      if (number != 0 && number != 1) return Unfit(leaf);
      rows.Set(field, {Cell::Kind::kBoolean, number});
      return {};
    }
    SetField(leaf, field, rows);
    return {};
  }

  Refusal ReadKey(RequestRows& rows) override {
    rows.SetKey(KeyOf(leaves_.Next(), rows));
    return {};
  }

 private:
  Refusal Unfit(const dom::element& leaf) const {
    std::string found(JsonKind(leaf));
    if (leaf.is_number()) found = simdjson::minify(leaf);
    return Refusal::BadRequest(WhereIs(tensor_) + "data hold " + found + ", expected " +
                               std::string(tensor_.datatype->name));
  }

  const Tensor& tensor_;
  Leaves leaves_;
};

// Half precision: 1 bit of sign, 5 of exponent, 10 of fraction (IEEE 754-2008).
double FromHalf(std::uint16_t half) {
  const int exponent = (half >> 10) & 31;
  const int fraction = half & 1023;
  double value = 0;
  if (exponent == 31) {
    value = fraction == 0 ? HUGE_VAL : std::nan("");
  } else if (exponent == 0) {
    value = std::ldexp(fraction, -24);
  } else {
    value = std::ldexp(1024 + fraction, exponent - 25);
  }
  return (half & 0x8000) != 0 ? -value : value;
}

template <typename T>
T Load(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

double LoadFloat(const char* bytes, std::size_t size) {
  if (size == 2) return FromHalf(Load<std::uint16_t>(bytes));
  return size == 4 ? static_cast<double>(Load<float>(bytes)) : Load<double>(bytes);
}

std::int64_t LoadSigned(const char* bytes, std::size_t size) {
  switch (size) {
    case 1:
      return Load<std::int8_t>(bytes);
    case 2:
      return Load<std::int16_t>(bytes);
    case 4:
      return Load<std::int32_t>(bytes);
    default:
      return Load<std::int64_t>(bytes);
  }
}

std::uint64_t LoadUnsigned(const char* bytes, std::size_t size) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, size);
  return value;
}

class BinaryTensorReader final : public TensorReader {
 public:
  // REQUIRES: `data` was checked to hold every element.
  BinaryTensorReader(const Tensor& tensor, std::string_view data)
      : tensor_(tensor), at_(data.data()) {}

  Refusal Read(std::size_t field, RequestRows& rows) override {
    Cell cell;
    if (const Refusal refusal = Next(rows, cell); !refusal.ok()) return refusal;
    if (cell.kind != Cell::Kind::kMissing) rows.Set(field, cell);
    return {};
  }

  Refusal ReadKey(RequestRows& rows) override {
    Cell cell;
    if (const Refusal refusal = Next(rows, cell); !refusal.ok()) return refusal;
    if (cell.kind == Cell::Kind::kText) rows.SetKey(cell.text);
    if (cell.kind == Cell::Kind::kNumber) rows.SetKey(rows.Keep(FormatNumber(cell.number)));
    return {};
  }

 private:
  /// Beyond it a double does not hold every integer; as text no digit is lost.
  static constexpr std::uint64_t kExactIntegers = std::uint64_t{1} << 53;

  Refusal Next(RequestRows& rows, Cell& cell) {
    const std::size_t size = tensor_.datatype->bytes;
    switch (tensor_.datatype->kind) {
      case Kind::kBoolean:
        cell = {Cell::Kind::kBoolean, *at_ != 0 ? 1.0 : 0.0};
        break;
      case Kind::kUnsigned: {
        const std::uint64_t value = LoadUnsigned(at_, size);
        cell = {Cell::Kind::kNumber, static_cast<double>(value)};
        if (value > kExactIntegers) cell = {Cell::Kind::kText, 0, rows.Keep(std::to_string(value))};
        break;
      }
      case Kind::kSigned: {
        const std::int64_t value = LoadSigned(at_, size);
        cell = {Cell::Kind::kNumber, static_cast<double>(value)};
        if (std::abs(cell.number) > static_cast<double>(kExactIntegers))
          cell = {Cell::Kind::kText, 0, rows.Keep(std::to_string(value))};
        break;
      }
      case Kind::kFloat: {
        const double value = LoadFloat(at_, size);
        if (std::isfinite(value)) cell = {Cell::Kind::kNumber, value};
        // As a text file would spell it: the contract knows whether it stands for nothing.
        if (std::isinf(value)) cell = {Cell::Kind::kText, 0, value > 0 ? "inf" : "-inf"};
        break;
      }
      case Kind::kBytes: {
        const auto length = Load<std::uint32_t>(at_);
        at_ += sizeof length;
        cell = {Cell::Kind::kText, 0, std::string_view(at_, length)};
        at_ += length;
        if (!IsUtf8(cell.text))
          return Refusal::BadRequest(WhereIs(tensor_) + "data hold bytes that are no UTF-8");
        break;
      }
    }
    at_ += size;
    return {};
  }

  const Tensor& tensor_;
  const char* at_;
};

}  // namespace

const Datatype* Datatype::Find(std::string_view name) {
  for (const Datatype& type : kDatatypes) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

std::string ShapeText(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i)
    text += (i > 0 ? "," : "") + std::to_string(shape[i]);
  return text + "]";
}

Refusal ReadJsonTensor(const Tensor& tensor, const dom::element& data,
                       std::unique_ptr<TensorReader>& reader) {
  dom::array elements;
  if (data.get(elements) != simdjson::SUCCESS) {
    return Refusal::BadRequest(WhereIs(tensor) + "data is " + std::string(JsonKind(data)) +
                               ", expected a list");
  }
  // Deeper lists are found, as elements, when they are read.
  std::size_t count = 0;
  for (const dom::element element : elements) {
    dom::array row;
    count += element.get(row) == simdjson::SUCCESS ? row.size() : 1;
  }
  if (count != static_cast<std::size_t>(tensor.elements())) {
    return Refusal::BadRequest(WhereIs(tensor) + "data hold " + std::to_string(count) +
                               " elements, expected " + std::to_string(tensor.elements()) +
                               " for the shape " + ShapeText(tensor.shape));
  }
  reader = std::make_unique<JsonTensorReader>(tensor, elements);
  return {};
}

Refusal ReadBinaryTensor(const Tensor& tensor, std::string_view data,
                         std::unique_ptr<TensorReader>& reader) {
  const auto elements = static_cast<std::size_t>(tensor.elements());
  bool fits = false;
  if (tensor.datatype->kind == Kind::kBytes) {
    std::string_view rest = data;
    std::size_t count = 0;
    for (; count < elements && rest.size() >= sizeof(std::uint32_t); ++count) {
      const auto length = Load<std::uint32_t>(rest.data());
      rest.remove_prefix(sizeof length);
      if (length > rest.size()) break;
      rest.remove_prefix(length);
    }
    fits = count == elements && rest.empty();
  } else {
    fits = data.size() % tensor.datatype->bytes == 0 &&
           data.size() / tensor.datatype->bytes == elements;
  }
  if (!fits) {
    return Refusal::BadRequest(WhereIs(tensor) + "its " + std::to_string(data.size()) +
                               " bytes are not " + std::to_string(elements) + " elements of " +
                               std::string(tensor.datatype->name));
  }
  reader = std::make_unique<BinaryTensorReader>(tensor, data);
  return {};
}

void AppendBinary(double value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void AppendBinary(std::int64_t value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void AppendBinary(std::string_view bytes, std::string& out) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  out.append(reinterpret_cast<const char*>(&length), sizeof length);
  out += bytes;
}

}  // namespace reeve::server
