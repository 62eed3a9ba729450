#pragma once

#include <string>
#include <utility>

namespace reeve::server {

/// Why a request is not answered, before a protocol puts it into its own form: an HTTP status and
/// words for the caller. Default: nothing is wrong.
struct [[nodiscard]] Refusal {
  /// 0, or 400 and more.
  int status = 0;
  std::string message = {};

  bool ok() const { return status == 0; }
  static Refusal BadRequest(std::string message) { return {400, std::move(message)}; }
  static Refusal TooLarge(std::string message) { return {413, std::move(message)}; }
};

}  // namespace reeve::server

/// Returns from the enclosing function (which returns a Refusal) when `expr` refuses.
#define REEVE_RETURN_IF_REFUSED(expr)                 \
  do {                                                \
    ::reeve::server::Refusal reeve_refusal_ = (expr); \
    if (!reeve_refusal_.ok()) return reeve_refusal_;  \
  } while (false)
