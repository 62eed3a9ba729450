#include "reeve/predictions/prediction_log.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <numeric>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/file_system.h"
#include "reeve/base/test_folder.h"
#include "reeve/predictions/log_folder.h"
#include "reeve/predictions/reader.h"
#include "reeve/predictions/test_rows.h"

namespace reeve::predictions {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kNoon = 1'773'403'200'000;  // 2026-03-13T12:00:00Z
constexpr std::int64_t kDay = 86'400'000;
constexpr std::size_t kPageBytes = WritableFile::kPageBytes;

class TestClock : public Clock {
 public:
  std::int64_t NowMs() const override { return now_ms; }
  double MonotonicSeconds() const override { return static_cast<double>(now_ms) / 1000; }
  std::atomic<std::int64_t> now_ms = kNoon;
};

// A disk that is full when told so: after `room` further bytes, or at the next sync.
class FullDisk : public FileSystem {
 public:
  std::atomic<std::int64_t> room = INT64_MAX;
  std::atomic<bool> sync_fails = false;
  /// While set, syncing does not come back.
  std::atomic<bool> stalls = false;
  /// Whether files write pages as they stand.
  bool has_pages = true;

  Result<std::string> Read(const std::string& path, std::uint64_t most) override {
    return real_.Read(path, most);
  }
  Result<std::unique_ptr<WritableFile>> Create(const std::string& path) override {
    return real_.Create(path);
  }
  Result<std::unique_ptr<WritableFile>> CreateUncached(const std::string& path) override {
    REEVE_ASSIGN_OR_RETURN(auto file, has_pages ? real_.CreateUncached(path) : real_.Create(path));
    return std::unique_ptr<WritableFile>(std::make_unique<File>(*this, std::move(file)));
  }
  Status Rename(const std::string& from, const std::string& to) override {
    return real_.Rename(from, to);
  }
  Status SyncFolder(const std::string& path) override { return real_.SyncFolder(path); }
  Status CreateFolders(const std::string& path) override { return real_.CreateFolders(path); }
  Status Remove(const std::string& path) override { return real_.Remove(path); }
  bool Exists(const std::string& path) override { return real_.Exists(path); }
  bool IsFolder(const std::string& path) override { return real_.IsFolder(path); }
  Result<std::uint64_t> Size(const std::string& path) override { return real_.Size(path); }
  Result<std::vector<std::string>> List(const std::string& folder) override {
    return real_.List(folder);
  }

 private:
  class File : public WritableFile {
   public:
    File(FullDisk& disk, std::unique_ptr<WritableFile> file)
        : disk_(disk), file_(std::move(file)) {}
    Status Append(std::string_view bytes) override {
      const std::size_t fits = Fit(bytes.size());
      REEVE_RETURN_IF_ERROR(file_->Append(bytes.substr(0, fits)));
      return fits == bytes.size() ? Status::Ok() : Status::Io("No space left");
    }
    Status AppendPages(std::string_view bytes) override {
      if (Fit(bytes.size()) == bytes.size()) return file_->AppendPages(bytes);
      REEVE_RETURN_IF_ERROR(file_->AppendPages(bytes.substr(0, kPageBytes)));
      return Status::Io("No space left");
    }
    Status Sync() override {
      disk_.stalls.wait(true);
      return disk_.sync_fails ? Status::Io("No space left at sync") : file_->Sync();
    }
    Status Close() override { return file_->Close(); }

   private:
    // Takes so many bytes of what is left, or all of that.
    std::size_t Fit(std::size_t bytes) {
      if (disk_.room == INT64_MAX) return bytes;
      const auto fits = std::clamp<std::int64_t>(disk_.room, 0, static_cast<std::int64_t>(bytes));
      disk_.room -= fits;
      return static_cast<std::size_t>(fits);
    }

