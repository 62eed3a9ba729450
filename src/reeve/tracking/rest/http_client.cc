#include "reeve/tracking/rest/http_client.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include "reeve/base/text.h"
#include "reeve/tracking/rest/libcurl.h"

namespace reeve::tracking {
namespace {

constexpr std::uint64_t kMaxErrorBytes = 1 << 16;

/// A server that hangs up while we write over TLS raises SIGPIPE in this thread. The program
/// ignores it, but a library must not count on that.
class SigpipeBlock {
 public:
  SigpipeBlock() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~SigpipeBlock() {
    if (sigismember(&before_, SIGPIPE) != 0) return;
    const timespec now = {};
    while (sigtimedwait(&pipe_, nullptr, &now) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SigpipeBlock(const SigpipeBlock&) = delete;
  SigpipeBlock& operator=(const SigpipeBlock&) = delete;

 private:
  sigset_t pipe_;
  sigset_t before_;
};

struct FileClose {
  void operator()(std::FILE* file) const { (void)std::fclose(file); }
};

// Where an answer goes while it comes.
struct Receiver {
  const Libcurl* library = nullptr;
  CURL* curl = nullptr;
  std::string body;
  std::uint64_t most = 0;
  // Files: what a 200 brings goes here, anything else to `body`.
  const HttpClient::Sink* sink = nullptr;
  bool too_much = false;
  Status failure;
};

// libcurl's callback; returning another number than it was given ends the call.
std::size_t Receive(const char* bytes, std::size_t, std::size_t count, void* context) {
  Receiver& receiver = *static_cast<Receiver*>(context);
  long status = 0;
  receiver.library->easy_getinfo(receiver.curl, CURLINFO_RESPONSE_CODE, &status);
  if (receiver.sink != nullptr && status == 200) {
    receiver.failure = (*receiver.sink)({bytes, count});
    return receiver.failure.ok() ? count : 0;
  }
  const std::uint64_t most = receiver.sink != nullptr ? kMaxErrorBytes : receiver.most;
  if (receiver.body.size() + count > most) {
    receiver.too_much = true;
    return 0;
  }
  receiver.body.append(bytes, count);
  return count;
}

std::size_t ReadFile(char* buffer, std::size_t, std::size_t count, void* context) {
  std::FILE* const file = static_cast<std::FILE*>(context);
  const std::size_t read = std::fread(buffer, 1, count, file);
  return std::ferror(file) != 0 ? CURL_READFUNC_ABORT : read;
}

Status CheckHeaderText(const char* name, const std::string& value) {
  const bool plain = std::all_of(value.begin(), value.end(),
                                 [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
  if (plain) return Status::Ok();
  return Status::InvalidArgument(std::string(name) +
                                 " holds a line break or another control character, expected a "
                                 "value of one line");
}

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

Status CannotReach(const ServerUrl& server, const std::string& reason) {
  Status status = Status::Unavailable("tracking server " + Quote(server.base, 400) +
                                      " cannot be reached: " + reason);
  if (!server.is_loopback())
    return std::move(status).WithFix("check the address, and that this machine may connect to it");
  return std::move(status).WithFix("start it: mlflow server --host " + server.host + " --port " +
                                   std::to_string(server.port));
}

}  // namespace

Result<Credentials> CredentialsFromEnvironment() {
  Credentials credentials{.token = Variable("MLFLOW_TRACKING_TOKEN"),
                          .username = Variable("MLFLOW_TRACKING_USERNAME"),
                          .password = Variable("MLFLOW_TRACKING_PASSWORD"),
                          .authority_file = Variable("MLFLOW_TRACKING_SERVER_CERT_PATH")};
  REEVE_RETURN_IF_ERROR(CheckHeaderText("MLFLOW_TRACKING_TOKEN", credentials.token));
  REEVE_RETURN_IF_ERROR(CheckHeaderText("MLFLOW_TRACKING_USERNAME", credentials.username));
  REEVE_RETURN_IF_ERROR(CheckHeaderText("MLFLOW_TRACKING_PASSWORD", credentials.password));
  return credentials;
}

/// libcurl's handle, which keeps the connection, and the one call that uses it.
struct HttpClient::Handle {
  explicit Handle(const Libcurl& opened) : library(opened), curl(opened.easy_init()) {}
  ~Handle() {
    library.slist_free_all(headers);
    library.easy_cleanup(curl);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  template <typename T>
  void Set(CURLoption option, T value) {
    library.easy_setopt(curl, option, value);
  }
  void AddHeader(const char* line);
  void SetCommon(const HttpClient& client, const std::string& path);
  void SetCredentials(const Credentials& credentials);
  Result<HttpAnswer> Perform(const HttpClient& client, Receiver& receiver);
  Status Explain(CURLcode code, const HttpClient& client) const;

  const Libcurl& library;
  std::mutex mutex;
  CURL* curl;
  /// Of the call at hand.
  curl_slist* headers = nullptr;
  char error[CURL_ERROR_SIZE] = {};
};

void HttpClient::Handle::AddHeader(const char* line) {
  curl_slist* const longer = library.slist_append(headers, line);
  if (longer != nullptr) headers = longer;
  Set(CURLOPT_HTTPHEADER, headers);
}

void HttpClient::Handle::SetCredentials(const Credentials& credentials) {
  if (!credentials.username.empty() && !credentials.password.empty()) {
    Set(CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    Set(CURLOPT_USERNAME, credentials.username.c_str());
    Set(CURLOPT_PASSWORD, credentials.password.c_str());
  } else if (!credentials.token.empty()) {
    Set(CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    Set(CURLOPT_XOAUTH2_BEARER, credentials.token.c_str());
  }
  if (!credentials.authority_file.empty()) Set(CURLOPT_CAINFO, credentials.authority_file.c_str());
}

// Everything but what is to be done. Options of an earlier call are forgotten, its connection is
// not.
void HttpClient::Handle::SetCommon(const HttpClient& client, const std::string& path) {
  library.easy_reset(curl);
  library.slist_free_all(headers);
  headers = nullptr;
  error[0] = '\0';
  Set(CURLOPT_URL, (client.server_.base + path).c_str());
  Set(CURLOPT_PATH_AS_IS, 1L);
  Set(CURLOPT_PROTOCOLS_STR, client.server_.is_https() ? "https" : "http");
  Set(CURLOPT_FOLLOWLOCATION, 0L);
  Set(CURLOPT_NOSIGNAL, 1L);
  Set(CURLOPT_ERRORBUFFER, error);
  Set(CURLOPT_USERAGENT, "reeve");
  Set(CURLOPT_SSL_VERIFYPEER, 1L);
  Set(CURLOPT_SSL_VERIFYHOST, 2L);
  Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(client.options_.connect_ms));
  // A proxy of the environment knows nothing of this machine's own ports.
  if (client.server_.is_loopback()) Set(CURLOPT_PROXY, "");
  SetCredentials(client.credentials_);
  Set(CURLOPT_WRITEFUNCTION, &Receive);
}

Status HttpClient::Handle::Explain(CURLcode code, const HttpClient& client) const {
  const ServerUrl& server = client.server_;
  const std::string detail = error[0] != '\0' ? error : library.easy_strerror(code);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return CannotReach(server, detail);
    case CURLE_OPERATION_TIMEDOUT: {
      curl_off_t connected = 0;
      library.easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected);
      if (connected == 0) return CannotReach(server, detail);
      return Status::Unavailable("tracking server " + Quote(server.base, 400) +
                                 " does not answer in time: " + detail);
    }
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return Status::Unavailable("tracking server " + Quote(server.base, 400) +
                                 " is not trusted: " + detail)
          .WithFix(
              "name the certificate of its authority: export "
              "MLFLOW_TRACKING_SERVER_CERT_PATH=FILE.pem");
    default:
      return Status::Unavailable("tracking server " + Quote(server.base, 400) +
                                 " broke off: " + detail);
  }
}

Result<HttpAnswer> HttpClient::Handle::Perform(const HttpClient& client, Receiver& receiver) {
  receiver.library = &library;
  receiver.curl = curl;
  Set(CURLOPT_WRITEDATA, &receiver);
  CURLcode code = CURLE_OK;
  {
    const SigpipeBlock block;
    code = library.easy_perform(curl);
  }
  REEVE_RETURN_IF_ERROR(receiver.failure);
  if (receiver.too_much) {
    return Status::Unavailable("tracking server " + Quote(client.server_.base, 400) +
                               " gives an answer of more than " +
                               GroupDigits(static_cast<long long>(receiver.most)) + " bytes");
  }
  if (code != CURLE_OK) return Explain(code, client);
  long status = 0;
  library.easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return HttpAnswer{.status = static_cast<int>(status), .body = std::move(receiver.body)};
}

HttpClient::HttpClient(ServerUrl server, Credentials credentials, const HttpOptions& options,
                       std::unique_ptr<Handle> handle)
    : server_(std::move(server)),
      credentials_(std::move(credentials)),
      options_(options),
      handle_(std::move(handle)) {}

HttpClient::~HttpClient() = default;

Result<std::unique_ptr<HttpClient>> HttpClient::Make(ServerUrl server, Credentials credentials,
                                                     const HttpOptions& options) {
  REEVE_ASSIGN_OR_RETURN(const Libcurl* const library, Libcurl::Load());
  auto handle = std::make_unique<Handle>(*library);
  if (handle->curl == nullptr) return Status::Internal("libcurl has no memory for a connection");
  return std::unique_ptr<HttpClient>(
      new HttpClient(std::move(server), std::move(credentials), options, std::move(handle)));
}

Result<HttpAnswer> HttpClient::Send(const HttpRequest& request) {
  const std::lock_guard<std::mutex> lock(handle_->mutex);
  handle_->SetCommon(*this, request.path);
  handle_->Set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.total_ms));
  handle_->AddHeader("Accept: application/json");
  if (!request.body.empty()) {
    handle_->AddHeader("Content-Type: application/json");
    // Otherwise larger bodies wait for a "100 Continue" that many servers never send.
    handle_->AddHeader("Expect:");
    handle_->Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    handle_->Set(CURLOPT_POSTFIELDS, request.body.data());
  }
  handle_->Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  Receiver receiver{.most = options_.max_answer_bytes};
  return handle_->Perform(*this, receiver);
}

Result<HttpAnswer> HttpClient::Download(const std::string& path, const Sink& sink) {
  const std::lock_guard<std::mutex> lock(handle_->mutex);
  handle_->SetCommon(*this, path);
  handle_->Set(CURLOPT_LOW_SPEED_LIMIT, 1024L);
  handle_->Set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.stall_seconds));
  Receiver receiver{.most = kMaxErrorBytes, .sink = &sink};
  return handle_->Perform(*this, receiver);
}

Result<HttpAnswer> HttpClient::Upload(const std::string& path, const std::string& file) {
  const std::unique_ptr<std::FILE, FileClose> bytes(std::fopen(file.c_str(), "rb"));
  struct stat info = {};
  if (!bytes || ::fstat(::fileno(bytes.get()), &info) != 0)
    return Status::Io("file " + Quote(file, 400) + " cannot be read");
  const std::lock_guard<std::mutex> lock(handle_->mutex);
  handle_->SetCommon(*this, path);
  handle_->Set(CURLOPT_LOW_SPEED_LIMIT, 1024L);
  handle_->Set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.stall_seconds));
  handle_->AddHeader("Expect:");
  handle_->Set(CURLOPT_UPLOAD, 1L);
  handle_->Set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(info.st_size));
  handle_->Set(CURLOPT_READFUNCTION, &ReadFile);
  handle_->Set(CURLOPT_READDATA, bytes.get());
  Receiver receiver{.most = kMaxErrorBytes};
  return handle_->Perform(*this, receiver);
}

}  // namespace reeve::tracking
