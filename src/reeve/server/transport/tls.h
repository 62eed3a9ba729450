#pragma once

#include <memory>
#include <string>

#include "reeve/base/result.h"
#include "reeve/server/transport/asio.h"

namespace reeve::server {

/// What a TLS listener needs: TLS 1.2 or newer, the chain and the key of two PEM files. Fails with
/// kInvalidArgument (kNotFound for a file that is not there), naming the file; never shows what is
/// in it.
Result<std::unique_ptr<net::ssl::context>> MakeTlsContext(const std::string& certificate,
                                                          const std::string& key);

}  // namespace reeve::server
