#include "reeve/predictions/prediction_log.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "reeve/base/id.h"
#include "reeve/base/log.h"
#include "reeve/base/text.h"
#include "reeve/predictions/block.h"
#include "reeve/predictions/block_maker.h"
#include "reeve/predictions/byte_buffer.h"
#include "reeve/predictions/packed_rows.h"
#include "reeve/predictions/page_pool.h"
#include "reeve/predictions/sealed_blocks.h"

namespace reeve::predictions {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kFewestChunkBytes = 4096, kMostChunkBytes = 1U << 20;
constexpr std::size_t kFewestBlockBytes = 1024, kMostBlockBytes = 16U << 20;
// A row that is larger is not kept: a block has to hold it.
constexpr std::size_t kMostRowBytes = 16U << 20;
constexpr std::size_t kMostShards = 32;

// Threads take turns with the shards; while there are no more threads than shards, each has its
// own and no lock is ever waited for.
unsigned ThreadNumber() {
  static std::atomic<unsigned> next{0};
  thread_local const unsigned number = next.fetch_add(1, std::memory_order_relaxed);
  return number;
}

// The models that a shard saw last: a call looks its own up here.
struct KnownSchema {
  const contract::Contract* contract = nullptr;
  const contract::ContractColumn* columns = nullptr;
  const Schema* schema = nullptr;
};

// What the writer's thread takes.
using Filled = std::variant<RowChunk, SealedBlocks>;

struct alignas(64) Shard {
  std::mutex mutex;
  // What is being filled: rows one by one and labels, and blocks of packed rows.
  RowChunk rows;
  SealedBlocks blocks;
  std::array<KnownSchema, 4> known;
  std::size_t next_known = 0;
  std::int64_t taken = 0, dropped = 0;
};

std::string RandomSession() {
  const std::string hex = NewId();
  std::string session;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    session += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return session;
}

std::size_t CountShards() {
  return std::bit_ceil(
      std::clamp<std::size_t>(2 * std::thread::hardware_concurrency(), 1, kMostShards));
}

bool IsConsistent(const ScoredCall& call) {
  const std::size_t rows = call.predicted.size();
  return call.contract != nullptr && call.cells != nullptr && call.cells->rows() == rows &&
         call.cells->fields() == call.contract->columns.size() &&
         (call.read.empty() || call.read.size() == call.cells->fields()) &&
         call.probabilities.size() == rows * call.contract->classes.size() &&
         (call.keys.empty() || call.keys.size() == rows);
}

std::int64_t UsableRows(const ScoredCall& call, std::size_t from) {
  std::int64_t rows = 0;
  for (std::size_t row = from; row < call.predicted.size(); ++row) rows += IsUsable(call, row);
  return rows;
}

class FileLog : public PredictionLog {
 public:
  FileLog(const PredictionLogOptions& options, std::unique_ptr<FolderLock> lock)
      : lock_(std::move(lock)),
        flush_every_(std::max<std::int64_t>(options.flush_ms, 1)),
        pool_(options.buffer_bytes, std::clamp(options.buffer_bytes / (2 * CountShards()),
                                               kFewestChunkBytes, kMostChunkBytes)),
        shards_(CountShards()),
        sink_({.folder = options.folder,
               .file_bytes = options.file_bytes,
               .unsynced_bytes = options.buffer_bytes / 2,
               .retention = {options.retention_days, options.retention_bytes},
               .clock = options.clock,
               .files = options.files,
               .writer = lock_->writer()},
              RandomSession()),
        maker_(std::clamp(options.block_bytes, kFewestBlockBytes, kMostBlockBytes), sequence_,
               pool_, sink_),
        writer_([this] { Run(); }) {}

  ~FileLog() override {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_one();
    writer_.join();
  }

  void Append(const ScoredCall& call) override {
    Shard& shard = ShardOfThread();
    const std::lock_guard lock(shard.mutex);
    const Schema* schema = IsConsistent(call) ? SchemaOf(shard, call) : nullptr;
    if (schema == nullptr) {
      shard.dropped += static_cast<std::int64_t>(call.predicted.size());
      return;
    }
    std::size_t row = AppendPacked(shard, call, *schema);
    while (!AppendTo(shard, call, *schema, row)) {
      // The row at `row` did not fit.
      HandOver(std::exchange(shard.rows, {}));
      const std::size_t needed = RowChunk::BytesOfRow(call, *schema, row);
      if (needed > kMostRowBytes) {
        ++shard.dropped;
        ++row;
        continue;
      }
      Pages memory = pool_.Take(needed);
      if (memory.size() == 0) {
        shard.dropped += UsableRows(call, row);
        return;
      }
      shard.rows = RowChunk(std::move(memory));
    }
  }

  void AppendLabel(const Label& label) override {
    Shard& shard = ShardOfThread();
    const std::lock_guard lock(shard.mutex);
    if (shard.rows.AppendLabel(label)) return;
    HandOver(std::exchange(shard.rows, {}));
    const std::size_t needed = RowChunk::BytesOfLabel(label);
    if (needed <= kMostRowBytes) shard.rows = RowChunk(pool_.Take(needed));
    if (!shard.rows.AppendLabel(label)) ++shard.dropped;
  }

