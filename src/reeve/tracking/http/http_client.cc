#include "reeve/tracking/http/http_client.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <mutex>
#include <utility>

#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include "reeve/base/digest.h"
#include "reeve/base/environment.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/tracking/http/libcurl.h"

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
  if (receiver.body.empty()) {
    curl_off_t announced = 0;
    receiver.library->easy_getinfo(receiver.curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    receiver.body.reserve(std::min<std::uint64_t>(std::max<curl_off_t>(announced, 0), most));
  }
  receiver.body.append(bytes, count);
  return count;
}

// Where the bytes of a file come from while it goes.
struct FileReader {
  std::FILE* file = nullptr;
  std::uint64_t left = 0;
};

std::size_t ReadFile(char* buffer, std::size_t, std::size_t count, void* context) {
  FileReader& reader = *static_cast<FileReader*>(context);
  const std::size_t read =
      std::fread(buffer, 1, std::min<std::uint64_t>(count, reader.left), reader.file);
  reader.left -= read;
  return std::ferror(reader.file) != 0 ? CURL_READFUNC_ABORT : read;
}

Status CheckHeaderText(const char* name, const std::string& value) {
  const bool plain = std::all_of(value.begin(), value.end(),
                                 [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
  if (plain) return Status::Ok();
  return Status::InvalidArgument(std::string(name) +
                                 " holds a line break or another control character, expected a "
                                 "value of one line");
}

Status CannotReach(const HttpPeer& peer, const ServerUrl& server, const std::string& reason) {
  Status status = Status::Unavailable(peer.name + " " + Quote(server.base, 400) +
                                      " cannot be reached: " + reason);
  if (!server.is_loopback() || peer.start.empty())
    return std::move(status).WithFix("check the address, and that this machine may connect to it");
  return std::move(status).WithFix("start it: " + peer.start + " --port " +
                                   std::to_string(server.port));
}

}  // namespace

Result<Credentials> CredentialsFromEnvironment() {
  constexpr const char* kInsecure = "MLFLOW_TRACKING_INSECURE_TLS";
  Credentials credentials{.token = EnvironmentVariable("MLFLOW_TRACKING_TOKEN"),
                          .username = EnvironmentVariable("MLFLOW_TRACKING_USERNAME"),
                          .password = EnvironmentVariable("MLFLOW_TRACKING_PASSWORD"),
                          .authority_file = EnvironmentVariable("MLFLOW_TRACKING_SERVER_CERT_PATH"),
                          .client_file = EnvironmentVariable("MLFLOW_TRACKING_CLIENT_CERT_PATH")};
  REEVE_ASSIGN_OR_RETURN(credentials.trusts_anyone, EnvironmentSwitch(kInsecure));
  if (credentials.trusts_anyone && !credentials.authority_file.empty())
    return Status::InvalidArgument(
        std::string(kInsecure) +
        " trusts every server, MLFLOW_TRACKING_SERVER_CERT_PATH names whom to trust; expected one "
        "of the two");
  REEVE_RETURN_IF_ERROR(CheckHeaderText("MLFLOW_TRACKING_TOKEN", credentials.token));
  REEVE_RETURN_IF_ERROR(CheckHeaderText("MLFLOW_TRACKING_USERNAME", credentials.username));
  REEVE_RETURN_IF_ERROR(CheckHeaderText("MLFLOW_TRACKING_PASSWORD", credentials.password));
  return credentials;
}

Result<HttpOptions> HttpOptionsFromEnvironment() {
  constexpr const char* kTimeout = "MLFLOW_HTTP_REQUEST_TIMEOUT";
  constexpr std::int64_t kMostSeconds = 86'400;
  HttpOptions options;
  REEVE_ASSIGN_OR_RETURN(options.retry, RetryOptionsFromEnvironment());
  if (const std::string text = EnvironmentVariable(kTimeout); !text.empty()) {
    const auto seconds = ParseInteger(text);
    if (!seconds || *seconds < 1 || *seconds > kMostSeconds)
      return Status::InvalidArgument(std::string(kTimeout) + " is " + Quote(text, 60) +
                                     ", expected a number of seconds from 1 to " +
                                     std::to_string(kMostSeconds));
    options.total_ms = static_cast<int>(*seconds * 1'000);
  }
  return options;
}

/// What one try came to.
struct HttpClient::Attempt {
  enum class Outcome {
    kLasting,  ///< the same would happen again: an answer, mostly
    kNotDone,  ///< the server has done nothing, and may later
    kUnknown,  ///< it may have done what it was asked for
  };
  Result<HttpAnswer> answer;
  Outcome outcome = Outcome::kLasting;
  /// Seconds that the server asks for; 0 for nothing.
  double retry_after = 0;
};

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
  void SetCommon(const HttpClient& client, const HttpRequest& request, const std::string& digest);
  void SetNoDeadline(const HttpOptions& options);
  void SetCredentials(const Credentials& credentials);
  Attempt Perform(const HttpClient& client, Receiver& receiver);
  Attempt Answered(Receiver& receiver) const;
  bool IsConnected() const;
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
  // An address may hold a token where others hold a user.
  const bool has_user =
      !credentials.username.empty() && (!credentials.password.empty() || credentials.is_of_address);
  if (credentials.sign) {
    // Lines of the head, which differ from call to call.
  } else if (has_user) {
    Set(CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    Set(CURLOPT_USERNAME, credentials.username.c_str());
    Set(CURLOPT_PASSWORD, credentials.password.c_str());
  } else if (!credentials.token.empty()) {
    Set(CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    Set(CURLOPT_XOAUTH2_BEARER, credentials.token.c_str());
  }
  if (!credentials.authority_file.empty()) Set(CURLOPT_CAINFO, credentials.authority_file.c_str());
  if (!credentials.client_file.empty()) Set(CURLOPT_SSLCERT, credentials.client_file.c_str());
  Set(CURLOPT_SSL_VERIFYPEER, credentials.trusts_anyone ? 0L : 1L);
  Set(CURLOPT_SSL_VERIFYHOST, credentials.trusts_anyone ? 0L : 2L);
}

// Everything but what is to be done. Options of an earlier call are forgotten, its connection is
// not.
void HttpClient::Handle::SetCommon(const HttpClient& client, const HttpRequest& request,
                                   const std::string& digest) {
  library.easy_reset(curl);
  library.slist_free_all(headers);
  headers = nullptr;
  error[0] = '\0';
  Set(CURLOPT_URL, (client.server_.base + request.path).c_str());
  Set(CURLOPT_PATH_AS_IS, 1L);
  Set(CURLOPT_PROTOCOLS_STR, client.server_.is_https() ? "https" : "http");
  Set(CURLOPT_FOLLOWLOCATION, 0L);
  Set(CURLOPT_NOSIGNAL, 1L);
  Set(CURLOPT_ERRORBUFFER, error);
  Set(CURLOPT_USERAGENT, "reeve");
  Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(client.options_.connect_ms));
  // A proxy of the environment knows nothing of this machine's own ports.
  if (client.server_.is_loopback()) Set(CURLOPT_PROXY, "");
  SetCredentials(client.credentials_);
  for (const std::string& line : request.headers) AddHeader(line.c_str());
  if (client.credentials_.sign) {
    for (const std::string& line : client.credentials_.sign(request, digest))
      AddHeader(line.c_str());
  }
  Set(CURLOPT_WRITEFUNCTION, &Receive);
}

// Files take as long as they need, unless they stall.
void HttpClient::Handle::SetNoDeadline(const HttpOptions& options) {
  Set(CURLOPT_LOW_SPEED_LIMIT, 1024L);
  Set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_seconds));
}

