#pragma once

namespace reeve::tracking {

/// MLflow's tables at revision bda7b8c39065, the oldest that knows logged models: every newer
/// MLflow opens such a file and upgrades it by itself. Names of constraints and indexes are part of
/// that, migrations use them.
extern const char* const kSchema;
/// The same for PostgreSQL: what MLflow's own migrations make there, to the names of sequences.
extern const char* const kPostgresSchema;
inline constexpr const char* kSchemaRevision = "bda7b8c39065";

}  // namespace reeve::tracking
