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

std::string AliasOf(const std::string& model, const tracking::ResolvedModel& resolved) {
  const std::size_t at = model.rfind('@');
  if (at != std::string::npos) return model.substr(at + 1);
  return model == resolved.name ? "champion" : "";
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

Result<std::unique_ptr<ModelHost>> ModelHost::Open(const ModelHostOptions& options) {
  std::unique_ptr<ModelHost> host(new ModelHost(options));
  auto models = std::make_shared<Models>();
  for (const std::string& model : options.models) {
    REEVE_ASSIGN_OR_RETURN(auto served, host->Load(model));
    const bool twice = std::any_of(models->begin(), models->end(), [&](const auto& other) {
      return other->name == served->name && other->version == served->version;
    });
    if (twice) {
      return Status::InvalidArgument("model " + Quote(served->name) + " version " +
                                     served->version + " was asked for twice");
    }
    models->push_back(std::move(served));
  }
  host->models_.store(std::move(models));
  return host;
}

ModelHost::~ModelHost() { StopWatching(); }

Result<std::shared_ptr<const ServedModel>> ModelHost::Load(const std::string& model) const {
  REEVE_ASSIGN_OR_RETURN(workflow::LoadedModel loaded, workflow::LoadModel(model, options_.stores));
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
  const bool is_server = tracking::Store::IsServer(options_.stores);
  const std::int64_t every_ms = is_server ? options_.watch_server_ms : options_.watch_ms;
  while (!watch_woken_.wait_for(lock, std::chrono::milliseconds(every_ms),
                                [this] { return watch_stopped_; })) {
    lock.unlock();
    LookAgain();
    lock.lock();
  }
}

void ModelHost::LookAgain() {
  for (std::size_t slot = 0; slot < options_.models.size(); ++slot) LookAt(slot);
}

void ModelHost::LookAt(std::size_t slot) {
  const std::string& model = options_.models[slot];
  if (tracking::IsModelFolder(model)) return;
  const auto models = models_.load();
  const ServedModel& served = *(*models)[slot];
  const Result<tracking::ResolvedModel> resolved = workflow::FindModel(model, options_.stores);
  if (!resolved.ok()) return Refuse(model, "", resolved.status().message());
  if (resolved->version == served.version && resolved->folder == served.folder) {
    const std::lock_guard lock(refused_mutex_);
    refused_.erase(model);
    return;
  }
  if (WasRefused(model, resolved->version)) return;
  const std::string version = resolved->version;
  Result<std::shared_ptr<const ServedModel>> loaded = Load(model);
  if (!loaded.ok()) {
    if (options_.metrics != nullptr) options_.metrics->OnModelLoad(served.name, "failure");
    return Refuse(model, version,
                  "version " + version + " failed to load: " + loaded.status().message());
  }
  auto next = std::make_shared<Models>(*models);
  (*next)[slot] = std::move(loaded).value();
  models_.store(std::move(next));
  Log(LogLevel::kInfo, "model " + served.name + ": version " + version + " is served now");
  const std::lock_guard lock(refused_mutex_);
  refused_.erase(model);
}

void ModelHost::Refuse(const std::string& model, const std::string& version,
                       const std::string& reason) {
  const std::lock_guard lock(refused_mutex_);
  Refused& refused = refused_[model];
  if (refused.reason != reason)
    Log(LogLevel::kWarning, model + ": what was loaded goes on serving, " + reason);
  refused = {version, reason, options_.clock->NowMs()};
}

bool ModelHost::WasRefused(const std::string& model, const std::string& version) const {
  const std::lock_guard lock(refused_mutex_);
  const auto it = refused_.find(model);
  return it != refused_.end() && it->second.version == version &&
         options_.clock->NowMs() - it->second.at_ms < options_.retry_ms;
}

std::shared_ptr<const ServedModel> ModelHost::Find(std::string_view name,
                                                   std::string_view version) const {
  const auto models = models_.load();
  for (const auto& model : *models) {
    if ((name.empty() || model->name == name) && (version.empty() || model->version == version))
      return model;
  }
  return nullptr;
}

std::vector<std::shared_ptr<const ServedModel>> ModelHost::List() const { return *models_.load(); }

std::vector<std::string> ModelHost::Versions(std::string_view name) const {
  std::vector<std::string> versions;
  const auto models = models_.load();
  for (const auto& model : *models) {
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