Status HttpClient::Handle::Explain(CURLcode code, const HttpClient& client) const {
  const ServerUrl& server = client.server_;
  const HttpPeer& peer = client.options_.peer;
  const std::string who = peer.name + " " + Quote(server.base, 400);
  const std::string detail = error[0] != '\0' ? error : library.easy_strerror(code);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return CannotReach(peer, server, detail);
    case CURLE_OPERATION_TIMEDOUT: {
      if (!IsConnected()) return CannotReach(peer, server, detail);
      return Status::Unavailable(who + " does not answer in time: " + detail);
    }
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return Status::Unavailable(who + " is not trusted: " + detail)
          .WithFix("name the certificate of its authority: export " + peer.authority_variable +
                   "=FILE.pem");
    default:
      return Status::Unavailable(who + " broke off: " + detail);
  }
}

bool HttpClient::Handle::IsConnected() const {
  curl_off_t connected = 0;
  library.easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected);
  return connected != 0;
}

HttpClient::Attempt HttpClient::Handle::Answered(Receiver& receiver) const {
  long status = 0;
  curl_off_t retry_after = 0;
  library.easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  library.easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
  Attempt attempt{
      .answer = HttpAnswer{.status = static_cast<int>(status), .body = std::move(receiver.body)},
      .retry_after = static_cast<double>(retry_after)};
  curl_header* header = nullptr;
  while ((header = library.easy_nextheader(curl, CURLH_HEADER, -1, header)) != nullptr)
    attempt.answer->headers[ToLower(header->name)] = Trim(header->value);
  constexpr std::array<long, 5> kPassing = {408, 500, 502, 503, 504};
  if (status == 429) attempt.outcome = Attempt::Outcome::kNotDone;
  // MLflow has a 500 for some mistakes of the caller.
  const bool is_refusal = attempt.answer->body.find("\"INVALID_STATE\"") != std::string::npos;
  if (!is_refusal && std::find(kPassing.begin(), kPassing.end(), status) != kPassing.end())
    attempt.outcome = Attempt::Outcome::kUnknown;
  return attempt;
}

