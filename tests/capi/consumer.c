/* A program as a user of libreeve.so would write it: consumer BUNDLE < ROWS. Prints `class probability` for each row, in C's own hexadecimal
 * form so that no digit is lost. A row is a line of feature_count tab-separated texts, in the order of the description. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reeve.h"

static int fail(reeve_error* error) {
  fprintf(stderr, "consumer: %s\n%s\n", reeve_error_message(error), reeve_error_fixes(error));
  reeve_error_free(error);
  return 1;
}

/* Cuts `line` at its tabs. */
static void read_cells(char* line, reeve_cell* cells, int32_t count) {
  line[strcspn(line, "\r\n")] = '\0';
  for (int32_t i = 0; i < count; ++i) {
    const size_t length = line == NULL ? 0 : strcspn(line, "\t");
    memset(&cells[i], 0, sizeof cells[i]);
    if (length > 0) {
      cells[i].kind = REEVE_CELL_TEXT;
      cells[i].text = line;
      cells[i].length = (int64_t)length;
    }
    if (line != NULL) line = line[length] == '\0' ? NULL : line + length + 1;
  }
}

static int score_lines(const reeve_model* model) {
  const reeve_description* const described = reeve_model_describe(model);
  static char line[1 << 16];
  reeve_cell* const cells = calloc((size_t)described->feature_count, sizeof *cells);
  double* const probabilities = calloc((size_t)described->class_count, sizeof *probabilities);
  int failed = cells == NULL || probabilities == NULL;
  while (!failed && fgets(line, sizeof line, stdin) != NULL) {
    int32_t predicted = -1;
    reeve_issues* issues = NULL;
    reeve_error* error = NULL;
    read_cells(line, cells, described->feature_count);
    if (reeve_score_cells(model, cells, 1, probabilities, &predicted, &issues, &error) != REEVE_OK) {
      failed = fail(error);
    } else if (predicted < 0) {
      const reeve_issue* const issue = reeve_issues_get(issues, 0);
      printf("rejected %s %s\n", described->features[issue->field]->name, reeve_rule_name(issue->rule));
    } else {
      printf("%s %a\n", described->classes[predicted], probabilities[described->class_count == 2 ? 1 : predicted]);
    }
    reeve_issues_free(issues);
  }
  free(cells);
  free(probabilities);
  return failed;
}

int main(int argc, char** argv) {
  reeve_model* model = NULL;
  reeve_error* error = NULL;
  if (argc < 2 || argc > 3) return 2;
  if (reeve_abi_version() != REEVE_ABI_VERSION) return 1;
  if (reeve_model_open(argv[1], &model, &error) != REEVE_OK) return fail(error);
  int failed = 0;
  if (argc == 3 && strcmp(argv[2], "--features") == 0) {
    const reeve_description* const described = reeve_model_describe(model);
    for (int32_t i = 0; i < described->feature_count; ++i) puts(described->features[i]->name);
  } else {
    failed = score_lines(model);
  }
  reeve_model_free(model);
  return failed;
}
