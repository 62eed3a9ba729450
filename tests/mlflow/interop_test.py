"""reeve and MLflow take turns with one store: each reads what the other wrote, before and after MLflow's upgrade.

    interop_test.py REEVE

Prints "mlflow: N passed, N failed, N skipped". The tests are one story, so they run in the order of their numbers.
"""
import json
import logging
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

for name in ("mlflow", "alembic"):
    logging.getLogger(name).setLevel(logging.ERROR)
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
REEVE = os.path.abspath(sys.argv.pop())
# The package finds its library beside the binary.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "python"))
os.environ["PATH"] = f"{Path(REEVE).parent}:{os.environ['PATH']}"

import mlflow  # noqa: E402
import pandas  # noqa: E402
import reeve as package  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.models import Model  # noqa: E402


class Interop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="reeve-mlflow-")
        cls.folder = Path(cls.temporary.name)
        cls.reeve("demo")
        cls.table = "loans.csv"
        cls.before = cls.revision()

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @classmethod
    def reeve(cls, *words):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("REEVE_", "MLFLOW_"))}
        done = subprocess.run([REEVE, *words], cwd=cls.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, f"reeve {' '.join(words)}: {done.returncode}\n{done.stderr[-2000:]}"
        return done.stdout

    @classmethod
    def answer(cls, *words):
        return json.loads(cls.reeve(*words, "--output", "json"))

    @classmethod
    def revision(cls):
        with sqlite3.connect(cls.folder / "mlflow.db") as database:
            return database.execute("SELECT version_num FROM alembic_version").fetchone()[0]

    @classmethod
    def client(cls):
        uri = f"sqlite:///{cls.folder}/mlflow.db"
        return MlflowClient(tracking_uri=uri, registry_uri=uri)

    def train(self, *words):
        return self.answer("train", self.table, "--target", "approved", "--drop", "loan_id", "--effort", "quick", *words)

    def test_1_mlflow_reads_the_demo_and_upgrades_the_store(self):
        client = self.client()
        [model] = client.search_registered_models()
        version = client.get_model_version_by_alias(model.name, "champion")
        run = client.get_run(version.run_id)
        self.assertEqual(run.info.status, "FINISHED")
        self.assertGreater(run.data.metrics["test_auc"], 0.5)
        self.assertTrue(run.inputs.dataset_inputs)
        self.assertIn("report.html", {f.path for f in client.list_artifacts(version.run_id)})
        type(self).name = model.name
        self.assertNotEqual(self.revision(), self.before, "MLflow did not upgrade: the rest of the story would show nothing")

    def test_2_reeve_reads_what_was_upgraded(self):
        [model] = self.answer("models", "list")
        self.assertEqual(model["name"], self.name)
        self.reeve("runs", "list")
        self.reeve("predict", self.name, self.table, "-o", "by_upgraded.csv")
        self.assertTrue((self.folder / "by_upgraded.csv").exists())

    def test_3_reeve_trains_into_the_upgraded_store(self):
        answer = self.train("--register", self.name, "--alias", "champion")
        version = self.client().get_model_version_by_alias(self.name, "champion")
        self.assertEqual((str(version.version), version.run_id), ("2", answer["run_id"]))
        self.assertEqual(self.client().get_run(answer["run_id"]).info.status, "FINISHED")

    def test_4_the_logged_model_is_one_of_mlflow(self):
        client = self.client()
        run_id = client.get_model_version(self.name, "2").run_id
        experiment = client.get_run(run_id).info.experiment_id
        [logged] = [m for m in client.search_logged_models([experiment]) if m.source_run_id == run_id]
        self.assertEqual(str(logged.status), "READY")
        described = Model.load(logged.artifact_location.removeprefix("file://") + "/MLmodel")
        self.assertTrue(described.signature.inputs.input_names())

    def test_5_reeve_follows_what_mlflow_changes(self):
        client = self.client()
        client.set_registered_model_alias(self.name, "champion", "1")
        client.set_model_version_tag(self.name, "1", "approved_by", "risk")
        [model] = self.answer("models", "list")
        self.assertEqual(str(model["aliases"]["champion"]), "1")
        [made] = [e for e in self.answer("models", "history", self.name) if e["alias"] == "champion" and e["to"] == "2"]
        moved = self.answer("models", "history", self.name)[-1]
        self.assertEqual((made["recorded"], moved["recorded"]), (True, False))
        self.assertEqual((moved["alias"], moved["from"], moved["to"], moved["actor"]), ("champion", "2", "1", None))
        self.reeve("predict", f"models:/{self.name}@champion", self.table, "-o", "by_first.csv")

    def test_6_mlflow_sees_what_reeve_moves_and_deletes(self):
        self.reeve("models", "alias", self.name, "candidate", "2")
        self.assertEqual(str(self.client().get_model_version_by_alias(self.name, "candidate").version), "2")
        self.reeve("models", "delete", self.name, "2")
        self.assertEqual([str(v.version) for v in self.client().search_model_versions(f"name='{self.name}'")], ["1"])

    def test_7_runs_and_experiments_of_mlflow_are_listed(self):
        client = self.client()
        experiment = client.create_experiment("made elsewhere")
        run = client.create_run(experiment)
        client.log_metric(run.info.run_id, "auc", float("nan"))
        client.log_metric(run.info.run_id, "loss", 0.25, step=3)
        client.set_terminated(run.info.run_id)
        self.assertIn(run.info.run_id, self.reeve("runs", "list", "--experiment", "made elsewhere", "--output", "json"))
        self.reeve("runs", "show", run.info.run_id)

    def load(self, uri):
        store = f"sqlite:///{self.folder}/mlflow.db"
        mlflow.set_tracking_uri(store)
        mlflow.set_registry_uri(store)
        return mlflow.pyfunc.load_model(uri)

    def frame(self, model, table):
        """A table in the types of the signature, on which MLflow insists."""
        frame = pandas.read_csv(self.folder / table, float_precision="round_trip")
        kinds = {column.name: column.type.name for column in model.metadata.get_input_schema()}
        return frame.astype({name: "float64" for name, kind in kinds.items() if kind == "double"} |
                            {name: "datetime64[ns]" for name, kind in kinds.items() if kind == "datetime"})

    def scores(self, model, table, output):
        self.reeve("predict", model, table, "-o", output, "--probabilities", "--quiet")
        return [json.loads(line) for line in (self.folder / output).read_text().splitlines()]

    def test_8_pyfunc_gives_the_numbers_of_predict(self):
        uri = f"models:/{self.name}@champion"
        expected = self.scores(uri, self.table, "pyfunc.jsonl")
        model = self.load(uri)
        answers = model.predict(self.frame(model, self.table))
        self.assertEqual(list(answers.columns), ["prediction", "probability", "label"])
        self.assertEqual(list(answers["label"]), [row["prediction"] for row in expected])
        self.assertEqual(list(answers["probability"]), [row["probability"] for row in expected])
        self.assertEqual(list(answers["prediction"]), [int(row["prediction"] == "yes") for row in expected])
        self.assertEqual(answers["prediction"].dtype.kind, "i")
        self.assertEqual([c.name for c in model.metadata.get_output_schema()], list(answers.columns))
        # The same model by the package's own name for it.
        self.assertEqual(list(package.load(uri).predict(pandas.read_csv(self.folder / self.table))["prediction"]), list(answers["label"]))

    def test_8_pyfunc_names_the_bad_values(self):
        model = self.load(f"models:/{self.name}@champion")
        frame = self.frame(model, self.table)
        frame.loc[3, "region"] = None
        with self.assertRaisesRegex(package.ReeveError, "1 of 2,000 rows break the contract.*row 3, region: missing_value"):
            model.predict(frame)

    def test_8_pyfunc_tells_more_than_two_classes_by_name(self):
        frame = pandas.read_csv(self.folder / self.table)
        frame["band"] = pandas.cut(frame["loan_amount"], 3, labels=["small", "middle", "large"]).astype(str)
        frame.drop(columns=["loan_id", "approved"]).to_csv(self.folder / "bands.csv", index=False)
        answer = self.answer("train", "bands.csv", "--target", "band", "--effort", "quick")
        uri = f"runs:/{answer['run_id']}/model"
        expected = self.scores(uri, "bands.csv", "bands.jsonl")
        model = self.load(uri)
        answers = model.predict(self.frame(model, "bands.csv"))
        self.assertEqual(list(answers["prediction"]), [row["prediction"] for row in expected])
        self.assertEqual(list(answers["probability"]), [row["probability"] for row in expected])
        self.assertEqual(list(answers["probabilities"]), [{c: row[f"probability_{c}"] for c in ("large", "middle", "small")} for row in expected])
        self.assertEqual([c.name for c in model.metadata.get_output_schema()], list(answers.columns))

    def test_8_nothing_of_a_model_runs_but_what_is_installed(self):
        source = Path(self.load(f"models:/{self.name}@champion").metadata.artifact_path.removeprefix("file://"))
        flavors = Model.load(str(source / "MLmodel")).flavors
        self.assertEqual(flavors["python_function"], {"loader_module": "reeve.mlflow"})
        self.assertFalse([p.name for p in source.rglob("*") if p.suffix in (".py", ".pkl", ".sh") or p.name in ("conda.yaml", "requirements.txt", "code")])

    def test_9_the_file_is_whole(self):
        with sqlite3.connect(self.folder / "mlflow.db") as database:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchone()[0], "ok")
            self.assertEqual(database.execute("PRAGMA foreign_key_check").fetchall(), [])


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    print(f"mlflow: {result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)
