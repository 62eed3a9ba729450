#include "reeve/server/access_log.h"

#include <fstream>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/test_folder.h"

namespace reeve::server {
namespace {

using Format = AccessLogOptions::Format;

AccessEntry Entry() {
  AccessEntry entry;
  entry.unix_ms = 1'773'397'800'123;
  entry.request_id = "abc-1";
  entry.peer = "127.0.0.1:5";
  entry.method = "POST";
  entry.path = "/predict";
  entry.route = "/predict";
  entry.status = 200;
  entry.bytes_in = 300;
  entry.bytes_out = 48;
  entry.seconds = 0.0000415;
  return entry;
}

std::string Line(const AccessEntry& entry, Format format) {
  std::string line;
  AppendAccessLine(entry, format, line);
  return line;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(AccessLogTest, JsonLineHoldsAllFields) {
  auto entry = Entry();
  entry.model_version = "7";
  entry.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_EQ(Line(entry, Format::kJson),
            "{\"time\":\"2026-03-13T10:30:00.123Z\",\"request_id\":\"abc-1\","
            "\"peer\":\"127.0.0.1:5\",\"method\":\"POST\",\"path\":\"/predict\","
            "\"route\":\"/predict\",\"status\":200,\"bytes_in\":300,\"bytes_out\":48,"
            "\"seconds\":0.000042,\"model_version\":\"7\","
            "\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\","
            "\"span_id\":\"b7ad6b7169203331\"}\n");
}

TEST(AccessLogTest, TextLineIsReadable) {
  EXPECT_EQ(Line(Entry(), Format::kText),
            "2026-03-13T10:30:00.123Z 127.0.0.1:5 \"POST /predict\" 200 in=300 out=48 0.000042s "
            "id=abc-1\n");
}

TEST(AccessLogTest, HostileTextsStayOneLineOfJson) {
  for (const std::string path : {"/a\"b\\c", "/a\nb\r", "/\xff\xfe", "/\x01\x7f", "/\xc3\xa4"}) {
    auto entry = Entry();
    entry.path = path;
    const auto line = Line(entry, Format::kJson);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    const auto json = nlohmann::json::parse(line, nullptr, false);
    ASSERT_FALSE(json.is_discarded()) << line;
    if (path[1] != '\xff') {
      EXPECT_EQ(json["path"], path);
    }
    EXPECT_EQ(Line(entry, Format::kText).find('\n'), Line(entry, Format::kText).size() - 1);
  }
}

TEST(AccessLogTest, AppendsToTheFileAndSkipsProbes) {
  const TestFolder folder;
  AccessLogOptions options;
  options.path = folder.Path("access.log");
  std::ofstream(options.path) << "before\n";
  {
    auto log = AccessLog::Open(options);
    ASSERT_TRUE(log.ok());
    auto* lane = (*log)->NewLane();
    lane->Append(Entry());
    auto probe = Entry();
    probe.route = "/metrics";
    lane->Append(probe);
    (*log)->Flush();
    EXPECT_EQ(ReadFile(options.path), "before\n" + Line(Entry(), Format::kJson));
    lane->Append(Entry());
  }
  const auto line = Line(Entry(), Format::kJson);
  EXPECT_EQ(ReadFile(options.path), "before\n" + line + line) << "closing writes what is left";
}

TEST(AccessLogTest, LinesOfManyThreadsStayWhole) {
  const TestFolder folder;
  AccessLogOptions options;
  options.path = folder.Path("access.log");
  options.flush_ms = 1;
  auto log = AccessLog::Open(options);
  ASSERT_TRUE(log.ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&log] {
      auto* lane = (*log)->NewLane();
      for (int i = 0; i < 1000; ++i) lane->Append(Entry());
    });
  }
  for (auto& thread : threads) thread.join();
  (*log)->Flush();
  std::istringstream lines(ReadFile(options.path));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_EQ(line + "\n", Line(Entry(), Format::kJson));
  }
  EXPECT_EQ(count, 4000);
  EXPECT_EQ((*log)->dropped(), 0u);
}

TEST(AccessLogTest, DropsAreCounted) {
  const TestFolder folder;
  AccessLogOptions options;
  options.path = folder.Path("access.log");
  options.buffer_bytes = 1000;
  options.flush_ms = 60'000;
  auto log = AccessLog::Open(options);
  auto* lane = (*log)->NewLane();
  for (int i = 0; i < 100; ++i) lane->Append(Entry());
  (*log)->Flush();
  const auto text = ReadFile(options.path);
  const auto written = std::count(text.begin(), text.end(), '\n');
  EXPECT_GE(written, 4);
  EXPECT_LT(written, 20);
  EXPECT_EQ((*log)->dropped() + static_cast<std::uint64_t>(written), 100u);
}

TEST(AccessLogTest, OffHasNoLanes) {
  AccessLogOptions options;
  options.format = Format::kOff;
  EXPECT_EQ((*AccessLog::Open(options))->NewLane(), nullptr);
}

TEST(AccessLogTest, NamesAFileThatCannotBeOpened) {
  AccessLogOptions options;
  options.path = "/nowhere/access.log";
  const auto log = AccessLog::Open(options);
  ASSERT_FALSE(log.ok());
  EXPECT_EQ(log.status().code(), StatusCode::kIo);
  EXPECT_THAT(log.status().message(), testing::HasSubstr("/nowhere/access.log"));
}

}  // namespace
}  // namespace reeve::server
