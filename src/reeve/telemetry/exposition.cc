#include "reeve/telemetry/exposition.h"

#include <charconv>
#include <cmath>
#include <sstream>
#include <string_view>

#include <prometheus/text_serializer.h>

namespace reeve::telemetry {
namespace {

prometheus::MetricType TypeOf(Kind kind) {
  switch (kind) {
    case Kind::kCounter:
      return prometheus::MetricType::Counter;
    case Kind::kHistogram:
      return prometheus::MetricType::Histogram;
    case Kind::kGauge:
    case Kind::kInfo:
      return prometheus::MetricType::Gauge;
  }
  return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric ToClientMetric(const Sample& sample) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
  metric.counter.value = sample.value;
  metric.gauge.value = sample.value;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < sample.counts.size(); ++i) {
    total += sample.counts[i];
    metric.histogram.bucket.push_back(
        {total, i < sample.bounds.size() ? sample.bounds[i] : INFINITY});
  }
  metric.histogram.sample_count = total;
  metric.histogram.sample_sum = sample.sum;
  return metric;
}

// As Go and Python print floats, which is what OpenMetrics calls canonical: "0.0001", "5e-05",
// "1.0", "+Inf".
std::string Canonical(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char text[40];
  const auto result = std::to_chars(text, text + sizeof text, value, std::chars_format::general);
  std::string number(text, result.ptr);
  if (number.find_first_of(".e") == std::string::npos) number += ".0";
  return number;
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '"') escaped += '\\';
    if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

void AppendLine(std::string& out, const std::string& name, const Sample& sample,
                const std::string& bound, const std::string& value) {
  out += name;
  std::string labels;
  const auto add = [&](const std::string& label, const std::string& text) {
    labels += (labels.empty() ? "" : ",") + label + "=\"" + Escaped(text) + "\"";
  };
  for (const auto& [label, text] : sample.labels) add(label, text);
  if (!bound.empty()) add("le", bound);
  if (!labels.empty()) out += "{" + labels + "}";
  out += " " + value + "\n";
}

void AppendHistogram(std::string& out, const std::string& name, const Sample& sample) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < sample.counts.size(); ++i) {
    total += sample.counts[i];
    AppendLine(out, name + "_bucket", sample,
               Canonical(i < sample.bounds.size() ? sample.bounds[i] : INFINITY),
               std::to_string(total));
  }
  AppendLine(out, name + "_count", sample, "", std::to_string(total));
  AppendLine(out, name + "_sum", sample, "", Canonical(sample.sum));
}

std::string WithoutEnding(const std::string& name, std::string_view ending) {
  return name.ends_with(ending) ? name.substr(0, name.size() - ending.size()) : name;
}

std::string_view TypeName(Kind kind) {
  switch (kind) {
    case Kind::kCounter:
      return "counter";
    case Kind::kGauge:
      return "gauge";
    case Kind::kHistogram:
      return "histogram";
    case Kind::kInfo:
      return "info";
  }
  return "unknown";
}

void AppendFamily(std::string& out, const FamilySample& family) {
  std::string name = family.name;
  if (family.kind == Kind::kCounter) name = WithoutEnding(name, "_total");
  if (family.kind == Kind::kInfo) name = WithoutEnding(name, "_info");
  out += "# TYPE " + name + " " + std::string(TypeName(family.kind)) + "\n";
  for (const std::string_view unit : {"seconds", "bytes"}) {
    if (name.ends_with("_" + std::string(unit)))
      out += "# UNIT " + name + " " + std::string(unit) + "\n";
  }
  out += "# HELP " + name + " " + Escaped(family.help) + "\n";
  for (const Sample& sample : family.samples) {
    if (family.kind == Kind::kHistogram) {
      AppendHistogram(out, name, sample);
    } else {
      AppendLine(out, family.name, sample, "", Canonical(sample.value));
    }
  }
}

}  // namespace

std::string ToPrometheusText(const std::vector<FamilySample>& families) {
  std::vector<prometheus::MetricFamily> converted;
  for (const FamilySample& family : families) {
    if (family.samples.empty()) continue;
    prometheus::MetricFamily& to = converted.emplace_back();
    to.name = family.name;
    to.help = family.help;
    to.type = TypeOf(family.kind);
    for (const Sample& sample : family.samples) to.metric.push_back(ToClientMetric(sample));
  }
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, converted);
  return std::move(out).str();
}

std::string ToOpenMetrics(const std::vector<FamilySample>& families) {
  std::string out;
  for (const FamilySample& family : families) {
    if (!family.samples.empty()) AppendFamily(out, family);
  }
  return out + "# EOF\n";
}

}  // namespace reeve::telemetry
