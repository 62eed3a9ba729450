// model.reeve: a small header, then arrays, all little-endian. docs/formats/model.md describes
// every byte.

#include "reeve/inference/model_file.h"

#include <string>
#include <string_view>

#include "reeve/inference/compact_trees_writer.h"
#include "reeve/inference/forest_model.h"

namespace reeve::inference {
namespace {

constexpr std::string_view kMagic = "REEVEMDL";
constexpr std::uint32_t kVersion = 3;
// Up to here trees were arrays of nodes.
constexpr std::uint32_t kLastWithArrays = 2;
// Version 1 had no covers of nodes and no spreads of a linear model's columns.
constexpr std::uint32_t kOldestVersion = 1;
constexpr std::uint32_t kForestKind = 1;
constexpr std::uint32_t kLinearKind = 2;
constexpr std::uint32_t kMixtureKind = 3;
constexpr std::uint32_t kPerceptronKind = 4;
constexpr std::uint64_t kMostClasses = 100'000;
constexpr std::uint64_t kMostFeatures = 10'000'000;
constexpr std::uint64_t kMostMembers = 10'000;

void WriteHeader(ByteWriter& writer, std::uint32_t kind, std::int64_t features, int classes) {
  writer.Text(kMagic);
  writer.Value(kVersion);
  writer.Value(kind);
  writer.Value(static_cast<std::uint64_t>(features));
  writer.Value(static_cast<std::uint64_t>(classes));
}

// A tree of versions 1 and 2: arrays with one element per node.
Status ReadTreeOfArrays(ByteReader& reader, std::uint32_t version, Tree& tree) {
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

// Takes trees one by one, so that no more than one stands in memory as arrays.
Status ReadTreesOfArrays(ByteReader& reader, std::uint32_t version, std::uint64_t count,
                         CompactForest& forest) {
  const Forest frame = forest.Unpack();
  REEVE_RETURN_IF_ERROR(frame.ValidateFrame(count));
  CompactTreesWriter writer(forest.layout());
  for (std::uint64_t i = 0; i < count; ++i) {
    Tree tree;
    REEVE_RETURN_IF_ERROR(ReadTreeOfArrays(reader, version, tree));
    REEVE_RETURN_IF_ERROR(frame.ValidateTree(tree));
    writer.Add(tree);
  }
  forest.trees = writer.Take();
  return Status::Ok();
}

Result<std::unique_ptr<Model>> ReadForest(ByteReader& reader, const Header& header) {
  CompactForest forest{.features = static_cast<std::int64_t>(header.features),
                       .classes = static_cast<int>(header.classes)};
  std::uint32_t link = 0;
  REEVE_RETURN_IF_ERROR(reader.Value(link));
  if (link > static_cast<std::uint32_t>(Link::kMean)) return Status::Corrupt("model: unknown link");
  forest.link = static_cast<Link>(link);
  REEVE_RETURN_IF_ERROR(reader.Array(forest.base_margin));
  REEVE_RETURN_IF_ERROR(reader.Array(forest.leaf_vectors));
  std::uint64_t count = 0;
  REEVE_RETURN_IF_ERROR(reader.Value(count));
  if (header.version <= kLastWithArrays) {
    REEVE_RETURN_IF_ERROR(ReadTreesOfArrays(reader, header.version, count, forest));
  } else {
    REEVE_ASSIGN_OR_RETURN(forest.trees, CompactTrees::Read(reader, count, forest.layout()));
  }
  REEVE_ASSIGN_OR_RETURN(auto model, ForestModel::Make(std::move(forest)));
  return std::unique_ptr<Model>(std::move(model));
}

Result<std::unique_ptr<Model>> ReadLinear(ByteReader& reader, const Header& header) {
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

Result<std::unique_ptr<Model>> ReadPerceptron(ByteReader& reader, const Header& header) {
  Perceptron perceptron{.features = static_cast<std::int64_t>(header.features),
                        .classes = static_cast<int>(header.classes)};
  REEVE_RETURN_IF_ERROR(reader.Array(perceptron.means));
  std::uint64_t layers = 0;
  REEVE_RETURN_IF_ERROR(reader.Value(layers));
  constexpr std::size_t kSmallestLayer = 2 * 8;
  if (layers > reader.rest().size() / kSmallestLayer)
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

Result<std::unique_ptr<Model>> ReadMixture(ByteReader& reader, const Header& header) {
  std::uint64_t count = 0;
  REEVE_RETURN_IF_ERROR(reader.Value(count));
  if (count > kMostMembers) return Status::Corrupt("model: implausibly many members");
  std::vector<MixtureMember> members;
  for (std::uint64_t i = 0; i < count; ++i) {
    MixtureMember member;
    std::uint64_t first = 0, size = 0;
    std::string_view bytes;
    REEVE_RETURN_IF_ERROR(reader.Value(member.weight));
    REEVE_RETURN_IF_ERROR(reader.Value(first));
    REEVE_RETURN_IF_ERROR(reader.Value(size));
    REEVE_RETURN_IF_ERROR(reader.Bytes(size, bytes));
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
  ByteReader reader(bytes.substr(kMagic.size()));
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
  if (!reader.rest().empty()) return Status::Corrupt("model: bytes behind its end");
  return model;
}

}  // namespace

std::string WriteForest(const CompactForest& forest) {
  ByteWriter writer;
  WriteHeader(writer, kForestKind, forest.features, forest.classes);
  writer.Value(static_cast<std::uint32_t>(forest.link));
  writer.Array(forest.base_margin);
  writer.Array(forest.leaf_vectors);
  writer.Value<std::uint64_t>(forest.trees.size());
  writer.Text(forest.trees.bytes());
  return writer.Take();
}

std::string WriteLinear(const Linear& linear) {
  ByteWriter writer;
  WriteHeader(writer, kLinearKind, linear.features, linear.classes);
  writer.Array(linear.weights);
  writer.Array(linear.intercepts);
  writer.Array(linear.means);
  writer.Array(linear.deviations);
  writer.Array(linear.standard_errors);
  return writer.Take();
}

std::string WriteMixture(const MixtureModel& mixture) {
  ByteWriter writer;
  WriteHeader(writer, kMixtureKind, mixture.features(), mixture.classes());
  writer.Value<std::uint64_t>(mixture.members().size());
  for (const MixtureMember& member : mixture.members()) {
    writer.Value(member.weight);
    writer.Value(static_cast<std::uint64_t>(member.first_feature));
    const std::string bytes = member.model->Serialize();
    writer.Value<std::uint64_t>(bytes.size());
    writer.Text(bytes);
  }
  return writer.Take();
}

std::string WritePerceptron(const Perceptron& perceptron) {
  ByteWriter writer;
  WriteHeader(writer, kPerceptronKind, perceptron.features, perceptron.classes);
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
