#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reeve::mlflow {

/// Base64 of RFC 4648 with padding.
std::string EncodeBase64(std::string_view bytes);

/// The bytes that `text` stands for; characters outside the alphabet are skipped, as clients that
/// break lines expect. Nothing when the padding is wrong.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace reeve::mlflow
