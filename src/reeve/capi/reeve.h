/*
 * reeve.h - the C interface of Reeve: opens a bundle and scores rows with it.
 *
 *     #include <reeve.h>                                   cc program.c -lreeve
 *
 *     reeve_model* model = NULL;
 *     reeve_error* error = NULL;
 *     if (reeve_model_open("mlruns/1/models/m-.../artifacts", &model, &error) != REEVE_OK) {
 *       fprintf(stderr, "%s\n", reeve_error_message(error));
 *       reeve_error_free(error);
 *       return 1;
 *     }
 *     reeve_cell row[2] = {{.kind = REEVE_CELL_NUMBER, .number = 42},
 *                          {.kind = REEVE_CELL_TEXT, .text = "York", .length = 4}};
 *     double probabilities[2];
 *     int32_t predicted;
 *     if (reeve_score_cells(model, row, 1, probabilities, &predicted, NULL, &error) == REEVE_OK &&
 *         predicted >= 0) {
 *       printf("%s %g\n", reeve_model_describe(model)->classes[predicted], probabilities[1]);
 *     }
 *     reeve_model_free(model);
 *
 * The numbers are those of `reeve predict` and of the scoring service, bit for bit.
 *
 * Ownership. What a function hands out through a pointer to a pointer is the caller's, who gives it
 * back with the function that ends in _free (NULL is fine). What a function returns as a pointer to
 * const belongs to the object that it was asked of and lives as long. What a caller passes in is
 * only read, and only during the call.
 *
 * Threads. A model does not change once it is open: any number of threads may score with it at once
 * and describe it; only reeve_model_set_threads and reeve_model_free need it to themselves. Other
 * objects belong to one thread at a time.
 *
 * Errors. Functions that can fail return a reeve_code, 0 for success. When `error` is not NULL, a
 * failure stores an object there that tells what went wrong (NULL when even that found no memory),
 * success leaves it alone. After a failure nothing was handed out, and what stands in the caller's
 * arrays means nothing. Nothing aborts, exits, throws, prints or waits for input. A row that breaks
 * the contract is no failure of the call: see reeve_issue. Null pointers are refused with
 * REEVE_INVALID_ARGUMENT except where a comment allows them.
 *
 * Stability. Within libreeve.so.1 functions and fields are only ever added, fields at the end of
 * structs that the library hands out; never allocate those yourself. reeve_cell, ArrowSchema and
 * ArrowArray are fixed for good.
 */
#ifndef REEVE_H
#define REEVE_H

#include <stdint.h>

#if defined(__GNUC__)
#define REEVE_API __attribute__((visibility("default")))
#else
#define REEVE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- version */

/* The interface this header describes; the library's soname ends with it. */
#define REEVE_ABI_VERSION 1

/* REEVE_ABI_VERSION of the library that is loaded. */
REEVE_API int32_t reeve_abi_version(void);
/* Version of the library, "0.1.0". */
REEVE_API const char* reeve_version(void);

/* ---------------------------------------------------------------- errors */

/* What kind of failure. Numbers are fixed. */
enum reeve_code {
  REEVE_OK = 0,
  /* The call makes no sense: a null pointer, an Arrow layout that cannot be read. */
  REEVE_INVALID_ARGUMENT = 1,
  /* The data are at fault as a whole: a required column is absent. */
  REEVE_INVALID_DATA = 2,
  /* No such folder. */
  REEVE_NOT_FOUND = 3,
  /* A file could not be read. */
  REEVE_IO = 4,
  /* Not a bundle, a damaged one, or one newer than this library. */
  REEVE_CORRUPT = 5,
  /* Not enough memory. */
  REEVE_NO_MEMORY = 6,
  /* A mistake of the library. */
  REEVE_INTERNAL = 7
};

typedef struct reeve_error reeve_error;