    FullDisk& disk_;
    std::unique_ptr<WritableFile> file_;
  };
  FileSystem& real_ = FileSystem::System();
};

class PredictionLogTest : public testing::Test {
 protected:
  std::unique_ptr<PredictionLog> Open() {
    options_.folder = folder_.Path("store");
    options_.clock = &clock_;
    options_.files = &disk_;
    auto log = PredictionLog::Open(options_);
    EXPECT_TRUE(log.ok()) << log.status().message();
    return log.ok() ? std::move(*log) : nullptr;
  }
  void AppendRow(PredictionLog& log, const std::string& request_id, double income = 1) {
    log.Append(TestCall(contract_, request_id, clock_.now_ms).Row({Number(income)}, 1, 0.75).Get());
  }
  // A call of 1,000 rows whose incomes go on where those of the call before ended; about 17 KB.
  void AppendBatch(PredictionLog& log, int batch, const std::string& model = "loans") {
    TestCall call(contract_, "batch", clock_.now_ms);
    for (int i = 0; i < kBatchRows; ++i)
      call.Row({Number(batch * kBatchRows + i), Number(1 / (1.0 + i))}, 1, 1 / (2.0 + i));
    log.Append(call.Model(model, "1").Get());
  }
  // That the incomes of all batches from the first one on are there, in order, once.
  void ExpectBatches(int batches) {
    std::vector<double> incomes;
    for (const Table& table : Tables()) {
      const std::span<const double> numbers = (*table.Get("income"))->numbers();
      incomes.insert(incomes.end(), numbers.begin(), numbers.end());
    }
    std::vector<double> all(static_cast<std::size_t>(batches * kBatchRows));
    std::iota(all.begin(), all.end(), 0.0);
    EXPECT_EQ(incomes, all);
    EXPECT_EQ(problems_.damaged_blocks, 0);
  }
  // Request ids of all rows, in order of reading.
  std::vector<std::string> RequestIds() {
    std::vector<std::string> ids;
    for (const Table& table : Tables()) {
      for (std::int64_t row = 0; row < table.rows(); ++row)
        ids.emplace_back((*table.Get("request_id"))->text(row));
    }
    return ids;
  }
  std::vector<Table> Tables(const ReadOptions& options = {}) {
    std::vector<Table> tables;
    auto reader = PredictionReader::Open(folder_.Path("store"), options);
    EXPECT_TRUE(reader.ok()) << reader.status().message();
    PredictionChunk chunk;
    for (;;) {
      const Result<bool> more = (*reader)->Next(&chunk);
      EXPECT_TRUE(more.ok()) << more.status().message();
      if (!more.ok() || !*more) break;
      tables.push_back(std::move(chunk.table));
    }
    problems_ = (*reader)->problems();
    return tables;
  }
  std::vector<std::string> Files() {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.Path("store")))
      if (entry.path().extension() == ".rlog") files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
  }

  static constexpr int kBatchRows = 1000;
  const contract::Contract contract_ = LoanContract();
  TestFolder folder_;
  TestClock clock_;
  FullDisk disk_;
  PredictionLogOptions options_{.buffer_bytes = 4 << 20, .flush_ms = 3'600'000};
  ReadProblems problems_;
};

TEST_F(PredictionLogTest, GivesBackWhatCallersSent) {
  {
    const auto log = Open();
    log->Append(TestCall(contract_, "r1", kNoon)
                    .Row({Number(9'600'000), Text(" 0.5 "), Text("Post Graduate"),
                          Text("2026-01-02"), Text("noon")},
                         1, 0.875)
                    .Row({Number(1)}, -1, 0)
                    .Row({Text("12"), {}, Number(3), {}, Boolean(true)}, 0, 0.25)
                    .Keys({"a", "b", ""})
                    .Get());
    ASSERT_TRUE(log->Flush().ok());
    EXPECT_EQ(log->stats().rows_taken, 2);
    EXPECT_EQ(log->stats().rows_written, 2);
    EXPECT_EQ(log->stats().rows_dropped, 0);
    EXPECT_GT(log->stats().bytes_written, 0U);
  }
  const std::vector<Table> tables = Tables();
  ASSERT_EQ(tables.size(), 1U);
  std::string text;
  for (const Column& column : tables[0].columns())
    text += column.name() + ": " + column.ToText(0) + " | " + column.ToText(1) + "\n";
  EXPECT_EQ(text,
            "time: 2026-03-13T12:00:00Z | 2026-03-13T12:00:00Z\n"
            "request_id: r1 | r1\n"
            "row: 0 | 2\n"
            "key: a | \n"
            "model: loans | loans\n"
            "version: 3 | 3\n"
            "income: 9600000 | 12\n"
            "score: 0.5 | \n"
            "education: Post Graduate | 3\n"
            "asked: 2026-01-02 | \n"
            "input_time: noon | true\n"
            "prediction: Yes | No\n"
            "probability: 0.875 | 0.25\n"
            "label:  | \n"
            "label_time:  | \n");
}

