#include "reeve/learners/xgboost/ubjson.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "reeve/base/text.h"

namespace reeve::learners {
namespace {

constexpr int kMaxDepth = 32;

class Parser {
 public:
  explicit Parser(std::string_view bytes) : bytes_(bytes) {}

  Result<UbjValue> Document() {
    UbjValue value;
    REEVE_RETURN_IF_ERROR(Value(value, 0));
    if (!bytes_.empty()) return Bad("bytes behind its end");
    return value;
  }

 private:
  static Status Bad(const std::string& what) { return Status::Corrupt("UBJSON: " + what); }

  Status Byte(char& byte) {
    if (bytes_.empty()) return Bad("ends too early");
    byte = bytes_.front();
    bytes_.remove_prefix(1);
    return Status::Ok();
  }

  static std::size_t SizeOf(char type) {
    switch (type) {
      case 'i':
      case 'U':
        return 1;
      case 'I':
        return 2;
      case 'l':
      case 'd':
        return 4;
      case 'L':
      case 'D':
        return 8;
      default:
        return 0;
    }
  }

  // A big-endian number of the given type. REQUIRES: SizeOf(type) bytes are there.
  double TakeNumber(char type) {
    const std::size_t size = SizeOf(type);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < size; ++i) bits = bits << 8 | static_cast<std::uint8_t>(bytes_[i]);
    bytes_.remove_prefix(size);
    switch (type) {
      case 'i':
        return static_cast<std::int8_t>(bits);
      case 'I':
        return static_cast<std::int16_t>(bits);
      case 'l':
        return static_cast<std::int32_t>(bits);
      case 'L':
        return static_cast<double>(static_cast<std::int64_t>(bits));
      case 'd':
        return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
      case 'D':
        return std::bit_cast<double>(bits);
      default:
        return static_cast<double>(bits);
    }
  }

  Status Number(char type, double& number) {
    if (SizeOf(type) == 0) return Bad("unknown type of number");
    if (bytes_.size() < SizeOf(type)) return Bad("ends too early");
    number = TakeNumber(type);
    return Status::Ok();
  }

  // A length: its type, then a number that the remaining bytes can pay for.
  Status Length(std::size_t& length) {
    char type = 0;
    REEVE_RETURN_IF_ERROR(Byte(type));
    double number = 0;
    REEVE_RETURN_IF_ERROR(Number(type, number));
    if (!(number >= 0) || number > static_cast<double>(bytes_.size()))
      return Bad("a length beyond the end");
    length = static_cast<std::size_t>(number);
    return Status::Ok();
  }

  Status Text(std::string& text) {
    std::size_t length = 0;
    REEVE_RETURN_IF_ERROR(Length(length));
    text = std::string(bytes_.substr(0, length));
    bytes_.remove_prefix(length);
    return Status::Ok();
  }

  Status Value(UbjValue& value, int depth) {
    if (depth > kMaxDepth) return Bad("nested too deeply");
    char type = 0;
    REEVE_RETURN_IF_ERROR(Byte(type));
    switch (type) {
      case 'Z':
        return Status::Ok();
      case 'T':
      case 'F':
        value.kind = UbjValue::Kind::kNumber;
        value.number = type == 'T';
        return Status::Ok();
      case 'S':
        value.kind = UbjValue::Kind::kText;
        return Text(value.text);
      case '{':
        return Object(value, depth);
      case '[':
        return Array(value, depth);
      default:
        value.kind = UbjValue::Kind::kNumber;
        return Number(type, value.number);
    }
  }

  Status Object(UbjValue& value, int depth) {
    value.kind = UbjValue::Kind::kObject;
    while (!bytes_.empty() && bytes_.front() != '}') {
      std::string key;
      REEVE_RETURN_IF_ERROR(Text(key));
      REEVE_RETURN_IF_ERROR(Value(value.object[key], depth + 1));
    }
    char end = 0;
    return Byte(end);
  }

  Status Array(UbjValue& value, int depth) {
    if (bytes_.starts_with('$')) return TypedArray(value);
    value.kind = UbjValue::Kind::kArray;
    if (bytes_.starts_with('#')) {
      bytes_.remove_prefix(1);
      std::size_t count = 0;
      REEVE_RETURN_IF_ERROR(Length(count));
      for (std::size_t i = 0; i < count; ++i) {
        value.array.emplace_back();
        REEVE_RETURN_IF_ERROR(Value(value.array.back(), depth + 1));
      }
      return Status::Ok();
    }
    while (!bytes_.empty() && bytes_.front() != ']') {
      value.array.emplace_back();
      REEVE_RETURN_IF_ERROR(Value(value.array.back(), depth + 1));
    }
    char end = 0;
    return Byte(end);
  }

  Status TypedArray(UbjValue& value) {
    value.kind = UbjValue::Kind::kNumbers;
    bytes_.remove_prefix(1);
    char type = 0, hash = 0;
    REEVE_RETURN_IF_ERROR(Byte(type));
    REEVE_RETURN_IF_ERROR(Byte(hash));
    if (hash != '#' || SizeOf(type) == 0) return Bad("a typed array without a count");
    std::size_t count = 0;
    REEVE_RETURN_IF_ERROR(Length(count));
    if (count > bytes_.size() / SizeOf(type)) return Bad("an array beyond the end");
    value.numbers.reserve(count);
    for (std::size_t i = 0; i < count; ++i) value.numbers.push_back(TakeNumber(type));
    return Status::Ok();
  }

  std::string_view bytes_;
};

}  // namespace

Result<const UbjValue*> UbjValue::Get(const std::string& member) const {
  const auto it = object.find(member);
  if (it == object.end()) return Status::Corrupt("UBJSON: member " + Quote(member) + " is missing");
  return &it->second;
}

Result<std::vector<double>> UbjValue::Numbers(const std::string& member) const {
  REEVE_ASSIGN_OR_RETURN(const UbjValue* const value, Get(member));
  if (value->kind == Kind::kNumbers) return value->numbers;
  std::vector<double> flat;
  for (const UbjValue& element : value->array) {
    if (element.kind != Kind::kNumber)
      return Status::Corrupt("UBJSON: member " + Quote(member) + " holds no numbers");
    flat.push_back(element.number);
  }
  if (value->kind != Kind::kArray)
    return Status::Corrupt("UBJSON: member " + Quote(member) + " is no array");
  return flat;
}

Result<std::string> UbjValue::Text(const std::string& member) const {
  REEVE_ASSIGN_OR_RETURN(const UbjValue* const value, Get(member));
  if (value->kind != Kind::kText)
    return Status::Corrupt("UBJSON: member " + Quote(member) + " is no text");
  return value->text;
}

Result<UbjValue> ParseUbjson(std::string_view bytes) { return Parser(bytes).Document(); }

}  // namespace reeve::learners
