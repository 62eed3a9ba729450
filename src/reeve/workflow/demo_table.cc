#include "reeve/workflow/demo_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "reeve/base/clock.h"
#include "reeve/base/random.h"

namespace reeve::workflow {
namespace {

struct Choice {
  std::string_view name;
  double share;
  /// What it adds to the log odds of approval.
  double effect;
};

constexpr std::array<Choice, 5> kEmployment = {{{"salaried", 0.62, 0.4},
                                                {"self-employed", 0.17, -0.2},
                                                {"public", 0.13, 0.7},
                                                {"student", 0.05, -1.1},
                                                {"retired", 0.03, 0.1}}};
constexpr std::array<Choice, 6> kPurpose = {{{"car", 0.30, 0.2},
                                             {"home", 0.24, 0.5},
                                             {"debt", 0.22, -0.7},
                                             {"education", 0.12, 0.0},
                                             {"business", 0.10, -0.5},
                                             {"boat", 0.02, 0.3}}};
constexpr std::array<Choice, 4> kRegion = {
    {{"north", 0.31, 0.0}, {"south", 0.28, 0.1}, {"east", 0.22, -0.1}, {"west", 0.19, 0.0}}};

template <std::size_t N>
const Choice& Pick(const std::array<Choice, N>& choices, Random& random) {
  double at = random.Uniform();
  for (const Choice& choice : choices) {
    if (at < choice.share) return choice;
    at -= choice.share;
  }
  return choices.back();
}

std::string Whole(double value) { return std::to_string(std::llround(value)); }

enum class LastColumn { kLabels, kNone };

std::string MakeTable(std::int64_t rows, std::uint64_t seed, LastColumn last) {
  const bool with_labels = last == LastColumn::kLabels;
  std::string csv =
      "loan_id,age,annual_income,credit_score,loan_amount,term_months,open_accounts,employment,"
      "purpose,region,past_default,applied_on";
  csv += with_labels ? ",approved\n" : "\n";
  Random random = Random(seed).Fork("demo");
  constexpr std::int64_t kFirstDay = 1'704'067'200'000;  // 2024-01-01
  constexpr std::int64_t kDayMs = 86'400'000;
  for (std::int64_t i = 0; i < rows; ++i) {
    const double age = std::clamp(41 + 12 * random.Normal(), 18.0, 82.0);
    const double income = std::exp(10.4 + 0.45 * random.Normal() + 0.004 * (age - 40));
    const double score = std::clamp(655 + 85 * random.Normal(), 300.0, 850.0);
    const double amount = std::round(income * (0.2 + 1.6 * random.Uniform()) / 100) * 100;
    const double term = 12.0 * static_cast<double>(1 + random.Below(7));
    const auto accounts = static_cast<double>(random.Below(12));
    const Choice& employment = Pick(kEmployment, random);
    const Choice& purpose = Pick(kPurpose, random);
    const Choice& region = Pick(kRegion, random);
    const bool defaulted = random.Uniform() < 0.12;
    // The burden weighs less for those with a good score: not a straight line.
    const double burden = amount / income / (term / 12);
    const double odds = 0.021 * (score - 690) - 3.2 * burden * (score < 700 ? 1.3 : 0.7) -
                        (defaulted ? 1.8 : 0) - 0.05 * std::abs(accounts - 4) + employment.effect +
                        purpose.effect + region.effect - 0.2;
    const bool noisy = random.Uniform() < 0.02;
    const bool approved = (random.Uniform() < 1 / (1 + std::exp(-1.6 * odds))) != noisy;
    const auto gap = [&](double share, std::string text) {
      return random.Uniform() < share ? std::string() : std::move(text);
    };
    csv += std::to_string(100'001 + 7 * i) + "," + Whole(age) + "," + gap(0.06, Whole(income)) +
           "," + gap(0.03, Whole(score)) + "," + Whole(amount) + "," + Whole(term) + "," +
           gap(0.08, Whole(accounts)) + "," + gap(0.02, std::string(employment.name)) + "," +
           std::string(purpose.name) + "," + std::string(region.name) + "," +
           (defaulted ? "yes" : "no") + "," +
           FormatIsoSeconds(kFirstDay + static_cast<std::int64_t>(random.Below(700)) * kDayMs)
               .substr(0, 10);
    csv += with_labels ? (approved ? ",yes\n" : ",no\n") : "\n";
  }
  return csv;
}

}  // namespace

std::string DemoTable(std::int64_t rows, std::uint64_t seed) {
  return MakeTable(rows, seed, LastColumn::kLabels);
}

std::string UnlabelledDemoTable(std::int64_t rows, std::uint64_t seed) {
  return MakeTable(rows, seed, LastColumn::kNone);
}

}  // namespace reeve::workflow
