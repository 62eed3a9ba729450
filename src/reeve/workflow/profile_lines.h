#pragma once

#include <vector>

#include "reeve/contract/profile.h"
#include "reeve/report/training_report.h"

namespace reeve::workflow {

/// A profile as the lines of a report's table: share of missing values, distinct ones, a small
/// histogram, and smallest, median and largest or the most frequent values.
std::vector<report::DataColumnLine> ProfileLines(const contract::Profile& profile);

}  // namespace reeve::workflow
