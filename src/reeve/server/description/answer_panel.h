#pragma once

#include <span>
#include <string>
#include <vector>

#include "reeve/server/description/html.h"
#include "reeve/server/scoring/reasons.h"
#include "reeve/server/scoring/served_model.h"

namespace reeve::server {

/// One scored row, as the page shows it. Nothing is owned.
struct AnswerView {
  /// One probability for each class of the contract.
  std::span<const double> probabilities;
  /// Index into the contract's classes.
  std::size_t predicted = 0;
  /// Of this row, or why there are none to be had.
  const Result<RowReasons>& reasons;
  /// For those who want to find this very answer in the logs.
  std::string_view request_id;
  /// The same call for a shell.
  std::string_view command;
};

/// Appends the decision, its probability beside the threshold (two classes) or the probabilities of
/// all classes, and the main reasons.
void AppendAnswer(const ServedModel& model, const AnswerView& answer, Html& html);

/// Reasons and classes that are shown.
inline constexpr std::size_t kShownReasons = 8, kShownClasses = 10;

}  // namespace reeve::server
