#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "reeve/predictions/block.h"
#include "reeve/predictions/page_pool.h"
#include "reeve/predictions/schema.h"

namespace reeve::predictions {

/// Whole blocks, one behind the other, in the memory that they are written from. Thread-compatible.
class SealedBlocks {
 public:
  /// No blocks, and no room for any.
  SealedBlocks() = default;
  explicit SealedBlocks(Pages pages) : pages_(std::move(pages)) {}

  /// What a block takes whose payload is stored like that.
  static std::size_t BytesOf(std::string_view stored) { return kBlockHeadBytes + stored.size(); }
  bool HasRoom(std::string_view stored) const { return BytesOf(stored) <= capacity() - used_; }
  /// A further block, as WriteBlock makes it. `schema` is what its rows need, null for labels; it
  /// has to outlive the blocks. REQUIRES: HasRoom(stored).
  void Append(const BlockHead& head, std::string_view stored, const Schema* schema);

  bool is_empty() const { return used_ == 0; }
  /// Bytes of the blocks, and of the memory.
  std::size_t size() const { return used_; }
  std::size_t capacity() const { return pages_.size(); }
  std::int64_t rows() const { return rows_; }
  std::int64_t labels() const { return labels_; }
  /// Of all its rows, each once.
  const std::vector<const Schema*>& schemas() const { return schemas_; }
  /// The blocks, for WritableFile::AppendPages: zeros are put behind them.
  std::string_view Bytes();

 private:
  Pages pages_;
  std::size_t used_ = 0;
  std::int64_t rows_ = 0, labels_ = 0;
  std::vector<const Schema*> schemas_;
};

}  // namespace reeve::predictions
