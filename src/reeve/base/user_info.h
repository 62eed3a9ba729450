#pragma once

#include <string>
#include <string_view>

namespace reeve {

/// `uri` with what stands before an "@" of its authority (scheme://user:password@host/…) replaced
/// by "***": for messages, logs and whatever else is kept. Other texts stay as they are.
std::string MaskUserInfo(std::string_view uri);

}  // namespace reeve
