#include "reeve/sql/postgres/postgres_url.h"

#include <map>

#include <gtest/gtest.h>

namespace reeve::sql {
namespace {

using Parameters = std::map<std::string, std::string>;

Parameters Read(const std::string& url) {
  const Result<PostgresUrl> parsed = ParsePostgresUrl(url);
  EXPECT_TRUE(parsed.ok()) << parsed.status().message();
  return parsed.ok() ? Parameters(parsed->parameters.begin(), parsed->parameters.end())
                     : Parameters();
}

TEST(PostgresUrlTest, KnowsItsSchemes) {
  for (const char* url : {"postgresql://", "postgres://a", "postgresql+psycopg2://a/b",
                          "postgresql+asyncpg://a", "POSTGRESQL://a"}) {
    EXPECT_TRUE(IsPostgresUrl(url)) << url;
  }
  for (const char* url : {"", "postgresql", "postgresql:/a", "mysql://a", "postgresqlx://a",
                          "http://postgresql://a", "sqlite:///postgres://"}) {
    EXPECT_FALSE(IsPostgresUrl(url)) << url;
  }
}

TEST(PostgresUrlTest, ReadsEveryPart) {
  EXPECT_EQ(Read("postgresql://ada:pw@db.internal:5433/mlflow?sslmode=require"),
            (Parameters{{"user", "ada"},
                        {"password", "pw"},
                        {"host", "db.internal"},
                        {"port", "5433"},
                        {"dbname", "mlflow"},
                        {"sslmode", "require"}}));
  EXPECT_EQ(Read("postgresql+psycopg2://db/m"), (Parameters{{"host", "db"}, {"dbname", "m"}}));
  EXPECT_EQ(Read("postgresql://"), Parameters());
  EXPECT_EQ(
      Read("postgresql:///m?host=/run/pg&port=7&"
           "application_name=x"),
      (Parameters{{"dbname", "m"}, {"host", "/run/pg"}, {"port", "7"}, {"application_name", "x"}}));
  EXPECT_EQ(Read("postgresql://[::1]:5/m"),
            (Parameters{{"host", "::1"}, {"port", "5"}, {"dbname", "m"}}));
  EXPECT_EQ(Read("postgresql://a,b:6,[::1]/m"),
            (Parameters{{"host", "a,b,::1"}, {"port", ",6,"}, {"dbname", "m"}}));
  EXPECT_EQ(Read("postgresql://ada@/m"), (Parameters{{"user", "ada"}, {"dbname", "m"}}));
}

TEST(PostgresUrlTest, DecodesAndCountsTheLastAtOfTheHost) {
  EXPECT_EQ(Read("postgresql://a%40x:p%2Fq%3a%25@h/m%20n"),
            (Parameters{{"user", "a@x"}, {"password", "p/q:%"}, {"host", "h"}, {"dbname", "m n"}}));
  EXPECT_EQ(Read("postgresql://ada:p@ss:w@h/m"),
            (Parameters{{"user", "ada"}, {"password", "p@ss:w"}, {"host", "h"}, {"dbname", "m"}}));
}

TEST(PostgresUrlTest, TextsAreUtf8WhateverTheUrlSays) {
  EXPECT_EQ(Read("postgresql://h/m?client_encoding=latin1").count("client_encoding"), 0u);
}

TEST(PostgresUrlTest, TheNameHoldsNeitherUserNorPassword) {
  const auto name = [](const char* url) { return ParsePostgresUrl(url)->name; };
  EXPECT_EQ(name("postgresql://ada:pw@db:5433/mlflow?sslmode=require"), "db:5433/mlflow");
  EXPECT_EQ(name("postgresql:///m?host=/run/pg"), "localhost/m");
  EXPECT_EQ(name("postgresql://db/m?password=pw"), "db/m");
}

TEST(PostgresUrlTest, RefusesWhatItCannotReadWithoutTellingTheSecret) {
  for (const char* url :
       {"postgresql://ada:secret/x@h/m", "postgresql://ada:secret?x@h/m",
        "postgresql://ada:secret#x@h:y/m", "postgresql://ada:secret%zz@h/m",
        "postgresql://ada:secret%@h/m", "postgresql://ada:secret%00@h/m",
        "postgresql://ada:secret x@h/m", "postgresql://ada:secret\n@h/m",
        "postgresql://ada:secret@h:0/m", "postgresql://ada:secret@h:65536/m",
        "postgresql://ada:secret@h:5x/m", "postgresql://ada:secret@[::1/m",
        "postgresql://ada:secret@[::1]x:5/m", "postgresql://ada:secret@h/m?sslmode",
        "postgresql://ada:secret@h/m?=secret", "postgresql://ada:secret", "mysql://ada:secret@h/m",
        "postgresql://ada:secret\xFF@h/m"}) {
    const Result<PostgresUrl> parsed = ParsePostgresUrl(url);
    ASSERT_FALSE(parsed.ok()) << url;
    EXPECT_EQ(parsed.status().code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(parsed.status().message().find("secret"), std::string::npos)
        << parsed.status().message();
  }
  EXPECT_FALSE(ParsePostgresUrl("postgresql://h/" + std::string(5'000, 'x')).ok());
}

}  // namespace
}  // namespace reeve::sql
