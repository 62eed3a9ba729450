"""reeve and MLflow's client keep artifacts in S3, and each reads what the other brought there.

    s3_test.py REEVE [reeve]

With "reeve" `reeve server` stands in for `mlflow server`. Prints "s3: N passed, N failed, N skipped". The tests are one story, so they run in the order of their numbers.
"""
import hashlib
import json
import logging
import os
import random
import sys
import unittest
from pathlib import Path

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"

import s3_store  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow_server import chosen  # noqa: E402
from reeve_story import ReeveStory  # noqa: E402

logging.getLogger("mlflow").setLevel(logging.ERROR)
logging.getLogger("werkzeug").setLevel(logging.ERROR)
REEVE, Server = chosen(sys.argv)
PART_BYTES = 64 << 20
TRAIN = ("train", "loans.csv", "--target", "approved", "--drop", "loan_id", "--effort", "quick")


class S3Story(ReeveStory):
    binary = REEVE

    @classmethod
    def setUpClass(cls):
        s3_store.give(cls, "reeve-s3-")
        os.environ.update(cls.store.environment)
        cls.variables = cls.store.environment | {"HOME": str(cls.folder)}
        cls.server = Server(cls.folder / "server", "--default-artifact-root", "s3://loans/files", "--no-serve-artifacts")
        cls.addClassCleanup(cls.server.stop)
        cls.client = MlflowClient(tracking_uri=cls.server.uri, registry_uri=cls.server.uri)
        cls.reeve("demo", uri="sqlite:///mlflow.db")
        [cls.bundle] = [path.parent for path in cls.folder.glob("mlruns/**/MLmodel")]
        cls.expected = cls.predict(str(cls.bundle), uri="sqlite:///mlflow.db")

    def digests(self, folder):
        return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in Path(folder).rglob("*") if path.is_file()}

    def test_1_mlflow_reads_what_reeve_trained(self):
        answer = json.loads(self.reeve(*TRAIN, "--register", "trained", "--alias", "champion", "--out", "here", "--output", "json"))
        run = self.client.get_run(answer["run_id"])
        self.assertEqual(run.info.status, "FINISHED")
        self.assertTrue(run.info.artifact_uri.startswith("s3://loans/files/"), run.info.artifact_uri)
        self.assertLessEqual({"report.html", "pictures", "answer.json"}, {f.path for f in self.client.list_artifacts(run.info.run_id)})
        fetched = self.client.download_artifacts(run.info.run_id, "", str(self.make_folder("fetched")))
        self.assertIn("answer.json", self.digests(fetched))
        [logged] = self.client.search_logged_models([run.info.experiment_id], filter_string=f"source_run_id = '{run.info.run_id}'")
        prefix = logged.artifact_location.removeprefix("s3://loans/")
        model = self.make_folder("model")
        for key in self.store.keys(prefix + "/"):
            path = model / key.removeprefix(prefix + "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            self.store.client.download_file("loans", key, str(path))
        self.assertEqual(self.digests(model), self.digests(self.folder / "here"))
        self.assertEqual(self.predict("models:/trained@champion"), self.predict("./here"))
        compared = json.loads(self.reeve("runs", "compare", run.info.run_id, run.info.run_id, "--output", "json"))
        self.assertTrue(any("intervals_overlap" in metric for metric in compared["metrics"]), "what the run wrote is read there")
        self.assertEqual(list((self.folder / "cache/uploads").iterdir()), [], "what was brought there does not stay here")

    def make_folder(self, name):
        (self.folder / name).mkdir()
        return self.folder / name

    def test_2_reeve_reads_what_mlflow_brought_there(self):
        experiment = self.client.create_experiment("loans")
        run = self.client.create_run(experiment).info
        self.client.log_artifacts(run.run_id, str(self.bundle), "my model")
        self.client.create_registered_model("brought")
        self.client.create_model_version("brought", run.artifact_uri + "/my model", run.run_id)
        model = self.client.create_logged_model(experiment, "model", run.run_id)
        self.client.log_model_artifacts(model.model_id, str(self.bundle))
        self.client.finalize_logged_model(model.model_id, "READY")
        for name in ("models:/brought/1", f"runs:/{run.run_id}/my model", f"models:/{model.model_id}"):
            self.assertEqual(self.predict(name), self.expected, name)

    def test_3_files_of_any_size_and_name_are_copied_there_and_back(self):
        source = MlflowClient(tracking_uri="sqlite:///" + str(self.folder / "mlflow.db"))
        run = source.create_run(source.create_experiment("files", (self.folder / "files").as_uri())).info
        tree = self.make_folder("tree")
        names = ["empty", "part", "more", "a b/ü &+%?#=<>'~.txt"] + [f"many/{i}" for i in range(5)]
        for name, size in zip(names, [0, PART_BYTES, PART_BYTES + 1, 10] + [1] * 5):
            (tree / name).parent.mkdir(exist_ok=True)
            (tree / name).write_bytes(random.Random(size).randbytes(size))
        source.log_artifacts(run.run_id, str(tree))
        self.reeve("import", "mlflow", "sqlite:///mlflow.db", "--experiment", "files")
        [copy] = self.client.search_runs([self.client.get_experiment_by_name("files").experiment_id])
        self.assertTrue(copy.info.artifact_uri.startswith("s3://"))
        self.assertEqual(self.digests(self.client.download_artifacts(copy.info.run_id, "", str(self.make_folder("there")))), self.digests(tree))
        self.reeve("export", "mlflow", "sqlite:///back.db", "--experiment", "files")
        back = MlflowClient(tracking_uri="sqlite:///" + str(self.folder / "back.db"))
        [run] = back.search_runs([back.get_experiment_by_name("files").experiment_id])
        self.assertEqual(self.digests(run.info.artifact_uri.removeprefix("file://")), self.digests(tree))

    def test_4_a_store_in_a_file_may_keep_its_artifacts_in_s3(self):
        uri = "sqlite:///own.db"
        MlflowClient(tracking_uri="sqlite:///" + str(self.folder / "own.db")).create_experiment("afar", "s3://loans/own")
        self.reeve(*TRAIN, "--experiment", "afar", "--register", "own", "--alias", "champion", "--out", "own", uri=uri)
        self.assertTrue(self.store.keys("own/"))
        self.assertEqual(self.predict("models:/own@champion", uri=uri), self.predict("./own", uri=uri))

    def test_5_whoever_may_not_is_told_before_the_training(self):
        for key, code in ("nobody", "InvalidAccessKeyId"), (self.store.environment["AWS_ACCESS_KEY_ID"], "SignatureDoesNotMatch"):
            done = self.run_reeve(*TRAIN, AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY="opensesame")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(code, done.stderr)
            self.assertNotIn("opensesame", done.stderr)
        done = self.run_reeve("predict", "models:/trained@champion", "new_loans.csv", "-o", "never.csv", AWS_ACCESS_KEY_ID="")
        self.assertIn("AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not", done.stderr)
        done = self.run_reeve("predict", "models:/trained@champion", "new_loans.csv", "-o", "never.csv", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
        self.assertIn("no key pair for S3 is known", done.stderr)
        (self.folder / ".aws").mkdir()
        (self.folder / ".aws/credentials").write_text("[team]\naws_access_key_id = {AWS_ACCESS_KEY_ID}\naws_secret_access_key = {AWS_SECRET_ACCESS_KEY}\n".format(**self.store.environment))
        self.predict("models:/trained@champion", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", AWS_PROFILE="team")


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    print(f"s3: {result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)
