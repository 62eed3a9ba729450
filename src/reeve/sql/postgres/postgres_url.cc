#include "reeve/sql/postgres/postgres_url.h"

#include <algorithm>
#include <optional>

#include "reeve/base/number.h"
#include "reeve/base/text.h"

namespace reeve::sql {
namespace {

constexpr std::size_t kMostBytes = 4'000;

Status Wrong(const std::string& what) {
  return Status::InvalidArgument("PostgreSQL URL: " + what +
                                 ", expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
      .WithFix("in names and passwords, write / as %2F, : as %3A, @ as %40, ? as %3F, % as %25");
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Nothing for a "%" without two digits behind it, and for %00.
std::optional<std::string> Decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
    decoded += static_cast<char>(16 * high + low);
    i += 2;
  }
  return decoded;
}

struct Parts {
  std::string_view user_info;
  std::string_view hosts;
  std::string_view database;
  std::string_view query;
};

Parts SplitUrl(std::string_view rest) {
  Parts parts;
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  parts.hosts = rest.substr(0, end);
  if (const std::size_t at = parts.hosts.rfind('@'); at != std::string_view::npos) {
    parts.user_info = parts.hosts.substr(0, at);
    parts.hosts = parts.hosts.substr(at + 1);
  }
  const std::size_t question = std::min(rest.find('?', end), rest.size());
  if (end < question) parts.database = rest.substr(end + 1, question - end - 1);
  if (question < rest.size()) parts.query = rest.substr(question + 1);
  return parts;
}

class Reader {
 public:
  Result<PostgresUrl> Read(const Parts& parts) {
    // An "@" after the host is the end of a password with a "/" or "?" in it.
    if (!parts.hosts.empty() && parts.user_info.empty() &&
        (parts.database.find('@') != std::string_view::npos ||
         parts.query.find('@') != std::string_view::npos))
      return Wrong("an \"@\" after the host");
    REEVE_RETURN_IF_ERROR(ReadUser(parts.user_info));
    REEVE_RETURN_IF_ERROR(ReadHosts(parts.hosts));
    REEVE_RETURN_IF_ERROR(Add("dbname", parts.database));
    REEVE_RETURN_IF_ERROR(ReadQuery(parts.query));
    url_.name = Name();
    return std::move(url_);
  }

 private:
  Status Add(const std::string& key, std::string_view value) {
    if (value.empty()) return Status::Ok();
    std::optional<std::string> decoded = Decode(value);
    if (!decoded) return Wrong("a \"%\" without two hexadecimal digits, or %00");
    url_.parameters.emplace_back(key, *std::move(decoded));
    return Status::Ok();
  }

  Status ReadUser(std::string_view user_info) {
    const std::size_t colon = std::min(user_info.find(':'), user_info.size());
    REEVE_RETURN_IF_ERROR(Add("user", user_info.substr(0, colon)));
    if (colon == user_info.size()) return Status::Ok();
    return Add("password", user_info.substr(colon + 1));
  }

  Status ReadHosts(std::string_view text) {
    if (text.empty()) return Status::Ok();
    std::vector<std::string> hosts;
    std::vector<std::string> ports;
    for (const std::string& one : Split(text, ',')) {
      const bool is_bracketed = one.starts_with('[');
      const std::size_t close = is_bracketed ? one.find(']') : 0;
      if (close == std::string::npos) return Wrong("a \"[\" without \"]\"");
      const std::size_t colon = std::min(one.find(':', close), one.size());
      if (is_bracketed && colon != one.size() && colon != close + 1)
        return Wrong("something behind \"]\" that is no port");
      hosts.push_back(is_bracketed ? one.substr(1, close - 1) : one.substr(0, colon));
      ports.push_back(one.substr(std::min(colon + 1, one.size())));
      const auto port = ParseInteger(ports.back());
      if (!ports.back().empty() && (!port || *port < 1 || *port > 65535))
        return Wrong("a port that is no number from 1 to 65535");
    }
    REEVE_RETURN_IF_ERROR(Add("host", Join(hosts, ",")));
    const std::string joined = Join(ports, ",");
    return joined.find_first_not_of(',') == std::string::npos ? Status::Ok() : Add("port", joined);
  }

  Status ReadQuery(std::string_view query) {
    if (query.empty()) return Status::Ok();
    for (const std::string& pair : Split(query, '&')) {
      const std::size_t equals = pair.find('=');
      if (equals == std::string::npos || equals == 0)
        return Wrong("a setting behind \"?\" that is no KEY=VALUE");
      const std::string key = pair.substr(0, equals);
      // Texts are exchanged as UTF-8, whatever the database holds them in.
      if (key == "client_encoding") continue;
      REEVE_RETURN_IF_ERROR(Add(key, std::string_view(pair).substr(equals + 1)));
    }
    return Status::Ok();
  }

  std::string Last(std::string_view key) const {
    std::string value;
    for (const auto& [name, held] : url_.parameters) {
      if (name == key) value = held;
    }
    return value;
  }

  std::string Name() const {
    std::string name = Last("host");
    if (name.empty() || name[0] == '/') name = "localhost";
    if (const std::string port = Last("port"); !port.empty()) name += ":" + port;
    std::string database = Last("dbname");
    if (database.empty()) database = Last("user");
    return name + "/" + database;
  }

  PostgresUrl url_;
};

// How many bytes the scheme takes, "://" included; 0 for another one.
std::size_t SchemeBytes(std::string_view url) {
  const std::size_t end = url.find("://");
  if (end == std::string_view::npos || end > 40) return 0;
  std::string scheme = ToLower(url.substr(0, end));
  scheme = scheme.substr(0, scheme.find('+'));
  return scheme == "postgresql" || scheme == "postgres" ? end + 3 : 0;
}

}  // namespace

bool IsPostgresUrl(std::string_view url) { return SchemeBytes(url) > 0; }

Result<PostgresUrl> ParsePostgresUrl(std::string_view url) {
  const std::size_t scheme = SchemeBytes(url);
  if (scheme == 0) return Wrong("another scheme than postgresql");
  if (url.size() > kMostBytes) return Wrong("more than 4,000 bytes");
  if (!IsUtf8(url) || std::any_of(url.begin(), url.end(), [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == '\x7F';
      }))
    return Wrong("a blank, a control character or bytes that are no UTF-8");
  return Reader().Read(SplitUrl(url.substr(scheme)));
}

}  // namespace reeve::sql
