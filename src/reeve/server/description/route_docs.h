#pragma once

#include <span>
#include <string_view>

namespace reeve::server {

/// What a route takes, and what it gives when all is well. openapi_schemas.h says how each looks.
enum class BodyKind { kNone, kRow, kBatch, kCsv, kInvocations, kInfer, kFeedback, kForm };
enum class AnswerKind {
  kPrediction,
  kBatch,
  kCsv,
  kInvocations,
  kInfer,
  kFeedback,
  kHealth,
  kText,
  kMetrics,
  kModel,
  kModels,
  kContract,
  kScores,
  kOpenApi,
  kPage,
  kServerMetadata,
  kModelMetadata,
  kModelList,
  kReady,
};

/// What people are told of a route.
struct RouteDoc {
  std::string_view method, pattern;
  /// Group in the description; empty: the route is there, but not worth a description (icons).
  std::string_view tag;
  /// Names the operation in generated clients; distinct.
  std::string_view id;
  std::string_view summary, description;
  BodyKind body = BodyKind::kNone;
  AnswerKind answer = AnswerKind::kText;
  /// Takes `?model=` and `?version=`.
  bool chooses_model = false;
};

/// One for each route of the service.
std::span<const RouteDoc> RouteDocs();
/// That of a method and pattern; names in braces may differ. Null when nobody described it.
const RouteDoc* FindRouteDoc(std::string_view method, std::string_view pattern);

}  // namespace reeve::server
