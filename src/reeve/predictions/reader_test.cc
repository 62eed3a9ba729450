#include "reeve/predictions/reader.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/file_system.h"
#include "reeve/base/json.h"
#include "reeve/base/test_folder.h"
#include "reeve/predictions/block.h"
#include "reeve/predictions/columns.h"
#include "reeve/predictions/log_file.h"
#include "reeve/predictions/test_rows.h"

namespace reeve::predictions {
namespace {

constexpr std::int64_t kNoon = 1'773'403'200'000;
constexpr std::size_t kPageBytes = WritableFile::kPageBytes;

// The bytes of a log with a schema and three blocks of one row each.
std::string LogBytes() {
  const contract::Contract contract = LoanContract();
  const Schema schema{.model = "loans", .version = "3", .contract = LeanContract(contract)};
  std::string bytes = EncodeFileHead({std::string(16, 's'), kNoon});
  bytes += EncodeBlock({.kind = BlockKind::kSchema}, EncodeSchema(schema));
  for (std::uint64_t i = 1; i <= 3; ++i) {
    RowColumns columns;
    columns.Clear(schema);
    columns.times_ms = {kNoon + static_cast<std::int64_t>(i)};
    columns.rows = {0};
    columns.predicted = {1};
    columns.probabilities = {{0.25}, {0.75}};
    columns.request_ids.Add("r" + std::to_string(i));
    columns.keys.Add("");
    for (FieldCells& field : columns.fields) field.kinds = {0};
    bytes += EncodeBlock(
        {.rows = 1, .sequence = i, .min_ms = columns.times_ms[0], .max_ms = columns.times_ms[0]},
        EncodeRows(columns));
  }
  return bytes;
}

class ReaderTest : public testing::Test {
 protected:
  void Write(const std::string& name, std::string_view bytes) {
    const std::string path = folder_.Path(name);
    std::filesystem::create_directories(ParentFolder(path));
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  std::vector<std::string> RequestIds(const ReadOptions& options = {}) {
    std::vector<std::string> ids;
    const auto reader = PredictionReader::Open(folder_.Path(), options);
    EXPECT_TRUE(reader.ok()) << reader.status().message();
    PredictionChunk chunk;
    while (*(*reader)->Next(&chunk)) {
      for (std::int64_t row = 0; row < chunk.table.rows(); ++row)
        ids.emplace_back((*chunk.table.Get("request_id"))->text(row));
    }
    problems_ = (*reader)->problems();
    return ids;
  }

  TestFolder folder_;
  ReadProblems problems_;
};

constexpr const char* kFile = "2026-03-13/20260313T120000.000Z-0001.rlog";

TEST_F(ReaderTest, IgnoresATailTornAtAnyByte) {
  const std::string bytes = LogBytes();
  const auto whole = BytesAt::OfMemory(bytes);
  const Result<FileBlocks> found = FindBlocks(*whole);
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->blocks.size(), 4U);
  std::vector<std::uint64_t> ends;
  for (const BlockPlace& place : found->blocks)
    ends.push_back(place.offset + place.head.stored_bytes);
  EXPECT_EQ(ends.back(), bytes.size());
  for (std::size_t size = kFileHeadBytes; size < bytes.size(); ++size) {
    const auto torn = BytesAt::OfMemory(std::string_view(bytes).substr(0, size));
    const Result<FileBlocks> blocks = FindBlocks(*torn);
    ASSERT_TRUE(blocks.ok());
    const auto complete = static_cast<std::size_t>(
        std::count_if(ends.begin(), ends.end(), [&](std::uint64_t end) { return end <= size; }));
    ASSERT_EQ(blocks->blocks.size(), complete) << size;
    ASSERT_EQ(blocks->torn_bytes, size - (complete == 0 ? kFileHeadBytes : ends[complete - 1]));
    ASSERT_EQ(blocks->damaged, 0);
  }
}

TEST_F(ReaderTest, ZerosThatFillUpAPageAreNoTornTail) {
  const std::size_t to_page = kPageBytes - LogBytes().size() % kPageBytes;
  for (const std::size_t zeros :
       {std::size_t{1}, std::size_t{64}, to_page, to_page + 1, to_page + kPageBytes}) {
    const std::string filled = LogBytes() + std::string(zeros, '\0');
    const Result<FileBlocks> blocks = FindBlocks(*BytesAt::OfMemory(filled));
    ASSERT_TRUE(blocks.ok());
    EXPECT_EQ(blocks->blocks.size(), 4U);
    EXPECT_EQ(blocks->torn_bytes, zeros <= to_page ? 0 : zeros - to_page);
    EXPECT_EQ(blocks->damaged, 0);
  }
}

TEST_F(ReaderTest, BlocksMayBeginAtPages) {
  const std::string bytes = LogBytes();
  const FileBlocks found = *FindBlocks(*BytesAt::OfMemory(bytes));
  std::string paged = bytes.substr(0, kFileHeadBytes);
  for (const BlockPlace& place : found.blocks) {
    paged.resize((paged.size() + kPageBytes - 1) / kPageBytes * kPageBytes);
    paged +=
        bytes.substr(place.offset - kBlockHeadBytes, kBlockHeadBytes + place.head.stored_bytes);
  }
  Write(kFile, paged);
  EXPECT_THAT(RequestIds(), testing::ElementsAre("r1", "r2", "r3"));
  EXPECT_EQ(problems_.damaged_blocks + problems_.torn_files, 0);
  // Anything but zeros is damage.
  paged[kPageBytes - 1] = 'x';
  Write(kFile, paged);
  EXPECT_THAT(RequestIds(), testing::ElementsAre("r1", "r2", "r3"));
  EXPECT_EQ(problems_.damaged_blocks, 1);
}

TEST_F(ReaderTest, SkipsAndCountsABlockDamagedAtAnyByte) {
  const std::string bytes = LogBytes();
  const auto whole = BytesAt::OfMemory(bytes);
  const FileBlocks found = *FindBlocks(*whole);
  const std::uint64_t begin = found.blocks[2].offset - kBlockHeadBytes;
  const std::uint64_t end = found.blocks[3].offset - kBlockHeadBytes;
  for (std::uint64_t at = begin; at < end; ++at) {
    std::string damaged = bytes;
    damaged[static_cast<std::size_t>(at)] ^= 0x10;
    Write(kFile, damaged);
    ASSERT_THAT(RequestIds(), testing::ElementsAre("r1", "r3")) << at - begin;
    ASSERT_EQ(problems_.damaged_blocks, 1) << at - begin;
  }
}

TEST_F(ReaderTest, NamesFilesThatAreNoLogs) {
  Write("2026-03-12/a.rlog", "something else, but long enough to be looked at as one of ours");
  std::string newer = LogBytes();
  newer[8] = 2;
  Write("2026-03-12/b.rlog", newer);
  Write("2026-03-12/empty.rlog", "");
  Write("notes/x.rlog", "not a day");
  Write(kFile, LogBytes());
  EXPECT_EQ(RequestIds().size(), 3U);
  ASSERT_EQ(problems_.unread_files.size(), 2U);
  EXPECT_THAT(problems_.unread_files[0], testing::HasSubstr("is no prediction log"));
  EXPECT_EQ(problems_.torn_files, 0);
}

// The text of the page's block of that kind, without comments.
std::string FromFormatsPage(const std::string& kind) {
  std::ifstream page(REEVE_SOURCE_DIR "/docs/formats/predictions.md");
  std::string text;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) {
      inside = line == "```" + kind;
    } else if (inside) {
      text += line.substr(0, line.find('#')) + "\n";
    }
  }
  return text;
}