TEST_F(PredictionLogTest, JoinsTheLatestLabelByRequestOrKey) {
  const auto log = Open();
  log->Append(TestCall(contract_, "r1", kNoon)
                  .Row({}, 1, 0.9)
                  .Row({}, 0, 0.1)
                  .Row({}, 0, 0.2)
                  .Keys({"a", "b", "c"})
                  .Get());
  log->AppendLabel({.request_id = "r1", .row = 0, .label = "No", .time_ms = kNoon + 1000});
  log->AppendLabel({.request_id = "r1", .row = 0, .label = "Yes", .time_ms = kNoon + 2000});
  log->AppendLabel({.request_id = "r1", .row = 0, .label = "late", .time_ms = kNoon + 1});
  log->AppendLabel({.key = "b", .label = "Yes", .time_ms = kNoon + 3000, .model = "loans"});
  log->AppendLabel({.key = "c", .label = "Yes", .time_ms = kNoon, .model = "other"});
  ASSERT_TRUE(log->Flush().ok());
  EXPECT_EQ(log->stats().labels_written, 5);
  const Table table = Tables().at(0);
  const Column& label = **table.Get("label");
  EXPECT_EQ(label.text(0), "Yes");
  EXPECT_EQ(label.text(1), "Yes");
  EXPECT_EQ(label.text(2), "");
  EXPECT_EQ((*table.Get("label_time"))->ToText(0), "2026-03-13T12:00:02Z");
  EXPECT_TRUE(Tables({.with_labels = false}).at(0).column(13).IsMissing(0));
}

TEST_F(PredictionLogTest, FiltersByTimeModelRequestAndKey) {
  const auto log = Open();
  for (int i = 0; i < 6; ++i) {
    log->Append(TestCall(contract_, "r" + std::to_string(i), kNoon + i * 1000)
                    .Model(i % 2 == 0 ? "loans" : "cards", i < 3 ? "1" : "2")
                    .Row({Number(i)}, 0, 0.5)
                    .Keys({i == 4 ? "four" : "other"})
                    .Get());
  }
  ASSERT_TRUE(log->Flush().ok());
  const auto count = [&](const ReadFilter& filter) {
    std::int64_t rows = 0;
    for (const Table& table : Tables({.filter = filter})) rows += table.rows();
    return rows;
  };
  EXPECT_EQ(count({}), 6);
  EXPECT_EQ(count({.since_ms = kNoon + 1000, .until_ms = kNoon + 3000}), 2);
  EXPECT_EQ(count({.model = "cards"}), 3);
  EXPECT_EQ(count({.model = "cards", .version = "1"}), 1);
  EXPECT_EQ(count({.request_id = "r5"}), 1);
  EXPECT_EQ(count({.key = "four"}), 1);
  EXPECT_EQ(count({.model = "none"}), 0);
}

