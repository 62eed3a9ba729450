#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/ingest/writer.h"

namespace reeve::ingest {

enum class TextFormat { kCsv, kJsonLines };

/// A CSV or JSON-lines file, compressed when `path` ends in .gz: written under a temporary name
/// beside the target, synced, renamed.
Result<std::unique_ptr<TableWriter>> OpenTextWriter(const std::string& path, TextFormat format,
                                                    const std::vector<OutputColumn>& columns,
                                                    WriteMode mode);
/// CSV to standard output, as it comes.
std::unique_ptr<TableWriter> OpenStandardOutput(const std::vector<OutputColumn>& columns);

}  // namespace reeve::ingest