  Status Flush() override {
    std::unique_lock lock(mutex_);
    const std::uint64_t ticket = ++flush_wanted_;
    wake_.notify_one();
    flushed_.wait(lock, [&] { return flush_done_ >= ticket; });
    return flush_status_;
  }

  PredictionLogStats stats() const override {
    PredictionLogStats stats;
    {
      const std::lock_guard lock(mutex_);
      stats = written_;
    }
    for (Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      stats.rows_taken += shard.taken;
      stats.rows_dropped += shard.dropped;
    }
    return stats;
  }

 private:
  Shard& ShardOfThread() const { return shards_[ThreadNumber() & (shards_.size() - 1)]; }

  // Takes rows from the first on as long as they can be packed; gives the first that cannot. The
  // shard is locked.
  std::size_t AppendPacked(Shard& shard, const ScoredCall& call, const Schema& schema) {
    thread_local ByteBuffer payload;
    std::size_t row = 0;
    while (row < call.predicted.size()) {
      const std::size_t end = std::min(row + kMostPackedRows, call.predicted.size());
      if (!CanPack(call, row, end)) break;
      payload.Clear();
      const bool compress = PackRows(call, row, end, payload);
      if (payload.size() > kMostPackedBytes) break;
      const auto rows = static_cast<std::uint32_t>(end - row);
      const RowChunk::Packed packed{&schema, call.time_ms, rows, payload.view()};
      const bool is_taken = compress ? AppendPacked(shard, packed) : AppendBlock(shard, packed);
      (is_taken ? shard.taken : shard.dropped) += rows;
      row = end;
    }
    if (payload.capacity() > kMostChunkBytes) payload = {};
    return row;
  }

  bool AppendPacked(Shard& shard, const RowChunk::Packed& packed) {
    if (shard.rows.AppendPacked(packed)) return true;
    HandOver(std::exchange(shard.rows, {}));
    shard.rows = RowChunk(pool_.Take(RowChunk::BytesOfPacked(packed)));
    return shard.rows.AppendPacked(packed);
  }

  // The block is made here, while the payload is in this thread's cache: the other thread need not
  // look at it.
  bool AppendBlock(Shard& shard, const RowChunk::Packed& packed) {
    if (!shard.blocks.HasRoom(packed.payload)) {
      HandOver(std::exchange(shard.blocks, {}));
      shard.blocks = SealedBlocks(pool_.Take(SealedBlocks::BytesOf(packed.payload)));
      if (!shard.blocks.HasRoom(packed.payload)) return false;
    }
    BlockHead head = PackedHead(*packed.schema, packed.time_ms, packed.rows);
    head.sequence = ++sequence_;
    shard.blocks.Append(head, packed.payload, packed.schema);
    return true;
  }

  // True when no row from `row` on is left. The shard is locked.
  static bool AppendTo(Shard& shard, const ScoredCall& call, const Schema& schema,
                       std::size_t& row) {
    const std::int64_t before = shard.rows.rows();
    const bool done = shard.rows.Append(call, schema, row);
    shard.taken += shard.rows.rows() - before;
    return done;
  }

  // Null when the model cannot be described in a block.
  const Schema* SchemaOf(Shard& shard, const ScoredCall& call) {
    for (const KnownSchema& known : shard.known) {
      if (known.contract == call.contract && known.columns == call.contract->columns.data() &&
          known.schema->model == call.model && known.schema->version == call.version &&
          known.schema->contract.classes.size() == call.contract->classes.size() &&
          known.schema->contract.columns.size() == call.contract->columns.size())
        return known.schema;
    }
    const Schema* schema = FindOrAddSchema(call);
    if (schema != nullptr) {
      shard.known[shard.next_known++ % shard.known.size()] = {
          call.contract, call.contract->columns.data(), schema};
    }
    return schema;
  }

  const Schema* FindOrAddSchema(const ScoredCall& call) {
    const std::lock_guard lock(schemas_mutex_);
    for (const Schema& schema : schemas_) {
      if (schema.model == call.model && schema.version == call.version &&
          SameLayout(schema.contract, *call.contract))
        return &schema;
    }
    Schema schema{.id = static_cast<std::uint32_t>(schemas_.size()),
                  .model = std::string(call.model),
                  .version = std::string(call.version),
                  .contract = LeanContract(*call.contract)};
    if (EncodeSchema(schema).size() > kMostSchemaBytes) return nullptr;
    schemas_.push_back(std::move(schema));
    return &schemas_.back();
  }

  void HandOver(Filled filled) {
    if (std::visit([](const auto& chunk) { return chunk.is_empty(); }, filled)) return;
    {
      const std::lock_guard lock(mutex_);
      ready_.push_back(std::move(filled));
    }
    wake_.notify_one();
  }

