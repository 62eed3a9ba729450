"""A loaded model."""
import ctypes
import json
import math
import os
import warnings
from dataclasses import dataclass
from typing import Optional, Tuple

import numpy
import pandas

from . import _arrow
from ._columns import column_of, empty_column
from ._library import ReeveError, call, library

_ERRORS = ("warn", "raise", "ignore")


@dataclass(frozen=True)
class Feature:
    """One feature of a model's contract."""
    name: str
    #: "integer", "real", "boolean", "category", "text", "datetime" or "list"
    type: str
    #: Never missing in training, so that a row without a value is not scored.
    required: bool
    #: Known categories, most frequent first.
    categories: Tuple[str, ...] = ()
    #: Range in training (datetime: seconds since 1970-01-01 UTC), None where there is none.
    minimum: Optional[float] = None
    maximum: Optional[float] = None


@dataclass(frozen=True)
class Scores:
    """The answers for some rows."""
    #: int32 [rows]: index into the model's classes, -1 where a row broke the contract.
    predicted: numpy.ndarray
    #: float64 [rows, classes], NaN where a row broke the contract.
    probabilities: numpy.ndarray
    #: row, column, rule, fatal, found, expected: every value that broke a rule.
    issues: pandas.DataFrame


def load(model, threads=0):
    """Loads a model: the folder of a bundle, or, where MLflow is installed, what it resolves (`models:/NAME@ALIAS`, `models:/NAME/VERSION`,
    `runs:/RUN_ID/model`, …) with its tracking URI. `threads` is what one call may use, 0: as many as there are processors.

    Raises ReeveError: no such folder, not a bundle, a damaged one, one newer than the library."""
    return Model(_folder_of(os.fspath(model)), threads)


def _folder_of(model):
    if model.startswith("file://"):
        return model[len("file://"):]
    if not model.startswith(("models:/", "runs:/")) and "://" not in model:
        return model
    try:
        from mlflow.artifacts import download_artifacts
    except ImportError:
        raise ReeveError(f"{model} is resolved by MLflow, which is not installed; name the folder of a bundle, or install mlflow", "not_found") from None
    return download_artifacts(artifact_uri=model)


