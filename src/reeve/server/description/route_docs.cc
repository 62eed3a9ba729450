#include "reeve/server/description/route_docs.h"

#include <array>
#include <string>

namespace reeve::server {
namespace {

constexpr std::string_view kScoring = "Scoring", kModels = "Model", kProbes = "Operation",
                           kMlflow = "MLflow and SageMaker", kV2 = "Open Inference Protocol",
                           kPages = "Pages";

constexpr RouteDoc kDocs[] = {
    {"POST", "/predict", kScoring, "predict", "Score one row",
     "One flat object with the raw fields of the training table. `probability` is that of the "
     "positive class (of the predicted one for more than two classes). `?reasons=3` adds the three "
     "strongest `reasons` of the answer, as `reeve explain` gives them.",
     BodyKind::kRow, AnswerKind::kPrediction, true},
    {"POST", "/predict/batch", kScoring, "predictBatch", "Score many rows",
     "Answers keep the order of the rows; `row_id` is the position. `?reasons=3` as for one row; "
     "of how many rows depends on the model's size.",
     BodyKind::kBatch, AnswerKind::kBatch, true},
    {"POST", "/predict/csv", kScoring, "predictCsv", "Score a CSV file",
     "The file as the body or as a form upload. The answer is a CSV file, streamed, one line for "
     "each row; a row that cannot be scored keeps its place with the reason in `error`.",
     BodyKind::kCsv, AnswerKind::kCsv, true},
    {"POST", "/feedback", kScoring, "feedback", "Tell the true label of an earlier prediction",
     "By the `request_id` of the prediction (X-Request-Id, with `row` for batches) or by its key. "
     "`labels` takes a list of such objects.",
     BodyKind::kFeedback, AnswerKind::kFeedback, true},
    {"GET", "/model", kModels, "getModel", "The model that is served",
     "Name, version, classes, threshold, fields, learner, scores of the test part, lineage.",
     BodyKind::kNone, AnswerKind::kModel, true},
    {"GET", "/model/contract", kModels, "getContract", "The fields the model relies on",
     "Types, ranges, categories with their counts in training: contract.json of the bundle.",
     BodyKind::kNone, AnswerKind::kContract, true},
    {"GET", "/model/metrics", kModels, "getScores", "How good the model was found to be",
     "Scores of the test part with 95 % intervals, of cross-validation, importance of the fields.",
     BodyKind::kNone, AnswerKind::kScores, true},
    {"GET", "/models", kModels, "listModels", "Every model of this service", "", BodyKind::kNone,
     AnswerKind::kModels},
    {"GET", "/models/{name}", kModels, "getModelByName", "One model of this service",
     "As /model, of the model of that name.", BodyKind::kNone, AnswerKind::kModel},
    {"GET", "/health", kProbes, "health", "Whether the service can do its work",
     "503 with `unhealthy` when it cannot; `degraded` when it works with what it had.",
     BodyKind::kNone, AnswerKind::kHealth},
    {"GET", "/livez", kProbes, "livez", "Whether the process answers", "", BodyKind::kNone,
     AnswerKind::kText},
    {"GET", "/readyz", kProbes, "readyz", "Whether to send it requests",
     "503 while models are loaded and while the service stops.", BodyKind::kNone,
     AnswerKind::kText},
    {"GET", "/metrics", kProbes, "metrics", "Metrics for Prometheus",
     "Text format 0.0.4, or OpenMetrics 1.0.0 when `Accept` asks for it.", BodyKind::kNone,
     AnswerKind::kMetrics},
    {"POST", "/invocations", kMlflow, "invocations", "Score rows as MLflow's scoring server does",
     "One of `dataframe_split`, `dataframe_records`, `instances`, `inputs`, or `text/csv`. Errors "
     "come in MLflow's form.",
     BodyKind::kInvocations, AnswerKind::kInvocations, true},
    {"GET", "/ping", kMlflow, "ping", "Whether a model is loaded", "", BodyKind::kNone,
     AnswerKind::kText},
    {"GET", "/version", kMlflow, "version", "The version of the program", "", BodyKind::kNone,
     AnswerKind::kText},
    {"GET", "/v2", kV2, "v2Server", "Name and version of the server", "", BodyKind::kNone,
     AnswerKind::kServerMetadata},
    {"GET", "/v2/health/live", kV2, "v2Live", "Whether the process answers", "", BodyKind::kNone,
     AnswerKind::kReady},
    {"GET", "/v2/health/ready", kV2, "v2Ready", "Whether every model can be asked", "",
     BodyKind::kNone, AnswerKind::kReady},
    {"GET", "/v2/models", kV2, "v2Models", "Names of the models", "", BodyKind::kNone,
     AnswerKind::kModelMetadata},
    {"POST", "/v2/repository/index", kV2, "v2Index", "Models and versions with their states",
     "What Triton's clients ask for.", BodyKind::kNone, AnswerKind::kModelList},
    {"GET", "/v2/models/{name}", kV2, "v2Model", "Inputs and outputs of a model", "",
     BodyKind::kNone, AnswerKind::kModelMetadata},
    {"GET", "/v2/models/{name}/versions/{version}", kV2, "v2ModelVersion",
     "Inputs and outputs of a version", "", BodyKind::kNone, AnswerKind::kModelMetadata},
    {"GET", "/v2/models/{name}/ready", kV2, "v2ModelReady", "Whether a model can be asked", "",
     BodyKind::kNone, AnswerKind::kReady},
    {"GET", "/v2/models/{name}/versions/{version}/ready", kV2, "v2ModelVersionReady",
     "Whether a version can be asked", "", BodyKind::kNone, AnswerKind::kReady},
    {"POST", "/v2/models/{name}/infer", kV2, "v2Infer", "Score rows given as tensors",
     "One tensor for each field, all of the same length. Outputs: `label`, `probability`, "
     "`prediction`, for more than two classes `probabilities`.",
     BodyKind::kInfer, AnswerKind::kInfer},
    {"POST", "/v2/models/{name}/versions/{version}/infer", kV2, "v2InferVersion",
     "Score rows with a version", "As /v2/models/{name}/infer.", BodyKind::kInfer,
     AnswerKind::kInfer},
    {"GET", "/", kPages, "form", "The form for one row", "", BodyKind::kNone, AnswerKind::kPage,
     true},
    {"POST", "/", kPages, "answerForm", "The form with its answer",
     "What the form sends; programs use /predict.", BodyKind::kForm, AnswerKind::kPage, true},
    {"GET", "/form", kPages, "formPage", "The form for one row", "", BodyKind::kNone,
     AnswerKind::kPage, true},
    {"POST", "/form", kPages, "answerFormPage", "The form with its answer",
     "What the form sends; programs use /predict.", BodyKind::kForm, AnswerKind::kPage, true},
    {"GET", "/docs", kPages, "docs", "This description for people", "", BodyKind::kNone,
     AnswerKind::kPage, true},
    {"GET", "/openapi.json", kPages, "openapi", "This description for programs", "",
     BodyKind::kNone, AnswerKind::kOpenApi, true},
    {"GET", "/favicon.ico", "", "icon", "The icon of the pages", ""},
    {"GET", "/assets/{name}", "", "asset", "Files of the pages", ""},
};

// "/v2/models/{}/infer".
std::string WithoutNames(std::string_view pattern) {
  std::string plain;
  bool inside = false;
  for (const char c : pattern) {
    if (c == '}') inside = false;
    if (!inside) plain += c;
    if (c == '{') inside = true;
  }
  return plain;
}

}  // namespace

std::span<const RouteDoc> RouteDocs() { return kDocs; }

const RouteDoc* FindRouteDoc(std::string_view method, std::string_view pattern) {
  const std::string plain = WithoutNames(pattern);
  for (const RouteDoc& doc : kDocs) {
    if (doc.method == method && WithoutNames(doc.pattern) == plain) return &doc;
  }
  return nullptr;
}

}  // namespace reeve::server
