#include "reeve/workflow/loaded_model.h"

#include "reeve/base/text.h"

namespace reeve::workflow {

std::string LoadedModel::Describe() const {
  return resolved.name.empty() ? resolved.folder : resolved.name + " version " + resolved.version;
}

Result<tracking::ResolvedModel> FindModel(const std::string& model,
                                          const tracking::StoreUris& stores,
                                          tracking::StoreOptions options) {
  if (tracking::IsModelFolder(model)) return tracking::ResolveFolder(model);
  options.create = false;
  options.reads_metrics = false;
  Result<std::unique_ptr<tracking::Store>> store = tracking::Store::Open(stores, options);
  if (!store.ok())
    return std::move(store).status().WithContext("model " + Quote(model, 200) + " cannot be found");
  return tracking::ResolveModel(model, **store);
}

Result<LoadedModel> LoadModel(const std::string& model, const tracking::StoreUris& stores,
                              const tracking::StoreOptions& options) {
  FileSystem& files = FileSystem::System();
  REEVE_ASSIGN_OR_RETURN(tracking::ResolvedModel resolved, FindModel(model, stores, options));
  Result<bundle::Bundle> bundle = bundle::Read(files, resolved.folder);
  if (bundle.status().code() == StatusCode::kCorrupt && resolved.is_copy) {
    // Damaged here, but perhaps not where it comes from.
    REEVE_RETURN_IF_ERROR(files.Remove(resolved.folder));
    REEVE_ASSIGN_OR_RETURN(resolved, FindModel(model, stores, options));
    bundle = bundle::Read(files, resolved.folder);
  }
  if (!bundle.ok()) return bundle.status();
  return LoadedModel{std::move(resolved), std::move(*bundle)};
}

}  // namespace reeve::workflow
