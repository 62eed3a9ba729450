#include "reeve/cli/option.h"

#include <array>

namespace reeve::cli {
namespace {

constexpr auto kOptions = std::to_array<Option>({
    {"target", "", "COLUMN", "", "data.target", "train evaluate explain", false,
     "column with the classes to learn"},
    {"positive", "", "CLASS", "", "data.positive", "train", false,
     "positive class; default: 1, yes, true, or else the rarer one"},
    {"drop", "", "COL", "", "data.drop", "train", true, "leave a column out"},
    {"test", "", "FILE", "", "train.test", "train", false,
     "labelled rows to test on, instead of a split"},
    {"split", "", "SHARE", "0.2", "train.split", "train", false,
     "share of rows that is kept to test on"},
    {"test-rows", "", "FILE", "", "train.test_rows", "train", false,
     "row numbers (from 0, one per line) to test on"},
    {"group", "", "COL", "", "train.group", "train", false,
     "column whose groups are never torn apart"},
    {"time", "", "COL", "", "train.time", "train", false,
     "column that orders rows in time: test on the latest"},
    {"metric", "", "NAME", "auc", "train.metric", "train explain", false,
     "what is optimised: auc, log_loss, accuracy, f1, mcc, cost, …"},
    {"learner", "", "NAMES", "logistic,forest,boosted,symmetric,mlp", "train.learner", "train",
     false, "learners to try, separated by commas; mlp unasked only above quick effort"},
    {"effort", "", "LEVEL", "standard", "train.effort", "train", false,
     "how much work: quick, standard, thorough"},
    {"ensemble", "", "WHEN", "auto", "train.ensemble", "train", false,
     "several models that answer together: auto (where they win by more than chance), off"},
    {"derive", "", "auto|off|EXPR", "", "data.derive", "train", true,
     "compute a column: 'ratio = loan / income'; auto (as without it): find such columns"},
    {"imbalance", "", "WAY", "threshold", "train.imbalance", "train", false,
     "for rare classes: none, threshold, weights, undersample, oversample, smote"},
    {"compare-imbalance", "", "", "", "train.compare_imbalance", "train", false,
     "also train with every --imbalance on the same folds and show the scores"},
    {"calibration", "", "KIND", "auto", "train.calibration", "train", false,
     "of probabilities: auto, none, platt, isotonic, temperature"},
    {"cost", "", "COSTS", "", "train.cost", "train evaluate", false,
     "what mistakes cost, to decide by: fp=X,fn=Y, or a table of true (down) and decided class"},
    {"folds", "", "N", "5", "train.folds", "train", false, "folds of cross-validation"},
    {"fit", "", "K=V,…", "", "", "train", false, "train this one configuration, without a search"},
    {"refit-all", "", "", "", "train.refit_all", "train", false,
     "train the final model on the test rows too"},
    {"require", "", "METRIC=X", "", "train.require", "train", true,
     "exit 4 unless the test part reaches this (losses: at most)"},
    {"ignore-warning", "", "CODE", "", "train.ignore_warnings", "train", true,
     "do not give this warning: CODE, or CODE:COLUMN for one column"},
    {"experiment", "", "NAME", "Default", "tracking.experiment",
     "train evaluate runs import export", false, "experiment of the run"},
    {"no-artifacts", "", "", "", "", "import export", false,
     "leave files where they are: records only"},
    {"name", "", "RUN_NAME", "", "", "train", false, "name of the run"},
    {"register", "", "NAME", "", "train.register", "train", false,
     "make a version of this registered model"},
    {"alias", "", "ALIAS", "", "train.alias", "train", false, "move this alias to the new version"},
    {"tag", "", "K=V", "", "", "train", true, "tag of the run and the version"},
    {"description", "", "TEXT", "", "", "train", false, "description of the run and the version"},
    {"out", "", "DIR", "", "", "train", false, "write the bundle to this new folder"},
    {"no-track", "", "", "", "", "train demo", false, "leave the tracking store alone"},
    {"output-file", "o", "OUT", "", "", "predict explain evaluate check data demo predictions",
     false,
     "where results go: .csv .parquet .jsonl, -, sqlite:///f.db?table=T, postgresql://…?table=T"},
    {"mode", "", "MODE", "", "", "predict explain predictions", false,
     "append, fail or replace; default: append to tables, fail for files"},
    {"keep", "", "COL", "", "", "predict", true, "copy a column of the input"},
    {"keep-all", "", "", "", "", "predict", false, "copy every column of the input"},
    {"probabilities", "", "", "", "", "predict", false, "one column per class"},
    {"reasons", "", "N", "0", "", "predict", false,
     "columns reason_1 … reason_N: what moved each prediction most"},
    {"top", "", "N", "3", "", "explain", false, "reasons of a row"},
    {"importance", "", "KIND", "", "", "explain", false,
     "measure columns instead: permutation (needs the classes) or contributions"},
    {"partial-dependence", "", "COL", "", "", "explain", true,
     "mean probability for each value of a column"},
    {"sample", "", "N", "10000", "", "explain", false,
     "most rows that importance and partial dependence are measured on"},
    {"rejects", "", "FILE", "", "", "predict", false,
     "rows that break the contract, with the reason"},
    {"allow", "", "N|N%", "0", "", "predict check", false,
     "broken rows that are accepted before exit 3"},
    {"batch-id", "", "ID", "", "", "predict", false,
     "replace the rows of this id in the table, in one transaction"},
    {"skip-bad-rows", "", "N|N%", "0", "data.skip_bad_rows",
     "train predict explain evaluate check data", false, "malformed rows that may be left out"},
    {"missing", "", "TEXT", "", "data.missing", "train data", true,
     "text that means \"no value\", besides ?, NA, NaN, null …"},
    {"rows", "", "N", "2000", "", "demo", false, "rows of the demo table"},
    {"table-only", "", "", "", "", "demo", false, "write the demo table and stop"},
    {"limit", "", "N", "20", "", "runs models data check explain predictions", false,
     "most entries to list"},
    {"origin", "", "", "", "", "config", false, "also say where each value comes from"},
    {"stage", "", "STAGE", "", "", "models", false, "None, Staging, Production or Archived"},
    {"delete", "", "", "", "", "models", false, "remove the alias instead of setting it"},
    {"alias", "", "ALIAS", "champion", "", "models", false, "models rollback: the alias to move"},
    {"html", "", "FILE", "", "", "evaluate", false, "write a page with scores and pictures"},
    {"host", "", "HOST", "127.0.0.1", "serve.host", "serve server up", false,
     "address to listen at; 0.0.0.0 for all of this machine"},
    {"port", "p", "PORT", "5000", "serve.port", "serve server up", false,
     "port to listen at, 0 for any free one; default: AIP_HTTP_PORT, SAGEMAKER_BIND_TO_PORT, then "
     "this"},
    {"strict", "", "", "", "serve.strict", "serve up", false,
     "refuse rows with fields that the model does not know, instead of a warning"},
    {"key-field", "", "FIELD", "", "serve.key_field", "serve up", false,
     "field that names a row, kept with its prediction and found again by /feedback"},
    {"no-predictions", "", "", "", "serve.no_predictions", "serve up", false,
     "do not keep what was scored"},
    {"access-log", "", "FORM", "off", "serve.access_log", "serve server up", false,
     "one line for each request on standard error: off, json or text"},
    {"tls-cert", "", "FILE", "", "serve.tls_cert", "serve server up", false,
     "certificate chain (PEM): HTTPS only"},
    {"tls-key", "", "FILE", "", "serve.tls_key", "serve server up", false,
     "private key (PEM) of --tls-cert"},
    {"token-score", "", "FILE", "", "serve.auth.score", "serve up", true,
     "file with tokens (or sha256:HEX) that may score, one a line"},
    {"token-read", "", "FILE", "", "serve.auth.read", "serve server up", true,
     "the same for those that may read metrics and model information"},
    {"token-write", "", "FILE", "", "serve.auth.write", "server up", true,
     "the same for those that may read and write runs and models"},
    {"token-admin", "", "FILE", "", "serve.auth.admin", "serve server up", true,
     "the same for those that may do everything"},
    {"admin", "", "HOST:PORT", "", "serve.admin", "serve server up", false,
     "serve metrics and model information at this address instead"},
    {"max-body", "", "MIB", "32", "serve.max_body", "serve server up", false,
     "largest body of a request, in MiB"},
    {"max-rows", "", "N", "100000", "serve.max_rows", "serve up", false, "most rows of a request"},
    {"max-connections", "", "N", "10000", "serve.max_connections", "serve server up", false,
     "connections beyond are refused with 429"},
    {"drain", "", "SECONDS", "10", "serve.drain", "serve server up", false,
     "how long requests in flight may take after SIGTERM"},
    {"predictions-dir", "", "DIR", "predictions", "serve.predictions_dir", "serve up predictions",
     false, "folder of the log of served predictions"},
    {"backend-store-uri", "", "URI", "", "server.backend_store_uri", "server up", false,
     "database of runs and models, sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE; "
     "default: MLFLOW_BACKEND_STORE_URI, then "
     "sqlite:///mlflow.db; MLFLOW_… variables of its server stand in for other options too"},
    {"artifacts-destination", "", "PLACE", "mlartifacts", "server.artifacts_destination",
     "server up", false,
     "what holds the artifacts behind this server: a folder, or s3://BUCKET/PATH"},
    {"default-artifact-root", "", "URI", "", "server.default_artifact_root", "server up", false,
     "where artifacts of new experiments lie; default: behind this server"},
    {"ui", "", "DIR", "", "server.ui", "server up", false,
     "MLflow's own pages: the folder mlflow/server/js/build of an installed MLflow"},
    {"serve-artifacts", "", "", "", "", "server up", false,
     "keep artifacts behind this server; it does unless told otherwise"},
    {"no-serve-artifacts", "", "", "", "server.no_serve_artifacts", "server up", false,
     "keep none: clients write where --default-artifact-root says (mlruns here)"},
    {"artifacts-only", "", "", "", "server.artifacts_only", "server", false,
     "artifacts behind this server and nothing else: no database, no runs, no models"},
    {"static-prefix", "", "PATH", "", "server.static_prefix", "server", false,
     "path such as /mlflow below which everything but /metrics lies"},
    {"registry-store-uri", "", "URI", "", "", "server up", false,
     "database of models; it has to be that of the runs"},
    {"disable-security-middleware", "", "", "", "server.disable_security_middleware", "server up",
     false, "answer under any name and to pages of any origin"},
    {"workers", "w", "N", "", "", "server", false,
     "changes nothing: one process serves all; see --threads"},
    {"gunicorn-opts", "", "OPTIONS", "", "", "server", false, "changes nothing"},
    {"uvicorn-opts", "", "OPTIONS", "", "", "server", false, "changes nothing"},
    {"waitress-opts", "", "OPTIONS", "", "", "server", false, "changes nothing"},
    {"expose-prometheus", "", "DIR", "", "", "server", false,
     "changes nothing: metrics are always at /metrics, and need no folder"},
    {"app-name", "", "NAME", "", "server.app_name", "server up", false,
     "basic-auth: users with passwords, as --auth does, in sqlite:///basic_auth.db unless told "
     "otherwise"},
    {"auth", "", "URI", "", "server.auth", "server up", false,
     "database of users and their permissions; the first administrator: "
     "MLFLOW_AUTH_ADMIN_USERNAME, MLFLOW_AUTH_ADMIN_PASSWORD"},
    {"default-permission", "", "NAME", "READ", "server.default_permission", "server up", false,
     "what users may do where nothing is granted: READ, USE, EDIT, MANAGE or NO_PERMISSIONS"},
    {"audit-log", "", "FILE", "", "server.audit_log", "server up", false,
     "append a line of JSON for each call that changes something or is refused to its caller"},
    {"allowed-hosts", "", "NAMES", "", "server.allowed_hosts", "server up", false,
     "names under which the server may be called, with commas, * for any text; default: this "
     "machine and private networks"},
    {"cors-allowed-origins", "", "ORIGINS", "", "server.cors_allowed_origins", "server up", false,
     "origins of pages that may write, with commas, beside the server's own and those of this "
     "machine"},
    {"x-frame-options", "", "WORD", "SAMEORIGIN", "server.x_frame_options", "server up", false,
     "which pages may show this server in a frame: SAMEORIGIN, DENY (none) or NONE (all)"},
    {"model", "", "NAME", "", "", "predictions", false, "only predictions of this model"},
    {"version", "", "V", "", "", "predictions", false, "only predictions of this version"},
    {"since", "", "TIME", "", "", "predictions", false,
     "from this time on: 2026-03-01, 2026-03-01T12:30:00Z, or 1h, 7d ago"},
    {"until", "", "TIME", "", "", "predictions", false, "before this time"},
    {"request-id", "", "ID", "", "", "predictions", false, "only rows of this request"},
    {"key", "", "KEY", "", "", "predictions", false, "only rows that the caller named so"},
    {"config", "", "FILE", "", "", "*", false, "settings; default: reeve.toml here or above"},
    {"tracking-uri", "", "URI", "sqlite:///mlflow.db", "tracking.uri", "*", false,
     "tracking store; default: MLFLOW_TRACKING_URI, then this"},
    {"registry-uri", "", "URI", "", "tracking.registry_uri", "*", false,
     "store of registered models; default: MLFLOW_REGISTRY_URI, then the tracking store"},
    {"spool", "", "DIR", ".reeve/spool", "tracking.spool", "train runs", false,
     "where trainings wait for a tracking server that went away"},
    {"threads", "", "N", "0", "threads", "*", false,
     "threads to use, 0 for all; never changes a result"},
    {"seed", "", "N", "42", "seed", "*", false, "one seed, one result"},
    {"output", "", "text|json", "text", "output", "*", false,
     "form of the answer on standard output; runs compare: also markdown, html"},
    {"quiet", "q", "", "", "quiet", "*", false, "no talk on standard error but errors"},
    {"log-level", "", "LEVEL", "warning", "log_level", "*", false,
     "debug, info, warning, error or off"},
    {"reference", "", "", "", "", "help", false,
     "the reference page of all commands and options, as Markdown"},
    {"help", "h", "", "", "", "*", false, "this help"},
});

// What a call asks for or takes away. Images often have a REEVE_VERSION that means something else.
constexpr std::string_view kFlagsOnly = "help version reference delete";

bool HasWord(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = words.find(' ');
    if (words.substr(0, end) == word) return true;
    if (end == std::string_view::npos) return false;
    words.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace

std::span<const Option> AllOptions() { return kOptions; }

std::string EnvironmentName(const Option& option) {
  if (HasWord(kFlagsOnly, option.name)) return "";
  std::string name = "REEVE_";
  for (const char c : option.name)
    name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

bool Knows(std::string_view command, const Option& option) {
  return option.commands == "*" || HasWord(option.commands, command.substr(0, command.find(' ')));
}

}  // namespace reeve::cli
