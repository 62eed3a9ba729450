#pragma once

#include <string>

#include "reeve/base/json.h"

namespace reeve::server {

/// An OpenAPI document of ours (openapi.h) as a page for people: operations by group, the fields of
/// a row, commands to paste; with the script, requests can be sent from the page. Everything comes
/// from the service itself. `model_query` is "?model=NAME" or empty: what links keep; `form` is
/// the form's address in links.
std::string RenderDocs(const Json& document, const std::string& model_query,
                       const std::string& form = "./");

}  // namespace reeve::server
