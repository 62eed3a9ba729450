#include "reeve/workflow/spool.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "reeve/base/credentials.h"
#include "reeve/base/digest.h"
#include "reeve/base/file_system.h"
#include "reeve/base/text.h"
#include "reeve/tracking/process_mark.h"

namespace reeve::workflow {
namespace {

// "http://ada:x@mlflow.internal:5000/" -> "http://mlflow.internal:5000": who asks is no part of it.
std::string ServerOf(const std::string& uri) {
  std::string server = MaskCredentials(uri);
  if (const std::size_t at = server.find("***@"); at != std::string::npos) server.erase(at, 4);
  while (server.ends_with('/')) server.pop_back();
  return server;
}

}  // namespace

Spool SpoolOf(const std::string& root, const tracking::StoreUris& stores) {
  std::string server = ServerOf(stores.tracking);
  // Versions belong to one registry, and wait for no other.
  const std::string registry = ServerOf(stores.registry_or_tracking());
  if (registry != server) server += "+" + registry;
  std::string name = server.substr(std::min(server.find("://") + 3, server.size()));
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-';
    if (!plain) c = '_';
  }
  constexpr std::size_t kMostName = 80, kDigits = 8;
  Spool spool;
  spool.folder = JoinPath(AbsolutePath(root),
                          name.substr(0, kMostName) + "-" + Sha256(server).substr(0, kDigits));
  spool.uri = "sqlite:///" + JoinPath(spool.folder, "mlflow.db");
  return spool;
}

Result<std::unique_ptr<SpoolLock>> SpoolLock::Take(const Spool& spool, WhenTaken when_taken) {
  REEVE_RETURN_IF_ERROR(FileSystem::System().CreateFolders(ParentFolder(spool.folder)));
  // Beside the folder, which goes when all was sent.
  const std::string path = spool.folder + ".lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0)
    return Status::Io("file " + Quote(path, 400) + " cannot be opened: " + std::strerror(errno));
  std::unique_ptr<SpoolLock> lock(new SpoolLock(file));
  int taken = 0;
  do {
    taken = ::flock(file, LOCK_EX | (when_taken == WhenTaken::kWait ? 0 : LOCK_NB));
  } while (taken != 0 && errno == EINTR);
  if (taken == 0) return lock;
  return Status::Unavailable("what waits in " + Quote(spool.folder, 400) +
                             " is in use by another process")
      .WithFix("try again when that has ended");
}

SpoolLock::~SpoolLock() { ::close(file_); }

Result<std::optional<tracking::TransferReport>> SyncSpool(const SyncRequest& request) {
  const Spool spool = SpoolOf(request.spool, request.stores);
  FileSystem& files = FileSystem::System();
  if (!files.IsFolder(spool.folder)) return std::optional<tracking::TransferReport>();
  REEVE_ASSIGN_OR_RETURN(const auto lock, SpoolLock::Take(spool, SpoolLock::WhenTaken::kFail));
  tracking::TransferReport report;
  {
    REEVE_ASSIGN_OR_RETURN(const auto from, tracking::Store::Open(spool.uri, {}));
    REEVE_RETURN_IF_ERROR(tracking::FailAbandonedRuns(*from).status());
    REEVE_ASSIGN_OR_RETURN(
        const auto to,
        tracking::Store::Open(request.stores,
                              {.create = false, .cancellation = request.cancellation}));
    REEVE_ASSIGN_OR_RETURN(report, tracking::Transfer(*from, *to,
                                                      {.completes_runs = true,
                                                       .keeps_numbers = false,
                                                       .moves_aliases = true,
                                                       .cancellation = request.cancellation,
                                                       .on_progress = request.on_progress}));
  }
  if (report.problems.empty()) REEVE_RETURN_IF_ERROR(files.Remove(spool.folder));
  return std::optional(std::move(report));
}

}  // namespace reeve::workflow
