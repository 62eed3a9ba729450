#pragma once

#include <string>
#include <vector>

#include "reeve/server/description/answer_panel.h"
#include "reeve/server/description/form_field.h"
#include "reeve/server/scoring/served_model.h"

namespace reeve::server {

/// The page for people: the form for one row and what came of it. Nothing is owned.
struct FormPage {
  const ServedModel* model = nullptr;
  /// Names of all models of the service; more than one are shown to choose from.
  std::vector<std::string> models = {};
  /// One for each column of the contract.
  std::vector<FieldView> fields = {};
  /// Null while nothing was scored.
  const AnswerView* answer = nullptr;
  /// What is wrong with the row as a whole, or with the request; empty when nothing is.
  std::string problem = {};
  /// Where the page is, as links in it say it, see FormAddress.
  std::string address = "./";
};

/// "./" of "/", "form" of "/form": a path of one segment as pages of the same folder link to it.
std::string FormAddress(const std::string& form_path);

/// A whole HTML page. It works without scripts: the form is sent to the page itself. The script
/// sends it without leaving the page and swaps the elements marked data-swap by their ids.
std::string Render(const FormPage& page);

/// "?model=NAME" where there are several to choose from, else empty.
std::string ModelQuery(const FormPage& page);

/// Head, header with links and start of <main>, shared by the pages. `script` is a file of
/// StaticFiles, empty for none.
struct PageFrame {
  std::string title;
  std::string script;
  /// Which model the links keep; empty for the service's first.
  std::string model_query = {};
  /// Of the form.
  std::string form = "./";
};
void AppendPageStart(const PageFrame& frame, Html& html);
void AppendPageEnd(Html& html);

}  // namespace reeve::server