TEST_F(PredictionLogTest, SplitsCallsThatDoNotFitOneBlock) {
  options_.block_bytes = 4096;
  const auto log = Open();
  TestCall call(contract_, "batch", kNoon);
  for (int i = 0; i < 20'000; ++i) call.Row({Number(i), {}, Text("Graduate")}, i % 2, 0.5);
  log->Append(call.Get());
  ASSERT_TRUE(log->Flush().ok());
  std::int64_t row = 0;
  for (const Table& table : Tables()) {
    for (std::int64_t i = 0; i < table.rows(); ++i, ++row) {
      ASSERT_EQ((*table.Get("income"))->numbers()[static_cast<std::size_t>(i)], row);
      ASSERT_EQ((*table.Get("row"))->numbers()[static_cast<std::size_t>(i)], row);
    }
  }
  EXPECT_EQ(row, 20'000);
}

TEST_F(PredictionLogTest, KeepsARowThatIsLargerThanAChunkAndDropsAHugeOne) {
  options_.buffer_bytes = 64 << 20;
  const auto log = Open();
  const std::string large(1 << 20, 'x'), huge(17 << 20, 'y');
  log->Append(TestCall(contract_, "r", kNoon)
                  .Row({{}, {}, Text(huge)}, 0, 0.5)
                  .Row({{}, {}, Text(large)}, 0, 0.5)
                  .Row({Number(1)}, 0, 0.5)
                  .Get());
  ASSERT_TRUE(log->Flush().ok());
  EXPECT_EQ(log->stats().rows_dropped, 1);
  std::int64_t rows = 0;
  for (const Table& table : Tables()) {
    if (rows == 0) {
      EXPECT_EQ((*table.Get("education"))->text(0), large);
    }
    rows += table.rows();
  }
  EXPECT_EQ(rows, 2);
}

TEST_F(PredictionLogTest, DropsAndCountsWhatFindsNoMemory) {
  options_.buffer_bytes = 256 << 10;
  disk_.room = 0;
  const auto log = Open();
  for (int i = 0; i < 100'000; ++i) AppendRow(*log, "a-request-of-some-length");
  const PredictionLogStats stats = log->stats();
  EXPECT_GT(stats.rows_dropped, 0);
  EXPECT_EQ(stats.rows_taken + stats.rows_dropped, 100'000);
  EXPECT_FALSE(log->Flush().ok());
}

TEST_F(PredictionLogTest, HoldsNoMoreThanItsBufferWhileTheDiskStandsStill) {
  constexpr std::int64_t kRows = 1000;
  disk_.stalls = true;
  const auto log = Open();
  std::int64_t calls = 0;
  for (; calls < 10'000 && log->stats().rows_dropped == 0; ++calls) {
    TestCall call(contract_, "r", kNoon);
    for (std::int64_t row = 0; row < kRows; ++row) {
      const double at = static_cast<double>(calls * kRows + row);
      call.Row({Number(at * 7919), Number(1 / (1 + at))}, 1, 1 / (2 + at));
    }
    log->Append(call.Get());
  }
  const PredictionLogStats stalled = log->stats();
  EXPECT_GT(stalled.rows_dropped, 0) << "after " << calls << " calls";
  disk_.stalls = false;
  disk_.stalls.notify_all();
  ASSERT_TRUE(log->Flush().ok());
  const PredictionLogStats stats = log->stats();
  EXPECT_EQ(stats.rows_written, stalled.rows_taken);
  EXPECT_EQ(stats.rows_taken + stats.rows_dropped, calls * kRows);
  // All of it was in memory: in chunks, in blocks that waited for the sync, in the one at hand.
  EXPECT_LT(stats.bytes_written, options_.buffer_bytes * 5 / 4);
  EXPECT_GT(stats.bytes_written, options_.buffer_bytes / 2);
}

TEST_F(PredictionLogTest, LosesNothingToADiskThatIsFullForAWhile) {
  const auto log = Open();
  AppendRow(*log, "r1");
  ASSERT_TRUE(log->Flush().ok());
  disk_.room = 100;
  AppendRow(*log, "r2");
  const Status full = log->Flush();
  EXPECT_EQ(full.code(), StatusCode::kIo);
  EXPECT_THAT(log->stats().problem, HasSubstr("No space left"));
  AppendRow(*log, "r3");
  EXPECT_FALSE(log->Flush().ok());
  EXPECT_EQ(log->stats().rows_written, 1);
  disk_.room = INT64_MAX;
  AppendRow(*log, "r4");
  ASSERT_TRUE(log->Flush().ok());
  EXPECT_EQ(log->stats().problem, "");
  EXPECT_EQ(log->stats().rows_dropped, 0);
  EXPECT_EQ(log->stats().rows_written, 4);
  EXPECT_THAT(RequestIds(), testing::ElementsAre("r1", "r2", "r3", "r4"));
  EXPECT_EQ(Files().size(), 2U) << "failed attempts leave no files";
}

TEST_F(PredictionLogTest, ReadsABlockOnceThatAFailedSyncMadeItWriteTwice) {
  const auto log = Open();
  AppendRow(*log, "r1");
  disk_.sync_fails = true;
  EXPECT_FALSE(log->Flush().ok());
  disk_.sync_fails = false;
  ASSERT_TRUE(log->Flush().ok());
  disk_.sync_fails = true;
  AppendRow(*log, "r2");
  EXPECT_FALSE(log->Flush().ok());
  disk_.sync_fails = false;
  ASSERT_TRUE(log->Flush().ok());
  EXPECT_THAT(RequestIds(), testing::ElementsAre("r1", "r2"));
  EXPECT_EQ(log->stats().rows_written, 2);
  const auto summary = SummariseStore(folder_.Path("store"));
  ASSERT_TRUE(summary.ok());
  ASSERT_EQ(summary->rows.size(), 1U);
  EXPECT_EQ(summary->rows[0].rows, 2);
}

class BatchLogTest : public PredictionLogTest, public testing::WithParamInterface<bool> {
 protected:
  void SetUp() override { disk_.has_pages = GetParam(); }
};

TEST_P(BatchLogTest, KeepsBatchesBetweenRowsAndLabels) {
  const auto log = Open();
  int batch = 0;
  for (int i = 0; i < 10; ++i) {
    for (int k = 0; k < i * i; ++k) AppendBatch(*log, batch++);
    log->AppendLabel({.request_id = "batch", .row = i, .label = "No", .time_ms = kNoon});
    ASSERT_TRUE(log->Flush().ok());
    ASSERT_EQ(log->stats().rows_written, batch * kBatchRows);
    ExpectBatches(batch);
  }
  EXPECT_EQ(log->stats().labels_written, 10);
  for (int i = 0; i < 5; ++i) AppendRow(*log, "r" + std::to_string(i));
  ASSERT_TRUE(log->Flush().ok());
  EXPECT_EQ(RequestIds().back(), "r4");
}

TEST_P(BatchLogTest, WritesTheBatchesOfAFailedSyncAgain) {
  const auto log = Open();
  for (int batch = 0; batch < 80; ++batch) {
    AppendBatch(*log, batch);
    if (batch % 20 != 19) continue;
    disk_.sync_fails = true;
    EXPECT_FALSE(log->Flush().ok());
    disk_.sync_fails = false;
    ASSERT_TRUE(log->Flush().ok());
  }
  ExpectBatches(80);
  EXPECT_EQ(log->stats().rows_dropped, 0);
}

TEST_P(BatchLogTest, WritesTheBatchesThatFoundNoSpaceAgain) {
  const auto log = Open();
  for (int batch = 0; batch < 100; ++batch) {
    AppendBatch(*log, batch);
    if (batch % 25 != 20) continue;
    disk_.room = batch * 5000;
    EXPECT_FALSE(log->Flush().ok());
    disk_.room = INT64_MAX;
    ASSERT_TRUE(log->Flush().ok());
  }
  ASSERT_TRUE(log->Flush().ok());
  ExpectBatches(100);
  EXPECT_EQ(log->stats().rows_dropped, 0);
}

TEST_P(BatchLogTest, DescribesTheModelsOfBatchesThatAreWrittenTogether) {
  const auto log = Open();
  for (int batch = 0; batch < 40; ++batch)
    AppendBatch(*log, batch, batch % 2 == 0 ? "loans" : "cards");
  ASSERT_TRUE(log->Flush().ok());
  ExpectBatches(40);
  disk_.sync_fails = true;
  AppendBatch(*log, 40, "cards");
  EXPECT_FALSE(log->Flush().ok());
  disk_.sync_fails = false;
  ASSERT_TRUE(log->Flush().ok());
  ExpectBatches(41);
}

INSTANTIATE_TEST_SUITE_P(Pages, BatchLogTest, testing::Bool());

TEST_F(PredictionLogTest, BeginsAFileAtTheNextDayAndAtASize) {
  options_.file_bytes = 4096;
  const auto log = Open();
  AppendRow(*log, "r1");
  ASSERT_TRUE(log->Flush().ok());
  clock_.now_ms += kDay / 2;
  AppendRow(*log, "r2");
  ASSERT_TRUE(log->Flush().ok());
  ASSERT_EQ(Files().size(), 2U);
  EXPECT_THAT(Files()[0], HasSubstr("/2026-03-13/20260313T120000.000Z-0001.rlog"));
  EXPECT_THAT(Files()[1], HasSubstr("/2026-03-14/20260314T000000.000Z-0001.rlog"));
  for (int i = 0; i < 100; ++i) {
    AppendRow(*log, "more");
    ASSERT_TRUE(log->Flush().ok());
  }
  EXPECT_GT(Files().size(), 3U);
  EXPECT_EQ(RequestIds().size(), 102U);
}

TEST_F(PredictionLogTest, RemovesFilesThatAreTooOldAndTooMany) {
  options_.retention_days = 7;
  const auto log = Open();
  for (int day = 0; day < 20; ++day) {
    AppendRow(*log, "r" + std::to_string(day));
    ASSERT_TRUE(log->Flush().ok());
    clock_.now_ms += kDay;
  }
  // Today's and those of seven days before.
  EXPECT_EQ(Files().size(), 8U);
  EXPECT_EQ(RequestIds().front(), "r12");
}

TEST_F(PredictionLogTest, KeepsNoMoreBytesThanAllowed) {
  options_.retention_bytes = 10'000;
  options_.file_bytes = 1000;
  const auto log = Open();
  for (int i = 0; i < 200; ++i) {
    AppendRow(*log, "r" + std::to_string(i));
    ASSERT_TRUE(log->Flush().ok());
  }
  std::uintmax_t bytes = 0;
  for (const std::string& file : Files()) bytes += std::filesystem::file_size(file);
  EXPECT_LE(bytes, 12'000U);
  EXPECT_EQ(RequestIds().back(), "r199");
}

TEST_F(PredictionLogTest, WritersHaveFilesOfTheirOwn) {
  const auto first = Open();
  const auto second = Open();
  AppendRow(*first, "r1");
  AppendRow(*second, "r2");
  ASSERT_TRUE(first->Flush().ok());
  ASSERT_TRUE(second->Flush().ok());
  EXPECT_EQ(Files().size(), 2U);
  EXPECT_THAT(RequestIds(), testing::UnorderedElementsAre("r1", "r2"));
}

TEST_F(PredictionLogTest, RefusesOneWriterTooMany) {
  std::vector<std::unique_ptr<FolderLock>> others;
  std::filesystem::create_directories(options_.folder);
  for (int i = 0; i < FolderLock::kMostWriters; ++i)
    others.push_back(FolderLock::Take(options_.folder).value());
  const auto log = PredictionLog::Open(options_);
  EXPECT_EQ(log.status().code(), StatusCode::kUnavailable);
  EXPECT_THAT(log.status().message(), HasSubstr("is written by 64 other processes"));
}

TEST_F(PredictionLogTest, WritesWhatIsLeftWhenItEnds) {
  Open()->Append(TestCall(contract_, "r1", kNoon).Row({}, 0, 0.5).Get());
  EXPECT_THAT(RequestIds(), testing::ElementsAre("r1"));
  AppendRow(*Open(), "r2");
  EXPECT_THAT(RequestIds(), testing::ElementsAre("r1", "r2"));
}

TEST_F(PredictionLogTest, TakesRowsFromManyThreads) {
  const auto log = Open();
  constexpr int kThreads = 8, kCalls = 500;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCalls; ++i) {
        const std::string id = std::to_string(t) + "-" + std::to_string(i);
        log->Append(TestCall(contract_, id, kNoon).Row({Number(i)}, 1, 0.5).Get());
        if (i % 100 == 0) {
          EXPECT_TRUE(log->Flush().ok());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(log->Flush().ok());
  std::vector<std::string> ids = RequestIds();
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(ids.size(), std::size_t{kThreads} * kCalls);
  EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end());
}

TEST_F(PredictionLogTest, DropsCallsWhosePartsDoNotBelongTogether) {
  const auto log = Open();
  const TestCall call = std::move(TestCall(contract_, "r", kNoon).Row({}, 0, 0.5));
  ScoredCall broken = call.Get();
  contract::CellColumns none;
  none.Begin(contract_.columns.size());
  broken.cells = &none;
  log->Append(broken);
  EXPECT_EQ(log->stats().rows_dropped, 1);
}

}  // namespace
}  // namespace reeve::predictions
