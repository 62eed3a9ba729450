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

/// Who signs an address, where, and for how many seconds it holds.
struct S3Grant {
  S3Key key;
  std::string region;
  int seconds = 3'600;
};

/// An address that lets whoever has it make that very request, until it runs out: with the same
/// proof in its query, over whatever body comes. Lines of the request's head become parameters too,
/// which the request then needs not have.
std::string PresignS3Url(const S3Grant& grant, const ServerUrl& server, const HttpRequest& request,
                         std::int64_t now_ms);

}  // namespace reeve::tracking
