#include "reeve/capi/arrow_text.h"

#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "reeve/base/text.h"

namespace reeve::capi {
namespace {

Status BadText(std::int64_t row, const std::string& problem) {
  return Status::InvalidArgument("row " + std::to_string(row) + " has " + problem);
}

Status Append(std::string_view text, std::int64_t row, Column& column) {
  if (!IsUtf8(text)) {
    return BadText(row, "the text " + Quote(text) + " with bytes that are no UTF-8");
  }
  column.AppendText(Trim(text));
  return Status::Ok();
}

// One entry of a view: its length, then the text itself or where it stands.
struct TextView {
  std::int32_t length;
  char in_place[4];
  std::int32_t buffer;
  std::int32_t offset;
};
static_assert(sizeof(TextView) == 16);
constexpr std::int32_t kMostInPlace = 12;

// The buffers that long texts stand in.
class TextBuffers {
 public:
  explicit TextBuffers(const ArrowArray& array) : array_(array) {}

  std::int64_t count() const { return array_.n_buffers - 3; }
  bool has_sizes() const { return array_.buffers[array_.n_buffers - 1] != nullptr; }

  Result<std::string_view> Find(const TextView& view, std::int64_t row) const {
    if (view.buffer < 0 || view.buffer >= count() || !has_sizes()) {
      return BadText(row, "a text in buffer " + std::to_string(view.buffer) + ", expected 0 to " +
                              std::to_string(count() - 1));
    }
    std::int64_t size;
    std::memcpy(&size,
                static_cast<const char*>(array_.buffers[array_.n_buffers - 1]) +
                    view.buffer * static_cast<std::int64_t>(sizeof(size)),
                sizeof(size));
    const auto* const bytes = static_cast<const char*>(array_.buffers[2 + view.buffer]);
    const std::int64_t end = std::int64_t{view.offset} + view.length;
    if (bytes == nullptr || view.offset < 0 || end > size) {
      return BadText(row, "a text at bytes " + std::to_string(view.offset) + " to " +
                              std::to_string(end) + " of a buffer of " + std::to_string(size));
    }
    return std::string_view(bytes + view.offset, static_cast<std::size_t>(view.length));
  }

 private:
  const ArrowArray& array_;
};

}  // namespace

template <typename Offset>
Result<Column> ReadTexts(const ArrowValues& values) {
  Column column = Column::Texts("");
  column.Reserve(values.rows(), 0);
  if (values.rows() == 0) return column;
  const auto* const bytes = static_cast<const char*>(values.array().buffers[2]);
  auto begin = values.Get<Offset>(1, 0);
  for (std::int64_t row = 0; row < values.rows(); ++row) {
    const auto end = values.Get<Offset>(1, row + 1);
    if (begin < 0 || end < begin || (bytes == nullptr && end > begin)) {
      return BadText(row, "a text from byte " + std::to_string(begin) + " to " +
                              std::to_string(end) + (bytes == nullptr ? " of no bytes" : ""));
    }
    const std::string_view text =
        values.IsValid(row) && end > begin
            ? std::string_view(bytes + begin, static_cast<std::size_t>(end - begin))
            : std::string_view();
    REEVE_RETURN_IF_ERROR(Append(text, row, column));
    begin = end;
  }
  return column;
}

template Result<Column> ReadTexts<std::int32_t>(const ArrowValues& values);
template Result<Column> ReadTexts<std::int64_t>(const ArrowValues& values);

Result<Column> ReadTextViews(const ArrowValues& values) {
  Column column = Column::Texts("");
  column.Reserve(values.rows(), 0);
  const TextBuffers buffers(values.array());
  for (std::int64_t row = 0; row < values.rows(); ++row) {
    if (!values.IsValid(row)) {
      column.AppendText("");
      continue;
    }
    const auto bytes = values.Get<std::array<char, sizeof(TextView)>>(1, row);
    TextView view;
    std::memcpy(&view, bytes.data(), sizeof(view));
    if (view.length < 0) {
      return BadText(row, "a text of length " + std::to_string(view.length));
    }
    if (view.length <= kMostInPlace) {
      const std::string_view text(bytes.data() + 4, static_cast<std::size_t>(view.length));
      REEVE_RETURN_IF_ERROR(Append(text, row, column));
      continue;
    }
    REEVE_ASSIGN_OR_RETURN(const std::string_view text, buffers.Find(view, row));
    REEVE_RETURN_IF_ERROR(Append(text, row, column));
  }
  return column;
}

}  // namespace reeve::capi