/* The code that the failed function returned. REEVE_INTERNAL for NULL. */
REEVE_API int32_t reeve_error_code(const reeve_error* error);
/* One line, UTF-8: where, what was found, what was expected. "" for NULL. */
REEVE_API const char* reeve_error_message(const reeve_error* error);
/* What can be done about it, one line each, "" when there is no advice. */
REEVE_API const char* reeve_error_fixes(const reeve_error* error);
REEVE_API void reeve_error_free(reeve_error* error);

/* ---------------------------------------------------------------- models */

typedef struct reeve_model reeve_model;

/* Reads and verifies the bundle in `folder` (UTF-8 path; also any MLflow artifact folder that Reeve
 * wrote): every checksum, version, size and index, so that opening a hostile one is safe. Nothing
 * is kept open. */
REEVE_API int32_t reeve_model_open(const char* folder, reeve_model** model, reeve_error** error);
REEVE_API void reeve_model_free(reeve_model* model);

/* Threads that one call may use, 1 unless set; 0: as many as there are processors. More pay from
 * some thousand rows on. Results do not depend on it. Returns REEVE_INVALID_ARGUMENT for a negative
 * number. */
REEVE_API int32_t reeve_model_set_threads(reeve_model* model, int32_t threads);

/* One feature of the model's contract. */
typedef struct reeve_feature {
  const char* name;
  /* "integer", "real", "boolean", "category", "text", "datetime" or "list". */
  const char* type;
  /* 1: never missing in training, so a row without a value is not scored. */
  int32_t required;
  /* Known categories, most frequent first; 0 and NULL for other types. */
  int32_t category_count;
  const char* const* categories;
  /* Smallest and largest value in training (datetime: seconds since 1970-01-01 UTC); NaN where
   * there is none. */
  double minimum, maximum;
} reeve_feature;

/* What a model is. */
typedef struct reeve_description {
  /* Version of the bundle's format. */
  int32_t format_version;
  /* At least 2. For two classes: the negative one, then the positive one. */
  int32_t class_count;
  const char* const* classes;
  /* Name of the column that the model predicts. */
  const char* target;
  /* Two classes: a row is positive from this probability on. NaN for more: the most probable class,
   * or the one of the least expected cost where training was told what mistakes cost. */
  double threshold;
  /* In the order that reeve_score_cells expects. */
  int32_t feature_count;
  const reeve_feature* const* features;
  /* The whole contract as JSON (docs/formats/contract.md). */
  const char* contract;
} reeve_description;

/* Never NULL for a model. */
REEVE_API const reeve_description* reeve_model_describe(const reeve_model* model);

/* ---------------------------------------------------------------- issues */

/* Rules that a value can break. Numbers are fixed; names: reeve_rule_name. */
enum reeve_rule {
  /* A required value is missing. The row is not scored. */
  REEVE_MISSING_VALUE = 1,
  /* A value is not of the feature's type: a number that is none. The row is not scored. */
  REEVE_WRONG_TYPE = 2,
  /* A category that training never saw. Scored as unknown. */
  REEVE_UNSEEN_CATEGORY = 3,
  /* A number outside what training saw. Scored as it is. */
  REEVE_OUT_OF_RANGE = 4
};

/* One value that broke a rule. */
typedef struct reeve_issue {
  /* Row of the call, from 0. */
  int64_t row;
  /* Index into the description's features. */
  int32_t field;
  /* A reeve_rule. */
  int32_t rule;
  /* 1: the row was not scored: predicted -1, probabilities NaN. */
  int32_t is_fatal;
  /* The value as text, possibly cut; "" when missing. */
  const char* found;
  /* What would be right, for people: "integer", "300 to 900". */
  const char* expected;
} reeve_issue;

/* All issues of one call, by row and then by field. */
typedef struct reeve_issues reeve_issues;

