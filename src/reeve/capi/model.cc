#include "reeve/capi/model.h"

#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/base/parallel.h"
#include "reeve/base/text.h"
#include "reeve/bundle/bundle.h"
#include "reeve/bundle/checksums.h"
#include "reeve/capi/error.h"

namespace reeve::capi {
namespace {

Status CheckName(const std::string& name) {
  if (name.find('\0') == std::string::npos) return Status::Ok();
  return Status::Corrupt("the contract holds the name " + Quote(name) + " with a zero byte");
}

Status CheckNames(const contract::Contract& contract) {
  REEVE_RETURN_IF_ERROR(CheckName(contract.target));
  for (const std::string& name : contract.classes) REEVE_RETURN_IF_ERROR(CheckName(name));
  for (const contract::ContractColumn& column : contract.columns) {
    REEVE_RETURN_IF_ERROR(CheckName(column.name));
    for (const auto& [category, rows] : column.categories) {
      REEVE_RETURN_IF_ERROR(CheckName(category));
    }
  }
  return Status::Ok();
}

Status Open(const char* folder, reeve_model** model) {
  if (folder == nullptr || model == nullptr) {
    return Status::InvalidArgument(
        "reeve_model_open: a null pointer, expected a folder and a "
        "place for the model");
  }
  REEVE_ASSIGN_OR_RETURN(bundle::Bundle bundle, bundle::Read(FileSystem::System(), folder));
  REEVE_ASSIGN_OR_RETURN(inference::Scorer scorer, bundle::IntoScorer(std::move(bundle)));
  auto made = std::make_unique<reeve_model>(reeve_model{std::move(scorer), nullptr, nullptr, 1});
  // Made last: they point into the scorer, which stays where it is from now on.
  REEVE_ASSIGN_OR_RETURN(made->description,
                         Description::Make(made->scorer.contract(), made->scorer.decision()));
  REEVE_ASSIGN_OR_RETURN(made->cell_scorer, CellScorer::Make(made->scorer));
  *model = made.release();
  return Status::Ok();
}

}  // namespace

Result<std::unique_ptr<const Description>> Description::Make(const contract::Contract& contract,
                                                             const inference::Decision& decision) {
  REEVE_RETURN_IF_ERROR(CheckNames(contract));
  std::unique_ptr<Description> made(new Description());
  made->contract_json_ = DumpJson(contract::ToJson(contract));
  for (const std::string& name : contract.classes) made->classes_.push_back(name.c_str());
  // Both are filled before anything points into them.
  for (const contract::ContractColumn& column : contract.columns) {
    std::vector<const char*>& categories = made->categories_.emplace_back();
    for (const auto& [category, rows] : column.categories) categories.push_back(category.c_str());
  }
  for (std::size_t i = 0; i < contract.columns.size(); ++i) {
    const contract::ContractColumn& column = contract.columns[i];
    const std::vector<const char*>& categories = made->categories_[i];
    made->features_.push_back({.name = column.name.c_str(),
                               .type = ColumnTypeName(column.type).data(),
                               .required = column.required ? 1 : 0,
                               .category_count = static_cast<std::int32_t>(categories.size()),
                               .categories = categories.empty() ? nullptr : categories.data(),
                               .minimum = column.minimum.value_or(std::nan("")),
                               .maximum = column.maximum.value_or(std::nan(""))});
  }
  for (const reeve_feature& feature : made->features_) made->feature_pointers_.push_back(&feature);
  made->c_ = {
      .format_version = bundle::kFormatVersion,
      .class_count = static_cast<std::int32_t>(made->classes_.size()),
      .classes = made->classes_.data(),
      .target = contract.target.c_str(),
      .threshold = made->classes_.size() == 2 ? decision.threshold.value_or(0.5) : std::nan(""),
      .feature_count = static_cast<std::int32_t>(made->features_.size()),
      .features = made->feature_pointers_.data(),
      .contract = made->contract_json_.c_str()};
  return std::unique_ptr<const Description>(std::move(made));
}

}  // namespace reeve::capi

std::int32_t reeve_abi_version(void) { return REEVE_ABI_VERSION; }
const char* reeve_version(void) { return REEVE_VERSION; }

std::int32_t reeve_model_open(const char* folder, reeve_model** model, reeve_error** error) {
  return reeve::capi::Guarded(error, [&] { return reeve::capi::Open(folder, model); });
}

void reeve_model_free(reeve_model* model) { delete model; }

std::int32_t reeve_model_set_threads(reeve_model* model, std::int32_t threads) {
  if (model == nullptr || threads < 0) return REEVE_INVALID_ARGUMENT;
  model->threads = threads == 0 ? reeve::DefaultThreads() : threads;
  return REEVE_OK;
}

const reeve_description* reeve_model_describe(const reeve_model* model) {
  return model == nullptr ? nullptr : &model->description->c();
}
