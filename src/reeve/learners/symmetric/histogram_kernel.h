#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace reeve::learners {

/// Rows of a feature group that are added to a histogram of several outputs.
struct RowWords {
  /// Row after row the place of each feature's value.
  const std::uint16_t* places = nullptr;
  std::size_t features = 0;
  /// Row after row a packed word (packed_gradients.h) for each output.
  const std::int64_t* words = nullptr;
  std::size_t outputs = 0;
};

/// Adds the words of the rows named to the places their values fall into. Whole numbers: the same
/// on every processor.
void AddRowWords(const RowWords& from, std::span<const std::uint32_t> rows,
                 std::int64_t* histogram);
/// Adds the words of rows 0 … count-1.
void AddAllRowWords(const RowWords& from, std::size_t count, std::int64_t* histogram);

/// Running sums over the bins of a histogram of several outputs: gradients and hessians of bin b
/// are those of bins 0 … b. `running`, one word for each output, starts at 0 and ends as the total.
void SumUpBins(const std::int64_t* histogram, std::size_t bins, std::span<std::int64_t> running,
               std::int32_t* gradients, std::int32_t* hessians);

}  // namespace reeve::learners
