#pragma once

#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/tracking/store.h"
#include "reeve/tracking/transfer.h"

namespace reeve::tracking {

/// Copies the files below artifact locations of one store to another, by way of a folder for
/// temporary files, and compares their SHA-256. Not thread-safe.
class FileCopier {
 public:
  /// The stores and the report have to outlive it.
  FileCopier(Store& from, Store& to, TransferReport& report);
  ~FileCopier();
  FileCopier(const FileCopier&) = delete;
  FileCopier& operator=(const FileCopier&) = delete;

  /// Every file below `source`; those that are there with the same content are left alone.
  Status Copy(const std::string& source, const std::string& target);

 private:
  Status CopyFile(const std::string& source, const std::string& target, const ArtifactFile& file,
                  bool may_be_there);
  Result<std::string> DigestOf(Store& store, const std::string& location, const std::string& path);

  Store& from_;
  Store& to_;
  TransferReport& report_;
  std::string folder_;
};

}  // namespace reeve::tracking
