#pragma once

#include <utility>

#include <tl/expected.hpp>

#include "reeve/base/status.h"

namespace reeve {

/// A value, or the Status that says why there is none.
///
/// Converts implicitly from T and from a failed Status, so functions simply `return value;` or
/// `return Status::NotFound(…);`. REQUIRES: a Status given is not ok.
template <typename T>
class [[nodiscard]] Result {
 public:
  // NOLINTBEGIN(google-explicit-constructor, bugprone-forwarding-reference-overload)
  Result(T value) : expected_(std::move(value)) {}
  Result(Status status) : expected_(tl::unexpect, std::move(status)) {}
  /// From anything a T can be made of, e.g. unique_ptr<Derived> into Result<unique_ptr<Base>>.
  template <typename U>
    requires(std::is_convertible_v<U &&, T> && !std::is_same_v<std::remove_cvref_t<U>, T> &&
             !std::is_same_v<std::remove_cvref_t<U>, Status> &&
             !std::is_same_v<std::remove_cvref_t<U>, Result>)
  Result(U&& value) : expected_(T(std::forward<U>(value))) {}
  // NOLINTEND(google-explicit-constructor, bugprone-forwarding-reference-overload)

  bool ok() const { return expected_.has_value(); }
  /// The failure, or Ok.
  Status status() const& { return ok() ? Status() : expected_.error(); }
  Status status() && { return ok() ? Status() : std::move(expected_.error()); }

  /// The value. REQUIRES: ok().
  T& value() & { return *expected_; }
  const T& value() const& { return *expected_; }
  T&& value() && { return std::move(*expected_); }
  T& operator*() & { return *expected_; }
  const T& operator*() const& { return *expected_; }
  T&& operator*() && { return std::move(*expected_); }
  T* operator->() { return &*expected_; }
  const T* operator->() const { return &*expected_; }

 private:
  tl::expected<T, Status> expected_;
};

}  // namespace reeve

/// `REEVE_ASSIGN_OR_RETURN(auto table, ReadTable(path));` declares and assigns, or returns the
/// error.
#define REEVE_ASSIGN_OR_RETURN(lhs, expr)                              \
  auto REEVE_CONCAT_(reeve_result_, __LINE__) = (expr);                \
  if (!REEVE_CONCAT_(reeve_result_, __LINE__).ok())                    \
    return std::move(REEVE_CONCAT_(reeve_result_, __LINE__)).status(); \
  lhs = std::move(REEVE_CONCAT_(reeve_result_, __LINE__)).value()
