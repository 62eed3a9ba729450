#pragma once

#include "reeve/base/json.h"
#include "reeve/server/description/route_docs.h"
#include "reeve/server/scoring/served_model.h"

namespace reeve::server {

/// `components` of the API's description: schemas of rows (this model's own fields) and of every
/// answer, the common headers, and the answers to what goes wrong.
Json OpenApiComponents(const ServedModel& model);

/// `requestBody` of a kind, with examples that this model really scores; null for kNone.
/// Bodies of addresses that hold names carry no example: it would not belong to any one address.
Json OpenApiRequestBody(const ServedModel& model, BodyKind kind);

/// The answer that a kind gives when all is well, as a member of `responses`.
Json OpenApiResponse(AnswerKind kind);

/// An example of a JSON body; null for kinds that take none.
Json ExampleBody(const ServedModel& model, BodyKind kind);

}  // namespace reeve::server
