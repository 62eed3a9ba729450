#include "reeve/workflow/loaded_model.h"

#include "reeve/base/text.h"
#include "reeve/tracking/store.h"

namespace reeve::workflow {

std::string LoadedModel::Describe() const {
  return resolved.name.empty() ? resolved.folder : resolved.name + " version " + resolved.version;
}

Result<tracking::ResolvedModel> FindModel(const std::string& model,
                                          const tracking::StoreUris& stores) {
  if (tracking::IsModelFolder(model)) return tracking::ResolveFolder(model);
  Result<std::unique_ptr<tracking::Store>> store = tracking::Store::Open(stores, {.create = false});
  if (!store.ok())
    return std::move(store).status().WithContext("model " + Quote(model, 200) + " cannot be found");
  return tracking::ResolveModel(model, **store);
}

Result<LoadedModel> LoadModel(const std::string& model, const tracking::StoreUris& stores) {
  FileSystem& files = FileSystem::System();
  REEVE_ASSIGN_OR_RETURN(tracking::ResolvedModel resolved, FindModel(model, stores));
  Result<bundle::Bundle> bundle = bundle::Read(files, resolved.folder);
  if (bundle.status().code() == StatusCode::kCorrupt && resolved.is_copy) {
    // Damaged here, but perhaps not where it comes from.
    REEVE_RETURN_IF_ERROR(files.Remove(resolved.folder));
    REEVE_ASSIGN_OR_RETURN(resolved, FindModel(model, stores));
    bundle = bundle::Read(files, resolved.folder);
  }
  if (!bundle.ok()) return bundle.status();
  return LoadedModel{std::move(resolved), std::move(*bundle)};
}

}  // namespace reeve::workflow
