#pragma once

namespace reeve::tracking {

// What logged_models.status says, as MLflow numbers it.
inline constexpr int kModelPending = 1;
inline constexpr int kModelReady = 2;

/// The stage of versions that are deleted; their numbers are never used again.
inline constexpr const char* kDeletedStage = "Deleted_Internal";

}  // namespace reeve::tracking
