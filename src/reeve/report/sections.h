#pragma once

#include <vector>

#include "reeve/report/training_report.h"

namespace reeve::report {

/// The sections of a report, for pages that hold some of them: each is without blocks, and so left
/// out of a page, where the report has nothing to fill it with.

/// The headline scores.
std::vector<Tile> ScoreTiles(const TrainingReport& report);
/// Unmet requirements and warnings; a sentence where there are none.
Section WarningsSection(const TrainingReport& report);
Section ScoresSection(const TrainingReport& report);
/// The model in use, metric by metric.
Section ChampionSection(const TrainingReport& report);
Section LeaderboardSection(const TrainingReport& report);

/// Threshold, costs, score distribution.
Section ThresholdSection(const TrainingReport& report);
Section CalibrationSection(const TrainingReport& report);
/// The matrix, scores by class, and for more than two the most frequent mistakes.
Section ConfusionSection(const TrainingReport& report);
/// ROC, precision and recall, learning curves.
Section CurvesSection(const TrainingReport& report);

/// Importance and partial dependence.
Section ImportanceSection(const TrainingReport& report);
/// Slices of the table where the model is weaker.
Section SlicesSection(const TrainingReport& report);
/// The profile of the training table.
Section DataSection(const TrainingReport& report);

}  // namespace reeve::report
