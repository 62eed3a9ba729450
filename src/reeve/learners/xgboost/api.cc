#include "reeve/learners/xgboost/api.h"

#include <algorithm>
#include <set>

namespace reeve::learners {
namespace {

// A float32 array in numpy's array interface. Column-major matrices need strides and no copy.
std::string ColumnMajorInterface(const Matrix& matrix) {
  const auto address = reinterpret_cast<std::uintptr_t>(matrix.values().data());
  const std::string rows = std::to_string(matrix.rows());
  return R"({"data":[)" + std::to_string(address) + R"(,true],"shape":[)" + rows + "," +
         std::to_string(matrix.cols()) + R"(],"strides":[4,)" + std::to_string(4 * matrix.rows()) +
         R"(],"typestr":"<f4","version":3})";
}

Status SetFeatureTypes(DMatrixHandle handle, const FeatureTypes& types) {
  // Copied: the C API wants a pointer to pointers that it may write to.
  FeatureTypes pointers = types;
  return FromXgboost(
      XGDMatrixSetStrFeatureInfo(handle, "feature_type", pointers.data(), pointers.size()));
}

// XGBoost pulls batches from an iterator; ours has one, the whole matrix.
struct SingleBatch {
  DMatrixHandle proxy = nullptr;
  const Matrix* matrix = nullptr;
  const FeatureTypes* types = nullptr;
  bool done = false;
  Status status;