TEST_F(ReaderTest, WritesAndReadsWhatTheFormatsPageShows) {
  const Result<Schema> schema = DecodeSchema(FromFormatsPage("json"));
  ASSERT_TRUE(schema.ok()) << schema.status().message();
  EXPECT_EQ(*ParseJson(EncodeSchema(*schema)), *ParseJson(FromFormatsPage("json")));
  std::string bytes;
  std::istringstream pairs(FromFormatsPage("hex"));
  for (std::string pair; pairs >> pair;) bytes += static_cast<char>(std::stoi(pair, nullptr, 16));
  const auto file = BytesAt::OfMemory(bytes);
  const Result<FileBlocks> found = FindBlocks(*file);
  ASSERT_TRUE(found.ok()) << found.status().message();
  ASSERT_EQ(found->blocks.size(), 1U);
  const BlockPlace& place = found->blocks[0];
  const Result<RowColumns> columns =
      DecodeRows(*ReadPayload(*file, place), place.head.rows, *schema);
  ASSERT_TRUE(columns.ok());
  EXPECT_EQ(columns->fields[0].numbers, (std::vector<double>{9600000, 1}));
  EXPECT_EQ(columns->fields[1].texts.bytes, "High");
  EXPECT_EQ(columns->probabilities[1], (std::vector<double>{0.75, 0.5}));
  EXPECT_EQ(EncodeFileHead(found->head) + EncodeBlock(place.head, EncodeRows(*columns)), bytes);
}

TEST_F(ReaderTest, SaysThatThereIsNoFolder) {
  const auto reader = PredictionReader::Open(folder_.Path("none"), {});
  EXPECT_EQ(reader.status().code(), StatusCode::kNotFound);
}

TEST_F(ReaderTest, GivesTheLatestBlocksFirstWhenAsked) {
  Write(kFile, LogBytes());
  EXPECT_THAT(RequestIds({.newest_first = true}), testing::ElementsAre("r3", "r2", "r1"));
}

TEST_F(ReaderTest, TakesNoMemoryForRowsThatAreNotThere) {
  const contract::Contract contract = LoanContract();
  const Schema schema{.contract = contract};
  for (const std::uint32_t rows : {0U, 1000U, 0x7fffffffU, 0xffffffffU})
    EXPECT_EQ(DecodeRows(std::string(100, '\0'), rows, schema).status().code(),
              StatusCode::kCorrupt);
  EXPECT_EQ(DecodeLabels(std::string(100, '\0'), 0x7fffffffU).status().code(),
            StatusCode::kCorrupt);
}

TEST_F(ReaderTest, RefusesCompressedBytesThatClaimAnotherSize) {
  std::string block = EncodeBlock({.rows = 1}, std::string(100'000, 'a'));
  BlockHead head = *DecodeBlockHead(block);
  ASSERT_TRUE(head.is_compressed);
  const std::string_view stored = std::string_view(block).substr(kBlockHeadBytes);
  EXPECT_TRUE(DecodePayload(head, stored).ok());
  head.plain_bytes = 100;
  EXPECT_FALSE(DecodePayload(head, stored).ok());
}

TEST_F(ReaderTest, CountsWhatTheStoreHolds) {
  Write(kFile, LogBytes());
  const Result<StoreSummary> summary = SummariseStore(folder_.Path());
  ASSERT_TRUE(summary.ok());
  ASSERT_EQ(summary->rows.size(), 1U);
  EXPECT_EQ(summary->rows[0].model, "loans");
  EXPECT_EQ(summary->rows[0].version, "3");
  EXPECT_EQ(summary->rows[0].day, "2026-03-13");
  EXPECT_EQ(summary->rows[0].rows, 3);
  EXPECT_EQ(summary->files, 1);
}

}  // namespace
}  // namespace reeve::predictions
