// One configuration of a learner on one table: how good, and what it costs.
//
//   reeve_learner_driver DATA TARGET [--drop COL]... [--test-rows FILE | --test FILE]
//                        [--folds 5] [--rounds-from-mean] -- LEARNER [k=v]... [-- LEARNER ...]
//
// Reads and quantises the table once. Each configuration is trained on every fold; boosters watch
// the held-out fold and keep all their rounds, and one number of rounds is chosen for all folds at
// the minimum of the mean curve; a forest is judged out of bag besides. Prints for each: the
// out-of-fold log loss, that of the folds' mean on the test rows, rounds, and CPU seconds a fit
// (user and system, so that others may use the machine).

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <time.h>

#include "reeve/base/number.h"
#include "reeve/features/pipeline.h"
#include "reeve/inference/forest_model.h"
#include "reeve/inference/forest_parts.h"
#include "reeve/learners/registry.h"
#include "reeve/tuning/folds.h"
#include "reeve/workflow/training_table.h"

namespace reeve {
namespace {

double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Configuration {
  std::string learner;
  learners::Params params;
};

struct Request {
  workflow::TrainingTableRequest table;
  std::string test_rows;
  int folds = 5;
  int folds_run = 0;
  int threads = 1;
  std::vector<Configuration> configurations;
};

Request ParseRequest(int count, char** words) {
  Request request;
  request.table.data = words[1];
  request.table.target = words[2];
  int i = 3;
  for (; i < count && std::strcmp(words[i], "--") != 0; i += 2) {
    const std::string name = words[i], value = words[i + 1];
    if (name == "--drop") request.table.drop.push_back(value);
    if (name == "--test") request.table.test = value;
    if (name == "--test-rows") request.test_rows = value;
    if (name == "--folds") request.folds = std::stoi(value);
    if (name == "--run") request.folds_run = std::stoi(value);
    if (name == "--threads") request.threads = std::stoi(value);
  }
  for (; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--") {
      request.configurations.push_back({words[++i], {}});
      continue;
    }
    const std::size_t equals = word.find('=');
    request.configurations.back().params[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return request;
}

double LogLoss(const Probabilities& p, std::span<const std::int32_t> labels,
               std::span<const std::int64_t> rows) {
  double loss = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const int label = labels[static_cast<std::size_t>(rows[i])];
    loss -= std::log(std::max(p.at(static_cast<std::int64_t>(i), label), 1e-15));
  }
  return loss / static_cast<double>(rows.size());
}

// The table made ready once: rows to learn from, folds, test rows.
struct Bench {
  workflow::TrainingTable table;
  Matrix trees, linear;
  learners::QuantisedMatrix quantised;
  std::vector<std::int64_t> train, test;
  std::vector<tuning::Fold> folds;
};

std::vector<std::int64_t> TestRows(const Request& request, const workflow::TrainingTable& table) {
  std::vector<std::int64_t> rows;
  const auto count = static_cast<std::int64_t>(table.labels.size());
  for (std::int64_t row = count - table.test_rows; row < count; ++row) rows.push_back(row);
  if (request.test_rows.empty()) return rows;
  std::set<std::int64_t> named;
  std::ifstream file(request.test_rows);
  for (std::int64_t row = 0; file >> row;) named.insert(row);
  for (std::int64_t row = 0; row < count; ++row) {
    if (named.contains(table.source_rows[static_cast<std::size_t>(row)])) rows.push_back(row);
  }
  return rows;
}

Result<Bench> Prepare(const Request& request) {
  Bench bench;
  REEVE_ASSIGN_OR_RETURN(bench.table, workflow::LoadTrainingTable(request.table));
  const auto rows = static_cast<std::int64_t>(bench.table.labels.size());
  bench.test = TestRows(request, bench.table);
  for (std::int64_t row = 0; row < rows; ++row) {
    if (!std::binary_search(bench.test.begin(), bench.test.end(), row)) bench.train.push_back(row);
  }
  const std::vector<std::int64_t> all = AllRows(rows);
  for (const bool trees : {true, false}) {
    const auto recipe =
        trees ? features::PipelineOptions::ForTrees() : features::PipelineOptions::ForLinear();
    REEVE_ASSIGN_OR_RETURN(
        const auto pipeline,
        features::Pipeline::Fit(bench.table.table, bench.train, bench.table.features, recipe));
    REEVE_ASSIGN_OR_RETURN((trees ? bench.trees : bench.linear),
                           pipeline.Transform(bench.table.table, all));
  }
  bench.quantised = learners::Quantise(bench.trees, bench.train, 1);
  REEVE_ASSIGN_OR_RETURN(
      bench.folds, tuning::MakeFolds(bench.train, request.folds,
                                     {.labels = bench.table.labels,
                                      .classes = static_cast<int>(bench.table.classes.size())}));
  if (request.folds_run > 0) bench.folds.resize(static_cast<std::size_t>(request.folds_run));
  return bench;
}

// Where the mean over folds of what was watched is lowest; every fold got there or ended before.
std::int64_t BestRounds(const std::vector<learners::TrainedModel>& models) {
  std::map<std::int64_t, std::pair<double, std::size_t>> curve;
  for (const auto& model : models) {
    for (const auto& point : model.history) {
      if (point.metric != "watched_log_loss") continue;
      curve[point.step].first += point.value;
      ++curve[point.step].second;
    }
  }
  std::int64_t best = 0;
  double least = 1e300;
  for (const auto& [step, sum] : curve) {
    if (sum.second != models.size() || sum.first >= least) continue;
    least = sum.first;
    best = step + 1;
  }
  return best;
}

Probabilities PredictRows(const inference::Model& model, const Matrix& matrix,
                          std::span<const std::int64_t> rows) {
  return model.Predict(matrix.Take(rows));
}

Status Run(const Bench& bench, const Configuration& configuration, int threads) {
  REEVE_ASSIGN_OR_RETURN(const auto learner, learners::MakeLearner(configuration.learner));
  const Matrix& matrix =
      learner->input() == learners::InputKind::kTrees ? bench.trees : bench.linear;
  std::vector<learners::TrainedModel> models;
  double cpu = 0;
  const auto set_of = [&](std::span<const std::int64_t> rows) {
    return learners::TrainingSet{.matrix = &matrix,
                                 .labels = bench.table.labels,
                                 .classes = static_cast<int>(bench.table.classes.size()),
                                 .rows = rows,
                                 .quantised = &matrix == &bench.trees ? &bench.quantised : nullptr};
  };
  for (const auto& fold : bench.folds) {
    const auto watched = set_of(fold.test);
    const double start = CpuSeconds();
    REEVE_ASSIGN_OR_RETURN(auto model,
                           learner->Train(set_of(fold.train), {.params = configuration.params,
                                                               .threads = threads,
                                                               .early_stopping = &watched,
                                                               .keep_all_rounds = true}));
    cpu += CpuSeconds() - start;
    models.push_back(std::move(model));
  }
  const std::int64_t rounds = BestRounds(models);
  double loss = 0, count = 0;
  std::vector<double> fold_losses;
  Probabilities mean(static_cast<std::int64_t>(bench.test.size()),
                     static_cast<int>(bench.table.classes.size()));
  std::vector<inference::CompactForest> forests;
  for (std::size_t f = 0; f < models.size(); ++f) {
    const auto* const forest = dynamic_cast<const inference::ForestModel*>(models[f].model.get());
    std::unique_ptr<inference::ForestModel> cut;
    if (forest != nullptr && rounds > 0) {
      REEVE_ASSIGN_OR_RETURN(
          cut, inference::ForestModel::Make(inference::FirstRounds(forest->forest(), rounds)));
      forests.push_back(cut->forest());
    }
    const inference::Model& model = cut ? *cut : *models[f].model;
    const auto& held_out = bench.folds[f].test;
    const double own = LogLoss(PredictRows(model, matrix, held_out), bench.table.labels, held_out);
    fold_losses.push_back(own);
    loss += own * static_cast<double>(held_out.size());
    count += static_cast<double>(held_out.size());
    if (forests.empty() && !bench.test.empty()) {
      const Probabilities p = PredictRows(model, matrix, bench.test);
      for (std::size_t i = 0; i < p.values.size(); ++i)
        mean.values[i] += p.values[i] / static_cast<double>(models.size());
    }
  }
  double test = NAN;
  if (!forests.empty() && !bench.test.empty()) {
    std::vector<const inference::CompactForest*> pointers;
    for (const auto& forest : forests) pointers.push_back(&forest);
    REEVE_ASSIGN_OR_RETURN(const auto average,
                           inference::ForestModel::Make(inference::Average(pointers)));
    mean = PredictRows(*average, matrix, bench.test);
  }
  if (!bench.test.empty()) test = LogLoss(mean, bench.table.labels, bench.test);
  double bag = NAN;
  if (models[0].out_of_bag)
    bag = LogLoss(*models[0].out_of_bag, bench.table.labels, bench.folds[0].train);
  std::string params;
  for (const auto& [name, value] : configuration.params) params += " " + name + "=" + value;
  std::size_t watched = 0;
  for (const auto& point : models[0].history) watched += point.metric == "watched_log_loss";
  std::printf("oof %.5f  test %.5f  cpu/fit %6.2f  rounds %4d of %4d  bag %.4f  %s%s\n",
              loss / count, test, cpu / static_cast<double>(models.size()),
              static_cast<int>(rounds), static_cast<int>(watched), bag,
              configuration.learner.c_str(), params.c_str());
  std::fflush(stdout);
  return Status::Ok();
}

Status RunAll(const Request& request) {
  REEVE_ASSIGN_OR_RETURN(const Bench bench, Prepare(request));
  std::printf("%zu train, %zu test, %d columns, first %s\n", bench.train.size(), bench.test.size(),
              static_cast<int>(bench.trees.cols()), bench.trees.columns()[0].name.c_str());
  for (const Configuration& configuration : request.configurations)
    REEVE_RETURN_IF_ERROR(Run(bench, configuration, request.threads));
  return Status::Ok();
}

}  // namespace
}  // namespace reeve

int main(int count, char** words) {
  if (count < 4) {
    std::fprintf(stderr,
                 "usage: %s DATA TARGET [--drop COL]... [--test-rows FILE | --test FILE] "
                 "[--folds 5] [--run N] [--threads N] -- LEARNER [NAME=VALUE]... [-- ...]\n",
                 words[0]);
    return 2;
  }
  const reeve::Status status = reeve::RunAll(reeve::ParseRequest(count, words));
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.message().c_str());
  return status.ok() ? 0 : 1;
}
