#include "reeve/server/scoring/model_host.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "reeve/base/digest.h"
#include "reeve/base/file_system.h"
#include "reeve/base/log.h"
#include "reeve/base/text.h"
#include "reeve/contract/typing.h"
#include "reeve/server/description/typical_row.h"

namespace reeve::server {
namespace {

constexpr std::uint64_t kMostChecksumBytes = 1 << 20;
constexpr std::uint64_t kMostMlmodelBytes = 16 << 20;
constexpr const char* kChampion = "champion";

std::string AliasOf(const std::string& model, const tracking::ResolvedModel& resolved) {
  const std::size_t at = model.rfind('@');
  if (at != std::string::npos) return model.substr(at + 1);
  return model == resolved.name ? kChampion : "";
}

// What a bundle without a registered name is called: its folder.
std::string NameOf(const tracking::ResolvedModel& resolved) {
  if (!resolved.name.empty()) return resolved.name;
  return BaseName(AbsolutePath(resolved.folder));
}

// Scores typical rows until code and memory are as they will be under load. Fails with kCorrupt
// when an answer is no probability.
Status Warm(const ServedModel& model) {
  constexpr int kCalls = 20;
  const std::vector<contract::Cell> row = TypicalRow(model);
  for (const int count : {1, 128}) {
    std::vector<contract::Cell> cells;
    for (int i = 0; i < count; ++i) cells.insert(cells.end(), row.begin(), row.end());
    inference::RowScores scores;
    for (int call = 0; call < kCalls; ++call) model.row_scorer->Score(cells, scores);
    for (std::size_t i = 0; i < scores.predicted.size(); ++i) {
      if (scores.predicted[i] < 0) continue;  // its typical values were not enough for a row
      const double first = scores.probabilities[i * model.contract().classes.size()];
      if (!(first >= 0 && first <= 1))
        return Status::Corrupt("it scores a typical row as " + std::to_string(first));
    }
  }
  return Status::Ok();
}

// Seconds since 1970 of the MLmodel file's own time; 0 when it has none.
double TrainedAt(const std::string& folder) {
  constexpr std::string_view kMember = "utc_time_created:";
  const Result<std::string> text =
      FileSystem::System().Read(JoinPath(folder, "MLmodel"), kMostMlmodelBytes);
  if (!text.ok()) return 0;
  for (const std::string& line : Split(*text, '\n')) {
    if (!line.starts_with(kMember)) continue;
    std::string_view time = Trim(std::string_view(line).substr(kMember.size()));
    if (time.size() > 2 && time.front() == '\'') time = time.substr(1, time.size() - 2);
    return contract::ReadDatetime(time).value_or(0);
  }
  return 0;
}

}  // namespace

ModelHost::ModelHost(const ModelHostOptions& options)
    : options_(options), slots_(std::make_shared<Slots>()) {}

Result<std::unique_ptr<ModelHost>> ModelHost::Open(const ModelHostOptions& options) {
  std::unique_ptr<ModelHost> host(new ModelHost(options));
  if (host->follows_champions()) {
    host->LookAgain();
  } else {
    REEVE_RETURN_IF_ERROR(host->LoadNamed());
  }
  return host;
}

Status ModelHost::LoadNamed() {
  auto slots = std::make_shared<Slots>();
  for (const std::string& model : options_.choice.models) {
    Slot slot{.asked = model, .name = model};
    Result<std::shared_ptr<const ServedModel>> served = Load(model);
    if (served.ok()) {
      const bool twice = std::any_of(slots->begin(), slots->end(), [&](const Slot& other) {
        return other.served && other.served->name == (*served)->name &&
               other.served->version == (*served)->version;
      });
      if (twice) {
        return Status::InvalidArgument("model " + Quote((*served)->name) + " version " +
                                       (*served)->version + " was asked for twice");
      }
      slot.served = std::move(*served);
    } else if (options_.choice.waits && served.status().code() == StatusCode::kNotFound &&
               !tracking::IsModelFolder(model)) {
      Refuse(slot, "", served.status().message());
    } else {
      return served.status();
    }
    slots->push_back(std::move(slot));
  }
  slots_.store(std::move(slots));
  return Status::Ok();
}

ModelHost::~ModelHost() { StopWatching(); }

Result<std::shared_ptr<const ServedModel>> ModelHost::Load(const std::string& model) const {
  REEVE_ASSIGN_OR_RETURN(workflow::LoadedModel loaded,
                         workflow::LoadModel(model, options_.choice.stores, StoreOptions()));
  const tracking::ResolvedModel& resolved = loaded.resolved;
  bundle::Bundle& bundle = loaded.bundle;
  REEVE_ASSIGN_OR_RETURN(
      const std::string checksums,
      FileSystem::System().Read(JoinPath(resolved.folder, "checksums"), kMostChecksumBytes));
  auto served = std::make_shared<ServedModel>();
  served->name = NameOf(resolved);
  served->version = loaded.version();
  served->alias = AliasOf(model, resolved);
  served->run_id = resolved.run_id;
  served->folder = resolved.folder;
  served->profile = std::move(bundle.profile);
  served->scores = std::move(bundle.scores);
  served->lineage = std::move(bundle.lineage);
  served->digest = Sha256(checksums);
  served->loaded_ms = options_.clock->NowMs();
  REEVE_ASSIGN_OR_RETURN(inference::Scorer scorer, bundle::IntoScorer(std::move(bundle)));
  served->scorer = std::make_unique<inference::Scorer>(std::move(scorer));
  REEVE_ASSIGN_OR_RETURN(inference::RowScorer row_scorer,
                         inference::RowScorer::Make(*served->scorer));
  served->row_scorer = std::make_unique<inference::RowScorer>(std::move(row_scorer));
  served->fields = std::make_unique<FieldIndex>(served->contract());
  REEVE_RETURN_IF_ERROR(Warm(*served));
  if (options_.metrics != nullptr) {
    served->metrics =
        options_.metrics->AddModel({.name = served->name,
                                    .version = served->version,
                                    .alias = served->alias,
                                    .digest = served->digest,
                                    .trained_at = TrainedAt(served->folder),
                                    .loaded_at = static_cast<double>(served->loaded_ms) / 1000},
                                   served->contract());
    options_.metrics->OnModelLoad(served->name, "success");
  }
  return std::shared_ptr<const ServedModel>(std::move(served));
}

void ModelHost::StartWatching() {
  const std::lock_guard lock(watch_mutex_);
  if (watcher_.joinable()) return;
  watch_stopped_ = false;
  watcher_ = std::thread([this] { Watch(); });
}

void ModelHost::StopWatching() {
  {
    const std::lock_guard lock(watch_mutex_);
    watch_stopped_ = true;
  }
  watch_woken_.notify_all();
  if (watcher_.joinable()) watcher_.join();
}

void ModelHost::Watch() {
  std::unique_lock lock(watch_mutex_);
  const bool is_server = tracking::Store::IsServer(options_.choice.stores);
  const std::int64_t every_ms = is_server ? options_.watch_server_ms : options_.watch_ms;
  while (!watch_woken_.wait_for(lock, std::chrono::milliseconds(every_ms),
                                [this] { return watch_stopped_; })) {
    lock.unlock();
    LookAgain();
    lock.lock();
  }
}

void ModelHost::LookAgain() {
  if (follows_champions()) FollowChampions();
  const std::size_t count = slots_.load()->size();
  for (std::size_t slot = 0; slot < count; ++slot) LookAt(slot);
}

tracking::StoreOptions ModelHost::StoreOptions() const {
  return {.create = false, .reads_metrics = false, .locate = options_.choice.locate};
}

Result<ModelHost::Slots> ModelHost::FindChampions() const {
  REEVE_ASSIGN_OR_RETURN(const auto store,
                         tracking::Store::Open(options_.choice.stores, StoreOptions()));
  REEVE_ASSIGN_OR_RETURN(const std::vector<tracking::RegisteredModel> models, store->ListModels());
  Slots champions;
  for (const tracking::RegisteredModel& model : models) {
    const auto alias = model.aliases.find(kChampion);
    if (alias == model.aliases.end()) continue;
    champions.push_back({.asked = "models:/" + model.name + "@" + kChampion,
                         .name = model.name,
                         .registered_ms = model.created_ms,
                         .version = std::to_string(alias->second)});
  }
  return champions;
}

// What is served goes on where it is still a champion; another model that has taken its name since
// does not pass for it.
void ModelHost::FollowChampions() {
  Result<Slots> champions = FindChampions();
  const Slot registry{.asked = "registry", .name = "registry"};
  if (!champions.ok()) return Refuse(registry, "", champions.status().message());
  Accept(registry.asked);
  const auto slots = slots_.load();
  for (const Slot& slot : *slots) {
    const auto same = std::find_if(champions->begin(), champions->end(), [&](const Slot& other) {
      return other.asked == slot.asked && other.registered_ms == slot.registered_ms;
    });
    if (same != champions->end()) {
      same->served = slot.served;
      continue;
    }
    Accept(slot.asked);
    if (slot.served) Log(LogLevel::kInfo, "model " + slot.name + " is served no longer");
  }
  slots_.store(std::make_shared<const Slots>(std::move(*champions)));
}

void ModelHost::LookAt(std::size_t index) {
  const auto slots = slots_.load();
  const Slot& slot = (*slots)[index];
  if (tracking::IsModelFolder(slot.asked)) return;
  if (slot.served && !slot.version.empty() && slot.served->version == slot.version)
    return Accept(slot.asked);
  if (!slot.version.empty() && WasRefused(slot, slot.version)) return;
  const auto count_failure = [&] {
    if (options_.metrics == nullptr) return;
    options_.metrics->OnModelLoad(slot.served ? slot.served->name : slot.name, "failure");
  };
  const Result<tracking::ResolvedModel> resolved =
      workflow::FindModel(slot.asked, options_.choice.stores, StoreOptions());
  if (!resolved.ok()) {
    // The registry was there a moment ago for a champion: what cannot be had is its bundle.
    if (!slot.version.empty()) count_failure();
    return Refuse(slot, slot.version, resolved.status().message());
  }
  if (slot.served && resolved->version == slot.served->version &&
      resolved->folder == slot.served->folder) {
    return Accept(slot.asked);
  }
  const std::string version = resolved->version;
  if (WasRefused(slot, version)) return;
  Result<std::shared_ptr<const ServedModel>> loaded = Load(slot.asked);
  if (!loaded.ok()) {
    count_failure();
    return Refuse(slot, version,
                  "version " + version + " failed to load: " + loaded.status().message());
  }
  Log(LogLevel::kInfo, "model " + (*loaded)->name + ": version " + version + " is served now");
  Put(index, std::move(*loaded));
  Accept(slot.asked);
}

void ModelHost::Put(std::size_t index, std::shared_ptr<const ServedModel> served) {
  auto slots = std::make_shared<Slots>(*slots_.load());
  (*slots)[index].served = std::move(served);
  slots_.store(std::move(slots));
}

void ModelHost::Refuse(const Slot& slot, const std::string& version, const std::string& reason) {
  const std::lock_guard lock(refused_mutex_);
  Refused& refused = refused_[slot.asked];
  if (refused.reason != reason) {
    Log(LogLevel::kWarning,
        slot.asked + (slot.served ? ": what was loaded goes on serving, " : ": ") + reason);
  }
  refused = {version, reason, options_.clock->NowMs()};
}

void ModelHost::Accept(const std::string& asked) {
  const std::lock_guard lock(refused_mutex_);
  refused_.erase(asked);
}

bool ModelHost::WasRefused(const Slot& slot, const std::string& version) const {
  const std::lock_guard lock(refused_mutex_);
  const auto it = refused_.find(slot.asked);
  return it != refused_.end() && it->second.version == version &&
         options_.clock->NowMs() - it->second.at_ms < options_.retry_ms;
}

std::shared_ptr<const ServedModel> ModelHost::Find(std::string_view name,
                                                   std::string_view version) const {
  const auto slots = slots_.load();
  if (name.empty() && follows_champions()) {
    const auto is_served = [](const Slot& slot) { return slot.served != nullptr; };
    if (std::count_if(slots->begin(), slots->end(), is_served) != 1) return nullptr;
  } else if (name.empty() && version.empty()) {
    return slots->front().served;
  }
  for (const Slot& slot : *slots) {
    const auto& model = slot.served;
    if (model && (name.empty() || model->name == name) &&
        (version.empty() || model->version == version)) {
      return model;
    }
  }
  return nullptr;
}

std::vector<std::shared_ptr<const ServedModel>> ModelHost::List() const {
  std::vector<std::shared_ptr<const ServedModel>> models;
  const auto slots = slots_.load();
  for (const Slot& slot : *slots) {
    if (slot.served) models.push_back(slot.served);
  }
  return models;
}

std::vector<std::string> ModelHost::Versions(std::string_view name) const {
  std::vector<std::string> versions;
  for (const auto& model : List()) {
    if (model->name == name) versions.push_back(model->version);
  }
  std::sort(versions.begin(), versions.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a > b;
  });
  return versions;
}

std::vector<std::pair<std::string, std::string>> ModelHost::Problems() const {
  const std::lock_guard lock(refused_mutex_);
  std::vector<std::pair<std::string, std::string>> problems;
  for (const auto& [model, refused] : refused_) problems.emplace_back(model, refused.reason);
  return problems;
}

}  // namespace reeve::server
