#include "reeve/mlflow/graphql/parser.h"

#include <utility>

#include "reeve/mlflow/graphql/lexer.h"

namespace reeve::mlflow::graphql {
namespace {

using Kind = Token::Kind;

// Deeper than any answer is, and far from the end of the stack.
constexpr int kMostNesting = 64;

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<Document> Read() {
    Document document;
    do {
      if (Peek().IsName("fragment")) {
        REEVE_ASSIGN_OR_RETURN(Fragment fragment, ReadFragment());
        document.fragments.push_back(std::move(fragment));
      } else {
        REEVE_ASSIGN_OR_RETURN(Operation operation, ReadOperation());
        document.operations.push_back(std::move(operation));
      }
    } while (Peek().kind != Kind::kEnd);
    return document;
  }

 private:
  const Token& Peek() const { return tokens_[at_]; }

  // The end stays where it is.
  Token Take() {
    if (Peek().kind == Kind::kEnd) return {};
    return std::move(tokens_[at_++]);
  }

  bool TakeIf(std::string_view punctuator) {
    if (!Peek().Is(punctuator)) return false;
    ++at_;
    return true;
  }

  Status Unexpected() const {
    return Status::InvalidArgument("Syntax Error: Unexpected " + Describe(Peek()) + ".");
  }

  Status Expected(std::string_view what) const {
    return Status::InvalidArgument("Syntax Error: Expected " + std::string(what) + ", found " +
                                   Describe(Peek()) + ".");
  }

  Status Expect(std::string_view punctuator) {
    return TakeIf(punctuator) ? Status::Ok() : Expected("'" + std::string(punctuator) + "'");
  }

  Result<std::string> Name() {
    if (Peek().kind != Kind::kName) return Expected("Name");
    return Take().text;
  }

  // What `read` reads, until `close`; at least one.
  template <typename T, typename Read>
  Result<std::vector<T>> ReadUntil(std::string_view close, Read read) {
    std::vector<T> read_so_far;
    do {
      REEVE_ASSIGN_OR_RETURN(T one, read());
      read_so_far.push_back(std::move(one));
    } while (!TakeIf(close));
    return read_so_far;
  }

  Result<Operation> ReadOperation() {
    Operation operation;
    if (Peek().Is("{")) {
      REEVE_ASSIGN_OR_RETURN(operation.selections, ReadSelections());
      return operation;
    }
    if (!Peek().IsName("query") && !Peek().IsName("mutation") && !Peek().IsName("subscription"))
      return Unexpected();
    operation.kind = Take().text;
    if (Peek().kind == Kind::kName) operation.name = Take().text;
    if (TakeIf("(")) {
      REEVE_ASSIGN_OR_RETURN(operation.variables,
                             ReadUntil<VariableDefinition>(")", [this] { return ReadVariable(); }));
    }
    REEVE_ASSIGN_OR_RETURN(operation.directives, ReadDirectives());
    REEVE_ASSIGN_OR_RETURN(operation.selections, ReadSelections());
    return operation;
  }

  Result<VariableDefinition> ReadVariable() {
    VariableDefinition variable;
    REEVE_RETURN_IF_ERROR(Expect("$"));
    REEVE_ASSIGN_OR_RETURN(variable.name, Name());
    REEVE_RETURN_IF_ERROR(Expect(":"));
    REEVE_ASSIGN_OR_RETURN(variable.type, ReadType());
    if (TakeIf("=")) {
      REEVE_ASSIGN_OR_RETURN(variable.otherwise, ReadValue());
    }
    REEVE_RETURN_IF_ERROR(ReadDirectives().status());
    return variable;
  }

  Result<TypeReference> ReadType() {
    TypeReference type;
    while (TakeIf("[")) ++type.lists;
    if (type.lists > kMostNesting) return TooDeep();
    REEVE_ASSIGN_OR_RETURN(type.name, Name());
    type.as_written = std::string(static_cast<std::size_t>(type.lists), '[') + type.name;
    for (int i = 0;; ++i) {
      type.is_required = TakeIf("!");
      if (type.is_required) type.as_written += '!';
      if (i == type.lists) return type;
      REEVE_RETURN_IF_ERROR(Expect("]"));
      type.as_written += ']';
    }
  }

  Result<Fragment> ReadFragment() {
    Fragment fragment;
    Take();
    if (Peek().IsName("on")) return Unexpected();
    REEVE_ASSIGN_OR_RETURN(fragment.name, Name());
    if (!Peek().IsName("on")) return Expected("'on'");
    Take();
    REEVE_ASSIGN_OR_RETURN(fragment.type, Name());
    REEVE_ASSIGN_OR_RETURN(fragment.directives, ReadDirectives());
    REEVE_ASSIGN_OR_RETURN(fragment.selections, ReadSelections());
    return fragment;
  }

  static Status TooDeep() {
    return Status::InvalidArgument("Syntax Error: the document nests more than " +
                                   std::to_string(kMostNesting) + " deep.");
  }

