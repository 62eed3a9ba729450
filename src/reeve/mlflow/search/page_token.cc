#include "reeve/mlflow/search/page_token.h"

#include <optional>

#include <nlohmann/json.hpp>

#include "reeve/base/json.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/mlflow/search/base64.h"
#include "reeve/mlflow/search/clauses.h"

namespace reeve::mlflow {
namespace {

Result<Json> DecodeToken(std::string_view token) {
  const std::optional<std::string> decoded = DecodeBase64(token);
  if (!decoded.has_value()) {
    return Status::InvalidArgument("Invalid page token, could not base64-decode");
  }
  Result<Json> json = ParseJson(*decoded);
  if (json.ok() && json->is_object()) return json;
  return Status::InvalidArgument("Invalid page token, decoded value=" + Quote(*decoded));
}

std::optional<std::int64_t> OffsetOf(const Json& token) {
  const auto offset = token.find("offset");
  if (offset == token.end()) return std::nullopt;
  if (offset->is_number_integer()) return offset->get<std::int64_t>();
  if (offset->is_string()) return ParseInteger(offset->get<std::string>());
  return std::nullopt;
}

Json TextOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json OrderAsJson(const std::vector<LoggedModelOrder>& order) {
  if (order.empty()) return nullptr;
  Json list = Json::array();
  for (const LoggedModelOrder& key : order) {
    list.push_back({{"field_name", key.field_name},
                    {"ascending", key.ascending},
                    {"dataset_name", TextOrNull(key.dataset_name)},
                    {"dataset_digest", TextOrNull(key.dataset_digest)}});
  }
  return list;
}

Status CheckSame(std::string_view what, std::string_view subject, const Json& token,
                 std::string_view member, const Json& asked) {
  const auto found = token.find(member);
  const Json meant =
      found == token.end() || *found == "" || *found == Json::array() ? Json(nullptr) : *found;
  if (meant == asked) return {};
  return Status::InvalidArgument(
      std::string(what) + " in the page token do" + (subject == "IDs" ? "" : "es") +
      " not match the requested " + std::string(subject == "IDs" ? "experiment IDs" : subject) +
      ". Expected: " + Shown(DumpJson(asked)) + ". Found: " + Shown(DumpJson(meant)));
}

}  // namespace

std::string EncodePageToken(std::int64_t offset) {
  return EncodeBase64("{\"offset\": " + std::to_string(offset) + "}");
}

Result<std::int64_t> DecodePageToken(std::string_view token) {
  if (token.empty()) return 0;
  REEVE_ASSIGN_OR_RETURN(const Json json, DecodeToken(token));
  const std::optional<std::int64_t> offset = OffsetOf(json);
  if (offset.has_value() && *offset > 0) return *offset;
  return Status::InvalidArgument("Invalid page token, parsed value=" + Shown(DumpJson(json)));
}

std::string EncodeLoggedModelToken(const LoggedModelPage& page, std::int64_t offset) {
  return EncodeBase64(DumpJson({{"experiment_ids", page.experiment_ids},
                                {"filter_string", TextOrNull(page.filter)},
                                {"order_by", OrderAsJson(page.order)},
                                {"offset", offset}}));
}

Result<std::int64_t> DecodeLoggedModelToken(std::string_view token, const LoggedModelPage& page) {
  if (token.empty()) return 0;
  REEVE_ASSIGN_OR_RETURN(const Json json, DecodeToken(token));
  const Json ids = page.experiment_ids.empty() ? Json(nullptr) : Json(page.experiment_ids);
  REEVE_RETURN_IF_ERROR(CheckSame("Experiment IDs", "IDs", json, "experiment_ids", ids));
  REEVE_RETURN_IF_ERROR(
      CheckSame("Filter string", "filter string", json, "filter_string", TextOrNull(page.filter)));
  REEVE_RETURN_IF_ERROR(
      CheckSame("Order by", "order by", json, "order_by", OrderAsJson(page.order)));
  const std::optional<std::int64_t> offset = OffsetOf(json);
  if (offset.has_value() && *offset >= 0) return *offset;
  return Status::InvalidArgument("Invalid page token, parsed value=" + Shown(DumpJson(json)));
}

}  // namespace reeve::mlflow
