// Scores the forests of a harness that measures many engines side by side.
//
//   reeve_forest_driver FOREST ROWS.npy [--columns] [--cpu-time] [--portable|--avx2|--avx512]
//
// Reads FOREST.nodes (a plain dump of the trees) and compares with FOREST.margin.npy. Prints
// {"ready":true}, then answers each line "BATCH REPETITIONS CAP_SECONDS THREADS" with
// {"ns_median":…,"ns_min":…,"reps":…,"max_diff":…}, nanoseconds a row. Rows are row-major float32,
// and turning them into columns is part of the time; --columns hands over columns instead.
// --cpu-time counts the time that this process works, for machines that others use at the same
// time.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <time.h>

#include "reeve/base/parallel.h"
#include "reeve/inference/compiled_forest.h"
#include "reeve/inference/work_memory.h"

namespace reeve::inference {
namespace {

struct Array {
  std::size_t rows = 0, columns = 1;
  std::vector<float> values;
};

// A .npy file of float32, rows one after the other.
std::optional<Array> ReadArray(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  char head[10];
  if (!file.read(head, sizeof head)) return std::nullopt;
  std::string text(static_cast<unsigned char>(head[8]) + 256U * static_cast<unsigned char>(head[9]),
                   '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  const std::size_t open = text.find("'shape': (");
  if (text.find("'<f4'") == std::string::npos || open == std::string::npos) return std::nullopt;
  Array array;
  char comma = 0;
  std::istringstream shape(text.substr(open + 10));
  shape >> array.rows >> comma;
  if (!(shape >> array.columns)) array.columns = 1;
  array.values.resize(array.rows * array.columns);
  file.read(reinterpret_cast<char*>(array.values.data()),
            static_cast<std::streamsize>(array.values.size() * sizeof(float)));
  return file ? std::optional(std::move(array)) : std::nullopt;
}

template <typename T>
std::vector<T> Read(std::ifstream& file, std::size_t count) {
  std::vector<T> values(count);
  file.read(reinterpret_cast<char*>(values.data()),
            static_cast<std::streamsize>(count * sizeof(T)));
  return values;
}

// Trees, features, classes, base margins; then of each tree class, nodes and the arrays.
Forest ReadNodes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const auto head = Read<std::int32_t>(file, 3);
  const auto classes = static_cast<std::size_t>(head[2]);
  Forest forest{.features = head[1],
                .classes = classes == 1 ? 2 : head[2],
                .link = classes == 1 ? Link::kLogistic : Link::kSoftmax};
  forest.base_margin = Read<float>(file, classes);
  for (std::int32_t t = 0; t < head[0]; ++t) {
    const auto of_tree = Read<std::int32_t>(file, 2);
    const auto size = static_cast<std::size_t>(of_tree[1]);
    Tree tree;
    tree.output = of_tree[0];
    tree.left = Read<std::int32_t>(file, size);
    tree.right = Read<std::int32_t>(file, size);
    tree.feature = Read<std::int32_t>(file, size);
    tree.threshold = Read<float>(file, size);
    tree.default_left = Read<std::uint8_t>(file, size);
    tree.category_set.assign(size, -1);
    forest.trees.push_back(std::move(tree));
  }
  return forest;
}

// Seconds of the clock on the wall, or, on machines that others use too, of this process's work.
bool use_cpu_time = false;

double Now() {
  if (use_cpu_time) {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

class Driver {
 public:
  Driver(const CompiledForest& forest, std::size_t outputs, const Array& rows, bool by_column)
      : forest_(forest), outputs_(outputs), rows_(rows), by_column_(by_column) {
    margins_.resize(rows.rows * outputs);
    if (!by_column) return;
    columns_.resize(rows.values.size());
    for (std::size_t i = 0; i < rows.rows; ++i) {
      for (std::size_t j = 0; j < rows.columns; ++j)
        columns_[j * rows.rows + i] = rows.values[i * rows.columns + j];
    }
  }

  // Margins of rows first … first + count - 1, split over threads.
  void Score(std::size_t first, std::size_t count, int threads) {
    constexpr std::size_t kPart = 8192;
    if (threads <= 1 || count <= kPart) return ScorePart(first, count, work_);
    (void)ParallelFor(threads, static_cast<std::int64_t>((count + kPart - 1) / kPart),
                      [&](std::int64_t part) {
                        static thread_local WorkMemory work;
                        const std::size_t begin = static_cast<std::size_t>(part) * kPart;
                        ScorePart(first + begin, std::min(kPart, count - begin), work);
                        return Status::Ok();
                      });
  }

  void Answer(std::size_t batch, std::size_t repetitions, double cap, int threads) {
    batch = std::min(batch, rows_.rows);
    const std::size_t slices = rows_.rows / batch;
    std::size_t slice = 0;
    const auto measure = [&](std::size_t calls) {
      const double begin = Now();
      for (std::size_t i = 0; i < calls; ++i) {
        Score(slice * batch, batch, threads);
        if (++slice == slices) slice = 0;
      }
      return (Now() - begin) / static_cast<double>(calls);
    };
    double one = measure(3);
    one = measure(std::max<std::size_t>(1, static_cast<std::size_t>(0.004 / one)));
    const auto calls = std::max<std::size_t>(1, static_cast<std::size_t>(0.006 / one));
    std::vector<double> times;
    const double end = Now() + cap;
    while (times.size() < repetitions && (Now() < end || times.size() < 3))
      times.push_back(measure(calls) / static_cast<double>(batch) * 1e9);
    std::sort(times.begin(), times.end());
    std::printf("{\"batch\":%zu,\"ns_median\":%.2f,\"ns_min\":%.2f,\"reps\":%zu", batch,
                times[times.size() / 2], times[0], times.size());
  }

  double LargestDifference(const Array& expected, std::size_t batch) {
    const std::size_t rows = std::min<std::size_t>(rows_.rows, 5000) / batch * batch;
    for (std::size_t first = 0; first < rows; first += batch) Score(first, batch, 1);
    double largest = 0;
    for (std::size_t i = 0; i < rows * outputs_; ++i)
      largest = std::max(largest, std::abs(double{margins_[i]} - double{expected.values[i]}));
    return largest;
  }

 private:
  void ScorePart(std::size_t first, std::size_t count, WorkMemory& work) {
    const FeatureBlock block =
        by_column_
            ? FeatureBlock{.values = columns_.data() + first, .stride = rows_.rows, .rows = count}
            : FeatureBlock{.values = rows_.values.data() + first * rows_.columns,
                           .stride = 1,
                           .rows = count,
                           .row_stride = rows_.columns};
    forest_.Margins(block, margins_.data() + first * outputs_,
                    TakeWork<std::uint8_t>(work, forest_.work_bytes()).data());
  }

  const CompiledForest& forest_;
  std::size_t outputs_;
  const Array& rows_;
  bool by_column_;
  std::vector<float> columns_, margins_;
  WorkMemory work_;
};

int Run(int argc, char** argv) {
  bool by_column = false;
  CompileOptions options;
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--columns") {
      by_column = true;
    } else if (argument == "--cpu-time") {
      use_cpu_time = true;
    } else if (argument == "--portable") {
      options.instructions = Instructions::kPortable;
    } else if (argument == "--avx2") {
      options.instructions = Instructions::kAvx2;
    } else if (argument == "--avx512") {
      options.instructions = Instructions::kAvx512;
    } else {
      arguments.push_back(argument);
    }
  }
  if (arguments.size() < 2) return 2;
  const auto rows = ReadArray(arguments[1]);
  const auto expected = ReadArray(arguments[0] + ".margin.npy");
  const Forest forest = ReadNodes(arguments[0] + ".nodes");
  if (!rows || !expected || !forest.Validate().ok()) return 1;
  const double begin = Now();
  const auto compiled = CompiledForest::Make(CompactForest::From(forest), options);
  if (compiled == nullptr) return 1;
  std::fprintf(stderr, "compiled in %.1f ms\n", (Now() - begin) * 1e3);
  Driver driver(*compiled, forest.base_margin.size(), *rows, by_column);
  std::puts("{\"ready\":true}");
  std::fflush(stdout);
  std::size_t batch = 0, repetitions = 0;
  double cap = 0;
  int threads = 1;
  while (std::cin >> batch >> repetitions >> cap >> threads) {
    driver.Answer(batch, repetitions, cap, threads);
    if (batch <= 5000)
      std::printf(",\"max_diff\":%.3g", driver.LargestDifference(*expected, batch));
    std::puts("}");
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace reeve::inference

int main(int argc, char** argv) { return reeve::inference::Run(argc, argv); }