/* 0 for NULL. */
REEVE_API int64_t reeve_issues_count(const reeve_issues* issues);
/* NULL when `index` is not in 0 ... count - 1. */
REEVE_API const reeve_issue* reeve_issues_get(const reeve_issues* issues, int64_t index);
REEVE_API void reeve_issues_free(reeve_issues* issues);
/* "missing_value", "wrong_type", "unseen_category", "out_of_range"; "" for other numbers. */
REEVE_API const char* reeve_rule_name(int32_t rule);

/* ---------------------------------------------------------------- scoring cells */

enum reeve_cell_kind {
  REEVE_CELL_MISSING = 0,
  REEVE_CELL_NUMBER = 1,
  REEVE_CELL_BOOLEAN = 2,
  REEVE_CELL_TEXT = 3
};

/* One value of one row. A text is read by the contract just as a field of a CSV file is: blanks
 * trimmed, numeric texts, texts that mean "missing", ISO 8601 dates. A number given for a category
 * is looked up by its shortest text. */
typedef struct reeve_cell {
  /* A reeve_cell_kind. */
  int32_t kind;
  /* Set to 0. */
  int32_t reserved;
  /* REEVE_CELL_NUMBER: the value (NaN and infinities are missing; a datetime in seconds since
   * 1970-01-01 UTC). REEVE_CELL_BOOLEAN: 0 or 1. */
  double number;
  /* REEVE_CELL_TEXT: UTF-8, `length` bytes, no terminator needed. */
  const char* text;
  int64_t length;
} reeve_cell;

/* Scores `rows` rows of feature_count cells each, one row after the other, in the order of the
 * description's features.
 *
 * probabilities  rows x class_count, row-major; NaN where a row is not scored. NULL: not wanted.
 * predicted      one class index a row; -1 where it is not scored. NULL: not wanted.
 * issues         receives every issue, never NULL on success. NULL: not wanted, which is faster. */
REEVE_API int32_t reeve_score_cells(const reeve_model* model, const reeve_cell* cells, int64_t rows,
                                    double* probabilities, int32_t* predicted,
                                    reeve_issues** issues, reeve_error** error);

/* ---------------------------------------------------------------- scoring Arrow */

/* The Arrow C data interface, as its specification asks every header to define it:
 * https://arrow.apache.org/docs/format/CDataInterface.html */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

/* Scores the rows of a struct array (a record batch). Both stay the caller's, who releases them
 * afterwards.
 *
 * Columns are found by name; those that the contract does not know are passed over; an optional one
 * may be absent, a required one is REEVE_INVALID_DATA. Types: null, bool, int8 ... int64, uint8 ...
 * uint64, float32, float64, utf8, large_utf8, utf8 views, date32, date64, timestamps (of any unit
 * and time zone) and dictionaries of these, with null bitmaps and offsets; others are refused by
 * name. NaN counts as missing. Lengths, offsets, counts of buffers and children, and indices are
 * checked; that buffers are as long as those say cannot be.
 *
 * probabilities, predicted, issues: as in reeve_score_cells, for array->length rows. */
REEVE_API int32_t reeve_score_arrow(const reeve_model* model, const struct ArrowSchema* schema,
                                    const struct ArrowArray* array, double* probabilities,
                                    int32_t* predicted, reeve_issues** issues, reeve_error** error);

/* The same with an answer in Arrow: a struct array of the columns of `reeve predict
 * --probabilities`: `prediction` (dictionary of int32 to utf8), `probability` (float64; of the
 * positive class, for more than two classes of the predicted one) and a `probability_CLASS`
 * (float64) for each class; null where a row is not scored. Afterwards both are the caller's, who
 * calls their release. They do not need the model any more. */
REEVE_API int32_t reeve_score_arrow_to_arrow(const reeve_model* model,
                                             const struct ArrowSchema* schema,
                                             const struct ArrowArray* array,
                                             struct ArrowSchema* out_schema,
                                             struct ArrowArray* out_array, reeve_issues** issues,
                                             reeve_error** error);

#ifdef __cplusplus
}
#endif

#endif /* REEVE_H */
