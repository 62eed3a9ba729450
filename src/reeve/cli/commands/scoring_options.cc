#include "reeve/cli/commands/scoring_options.h"

#include <sys/stat.h>

namespace reeve::cli {

Result<server::ScoringOptions> ReadScoring(const Arguments& arguments) {
  server::ScoringOptions options{.choice = {.models = arguments.positionals()},
                                 .keep_predictions = !arguments.Flag("no-predictions"),
                                 .strict = arguments.Flag("strict"),
                                 .key_field = arguments.Text("key-field")};
  options.predictions.folder = arguments.Text("predictions-dir");
  REEVE_ASSIGN_OR_RETURN(options.max_rows, arguments.Integer("max-rows", 1, 100'000'000));
  return options;
}

void KeepFilesPrivate() { ::umask(::umask(0) | S_IRWXO); }

}  // namespace reeve::cli
