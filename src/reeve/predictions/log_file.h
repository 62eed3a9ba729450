#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/predictions/block.h"

namespace reeve::predictions {

/// Bytes that can be looked at anywhere: a file, or memory in tests. Not thread-safe.
class BytesAt {
 public:
  virtual ~BytesAt() = default;
  virtual std::uint64_t size() const = 0;
  /// `count` bytes from `offset` on, fewer at the end. Fails with kIo.
  virtual Result<std::string> Read(std::uint64_t offset, std::size_t count) = 0;

  /// A regular file, as large as it is now. Fails with kNotFound, kIo.
  static Result<std::unique_ptr<BytesAt>> OpenFile(const std::string& path);
  /// `bytes` have to outlive the result.
  static std::unique_ptr<BytesAt> OfMemory(std::string_view bytes);
};

/// A block that was found; its payload is not looked at yet.
struct BlockPlace {
  BlockHead head;
  /// Of the payload.
  std::uint64_t offset = 0;
};

struct FileBlocks {
  FileHead head;
  std::vector<BlockPlace> blocks;
  /// Places between blocks where bytes are damaged.
  std::int64_t damaged = 0;
  /// Bytes at the end that are no whole block, nor zeros that fill up a page: the file is being
  /// written, or its writer died.
  std::uint64_t torn_bytes = 0;
};

/// Finds the blocks of a log by their heads, without reading payloads. Behind damage it goes on at
/// the next head that is whole. Fails with kCorrupt when it is no log, kIo.
Result<FileBlocks> FindBlocks(BytesAt& bytes);

/// A block's payload. Fails with kCorrupt, kIo.
Result<std::string> ReadPayload(BytesAt& bytes, const BlockPlace& place);

}  // namespace reeve::predictions
