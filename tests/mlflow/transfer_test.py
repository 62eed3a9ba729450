"""Copies between a file and a real `mlflow server`, a server that goes away in mid-training, a service that follows its alias.

    transfer_test.py REEVE [reeve]

With "reeve" `reeve server` stands in for `mlflow server`. Prints "transfer: N passed, N failed, N skipped". The tests are one story, so they run in the order of their numbers.
"""
import json
import logging
import math
import os
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"

from mlflow import MlflowClient  # noqa: E402
from mlflow.data.meta_dataset import MetaDataset  # noqa: E402
from mlflow.data.http_dataset_source import HTTPDatasetSource  # noqa: E402
from mlflow.entities import DatasetInput, InputTag, Metric, Param  # noqa: E402
from mlflow_server import chosen, free_port  # noqa: E402
from reeve_story import ReeveStory  # noqa: E402

logging.getLogger("mlflow").setLevel(logging.ERROR)
REEVE, Server = chosen(sys.argv)
PATIENCE_SECONDS = 60


def files_of(client, run_id, path=None):
    found = {}
    for entry in client.list_artifacts(run_id, path):
        if entry.is_dir:
            found |= files_of(client, run_id, entry.path)
        else:
            found[entry.path] = Path(client.download_artifacts(run_id, entry.path)).read_bytes()
    return found


def record_of(client, run):
    """What a run holds, without ids, places and what says that it is a copy."""
    points = {key: sorted((p.step, p.timestamp, "nan" if math.isnan(p.value) else p.value) for p in client.get_metric_history(run.info.run_id, key))
              for key in run.data.metrics}
    tags = {k: v for k, v in run.data.tags.items() if not k.startswith(("reeve.transfer.", "mlflow.log-model"))}
    inputs = sorted((i.dataset.name, i.dataset.digest, i.dataset.source, tuple(sorted((t.key, t.value) for t in i.tags))) for i in run.inputs.dataset_inputs)
    info = run.info
    return {"name": info.run_name, "status": info.status, "start": info.start_time, "end": info.end_time, "user": info.user_id,
            "params": run.data.params, "points": points, "tags": tags, "inputs": inputs, "files": files_of(client, info.run_id)}