  static int Next(void* self) {
    auto& batch = *static_cast<SingleBatch*>(self);
    if (batch.done) return 0;
    batch.done = true;
    batch.status = FromXgboost(
        XGProxyDMatrixSetDataDense(batch.proxy, ColumnMajorInterface(*batch.matrix).c_str()));
    if (batch.status.ok()) batch.status = SetFeatureTypes(batch.proxy, *batch.types);
    return batch.status.ok() ? 1 : 0;
  }
  static void Reset(void* self) { static_cast<SingleBatch*>(self)->done = false; }
};

// Names as XGBoost takes them: some characters are refused, blanks confuse its text dumps, and
// newer versions want each name once.
std::vector<std::string> SafeNames(const std::vector<MatrixColumn>& columns) {
  std::set<std::string> taken;
  std::vector<std::string> names;
  for (const MatrixColumn& column : columns) {
    std::string name = column.name;
    for (char& c : name) {
      if (c == '[' || c == ']' || c == '<' || c == ' ' || static_cast<unsigned char>(c) < 32)
        c = '_';
    }
    std::string unique = name;
    for (int i = 2; !taken.insert(unique).second; ++i) unique = name + "_" + std::to_string(i);
    names.push_back(std::move(unique));
  }
  return names;
}

}  // namespace

Status FromXgboost(int return_code) {
  if (return_code == 0) return Status::Ok();
  std::string message = XGBGetLastError();
  const std::size_t colon = message.find(": ");
  if (message.starts_with('[') && colon != std::string::npos) message = message.substr(colon + 2);
  return Status::Internal("XGBoost: " + message.substr(0, message.find('\n')));
}

FeatureTypes FeatureTypesOf(const Matrix& matrix) {
  FeatureTypes types;
  for (std::int64_t j = 0; j < matrix.cols(); ++j) {
    const auto values = matrix.column(j);
    const bool has_set =
        matrix.columns()[static_cast<std::size_t>(j)].is_categorical &&
        std::any_of(values.begin(), values.end(), [](float code) { return code > 1; });
    types.push_back(has_set ? "c" : "float");
  }
  return types;
}

Result<DataMatrix> DataMatrix::Quantile(const Matrix& matrix, const FeatureTypes& types,
                                        int max_bin, int threads) {
  SingleBatch batch{.matrix = &matrix, .types = &types};
  REEVE_RETURN_IF_ERROR(FromXgboost(XGProxyDMatrixCreate(&batch.proxy)));
  const std::string config = R"({"missing":NaN,"nthread":)" + std::to_string(threads) +
                             R"(,"max_bin":)" + std::to_string(max_bin) + "}";
  DMatrixHandle handle = nullptr;
  Status status = FromXgboost(
      XGQuantileDMatrixCreateFromCallback(&batch, batch.proxy, nullptr, &SingleBatch::Reset,
                                          &SingleBatch::Next, config.c_str(), &handle));
  if (!batch.status.ok()) status = batch.status;
  XGDMatrixFree(batch.proxy);
  if (!status.ok()) return status;
  return DataMatrix(handle);
}

Result<DataMatrix> DataMatrix::Dense(const Matrix& matrix, const FeatureTypes& types, int threads) {
  DMatrixHandle handle = nullptr;
  const std::string config = R"({"missing":NaN,"nthread":)" + std::to_string(threads) + "}";
  REEVE_RETURN_IF_ERROR(FromXgboost(
      XGDMatrixCreateFromDense(ColumnMajorInterface(matrix).c_str(), config.c_str(), &handle)));
  DataMatrix made(handle);
  REEVE_RETURN_IF_ERROR(SetFeatureTypes(handle, types));
  return made;
}

DataMatrix::~DataMatrix() {
  if (handle_ != nullptr) XGDMatrixFree(handle_);
}

Result<Booster> Booster::Make(const std::vector<const DataMatrix*>& cached,
                              const Settings& settings) {
  std::vector<DMatrixHandle> handles;
  for (const DataMatrix* const data : cached) handles.push_back(data->handle());
  BoosterHandle handle = nullptr;
  REEVE_RETURN_IF_ERROR(FromXgboost(XGBoosterCreate(handles.data(), handles.size(), &handle)));
  Booster booster(handle);
  for (const auto& [name, value] : settings) {
    REEVE_RETURN_IF_ERROR(booster.Set(name, value));
  }
  return booster;
}

Booster::~Booster() {
  if (handle_ != nullptr) XGBoosterFree(handle_);
}

Status Booster::Set(const std::string& name, const std::string& value) {
  return FromXgboost(XGBoosterSetParam(handle_, name.c_str(), value.c_str()));
}

Status Booster::Boost(const DataMatrix& data, std::vector<float>& gradients,
                      std::vector<float>& hessians) {
  return FromXgboost(XGBoosterBoostOneIter(handle_, data.handle(), gradients.data(),
                                           hessians.data(), gradients.size()));
}

Result<std::span<const float>> Booster::Margins(const DataMatrix& data, bool training) const {
  const std::string config = std::string(R"({"type":1,"training":)") +
                             (training ? "true" : "false") +
                             R"(,"iteration_begin":0,"iteration_end":0,"strict_shape":true})";
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* values = nullptr;
  REEVE_RETURN_IF_ERROR(FromXgboost(XGBoosterPredictFromDMatrix(
      handle_, data.handle(), config.c_str(), &shape, &dimensions, &values)));
  std::size_t count = 1;
  for (bst_ulong i = 0; i < dimensions; ++i) count *= shape[i];
  return std::span<const float>(values, count);
}

Result<std::string> Booster::Save(int rounds, const std::vector<MatrixColumn>& columns,
                                  const FeatureTypes& types) {
  BoosterHandle sliced = nullptr;
  REEVE_RETURN_IF_ERROR(FromXgboost(XGBoosterSlice(handle_, 0, rounds, 1, &sliced)));
  Booster kept(sliced);
  const std::vector<std::string> names = SafeNames(columns);
  std::vector<const char*> name_pointers, type_pointers = types;
  for (const std::string& name : names) name_pointers.push_back(name.c_str());
  REEVE_RETURN_IF_ERROR(FromXgboost(XGBoosterSetStrFeatureInfo(
      sliced, "feature_name", name_pointers.data(), name_pointers.size())));
  REEVE_RETURN_IF_ERROR(FromXgboost(XGBoosterSetStrFeatureInfo(
      sliced, "feature_type", type_pointers.data(), type_pointers.size())));
  bst_ulong size = 0;
  const char* bytes = nullptr;
  REEVE_RETURN_IF_ERROR(
      FromXgboost(XGBoosterSaveModelToBuffer(sliced, R"({"format":"ubj"})", &size, &bytes)));
  return std::string(bytes, size);
}

}  // namespace reeve::learners
