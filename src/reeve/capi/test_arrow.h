#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reeve/capi/reeve.h"

namespace reeve::capi {

/// Bytes of a buffer of numbers.
template <typename T>
std::vector<char> Bytes(const std::vector<T>& values) {
  std::vector<char> bytes(values.size() * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}
inline std::vector<char> Bytes(const std::string& text) { return {text.begin(), text.end()}; }

/// An Arrow column for a test, made of whatever bytes it is given; every field can be spoilt.
class TestColumn {
 public:
  /// An empty buffer is a null pointer.
  TestColumn(const std::string& name, const std::string& format, std::int64_t length,
             std::vector<std::vector<char>> buffers)
      : name_(name), format_(format), bytes_(std::move(buffers)) {
    for (const std::vector<char>& bytes : bytes_) {
      buffers_.push_back(bytes.empty() ? nullptr : bytes.data());
    }
    schema = {.format = format_.c_str(),
              .name = name_.c_str(),
              .flags = ARROW_FLAG_NULLABLE,
              .release = [](ArrowSchema*) {}};
    array = {.length = length,
             .null_count = -1,
             .n_buffers = static_cast<std::int64_t>(buffers_.size()),
             .buffers = buffers_.data(),
             .release = [](ArrowArray*) {}};
  }
  TestColumn(const TestColumn&) = delete;
  TestColumn& operator=(const TestColumn&) = delete;

  void SetDictionary(std::unique_ptr<TestColumn> dictionary) {
    dictionary_ = std::move(dictionary);
    schema.dictionary = &dictionary_->schema;
    array.dictionary = &dictionary_->array;
  }
  TestColumn& dictionary() { return *dictionary_; }
  void SetBuffer(std::size_t i, const void* buffer) { buffers_[i] = buffer; }

  ArrowSchema schema{};
  ArrowArray array{};

 private:
  std::string name_, format_;
  std::vector<std::vector<char>> bytes_;
  std::vector<const void*> buffers_;
  std::unique_ptr<TestColumn> dictionary_;
};

/// A record batch of such columns.
class TestBatch {
 public:
  explicit TestBatch(std::int64_t rows) {
    schema = {.format = "+s", .name = "", .release = [](ArrowSchema*) {}};
    array = {.length = rows, .n_buffers = 1, .buffers = &bitmap, .release = [](ArrowArray*) {}};
  }
  TestBatch(const TestBatch&) = delete;
  TestBatch& operator=(const TestBatch&) = delete;

  TestColumn& Add(const std::string& name, const std::string& format,
                  std::vector<std::vector<char>> buffers) {
    return Add(std::make_unique<TestColumn>(name, format, array.length, std::move(buffers)));
  }
  TestColumn& Add(std::unique_ptr<TestColumn> column) {
    columns_.push_back(std::move(column));
    schemas_.push_back(&columns_.back()->schema);
    arrays_.push_back(&columns_.back()->array);
    schema.n_children = array.n_children = static_cast<std::int64_t>(columns_.size());
    schema.children = schemas_.data();
    array.children = arrays_.data();
    return *columns_.back();
  }
  TestColumn& column(std::size_t i) { return *columns_[i]; }
  void SetChild(std::size_t i, ArrowSchema* child_schema, ArrowArray* child_array) {
    schemas_[i] = child_schema;
    arrays_[i] = child_array;
  }

  ArrowSchema schema{};
  ArrowArray array{};
  const void* bitmap = nullptr;

 private:
  std::vector<std::unique_ptr<TestColumn>> columns_;
  std::vector<ArrowSchema*> schemas_;
  std::vector<ArrowArray*> arrays_;
};

/// Two rows of every feature of MakeTestBundle, each in the layout one would expect.
inline std::unique_ptr<TestBatch> MakeTestBatch() {
  auto batch = std::make_unique<TestBatch>(2);
  batch->Add("age", "l", {{}, Bytes<std::int64_t>({33, 61})});
  batch->Add("income", "g", {Bytes<std::uint8_t>({0b01}), Bytes<double>({2.5, 99})});
  batch->Add("city", "u", {{}, Bytes<std::int32_t>({0, 3, 8}), Bytes("Ely Oslo")});
  batch->Add("member", "b", {{}, Bytes<std::uint8_t>({0b10})});
  batch->Add("since", "tdD", {{}, Bytes<std::int32_t>({1, 20'000})});
  return batch;
}

}  // namespace reeve::capi
