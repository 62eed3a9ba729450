#include "reeve/server/transport/tls.h"

#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "reeve/base/test_folder.h"
#include "reeve/server/transport/test_client.h"
#include "reeve/server/transport/test_transport.h"

namespace reeve::server {
namespace {

using testing::HasSubstr;

// A key and a certificate that it signed itself, in two files.
void MakeCertificate(const std::string& certificate_path, const std::string& key_path) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_sign(certificate, key, EVP_sha256());
  FILE* file = std::fopen(certificate_path.c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  file = std::fopen(key_path.c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    MakeCertificate(certificate_, key_);
    MakeCertificate(folder_.Path("other.pem"), folder_.Path("other.key"));
  }

  std::string Message(const std::string& certificate, const std::string& key) {
    const auto context = MakeTlsContext(certificate, key);
    return context.ok() ? "ok" : context.status().message();
  }

  TestFolder folder_;
  std::string certificate_ = folder_.Path("server.pem"), key_ = folder_.Path("server.key");
};

// A blocking TLS client over a TestClient's socket.
class TlsClient {
 public:
  explicit TlsClient(int port, int newest = 0) : plain_(port) {
    context_ = SSL_CTX_new(TLS_client_method());
    if (newest != 0) {
      SSL_CTX_set_min_proto_version(context_, 0);
      SSL_CTX_set_security_level(context_, 0);
      SSL_CTX_set_max_proto_version(context_, newest);
    }
    tls_ = SSL_new(context_);
    SSL_set_fd(tls_, plain_.descriptor());
    connected_ = SSL_connect(tls_) == 1;
  }
  ~TlsClient() {
    SSL_free(tls_);
    SSL_CTX_free(context_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool connected() const { return connected_; }
  std::string version() const { return SSL_get_version(tls_); }
  void Send(const std::string& bytes) {
    EXPECT_EQ(SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())),
              static_cast<int>(bytes.size()));
  }
  TestAnswer Read() {
    TestAnswer answer;
    while (!CutAnswer(received_, answer)) {
      if (!Receive()) return TestAnswer{};
    }
    return answer;
  }
  // What ended it: SSL_ERROR_ZERO_RETURN for a proper end.
  int ReadToEnd() {
    while (Receive()) {
    }
    return last_error_;
  }

 private:
  bool Receive() {
    char piece[16 << 10];
    const int count = SSL_read(tls_, piece, sizeof piece);
    if (count > 0) {
      received_.append(piece, static_cast<std::size_t>(count));
    } else {
      last_error_ = SSL_get_error(tls_, count);
    }
    return count > 0;
  }

  TestClient plain_;
  SSL_CTX* context_ = nullptr;
  SSL* tls_ = nullptr;
  bool connected_ = false;
  int last_error_ = 0;
  std::string received_;
};

TransportParts EchoParts() {
  TransportParts parts;
  Route route;
  route.method = "POST";
  route.pattern = "/echo";
  route.handle = [](const Request& request, Response& response) { response.body = request.body; };
  parts.routes.push_back(route);
  return parts;
}

std::string Post(const std::string& body, const std::string& headers = "") {
  return "POST /echo HTTP/1.1\r\nHost: x\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_F(TlsTest, ServesOverTls) {
  TransportOptions options;
  options.threads = 1;
  options.drain_accept_seconds = 0;
  options.tls_certificate = certificate_;
  options.tls_key = key_;
  RunningTransport transport(options, EchoParts());
  TlsClient client(transport.port());
  ASSERT_TRUE(client.connected());
  EXPECT_EQ(client.version(), "TLSv1.3");
  for (const std::size_t size : {1u, 1000u, 1'000'000u, 5u}) {
    client.Send(Post(std::string(size, 'a')));
    EXPECT_EQ(client.Read().body, std::string(size, 'a'));
  }
  client.Send(Post("a", "X-Request-Id: 1\r\n") + Post("b", "Connection: close\r\n"));
  EXPECT_EQ(client.Read().body, "a");
  EXPECT_EQ(client.Read().body, "b");
  EXPECT_EQ(client.ReadToEnd(), SSL_ERROR_ZERO_RETURN);

  TlsClient older(transport.port(), TLS1_2_VERSION);
  EXPECT_TRUE(older.connected());
  EXPECT_EQ(older.version(), "TLSv1.2");
  EXPECT_FALSE(TlsClient(transport.port(), TLS1_1_VERSION).connected());
  // Plain HTTP at a TLS port is no handshake: the connection just ends.
  TestClient plain(transport.port());
  plain.Send(Post("x"));
  EXPECT_THAT(plain.ReadAll(), testing::Not(HasSubstr("HTTP/1.1 200")));
}

TEST_F(TlsTest, SendsFiles) {
  constexpr std::uint64_t kSize = 1'000'003;
  std::string content(kSize, '\0');
  for (std::uint64_t i = 0; i < kSize; ++i) content[i] = static_cast<char>((i * 2654435761u) >> 13);
  std::ofstream(folder_.Path("file"), std::ios::binary) << content;
  Route route;
  route.method = "POST";
  route.pattern = "/file";
  route.handle = [&](const Request&, Response& response) {
    const int file = ::open(folder_.Path("file").c_str(), O_RDONLY | O_CLOEXEC);
    response.file = std::make_shared<FileBody>(file, 3, kSize - 3);
  };
  TransportParts parts;
  parts.routes = {route};
  TransportOptions options;
  options.threads = 1;
  options.drain_accept_seconds = 0;
  options.tls_certificate = certificate_;
  options.tls_key = key_;
  RunningTransport transport(options, std::move(parts));
  TlsClient client(transport.port());
  const std::string request = "POST /file HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
  client.Send(request + request);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(client.Read().body == content.substr(3)) << i;
}

TEST_F(TlsTest, HandshakesThatHangEndInTime) {
  TransportOptions options;
  options.threads = 1;
  options.drain_accept_seconds = 0;
  options.limits.head_seconds = 0.05;
  options.tls_certificate = certificate_;
  options.tls_key = key_;
  RunningTransport transport(options, EchoParts());
  TestClient client(transport.port());
  EXPECT_EQ(client.ReadAll(), "");
}

TEST_F(TlsTest, NamesTheFileThatIsAtFault) {
  std::ofstream(folder_.Path("text")) << "no pem\n";
  EXPECT_EQ(Message(certificate_, key_), "ok");
  EXPECT_THAT(Message(folder_.Path("none"), key_), HasSubstr("none\": No such file"));
  EXPECT_THAT(Message(certificate_, folder_.Path("none")), HasSubstr("TLS key"));
  EXPECT_THAT(Message(folder_.Path("text"), key_), HasSubstr("no certificate in PEM form"));
  EXPECT_THAT(Message(certificate_, folder_.Path("text")), HasSubstr("no private key"));
  EXPECT_THAT(Message(certificate_, certificate_), HasSubstr("no private key"));
  EXPECT_THAT(Message(certificate_, folder_.Path("other.key")), HasSubstr("does not belong"));
}

TEST_F(TlsTest, ACertificateNeedsItsKey) {
  TransportOptions options;
  options.tls_certificate = certificate_;
  const auto transport = Transport::Listen(options, EchoParts());
  ASSERT_FALSE(transport.ok());
  EXPECT_THAT(transport.status().message(), HasSubstr("needs its key"));
}

}  // namespace
}  // namespace reeve::server