class Model:
    """A model that scores rows. Never changes; any number of threads may use it at once."""

    def __init__(self, folder, threads=0):
        if not isinstance(threads, int) or not 0 <= threads < 2**31:
            raise ReeveError(f"threads is {threads!r}, expected 0 or more")
        self._folder, self._threads = os.fspath(folder), threads
        self._open()

    def _open(self):
        self._library = library()
        self._model = ctypes.c_void_p()
        call(self._library.reeve_model_open, os.fsencode(self._folder), ctypes.byref(self._model))
        self._library.reeve_model_set_threads(self._model, self._threads)
        described = self._library.reeve_model_describe(self._model).contents
        self._classes = tuple(described.classes[k].decode() for k in range(described.class_count))
        self._features = tuple(_feature(described.features[i].contents) for i in range(described.feature_count))
        self._contract = json.loads(described.contract)
        self._target = described.target.decode()
        self._threshold = None if math.isnan(described.threshold) else described.threshold

    def __del__(self):
        if getattr(self, "_model", None):
            self._library.reeve_model_free(self._model)

    # What is pickled is the place: a worker opens the bundle again.
    def __getstate__(self):
        return {"folder": os.path.abspath(self._folder), "threads": self._threads}

    def __setstate__(self, state):
        self._folder, self._threads = state["folder"], state["threads"]
        self._open()

    def __repr__(self):
        return f"<reeve.Model {self.target}: {', '.join(self.classes[:5])}{', …' if len(self.classes) > 5 else ''}; {len(self.features)} features>"

    @property
    def classes(self):
        """Names of the classes: for two the negative one, then the positive one."""
        return self._classes

    @property
    def features(self):
        """The features, in the order of the training table."""
        return self._features

    @property
    def contract(self):
        """The contract as in contract.json."""
        return self._contract

    @property
    def target(self):
        """Name of the column that the model predicts."""
        return self._target

    @property
    def threshold(self):
        """Two classes: a row is positive from this probability on. None for more."""
        return self._threshold

    def predict(self, data, errors="warn"):
        """A DataFrame of `prediction` (the class) and `probability` (of the positive class; for more than two classes of the predicted one), row for
        row, with the index of `data`.

        `data`: a pandas DataFrame, a list of dicts, a dict of columns, or anything that speaks Arrow (pyarrow, polars, DuckDB, …). Columns are found
        by name; others are passed over; optional ones may be absent.

        A row that breaks the contract (a required value missing, a number that is none) gets None and NaN; `errors` is "warn" (default), "ignore",
        or "raise": then nothing is returned but ReeveError raised, with every bad value in its `issues`."""
        scores, index = self._checked(data, errors)
        answers = numpy.array([*self._classes, None], dtype=object)[scores.predicted]
        return pandas.DataFrame({"prediction": answers, "probability": self._answer_probability(scores)}, index=index)

    def predict_proba(self, data, errors="warn"):
        """The probability of every class, float64 [rows, classes], NaN where a row broke the contract. `data`, `errors`: as in predict."""
        return self._checked(data, errors)[0].probabilities

    def check(self, data):
        """Every value of `data` that breaks a rule of the contract: row (from 0), column, rule, fatal (the row is not scored), found, expected."""
        return self._score(data, True)[0].issues

    def score(self, data):
        """All of the above in one call: Scores."""
        return self._score(data, True)[0]

    def _answer_probability(self, scores):
        if len(self._classes) == 2:
            return scores.probabilities[:, 1].copy()
        return scores.probabilities[numpy.arange(len(scores.predicted)), scores.predicted]

    def _checked(self, data, errors):
        if errors not in _ERRORS:
            raise ReeveError(f"errors is {errors!r}, expected one of {', '.join(_ERRORS)}")
        scores, index = self._score(data, False)
        bad = int((scores.predicted < 0).sum())
        if bad and errors != "ignore":
            issues = self.check(data)
            message = _complaint(issues[issues["fatal"]], bad, len(scores.predicted))
            if errors == "raise":
                raise ReeveError(message, "invalid_data", issues)
            warnings.warn(message, UserWarning, stacklevel=3)
        return scores, index

    def _score(self, data, with_issues):
        if not isinstance(data, (pandas.DataFrame, list, tuple, dict)) and (hasattr(data, "__arrow_c_array__") or hasattr(data, "__arrow_c_stream__")):
            parts, first = [], 0
            for schema, array in _arrow.batches_of(data):
                parts.append(self._score_batch(schema, array, with_issues, first))
                first += array.length
            return self._joined(parts, with_issues), None
        frame = _frame_of(data)
        keep = []
        schema, array = _arrow.struct_of(self._columns_of(frame), len(frame), keep)
        return self._score_batch(schema, array, with_issues, 0), frame.index

    def _columns_of(self, frame):
        types = {feature.name: feature.type for feature in self._features}
        columns = []
        for name, series in frame.items():
            name = str(name).strip()
            try:
                # Columns that the model does not know go along by name only: one of them may be a misspelt feature.
                columns.append((name, column_of(series, types[name]) if name in types else empty_column(len(frame))))
            except TypeError as error:
                raise ReeveError(f"column {json.dumps(name, ensure_ascii=False)}: {error}") from None
        return columns

    def _score_batch(self, schema, array, with_issues, first_row):
        rows, classes = array.length, len(self._classes)
        probabilities, predicted = numpy.empty((max(rows, 0), classes)), numpy.empty(max(rows, 0), dtype=numpy.int32)
        issues = ctypes.c_void_p()
        call(self._library.reeve_score_arrow, self._model, ctypes.byref(schema), ctypes.byref(array), probabilities.ctypes.data, predicted.ctypes.data,
             ctypes.byref(issues) if with_issues else None)
        if not with_issues:
            return Scores(predicted, probabilities, None)
        try:
            return Scores(predicted, probabilities, self._issues_of(issues, first_row))
        finally:
            self._library.reeve_issues_free(issues)

    def _joined(self, parts, with_issues):
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return Scores(numpy.empty(0, dtype=numpy.int32), numpy.empty((0, len(self._classes))), self._issues_of(None, 0) if with_issues else None)
        return Scores(numpy.concatenate([part.predicted for part in parts]), numpy.concatenate([part.probabilities for part in parts]),
                      pandas.concat([part.issues for part in parts], ignore_index=True) if with_issues else None)

    def _issues_of(self, issues, first_row):
        found = [self._library.reeve_issues_get(issues, i).contents for i in range(self._library.reeve_issues_count(issues))]
        return pandas.DataFrame({"row": numpy.array([first_row + issue.row for issue in found], dtype=numpy.int64),
                                 "column": [self._features[issue.field].name for issue in found],
                                 "rule": [self._library.reeve_rule_name(issue.rule).decode() for issue in found],
                                 "fatal": numpy.array([issue.is_fatal != 0 for issue in found], dtype=bool),
                                 "found": [issue.found.decode("utf-8", "replace") for issue in found],
                                 "expected": [issue.expected.decode("utf-8", "replace") for issue in found]})


def _feature(described):
    return Feature(name=described.name.decode(), type=described.type.decode(), required=described.required != 0,
                   categories=tuple(described.categories[i].decode() for i in range(described.category_count)),
                   minimum=None if math.isnan(described.minimum) else described.minimum,
                   maximum=None if math.isnan(described.maximum) else described.maximum)


def _frame_of(data):
    if isinstance(data, pandas.DataFrame):
        return data
    if isinstance(data, dict):
        if data and not any(isinstance(column, (list, tuple, numpy.ndarray, pandas.Series, pandas.Index, pandas.api.extensions.ExtensionArray)) for column in data.values()):
            data = [data]  # one row
        else:
            return pandas.DataFrame(data)
    if isinstance(data, (list, tuple)) and all(isinstance(row, dict) for row in data):
        return pandas.DataFrame(list(data), dtype=object)
    raise ReeveError(f"data is a {type(data).__name__}, expected a DataFrame, a list of dicts, a dict of columns or Arrow data")


def _complaint(issues, bad, rows):
    """One line: how many rows, and what is wrong with the first few."""
    shown = [f"row {issue.row}, {issue.column}: {issue.rule}" + (f" (found {json.dumps(issue.found, ensure_ascii=False)})" if issue.found else "") +
             f", expected {issue.expected}" for issue in issues.head(3).itertuples()]
    return f"{bad:,} of {rows:,} rows break the contract and are not scored: {'; '.join(shown)}{'; …' if len(issues) > 3 else ''}"
