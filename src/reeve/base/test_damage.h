#pragma once

#include <cstddef>
#include <string_view>

#include "reeve/base/json.h"

namespace reeve {

/// For fuzz targets: what is done to a document, chosen by the bytes of an input. A document that
/// was whole and has lost a piece gets further into its reader than bytes that have to become JSON
/// first.
class Damage {
 public:
  /// The bytes have to outlive it.
  explicit Damage(std::string_view choices) : choices_(choices) {}

  /// 0 … end - 1; 0 when the bytes are used up.
  std::size_t Below(std::size_t end);
  /// At most `most` times, while there are bytes: one of its values becomes another or a copy of
  /// another, or gains or loses an element.
  void Apply(Json& document, int most);

 private:
  void ApplyOnce(Json& document);

  std::string_view choices_;
};

}  // namespace reeve
