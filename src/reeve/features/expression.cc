#include "reeve/features/expression.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/features/transforms.h"

namespace reeve::features {
namespace {

constexpr std::size_t kMostBytes = 4096;
constexpr std::size_t kMostOperations = 256;
// Values that stand on the stack at a time; also how deep parentheses may nest.
constexpr int kMostDepth = 24;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
// Bytes of UTF-8 beyond ASCII are letters.
bool StartsName(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool IsNamePart(char c) { return StartsName(c) || IsDigit(c) || c == '.'; }

}  // namespace

class ExpressionParser {
 public:
  explicit ExpressionParser(std::string_view text) : text_(text) {}

  Result<Expression> Run() {
    if (text_.size() > kMostBytes)
      return Status::InvalidArgument("an expression of " + std::to_string(text_.size()) +
                                     " bytes, expected at most " + std::to_string(kMostBytes));
    REEVE_RETURN_IF_ERROR(Sum());
    SkipBlanks();
    if (at_ < text_.size()) return Fail("an operator or the end");
    if (made_.columns_.empty())
      return Status::InvalidArgument("the expression " + Quote(text_) + " names no column");
    made_.text_ = std::string(Trim(text_));
    return std::move(made_);
  }

 private:
  using Code = Expression::Code;
  struct Function {
    std::string_view name;
    Code code;
    int arguments;
  };
  static constexpr std::array<Function, 11> kFunctions = {{{"log", Code::kLog, 1},
                                                           {"exp", Code::kExp, 1},
                                                           {"sqrt", Code::kSqrt, 1},
                                                           {"abs", Code::kAbs, 1},
                                                           {"min", Code::kMinimum, 2},
                                                           {"max", Code::kMaximum, 2},
                                                           {"year", Code::kYear, 1},
                                                           {"month", Code::kMonth, 1},
                                                           {"day", Code::kDay, 1},
                                                           {"weekday", Code::kWeekday, 1},
                                                           {"hour", Code::kHour, 1}}};

  Status Fail(std::string_view expected) const {
    const std::string found =
        at_ < text_.size() ? Quote(text_.substr(at_, 12)) : std::string("its end");
    return Status::InvalidArgument("the expression " + Quote(text_) + " has " + found +
                                   " at character " + std::to_string(at_ + 1) + ", expected " +
                                   std::string(expected));
  }
  void SkipBlanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  bool Take(char c) {
    SkipBlanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // Adds an operation that takes `operands` values from the stack and leaves one.
  Status Add(Expression::Operation operation, int operands) {
    stack_ += 1 - operands;
    if (made_.operations_.size() >= kMostOperations || stack_ > kMostDepth)
      return Status::InvalidArgument("the expression " + Quote(text_, 60) + " is too long");
    made_.operations_.push_back(operation);
    return Status::Ok();
  }

  Status Sum() {
    REEVE_RETURN_IF_ERROR(Product());
    for (;;) {
      const bool plus = Take('+');
      if (!plus && !Take('-')) return Status::Ok();
      REEVE_RETURN_IF_ERROR(Product());
      REEVE_RETURN_IF_ERROR(Add({.code = plus ? Code::kAdd : Code::kSubtract}, 2));
    }
  }
  Status Product() {
    REEVE_RETURN_IF_ERROR(Signed());
    for (;;) {
      const bool times = Take('*');
      if (!times && !Take('/')) return Status::Ok();
      REEVE_RETURN_IF_ERROR(Signed());
      REEVE_RETURN_IF_ERROR(Add({.code = times ? Code::kMultiply : Code::kDivide}, 2));
    }
  }
  // Every way down passes here, so that this is where nesting is counted.
  Status Signed() {
    if (++depth_ > kMostDepth)
      return Status::InvalidArgument("the expression " + Quote(text_, 60) + " nests too deep");
    const bool minus = Take('-');
    REEVE_RETURN_IF_ERROR(minus ? Signed() : Power());
    if (minus) REEVE_RETURN_IF_ERROR(Add({.code = Code::kNegate}, 1));
    --depth_;
    return Status::Ok();
  }
  Status Power() {
    REEVE_RETURN_IF_ERROR(Operand());
    if (!Take('^')) return Status::Ok();
    REEVE_RETURN_IF_ERROR(Signed());
    return Add({.code = Code::kPower}, 2);
  }

  Status Operand() {
    if (Take('(')) {
      REEVE_RETURN_IF_ERROR(Sum());
      return Take(')') ? Status::Ok() : Fail("an operator or )");
    }
    SkipBlanks();
    if (at_ >= text_.size()) return Fail("a number, a column or (");
    const char c = text_[at_];
    if (c == '"') return QuotedColumn();
    if (IsDigit(c) || c == '.') return Number();
    if (StartsName(c)) return Name();
    return Fail("a number, a column or (");
  }

  Status Number() {
    std::size_t end = at_;
    while (end < text_.size() && (IsDigit(text_[end]) || text_[end] == '.')) ++end;
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      std::size_t digits = end + 1;
      if (digits < text_.size() && (text_[digits] == '-' || text_[digits] == '+')) ++digits;
      if (digits < text_.size() && IsDigit(text_[digits])) {
        end = digits;
        while (end < text_.size() && IsDigit(text_[end])) ++end;
      }
    }
    const std::optional<double> number = ParseNumber(text_.substr(at_, end - at_));
    if (!number) return Fail("a number");
    at_ = end;
    return Add({.code = Code::kNumber, .number = *number}, 0);
  }

