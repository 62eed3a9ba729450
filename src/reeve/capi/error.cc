#include "reeve/capi/error.h"

#include <exception>
#include <new>
#include <stdexcept>
#include <string_view>

#include "reeve/base/text.h"

namespace reeve::capi {
namespace {

std::int32_t CodeOf(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return REEVE_OK;
    case StatusCode::kInvalidArgument:
      return REEVE_INVALID_ARGUMENT;
    case StatusCode::kInvalidData:
      return REEVE_INVALID_DATA;
    case StatusCode::kNotFound:
      return REEVE_NOT_FOUND;
    case StatusCode::kIo:
    case StatusCode::kUnavailable:
      return REEVE_IO;
    case StatusCode::kCorrupt:
      return REEVE_CORRUPT;
    case StatusCode::kRequirementUnmet:
    case StatusCode::kAlreadyExists:
    case StatusCode::kCancelled:
    case StatusCode::kInternal:
      return REEVE_INTERNAL;
  }
  return REEVE_INTERNAL;
}

// Telling of a failure may itself find no memory; then the code has to do.
std::int32_t Store(reeve_error** error, std::int32_t code, std::string_view message,
                   const std::vector<std::string>& fixes) noexcept {
  if (error == nullptr) return code;
  *error = nullptr;
  try {
    *error = new reeve_error{code, std::string(message), Join(fixes, "\n")};
  } catch (...) {
  }
  return code;
}

}  // namespace

std::int32_t Fail(reeve_error** error, const Status& status) noexcept {
  return Store(error, CodeOf(status.code()), status.message(), status.fixes());
}

std::int32_t FailWithException(reeve_error** error) noexcept {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return Store(error, REEVE_NO_MEMORY, "not enough memory; score fewer rows at once", {});
  } catch (const std::length_error&) {
    // A container that was asked for more than there can be.
    return Store(error, REEVE_NO_MEMORY, "not enough memory; score fewer rows at once", {});
  } catch (const std::exception& exception) {
    return Store(error, REEVE_INTERNAL, exception.what(), {});
  } catch (...) {
    return Store(error, REEVE_INTERNAL, "unknown exception", {});
  }
}

}  // namespace reeve::capi

std::int32_t reeve_error_code(const reeve_error* error) {
  return error == nullptr ? static_cast<std::int32_t>(REEVE_INTERNAL) : error->code;
}
const char* reeve_error_message(const reeve_error* error) {
  return error == nullptr ? "" : error->message.c_str();
}
const char* reeve_error_fixes(const reeve_error* error) {
  return error == nullptr ? "" : error->fixes.c_str();
}
void reeve_error_free(reeve_error* error) { delete error; }
