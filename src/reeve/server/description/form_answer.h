#pragma once

#include <string>

#include "reeve/server/http.h"
#include "reeve/server/scoring/scoring.h"

namespace reeve::server {

/// The model that a page is about: that of the query, or else the one that answers requests which
/// name none, or else the first one, since a page says which it is. Null with the refusal in
/// `response`.
std::shared_ptr<const ServedModel> ShownModel(const ScoringContext& context, const Request& request,
                                              Response& response);

/// GET /: the form, filled with a typical row. `?model=NAME` (and `&version=`) chooses among the
/// models of the service; 404 when there is none such, 503 while none is loaded.
void ShowForm(const ScoringContext& context, const Request& request, Response& response);

/// POST /: scores the row that the form sent (application/x-www-form-urlencoded), as any other
/// request is scored, counted and logged, and answers the page with the decision; 400 with the page
/// that says at each field what is wrong with it; 415 for another content type.
void AnswerForm(const ScoringContext& context, const Request& request, Response& response);

/// "http://localhost:5000": where the caller found this service, by its Host header; safe to show.
std::string OriginOf(const Request& request);

/// What browsers are told of every page: nothing comes from elsewhere, nothing is embedded.
void AddPageHeaders(Response& response);

}  // namespace reeve::server
