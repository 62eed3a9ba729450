// model.reeve: a small header, then arrays, all little-endian. docs/formats/model.md describes
// every byte.

#include "reeve/inference/model_file.h"

#include <bit>
#include <cstring>
#include <limits>

namespace reeve::inference {
namespace {

static_assert(std::endian::native == std::endian::little,
              "model.reeve is written as memory stands");

constexpr std::string_view kMagic = "REEVEMDL";
constexpr std::uint32_t kVersion = 2;
// Version 1 had no covers of nodes and no spreads of a linear model's columns.
constexpr std::uint32_t kOldestVersion = 1;
constexpr std::uint32_t kForestKind = 1;
constexpr std::uint32_t kLinearKind = 2;
constexpr std::uint32_t kMixtureKind = 3;
constexpr std::uint32_t kPerceptronKind = 4;
constexpr std::uint64_t kMostClasses = 100'000;
constexpr std::uint64_t kMostFeatures = 10'000'000;
constexpr std::uint64_t kMostMembers = 10'000;

class Writer {
 public:
  template <typename T>
  void Value(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  /// Count (u64), then the elements.
  template <typename T>
  void Array(const std::vector<T>& values) {
    Value<std::uint64_t>(values.size());
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  void Bytes(std::string_view bytes) {
    Value<std::uint64_t>(bytes.size());
    bytes_.append(bytes);
  }
  void Header(std::uint32_t kind, std::int64_t features, int classes) {
    bytes_.append(kMagic);
    Value(kVersion);
    Value(kind);
    Value(static_cast<std::uint64_t>(features));
    Value(static_cast<std::uint64_t>(classes));
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads from hostile bytes: never past the end, never allocates more than is there.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  Status Value(T& value) {
    if (bytes_.size() < sizeof value) return Short();
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return Status::Ok();
  }
  template <typename T>
  Status Array(std::vector<T>& values) {
    std::uint64_t count = 0;
    REEVE_RETURN_IF_ERROR(Value(count));
    if (count > bytes_.size() / sizeof(T)) return Short();
    values.resize(count);
    if (count > 0) std::memcpy(values.data(), bytes_.data(), count * sizeof(T));
    bytes_.remove_prefix(count * sizeof(T));
    return Status::Ok();
  }
  Status Bytes(std::string_view& bytes) {
    std::uint64_t count = 0;
    REEVE_RETURN_IF_ERROR(Value(count));
    if (count > bytes_.size()) return Short();
    bytes = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return Status::Ok();
  }
  std::size_t left() const { return bytes_.size(); }

 private:
  static Status Short() { return Status::Corrupt("model: the file ends too early"); }
  std::string_view bytes_;
};

Status ReadTree(Reader& reader, std::uint32_t version, Tree& tree) {
  REEVE_RETURN_IF_ERROR(reader.Value(tree.output));
  REEVE_RETURN_IF_ERROR(reader.Array(tree.left));
  REEVE_RETURN_IF_ERROR(reader.Array(tree.right));
  REEVE_RETURN_IF_ERROR(reader.Array(tree.feature));
  REEVE_RETURN_IF_ERROR(reader.Array(tree.threshold));
  REEVE_RETURN_IF_ERROR(reader.Array(tree.default_left));
  REEVE_RETURN_IF_ERROR(reader.Array(tree.category_set));
  REEVE_RETURN_IF_ERROR(reader.Array(tree.leaf_vector));
  std::uint64_t sets = 0;
  REEVE_RETURN_IF_ERROR(reader.Value(sets));
  if (sets > tree.size()) return Status::Corrupt("model: more category sets than nodes");
  tree.category_sets.resize(sets);
  for (auto& words : tree.category_sets) REEVE_RETURN_IF_ERROR(reader.Array(words));
  return version == kOldestVersion ? Status::Ok() : reader.Array(tree.cover);
}

// What stands at the beginning of every file.
struct Header {
  std::uint32_t version = 0, kind = 0;
  std::uint64_t features = 0, classes = 0;
};

Result<std::unique_ptr<Model>> ReadForest(Reader& reader, const Header& header) {
  Forest forest{.features = static_cast<std::int64_t>(header.features),
                .classes = static_cast<int>(header.classes)};
  std::uint32_t link = 0;
  REEVE_RETURN_IF_ERROR(reader.Value(link));
  if (link > static_cast<std::uint32_t>(Link::kMean)) return Status::Corrupt("model: unknown link");
  forest.link = static_cast<Link>(link);
  REEVE_RETURN_IF_ERROR(reader.Array(forest.base_margin));
  REEVE_RETURN_IF_ERROR(reader.Array(forest.leaf_vectors));
  std::uint64_t trees = 0;
  REEVE_RETURN_IF_ERROR(reader.Value(trees));
  constexpr std::size_t kSmallestTree = 4 + 8 * 8;
  if (trees > reader.left() / kSmallestTree)
    return Status::Corrupt("model: the file ends too early");
  forest.trees.resize(trees);
  for (Tree& tree : forest.trees) REEVE_RETURN_IF_ERROR(ReadTree(reader, header.version, tree));
  REEVE_ASSIGN_OR_RETURN(auto model, ForestModel::Make(std::move(forest)));
  return std::unique_ptr<Model>(std::move(model));
}

Result<std::unique_ptr<Model>> ReadLinear(Reader& reader, const Header& header) {
  Linear linear{.features = static_cast<std::int64_t>(header.features),
                .classes = static_cast<int>(header.classes)};
  REEVE_RETURN_IF_ERROR(reader.Array(linear.weights));
  REEVE_RETURN_IF_ERROR(reader.Array(linear.intercepts));
  if (header.version != kOldestVersion) {
    REEVE_RETURN_IF_ERROR(reader.Array(linear.means));
    REEVE_RETURN_IF_ERROR(reader.Array(linear.deviations));
    REEVE_RETURN_IF_ERROR(reader.Array(linear.standard_errors));
  }
  REEVE_ASSIGN_OR_RETURN(auto model, LinearModel::Make(std::move(linear)));
  return std::unique_ptr<Model>(std::move(model));
}

Result<std::unique_ptr<Model>> ReadPerceptron(Reader& reader, const Header& header) {
  Perceptron perceptron{.features = static_cast<std::int64_t>(header.features),
                        .classes = static_cast<int>(header.classes)};
  REEVE_RETURN_IF_ERROR(reader.Array(perceptron.means));
  std::uint64_t layers = 0;
  REEVE_RETURN_IF_ERROR(reader.Value(layers));
  constexpr std::size_t kSmallestLayer = 2 * 8;
  if (layers > reader.left() / kSmallestLayer)
    return Status::Corrupt("model: the file ends too early");
  perceptron.layers.resize(layers);
  for (DenseLayer& layer : perceptron.layers) {
    REEVE_RETURN_IF_ERROR(reader.Array(layer.weights));
    REEVE_RETURN_IF_ERROR(reader.Array(layer.biases));
  }
  REEVE_ASSIGN_OR_RETURN(auto model, PerceptronModel::Make(std::move(perceptron)));
  return std::unique_ptr<Model>(std::move(model));
}

Result<std::unique_ptr<Model>> ReadModel(std::string_view bytes, bool may_be_mixture);

Result<std::unique_ptr<Model>> ReadMixture(Reader& reader, const Header& header) {
  std::uint64_t count = 0;
  REEVE_RETURN_IF_ERROR(reader.Value(count));
  if (count > kMostMembers) return Status::Corrupt("model: implausibly many members");
  std::vector<MixtureMember> members;
  for (std::uint64_t i = 0; i < count; ++i) {
    MixtureMember member;
    std::uint64_t first = 0;
    std::string_view bytes;
    REEVE_RETURN_IF_ERROR(reader.Value(member.weight));
    REEVE_RETURN_IF_ERROR(reader.Value(first));
    REEVE_RETURN_IF_ERROR(reader.Bytes(bytes));
    if (first > kMostFeatures) return Status::Corrupt("model: implausible sizes");
    member.first_feature = static_cast<std::int64_t>(first);
    REEVE_ASSIGN_OR_RETURN(member.model, ReadModel(bytes, false));
    members.push_back(std::move(member));
  }
  REEVE_ASSIGN_OR_RETURN(auto model,
                         MixtureModel::Make(static_cast<std::int64_t>(header.features),
                                            static_cast<int>(header.classes), std::move(members)));
  return std::unique_ptr<Model>(std::move(model));
}

// A mixture holds no mixtures, so reading never goes deeper than two levels.
Result<std::unique_ptr<Model>> ReadModel(std::string_view bytes, bool may_be_mixture) {
  if (!bytes.starts_with(kMagic))
    return Status::Corrupt("model: does not begin with REEVEMDL, so it is none of Reeve's");
  Reader reader(bytes.substr(kMagic.size()));
  Header header;
  REEVE_RETURN_IF_ERROR(reader.Value(header.version));
  if (header.version < kOldestVersion || header.version > kVersion) {
    return Status::Corrupt("model: format version " + std::to_string(header.version) +
                           ", this Reeve reads versions " + std::to_string(kOldestVersion) +
                           " to " + std::to_string(kVersion));
  }
  REEVE_RETURN_IF_ERROR(reader.Value(header.kind));
  REEVE_RETURN_IF_ERROR(reader.Value(header.features));
  REEVE_RETURN_IF_ERROR(reader.Value(header.classes));
  if (header.features > kMostFeatures || header.classes > kMostClasses)
    return Status::Corrupt("model: implausible sizes");
  const auto read = header.kind == kForestKind                      ? ReadForest
                    : header.kind == kLinearKind                    ? ReadLinear
                    : header.kind == kPerceptronKind                ? ReadPerceptron
                    : header.kind == kMixtureKind && may_be_mixture ? ReadMixture
                                                                    : nullptr;
  if (read == nullptr) return Status::Corrupt("model: unknown kind");
  REEVE_ASSIGN_OR_RETURN(auto model, read(reader, header));
  if (reader.left() != 0) return Status::Corrupt("model: bytes behind its end");
  return model;
}

}  // namespace

std::string WriteForest(const Forest& forest) {
  Writer writer;
  writer.Header(kForestKind, forest.features, forest.classes);
  writer.Value(static_cast<std::uint32_t>(forest.link));
  writer.Array(forest.base_margin);
  writer.Array(forest.leaf_vectors);
  writer.Value<std::uint64_t>(forest.trees.size());
  for (const Tree& tree : forest.trees) {
    writer.Value(tree.output);
    writer.Array(tree.left);
    writer.Array(tree.right);
    writer.Array(tree.feature);
    writer.Array(tree.threshold);
    writer.Array(tree.default_left);
    writer.Array(tree.category_set);
    writer.Array(tree.leaf_vector);
    writer.Value<std::uint64_t>(tree.category_sets.size());
    for (const auto& words : tree.category_sets) writer.Array(words);
    writer.Array(tree.cover);
  }
  return writer.Take();
}

std::string WriteLinear(const Linear& linear) {
  Writer writer;
  writer.Header(kLinearKind, linear.features, linear.classes);
  writer.Array(linear.weights);
  writer.Array(linear.intercepts);
  writer.Array(linear.means);
  writer.Array(linear.deviations);
  writer.Array(linear.standard_errors);
  return writer.Take();
}

std::string WriteMixture(const MixtureModel& mixture) {
  Writer writer;
  writer.Header(kMixtureKind, mixture.features(), mixture.classes());
  writer.Value<std::uint64_t>(mixture.members().size());
  for (const MixtureMember& member : mixture.members()) {
    writer.Value(member.weight);
    writer.Value(static_cast<std::uint64_t>(member.first_feature));
    writer.Bytes(member.model->Serialize());
  }
  return writer.Take();
}

std::string WritePerceptron(const Perceptron& perceptron) {
  Writer writer;
  writer.Header(kPerceptronKind, perceptron.features, perceptron.classes);
  writer.Array(perceptron.means);
  writer.Value<std::uint64_t>(perceptron.layers.size());
  for (const DenseLayer& layer : perceptron.layers) {
    writer.Array(layer.weights);
    writer.Array(layer.biases);
  }
  return writer.Take();
}

Result<std::unique_ptr<Model>> LoadModel(std::string_view bytes) { return ReadModel(bytes, true); }

}  // namespace reeve::inference
