#pragma once

#include <string>
#include <string_view>

#include "reeve/base/result.h"

namespace reeve::server {

/// A password as MLflow's table of users keeps it: "scrypt:32768:8:1$SALT$HEX" (RFC 7914, 64 bytes,
/// a salt of 16 random characters). Takes a tenth of a second and 32 MiB, on purpose.
Result<std::string> HashPassword(std::string_view password);

/// Whether `hash`, from HashPassword or of the form "pbkdf2:sha256:ITERATIONS$SALT$HEX" (RFC 8018,
/// also sha512), is of that password. False for hashes of other kinds and for costs beyond reason;
/// compares in constant time.
bool IsPassword(std::string_view password, std::string_view hash);

/// A hash that is nobody's, as slow to check as any: whoever is unknown is refused as late as
/// whoever has a wrong password.
std::string_view NobodysHash();

}  // namespace reeve::server
