#pragma once

#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/cli/command.h"
#include "reeve/server/access_log.h"
#include "reeve/server/auth.h"
#include "reeve/server/transport.h"

// What the two commands that listen, `serve` and `server`, read in the same way.

namespace reeve::cli {

/// A port from 0 to 65535; `where` names it in the message.
Result<int> ParsePort(const std::string& text, const std::string& where);
/// --tls-cert, --tls-key, --admin, --max-body, --max-connections, --drain and the threads.
Status ReadTransport(const Call& call, server::TransportOptions& transport);
/// --access-log.
Status ReadAccessLog(const Arguments& arguments, server::AccessLogOptions& log);
/// The files and digests of an option such as --token-read; a line of a file is a token or its
/// digest, behind a name for its caller if there is one.
Status ReadTokens(const Arguments& arguments, const std::string& option, server::Role role,
                  std::vector<server::TokenOptions>& tokens);

}  // namespace reeve::cli
