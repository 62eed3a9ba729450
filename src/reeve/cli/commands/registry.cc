#include <array>

#include "reeve/cli/commands/commands.h"

namespace reeve::cli {
namespace {

constexpr std::array<Command, 32> kCommands = {{
    {"demo", "[DIR]", "write a demo table, train, register, predict; say what to try next",
     "  reeve demo\n  reeve demo --table-only -o loans.csv --rows 5000\n", 0, 1, RunDemo},
    {"train", "DATA --target COLUMN", "table in, tuned, tested, tracked classifier out",
     "  reeve train loans.csv --target approved --drop loan_id --register loans --alias champion\n"
     "  reeve train loans.csv --target approved --metric log_loss --learner logistic,boosted "
     "--output json\n"
     "  reeve train loans.csv --target approved --fit n_estimators=100,max_depth=6\n",
     1, 1, RunTrain},
    {"predict", "MODEL DATA -o OUT", "score a table: CSV, Parquet, JSON lines or an SQL table out",
     "  reeve predict loans new_loans.csv -o decisions.parquet --keep loan_id\n"
     "  reeve predict models:/loans@champion new_loans.csv -o 'sqlite:///scores.db?table=scores' "
     "--batch-id 2026-03-01\n",
     2, 2, RunPredict},
    {"explain", "MODEL [DATA]", "what a model goes by; with rows: what moved each prediction",
     "  reeve explain loans\n  reeve explain loans new_loans.csv --top 5\n"
     "  reeve explain loans loans.csv --importance permutation\n"
     "  reeve explain loans loans.csv --partial-dependence credit_score\n"
     "  reeve explain loans new_loans.csv -o reasons.parquet\n",
     1, 2, RunExplain},
    {"evaluate", "MODEL DATA", "scores and curves of a model on labelled rows",
     "  reeve evaluate loans loans.csv\n  reeve evaluate loans loans.csv --html report.html\n", 2,
     2, RunEvaluate},
    {"serve", "MODEL...", "score over HTTP: JSON, CSV, MLflow's and the Open Inference protocols",
     "", 1, 64, RunServe},
    {"server", "", "tracking server and model registry for MLflow's clients", "", 0, 0, RunServer},
    {"up", "[MODEL...]",
     "tracking, registry and scoring in one process: what is registered is served",
     "  reeve up &\n"
     "  reeve train loans.csv --target approved --drop loan_id --effort quick --register loans "
     "--alias champion --tracking-uri http://127.0.0.1:5000\n"
     "  curl -s http://127.0.0.1:5000/models\n",
     0, 64, RunUp},
    {"check", "MODEL|CONTRACT DATA",
     "every violation of the data contract, by row, column and rule; exit 3 if there is one",
     "  reeve check loans new_loans.csv\n", 2, 2, RunCheck},
    {"data profile", "DATA", "types, missing counts, distributions and version of a table",
     "  reeve data profile loans.csv\n", 1, 1, RunDataProfile},
    {"data diff", "BEFORE AFTER", "what changed between two versions of a table",
     "  reeve data diff loans.csv new_loans.csv\n", 2, 2, RunDataDiff},
    {"data history", "", "versions of tables that runs were trained on", "  reeve data history\n",
     0, 0, RunDataHistory},
    {"runs list", "", "runs, newest first", "  reeve runs list\n", 0, 0, RunRunsList},
    {"runs show", "RUN", "one run: parameters, scores, data", "", 1, 1, RunRunsShow},
    {"runs compare", "A B", "two runs side by side: scores, parameters, data, warnings, curves",
     "  reeve runs compare models:/loans/1 models:/loans@champion\n"
     "  reeve runs compare models:/loans/1 models:/loans@champion --output html > "
     "comparison.html\n",
     2, 2, RunRunsCompare, "markdown html"},
    {"runs delete", "RUN", "mark a run as deleted, as MLflow does", "", 1, 1, RunRunsDelete},
    {"runs sync", "", "send what a tracking server that went away did not take", "", 0, 0,
     RunRunsSync},
    {"models list", "", "registered models with their aliases", "  reeve models list\n", 0, 0,
     RunModelsList},
    {"models show", "NAME", "versions of a registered model", "  reeve models show loans\n", 1, 1,
     RunModelsShow},
    {"models alias", "NAME ALIAS [VERSION]", "point an alias at a version, or --delete it",
     "  reeve models alias loans challenger 1\n", 2, 3, RunModelsAlias},
    {"models stage", "NAME VERSION --stage STAGE", "move a version to a stage",
     "  reeve models stage loans 1 --stage Production\n", 2, 2, RunModelsStage},
    {"models rollback", "NAME", "point an alias (champion) back at the version before", "", 1, 1,
     RunModelsRollback},
    {"models history", "NAME", "who moved which alias and stage when, what came and went",
     "  reeve models history loans\n", 1, 1, RunModelsHistory},
    {"models delete", "NAME VERSION", "delete a version, as MLflow does", "", 2, 2,
     RunModelsDelete},
    {"predictions query", "", "served predictions, newest first, with the labels that came later",
     "", 0, 0, RunPredictionsQuery},
    {"predictions export", "-o OUT", "served predictions as a table", "", 0, 0,
     RunPredictionsExport},
    {"predictions stats", "", "what the log of served predictions holds", "", 0, 0,
     RunPredictionsStats},
    {"import mlflow", "URI", "copy runs, models and files from another tracking store to this one",
     "", 1, 1, RunImportMlflow},
    {"export mlflow", "URI", "copy runs, models and files of this tracking store to another one",
     "  reeve export mlflow sqlite:///copy/mlflow.db\n", 1, 1, RunExportMlflow},
    {"config show", "", "every setting, its value and where it comes from",
     "  reeve config show --origin\n", 0, 0, RunConfigShow},
    {"help", "[--reference]", "help of the program", "", 0, 2, RunHelp},
    {"completion", "", "completion script for bash: eval \"$(reeve completion)\"", "", 0, 0,
     RunCompletion},
}};

}  // namespace

std::span<const Command> AllCommands() { return kCommands; }

}  // namespace reeve::cli
