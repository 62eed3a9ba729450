#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

#include "reeve/base/test_folder.h"

namespace reeve::sql {

/// For tests: a PostgreSQL server of its own in a temporary folder, made from the binaries of this
/// machine when the first test asks for it and gone with the process. It listens on a socket in its
/// folder, where user "postgres" administrates without a password, and on a port where that user
/// (password "secret") and "ada" (password "a/b@c:d%", may do nothing) have to say it. Nothing is
/// synced to disk. One for a process, asked for by the main thread: the server ends when the thread
/// that started it does.
class TestPostgres {
 public:
  /// Null with the reason in `why` when there is none: tests skip then.
  static TestPostgres* Get(std::string& why);
  ~TestPostgres();
  TestPostgres(const TestPostgres&) = delete;
  TestPostgres& operator=(const TestPostgres&) = delete;

  /// The administrator's URL, by the socket, of a new schema without a table in it.
  std::string UrlOfNewSchema();
  /// The database that holds these schemas.
  const std::string& database() const { return database_; }
  /// The administrator's URL of another database.
  std::string Url(const std::string& database) const;
  /// Of the loopback address.
  int port() const { return port_; }
  /// Runs statements as administrator. Aborts when they fail.
  void Run(const std::string& sql, const std::string& database = "postgres") const;

 private:
  TestPostgres() = default;

  static std::unique_ptr<TestPostgres> Start();
  /// Debian's place of them; no older ones than the driver takes.
  bool FindPrograms();
  /// A cluster whose texts are ordered by their bytes, as SQLite's are. False when that fails.
  bool MakeCluster();
  /// Starts the server and waits for it to say that it is ready; false when it ends instead.
  bool Serve();
  /// Starts a program whose outputs go to `log`. It ends with the thread that calls this.
  pid_t Spawn(std::vector<std::string> words, int log) const;

  TestFolder folder_;
  /// The folder of PostgreSQL's programs.
  std::string programs_;
  int port_ = 0;
  pid_t process_ = 0;
  std::string database_ = "tests";
  int schemas_ = 0;
  /// Reads the server's messages so that it never waits for that.
  std::thread log_reader_;
};

/// For tests that hold for every kind of database: the URI of a new one. `file`, or with
/// REEVE_TEST_DATABASE=postgres in the environment a schema of TestPostgres; nothing, and the
/// reason in `why`, where there is no server. tools/run_unit_tests runs such tests both ways.
std::optional<std::string> TestDatabaseUri(const std::string& file, std::string& why);

}  // namespace reeve::sql
