#include "reeve/learners/xgboost/read_forest.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/learners/xgboost/ubjson.h"

namespace reeve::learners {
namespace {

using inference::Forest;
using inference::Tree;

Status Bad(const std::string& what) { return Status::Corrupt("XGBoost model: " + what); }

bool IsIndex(double value, std::size_t size) {
  return value >= 0 && value < static_cast<double>(size);
}

// Files hold float32, so this loses nothing; other values become infinite rather than undefined.
float ToFloat(double value) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  if (std::abs(value) > kLargest)
    return std::copysign(std::numeric_limits<float>::infinity(),
                         static_cast<float>(value > 0) - 0.5F);
  return static_cast<float>(value);
}

// "5E-1" (1.7 to 3.0), "[2.32E-1]" or "[a,b,c]" (3.1 and later).
Result<std::vector<float>> BaseScores(std::string text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::vector<float> scores;
  for (const std::string& part : Split(text, ',')) {
    const auto number = ParseNumber(Trim(part));
    if (!number) return Bad("base_score " + Quote(text) + " is no number");
    scores.push_back(ToFloat(*number));
  }
  return scores;
}

// XGBoost's own conversion of a probability to a margin, in float32 as there.
float LogitOf(float probability) { return -std::log(1.0F / probability - 1.0F); }

// The arrays of one tree as XGBoost wrote them.
struct RawTree {
  std::vector<double> left, right, feature, condition, default_left, split_type, gain, cover;
  std::vector<double> categories, category_nodes, category_segments, category_sizes;
};

Result<RawTree> ReadRaw(const UbjValue& json) {
  RawTree raw;
  REEVE_ASSIGN_OR_RETURN(raw.left, json.Numbers("left_children"));
  REEVE_ASSIGN_OR_RETURN(raw.right, json.Numbers("right_children"));
  REEVE_ASSIGN_OR_RETURN(raw.feature, json.Numbers("split_indices"));
  REEVE_ASSIGN_OR_RETURN(raw.condition, json.Numbers("split_conditions"));
  REEVE_ASSIGN_OR_RETURN(raw.default_left, json.Numbers("default_left"));
  REEVE_ASSIGN_OR_RETURN(raw.split_type, json.Numbers("split_type"));
  REEVE_ASSIGN_OR_RETURN(raw.gain, json.Numbers("loss_changes"));
  REEVE_ASSIGN_OR_RETURN(raw.cover, json.Numbers("sum_hessian"));
  REEVE_ASSIGN_OR_RETURN(raw.categories, json.Numbers("categories"));
  REEVE_ASSIGN_OR_RETURN(raw.category_nodes, json.Numbers("categories_nodes"));
  REEVE_ASSIGN_OR_RETURN(raw.category_segments, json.Numbers("categories_segments"));
  REEVE_ASSIGN_OR_RETURN(raw.category_sizes, json.Numbers("categories_sizes"));
  const std::size_t size = raw.left.size();
  const bool same = size > 0 && raw.right.size() == size && raw.feature.size() == size &&
                    raw.condition.size() == size && raw.default_left.size() == size &&
                    raw.split_type.size() == size && raw.gain.size() == size &&
                    raw.cover.size() == size &&
                    raw.category_segments.size() == raw.category_nodes.size() &&
                    raw.category_sizes.size() == raw.category_nodes.size();
  if (!same) return Bad("arrays of a tree differ in length");
  return raw;
}

// Copies nodes reachable from the root in such an order that children follow their parent; deleted
// nodes are left behind.
class TreeBuilder {
 public:
  /// Adds the gain of each split to `gains`, one per feature.
  TreeBuilder(const RawTree& raw, std::vector<double>& gains) : raw_(raw), gains_(gains) {}

  Result<Tree> Build() {
    for (std::size_t i = 0; i < raw_.category_nodes.size(); ++i) {
      if (IsIndex(raw_.category_nodes[i], raw_.left.size()))
        set_of_node_[static_cast<std::size_t>(raw_.category_nodes[i])] = i;
    }
    std::vector<std::size_t> pending = {0};  // XGBoost's node of each of ours
    for (std::size_t node = 0; node < pending.size(); ++node) {
      if (pending.size() > raw_.left.size()) return Bad("a tree that loops");
      const std::size_t from = pending[node];
      const double left = raw_.left[from], right = raw_.right[from];
      const bool leaf = left < 0;
      if (!leaf) REEVE_RETURN_IF_ERROR(CheckSplit(from));
      tree_.left.push_back(leaf ? -1 : static_cast<std::int32_t>(pending.size()));
      tree_.right.push_back(leaf ? -1 : static_cast<std::int32_t>(pending.size() + 1));
      tree_.feature.push_back(leaf ? 0 : static_cast<std::int32_t>(raw_.feature[from]));
      tree_.default_left.push_back(raw_.default_left[from] != 0);
      tree_.category_set.push_back(-1);
      tree_.threshold.push_back(ToFloat(raw_.condition[from]));
      tree_.cover.push_back(ToFloat(raw_.cover[from]));
      if (!leaf) {
        gains_[static_cast<std::size_t>(raw_.feature[from])] += raw_.gain[from];
        if (raw_.split_type[from] == 1) REEVE_RETURN_IF_ERROR(AddSet(from));
        pending.push_back(static_cast<std::size_t>(left));
        pending.push_back(static_cast<std::size_t>(right));
      }
    }
    return std::move(tree_);
  }

