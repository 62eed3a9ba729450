#pragma once

#include <string>

#include "reeve/base/result.h"

namespace reeve::ingest {

/// Copies standard input to a file of its own in $TMPDIR (or /tmp): formats are told by their first
/// bytes, and some are read twice. The file's ending says what it holds: .parquet, .jsonl (the
/// first byte that is no blank is a brace) or .csv, with .gz or .zst behind it where it is
/// compressed. The caller removes it. Fails with kIo.
Result<std::string> SpoolStandardInput();

}  // namespace reeve::ingest
