#include "reeve/bundle/bundle.h"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "reeve/base/digest.h"
#include "reeve/base/id.h"
#include "reeve/base/text.h"
#include "reeve/bundle/checksums.h"
#include "reeve/bundle/mlmodel.h"

namespace reeve::bundle {
namespace {

// The most that is read of one file: forests of millions of nodes fit, a hostile file does not
// exhaust memory.
constexpr std::uint64_t kMaxFileBytes = 2ULL << 30;
constexpr std::uint64_t kMaxChecksumsBytes = 1 << 16;

using Content = std::map<std::string, std::string>;

std::string Document(const Json& json) { return DumpJson(json, 1) + "\n"; }

// Every file of the bundle but MLmodel and checksums.
Content ContentOf(const Bundle& bundle) {
  Content content;
  content["contract.json"] = Document(contract::ToJson(bundle.contract));
  content["profile.json"] = Document(contract::ToJson(bundle.profile));
  content["pipeline.json"] = Document(bundle.pipeline.ToJson());
  content["decision.json"] = Document(bundle.decision.ToJson());
  content["scores.json"] = bundle.scores;
  content["lineage.json"] = bundle.lineage;
  content["model.reeve"] = bundle.model->Serialize();
  if (!bundle.native_bytes.empty()) content["model.ubj"] = bundle.native_bytes;
  return content;
}

Status WriteFile(FileSystem& files, const std::string& path, std::string_view bytes) {
  REEVE_ASSIGN_OR_RETURN(const auto file, files.Create(path));
  REEVE_RETURN_IF_ERROR(file->Append(bytes));
  REEVE_RETURN_IF_ERROR(file->Sync());
  return file->Close();
}

Status WriteAll(FileSystem& files, const Bundle& bundle, const MlflowInfo& info,
                const std::string& temporary) {
  REEVE_RETURN_IF_ERROR(files.CreateFolders(temporary));
  const Content content = ContentOf(bundle);
  Checksums checksums{.format_version = kFormatVersion, .files = {}};
  std::uint64_t size = 0;
  for (const auto& [name, bytes] : content) {
    REEVE_RETURN_IF_ERROR(WriteFile(files, JoinPath(temporary, name), bytes));
    checksums.files.emplace_back(name, Sha256(bytes));
    size += bytes.size();
  }
  REEVE_RETURN_IF_ERROR(
      WriteFile(files, JoinPath(temporary, "checksums"), FormatChecksums(checksums)));
  const std::string mlmodel =
      MlmodelText(bundle.contract, info, !bundle.native_bytes.empty(), size);
  REEVE_RETURN_IF_ERROR(WriteFile(files, JoinPath(temporary, "MLmodel"), mlmodel));
  return files.SyncFolder(temporary);
}

Result<Content> ReadVerified(FileSystem& files, const std::string& folder) {
  if (!files.IsFolder(folder))
    return Status::NotFound("bundle " + Quote(folder, 400) + " is not there (no such folder)");
  const std::string path = JoinPath(folder, "checksums");
  if (!files.Exists(path)) {
    const bool is_mlflow = files.Exists(JoinPath(folder, "MLmodel"));
    return Status::Corrupt(Quote(folder, 400) +
                           (is_mlflow ? " is an MLflow model, but not a bundle of Reeve"
                                      : " is not a bundle of Reeve") +
                           " (it has no file \"checksums\")");
  }
  REEVE_ASSIGN_OR_RETURN(const std::string text, files.Read(path, kMaxChecksumsBytes));
  Result<Checksums> checksums = ParseChecksums(text);
  if (!checksums.ok())
    return std::move(checksums).status().WithContext("bundle " + Quote(folder, 400));
  Content content;
  for (const auto& [name, digest] : checksums->files) {
    Result<std::string> bytes = files.Read(JoinPath(folder, name), kMaxFileBytes);
    if (!bytes.ok()) {
      return Status::Corrupt("bundle " + Quote(folder, 400) +
                             " is incomplete: " + bytes.status().message());
    }
    if (Sha256(*bytes) != digest) {
      return Status::Corrupt("bundle " + Quote(folder, 400) + " is damaged: the checksum of " +
                             name + " does not match, so it was cut short or edited")
          .WithFix("take the bundle from the tracking store again, or train anew");
    }
    content[name] = std::move(*bytes);
  }
  return content;
}

// Parses one file with `parse`, naming the file in any failure.
template <typename T, typename Parse>
Result<T> ReadPart(const Content& content, const std::string& folder, const std::string& name,
                   Parse parse) {
  const auto it = content.find(name);
  const std::string where = "bundle " + Quote(folder, 400) + ", " + name;
  if (it == content.end()) return Status::Corrupt(where + ": missing from checksums");
  Result<T> part = parse(it->second);
  if (part.ok()) return part;
  return Status::Corrupt(where + ": " + part.status().message());
}

template <typename T>
auto FromDocument(Result<T> (*from_json)(const Json&)) {
  return [from_json](const std::string& text) -> Result<T> {
    REEVE_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
    return from_json(json);
  };
}

}  // namespace

Status Write(FileSystem& files, const Bundle& bundle, const MlflowInfo& info,
             const std::string& folder) {
  if (files.Exists(folder)) {
    return Status::AlreadyExists(Quote(folder, 400) +
                                 " exists, a bundle is never written over another")
        .WithFix("name another folder, or remove this one");
  }
  const std::string temporary = folder + ".tmp-" + NewId().substr(0, 8);
  Status status = WriteAll(files, bundle, info, temporary);
  if (status.ok()) status = files.Rename(temporary, folder);
  if (status.ok()) status = files.SyncFolder(ParentFolder(folder));
  if (!status.ok()) (void)files.Remove(temporary);
  return status;
}

Result<Bundle> Read(FileSystem& files, const std::string& folder) {
  REEVE_ASSIGN_OR_RETURN(Content content, ReadVerified(files, folder));
  REEVE_ASSIGN_OR_RETURN(auto contract,
                         (ReadPart<contract::Contract>(content, folder, "contract.json",
                                                       FromDocument(&contract::ContractFromJson))));
  REEVE_ASSIGN_OR_RETURN(auto profile,
                         (ReadPart<contract::Profile>(content, folder, "profile.json",
                                                      FromDocument(&contract::ProfileFromJson))));
  REEVE_ASSIGN_OR_RETURN(auto pipeline, (ReadPart<features::FittedPipeline>(
                                            content, folder, "pipeline.json",
                                            FromDocument(&features::FittedPipeline::FromJson))));
  REEVE_ASSIGN_OR_RETURN(
      auto model, (ReadPart<std::unique_ptr<inference::Model>>(
                      content, folder, "model.reeve",
                      [](const std::string& bytes) { return inference::LoadModel(bytes); })));
  const int classes = model->classes();
  REEVE_ASSIGN_OR_RETURN(auto decision,
                         (ReadPart<inference::Decision>(
                             content, folder, "decision.json",
                             [classes](const std::string& text) -> Result<inference::Decision> {
                               REEVE_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
                               return inference::Decision::FromJson(json, classes);
                             })));
  const auto document = [](const std::string& text) -> Result<std::string> {
    REEVE_RETURN_IF_ERROR(ParseJson(text).status());
    return text;
  };
  REEVE_ASSIGN_OR_RETURN(std::string scores,
                         (ReadPart<std::string>(content, folder, "scores.json", document)));
  REEVE_ASSIGN_OR_RETURN(std::string lineage,
                         (ReadPart<std::string>(content, folder, "lineage.json", document)));
  const auto native = content.find("model.ubj");
  return Bundle{
      std::move(contract), std::move(profile),
      std::move(pipeline), std::move(model),
      std::move(decision), std::move(scores),
      std::move(lineage),  native == content.end() ? std::string() : std::move(native->second)};
}

Result<inference::Scorer> IntoScorer(Bundle bundle) {
  return inference::Scorer::Make(std::move(bundle.contract), std::move(bundle.pipeline),
                                 std::move(bundle.model), std::move(bundle.decision));
}

}  // namespace reeve::bundle
