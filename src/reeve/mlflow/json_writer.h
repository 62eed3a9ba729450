#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reeve::mlflow {

/// Writes JSON as it goes, for answers of many thousand values. Puts the commas; the caller closes
/// what it opens. Numbers as MLflow writes them: NaN and infinities as the texts "NaN", "Infinity"
/// and "-Infinity". Text that is no UTF-8 is repaired.
class JsonWriter {
 public:
  /// Appends to `out`, which has to outlive the writer.
  explicit JsonWriter(std::string& out) : out_(out) {}

  /// Brackets. What is open is closed by the matching call.
  void BeginObject() { Open('{'); }
  void EndObject() { Close('}'); }
  void BeginArray() { Open('['); }
  void EndArray() { Close(']'); }
  /// The name of the next value.
  void Key(std::string_view name);

  /// Escaped and in quotes.
  void Text(std::string_view text);
  void Integer(std::int64_t number);
  void Real(double number);
  void Bool(bool value);
  void Null();

  /// A member of an object: its name and its value.
  void Member(std::string_view name, std::string_view text) { Key(name), Text(text); }
  /// Leaves the member out when the text is empty, as proto fields that are not set are.
  void MemberUnlessEmpty(std::string_view name, std::string_view text) {
    if (!text.empty()) Member(name, text);
  }
  /// A list of {"key":…,"value":…}, left out when it is empty: tags and parameters.
  template <typename Pairs>
  void PairsUnlessEmpty(std::string_view name, const Pairs& pairs) {
    if (pairs.empty()) return;
    Key(name);
    BeginArray();
    for (const auto& [key, value] : pairs) {
      BeginObject();
      Member("key", key);
      Member("value", value);
      EndObject();
    }
    EndArray();
  }
  void IntegerMember(std::string_view name, std::int64_t number) { Key(name), Integer(number); }
  /// Real and Bool as members.
  void RealMember(std::string_view name, double number) { Key(name), Real(number); }
  void BoolMember(std::string_view name, bool value) { Key(name), Bool(value); }

 private:
  void Open(char bracket);
  void Close(char bracket);
  void Separate();

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace reeve::mlflow
