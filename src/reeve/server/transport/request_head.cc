#include "reeve/server/transport/request_head.h"

#include <algorithm>

#include <boost/beast/http/basic_parser.hpp>

namespace reeve::server {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Error = boost::system::error_code;

// Beast's grammar, our own storage: it checks and cuts, the pieces are kept as positions.
class Parser final : public http::basic_parser<true> {
 public:
  Parser(std::string_view bytes, std::size_t max_fields, RequestHead& head)
      : bytes_(bytes), max_fields_(max_fields), head_(head) {}

  bool too_many_fields() const { return head_.fields.size() > max_fields_; }
  bool unknown_coding() const { return unknown_coding_; }
  int hosts() const { return hosts_; }
  int version() const { return version_; }

 private:
  HeadPiece PieceOf(beast::string_view text) const {
    return {static_cast<std::uint32_t>(text.data() - bytes_.data()),
            static_cast<std::uint32_t>(text.size())};
  }
  bool IsHere(beast::string_view text) const {
    return text.empty() || (text.data() >= bytes_.data() &&
                            text.data() + text.size() <= bytes_.data() + bytes_.size());
  }

  void on_request_impl(http::verb, beast::string_view method, beast::string_view target,
                       int version, Error&) override {
    head_.method = PieceOf(method);
    head_.target = PieceOf(target);
    version_ = version;
  }

  void on_field_impl(http::field field, beast::string_view name, beast::string_view value,
                     Error& ec) override {
    // A folded line was put together elsewhere; RFC 9112 lets a server refuse it.
    if (!IsHere(value)) {
      ec = http::error::bad_value;
      return;
    }
    const HeadPiece piece = value.empty() ? HeadPiece() : PieceOf(value);
    head_.fields.push_back({PieceOf(name), piece});
    if (too_many_fields()) ec = http::error::header_limit;
    switch (field) {
      case http::field::host:
        ++hosts_;
        break;
      case http::field::content_length:
        if (lengths_++ > 0) ec = http::error::bad_content_length;
        break;
      case http::field::transfer_encoding:
        if (codings_++ > 0) ec = http::error::bad_transfer_encoding;
        unknown_coding_ = !beast::iequals(value, "chunked");
        break;
      case http::field::authorization:
        // Two credentials are none.
        if (head_.authorization.size != 0) ec = http::error::bad_value;
        head_.authorization = piece;
        break;
      case http::field::content_encoding:
        head_.content_encoding = piece;
        break;
      case http::field::expect:
        head_.expect = piece;
        break;
      case http::field::unknown:
        if (beast::iequals(name, "x-request-id")) head_.request_id = piece;
        if (beast::iequals(name, "traceparent")) head_.traceparent = piece;
        break;
      default:
        break;
    }
  }

  void on_response_impl(int, beast::string_view, int, Error&) override {}
  void on_header_impl(Error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
  std::size_t on_body_impl(beast::string_view, Error&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, Error&) override { return 0; }
  void on_finish_impl(Error&) override {}

  const std::string_view bytes_;
  const std::size_t max_fields_;
  RequestHead& head_;
  int version_ = 0, hosts_ = 0, lengths_ = 0, codings_ = 0;
  bool unknown_coding_ = false;
};

bool StartsLikeAMethod(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

void Clear(RequestHead& head) {
  head.fields.clear();
  head.authorization = head.content_encoding = {};
  head.request_id = head.traceparent = head.expect = {};
  head.content_length.reset();
}

}  // namespace

HeadOutcome ReadHead(std::string_view bytes, const HeadLimits& limits, std::size_t& scanned,
                     RequestHead& head) {
  // What is no HTTP at all (a TLS hello, say) need not be waited for.
  if (!bytes.empty() && !StartsLikeAMethod(bytes[0])) return HeadOutcome::kMalformed;
  const auto end = bytes.find("\r\n\r\n", scanned);
  if (end == std::string_view::npos) {
    scanned = bytes.size() - std::min<std::size_t>(bytes.size(), 3);
    return bytes.size() >= limits.max_size ? HeadOutcome::kTooLarge : HeadOutcome::kNeedMore;
  }
  const std::size_t size = end + 4;
  if (size > limits.max_size) return HeadOutcome::kTooLarge;
  Clear(head);
  head.size = size;
  // The parser sees one whole head, once: pieces of it never lie anywhere else.
  Parser parser(bytes.substr(0, size), limits.max_fields, head);
  parser.header_limit(static_cast<std::uint32_t>(size + 1));
  parser.body_limit(UINT64_MAX);
  Error ec;
  parser.put(boost::asio::const_buffer(bytes.data(), size), ec);
  if (ec == http::error::bad_version) return HeadOutcome::kUnknownVersion;
  if (parser.too_many_fields()) return HeadOutcome::kTooLarge;
  if (ec || !parser.is_header_done()) return HeadOutcome::kMalformed;
  head.is_1_0 = parser.version() == 10;
  head.keep_alive = parser.keep_alive();
  head.chunked = parser.chunked();
  if (parser.unknown_coding()) return HeadOutcome::kUnknownCoding;
  if (parser.hosts() > 1 || (parser.hosts() == 0 && !head.is_1_0)) return HeadOutcome::kMalformed;
  if (head.is_1_0 && head.chunked) return HeadOutcome::kMalformed;
  if (const auto length = parser.content_length(); length && !head.chunked) {
    head.content_length = *length;
  }
  return HeadOutcome::kComplete;
}

}  // namespace reeve::server
