#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/tracking/store.h"

namespace reeve::tracking {

/// On what was copied: where it comes from, and the content as it was then. A second transfer knows
/// by them what is already there.
inline constexpr const char* kTransferSourceTag = "reeve.transfer.source";
inline constexpr const char* kTransferDigestTag = "reeve.transfer.digest";

struct TransferOptions {
  /// Only these experiments, and the versions of their models; empty: all.
  std::vector<std::string> experiments;
  /// Leave the files where they are.
  bool without_artifacts = false;
  /// A run that the target has under the same id is completed, whatever its status: it was begun
  /// there. Otherwise one that has ended there is left as it is.
  bool completes_runs = false;
  /// Versions keep their numbers where those are free; otherwise they get the next ones.
  bool keeps_numbers = true;
  /// An alias that the target has may move to a copied version that is newer than its own.
  bool moves_aliases = false;
  /// Not owned.
  const Cancellation* cancellation = &Cancellation::Never();
  /// Called after each run with the number done and the number of all that are known so far.
  std::function<void(std::int64_t done, std::int64_t total)> on_progress = {};
};

/// How many there were at the source, were copied now, and were there before.
struct TransferCount {
  std::int64_t found = 0, copied = 0, present = 0;
};

struct TransferReport {
  TransferCount experiments, runs, logged_models, registered_models, versions, aliases, files;
  /// Of the runs that were copied.
  std::int64_t params = 0, metric_points = 0, tags = 0, inputs = 0;
  /// Of the files that were copied.
  std::uint64_t bytes = 0;
  /// What could not be copied, each in one sentence. A second transfer tries it again.
  std::vector<std::string> problems;
  /// What was copied otherwise than it was, or left as the target has it.
  std::vector<std::string> notes;
};

/// Copies experiments with their runs (parameters, every point of every metric, tags, data sets,
/// artifacts), logged models, registered models, versions and aliases from one store to another,
/// and reads back what it wrote: records have to be equal, files to have the same SHA-256.
///
/// What is already there is left alone, so a transfer that was interrupted goes on where it was.
/// Experiments are the same when they have one name. Runs and models keep their ids where the
/// target lets them choose (a database); a server gives new ones, and the tags above say which is
/// which. Deleted runs, runs of deleted experiments and models that are not READY stay behind.
/// Fails when one of the stores fails; what cannot be copied by itself is a problem of the report.
Result<TransferReport> Transfer(Store& from, Store& to, const TransferOptions& options);

}  // namespace reeve::tracking
