#include "reeve/contract/typing.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>

#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/parallel.h"
#include "reeve/base/text.h"

namespace reeve::contract {
namespace {

// "00123" names something; 0, 0.5 and 0e1 are numbers.
bool HasLeadingZero(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

bool LooksLikeInteger(std::string_view text) {
  return text.find_first_of(".eE") == std::string_view::npos;
}

// What one pass over a column's texts finds.
struct TextFacts {
  std::int64_t present = 0;
  std::int64_t numbers = 0, decorated = 0, booleans = 0, datetimes = 0, not_a_number = 0;
  bool all_integers = true;
  bool any_leading_zero = false;
  // Distinct texts that are no numbers, the first few.
  std::vector<std::string> stray_texts;

  std::int64_t strays() const { return present - numbers - not_a_number; }
};

class ColumnTyper {
 public:
  ColumnTyper(const TypingOptions& options, const MissingTexts& missing)
      : options_(options), missing_(missing) {}

  // Types one column; `raw` is consumed.
  Result<Column> Run(Column raw, ColumnTyping& typing, std::vector<TypingNote>& notes) const {
    DropMissingNumbers(raw);
    const auto fixed = options_.column_types.find(raw.name());
    if (fixed != options_.column_types.end()) return Fixed(std::move(raw), fixed->second, typing);
    if (raw.storage() != Column::Storage::kTexts || raw.type() == ColumnType::kList) {
      typing.type = raw.type();
      return raw;
    }
    return Infer(raw, typing, notes);
  }

 private:
  bool IsMissing(std::string_view text) const { return text.empty() || missing_.Contains(text); }

  // Of a typed source, where nothing is read from a text.
  void DropMissingNumbers(Column& raw) const {
    const bool is_number = raw.type() == ColumnType::kInteger || raw.type() == ColumnType::kReal;
    if (!is_number || !missing_.HoldNumbers()) return;
    std::vector<double>& numbers = raw.mutable_numbers();
    std::replace_if(
        numbers.begin(), numbers.end(),
        [this](double number) { return missing_.ContainsNumber(number); }, kMissingNumber);
  }

  Result<Column> Infer(const Column& raw, ColumnTyping& typing,
                       std::vector<TypingNote>& notes) const {
    const TextFacts facts = Survey(raw);
    if (facts.present == 0) {
      typing.type = ColumnType::kReal;
      return Column::Numbers(
          raw.name(), ColumnType::kReal,
          std::vector<double>(static_cast<std::size_t>(raw.size()), kMissingNumber));
    }
    const bool few_strays = facts.strays() > 0 && facts.stray_texts.size() < 100 &&
                            facts.numbers > 0 && !facts.any_leading_zero &&
                            static_cast<double>(facts.strays()) <=
                                options_.max_stray_share * static_cast<double>(facts.present);
    if (facts.numbers > 0 && facts.strays() == 0 && !facts.any_leading_zero) {
      return ToNumbers(raw, facts.all_integers ? ColumnType::kInteger : ColumnType::kReal,
                       NumberFormat::kPlain, typing);
    }
    if (facts.booleans == facts.present) return ToBooleans(raw, typing);
    if (facts.datetimes == facts.present) return ToDatetimes(raw, typing);
    if (facts.decorated + facts.not_a_number == facts.present && facts.decorated > 0 &&
        !facts.any_leading_zero) {
      return ToNumbers(raw, ColumnType::kReal, NumberFormat::kDecorated, typing);
    }
    if (few_strays) {
      notes.push_back(
          {raw.name(), "column " + Quote(raw.name()) + ": " + GroupDigits(facts.strays()) +
                           " texts such as " + Quote(facts.stray_texts.front(), 40) + " among " +
                           GroupDigits(facts.numbers) + " numbers are read as missing"});
      Column numbers = ToNumbers(raw, facts.all_integers ? ColumnType::kInteger : ColumnType::kReal,
                                 NumberFormat::kPlain, typing);
      typing.stray_texts = facts.stray_texts;
      return numbers;
    }
    return ToTexts(raw, facts, typing);
  }

  TextFacts Survey(const Column& raw) const {
    TextFacts facts;
    // A column whose first values are plainly texts is not tried as numbers to its end.
    constexpr std::int64_t kEnoughTexts = 2000;
    for (std::int64_t row = 0; row < raw.size(); ++row) {
      const std::string_view text = raw.text(row);
      if (IsMissing(text)) continue;
      ++facts.present;
      const bool hopeless = facts.present > kEnoughTexts && facts.numbers == 0 &&
                            facts.decorated == 0 && facts.booleans == 0 && facts.datetimes == 0;
      if (!hopeless) SurveyText(text, facts);
    }
    return facts;
  }

  static void SurveyText(std::string_view text, TextFacts& facts) {
    if (ParseNumber(text)) {
      ++facts.numbers;
      ++facts.decorated;
      facts.any_leading_zero |= HasLeadingZero(text);
      facts.all_integers &= LooksLikeInteger(text) && ParseInteger(text).has_value();
      return;
    }
    if (IsNoNumber(text)) {
      ++facts.not_a_number;
      return;
    }
    NoteStray(text, facts);
    if (ReadNumber(text, NumberFormat::kDecorated)) {
      ++facts.decorated;
    } else if (ReadBoolean(text)) {
      ++facts.booleans;
    } else if (ReadDatetime(text)) {
      ++facts.datetimes;
    }
  }

  static void NoteStray(std::string_view text, TextFacts& facts) {
    constexpr std::size_t kMostStrays = 100;
    const bool known = std::find(facts.stray_texts.begin(), facts.stray_texts.end(), text) !=
                       facts.stray_texts.end();
    if (!known && facts.stray_texts.size() < kMostStrays) facts.stray_texts.emplace_back(text);
  }

  template <typename Read>
  Column Convert(const Column& raw, ColumnType type, Read read) const {
    std::vector<double> numbers;
    numbers.reserve(static_cast<std::size_t>(raw.size()));
    for (std::int64_t row = 0; row < raw.size(); ++row) {
      const std::string_view text = raw.text(row);
      numbers.push_back(IsMissing(text) ? kMissingNumber : read(text));
    }
    return Column::Numbers(raw.name(), type, std::move(numbers));
  }

  Column ToNumbers(const Column& raw, ColumnType type, NumberFormat format,
                   ColumnTyping& typing) const {
    typing = {type, format, {}};
    return Convert(raw, type, [format](std::string_view text) {
      return ReadNumber(text, format).value_or(kMissingNumber);
    });
  }
  Column ToBooleans(const Column& raw, ColumnTyping& typing) const {
    typing.type = ColumnType::kBoolean;
    return Convert(raw, ColumnType::kBoolean, [](std::string_view text) {
      const auto value = ReadBoolean(text);
      return value ? (*value ? 1.0 : 0.0) : kMissingNumber;
    });
  }
  Column ToDatetimes(const Column& raw, ColumnTyping& typing) const {
    typing.type = ColumnType::kDatetime;
    return Convert(raw, ColumnType::kDatetime, [](std::string_view text) {
      return ReadDatetime(text).value_or(kMissingNumber);
    });
  }

  Column ToTexts(const Column& raw, const TextFacts& facts, ColumnTyping& typing) const {
    Column coded = Encode(raw);
    typing.type = KindOfTexts(coded, facts.present);
    if (typing.type == ColumnType::kCategory) return coded;
    // Texts that hardly repeat are smaller as they came, but for what counts as missing.
    Column texts = Column::Texts(raw.name(), typing.type);
    for (std::int64_t row = 0; row < raw.size(); ++row)
      texts.AppendText(IsMissing(raw.text(row)) ? std::string_view() : raw.text(row));
    return texts;
  }

  Column Encode(const Column& raw) const {
    std::unordered_map<std::string_view, std::int32_t> code_of;
    std::vector<std::int32_t> codes;
    std::vector<std::string> dictionary;
    codes.reserve(static_cast<std::size_t>(raw.size()));
    for (std::int64_t row = 0; row < raw.size(); ++row) {
      const std::string_view text = raw.text(row);
      if (text.empty()) {
        codes.push_back(kMissingCode);
        continue;
      }
      const auto [it, is_new] = code_of.try_emplace(text, 0);
      if (is_new) {
        // Missing words are found once per distinct text, not once per row.
        it->second =
            missing_.Contains(text) ? kMissingCode : static_cast<std::int32_t>(dictionary.size());
        if (it->second != kMissingCode) dictionary.emplace_back(text);
      }
      codes.push_back(it->second);
    }
    return Column::Codes(raw.name(), ColumnType::kCategory, std::move(codes),
                         std::move(dictionary));
  }

  ColumnType KindOfTexts(const Column& coded, std::int64_t present) const {
    const auto distinct = static_cast<std::int64_t>(coded.dictionary().size());
    double words = 0, bytes = 0;
    for (const std::string& text : coded.dictionary()) {
      words += 1 + static_cast<double>(std::count(text.begin(), text.end(), ' '));
      bytes += static_cast<double>(text.size());
    }
    const double mean_words = words / static_cast<double>(std::max<std::int64_t>(distinct, 1));
    const double mean_bytes = bytes / static_cast<double>(std::max<std::int64_t>(distinct, 1));
    constexpr std::int64_t kFew = 20;
    if (distinct <= kFew) return ColumnType::kCategory;
    const double distinct_share = static_cast<double>(distinct) / static_cast<double>(present);
    if (distinct_share > 0.5 && (mean_words >= 3 || mean_bytes > 50)) return ColumnType::kText;
    if (distinct_share > 0.95) return mean_words < 2 ? ColumnType::kId : ColumnType::kText;
    if (distinct <= options_.max_categories || distinct_share <= 0.5) return ColumnType::kCategory;
    return mean_words >= 3 ? ColumnType::kText : ColumnType::kCategory;
  }

  // The type that the user asked for, whatever the values look like; values that do not fit are an
  // error.
  Result<Column> Fixed(Column raw, ColumnType type, ColumnTyping& typing) const {
    typing.type = type;
    switch (type) {
      case ColumnType::kInteger:
      case ColumnType::kReal:
      case ColumnType::kBoolean:
      case ColumnType::kDatetime:
        return FixedNumbers(std::move(raw), type, typing);
      case ColumnType::kCategory: {
        Column coded = Encode(AsTexts(raw));
        return coded;
      }
      case ColumnType::kText:
      case ColumnType::kList:
      case ColumnType::kId: {
        Column texts = AsTexts(raw);
        texts.set_type(type);
        return texts;
      }
    }
    return raw;
  }

  static Column AsTexts(const Column& raw) {
    if (raw.storage() == Column::Storage::kTexts) return raw;
    Column texts = Column::Texts(raw.name());
    for (std::int64_t row = 0; row < raw.size(); ++row) texts.AppendText(raw.ToText(row));
    return texts;
  }

  static Status Misfit(const std::string& name, std::int64_t row, std::string_view text,
                       ColumnType type) {
    return Status::InvalidData("column " + Quote(name) + ", row " + std::to_string(row) +
                               ": found " + Quote(text, 60) + ", expected " +
                               std::string(ColumnTypeName(type)) + " as data.columns fixes it")
        .WithFix("set \"" + name + "\" to \"category\" or \"text\" under [data.columns]");
  }

  static Result<Column> FixedFromNumbers(Column raw, ColumnType type) {
    for (std::int64_t row = 0; type == ColumnType::kBoolean && row < raw.size(); ++row) {
      const double number = raw.numbers()[static_cast<std::size_t>(row)];
      if (!std::isnan(number) && number != 0 && number != 1)
        return Misfit(raw.name(), row, FormatNumber(number), type);
    }
    raw.set_type(type);
    return raw;
  }

  Result<Column> FixedNumbers(Column raw, ColumnType type, ColumnTyping& typing) const {
    if (raw.storage() == Column::Storage::kNumbers) return FixedFromNumbers(std::move(raw), type);
    const auto read = [&](std::string_view text) -> std::optional<double> {
      if (type == ColumnType::kDatetime) return ReadDatetime(text);
      if (type == ColumnType::kBoolean) {
        const auto value = ReadBoolean(text);
        return value ? std::optional<double>(*value) : std::nullopt;
      }
      return ReadNumber(text, typing.number_format);
    };
    typing.number_format = NumberFormat::kPlain;
    for (std::int64_t row = 0; row < raw.size(); ++row) {
      const std::string_view text = raw.text(row);
      if (!IsMissing(text) && !read(text) && ReadNumber(text, NumberFormat::kDecorated))
        typing.number_format = NumberFormat::kDecorated;
    }
    for (std::int64_t row = 0; row < raw.size(); ++row) {
      const std::string_view text = raw.text(row);
      if (IsMissing(text) || IsNoNumber(text) || read(text)) continue;
      return Misfit(raw.name(), row, text, type);
    }
    return Convert(raw, type,
                   [&](std::string_view text) { return read(text).value_or(kMissingNumber); });
  }

  const TypingOptions& options_;
  const MissingTexts& missing_;
};

}  // namespace

const std::vector<std::string>& DefaultMissingTexts() {
  static const std::vector<std::string> texts = {"?",   "NA",   "N/A",  "#N/A",
                                                 "NaN", "null", "<NA>", "\\N"};
  return texts;
}

MissingTexts::MissingTexts(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    lower_.push_back(ToLower(text));
    longest_ = std::max(longest_, text.size());
    hold_numbers_ = hold_numbers_ || ParseNumber(text).has_value();
  }
}

bool MissingTexts::Contains(std::string_view text) const {
  if (text.size() > longest_) return false;
  const auto same = [text](const std::string& word) {
    return word.size() == text.size() &&
           std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) {
             return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
           });
  };
  return std::any_of(lower_.begin(), lower_.end(), same);
}

