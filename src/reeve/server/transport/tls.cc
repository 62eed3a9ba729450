#include "reeve/server/transport/tls.h"

#include <cerrno>
#include <cstring>
#include <string_view>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include "reeve/base/text.h"

namespace reeve::server {

namespace {

Status Unreadable(std::string_view what, const std::string& path) {
  if (::access(path.c_str(), R_OK) == 0) return {};
  const int error = errno;
  const auto message =
      "TLS " + std::string(what) + " " + Quote(path, 200) + ": " + std::strerror(error);
  return error == ENOENT ? Status::NotFound(message) : Status::InvalidArgument(message);
}

// HTTP/1.1 is all there is; a client that offers only h2 is told so in the handshake.
int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* in, unsigned int in_size, void*) {
  static constexpr unsigned char kHttp[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp, sizeof kHttp - 1, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// A server never asks its terminal for a password.
int NoPassword(char*, int, int, void*) { return 0; }

}  // namespace

Result<std::unique_ptr<net::ssl::context>> MakeTlsContext(const std::string& certificate,
                                                          const std::string& key) {
  REEVE_RETURN_IF_ERROR(Unreadable("certificate", certificate));
  REEVE_RETURN_IF_ERROR(Unreadable("key", key));
  auto context = std::make_unique<net::ssl::context>(net::ssl::context::tls_server);
  SSL_CTX* tls = context->native_handle();
  ERR_clear_error();
  SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
  SSL_CTX_set_options(
      tls, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(tls, ChooseProtocol, nullptr);
  SSL_CTX_set_default_passwd_cb(tls, NoPassword);
  if (SSL_CTX_use_certificate_chain_file(tls, certificate.c_str()) != 1) {
    ERR_clear_error();
    return Status::InvalidArgument("TLS certificate " + Quote(certificate, 200) +
                                   ": this is no certificate in PEM form")
        .WithFix("put the server's certificate first and its issuers' behind it");
  }
  if (SSL_CTX_use_PrivateKey_file(tls, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    ERR_clear_error();
    if (!mismatch) {
      return Status::InvalidArgument("TLS key " + Quote(key, 200) +
                                     ": this is no private key in PEM form without a password");
    }
    return Status::InvalidArgument("TLS key " + Quote(key, 200) +
                                   ": it does not belong to the certificate " +
                                   Quote(certificate, 200));
  }
  if (SSL_CTX_check_private_key(tls) != 1) {
    ERR_clear_error();
    return Status::InvalidArgument("TLS key " + Quote(key, 200) +
                                   ": it does not belong to the certificate " +
                                   Quote(certificate, 200));
  }
  return context;
}

}  // namespace reeve::server
