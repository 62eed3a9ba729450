#include "reeve/server/address.h"

namespace reeve::server {
namespace {

std::string Address(const TransportOptions& options, const std::string& host, int port) {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (options.tls_certificate.empty() ? "http://" : "https://") +
         (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace

std::string MainAddress(const TransportOptions& options, const Transport& transport) {
  return Address(options, options.host, transport.port());
}

std::string AdminAddress(const TransportOptions& options, const Transport& transport) {
  const int port = transport.admin_port();
  return port == 0 ? "" : Address(options, options.admin_host, port);
}

std::string OperatorAddress(const TransportOptions& options, const Transport& transport) {
  const std::string admin = AdminAddress(options, transport);
  return admin.empty() ? MainAddress(options, transport) : admin;
}

}  // namespace reeve::server