bool MissingTexts::ContainsNumber(double number) const {
  return hold_numbers_ && Contains(FormatNumber(number));
}

Result<TypedTable> InferTypes(Table raw, const TypingOptions& options, int threads) {
  for (const auto& [name, type] : options.column_types) {
    if (!raw.Find(name)) {
      return Status::InvalidArgument("data.columns names " + Quote(name) +
                                     ", which is not a column of the table." +
                                     Suggest(name, raw.Names()));
    }
  }
  const MissingTexts missing(options.missing_texts);
  const ColumnTyper typer(options, missing);
  const std::size_t count = raw.column_count();
  std::vector<std::optional<Column>> columns(count);
  std::vector<std::vector<TypingNote>> notes(count);
  TypedTable typed;
  typed.typing.resize(count);
  REEVE_RETURN_IF_ERROR(ParallelFor(threads, static_cast<std::int64_t>(count), [&](std::int64_t i) {
    const auto column_idx = static_cast<std::size_t>(i);
    // Moved out, so that a raw column is freed as soon as it is typed.
    Column column = std::move(raw.mutable_column(column_idx));
    Result<Column> done = typer.Run(std::move(column), typed.typing[column_idx], notes[column_idx]);
    if (!done.ok()) return std::move(done).status();
    columns[column_idx] = std::move(done).value();
    return Status::Ok();
  }));
  for (std::size_t i = 0; i < count; ++i) {
    typed.table.Add(std::move(*columns[i]));
    for (TypingNote& note : notes[i]) typed.notes.push_back(std::move(note));
  }
  return typed;
}

}  // namespace reeve::contract