  Status QuotedColumn() {
    std::string name;
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] != '"') {
        name += text_[i];
      } else if (i + 1 < text_.size() && text_[i + 1] == '"') {
        name += text_[i++];
      } else {
        at_ = i + 1;
        return Column(std::move(name));
      }
    }
    return Fail("a closing quote");
  }

  Status Name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && IsNamePart(text_[at_])) ++at_;
    const std::string name(text_.substr(begin, at_ - begin));
    const std::size_t behind = at_;
    if (!Take('(')) return Column(name);
    for (const Function& function : kFunctions) {
      if (function.name == name) return Call(function);
    }
    std::vector<std::string> names;
    for (const Function& function : kFunctions) names.emplace_back(function.name);
    at_ = behind;
    return Status::InvalidArgument("unknown function " + Quote(name) + " at character " +
                                   std::to_string(begin + 1) + "." + Suggest(name, names));
  }

  Status Call(const Function& function) {
    for (int i = 0; i < function.arguments; ++i) {
      if (i > 0 && !Take(',')) return Fail("a comma");
      REEVE_RETURN_IF_ERROR(Sum());
    }
    if (!Take(')')) return Fail("an operator or )");
    return Add({.code = function.code}, function.arguments);
  }

  Status Column(std::string name) {
    const auto known = std::find(made_.columns_.begin(), made_.columns_.end(), name);
    const auto column = static_cast<std::size_t>(known - made_.columns_.begin());
    if (known == made_.columns_.end()) {
      if (made_.columns_.size() == Expression::kMostColumns)
        return Status::InvalidArgument("the expression " + Quote(text_, 60) +
                                       " names more than 16 columns");
      made_.columns_.push_back(std::move(name));
    }
    return Add({.code = Code::kColumn, .column = column}, 0);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0, stack_ = 0;
  Expression made_;
};

Result<Expression> Expression::Parse(std::string_view text) { return ExpressionParser(text).Run(); }

double Expression::Unary(Code code, double x) {
  switch (code) {
    case Code::kNegate:
      return -x;
    case Code::kLog:
      return std::log(x);
    case Code::kExp:
      return std::exp(x);
    case Code::kSqrt:
      return std::sqrt(x);
    case Code::kAbs:
      return std::abs(x);
    case Code::kYear:
      return DatePart(x, "year");
    case Code::kMonth:
      return DatePart(x, "month");
    case Code::kDay:
      return DatePart(x, "day");
    case Code::kWeekday:
      return DatePart(x, "weekday");
    case Code::kHour:
      return DatePart(x, "hour");
    default:
      return x;
  }
}

double Expression::Binary(Code code, double x, double y) {
  switch (code) {
    case Code::kAdd:
      return x + y;
    case Code::kSubtract:
      return x - y;
    case Code::kMultiply:
      return x * y;
    case Code::kDivide:
      return x / y;
    case Code::kPower:
      return std::isnan(x) || std::isnan(y) ? x + y : std::pow(x, y);  // even NaN ^ 0 is missing
    case Code::kMinimum:
      return std::isnan(x) || std::isnan(y) ? x + y : std::min(x, y);
    case Code::kMaximum:
      return std::isnan(x) || std::isnan(y) ? x + y : std::max(x, y);
    default:
      return x;
  }
}

void Expression::Evaluate(std::span<const double* const> values, std::size_t rows,
                          double* out) const {
  std::array<std::array<double, kMostRows>, kMostDepth> stack;
  std::size_t top = 0;
  for (const Operation& operation : operations_) {
    if (operation.code == Code::kNumber) {
      std::fill_n(stack[top++].begin(), rows, operation.number);
    } else if (operation.code == Code::kColumn) {
      std::copy_n(values[operation.column], rows, stack[top++].begin());
    } else if (operation.code >= Code::kNegate) {
      for (std::size_t i = 0; i < rows; ++i)
        stack[top - 1][i] = Unary(operation.code, stack[top - 1][i]);
    } else {
      --top;
      for (std::size_t i = 0; i < rows; ++i)
        stack[top - 1][i] = Binary(operation.code, stack[top - 1][i], stack[top][i]);
    }
    for (std::size_t i = 0; i < rows; ++i) {
      if (!std::isfinite(stack[top - 1][i]))
        stack[top - 1][i] = std::numeric_limits<double>::quiet_NaN();
    }
  }
  std::copy_n(stack[0].begin(), rows, out);
}

std::string QuoteColumn(std::string_view name) {
  const bool is_bare =
      !name.empty() && StartsName(name[0]) && std::all_of(name.begin(), name.end(), IsNamePart);
  if (is_bare) return std::string(name);
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += c;
    quoted += c;
  }
  return quoted + "\"";
}

Result<Derived> ParseDerived(std::string_view text) {
  // The first "=" outside of quotes ends the name.
  bool in_quotes = false;
  std::size_t sign = std::string_view::npos;
  for (std::size_t i = 0; i < text.size() && sign == std::string_view::npos; ++i) {
    if (text[i] == '"') in_quotes = !in_quotes;
    if (text[i] == '=' && !in_quotes) sign = i;
  }
  if (sign == std::string_view::npos) {
    REEVE_ASSIGN_OR_RETURN(const Expression expression, Expression::Parse(text));
    return Derived{.name = expression.text(), .expression = expression.text()};
  }
  std::string_view name = Trim(text.substr(0, sign));
  if (name.size() > 1 && name.front() == '"' && name.back() == '"')
    name = name.substr(1, name.size() - 2);
  if (name.empty())
    return Status::InvalidArgument("no name before = in " + Quote(text) +
                                   ", expected NAME = EXPRESSION");
  REEVE_ASSIGN_OR_RETURN(const Expression expression, Expression::Parse(text.substr(sign + 1)));
  return Derived{.name = std::string(name), .expression = expression.text()};
}

}  // namespace reeve::features
