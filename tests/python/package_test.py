"""The Python package gives the numbers of `reeve predict`, bit for bit, whatever the data come as, and says what is wrong with those it refuses.

    package_test.py REEVE

Prints "python: N passed, N failed, N skipped". Tables of $REEVE_DATA are used where they are, else the demo's.
"""
import contextlib
import ctypes.util
import decimal
import gc
import json
import os
import pickle
import subprocess
import sys
import tempfile
import unittest
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy
import pandas
import polars
import pyarrow

import reeve

REEVE = sys.argv.pop()
DATA = Path(os.environ.get("REEVE_DATA", "../shared/data")).resolve()
TABLES = {"loan_approval": ("loan_approval/loan_approval_dataset.csv", "loan_status", ["loan_id"]),
          "titanic": ("titanic/train.csv", "Survived", ["PassengerId"]),
          "car_evaluation": ("car_evaluation/car_evaluation.csv", "class", []),
          "qubika_loan": ("qubika_loan/dataset.csv", "Loan_Approval", []),
          "claims": ("claims/training_data.csv", "claim_status", [])}


def run(folder, *words):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("REEVE_", "MLFLOW_"))}
    done = subprocess.run([REEVE, *map(str, words)], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
    assert done.returncode in (0, 3), f"reeve {' '.join(map(str, words))}: {done.returncode}\n{done.stderr[-2000:]}"


def read(path):
    # pandas' quick parser is off by a bit here and there.
    return pandas.read_csv(path, float_precision="round_trip")


class WithFolder(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="reeve-python-")
        cls.folder = Path(cls.temporary.name)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()


class Equality(WithFolder):
    """Against the binary, on whole tables."""

    def compare(self, table, target, drop, name):
        bundle = self.folder / name
        run(self.folder, "train", table, "--target", target, *[w for d in drop for w in ("--drop", d)], "--effort", "quick", "--no-track", "--out", bundle)
        scores = self.folder / f"{name}.jsonl"
        rejects = self.folder / f"{name}.rejects.jsonl"
        run(self.folder, "predict", bundle, table, "-o", scores, "--probabilities", "--rejects", rejects, "--quiet")
        expected = [json.loads(line) for line in scores.read_text().splitlines()]
        rejected = {int(json.loads(line)["row"]) for line in rejects.read_text().splitlines()} if rejects.exists() else set()
        model = reeve.load(bundle)
        frame = read(table)
        self.assertEqual(len(expected) + len(rejected), len(frame))
        ways = {"pandas": frame, "records": frame.to_dict("records"), "nullable": frame.convert_dtypes(), "arrow": pyarrow.Table.from_pandas(frame),
                "polars": polars.from_pandas(frame), "objects": frame.astype(object), "batches": pyarrow.Table.from_pandas(frame).to_reader(97),
                "categories": frame.astype({c: "category" for c in frame.columns if frame[c].dtype == object})}
        for way, data in ways.items():
            with self.subTest(table=name, data=way):
                scored = model.score(data)
                self.assertEqual(set(numpy.flatnonzero(scored.predicted < 0)), rejected)
                good = scored.predicted >= 0
                self.assertEqual([model.classes[k] for k in scored.predicted[good]], [row["prediction"] for row in expected])
                wanted = numpy.array([[row[f"probability_{c}"] for c in model.classes] for row in expected])
                self.assertTrue(numpy.array_equal(scored.probabilities[good], wanted), "not bit for bit")
        answers = model.predict(frame, errors="ignore")
        self.assertEqual(list(answers["prediction"][good]), [row["prediction"] for row in expected])
        self.assertEqual(list(answers["probability"][good]), [row["probability"] for row in expected])
        self.assertTrue(answers["prediction"][~good].isna().all() and answers["probability"][~good].isna().all())


def add_tables():
    def of_table(path, target, drop, name):
        return lambda self: self.compare(path, target, drop, name)

    for name, (path, target, drop) in TABLES.items():
        if (DATA / path).exists():
            setattr(Equality, f"test_{name}", of_table(DATA / path, target, drop, name))

    def of_demo(self):
        run(self.folder, "demo")
        self.compare(self.folder / "loans.csv", "approved", ["loan_id"], "demo")

    Equality.test_demo = of_demo


class Package(WithFolder):
    """On the demo's model."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        run(cls.folder, "demo")
        [file] = cls.folder.glob("mlruns/**/MLmodel")
        cls.bundle = file.parent
        cls.model = reeve.load(cls.bundle)
        cls.frame = read(cls.folder / "new_loans.csv")
        cls.expected = cls.model.predict_proba(cls.frame)

    def assert_same(self, data, rows=None):
        expected = self.expected if rows is None else self.expected[rows]
        self.assertTrue(numpy.array_equal(self.model.predict_proba(data), expected))

    def test_says_what_it_is(self):
        model = self.model
        self.assertEqual((model.classes, model.target), (("no", "yes"), "approved"))
        self.assertTrue(0 < model.threshold < 1)
        self.assertEqual(model.contract["target"] if isinstance(model.contract["target"], str) else model.target, "approved")
        age = next(f for f in model.features if f.name == "age")
        self.assertEqual((age.type, age.required), ("integer", True))
        self.assertLess(age.minimum, age.maximum)
        region = next(f for f in model.features if f.name == "region")
        self.assertEqual((region.type, region.minimum), ("category", None))
        self.assertGreater(len(region.categories), 1)
        self.assertIn("approved", repr(model))
        self.assertEqual(reeve.library_version(), reeve.__version__)

    def test_keeps_the_index(self):
        part = self.frame.iloc[[5, 3, 8]]
        answers = self.model.predict(part)
        self.assertEqual(list(answers.index), [5, 3, 8])
        self.assertEqual(list(answers["probability"]), list(self.expected[[5, 3, 8], 1]))
        self.assertEqual(list(answers.columns), ["prediction", "probability"])

    def test_one_row_may_be_a_dict(self):
        self.assert_same(json.loads(self.frame.iloc[[0]].to_json(orient="records"))[0], [0])

    def test_takes_dicts_of_lists_and_arrays(self):
        self.assert_same(self.frame.to_dict("list"))
        self.assert_same({name: column.to_numpy() for name, column in self.frame.items()})

    def test_takes_no_rows(self):
        self.assertEqual(self.model.predict_proba(self.frame.iloc[:0]).shape, (0, 2))
        self.assertEqual(self.model.predict_proba(pyarrow.Table.from_pandas(self.frame).slice(0, 0)).shape, (0, 2))
        self.assertEqual(len(self.model.predict(self.frame.iloc[:0])), 0)

    def test_takes_slices_that_start_anywhere(self):
        table = pyarrow.Table.from_pandas(self.frame)
        self.assert_same(table.slice(13, 50), slice(13, 63))
        self.assert_same(table.to_batches()[0].slice(7, 9), slice(7, 16))
        self.assert_same(self.frame.iloc[::-1], slice(None, None, -1))
        self.assert_same(self.frame[::3], slice(None, None, 3))

    def test_takes_other_widths_of_numbers(self):
        small = self.frame.astype({"age": "int8", "term_months": "uint16", "loan_amount": "int32"})
        self.assert_same(small)
        self.assert_same(self.frame.astype({"age": ">i8", "loan_amount": ">f8"}))
        self.assert_same(self.frame.assign(age=self.frame["age"].map(decimal.Decimal)))

    def test_takes_arrow_dictionaries_views_and_large_texts(self):
        table = pyarrow.Table.from_pandas(self.frame)
        i = table.column_names.index("region")
        for column in (table["region"].dictionary_encode(), table["region"].cast(pyarrow.large_string()), table["region"].cast(pyarrow.string_view())):
            self.assert_same(table.set_column(i, "region", column))

    def test_takes_times_of_any_kind(self):
        times = pandas.to_datetime(self.frame["applied_on"])
        for column in (times, times.dt.tz_localize("UTC"), times.astype("datetime64[s]"), times.astype(object), times.dt.date,
                       times.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"), times.map(lambda t: t.isoformat())):
            self.assert_same(self.frame.assign(applied_on=column))
        table = pyarrow.Table.from_pandas(self.frame)
        i = table.column_names.index("applied_on")
        for kind in (pyarrow.date32(), pyarrow.date64(), pyarrow.timestamp("ms"), pyarrow.timestamp("ns")):
            self.assert_same(table.set_column(i, "applied_on", pyarrow.array(times).cast(kind, safe=False)))

    def test_missing_is_missing_whatever_it_is_called(self):
        for missing in (None, numpy.nan, pandas.NA, pandas.NaT, "", " ", "NA", "?"):
            with self.subTest(missing=repr(missing)):
                income = self.frame["annual_income"].astype(object)
                income.iloc[0] = missing
                answer = self.model.predict_proba(self.frame.assign(annual_income=income))
                wanted = self.model.predict_proba(self.frame.assign(annual_income=self.frame["annual_income"].where(self.frame.index != 0)))
                self.assertTrue(numpy.array_equal(answer, wanted))

    def broken(self):
        frame = self.frame.copy()
        frame["age"] = frame["age"].astype(object)
        frame.loc[3, "age"] = None
        frame.loc[4, "age"] = "old"
        frame.loc[5, "region"] = "Atlantis"
        frame.loc[6, "age"] = 300
        return frame

    def test_bad_rows_keep_their_place_and_are_told_of(self):
        with self.assertWarnsRegex(UserWarning, "2 of 200 rows break the contract.*row 3, age: missing_value.*row 4, age: wrong_type \\(found \"old\"\\)"):
            answers = self.model.predict(self.broken())
        self.assertEqual(list(answers.index[answers["prediction"].isna()]), [3, 4])
        self.assertEqual(list(answers.index[answers["probability"].isna()]), [3, 4])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.model.predict(self.broken(), errors="ignore")
            self.model.predict(self.frame)
        with self.assertRaises(reeve.ReeveError) as caught:
            self.model.predict_proba(self.broken(), errors="raise")
        self.assertEqual(caught.exception.code, "invalid_data")
        self.assertEqual(list(caught.exception.issues["row"]), [3, 4, 5, 6])
        with self.assertRaisesRegex(reeve.ReeveError, "expected one of warn, raise, ignore"):
            self.model.predict(self.frame, errors="coerce")

    def test_check_lists_every_issue(self):
        issues = self.model.check(self.broken())
        self.assertEqual(list(issues["rule"]), ["missing_value", "wrong_type", "unseen_category", "out_of_range"])
        self.assertEqual(list(issues["fatal"]), [True, True, False, False])
        self.assertEqual(list(issues["found"]), ["", "old", "Atlantis", "300"])
        self.assertEqual(len(self.model.check(self.frame)), 0)
        # Rows of later batches are counted on.
        table = pyarrow.Table.from_pandas(self.broken().astype({"age": str}))
        self.assertEqual(list(self.model.check(table.to_reader(2))["row"]), list(issues["row"]))

    def test_names_what_it_cannot_read(self):
        for data, message in [(self.frame.rename(columns={"age": "agee"}), 'required column "age" is not in the table, but "agee" is'),
                              (self.frame[[]], "none of the 0 columns"),
                              (self.frame.assign(age=pandas.to_timedelta(self.frame["age"], unit="s")), 'column "age": values of type timedelta64'),
                              (self.frame.assign(region=pandas.Series(["\udc80"] * len(self.frame), dtype=object)), "no UTF-8"),
                              (pandas.concat([self.frame, self.frame[["age"]]], axis=1), "two of that name"),
                              (pyarrow.table({"age": [[1]]}), 'column "age": Arrow type "\\+l" is not read'),
                              ([1, 2], "expected a DataFrame, a list of dicts"), ("loans.csv", "expected a DataFrame"), (None, "expected a DataFrame")]:
            with self.subTest(message=message), self.assertRaisesRegex(reeve.ReeveError, message):
                self.model.predict(data)

    def test_names_what_it_cannot_load(self):
        for model, code, message in [(self.folder / "none", "not_found", "no such folder"), (self.folder, "corrupt", "not a bundle of Reeve"),
                                     ("models:/loans@champion", "not_found", "resolved by MLflow, which is not installed")]:
            with self.subTest(model=model), self.assertRaisesRegex(reeve.ReeveError, message) as caught:
                reeve.load(model)
            self.assertEqual(caught.exception.code, code)
        with self.assertRaisesRegex(reeve.ReeveError, "threads is -1"):
            reeve.load(self.bundle, threads=-1)

    def test_file_uris_and_paths_are_the_same(self):
        self.assertTrue(numpy.array_equal(reeve.load(f"file://{self.bundle}").predict_proba(self.frame), self.expected))

    def test_threads_share_a_model(self):
        with ThreadPoolExecutor(4) as pool:
            for answer in pool.map(lambda _: self.model.predict_proba(self.frame), range(40)):
                self.assertTrue(numpy.array_equal(answer, self.expected))

    def test_any_number_of_threads_gives_the_same(self):
        large = pandas.concat([self.frame] * 60, ignore_index=True)
        one = reeve.load(self.bundle, threads=1).predict_proba(large)
        self.assertTrue(numpy.array_equal(reeve.load(self.bundle, threads=3).predict_proba(large), one))

    def test_travels_to_other_processes(self):
        copy = pickle.loads(pickle.dumps(self.model))
        self.assertTrue(numpy.array_equal(copy.predict_proba(self.frame), self.expected))
        error = pickle.loads(pickle.dumps(reeve.ReeveError("text", "io")))
        self.assertEqual((str(error), error.code), ("text", "io"))

    def test_leaves_no_memory_behind(self):
        def resident():
            gc.collect()
            return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

        table = pyarrow.Table.from_pandas(pandas.concat([self.frame] * 50, ignore_index=True))
        frame = table.to_pandas()
        for _ in range(5):
            self.model.score(table), self.model.score(frame), reeve.load(self.bundle)
        before = resident()
        for _ in range(40):
            self.model.score(table), self.model.score(frame), reeve.load(self.bundle)
        self.assertLess(resident() - before, 20e6)


class Library(unittest.TestCase):
    """Where the library is looked for: each case in a process of its own."""

    def ask(self, path="", **environment):
        done = subprocess.run([sys.executable, "-c", "import reeve; print(reeve.library_version())"], env={"PATH": path, **environment},
                              capture_output=True, text=True, timeout=60)
        return done.stdout + done.stderr

    def test_is_found_beside_the_binary_on_the_path(self):
        self.assertIn(reeve.__version__, self.ask(path=str(Path(REEVE).parent)))

    def test_is_found_where_the_variable_says(self):
        library = Path(REEVE).resolve().parent.parent / "lib/libreeve.so"
        self.assertIn(reeve.__version__, self.ask(REEVE_LIBRARY=str(library)))

    def test_a_wrong_variable_is_an_error(self):
        self.assertIn("$REEVE_LIBRARY names /nowhere/libreeve.so, which is not there", self.ask(REEVE_LIBRARY="/nowhere/libreeve.so"))

    def test_says_where_it_looked(self):
        answer = self.ask(path="/nowhere")
        for place in ("$REEVE_LIBRARY", "lib/ beside the package", "reeve on the PATH", "the system's folders"):
            self.assertIn(place, answer)

    def test_another_library_is_an_error(self):
        other = ctypes.util.find_library("c")
        with contextlib.suppress(StopIteration):
            path = next(Path(p) for p in ("/lib/x86_64-linux-gnu/" + other, "/lib64/" + other, "/usr/lib/" + other) if Path(p).exists())
            self.assertIn("is not Reeve's", self.ask(REEVE_LIBRARY=str(path)))


if __name__ == "__main__":
    add_tables()
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    print(f"python: {max(0, result.testsRun - failed - skipped)} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)
