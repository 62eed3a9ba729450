#include "reeve/mlflow/search/rules.h"

#include <array>
#include <vector>

#include "reeve/base/text.h"
#include "reeve/mlflow/search/clauses.h"

namespace reeve::mlflow {
namespace {

using enum ValueType;

constexpr auto kOperatorNames = std::to_array<std::string_view>(
    {"=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "IN", "NOT IN", "IS NULL", "IS NOT NULL"});

constexpr auto kRunAttributes = std::to_array<Attribute>({
    {"run_id", "run_uuid", kText, kListOperators},
    {"run_name", "name", kText, kTextOperators},
    {"run name", "name", kText, kTextOperators, true, false},
    {"Run name", "name", kText, kTextOperators, true, false},
    {"Run Name", "name", kText, kTextOperators, true, false},
    {"user_id", "user_id", kText, kTextOperators},
    {"status", "status", kText, kTextOperators},
    {"artifact_uri", "artifact_uri", kText, kTextOperators},
    {"start_time", "start_time", kNumber, kNumberOperators},
    {"created", "start_time", kNumber, kNumberOperators},
    {"Created", "start_time", kNumber, kNumberOperators},
    {"end_time", "end_time", kNumber, kNumberOperators},
});

constexpr auto kExperimentAttributes = std::to_array<Attribute>({
    {"name", "name", kText, kTextOperators},
    {"experiment_id", "experiment_id", kId, kIdOperators},
    {"creation_time", "creation_time", kNumber, kNumberOperators},
    {"last_update_time", "last_update_time", kNumber, kNumberOperators},
});

constexpr auto kRegisteredModelAttributes = std::to_array<Attribute>({
    {"name", "name", kText, kListOperators},
    {"timestamp", "last_updated_time", kNumber, kNumberOperators, false, true},
    {"last_updated_timestamp", "last_updated_time", kNumber, kNumberOperators, false, true},
});

constexpr auto kModelVersionAttributes = std::to_array<Attribute>({
    {"name", "name", kText, kListOperators},
    {"version_number", "version", kNumber, kNumberOperators},
    {"run_id", "run_id", kText, kListOperators, true, false},
    {"source_path", "source", kText, kTextOperators, true, false},
    {"creation_timestamp", "creation_time", kNumber, kNumberOperators, false, true},
    {"last_updated_timestamp", "last_updated_time", kNumber, kNumberOperators, false, true},
});

constexpr auto kLoggedModelAttributes = std::to_array<Attribute>({
    {"name", "name", kText, kListOperators},
    {"model_id", "model_id", kText, kListOperators},
    {"model_type", "model_type", kText, kListOperators},
    {"status", "status", kModelStatus, kIdOperators},
    {"status_message", "status_message", kText, kListOperators},
    {"source_run_id", "source_run_id", kText, kListOperators},
    {"experiment_id", "experiment_id", kId, kIdOperators},
    {"artifact_location", "artifact_location", kText, kListOperators},
    {"lifecycle_stage", "lifecycle_stage", kText, kListOperators},
    {"creation_timestamp", "creation_timestamp_ms", kNumber, kNumberOperators},
    {"creation_time", "creation_timestamp_ms", kNumber, kNumberOperators},
    {"creation_timestamp_ms", "creation_timestamp_ms", kNumber, kNumberOperators},
    {"last_updated_timestamp", "last_updated_timestamp_ms", kNumber, kNumberOperators},
    {"last_updated_timestamp_ms", "last_updated_timestamp_ms", kNumber, kNumberOperators},
});

struct EntityWord {
  std::string_view word;
  EntityKind kind;
};

constexpr auto kRunEntities = std::to_array<EntityWord>({
    {"metric", EntityKind::kMetric},
    {"metrics", EntityKind::kMetric},
    {"parameter", EntityKind::kParam},
    {"parameters", EntityKind::kParam},
    {"param", EntityKind::kParam},
    {"params", EntityKind::kParam},
    {"tag", EntityKind::kTag},
    {"tags", EntityKind::kTag},
    {"attribute", EntityKind::kAttribute},
    {"attributes", EntityKind::kAttribute},
    {"attr", EntityKind::kAttribute},
    {"run", EntityKind::kAttribute},
    {"dataset", EntityKind::kDataset},
    {"datasets", EntityKind::kDataset},
});
constexpr auto kTaggedEntities = std::to_array<EntityWord>({
    {"attribute", EntityKind::kAttribute},
    {"tag", EntityKind::kTag},
    {"tags", EntityKind::kTag},
});
constexpr auto kLoggedModelEntities = std::to_array<EntityWord>({
    {"attributes", EntityKind::kAttribute},
    {"metrics", EntityKind::kMetric},
    {"params", EntityKind::kParam},
    {"tags", EntityKind::kTag},
});

std::span<const EntityWord> EntitiesOf(SearchTarget target) {
  if (target == SearchTarget::kRuns) return kRunEntities;
  if (target == SearchTarget::kLoggedModels) return kLoggedModelEntities;
  return kTaggedEntities;
}

Status UnknownEntity(SearchTarget target, std::string_view word) {
  const std::string shown = Shown(word);
  if (target == SearchTarget::kRuns) {
    return Status::InvalidArgument(
        "Invalid entity type '" + shown +
        "'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']");
  }
  if (target == SearchTarget::kLoggedModels) {
    return Status::InvalidArgument(
        "Invalid entity type: '" + shown +
        "'. Expected one of ['attributes', 'metrics', 'params', 'tags'].");
  }
  return Status::InvalidArgument("Invalid entity type '" + shown +
                                 "'. Valid entity types are ('attribute', 'tag', 'tags')");
}

Status UnknownAttribute(SearchTarget target, IdentifierUse use, std::string_view word) {
  std::vector<std::string> valid;
  for (const Attribute& attribute : AttributesOf(target)) {
    if (use == IdentifierUse::kFilter ? attribute.filters : attribute.orders) {
      valid.push_back("'" + std::string(attribute.word) + "'");
    }
  }
  return Status::InvalidArgument("Invalid attribute key '" + Shown(word) +
                                 "' specified. Valid keys are '{" + Join(valid, ", ") + "}'");
}

bool IsQuotedBy(std::string_view text, char quote) {
  return text.size() >= 2 && text.front() == quote && text.back() == quote;
}

std::string_view WithoutQuotes(std::string_view text) {
  if (IsQuotedBy(text, '\'') || IsQuotedBy(text, '"')) text = text.substr(1, text.size() - 2);
  if (IsQuotedBy(text, '`')) text = text.substr(1, text.size() - 2);
  return text;
}

}  // namespace

std::string_view OperatorName(Operator op) { return kOperatorNames[static_cast<std::size_t>(op)]; }

std::optional<Operator> FindOperator(std::string_view text) {
  for (std::size_t i = 0; i < kOperatorNames.size(); ++i) {
    if (kOperatorNames[i] == text) return static_cast<Operator>(i);
  }
  return std::nullopt;
}

std::string Operators::Listed() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kOperatorNames.size(); ++i) {
    if (Has(static_cast<Operator>(i))) names.push_back("'" + std::string(kOperatorNames[i]) + "'");
  }
  return "{" + Join(names, ", ") + "}";
}

std::string_view EntityName(EntityKind kind) {
  switch (kind) {
    case EntityKind::kMetric:
      return "metric";
    case EntityKind::kParam:
      return "parameter";
    case EntityKind::kTag:
      return "tag";
    case EntityKind::kDataset:
      return "dataset";
    case EntityKind::kAttribute:
      break;
  }
  return "attribute";
}

std::span<const Attribute> AttributesOf(SearchTarget target) {
  switch (target) {
    case SearchTarget::kRuns:
      return kRunAttributes;
    case SearchTarget::kExperiments:
      return kExperimentAttributes;
    case SearchTarget::kRegisteredModels:
      return kRegisteredModelAttributes;
    case SearchTarget::kModelVersions:
      return kModelVersionAttributes;
    case SearchTarget::kLoggedModels:
      break;
  }
  return kLoggedModelAttributes;
}

const Attribute* FindAttribute(SearchTarget target, std::string_view word) {
  for (const Attribute& attribute : AttributesOf(target)) {
    if (attribute.word == word) return &attribute;
  }
  return nullptr;
}

Operators OperatorsOf(SearchTarget target, EntityKind kind) {
  if (kind == EntityKind::kMetric) return kNumberOperators;
  if (kind == EntityKind::kDataset || target == SearchTarget::kLoggedModels) return kListOperators;
  const bool nullable = target == SearchTarget::kRuns || target == SearchTarget::kExperiments;
  return nullable ? kNullableOperators : kTextOperators;
}

Result<Identifier> ReadIdentifier(SearchTarget target, IdentifierUse use, std::string_view text) {
  Identifier identifier{EntityKind::kAttribute, {}, nullptr};
  const std::size_t point = text.find('.');
  std::string_view key = text;
  if (point != std::string_view::npos) {
    std::string_view word = text.substr(0, point);
    if (IsQuotedBy(word, '`')) word = word.substr(1, word.size() - 2);
    const EntityWord* found = nullptr;
    for (const EntityWord& entity : EntitiesOf(target)) {
      if (entity.word == word) found = &entity;
    }
    if (found == nullptr) return UnknownEntity(target, word);
    identifier.kind = found->kind;
    key = text.substr(point + 1);
  }
  key = WithoutQuotes(key);
  identifier.key = std::string(key);
  if (identifier.kind == EntityKind::kDataset && key != "name" && key != "digest" &&
      key != "context") {
    return Status::InvalidArgument("Invalid dataset key '" + Shown(key) +
                                   "' specified. Valid keys are '{'name', 'digest', 'context'}'");
  }
  if (identifier.kind != EntityKind::kAttribute) return identifier;
  identifier.attribute = FindAttribute(target, key);
  const bool valid = identifier.attribute != nullptr &&
                     (use == IdentifierUse::kFilter ? identifier.attribute->filters
                                                    : identifier.attribute->orders);
  if (!valid) return UnknownAttribute(target, use, key);
  return identifier;
}

}  // namespace reeve::mlflow