 private:
  Status CheckSplit(std::size_t from) const {
    if (!IsIndex(raw_.left[from], raw_.left.size()) || !IsIndex(raw_.right[from], raw_.left.size()))
      return Bad("a child that does not exist");
    if (!IsIndex(raw_.feature[from], gains_.size())) return Bad("a feature that does not exist");
    if (!std::isfinite(raw_.gain[from])) return Bad("a gain that is no number");
    return Status::Ok();
  }

  Status AddSet(std::size_t from) {
    tree_.threshold.back() = 0;  // bare NaN there in some versions
    tree_.category_set.back() = static_cast<std::int32_t>(tree_.category_sets.size());
    std::vector<std::uint32_t> words;
    const auto it = set_of_node_.find(from);
    if (it == set_of_node_.end()) return Bad("a categorical node without categories");
    const double begin = raw_.category_segments[it->second], size = raw_.category_sizes[it->second];
    if (!(begin >= 0 && size >= 0 && begin + size <= static_cast<double>(raw_.categories.size()))) {
      return Bad("categories beyond their array");
    }
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(begin + size);
         ++i) {
      const double category = raw_.categories[i];
      if (!(category >= 0 && category < 16'777'216)) return Bad("a category code out of range");
      const auto code = static_cast<std::size_t>(category);
      if (words.size() <= code / 32) words.resize(code / 32 + 1);
      words[code / 32] |= 1U << (code % 32);
    }
    tree_.category_sets.push_back(std::move(words));
    return Status::Ok();
  }

  const RawTree& raw_;
  std::vector<double>& gains_;
  std::map<std::size_t, std::size_t> set_of_node_;
  Tree tree_;
};

Result<double> NumberText(const UbjValue& json, const std::string& member) {
  REEVE_ASSIGN_OR_RETURN(const std::string text, json.Text(member));
  const auto number = ParseNumber(text);
  if (!number) return Bad(member + " is no number");
  return *number;
}

Status ReadStart(const UbjValue& learner, Forest& forest) {
  REEVE_ASSIGN_OR_RETURN(const UbjValue* const params, learner.Get("learner_model_param"));
  REEVE_ASSIGN_OR_RETURN(const UbjValue* const objective, learner.Get("objective"));
  REEVE_ASSIGN_OR_RETURN(const std::string name, objective->Text("name"));
  REEVE_ASSIGN_OR_RETURN(const std::string score_text, params->Text("base_score"));
  REEVE_ASSIGN_OR_RETURN(std::vector<float> scores, BaseScores(score_text));
  REEVE_ASSIGN_OR_RETURN(const double features, NumberText(*params, "num_feature"));
  REEVE_ASSIGN_OR_RETURN(const double classes, NumberText(*params, "num_class"));
  if (!(features >= 1 && features < 1e7 && classes >= 0 && classes < 1e5))
    return Bad("implausible sizes");
  forest.features = static_cast<std::int64_t>(features);
  if (name == "binary:logistic") {
    forest.link = inference::Link::kLogistic;
    forest.classes = 2;
    if (!(scores[0] > 0 && scores[0] < 1)) return Bad("base_score is no probability");
    forest.base_margin = {LogitOf(scores[0])};
    return Status::Ok();
  }
  if (name != "multi:softprob" || classes < 2)
    return Bad("objective " + Quote(name) + " is not one that is read");
  forest.link = inference::Link::kSoftmax;
  forest.classes = static_cast<int>(classes);
  scores.resize(static_cast<std::size_t>(classes), scores[0]);
  forest.base_margin = std::move(scores);
  return Status::Ok();
}

}  // namespace

Result<NativeForest> ReadForest(std::string_view model_ubj) {
  REEVE_ASSIGN_OR_RETURN(const UbjValue document, ParseUbjson(model_ubj));
  REEVE_ASSIGN_OR_RETURN(const UbjValue* const learner, document.Get("learner"));
  NativeForest native;
  Forest& forest = native.forest;
  REEVE_RETURN_IF_ERROR(ReadStart(*learner, forest));
  native.total_gain.resize(static_cast<std::size_t>(forest.features));
  REEVE_ASSIGN_OR_RETURN(const UbjValue* const booster, learner->Get("gradient_booster"));
  REEVE_ASSIGN_OR_RETURN(const UbjValue* const model, booster->Get("model"));
  REEVE_ASSIGN_OR_RETURN(const std::vector<double> classes, model->Numbers("tree_info"));
  REEVE_ASSIGN_OR_RETURN(const UbjValue* const trees, model->Get("trees"));
  if (trees->array.size() != classes.size()) return Bad("tree_info does not fit the trees");
  for (std::size_t i = 0; i < trees->array.size(); ++i) {
    REEVE_ASSIGN_OR_RETURN(const RawTree raw, ReadRaw(trees->array[i]));
    REEVE_ASSIGN_OR_RETURN(Tree tree, TreeBuilder(raw, native.total_gain).Build());
    if (!(classes[i] >= 0 && classes[i] < 1e5))
      return Bad("a tree for a class that does not exist");
    tree.output = static_cast<std::int32_t>(classes[i]);
    forest.trees.push_back(std::move(tree));
  }
  REEVE_RETURN_IF_ERROR(forest.Validate());
  return native;
}

}  // namespace reeve::learners
