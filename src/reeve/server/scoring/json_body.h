#pragma once

#include <string_view>

#include "reeve/server/http.h"

namespace reeve::server {

/// "application/json; charset=UTF-8" -> "application/json", in lower case.
std::string MediaType(std::string_view content_type);
/// True when the content type names no charset, or UTF-8.
bool IsUtf8Charset(std::string_view content_type);

/// True when the body can be read as JSON: its content type is application/json (or none is given)
/// in UTF-8, it is not compressed, and its bytes are UTF-8. Otherwise the refusal is in `response`:
/// 415, or 400 "invalid_json".
bool TakesJson(const Request& request, Response& response);

}  // namespace reeve::server
