#include "reeve/capi/arrow_export.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace reeve::capi {
namespace {

// Frees an exported struct with all that it still points at: a receiver who moved it on, or out of
// its parent, has cleared its `release`.
struct Releaser {
  template <typename Exported>
  void operator()(Exported* exported) const {
    if (exported->release != nullptr) exported->release(exported);
    delete exported;
  }
};
template <typename Exported>
using Held = std::unique_ptr<Exported, Releaser>;

// What the pointers of one exported struct point at: its private_data.
template <typename Exported>
struct Owned {
  std::string format, name;              // of schemas
  std::vector<std::vector<char>> bytes;  // of arrays, one for each buffer; empty: a null pointer
  std::vector<const void*> buffers;
  std::vector<Held<Exported>> children;
  std::vector<Exported*> child_pointers;
  Held<Exported> dictionary;
};

template <typename Exported>
void Release(Exported* exported) {
  delete static_cast<Owned<Exported>*>(exported->private_data);
  exported->release = nullptr;
  exported->private_data = nullptr;
}

// Makes a struct of `exported` that points at what `owned` holds, from now on released with it.
template <typename Exported>
Held<Exported> Own(const Exported& exported, std::unique_ptr<Owned<Exported>> owned) {
  Held<Exported> made(new Exported(exported));
  for (const auto& child : owned->children) owned->child_pointers.push_back(child.get());
  made->n_children = static_cast<std::int64_t>(owned->children.size());
  made->children = owned->children.empty() ? nullptr : owned->child_pointers.data();
  made->dictionary = owned->dictionary.get();
  if constexpr (std::is_same_v<Exported, ArrowSchema>) {
    made->format = owned->format.c_str();
    made->name = owned->name.c_str();
  } else {
    for (const std::vector<char>& bytes : owned->bytes) {
      owned->buffers.push_back(bytes.empty() ? nullptr : bytes.data());
    }
    made->n_buffers = static_cast<std::int64_t>(owned->buffers.size());
    made->buffers = owned->buffers.data();
  }
  made->private_data = owned.release();
  made->release = &Release<Exported>;
  return made;
}

using OwnedSchema = Owned<ArrowSchema>;
using OwnedArray = Owned<ArrowArray>;

Held<ArrowSchema> Field(const std::string& name, const std::string& format, std::int64_t flags) {
  auto owned = std::make_unique<OwnedSchema>();
  owned->name = name;
  owned->format = format;
  return Own(ArrowSchema{.flags = flags}, std::move(owned));
}

template <typename T>
std::vector<char> BytesOf(const std::vector<T>& values) {
  // At least one, so that there is a pointer even for no rows.
  std::vector<char> bytes(std::max<std::size_t>(values.size() * sizeof(T), 1));
  std::copy_n(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T),
              bytes.begin());
  return bytes;
}

struct Nulls {
  std::int64_t count = 0;
  // Empty when there are none.
  std::vector<char> bitmap;
};

Nulls NullsOf(const std::vector<bool>& usable) {
  Nulls nulls;
  std::vector<char> bitmap((usable.size() + 7) / 8);
  for (std::size_t row = 0; row < usable.size(); ++row) {
    if (usable[row]) {
      bitmap[row / 8] = static_cast<char>(bitmap[row / 8] | 1 << (row % 8));
    } else {
      ++nulls.count;
    }
  }
  if (nulls.count > 0) nulls.bitmap = std::move(bitmap);
  return nulls;
}

Held<ArrowArray> Numbers(const std::vector<double>& values, const Nulls& nulls) {
  auto owned = std::make_unique<OwnedArray>();
  owned->bytes = {nulls.bitmap, BytesOf(values)};
  return Own(
      ArrowArray{.length = static_cast<std::int64_t>(values.size()), .null_count = nulls.count},
      std::move(owned));
}

