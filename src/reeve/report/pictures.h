#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "reeve/evaluation/confusion.h"
#include "reeve/evaluation/curves.h"
#include "reeve/evaluation/reliability.h"

namespace reeve::report {

/// A drawing with the name of its file (without ending).
struct Picture {
  std::string name;
  std::string title;
  std::string svg;
};

/// Drawings as SVG, readable in light and dark, with a title for those who cannot see them. Names
/// of columns and classes are escaped. No scripts.
Picture RocPicture(const std::vector<evaluation::CurvePoint>& curve, double auc);
Picture PrecisionRecallPicture(const std::vector<evaluation::CurvePoint>& curve,
                               double average_precision);
/// Mean probability against observed share; a good model lies on the diagonal.
Picture CalibrationPicture(const std::vector<evaluation::ReliabilityBin>& bins);
/// Counts by true and predicted class; at most 30 classes are drawn.
Picture ConfusionPicture(const evaluation::ConfusionMatrix& confusion,
                         const std::vector<std::string>& classes);
/// Shares of importance as bars, the largest 20.
Picture ImportancePicture(const std::vector<std::pair<std::string, double>>& importance);
/// A metric by round or step.
Picture HistoryPicture(const std::string& metric,
                       const std::vector<std::pair<std::int64_t, double>>& points);

/// `text` fit for XML and HTML: & < > " ' escaped, control characters dropped.
std::string Escape(const std::string& text);

}  // namespace reeve::report
