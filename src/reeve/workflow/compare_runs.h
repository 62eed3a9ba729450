#pragma once

#include <string>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/report/comparison.h"
#include "reeve/tracking/store.h"

namespace reeve::workflow {

/// The run that a user named: by its id, by the beginning of it (4 characters or more), by its
/// name, or by a model: models:/NAME@ALIAS, models:/NAME/VERSION. Fails with kNotFound naming the
/// nearest, kInvalidArgument when several fit.
Result<tracking::Run> FindRun(tracking::Store& store, const std::string& named);

/// Puts two runs side by side. Intervals, warnings and pictures come from the files that training
/// writes; a run that has none, or whose files cannot be read, is compared by what the store knows.
Result<report::RunComparison> CompareRuns(tracking::Store& store, const std::string& a,
                                          const std::string& b);

Json ToJson(const report::RunComparison& comparison);
std::string ToText(const report::RunComparison& comparison);
/// A page, with the curves of both in the same pictures.
std::string ToHtml(const report::RunComparison& comparison);
/// For a pull request.
std::string ToMarkdown(const report::RunComparison& comparison);

}  // namespace reeve::workflow
