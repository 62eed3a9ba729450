#include "reeve/ingest/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/ingest/test_folder.h"

namespace reeve::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(FormatOfPathTest, LooksThroughCompression) {
  const std::pair<const char*, Format> cases[] = {
      {"a.csv", Format::kCsv},           {"A.CSV", Format::kCsv},
      {"a.tsv", Format::kCsv},           {"a.b.csv.gz", Format::kCsv},
      {"a.csv.zst", Format::kCsv},       {"a.parquet", Format::kParquet},
      {"a.jsonl", Format::kJsonLines},   {"a.ndjson", Format::kJsonLines},
      {"a.jsonl.gz", Format::kJsonLines}};
  for (const auto& [path, format] : cases) {
    const auto found = FormatOfPath(path);
    ASSERT_TRUE(found.ok()) << path;
    EXPECT_EQ(*found, format) << path;
  }
}

TEST(FormatOfPathTest, UnknownEndingsNameTheValidOnes) {
  for (const char* const path : {"a.xlsx", "a", "a.json", "a.gz", "csv", "a.parquet.gz", ""}) {
    const auto found = FormatOfPath(path);
    ASSERT_FALSE(found.ok()) << path;
    EXPECT_EQ(found.status().code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(found.status().message(), HasSubstr(".parquet")) << path;
  }
}

TEST(SqliteUriTest, TakesPathTableAndQueryApart) {
  const auto table = ParseSqliteUri("sqlite:////srv/a%20b.db?table=my%20table");
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->path, "/srv/a b.db");
  EXPECT_EQ(table->table, "my table");
  const auto query = ParseSqliteUri("sqlite:///rel.db?query=SELECT a FROM t WHERE a=1 AND b&2");
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(query->path, "rel.db");
  EXPECT_EQ(query->query, "SELECT a FROM t WHERE a=1 AND b&2");
}

TEST(SqliteUriTest, RefusesWhatNamesNoTable) {
  for (const char* const uri :
       {"sqlite:///f.db", "sqlite:///f.db?", "sqlite:///f.db?table=", "sqlite:///?table=t",
        "sqlite:///f.db?tabel=t", "sqlite://f.db?table=t", "sqlite:", ""}) {
    const auto parsed = ParseSqliteUri(uri);
    ASSERT_FALSE(parsed.ok()) << uri;
    EXPECT_EQ(parsed.status().code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(parsed.status().message(), HasSubstr("sqlite:///file.db?table=T"));
  }
}

TEST(ParsePostgresUriTest, TakesTableAndQueryOutOfTheUrl) {
  const auto table = ParsePostgresUri(
      "postgresql://ada:sec%2Fret@h:5432/shop?sslmode=require&table=my%20t&connect_timeout=3");
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->database,
            "postgresql://ada:sec%2Fret@h:5432/shop?sslmode=require&connect_timeout=3");
  EXPECT_EQ(table->table, "my t");
  EXPECT_EQ(table->name, "postgresql://h:5432/shop?table=my t");
  const auto query = ParsePostgresUri(
      "postgres://h/shop?sslmode=require&query=SELECT a FROM t WHERE b='x&table=y'");
  ASSERT_TRUE(query.ok()) << query.status().message();
  EXPECT_EQ(query->database, "postgres://h/shop?sslmode=require");
  EXPECT_EQ(query->query, "SELECT a FROM t WHERE b='x&table=y'");
  EXPECT_TRUE(query->table.empty());
}

TEST(ParsePostgresUriTest, WantsOneOfTableAndQueryAndKeepsPasswords) {
  for (const char* const uri :
       {"postgresql://ada:secret@h/shop", "postgresql://ada:secret@h/shop?table=",
        "postgresql://ada:secret@h/shop?table=t&query=SELECT 1",
        "postgresql://ada:secret@h:x/?table=t", "postgresql://ada:sec/ret@h/shop?table=t"}) {
    const auto parsed = ParsePostgresUri(uri);
    ASSERT_FALSE(parsed.ok()) << uri;
    EXPECT_EQ(parsed.status().code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(parsed.status().message().find("sec"), std::string::npos)
        << parsed.status().message();
  }
}

class ResolveSourceTest : public FolderTest {};

TEST_F(ResolveSourceTest, GlobsGiveFilesByName) {
  for (const char* const name : {"b.csv", "a.csv", "c.txt"}) Write(name, "x\n");
  const auto source = ResolveSource(PathOf("*.csv"));
  ASSERT_TRUE(source.ok());
  EXPECT_THAT(source->files, ElementsAre(PathOf("a.csv"), PathOf("b.csv")));
  EXPECT_EQ(source->names, source->files);
}

TEST_F(ResolveSourceTest, WhatCannotBeOpenedIsNamed) {
  std::filesystem::create_directories(folder_ / "dir.csv");
  const std::pair<std::string, StatusCode> cases[] = {
      {PathOf("nobody.csv"), StatusCode::kNotFound},
      {PathOf("none_*.csv"), StatusCode::kNotFound},
      {PathOf("dir.csv"), StatusCode::kIo},
      {"sqlite:///" + PathOf("no.db") + "?table=t", StatusCode::kNotFound},
      {"postgresql://host/db", StatusCode::kInvalidArgument},
      {Write("a.xlsx", "x"), StatusCode::kInvalidArgument},
  };
  for (const auto& [source, code] : cases) {
    const auto resolved = ResolveSource(source);
    ASSERT_FALSE(resolved.ok()) << source;
    EXPECT_EQ(resolved.status().code(), code) << source;
  }
  EXPECT_THAT(ResolveSource(PathOf("none_*.csv")).status().message(), HasSubstr("none_*.csv"));
}

TEST_F(ResolveSourceTest, FormatsAreNotMixed) {
  Write("a.csv", "x\n");
  Write("a.jsonl", "{}\n");
  EXPECT_THAT(ResolveSource(PathOf("a.*")).status().message(), HasSubstr("mixes formats"));
}

}  // namespace
}  // namespace reeve::ingest
