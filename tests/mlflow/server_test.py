"""reeve and MLflow's client meet on one `mlflow server`: each uses what the other brought there.

    server_test.py REEVE [reeve|up]

With "reeve" `reeve server` stands in for `mlflow server`, with "up" `reeve up`. Prints "server: N passed, N failed, N skipped". The tests are one story, so they run in the order of their numbers.
"""
import json
import logging
import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"

from mlflow import MlflowClient  # noqa: E402
from mlflow.models import Model  # noqa: E402
from mlflow_server import chosen, free_port  # noqa: E402
from reeve_story import ReeveStory  # noqa: E402

logging.getLogger("mlflow").setLevel(logging.ERROR)
REEVE, Server = chosen(sys.argv)


class ServerStory(ReeveStory):
    binary = REEVE

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="reeve-server-")
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = Path(cls.temporary.name)
        cls.server = Server(cls.folder / "server")
        cls.addClassCleanup(cls.server.stop)
        cls.client = MlflowClient(tracking_uri=cls.server.uri, registry_uri=cls.server.uri)
        cls.reeve("demo", uri="sqlite:///mlflow.db")
        [cls.bundle] = [path.parent for path in cls.folder.glob("mlruns/**/MLmodel")]
        cls.expected = cls.predict(str(cls.bundle), uri="sqlite:///mlflow.db")

    def answer(self, *words):
        return json.loads(self.reeve(*words, "--output", "json"))

    def refusal(self, *words, code=1, uri=None):
        done = self.run_reeve(*words, uri=uri)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def test_1_a_bundle_that_mlflow_brought_there_predicts_the_same(self):
        client, story = self.client, type(self)
        story.experiment = client.create_experiment("loans")
        story.first_run = client.create_run(self.experiment, run_name="first").info
        client.log_artifacts(self.first_run.run_id, str(self.bundle), "model")
        client.create_registered_model("x", description="from afar")
        version = client.create_model_version("x", self.first_run.artifact_uri + "/model", self.first_run.run_id)
        client.set_registered_model_alias("x", "champion", version.version)
        self.assertTrue(self.first_run.artifact_uri.startswith("mlflow-artifacts:"))
        for model in ("models:/x@champion", "models:/x/1", "x", f"runs:/{self.first_run.run_id}/model"):
            self.assertEqual(self.predict(model), self.expected, model)
        self.assertEqual(len(list((self.folder / "cache/models").iterdir())), 1)

    def test_2_logged_models_copies_and_stages_are_followed(self):
        client = self.client
        model = client.create_logged_model(self.experiment, "model", self.first_run.run_id)
        client.log_model_artifacts(model.model_id, str(self.bundle))
        self.refusal("predict", f"models:/{model.model_id}", "new_loans.csv", "-o", "never.csv")
        client.finalize_logged_model(model.model_id, "READY")
        client.create_model_version("x", f"models:/{model.model_id}", self.first_run.run_id, model_id=model.model_id)
        client.copy_model_version("models:/x/2", "y")
        client.transition_model_version_stage("x", "2", "Production")
        for name in (f"models:/{model.model_id}", "models:/x/2", "models:/y/1", "models:/x/Production", "models:/x/latest"):
            self.assertEqual(self.predict(name), self.expected, name)
        self.assertEqual([v["version"] for v in self.answer("models", "show", "x")], ["2", "1"])
        self.assertEqual({m["name"]: m["latest_version"] for m in self.answer("models", "list")}, {"x": "2", "y": "1"})
        self.reeve("check", "models:/x@champion", "new_loans.csv")

    def test_3_a_cache_that_was_damaged_is_mended(self):
        for folder in (self.folder / "cache/models").iterdir():
            (folder / "model.reeve").unlink()
        self.assertEqual(self.predict("models:/x@champion"), self.expected)
        for folder in (self.folder / "cache/models").iterdir():
            model = folder / "model.reeve"
            if model.exists():
                model.write_bytes(bytes(model.stat().st_size))
        self.assertEqual(self.predict("models:/x@champion"), self.expected)

    def test_4_reeve_trains_onto_the_server(self):
        answer = self.answer("train", "loans.csv", "--target", "approved", "--drop", "loan_id", "--effort", "quick", "--register", "trained",
                             "--alias", "champion", "--description", "by reeve", "--tag", "team=risk", "--out", "here")
        client = self.client
        version = client.get_model_version_by_alias("trained", "champion")
        self.assertEqual((version.run_id, version.description, version.tags["team"]), (answer["run_id"], "by reeve", "risk"))
        run = client.get_run(answer["run_id"])
        self.assertEqual(run.info.status, "FINISHED")
        self.assertAlmostEqual(run.data.metrics["test_auc"], answer["test"]["auc"])
        self.assertTrue(client.get_metric_history(run.info.run_id, "fold_auc"))
        self.assertEqual(run.inputs.dataset_inputs[0].dataset.name, "loans.csv")
        self.assertLessEqual({"report.html", "pictures", "answer.json"}, {f.path for f in client.list_artifacts(run.info.run_id)})
        [logged] = client.search_logged_models([run.info.experiment_id], filter_string=f"source_run_id = '{run.info.run_id}'")
        self.assertEqual(str(logged.status), "READY")
        here = self.folder / "described"
        shutil.copytree(self.folder / "server/mlartifacts" / logged.artifact_location.removeprefix("mlflow-artifacts:/"), here)
        self.assertTrue(Model.load(str(here / "MLmodel")).signature.inputs.input_names())
        self.assertEqual(self.predict("models:/trained@champion"), self.predict(str(self.folder / "here")))
        self.assertEqual(list((self.folder / "cache/uploads").iterdir()), [], "what was brought there does not stay here")
        self.assertIn(run.info.run_id, self.reeve("runs", "list", "--experiment", "Default"))
        self.assertIn("test_auc", self.reeve("runs", "show", run.info.run_id))
        self.assertIn("loans.csv", self.reeve("data", "history"))

    def test_5_mlflow_sees_what_reeve_moves_and_deletes(self):
        self.reeve("models", "alias", "x", "champion", "2")
        self.assertEqual(str(self.client.get_model_version_by_alias("x", "champion").version), "2")
        self.reeve("models", "rollback", "x")
        self.assertEqual(str(self.client.get_model_version_by_alias("x", "champion").version), "1")
        self.reeve("models", "stage", "x", "1", "--stage", "staging")
        self.assertEqual(self.client.get_model_version("x", "1").current_stage, "Staging")
        self.reeve("models", "delete", "x", "2")
        self.assertEqual([str(v.version) for v in self.client.search_model_versions("name='x'")], ["1"])
        self.reeve("models", "alias", "x", "champion", "--delete")
        self.assertEqual(self.client.get_registered_model("x").aliases, {})

    def test_6_what_is_missing_is_said(self):
        self.assertIn('Did you mean "trained"?', self.refusal("predict", "models:/trainde@champion", "new_loans.csv", "-o", "never.csv"))
        self.assertIn("Valid: 1.", self.refusal("predict", "models:/trained/7", "new_loans.csv", "-o", "never.csv"))
        self.client.create_model_version("x", "gs://bucket/model", self.first_run.run_id)
        self.assertIn("gs://bucket/model", self.refusal("predict", "models:/x/latest", "new_loans.csv", "-o", "never.csv"))
        self.client.log_text(self.first_run.run_id, "flavors: {}", "foreign/MLmodel")
        self.assertIn("no bundle of reeve", self.refusal("predict", f"runs:/{self.first_run.run_id}/foreign", "new_loans.csv", "-o", "never.csv"))
        self.assertIn("does not exist", self.refusal("runs", "show", "0" * 32))

    def test_7_a_server_that_is_not_there_is_said(self):
        said = self.refusal("predict", "models:/x@champion", "new_loans.csv", "-o", "never.csv", uri=f"http://127.0.0.1:{free_port()}")
        self.assertIn("cannot be reached", said)
        self.assertIn("reeve server", said)
        self.assertIn("trained", self.reeve("models", "list", uri=self.server.uri.replace("//", "//ada:hunter2@")))

    def test_8_artifacts_that_the_server_does_not_hand_out_are_on_its_disk(self):
        shared = self.folder / "shared"
        server = Server(self.folder / "unproxied", "--no-serve-artifacts", "--default-artifact-root", str(shared))
        try:
            client = MlflowClient(tracking_uri=server.uri, registry_uri=server.uri)
            run = client.create_run("0").info
            client.log_artifacts(run.run_id, str(self.bundle), "model")
            client.create_registered_model("z")
            client.create_model_version("z", run.artifact_uri + "/model", run.run_id)
            self.assertEqual(self.predict("models:/z/1", uri=server.uri), self.expected)
            shared.rename(self.folder / "moved")
            self.assertIn("no such folder", self.refusal("predict", "models:/z/1", "new_loans.csv", "-o", "never.csv", uri=server.uri))
        finally:
            server.stop()


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    print(f"server: {result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)
