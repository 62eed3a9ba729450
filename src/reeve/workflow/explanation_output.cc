#include "reeve/workflow/explanation_output.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"
#include "reeve/report/texts.h"

namespace reeve::workflow {
namespace {

constexpr std::size_t kMostLines = 30;

Column TextColumn(const std::string& name, const std::vector<std::string>& texts) {
  Column column = Column::Texts(name);
  for (const std::string& text : texts) column.AppendText(text);
  return column;
}

Status WriteTable(Table table, const std::string& output, std::optional<ingest::WriteMode> mode) {
  std::vector<ingest::OutputColumn> columns;
  for (const Column& column : table.columns()) columns.push_back({column.name(), column.type()});
  REEVE_ASSIGN_OR_RETURN(const auto writer,
                         ingest::TableWriter::Open(output, columns, {.mode = mode}));
  REEVE_RETURN_IF_ERROR(writer->Append(table));
  return writer->Commit();
}

std::string Decimals(double value) {
  char text[48];
  std::snprintf(text, sizeof text, "%.4f", value);
  return text;
}

// Room for the names of a list that is shown, with a gap behind them; names may be longer still.
std::size_t NameWidth(const std::vector<std::string>& names) {
  constexpr std::size_t kLeast = 28, kMost = 58, kGap = 2;
  std::size_t widest = kLeast;
  for (std::size_t i = 0; i < names.size() && i < kMostLines; ++i)
    widest = std::max(widest, report::DisplayWidth(names[i]));
  return std::min(widest, kMost) + kGap;
}

// What stands below a list of `count` entries that was cut.
std::string MoreLines(std::size_t count) {
  if (count <= kMostLines) return "";
  return "  … and " + GroupDigits(static_cast<long long>(count - kMostLines)) +
         " more; --output json has all\n";
}

Json ToJson(const explain::OddsRatio& odds) {
  Json json{{"ratio", odds.ratio}};
  if (odds.low) json["ci"] = {*odds.low, *odds.high};
  return json;
}

Json ToJson(const explain::LinearPart& part, const std::vector<std::string>& classes) {
  Json json{{"weight", part.weight}, {"intercept", part.intercept}};
  json["coefficients"] = Json::array();
  for (const explain::Coefficient& coefficient : part.coefficients) {
    json["coefficients"].push_back(
        Json{{"column", coefficient.column},
             {"source", coefficient.source},
             {"class", classes[static_cast<std::size_t>(coefficient.class_idx)]},
             {"coefficient", coefficient.weight},
             {"odds_ratio_per_deviation", ToJson(coefficient.per_deviation)},
             {"odds_ratio_per_unit",
              coefficient.per_unit ? ToJson(*coefficient.per_unit) : Json(nullptr)}});
  }
  return json;
}

Json ToJson(const ExplainedRow& row) {
  Json json{{"row", row.row},
            {"prediction", row.prediction},
            {"class", row.explained},
            {"probability", row.probability}};
  json["reasons"] = Json::array();
  for (const RowReason& reason : row.reasons)
    json["reasons"].push_back(ToJson(reason, row.explained));
  return json;
}

std::string ToText(const ImportanceTable& table) {
  std::string text;
  if (table.kind == "permutation") {
    text = "Importance: loss of " + table.metric + " (" + Decimals(table.score) + " on " +
           GroupDigits(table.row_count) + (table.rows == "data" ? "" : " " + table.rows) +
           " rows) when a column is shuffled\n";
  } else if (table.kind == "contributions") {
    text = "Importance: mean size of contributions in " + UnitText(table.unit) + ", on " +
           GroupDigits(table.row_count) + (table.rows == "data" ? "" : " " + table.rows) +
           " rows\n";
  } else {
    text = "Importance in training: share of what the columns' splits or weights gain\n";
  }
  std::vector<std::string> names;
  for (const explain::ColumnImportance& column : table.columns) names.push_back(column.column);
  const std::size_t width = NameWidth(names);
  for (std::size_t i = 0; i < table.columns.size() && i < kMostLines; ++i) {
    const explain::ColumnImportance& column = table.columns[i];
    text += "  " + report::Padded(column.column, width) + report::Padded(Decimals(column.mean), 10);
    if (table.kind != "training")
      text += "95 % " + Decimals(column.low) + " to " + Decimals(column.high);
    while (text.ends_with(' ')) text.pop_back();
    text += "\n";
  }
  return text + MoreLines(table.columns.size());
}

// Three digits of the distance from 1, which is what an odds ratio is about.
std::string ToText(const explain::OddsRatio& odds) {
  constexpr double kFewest = 3, kMost = 9;
  const double distance = std::max(std::abs(odds.ratio - 1), 1e-9);
  const auto digits =
      static_cast<int>(std::clamp(2 + std::ceil(-std::log10(distance)), kFewest, kMost));
  const auto number = [&](double value) {
    char text[400];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return std::string(text);
  };
  std::string text = number(odds.ratio);
  if (odds.low) text += " (" + number(*odds.low) + " to " + number(*odds.high) + ")";
  return text;
}

std::string ToText(const explain::LinearPart& part, const std::vector<std::string>& classes) {
  constexpr std::size_t kRatioWidth = 32;
  std::vector<std::string> names;
  for (const explain::Coefficient& coefficient : part.coefficients) {
    const std::string& class_name = classes[static_cast<std::size_t>(coefficient.class_idx)];
    names.push_back(coefficient.column + (classes.size() > 2 ? " → " + class_name : ""));
  }
  const std::size_t width = NameWidth(names);
  std::string text = "Odds ratios of the linear model" +
                     (part.weight < 1 ? ", which has a weight of " + Decimals(part.weight) : "") +
                     " (95 % intervals where known)\n  " + report::Padded("column", width) +
                     report::Padded("per standard deviation", kRatioWidth) + "per unit\n";
  for (std::size_t i = 0; i < part.coefficients.size() && i < kMostLines; ++i) {
    const explain::Coefficient& coefficient = part.coefficients[i];
    text += "  " + report::Padded(names[i], width) +
            report::Padded(ToText(coefficient.per_deviation), kRatioWidth) +
            (coefficient.per_unit ? ToText(*coefficient.per_unit) : "-") + "\n";
  }
  return text + MoreLines(part.coefficients.size());
}

std::string ToText(const ExplainedRow& row) {
  std::string text = "Row " + std::to_string(row.row) + ": " + row.prediction +
                     ", probability of " + row.explained + " " + Decimals(row.probability) + "\n";
  for (const RowReason& reason : row.reasons) {
    text += "  " + report::Padded(ReasonText(reason), 40) +
            report::Padded(ContributionText(reason.contribution), 10) +
            DirectionText(reason.contribution, row.explained) + "\n";
  }
  return text;
}

// The bands that a line has room for: of the classes with the highest probability over all points.
std::vector<std::size_t> ShownBands(const explain::PartialDependence& dependence,
                                    std::size_t classes) {
  constexpr std::size_t kMostBands = 6;
  std::vector<double> sums(classes);
  for (const explain::DependencePoint& point : dependence.points) {
    for (std::size_t k = 0; k < classes; ++k) sums[k] += point.bands[k].mean;
  }
  std::vector<std::size_t> shown(classes);
  std::iota(shown.begin(), shown.end(), std::size_t{0});
  std::stable_sort(shown.begin(), shown.end(),
                   [&](std::size_t a, std::size_t b) { return sums[a] > sums[b]; });
  if (shown.size() > kMostBands) shown.resize(kMostBands);
  std::ranges::sort(shown);
  return shown;
}

std::string ToText(const explain::PartialDependence& dependence,
                   const std::vector<std::string>& classes) {
  const std::vector<std::size_t> shown = ShownBands(dependence, classes.size());
  std::string text = "Were " + dependence.column + " the same in every row, the mean probability";
  if (shown.size() < classes.size()) {
    text += " (the " + std::to_string(shown.size()) + " most probable of " +
            std::to_string(classes.size()) + " classes; --output json has all)";
  }
  text += "\n";
  for (const explain::DependencePoint& point : dependence.points) {
    text += "  " + report::Padded(point.value, 24);
    for (const std::size_t k : shown) {
      text += (k == shown.front() ? "" : ", ") + classes[k] + " " + Decimals(point.bands[k].mean);
      if (point.bands.size() == 1)
        text += "   80 % of rows " + Decimals(point.bands[k].low) + " to " +
                Decimals(point.bands[k].high);
    }
    text += "\n";
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<ingest::TableWriter>> OpenReasons(const std::string& output,
                                                         std::optional<ingest::WriteMode> mode) {
  return ingest::TableWriter::Open(output,
                                   {{"row", ColumnType::kInteger},
                                    {"prediction", ColumnType::kText},
                                    {"class", ColumnType::kText},
                                    {"probability", ColumnType::kReal},
                                    {"rank", ColumnType::kInteger},
                                    {"field", ColumnType::kText},
                                    {"value", ColumnType::kText},
                                    {"contribution", ColumnType::kReal},
                                    {"direction", ColumnType::kText}},
                                   {.mode = mode});
}

Table ReasonRows(const std::vector<ExplainedRow>& rows) {
  std::vector<double> numbers, probabilities, ranks, contributions;
  std::vector<std::string> predictions, classes, fields, values, directions;
  for (const ExplainedRow& row : rows) {
    double rank = 0;
    for (const RowReason& reason : row.reasons) {
      numbers.push_back(static_cast<double>(row.row));
      predictions.push_back(row.prediction);
      classes.push_back(row.explained);
      probabilities.push_back(row.probability);
      ranks.push_back(++rank);
      fields.push_back(reason.field);
      values.push_back(reason.value.value_or(""));
      contributions.push_back(reason.contribution);
      directions.push_back(DirectionText(reason.contribution, row.explained));
    }
  }
  Table table;
  table.Add(Column::Numbers("row", ColumnType::kInteger, std::move(numbers)));
  table.Add(TextColumn("prediction", predictions));
  table.Add(TextColumn("class", classes));
  table.Add(Column::Numbers("probability", ColumnType::kReal, std::move(probabilities)));
  table.Add(Column::Numbers("rank", ColumnType::kInteger, std::move(ranks)));
  table.Add(TextColumn("field", fields));
  table.Add(TextColumn("value", values));
  table.Add(Column::Numbers("contribution", ColumnType::kReal, std::move(contributions)));
  table.Add(TextColumn("direction", directions));
  return table;
}

Status WriteImportance(const ImportanceTable& importance, const std::string& output,
                       std::optional<ingest::WriteMode> mode) {
  std::vector<std::string> names;
  std::vector<double> means, lows, highs;
  for (const explain::ColumnImportance& column : importance.columns) {
    names.push_back(column.column);
    means.push_back(column.mean);
    lows.push_back(column.low);
    highs.push_back(column.high);
  }
  Table table;
  table.Add(TextColumn("column", names));
  table.Add(Column::Numbers("importance", ColumnType::kReal, std::move(means)));
  table.Add(Column::Numbers("low", ColumnType::kReal, std::move(lows)));
  table.Add(Column::Numbers("high", ColumnType::kReal, std::move(highs)));
  return WriteTable(std::move(table), output, mode);
}

Status WriteDependence(const std::vector<explain::PartialDependence>& dependence,
                       const std::vector<std::string>& classes, const std::string& output,
                       std::optional<ingest::WriteMode> mode) {
  std::vector<std::string> names, values, class_names;
  std::vector<double> shares, means, lows, highs;
  for (const explain::PartialDependence& one : dependence) {
    for (const explain::DependencePoint& point : one.points) {
      for (std::size_t k = 0; k < point.bands.size(); ++k) {
        names.push_back(one.column);
        values.push_back(point.value);
        shares.push_back(point.share);
        class_names.push_back(classes[k]);
        means.push_back(point.bands[k].mean);
        lows.push_back(point.bands[k].low);
        highs.push_back(point.bands[k].high);
      }
    }
  }
  Table table;
  table.Add(TextColumn("column", names));
  table.Add(TextColumn("value", values));
  table.Add(Column::Numbers("share", ColumnType::kReal, std::move(shares)));
  table.Add(TextColumn("class", class_names));
  table.Add(Column::Numbers("probability", ColumnType::kReal, std::move(means)));
  table.Add(Column::Numbers("low", ColumnType::kReal, std::move(lows)));
  table.Add(Column::Numbers("high", ColumnType::kReal, std::move(highs)));
  return WriteTable(std::move(table), output, mode);
}

Json ToJson(const ExplainReport& report) {
  Json json{{"model", report.model}};
  if (!report.data.empty()) {
    json["data"] = report.data;
    json["rows_read"] = report.rows_read;
    json["rows_explained"] = report.rows_explained;
    json["rows_rejected"] = report.rows_rejected;
    if (report.rows_unlabelled > 0) json["rows_unlabelled"] = report.rows_unlabelled;
  }
  if (!report.output.empty()) json["output"] = report.output;
  if (!report.unit.empty()) {
    json["unit"] = report.unit;
    json["expected"] = Json::object();
    for (const auto& [name, value] : report.expected) json["expected"][name] = value;
  }
  if (!report.importance.empty() || report.data.empty()) {
    json["importance"] = Json::array();
    for (const ImportanceTable& table : report.importance)
      json["importance"].push_back(workflow::ToJson(table));
  }
  if (report.data.empty()) {
    json["linear"] = Json::array();
    for (const explain::LinearPart& part : report.linear)
      json["linear"].push_back(ToJson(part, report.classes));
  }
  if (!report.unit.empty() && report.output.empty()) {
    json["rows"] = Json::array();
    for (const ExplainedRow& row : report.rows) json["rows"].push_back(ToJson(row));
  }
  if (!report.dependence.empty()) {
    json["partial_dependence"] = Json::array();
    for (const explain::PartialDependence& one : report.dependence)
      json["partial_dependence"].push_back(workflow::ToJson(one, BandClasses(report.classes)));
  }
  return json;
}

std::string ToText(const ExplainReport& report) {
  std::string text = report.model;
  if (!report.data.empty()) {
    // Reasons that go to no table are those of the first rows alone.
    const bool shown = !report.unit.empty() && report.output.empty();
    text += shown ? " on the first " + GroupDigits(report.rows_read) + " rows of "
                  : " on " + GroupDigits(report.rows_explained) + " of " +
                        GroupDigits(report.rows_read) + " rows of ";
    text += report.data;
    if (report.rows_rejected > 0)
      text += ", " + GroupDigits(report.rows_rejected) + " break the contract";
    if (report.rows_unlabelled > 0)
      text += ", " + GroupDigits(report.rows_unlabelled) + " without a class";
  }
  text += "\n";
  if (!report.unit.empty() && report.classes.size() == 2)
    text += "Contributions in " + UnitText(report.unit) + " of " + report.classes[1] +
            ", beginning at " + ContributionText(report.expected[0].second) + "\n";
  if (!report.unit.empty() && report.classes.size() > 2)
    text += "Contributions in " + UnitText(report.unit) + " of the predicted class\n";
  for (const ImportanceTable& table : report.importance) text += ToText(table);
  for (const explain::LinearPart& part : report.linear) text += ToText(part, report.classes);
  if (report.output.empty()) {
    for (const ExplainedRow& row : report.rows) text += ToText(row);
  }
  for (const explain::PartialDependence& one : report.dependence)
    text += ToText(one, BandClasses(report.classes));
  if (report.data.empty() && report.importance.empty() && report.linear.empty())
    text += "The model holds no importance; --importance with DATA measures it\n";
  if (!report.output.empty()) text += "Written to " + report.output + "\n";
  return text;
}

}  // namespace reeve::workflow
