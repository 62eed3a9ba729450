#pragma once

#include <string>
#include <string_view>

namespace reeve::server {

/// The media type of an artifact by its name, as MLflow's server says it: sources, tables,
/// configurations and MLmodel are text/plain, the rest follows the common table of extensions,
/// and what is not known is application/octet-stream.
std::string_view MediaTypeOf(std::string_view name);

/// The header Content-Disposition that makes a browser save a file as `name` (RFC 6266): names that
/// are not ASCII come a second time, percent-encoded.
std::string AttachmentHeader(std::string_view name);

}  // namespace reeve::server
