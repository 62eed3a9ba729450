#include "reeve/sql/test_postgres.h"

#include <cstdlib>
#include <filesystem>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reeve/sql/open.h"

namespace reeve::sql {
namespace {

// In the child. A server refuses to run as root, so the folder and the process become another's.
void BecomeNobody(const std::string& folder) {
  if (::geteuid() != 0) return;
  const passwd* user = ::getpwnam("postgres");
  if (user == nullptr) user = ::getpwnam("nobody");
  if (user == nullptr || ::chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0 ||
      ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)
    ::_exit(126);
}

// A port that nobody listened at a moment ago.
int FreePort() {
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

}  // namespace

TestPostgres* TestPostgres::Get(std::string& why) {
  static const std::unique_ptr<TestPostgres> server = Start();
  if (server == nullptr)
    why = "no PostgreSQL server on this machine (apt-get install postgresql), or none that starts";
  return server.get();
}

std::unique_ptr<TestPostgres> TestPostgres::Start() {
  std::unique_ptr<TestPostgres> server(new TestPostgres);
  if (!server->FindPrograms() || !server->MakeCluster() || !server->Serve()) return nullptr;
  server->Run(
      "SET password_encryption = 'scram-sha-256'; CREATE ROLE ada LOGIN PASSWORD 'a/b@c:d%'; "
      "ALTER ROLE postgres PASSWORD 'secret'");
  server->Run("CREATE DATABASE " + server->database_);
  return server;
}

TestPostgres::~TestPostgres() {
  if (process_ > 0) {
    ::kill(process_, SIGINT);
    ::waitpid(process_, nullptr, 0);
  }
  if (log_reader_.joinable()) log_reader_.join();
}

std::string TestPostgres::Url(const std::string& database) const {
  return "postgresql:///" + database + "?host=" + folder_.Path("data") +
         "&port=" + std::to_string(port_) + "&user=postgres";
}

std::string TestPostgres::UrlOfNewSchema() {
  const std::string name = "schema_" + std::to_string(++schemas_);
  Run("CREATE SCHEMA " + name, database_);
  return Url(database_) + "&options=-csearch_path%3D" + name;
}

void TestPostgres::Run(const std::string& sql, const std::string& database) const {
  const Result<std::unique_ptr<Database>> opened = Open(Url(database), {});
  if (!opened.ok() || !(*opened)->RunScript(sql.c_str()).ok()) std::abort();
}

bool TestPostgres::FindPrograms() {
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

pid_t TestPostgres::Spawn(std::vector<std::string> words, int log) const {
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

bool TestPostgres::MakeCluster() {
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

bool TestPostgres::Serve() {
  port_ = FreePort();
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) return false;
  process_ = Spawn({"postgres", "-D", folder_.Path("data"), "-p", std::to_string(port_), "-k",
                    folder_.Path("data"), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off",
                    "-c", "logging_collector=off", "-c", "lc_messages=C"},
                   pipe[1]);
  ::close(pipe[1]);
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

std::optional<std::string> TestDatabaseUri(const std::string& file, std::string& why) {
  const char* const kind = std::getenv("REEVE_TEST_DATABASE");
  if (kind == nullptr || std::string_view(kind) != "postgres") return "sqlite:///" + file;
  TestPostgres* const server = TestPostgres::Get(why);
  if (server == nullptr) return std::nullopt;
  return server->UrlOfNewSchema();
}

}  // namespace reeve::sql
