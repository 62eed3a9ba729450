#pragma once

#include <cstdint>
#include <string>

namespace reeve::workflow {

/// A realistic loan table as CSV: numbers with gaps, a few categories, a rare one, an imbalance
/// (about a quarter approved), some noise in the labels. The same rows and seed give the same bytes
/// on every machine. Columns: loan_id, age, annual_income, credit_score, loan_amount, term_months,
/// open_accounts, employment, purpose, region, past_default, applied_on, approved (yes/no).
std::string DemoTable(std::int64_t rows, std::uint64_t seed);
/// The same without the last column: rows to predict.
std::string UnlabelledDemoTable(std::int64_t rows, std::uint64_t seed);

}  // namespace reeve::workflow