Result<Held<ArrowArray>> Names(const std::vector<std::string>& names) {
  std::vector<std::int32_t> offsets = {0};
  std::string bytes;
  for (const std::string& name : names) {
    bytes += name;
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
      return Status::InvalidArgument("the names of the classes are too long for Arrow");
    }
    offsets.push_back(static_cast<std::int32_t>(bytes.size()));
  }
  auto owned = std::make_unique<OwnedArray>();
  owned->bytes = {{}, BytesOf(offsets), BytesOf(std::vector<char>(bytes.begin(), bytes.end()))};
  return Own(ArrowArray{.length = static_cast<std::int64_t>(names.size())}, std::move(owned));
}

Result<Held<ArrowArray>> Predictions(const std::vector<std::string>& classes,
                                     const inference::Scored& scored, const Nulls& nulls) {
  REEVE_ASSIGN_OR_RETURN(Held<ArrowArray> names, Names(classes));
  auto owned = std::make_unique<OwnedArray>();
  owned->bytes = {nulls.bitmap, BytesOf(scored.predicted)};
  owned->dictionary = std::move(names);
  return Own(ArrowArray{.length = static_cast<std::int64_t>(scored.predicted.size()),
                        .null_count = nulls.count},
             std::move(owned));
}

// Of the positive class; for more than two classes of the predicted one. As `reeve predict`.
std::vector<double> ProbabilitiesOfAnswers(const inference::Scored& scored) {
  std::vector<double> values(scored.predicted.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    const int answer = scored.probabilities.classes == 2 ? 1 : scored.predicted[row];
    if (scored.usable[row]) {
      values[row] = scored.probabilities.at(static_cast<std::int64_t>(row), answer);
    }
  }
  return values;
}

std::vector<double> ProbabilitiesOfClass(const inference::Scored& scored, int k) {
  std::vector<double> values(scored.predicted.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (scored.usable[row])
      values[row] = scored.probabilities.at(static_cast<std::int64_t>(row), k);
  }
  return values;
}

Held<ArrowSchema> ResultSchema(const contract::Contract& contract) {
  auto root = std::make_unique<OwnedSchema>();
  root->format = "+s";
  {
    auto prediction = std::make_unique<OwnedSchema>();
    prediction->name = "prediction";
    prediction->format = "i";
    prediction->dictionary = Field("", "u", 0);
    root->children.push_back(Own(ArrowSchema{.flags = ARROW_FLAG_NULLABLE}, std::move(prediction)));
  }
  root->children.push_back(Field("probability", "g", ARROW_FLAG_NULLABLE));
  for (const std::string& name : contract.classes) {
    root->children.push_back(Field("probability_" + name, "g", ARROW_FLAG_NULLABLE));
  }
  return Own(ArrowSchema{}, std::move(root));
}

Result<Held<ArrowArray>> ResultArray(const contract::Contract& contract,
                                     const inference::Scored& scored) {
  const Nulls nulls = NullsOf(scored.usable);
  auto root = std::make_unique<OwnedArray>();
  root->bytes = {{}};
  REEVE_ASSIGN_OR_RETURN(Held<ArrowArray> predictions,
                         Predictions(contract.classes, scored, nulls));
  root->children.push_back(std::move(predictions));
  root->children.push_back(Numbers(ProbabilitiesOfAnswers(scored), nulls));
  for (int k = 0; k < scored.probabilities.classes; ++k) {
    root->children.push_back(Numbers(ProbabilitiesOfClass(scored, k), nulls));
  }
  return Own(ArrowArray{.length = static_cast<std::int64_t>(scored.predicted.size())},
             std::move(root));
}

}  // namespace

Status ExportArrow(const contract::Contract& contract, const inference::Scored& scored,
                   ArrowSchema& schema, ArrowArray& array) {
  Held<ArrowSchema> made_schema = ResultSchema(contract);
  REEVE_ASSIGN_OR_RETURN(Held<ArrowArray> made_array, ResultArray(contract, scored));
  // Moving an Arrow struct is copying it and forgetting the original.
  schema = *made_schema;
  made_schema->release = nullptr;
  array = *made_array;
  made_array->release = nullptr;
  return Status::Ok();
}

}  // namespace reeve::capi
