#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reeve/tracking/http/http_client.h"

namespace reeve::tracking {

/// Who asks S3. Never part of a message or a log.
struct S3Key {
  /// "AKIA…".
  std::string id;
  std::string secret;
  /// Of keys that hold for a while only; empty for others.
  std::string session_token = "";
};

/// The lines of a request's head that prove who asks: host, date, digest of the body, token, every
/// line that the request has of its own, and their signature (AWS Signature Version 4, for S3:
/// paths are escaped once). The parameters of the request's query have to be in the order of their
/// names, each with a "=".
std::vector<std::string> SignS3Request(const S3Key& key, const std::string& region,
                                       const ServerUrl& server, const HttpRequest& request,
                                       const std::string& body_digest, std::int64_t now_ms);

}  // namespace reeve::tracking
