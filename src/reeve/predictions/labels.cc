#include "reeve/predictions/labels.h"

#include "reeve/base/text.h"
#include "reeve/predictions/bytes.h"

namespace reeve::predictions {
namespace {

// What a label is found by; model is empty for labels of any model.
void NameByRequest(std::string& name, std::string_view model, std::string_view request_id,
                   std::int64_t row) {
  name.assign("r");
  Put(name, row);
  name.append(model).append(1, '\0').append(request_id);
}

void NameByKey(std::string& name, std::string_view model, std::string_view key) {
  name.assign("k");
  name.append(model).append(1, '\0').append(key);
}

// About what an entry of the map costs beside its texts.
constexpr std::uint64_t kEntryBytes = 128;

}  // namespace

Status Labels::Add(const LabelColumns& columns, std::uint64_t most_bytes) {
  const auto request_ids = columns.request_ids.Views(), keys = columns.keys.Views();
  const auto models = columns.models.Views(), texts = columns.labels.Views();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (request_ids[i].empty()) {
      NameByKey(name_, models[i], keys[i]);
    } else {
      NameByRequest(name_, models[i], request_ids[i], columns.rows[i]);
    }
    const auto [it, is_new] = labels_.try_emplace(name_);
    Label& label = it->second;
    if (!is_new && columns.times_ms[i] < label.time_ms) continue;
    if (is_new) bytes_ += kEntryBytes + name_.size();
    bytes_ += texts[i].size() > label.text.size() ? texts[i].size() - label.text.size() : 0;
    if (bytes_ > most_bytes) {
      return Status::InvalidData("the labels of this prediction log need more than " +
                                 GroupDigits(static_cast<long long>(most_bytes)) + " bytes")
          .WithFix("ask for less: --model, --since and --until");
    }
    label.text = texts[i];
    label.label = label.text;
    label.time_ms = columns.times_ms[i];
  }
  return Status::Ok();
}

const Labels::Found* Labels::Find(std::string_view request_id, std::uint32_t row,
                                  std::string_view key, std::string_view model) const {
  const Label* latest = nullptr;
  const auto look = [&] {
    const auto it = labels_.find(name_);
    if (it != labels_.end() && (latest == nullptr || it->second.time_ms > latest->time_ms))
      latest = &it->second;
  };
  for (const std::string_view of_model : {model, std::string_view()}) {
    if (!request_id.empty()) {
      NameByRequest(name_, of_model, request_id, row);
      look();
    }
    if (!key.empty()) {
      NameByKey(name_, of_model, key);
      look();
    }
  }
  return latest;
}

}  // namespace reeve::predictions
