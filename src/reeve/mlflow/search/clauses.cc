#include "reeve/mlflow/search/clauses.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "reeve/base/text.h"
#include "reeve/mlflow/search/tokens.h"

namespace reeve::mlflow {
namespace {

/// From the beginning of `first` to the end of `last`, both pieces of one text.
std::string_view Span(std::string_view first, std::string_view last) {
  return {first.data(), static_cast<std::size_t>(last.data() + last.size() - first.data())};
}

bool IsName(TokenKind kind) {
  return kind == TokenKind::kWord || kind == TokenKind::kBackQuoted ||
         kind == TokenKind::kDoubleQuoted;
}

TermKind KindOf(const Token& token) {
  switch (token.kind) {
    case TokenKind::kInteger:
      return TermKind::kInteger;
    case TokenKind::kReal:
      return TermKind::kReal;
    case TokenKind::kSingleQuoted:
      return TermKind::kText;
    case TokenKind::kComparison:
      return TermKind::kComparison;
    case TokenKind::kComma:
      return TermKind::kComma;
    case TokenKind::kOrder:
      return TermKind::kOrder;
    case TokenKind::kOperator:
      return TermKind::kOperation;
    case TokenKind::kKeyword:
      return ToLower(token.text) == "null" ? TermKind::kNull : TermKind::kKeyword;
    default:
      return TermKind::kOther;
  }
}

/// Where the bracket that opens at a token closes; 0 for every other token.
std::vector<std::size_t> MatchBrackets(const std::vector<Token>& tokens) {
  std::vector<std::size_t> closes(tokens.size(), 0);
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind == TokenKind::kOpen) open.push_back(i);
    if (tokens[i].kind != TokenKind::kClose || open.empty()) continue;
    closes[open.back()] = i;
    open.pop_back();
  }
  return closes;
}

/// The last token of the name that begins at `i`.
std::size_t NameEnd(const std::vector<Token>& tokens, std::size_t i) {
  while (i + 1 < tokens.size() && tokens[i + 1].kind == TokenKind::kPeriod) {
    ++i;
    if (i + 1 == tokens.size()) break;
    const TokenKind next = tokens[i + 1].kind;
    if (IsName(next) || next == TokenKind::kSingleQuoted || tokens[i + 1].text == "*") ++i;
  }
  return i;
}

std::vector<Term> JoinNames(const std::vector<Token>& tokens) {
  const std::vector<std::size_t> closes = MatchBrackets(tokens);
  std::vector<Term> terms;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::size_t begin = i;
    TermKind kind = KindOf(tokens[i]);
    if (closes[i] > 0) {
      kind = TermKind::kParenthesis;
      i = closes[i];
    } else if (IsName(tokens[i].kind)) {
      kind = TermKind::kIdentifier;
      i = NameEnd(tokens, i);
      if (i + 1 < tokens.size() && closes[i + 1] > 0 && tokens[i].kind == TokenKind::kWord) {
        kind = TermKind::kFunction;
        i = closes[i + 1];
      }
    }
    const std::string_view text = Span(tokens[begin].text, tokens[i].text);
    const bool ordered =
        kind == TermKind::kOrder && !terms.empty() && terms.back().kind == TermKind::kIdentifier;
    if (ordered) {
      terms.back().text = Span(terms.back().text, text);
    } else {
      terms.push_back({kind, text});
    }
  }
  return terms;
}

/// Whether a term can stand on a side of an operator or a comparison.
bool IsOperand(const Term& term) {
  switch (term.kind) {
    case TermKind::kIdentifier:
    case TermKind::kInteger:
    case TermKind::kReal:
    case TermKind::kText:
    case TermKind::kParenthesis:
    case TermKind::kFunction:
      return true;
    // A lone operator is one character of these.
    case TermKind::kOperation:
      return term.text.find_first_not_of("*+/@#%^&|-") != std::string_view::npos;
    default:
      return false;
  }
}

std::vector<Term> JoinOperations(const std::vector<Term>& terms) {
  std::vector<Term> joined;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const bool is_operator = terms[i].kind == TermKind::kOperation;
    if (is_operator && !joined.empty() && IsOperand(joined.back()) && i + 1 < terms.size() &&
        IsOperand(terms[i + 1])) {
      joined.back() = {TermKind::kOperation, Span(joined.back().text, terms[i + 1].text)};
      ++i;
    } else {
      joined.push_back(terms[i]);
    }
  }
  return joined;
}

/// Part of a filter: a comparison, or a term that belongs to none.
struct Part {
  std::optional<Clause> clause;
  TermKind kind;
  std::string_view text;
};

bool CanCompare(const Term& term) { return IsOperand(term) || term.kind == TermKind::kNull; }

std::vector<Part> JoinComparisons(const std::vector<Term>& terms) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const bool compares = i + 2 < terms.size() && CanCompare(terms[i]) &&
                          terms[i + 1].kind == TermKind::kComparison && CanCompare(terms[i + 2]);
    if (!compares) {
      parts.push_back({std::nullopt, terms[i].kind, terms[i].text});
      continue;
    }
    std::string op;
    for (const char c : terms[i + 1].text) {
      const bool blank = c == ' ' || (c >= '\t' && c <= '\r');
      if (blank && (op.empty() || op.back() == ' ')) continue;
      op.push_back(blank ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
    const std::string_view text = Span(terms[i].text, terms[i + 2].text);
    parts.push_back({Clause{terms[i], std::move(op), terms[i + 2]}, TermKind::kOther, text});
    i += 2;
  }
  return parts;
}

