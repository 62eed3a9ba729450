#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "reeve/base/clock.h"
#include "reeve/base/file_system.h"
#include "reeve/predictions/log_folder.h"
#include "reeve/predictions/schema.h"

namespace reeve::predictions {

/// A block, ready to be written, or several of one model.
struct SealedBlock {
  /// As EncodeBlock or AppendBlock made it.
  std::string bytes;
  /// Null for labels. Has to outlive the sink.
  const Schema* schema = nullptr;
  std::int64_t rows = 0, labels = 0;
};

struct BlockSinkOptions {
  std::string folder;
  std::uint64_t file_bytes = 128U << 20;
  /// Written bytes are kept until they are synced; at this many, they are.
  std::uint64_t unsynced_bytes = 6U << 20;
  Retention retention;
  const Clock* clock = nullptr;
  FileSystem* files = nullptr;
  /// FolderLock::writer: keeps the names of its files apart from other writers'.
  int writer = 1;
};

/// Brings blocks to disk in their order, into files that it opens, closes and removes. A block is
/// held until it is synced; what a failure leaves in doubt is written again, into a new file, under
/// its old number, by which readers know it. Not thread-safe.
class BlockSink {
 public:
  BlockSink(BlockSinkOptions options, std::string session)
      : options_(std::move(options)), session_(std::move(session)) {}

  /// Takes the block, whatever comes of it: after a failure it waits for the next Write or Sync.
  Status Write(SealedBlock block);
  /// Memory of a block that is on disk, empty: the next block need not ask the system for its own.
  std::string SpareBytes();
  /// Writes what waits and syncs. Ok: everything taken so far is on disk.
  Status Sync();
  /// Closes the file; the next block begins another.
  Status Finish();
  /// True while blocks wait for a disk that refused them.
  bool is_stuck() const { return !waiting_.empty(); }
  /// Forgets the blocks that wait: the rows that are lost.
  std::int64_t Abandon();

  /// Bytes of blocks that are not known to be on disk, and of spare ones.
  std::size_t bytes_held() const { return waiting_bytes_ + unsynced_bytes_ + spare_bytes_; }
  std::int64_t rows_synced() const { return rows_synced_; }
  std::int64_t labels_synced() const { return labels_synced_; }
  std::uint64_t bytes_synced() const { return bytes_synced_; }

 private:
  Status WriteWaiting();
  Status WriteOne(const SealedBlock& block);
  Status OpenFile();
  Status WriteSchema(const Schema& schema);
  Status SyncFile();
  void GiveUpFile();

  const BlockSinkOptions options_;
  const std::string session_;
  std::deque<SealedBlock> waiting_, unsynced_;
  std::vector<std::string> spare_;
  std::unique_ptr<WritableFile> file_;
  LogFileName name_;
  std::int64_t file_ms_ = 0;
  int file_number_ = 0;
  std::uint64_t file_bytes_ = 0, waiting_bytes_ = 0, unsynced_bytes_ = 0;
  std::size_t spare_bytes_ = 0;
  bool has_synced_block_ = false;
  std::set<std::uint32_t> schemas_in_file_;
  std::int64_t retention_checked_ms_ = INT64_MIN;
  std::int64_t rows_synced_ = 0, labels_synced_ = 0;
  std::uint64_t bytes_synced_ = 0;
};

}  // namespace reeve::predictions
