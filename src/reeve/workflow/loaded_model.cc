#include "reeve/workflow/loaded_model.h"

#include "reeve/base/text.h"
#include "reeve/tracking/store.h"

namespace reeve::workflow {

std::string LoadedModel::Describe() const {
  return resolved.name.empty() ? resolved.folder : resolved.name + " version " + resolved.version;
}

Result<tracking::ResolvedModel> FindModel(const std::string& model,
                                          const std::string& tracking_uri) {
  if (tracking::IsModelFolder(model)) return tracking::ResolveFolder(model);
  Result<std::unique_ptr<tracking::Store>> store =
      tracking::Store::Open(tracking_uri, {.create = false});
  if (!store.ok())
    return std::move(store).status().WithContext("model " + Quote(model, 200) + " cannot be found");
  return tracking::ResolveModel(model, **store);
}

Result<LoadedModel> LoadModel(const std::string& model, const std::string& tracking_uri) {
  REEVE_ASSIGN_OR_RETURN(tracking::ResolvedModel resolved, FindModel(model, tracking_uri));
  REEVE_ASSIGN_OR_RETURN(bundle::Bundle bundle,
                         bundle::Read(FileSystem::System(), resolved.folder));
  return LoadedModel{std::move(resolved), std::move(bundle)};
}

}  // namespace reeve::workflow