  // The writer's thread.
  void Run() {
    auto next_flush = SteadyClock::now() + flush_every_;
    for (bool stop = false; !stop;) {
      std::uint64_t ticket = 0;
      {
        std::unique_lock lock(mutex_);
        wake_.wait_until(lock, next_flush, [&] {
          return stop_ || flush_wanted_ > flush_done_ || (!ready_.empty() && !sink_.is_stuck());
        });
        stop = stop_;
        ticket = flush_wanted_;
      }
      const bool is_due = stop || ticket > flush_done_ || SteadyClock::now() >= next_flush;
      Status status = Step(is_due);
      if (stop) End(status);
      if (is_due) next_flush = SteadyClock::now() + flush_every_;
      Report(std::move(status), ticket);
    }
  }

  // Takes what is ready; when due also what is not, and brings all of it to disk.
  Status Step(bool is_due) {
    // What the disk refused comes first; until it is through, nothing more is taken.
    if (sink_.is_stuck()) REEVE_RETURN_IF_ERROR(sink_.Sync());
    if (is_due) CollectParts();
    while (std::optional<Filled> filled = NextReady()) REEVE_RETURN_IF_ERROR(Take(*filled));
    if (!is_due) return Status::Ok();
    REEVE_RETURN_IF_ERROR(maker_.SealAll());
    return sink_.Sync();
  }

  // A failure is the disk's; nothing is lost by it.
  Status Take(Filled& filled) {
    RowChunk* const rows = std::get_if<RowChunk>(&filled);
    return rows != nullptr ? maker_.Take(*rows)
                           : sink_.Write(std::move(std::get<SealedBlocks>(filled)));
  }

  void CollectParts() {
    for (Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      if (!shard.rows.is_empty()) HandOver(std::exchange(shard.rows, {}));
      if (!shard.blocks.is_empty()) HandOver(std::exchange(shard.blocks, {}));
    }
  }

  std::optional<Filled> NextReady() {
    const std::lock_guard lock(mutex_);
    if (ready_.empty()) return std::nullopt;
    Filled filled = std::move(ready_.front());
    ready_.pop_front();
    return filled;
  }

  // The last step: what could not be written is lost.
  void End(Status& status) {
    if (status.ok()) status = sink_.Finish();
    if (status.ok()) return;
    CollectParts();
    while (std::optional<Filled> filled = NextReady()) (void)Take(*filled);
    (void)maker_.SealAll();
    const std::int64_t lost = sink_.Abandon();
    if (lost > 0) {
      ::reeve::Log(LogLevel::kError,
                   "prediction log: " + GroupDigits(lost) + " rows lost, " + status.message());
    }
  }

  void Report(Status status, std::uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    if (!status.ok() && written_.problem.empty()) {
      ::reeve::Log(LogLevel::kError, "prediction log: " + status.message());
    } else if (status.ok() && !written_.problem.empty()) {
      ::reeve::Log(LogLevel::kWarning, "prediction log: written again");
    }
    written_.problem = status.message();
    written_.rows_written = sink_.rows_synced();
    written_.labels_written = sink_.labels_synced();
    written_.bytes_written = sink_.bytes_synced();
    flush_done_ = ticket;
    flush_status_ = std::move(status);
    flushed_.notify_all();
  }

  const std::unique_ptr<FolderLock> lock_;
  const std::chrono::milliseconds flush_every_;
  // All that has memory of it comes behind it.
  PagePool pool_;
  mutable std::vector<Shard> shards_;
  // Of the last block; each number is given once.
  std::atomic<std::uint64_t> sequence_ = 0;
  std::mutex schemas_mutex_;
  // Never shrinks and never moves: chunks and blocks point into it.
  std::deque<Schema> schemas_;
  // Only the writer's thread touches these two.
  BlockSink sink_;
  BlockMaker maker_;
  // Guards what follows.
  mutable std::mutex mutex_;
  std::condition_variable wake_, flushed_;
  std::deque<Filled> ready_;
  bool stop_ = false;
  std::uint64_t flush_wanted_ = 0, flush_done_ = 0;
  Status flush_status_;
  PredictionLogStats written_;
  // Last: it starts when everything else is there.
  std::thread writer_;
};

Status CannotWrite(const std::string& folder, const Status& status) {
  if (status.code() != StatusCode::kIo) return status;
  return Status::Io("prediction log " + Quote(folder) + ": " + status.message())
      .WithFix("keep it elsewhere with --predictions-dir DIR, or keep none: --no-predictions");
}

}  // namespace

Result<std::unique_ptr<PredictionLog>> PredictionLog::Open(const PredictionLogOptions& options) {
  const Status folder = options.files->CreateFolders(options.folder);
  if (!folder.ok()) return CannotWrite(options.folder, folder);
  Result<std::unique_ptr<FolderLock>> lock = FolderLock::Take(options.folder);
  if (!lock.ok()) return CannotWrite(options.folder, lock.status());
  return std::unique_ptr<PredictionLog>(std::make_unique<FileLog>(options, std::move(*lock)));
}

}  // namespace reeve::predictions
