#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reeve/base/test_folder.h"
#include "reeve/sql/database.h"
#include "reeve/sql/open.h"

namespace reeve::sql {

/// For tests: a PostgreSQL server of its own in a temporary folder, made from the binaries of this
/// machine when the first test asks for it and gone with the process. It listens on a socket in its
/// folder, and on a port where users "ada" (password "a/b@c:d%") and "postgres" have to say a
/// password. Nothing is synced to disk.
class TestPostgres {
 public:
  /// Null with the reason in `why` when there is none: tests skip then.
  static TestPostgres* Get(std::string& why) {
    static const std::unique_ptr<TestPostgres> server = Start();
    static const char* const kNoBinaries =
        "no PostgreSQL server on this machine (apt-get install postgresql), or none that starts";
    if (server == nullptr) why = kNoBinaries;
    return server.get();
  }

  ~TestPostgres() {
    if (process_ > 0) {
      ::kill(process_, SIGINT);
      ::waitpid(process_, nullptr, 0);
    }
    if (log_reader_.joinable()) log_reader_.join();
  }
  TestPostgres(const TestPostgres&) = delete;
  TestPostgres& operator=(const TestPostgres&) = delete;

  /// A new database, without a table in it.
  std::string NewDatabase() {
    const std::string name = "test_" + std::to_string(++databases_);
    Run("CREATE DATABASE " + name);
    return name;
  }
  /// The administrator's URL of a database, by the socket.
  std::string Url(const std::string& database) const {
    return "postgresql:///" + database + "?host=" + folder_.Path("data") +
           "&port=" + std::to_string(port_) + "&user=postgres";
  }
  /// The administrator's URL of a new schema, without a table in it, in a database that such
  /// schemas share: five times as fast as a new database.
  std::string UrlOfNewSchema() {
    if (shared_.empty()) shared_ = NewDatabase();
    const std::string name = "schema_" + std::to_string(++schemas_);
    const Result<std::unique_ptr<Database>> database = Open(Url(shared_), {});
    if (!database.ok() || !(*database)->RunScript(("CREATE SCHEMA " + name).c_str()).ok())
      std::abort();
    return Url(shared_) + "&options=-csearch_path%3D" + name;
  }
  int port() const { return port_; }
  /// As administrator. Aborts on failure.
  void Run(const std::string& sql) const {
    const Result<std::unique_ptr<Database>> database = Open(Url("postgres"), {});
    if (!database.ok() || !(*database)->RunScript(sql.c_str()).ok()) std::abort();
  }
  /// The folder of PostgreSQL's programs.
  const std::string& programs() const { return programs_; }
  std::string socket_folder() const { return folder_.Path("data"); }

 private:
  TestPostgres() = default;

  static std::unique_ptr<TestPostgres> Start() {
    std::unique_ptr<TestPostgres> server(new TestPostgres);
    if (!server->FindPrograms() || !server->MakeCluster() || !server->Serve()) return nullptr;
    server->Run(
        "SET password_encryption = 'scram-sha-256'; "
        "CREATE ROLE ada LOGIN PASSWORD 'a/b@c:d%'; "
        "ALTER ROLE postgres PASSWORD 'secret'");
    return server;
  }

  bool FindPrograms() {
    // Debian's place of them; no older one than the driver takes.
    std::error_code ignored;
    int newest = 11;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
      const int version = std::atoi(entry.path().filename().c_str());
      if (version <= newest || !std::filesystem::exists(entry.path() / "bin/initdb")) continue;
      newest = version;
      programs_ = entry.path() / "bin";
    }
    return !programs_.empty();
  }

  // A server refuses to run as root.
  static void BecomeNobody(const std::string& folder) {
    if (::geteuid() != 0) return;
    const passwd* user = ::getpwnam("postgres");
    if (user == nullptr) user = ::getpwnam("nobody");
    if (user == nullptr || ::chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0 ||
        ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)
      ::_exit(126);
  }

  /// Starts a program whose outputs go to `log`. The child dies with this process.
  pid_t Spawn(std::vector<std::string> words, int log) const {
    const std::string data = folder_.Path("data");
    std::vector<char*> arguments;
    words[0] = programs_ + "/" + words[0];
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child != 0) return child;
    BecomeNobody(data);
    ::prctl(PR_SET_PDEATHSIG, SIGINT);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    if (::chdir(data.c_str()) == 0) ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }

  bool MakeCluster() {
    std::filesystem::create_directory(folder_.Path("data"));
    const int log = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    const pid_t child =
        Spawn({"initdb", "-D", folder_.Path("data"), "-U", "postgres", "-E", "UTF8", "--locale=C",
               "--no-sync", "--auth-local=trust", "--auth-host=scram-sha-256"},
              log);
    ::close(log);
    int status = 1;
    ::waitpid(child, &status, 0);
    return status == 0;
  }

  static int FreePort() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool bound = ::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(listener);
    return bound ? ntohs(address.sin_port) : 0;
  }

  bool Serve() {
    port_ = FreePort();
    int pipe[2];
    if (::pipe2(pipe, O_CLOEXEC) != 0) return false;
    process_ = Spawn({"postgres", "-D", folder_.Path("data"), "-p", std::to_string(port_), "-k",
                      folder_.Path("data"), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off",
                      "-c", "logging_collector=off", "-c", "lc_messages=C"},
                     pipe[1]);
    ::close(pipe[1]);
    // It says when it is ready; afterwards its messages are read so that it never waits for that.
    std::string log;
    char buffer[4096];
    while (log.find("ready to accept connections") == std::string::npos) {
      const ssize_t bytes = ::read(pipe[0], buffer, sizeof buffer);
      if (bytes <= 0) {
        ::close(pipe[0]);
        return false;
      }
      log.append(buffer, static_cast<std::size_t>(bytes));
    }
    log_reader_ = std::thread([from = pipe[0]] {
      char rest[4096];
      while (::read(from, rest, sizeof rest) > 0) {
      }
      ::close(from);
    });
    return true;
  }

  TestFolder folder_;
  std::string programs_;
  int port_ = 0;
  pid_t process_ = 0;
  int databases_ = 0;
  /// The database of the schemas.
  std::string shared_;
  int schemas_ = 0;
  std::thread log_reader_;
};

}  // namespace reeve::sql
