#pragma once

#include <string>

#include "reeve/server/transport.h"

namespace reeve::server {

/// Where a transport with these options is reached: "https://127.0.0.1:5000".
std::string MainAddress(const TransportOptions& options, const Transport& transport);
/// The same of its admin address; empty without one.
std::string AdminAddress(const TransportOptions& options, const Transport& transport);
/// The one of the two where metrics are.
std::string OperatorAddress(const TransportOptions& options, const Transport& transport);

}  // namespace reeve::server