bool TakesName(const Part& part) {
  return part.clause.has_value() || part.kind == TermKind::kIdentifier ||
         part.kind == TermKind::kParenthesis || part.kind == TermKind::kFunction ||
         part.kind == TermKind::kOperation || part.kind == TermKind::kInteger ||
         part.kind == TermKind::kReal;
}

/// "x y" reads as x under the name of y in SQL, and "x, y" as a list. Neither is a comparison any
/// more; joined, they are named as a whole in the message.
std::vector<Part> JoinAliases(std::vector<Part> parts) {
  std::vector<Part> joined;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool next_is_name = i + 1 < parts.size() && !parts[i + 1].clause.has_value() &&
                              parts[i + 1].kind == TermKind::kIdentifier;
    const bool comma = !joined.empty() && parts[i].kind == TermKind::kComma &&
                       !parts[i].clause.has_value() && i + 1 < parts.size();
    if (comma) {
      joined.back() = {std::nullopt, TermKind::kOther, Span(joined.back().text, parts[i + 1].text)};
      ++i;
    } else if (TakesName(parts[i]) && next_is_name) {
      joined.push_back({std::nullopt, TermKind::kOther, Span(parts[i].text, parts[i + 1].text)});
      ++i;
    } else {
      joined.push_back(std::move(parts[i]));
    }
  }
  return joined;
}

bool IsKeyword(const Part& part, std::string_view word) {
  return !part.clause.has_value() &&
         (part.kind == TermKind::kKeyword || part.kind == TermKind::kNull) &&
         ToLower(part.text) == word;
}

bool IsNotNull(const Part& part) {
  if (part.clause.has_value() || part.kind != TermKind::kKeyword) return false;
  const std::string word = ToLower(part.text);
  return word.size() > 7 && word.starts_with("not") && word.ends_with("null");
}

/// How many parts behind `i` belong to an IN or an IS NULL that begins there; 0 for none.
std::size_t ReadSpecial(const std::vector<Part>& parts, std::size_t i, Clause* clause) {
  if (parts[i].clause.has_value() || parts[i].kind != TermKind::kIdentifier) return 0;
  const auto is = [&](std::size_t offset, std::string_view word) {
    return i + offset < parts.size() && IsKeyword(parts[i + offset], word);
  };
  const auto is_list = [&](std::size_t offset) {
    return i + offset < parts.size() && !parts[i + offset].clause.has_value() &&
           parts[i + offset].kind == TermKind::kParenthesis;
  };
  clause->left = {TermKind::kIdentifier, parts[i].text};
  clause->right = {TermKind::kNull, {}};
  if (is(1, "in") && is_list(2)) {
    clause->op = "IN";
    clause->right = {TermKind::kParenthesis, parts[i + 2].text};
    return 2;
  }
  if (is(1, "not") && is(2, "in") && is_list(3)) {
    clause->op = "NOT IN";
    clause->right = {TermKind::kParenthesis, parts[i + 3].text};
    return 3;
  }
  if (is(1, "is") && is(2, "null")) {
    clause->op = "IS NULL";
    return 2;
  }
  if (is(1, "is") && i + 2 < parts.size() && IsNotNull(parts[i + 2])) {
    clause->op = "IS NOT NULL";
    return 2;
  }
  return 0;
}

}  // namespace

std::string Shown(std::string_view text) {
  constexpr std::size_t kLongest = 300;
  const bool printable =
      std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (printable && text.size() <= kLongest && IsUtf8(text)) return std::string(text);
  const std::string quoted = Quote(text, kLongest);
  return quoted.substr(1, quoted.size() - 2);
}

std::string ShownInQuotes(std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const bool has_double = text.find('"') != std::string_view::npos;
  const std::string quote = has_single && !has_double ? "\"" : "'";
  return quote + Shown(text) + quote;
}

Status CheckText(std::string_view what, std::string_view text) {
  if (IsUtf8(text) && text.find('\0') == std::string_view::npos) return {};
  return Status::InvalidArgument(std::string(what) + " '" + Shown(text) +
                                 "' holds a NUL or bytes that are no UTF-8.");
}

std::vector<Term> ReadTerms(std::string_view text) {
  return JoinOperations(JoinNames(Tokenize(text)));
}

Result<std::vector<Clause>> ReadClauses(std::string_view filter, ClauseQuotes quotes) {
  const std::vector<Token> tokens = Tokenize(filter);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].kind != TokenKind::kSemicolon) continue;
    return Status::InvalidArgument("Search filter contained multiple expression " +
                                   ShownInQuotes(filter) + ". Provide AND-ed expression list.");
  }
  std::vector<Part> parts = JoinAliases(JoinComparisons(JoinOperations(JoinNames(tokens))));
  std::vector<Clause> clauses;
  std::vector<std::string> invalid;
  const std::string quote = quotes == ClauseQuotes::kSingle ? "'" : "";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Clause special;
    if (parts[i].clause.has_value()) {
      clauses.push_back(*std::move(parts[i].clause));
    } else if (const std::size_t taken = ReadSpecial(parts, i, &special); taken > 0) {
      clauses.push_back(std::move(special));
      i += taken;
    } else if (!IsKeyword(parts[i], "and") && invalid.size() < 8) {
      invalid.push_back(quote + Shown(parts[i].text) + quote);
    }
  }
  if (invalid.empty()) return clauses;
  return Status::InvalidArgument("Invalid clause(s) in filter string: " + Join(invalid, ", "));
}

}  // namespace reeve::mlflow