HttpClient::Attempt HttpClient::Handle::Perform(const HttpClient& client, Receiver& receiver) {
  using Outcome = Attempt::Outcome;
  receiver.library = &library;
  receiver.curl = curl;
  Set(CURLOPT_WRITEDATA, &receiver);
  CURLcode code = CURLE_OK;
  {
    const SigpipeBlock block;
    code = library.easy_perform(curl);
  }
  if (!receiver.failure.ok()) return {.answer = receiver.failure};
  if (receiver.too_much) {
    return {.answer = Status::Unavailable(
                client.options_.peer.name + " " + Quote(client.server_.base, 400) +
                " gives an answer of more than " +
                GroupDigits(static_cast<long long>(receiver.most)) + " bytes")};
  }
  if (code == CURLE_OK) return Answered(receiver);
  Attempt attempt{.answer = Explain(code, client)};
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      attempt.outcome = Outcome::kNotDone;
      break;
    case CURLE_OPERATION_TIMEDOUT:
      attempt.outcome = IsConnected() ? Outcome::kUnknown : Outcome::kNotDone;
      break;
    case CURLE_SEND_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      attempt.outcome = Outcome::kUnknown;
      break;
    default:
      break;
  }
  return attempt;
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

HttpClient::Attempt HttpClient::Repeat(bool is_repeatable,
                                       const std::function<Attempt(int tried)>& once) {
  using Outcome = Attempt::Outcome;
  for (int tried = 0;; ++tried) {
    Attempt attempt = once(tried);
    if (attempt.answer.ok()) {
      was_reached_ = true;
      attempt.answer->tried = tried;
    }
    const bool is_passing = attempt.outcome == Outcome::kNotDone ||
                            (attempt.outcome == Outcome::kUnknown && is_repeatable);
    if (!is_passing || (!was_reached_ && !options_.retry.at_first_contact)) return attempt;
    if (!WaitForNext(tried, attempt.retry_after, options_.retry)) return attempt;
  }
}

Result<HttpAnswer> HttpClient::Send(const HttpRequest& request, bool* is_unknown) {
  const std::string digest = credentials_.sign ? Sha256(request.body) : "";
  Attempt attempt = Repeat(request.is_repeatable, [&](int) {
    const std::lock_guard<std::mutex> lock(handle_->mutex);
    handle_->SetCommon(*this, request, digest);
    handle_->Set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.total_ms));
    handle_->AddHeader(("Accept: " + request.content_type).c_str());
    if (!request.body.empty()) {
      handle_->AddHeader(("Content-Type: " + request.content_type).c_str());
      // Otherwise larger bodies wait for a "100 Continue" that many servers never send.
      handle_->AddHeader("Expect:");
      handle_->Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      handle_->Set(CURLOPT_POSTFIELDS, request.body.data());
    }
    handle_->Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    Receiver receiver{.most = options_.max_answer_bytes};
    return handle_->Perform(*this, receiver);
  });
  if (is_unknown != nullptr) *is_unknown = attempt.outcome == Attempt::Outcome::kUnknown;
  return std::move(attempt.answer);
}

Result<HttpAnswer> HttpClient::Download(const HttpRequest& request, const Sink& sink,
                                        const Restart& restart) {
  const std::string digest = credentials_.sign ? Sha256("") : "";
  Attempt attempt = Repeat(static_cast<bool>(restart), [&](int tried) -> Attempt {
    if (tried > 0 && restart) {
      if (Status status = restart(); !status.ok()) return {.answer = std::move(status)};
    }
    const std::lock_guard<std::mutex> lock(handle_->mutex);
    handle_->SetCommon(*this, request, digest);
    handle_->SetNoDeadline(options_);
    Receiver receiver{.most = kMaxErrorBytes, .sink = &sink};
    return handle_->Perform(*this, receiver);
  });
  return std::move(attempt.answer);
}

Result<HttpAnswer> HttpClient::Upload(HttpRequest request, const FileRange& range) {
  const std::unique_ptr<std::FILE, FileClose> bytes(std::fopen(range.file.c_str(), "rb"));
  struct stat info = {};
  if (!bytes || ::fstat(::fileno(bytes.get()), &info) != 0)
    return Status::Io("file " + Quote(range.file, 400) + " cannot be read");
  const std::uint64_t size = static_cast<std::uint64_t>(info.st_size);
  const std::uint64_t length = std::min(range.most, size - std::min(size, range.from));
  std::string digest;
  if (credentials_.sign) {
    REEVE_ASSIGN_OR_RETURN(digest, Sha256OfFile(range.file, range.from, length));
  }
  request.method = "PUT";
  Attempt attempt = Repeat(true, [&](int) {
    FileReader reader{.file = bytes.get(), .left = length};
    (void)::fseeko(reader.file, static_cast<off_t>(range.from), SEEK_SET);
    const std::lock_guard<std::mutex> lock(handle_->mutex);
    handle_->SetCommon(*this, request, digest);
    handle_->SetNoDeadline(options_);
    handle_->AddHeader("Expect:");
    handle_->Set(CURLOPT_UPLOAD, 1L);
    handle_->Set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(length));
    handle_->Set(CURLOPT_READFUNCTION, &ReadFile);
    handle_->Set(CURLOPT_READDATA, &reader);
    Receiver receiver{.most = kMaxErrorBytes};
    return handle_->Perform(*this, receiver);
  });
  return std::move(attempt.answer);
}

}  // namespace reeve::tracking