  Result<std::vector<Selection>> ReadSelections() {
    REEVE_RETURN_IF_ERROR(Expect("{"));
    if (++nesting_ > kMostNesting) return TooDeep();
    auto selections = ReadUntil<Selection>("}", [this] { return ReadSelection(); });
    --nesting_;
    return selections;
  }

  Result<Selection> ReadSelection() {
    Selection selection;
    if (TakeIf("...")) return ReadSpread();
    REEVE_ASSIGN_OR_RETURN(selection.name, Name());
    if (TakeIf(":")) {
      selection.alias = std::move(selection.name);
      REEVE_ASSIGN_OR_RETURN(selection.name, Name());
    }
    REEVE_ASSIGN_OR_RETURN(selection.arguments, ReadArguments());
    REEVE_ASSIGN_OR_RETURN(selection.directives, ReadDirectives());
    if (Peek().Is("{")) {
      REEVE_ASSIGN_OR_RETURN(selection.selections, ReadSelections());
    }
    return selection;
  }

  // Behind the dots.
  Result<Selection> ReadSpread() {
    Selection selection{.kind = Selection::Kind::kInline};
    if (Peek().kind == Kind::kName && !Peek().IsName("on")) {
      selection.kind = Selection::Kind::kSpread;
      selection.name = Take().text;
    } else if (Peek().IsName("on")) {
      Take();
      REEVE_ASSIGN_OR_RETURN(selection.name, Name());
    }
    REEVE_ASSIGN_OR_RETURN(selection.directives, ReadDirectives());
    if (selection.kind == Selection::Kind::kInline) {
      REEVE_ASSIGN_OR_RETURN(selection.selections, ReadSelections());
    }
    return selection;
  }

  Result<std::vector<Argument>> ReadArguments() {
    if (!TakeIf("(")) return std::vector<Argument>();
    return ReadUntil<Argument>(")", [this]() -> Result<Argument> {
      Argument argument;
      REEVE_ASSIGN_OR_RETURN(argument.name, Name());
      REEVE_RETURN_IF_ERROR(Expect(":"));
      REEVE_ASSIGN_OR_RETURN(argument.value, ReadValue());
      return argument;
    });
  }

  Result<std::vector<Directive>> ReadDirectives() {
    std::vector<Directive> directives;
    while (TakeIf("@")) {
      Directive directive;
      REEVE_ASSIGN_OR_RETURN(directive.name, Name());
      REEVE_ASSIGN_OR_RETURN(directive.arguments, ReadArguments());
      directives.push_back(std::move(directive));
    }
    return directives;
  }

  Result<Value> ReadValue() {
    if (++nesting_ > kMostNesting) return TooDeep();
    Result<Value> value = ReadNestedValue();
    --nesting_;
    return value;
  }

  Result<Value> ReadNestedValue() {
    if (TakeIf("[")) return ReadList();
    if (TakeIf("{")) return ReadObject();
    if (TakeIf("$")) {
      REEVE_ASSIGN_OR_RETURN(std::string name, Name());
      return Value{.kind = Value::Kind::kVariable, .text = std::move(name)};
    }
    switch (Peek().kind) {
      case Kind::kInteger:
        return Value{.kind = Value::Kind::kInteger, .text = Take().text};
      case Kind::kReal:
        return Value{.kind = Value::Kind::kReal, .text = Take().text};
      case Kind::kText:
        return Value{.kind = Value::Kind::kText, .text = Take().text};
      case Kind::kName:
        return ReadWord();
      default:
        return Unexpected();
    }
  }

  Value ReadWord() {
    std::string word = Take().text;
    if (word == "null") return {};
    const bool is_bool = word == "true" || word == "false";
    return {.kind = is_bool ? Value::Kind::kBool : Value::Kind::kEnum, .text = std::move(word)};
  }

  Result<Value> ReadList() {
    Value list{.kind = Value::Kind::kList};
    while (!TakeIf("]")) {
      REEVE_ASSIGN_OR_RETURN(Value item, ReadValue());
      list.items.push_back(std::move(item));
    }
    return list;
  }

  Result<Value> ReadObject() {
    Value object{.kind = Value::Kind::kObject};
    while (!TakeIf("}")) {
      REEVE_ASSIGN_OR_RETURN(std::string name, Name());
      REEVE_RETURN_IF_ERROR(Expect(":"));
      REEVE_ASSIGN_OR_RETURN(Value item, ReadValue());
      object.names.push_back(std::move(name));
      object.items.push_back(std::move(item));
    }
    return object;
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int nesting_ = 0;
};

}  // namespace

Result<Document> ParseDocument(std::string_view text) {
  REEVE_ASSIGN_OR_RETURN(std::vector<Token> tokens, ReadTokens(text));
  return Parser(std::move(tokens)).Read();
}

}  // namespace reeve::mlflow::graphql
