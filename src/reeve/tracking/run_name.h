#pragma once

#include <string>

namespace reeve::tracking {

/// A name that people can say and remember, made from a run's id: "amber-heron-417".
std::string ReadableRunName(const std::string& run_id);

}  // namespace reeve::tracking
