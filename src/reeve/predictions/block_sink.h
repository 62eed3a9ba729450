#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>

#include "reeve/base/clock.h"
#include "reeve/base/file_system.h"
#include "reeve/predictions/log_folder.h"
#include "reeve/predictions/schema.h"
#include "reeve/predictions/sealed_blocks.h"

namespace reeve::predictions {

struct BlockSinkOptions {
  std::string folder;
  std::uint64_t file_bytes = 128U << 20;
  /// What was written is kept until it is synced; at so much memory, it is.
  std::uint64_t unsynced_bytes = 6U << 20;
  Retention retention;
  const Clock* clock = nullptr;
  FileSystem* files = nullptr;
  /// FolderLock::writer: keeps the names of its files apart from other writers'.
  int writer = 1;
};

/// Brings blocks to disk in their order, into files that it opens, closes and removes. Blocks are
/// held until they are synced; what a failure leaves in doubt is written again, into a new file,
/// under its old number, by which readers know it. Not thread-safe.
class BlockSink {
 public:
  BlockSink(BlockSinkOptions options, std::string session)
      : options_(std::move(options)), session_(std::move(session)) {}

  /// Takes the blocks, whatever comes of it: after a failure they wait for the next Write or Sync.
  Status Write(SealedBlocks blocks);
  /// Writes what waits and syncs. Ok: everything taken so far is on disk.
  Status Sync();
  /// Closes the file; the next block begins another.
  Status Finish();
  /// True while blocks wait for a disk that refused them.
  bool is_stuck() const { return !waiting_.empty(); }
  /// Forgets the blocks that wait: the rows that are lost.
  std::int64_t Abandon();

  std::int64_t rows_synced() const { return rows_synced_; }
  std::int64_t labels_synced() const { return labels_synced_; }
  std::uint64_t bytes_synced() const { return bytes_synced_; }

 private:
  Status WriteWaiting();
  Status WriteOne(SealedBlocks& blocks);
  Status OpenFile();
  Status WriteSchema(const Schema& schema);
  Status SyncFile();
  void GiveUpFile();

  const BlockSinkOptions options_;
  const std::string session_;
  std::deque<SealedBlocks> waiting_, unsynced_;
  std::unique_ptr<WritableFile> file_;
  LogFileName name_;
  std::int64_t file_ms_ = 0;
  int file_number_ = 0;
  std::uint64_t file_bytes_ = 0, unsynced_bytes_ = 0;
  bool has_synced_block_ = false;
  std::set<std::uint32_t> schemas_in_file_;
  std::int64_t retention_checked_ms_ = INT64_MIN;
  std::int64_t rows_synced_ = 0, labels_synced_ = 0;
  std::uint64_t bytes_synced_ = 0;
};

}  // namespace reeve::predictions
