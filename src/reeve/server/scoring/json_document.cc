#include "reeve/server/scoring/json_document.h"

#include <algorithm>
#include <memory>
#include <string>

#include <simdjson.h>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/server/http.h"
#include "reeve/server/scoring/json_rows.h"

namespace reeve::server {
namespace {

namespace dom = simdjson::dom;
using dom::element_type;

static_assert(Request::kBodyPadding >= simdjson::SIMDJSON_PADDING);

/// What a thread keeps between requests; a parser for a larger body is given back at the next one.
constexpr std::size_t kKeptCapacity = 1U << 20;
/// Beyond it a double does not hold every integer.
constexpr std::int64_t kExactIntegers = std::int64_t{1} << 53;

struct ThreadParser {
  std::unique_ptr<dom::parser> parser;
  int max_depth = 0;
  simdjson::error_code allocated = simdjson::SUCCESS;
  /// The body as ParseJson had to rewrite it.
  std::string rewritten;
};

ThreadParser& ParserOfThread(std::size_t bytes, int max_depth) {
  thread_local ThreadParser mine;
  if (mine.parser != nullptr &&
      (mine.max_depth != max_depth || mine.parser->capacity() > std::max(kKeptCapacity, bytes))) {
    mine.parser.reset();
  }
  if (mine.parser == nullptr) {
    mine.parser = std::make_unique<dom::parser>();
    mine.max_depth = max_depth;
    // simdjson counts the level of the document itself.
    mine.allocated = mine.parser->allocate(std::max<std::size_t>(bytes, 4096),
                                           static_cast<std::size_t>(max_depth) + 1);
  }
  if (mine.rewritten.capacity() > kKeptCapacity) mine.rewritten = {};
  return mine;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The end of the text that begins with the quote at `at`.
std::size_t EndOfText(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return std::min(at + 1, json.size());
}

// What simdjson refuses and other readers take: numbers that are none, and integers of more than 64
// bits. Everything else stays as it is, so that what is malformed stays malformed.
void Rewrite(std::string_view json, std::string& out) {
  constexpr std::size_t kLongInteger = 19;
  out.clear();
  for (std::size_t at = 0; at < json.size();) {
    const std::string_view rest = json.substr(at);
    std::size_t taken = 1;
    if (rest.front() == '"') {
      taken = EndOfText(json, at) - at;
      out += rest.substr(0, taken);
    } else if (rest.starts_with("NaN")) {
      taken = 3;
      out += "null";
    } else if (rest.starts_with("Infinity") || rest.starts_with("-Infinity")) {
      taken = rest.front() == '-' ? 9 : 8;
      out += rest.front() == '-' ? "\"-inf\"" : "\"inf\"";
    } else if (IsDigit(rest.front())) {
      while (taken < rest.size() && IsDigit(rest[taken])) ++taken;
      out += rest.substr(0, taken);
      const char next = taken < rest.size() ? rest[taken] : ',';
      const char before = at > 0 ? json[at - 1] : ',';
      const bool is_integer = next != '.' && next != 'e' && next != 'E' && before != '.' &&
                              before != 'e' && before != 'E' && before != '+';
      if (taken >= kLongInteger && is_integer) out += "e0";
    } else {
      out += rest.front();
    }
    at += taken;
  }
}

bool MayBeRewritten(std::string_view json, simdjson::error_code error) {
  return error == simdjson::NUMBER_ERROR || json.find("NaN") != std::string_view::npos ||
         json.find("Infinity") != std::string_view::npos;
}

Refusal MalformedJson(simdjson::error_code error, int max_depth) {
  switch (error) {
    case simdjson::EMPTY:
      return Refusal::BadRequest("the body is empty, expected JSON");
    case simdjson::DEPTH_ERROR:
      return Refusal::BadRequest("the JSON is nested deeper than " + std::to_string(max_depth) +
                                 " levels");
    case simdjson::UTF8_ERROR:
      return Refusal::BadRequest("the body is no text in UTF-8");
    case simdjson::NUMBER_ERROR:
      return Refusal::BadRequest(
          "the body is no JSON: a number is malformed or beyond the range of a double");
    case simdjson::MEMALLOC:
    case simdjson::CAPACITY:
      return Refusal::TooLarge("the body is too large");
    default:
      return Refusal::BadRequest("the body is no JSON: " +
                                 std::string(simdjson::error_message(error)));
  }
}

}  // namespace

Refusal ParseJson(std::string_view json, int max_depth, dom::element& root) {
  // A byte order mark is no JSON, but some writers cannot help it.
  if (json.starts_with("\xEF\xBB\xBF")) json.remove_prefix(3);
  ThreadParser& mine = ParserOfThread(json.size(), max_depth);
  if (mine.allocated != simdjson::SUCCESS) return MalformedJson(mine.allocated, max_depth);
  auto error = mine.parser->parse(json.data(), json.size(), false).get(root);
  if (error != simdjson::SUCCESS && MayBeRewritten(json, error)) {
    Rewrite(json, mine.rewritten);
    const std::size_t size = mine.rewritten.size();
    mine.rewritten.append(simdjson::SIMDJSON_PADDING, '\0');
    error = mine.parser->parse(mine.rewritten.data(), size, false).get(root);
  }
  return error == simdjson::SUCCESS ? Refusal{} : MalformedJson(error, max_depth);
}

std::string_view JsonKind(const dom::element& value) {
  switch (value.type()) {
    case element_type::ARRAY:
      return "a list";
    case element_type::OBJECT:
      return "an object";
    case element_type::STRING:
      return "a text";
    case element_type::BOOL:
      return "a boolean";
    case element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

Refusal CheckDistinct(const dom::element& object, std::string_view what) {
  std::vector<std::string_view> names;
  for (const auto [name, value] : dom::object(object)) names.push_back(name);
  std::sort(names.begin(), names.end());
  const auto twin = std::adjacent_find(names.begin(), names.end());
  if (twin == names.end()) return {};
  return Refusal::BadRequest(std::string(what) + " has the member " + Quote(*twin) + " twice");
}

void SetField(const dom::element& value, std::size_t field, RequestRows& rows) {
  using contract::Cell;
  switch (value.type()) {
    case element_type::NULL_VALUE:
      return;
    case element_type::BOOL:
      return rows.Set(field, {Cell::Kind::kBoolean, bool(value) ? 1.0 : 0.0});
    case element_type::STRING:
      return rows.Set(field, {Cell::Kind::kText, 0, std::string_view(value)});
    case element_type::DOUBLE:
      return rows.Set(field, {Cell::Kind::kNumber, double(value)});
    case element_type::INT64: {
      const auto integer = std::int64_t(value);
      if (integer >= -kExactIntegers && integer <= kExactIntegers)
        return rows.Set(field, {Cell::Kind::kNumber, static_cast<double>(integer)});
      // As text no digit of a long code is lost.
      return rows.Set(field, {Cell::Kind::kText, 0, rows.Keep(std::to_string(integer))});
    }
    case element_type::UINT64:
      return rows.Set(field,
                      {Cell::Kind::kText, 0, rows.Keep(std::to_string(std::uint64_t(value)))});
    case element_type::ARRAY:
    case element_type::OBJECT:
      break;
  }
  const contract::ContractColumn& column = rows.contract().columns[field];
  if (column.type == ColumnType::kList) {
    return rows.Set(field, {Cell::Kind::kText, 0, rows.Keep(std::string(simdjson::minify(value)))});
  }
  rows.AddProblem(column.name, "wrong_type", ShownJson(std::string(simdjson::minify(value))));
}

std::string_view KeyOf(const dom::element& value, RequestRows& rows) {
  switch (value.type()) {
    case element_type::STRING:
      return std::string_view(value);
    case element_type::INT64:
    case element_type::UINT64:
    case element_type::DOUBLE:
      return rows.Keep(std::string(simdjson::minify(value)));
    default:
      return {};
  }
}

FieldName FindField(const FieldIndex& fields, std::string_view key_field, std::string_view name) {
  const bool is_key = !key_field.empty() && name == key_field;
  if (const auto field = fields.Find(name)) return {FieldName::Kind::kField, *field, is_key};
  return {is_key ? FieldName::Kind::kKey : FieldName::Kind::kUnknown, 0, is_key};
}

Refusal RecordReader::Read(const dom::element& record) {
  dom::object object;
  if (record.get(object) != simdjson::SUCCESS) {
    return Refusal::BadRequest("row " + std::to_string(rows_.rows()) + " is " +
                               std::string(JsonKind(record)) + ", expected an object of fields");
  }
  rows_.AddRow();
  const std::int64_t row = rows_.rows();
  seen_.resize(rows_.contract().columns.size(), 0);
  unknown_.clear();
  std::size_t i = 0;
  for (const auto [name, value] : object) {
    if (i == members_.size()) members_.push_back({});
    Member& member = members_[i++];
    if (member.name.data() == nullptr || member.name != name)
      member = {name, FindField(fields_, key_field_, name)};
    if (member.found.is_key) rows_.SetKey(KeyOf(value, rows_));
    if (member.found.kind != FieldName::Kind::kField) {
      unknown_.push_back(name);
      if (member.found.kind == FieldName::Kind::kUnknown) rows_.AddUnknown(name);
      continue;
    }
    std::int64_t& seen = seen_[member.found.field];
    if (seen == row) {
      return Refusal::BadRequest("row " + std::to_string(row - 1) + " has the member " +
                                 Quote(name) + " twice");
    }
    seen = row;
    SetField(value, member.found.field, rows_);
  }
  if (unknown_.size() > 1) {
    std::sort(unknown_.begin(), unknown_.end());
    const auto twin = std::adjacent_find(unknown_.begin(), unknown_.end());
    if (twin != unknown_.end()) {
      return Refusal::BadRequest("row " + std::to_string(row - 1) + " has the member " +
                                 Quote(*twin) + " twice");
    }
  }
  return {};
}

}  // namespace reeve::server