class TransferStory(ReeveStory):
    binary = REEVE
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="reeve-transfer-")
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = Path(cls.temporary.name)
        cls.server = Server(cls.folder / "server")
        cls.addClassCleanup(lambda: cls.server.stop())
        cls.client = MlflowClient(tracking_uri=cls.server.uri, registry_uri=cls.server.uri)
        cls.reeve("demo", "--quiet", uri="sqlite:///mlflow.db")

    def answer(self, *words, uri=None):
        return json.loads(self.reeve(*words, "--output", "json", uri=uri))

    def file_client(self, name):
        uri = f"sqlite:///{self.folder / name}"
        return MlflowClient(tracking_uri=uri, registry_uri=uri)

    def test_1_what_mlflow_recorded_comes_into_a_file(self):
        client = self.client
        experiment = client.create_experiment("loans", tags={"team": "risk"})
        for name in ("first", "second"):
            run = client.create_run(experiment, run_name=name, tags={"note": "a 'quoted' \"text\" ü"}).info
            client.log_batch(run.run_id, metrics=[Metric("loss", 1 / (i + 1), 1000 + i, i) for i in range(900)], params=[Param(f"p{i}", "x" * i) for i in range(90)])
            client.log_metric(run.run_id, "odd", float("nan"))
            client.log_metric(run.run_id, "large", float("inf"))
            dataset = MetaDataset(HTTPDatasetSource("http://example.org/x.csv"), name="x")._to_mlflow_entity()
            client.log_inputs(run.run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])
            client.log_text(run.run_id, "", "empty.txt")
            client.log_text(run.run_id, name, "deep/er/ü ber.txt")
            model = client.create_logged_model(experiment, "classifier", run.run_id, tags={"a": "b"}, params={"depth": "6"}, model_type="tree")
            bundle = next(self.folder.glob("mlruns/**/MLmodel")).parent
            client.log_model_artifacts(model.model_id, str(bundle))
            client.finalize_logged_model(model.model_id, "READY")
            client.log_metric(run.run_id, "auc", 0.5, model_id=model.model_id)
            if name == "first":
                client.create_registered_model("loans", {"owner": "ada"}, "who gets one")
            client.create_model_version("loans", f"models:/{model.model_id}", run.run_id, {"t": name}, description=name, model_id=model.model_id)
            client.set_terminated(run.run_id, "FINISHED" if name == "first" else "FAILED")
        client.create_model_version("loans", run.artifact_uri + "/deep", run.run_id)
        client.delete_model_version("loans", "1")
        client.set_registered_model_alias("loans", "champion", "2")
        client.transition_model_version_stage("loans", "2", "Staging")
        report = self.answer("import", "mlflow", self.server.uri, uri="sqlite:///copy.db")
        self.assertEqual(report["problems"], [])
        self.assertEqual((report["runs"]["copied"], report["logged_models"]["copied"], report["versions"]["copied"]), (2, 2, 2))
        # Read back by MLflow itself, which upgrades the file.
        copy = self.file_client("copy.db")
        there = copy.search_runs([copy.get_experiment_by_name("loans").experiment_id])
        ours = client.search_runs([experiment])
        self.assertEqual(sorted(r.info.run_id for r in there), sorted(r.info.run_id for r in ours))
        self.assertEqual(copy.get_experiment_by_name("loans").tags["team"], "risk")
        for run in ours:
            self.assertEqual(record_of(copy, copy.get_run(run.info.run_id)), record_of(client, client.get_run(run.info.run_id)))
        self.check_registry(copy)

    def check_registry(self, copy):
        model = copy.get_registered_model("loans")
        self.assertEqual((model.description, model.tags, {k: str(v) for k, v in model.aliases.items()}), ("who gets one", {"owner": "ada"}, {"champion": "2"}))
        versions = {str(v.version): copy.get_model_version("loans", v.version) for v in copy.search_model_versions("name='loans'")}
        self.assertEqual(sorted(versions), ["2", "3"])
        self.assertEqual((versions["2"].current_stage, versions["2"].description, versions["2"].tags["t"]), ("Staging", "second", "second"))
        logged = copy.get_logged_model(versions["2"].source.removeprefix("models:/"))
        self.assertEqual((logged.name, logged.params, logged.tags["a"], logged.model_type), ("classifier", {"depth": "6"}, "b", "tree"))
        self.assertEqual([(m.key, m.value) for m in logged.metrics], [("auc", 0.5)])
        self.assertEqual(logged.source_run_id, versions["2"].run_id)
        self.assertTrue(versions["3"].source.endswith("/artifacts/deep"), versions["3"].source)

    def test_2_from_the_file_it_comes_onto_another_server_and_back_without_doubles(self):
        story = type(self)
        story.second = Server(self.folder / "second")
        story.addClassCleanup(lambda: story.second.stop())
        report = self.answer("export", "mlflow", self.second.uri, uri="sqlite:///copy.db")
        self.assertEqual(report["problems"], [])
        self.assertEqual(report["runs"]["copied"], 2)
        there = MlflowClient(tracking_uri=self.second.uri, registry_uri=self.second.uri)
        runs = there.search_runs([there.get_experiment_by_name("loans").experiment_id])
        self.assertEqual(len(runs), 2)
        for run in runs:
            source = self.client.get_run(run.data.tags["reeve.transfer.source"])
            self.assertEqual(record_of(there, there.get_run(run.info.run_id)), record_of(self.client, source))
        self.check_registry(there)
        for uri, from_uri in ((self.second.uri, "sqlite:///copy.db"), (self.server.uri, "sqlite:///copy.db")):
            again = self.answer("export", "mlflow", uri, uri=from_uri)
            self.assertEqual([again[k]["copied"] for k in ("runs", "logged_models", "versions", "aliases", "files")], [0] * 5, uri)
            self.assertEqual((again["problems"], again["notes"]), ([], []))
        self.assertEqual(len(there.search_runs([there.get_experiment_by_name("loans").experiment_id])), 2)
        self.reeve("predict", "models:/loans@champion", "new_loans.csv", "-o", "there.csv", uri=self.second.uri)

    def test_3_a_transfer_that_is_killed_goes_on(self):
        self.reeve("demo", "--quiet", uri="sqlite:///many/mlflow.db")
        for i in range(3):
            self.reeve("train", "loans.csv", "--target", "approved", "--drop", "loan_id", "--learner", "logistic", "--effort", "quick", "--register", "many",
                       "--alias", "champion", "--experiment", "many", "--quiet", uri="sqlite:///many/mlflow.db")
        process = self.start_reeve("export", "mlflow", self.second.uri, uri="sqlite:///many/mlflow.db")
        there = MlflowClient(tracking_uri=self.second.uri, registry_uri=self.second.uri)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (experiment := there.get_experiment_by_name("many")) is None or not there.search_runs([experiment.experiment_id]):
            self.assertLess(time.monotonic(), deadline)
        process.kill()
        process.communicate()
        report = self.answer("export", "mlflow", self.second.uri, uri="sqlite:///many/mlflow.db")
        self.assertEqual(report["problems"], [])
        runs = there.search_runs([experiment.experiment_id])
        self.assertEqual(len({r.data.tags["reeve.transfer.source"] for r in runs}), 3)
        self.assertEqual(len(runs), 3)
        self.assertEqual({r.info.status for r in runs}, {"FINISHED"})
        self.assertEqual(len(there.search_logged_models([experiment.experiment_id])), 3)
        self.assertEqual(len(there.search_model_versions("name='many'")), 3)
        self.assertEqual(str(there.get_model_version_by_alias("many", "champion").version), "3")

    def test_4_a_training_outlives_its_server(self):
        words = ("train", "loans.csv", "--target", "approved", "--drop", "loan_id", "--effort", "quick", "--register", "lost", "--alias", "champion",
                 "--experiment", "lost")
        self.reeve(*words, "--quiet")
        experiment = self.client.get_experiment_by_name("lost").experiment_id
        process = self.start_reeve(*words, "--output", "json")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.client.search_runs([experiment], "attributes.status = 'RUNNING'"):
            self.assertLess(time.monotonic(), deadline)
        # One that stops in an orderly way would take the end of a quick training yet.
        self.server.kill()
        out, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 1, err)
        self.assertIn("the training is done and kept in", err)
        answer = json.loads(out)
        done = self.run_reeve("runs", "sync")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.server.start()
        self.assertEqual(self.client.get_run(answer["run_id"]).info.status, "RUNNING")
        report = self.answer("runs", "sync")
        self.assertEqual((report["runs"]["copied"], report["versions"]["copied"], report["problems"]), (1, 1, []))
        run = self.client.get_run(answer["run_id"])
        self.assertEqual(run.info.status, "FINISHED")
        self.assertAlmostEqual(run.data.metrics["test_auc"], answer["test"]["auc"])
        self.assertIn("report.html", files_of(self.client, run.info.run_id))
        version = self.client.get_model_version_by_alias("lost", "champion")
        self.assertEqual((str(version.version), version.run_id), ("2", run.info.run_id))
        self.assertEqual(len(self.client.search_logged_models([experiment], "name = 'model'")), 2)
        self.assertIn("Nothing waits", self.reeve("runs", "sync"))
        self.assertEqual(len(self.client.search_runs([experiment])), 2)
        self.reeve("predict", "models:/lost@champion", "new_loans.csv", "-o", "lost.csv")

    def test_5_a_service_follows_its_alias_on_the_server(self):
        self.client.set_registered_model_alias("lost", "champion", "1")
        port = free_port()
        process = self.start_reeve("serve", "models:/lost@champion", "--port", str(port), "--no-predictions")
        try:
            def version():
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/model", timeout=5) as answer:
                        return str(json.load(answer)["version"])
                except OSError:
                    return None
            for wanted, move in (("1", None), ("2", "2")):
                if move:
                    self.client.set_registered_model_alias("lost", "champion", move)
                deadline = time.monotonic() + PATIENCE_SECONDS
                while version() != wanted:
                    self.assertLess(time.monotonic(), deadline, f"version {wanted} is not served")
                    time.sleep(0.1)
        finally:
            process.terminate()
            process.communicate(timeout=60)


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    print(f"transfer: {result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)
