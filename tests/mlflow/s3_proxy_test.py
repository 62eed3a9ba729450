"""A server that keeps its artifacts in S3 for clients which have no key: MLflow's client, and requests of every kind.

    s3_proxy_test.py REEVE [reeve|up]

With "reeve" `reeve server` stands in for `mlflow server`, with "up" `reeve up`. Prints "s3 proxy: N passed, N failed, N skipped".
"""
import datetime
import hashlib
import logging
import os
import random
import sys
import unittest
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"

import requests  # noqa: E402
import s3_store  # noqa: E402
from botocore.auth import S3SigV4QueryAuth  # noqa: E402
from botocore.awsrequest import AWSRequest  # noqa: E402
from botocore.credentials import Credentials  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow_server import chosen  # noqa: E402

logging.getLogger("mlflow").setLevel(logging.ERROR)
logging.getLogger("werkzeug").setLevel(logging.ERROR)
IS_REEVE = sys.argv[-1] in ("reeve", "up")
REEVE, Server = chosen(sys.argv)
PROXY = "/api/2.0/mlflow-artifacts/"
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "MLFLOW_S3_ENDPOINT_URL")
MIB = 1 << 20


def start(folder, environment, *words):
    """A server with that environment, and this process without it."""
    if IS_REEVE:
        Server.func.secrets = environment
        return Server(folder, *words)
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        return Server(folder, *words)
    finally:
        os.environ.clear()
        os.environ.update(before)


class S3Proxy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        s3_store.give(cls, "reeve-s3-proxy-")
        (cls.folder / "spool").mkdir()
        cls.environment = cls.store.environment | {"HOME": str(cls.folder), "TMPDIR": str(cls.folder / "spool")}
        cls.server = start(cls.folder / "server", cls.environment, "--artifacts-destination", "s3://loans/kept/here")
        cls.addClassCleanup(cls.server.stop)
        assert not any(name in os.environ for name in KEYS), "the client has no key"
        cls.client = MlflowClient(tracking_uri=cls.server.uri)
        cls.experiment = cls.client.create_experiment("proxied")

    def ask(self, method, path, server=None, **more):
        return requests.request(method, (server or self.server).uri + path, timeout=60, **more)

    def believe_addresses(self):
        """Of this test the store checks no signature."""
        self.store.check(False)
        self.addCleanup(self.store.check, True)

    def assert_signed(self, url, method, owner_of_key):
        """The signature is the one that botocore makes of the same address, key and time."""
        parts = urllib.parse.urlsplit(url)
        given = dict(urllib.parse.parse_qsl(parts.query, strict_parsing=True))
        plain = {name: value for name, value in given.items() if not name.startswith("X-Amz-")}
        request = AWSRequest(method, f"{parts.scheme}://{parts.netloc}{parts.path}", params=plain)
        credentials = Credentials(owner_of_key["AWS_ACCESS_KEY_ID"], owner_of_key["AWS_SECRET_ACCESS_KEY"])
        time = datetime.datetime.strptime(given["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        with mock.patch("botocore.auth.get_current_datetime", return_value=time.replace(tzinfo=None)):
            S3SigV4QueryAuth(credentials, "s3", "us-east-1", int(given["X-Amz-Expires"])).add_auth(request)
        expected = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(request.url).query))
        self.assertEqual(given, expected)

    def put(self, path, content):
        self.store.client.put_object(Bucket="loans", Key="kept/here/" + path, Body=content)

    def content(self, path):
        return self.store.client.get_object(Bucket="loans", Key="kept/here/" + path)["Body"].read()

    def file(self, name, size):
        path = self.folder / name
        path.write_bytes(random.Random(size).randbytes(size))
        return path

    def assert_error(self, answer, status, code, what=""):
        self.assertEqual((answer.status_code, answer.json()["error_code"]), (status, code), answer.text)
        self.assertIn(what, answer.json()["message"])

    def test_mlflows_client_brings_lists_and_fetches(self):
        self.believe_addresses()
        run = self.client.create_run(self.experiment).info
        self.assertTrue(run.artifact_uri.startswith("mlflow-artifacts:/"))
        tree = self.folder / "tree"
        for name, size in ("empty", 0), ("a b/ü&+=~.txt", 10), ("a b/deep/er/x.bin", 9 * MIB + 1):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_bytes(random.Random(size).randbytes(size))
        self.client.log_artifacts(run.run_id, str(tree), "my files")
        self.assertEqual([(f.path, f.is_dir, f.file_size or 0) for f in self.client.list_artifacts(run.run_id, "my files")],
                         [("my files/a b", True, 0), ("my files/empty", False, 0)])
        self.assertEqual([f.file_size for f in self.client.list_artifacts(run.run_id, "my files/a b")], [None, 10])
        self.assertEqual(self.store.keys(f"kept/here/{self.experiment}/{run.run_id}/artifacts/"),
                         sorted(f"kept/here/{self.experiment}/{run.run_id}/artifacts/my files/{name}" for name in ("empty", "a b/ü&+=~.txt", "a b/deep/er/x.bin")))
        fetched = Path(self.client.download_artifacts(run.run_id, "my files", str(self.folder)))
        for path in tree.rglob("*"):
            if path.is_file():
                self.assertEqual((fetched / path.relative_to(tree)).read_bytes(), path.read_bytes())
        # The pages' own ways.
        listed = self.ask("GET", "/ajax-api/2.0/mlflow/artifacts/list", params={"run_id": run.run_id, "path": "my files/a b"}).json()
        self.assertEqual([f["path"] for f in listed["files"]], ["my files/a b/deep", "my files/a b/ü&+=~.txt"])
        got = self.ask("GET", "/get-artifact", params={"run_id": run.run_id, "path": "my files/a b/ü&+=~.txt"})
        self.assertEqual(got.content, (tree / "a b/ü&+=~.txt").read_bytes())

    def test_versions_and_logged_models_are_fetched_for_the_pages(self):
        self.believe_addresses()
        run = self.client.create_run(self.experiment).info
        self.client.log_text(run.run_id, "one", "model/MLmodel")
        self.client.create_registered_model("kept")
        self.client.create_model_version("kept", run.artifact_uri + "/model", run.run_id)
        got = self.ask("GET", "/model-versions/get-artifact", params={"name": "kept", "version": "1", "path": "MLmodel"})
        self.assertEqual(got.text, "one")
        model = self.client.create_logged_model(self.experiment, "m", run.run_id)
        (self.folder / "m").mkdir()
        (self.folder / "m/MLmodel").write_text("two")
        self.client.log_model_artifacts(model.model_id, str(self.folder / "m"))
        directories = self.ask("GET", f"/ajax-api/2.0/mlflow/logged-models/{model.model_id}/artifacts/directories").json()
        self.assertEqual([f["path"] for f in directories["files"]], ["MLmodel"])
        got = self.ask("GET", f"/ajax-api/2.0/mlflow/logged-models/{model.model_id}/artifacts/files", params={"artifact_file_path": "MLmodel"})
        self.assertEqual(got.text, "two")

    def test_a_tree_is_deleted_and_its_neighbours_are_not(self):
        for name in "t/a", "t/b/c", "t2", "t.txt":
            self.put(name, b"x")
        self.assertEqual(self.ask("DELETE", PROXY + "artifacts/t").json(), {})
        self.assertEqual([key for key in self.store.keys("kept/here/t") if key.startswith("kept/here/t")], ["kept/here/t.txt", "kept/here/t2"])
        self.assertEqual(self.ask("DELETE", PROXY + "artifacts/t.txt").status_code, 200)
        self.assertEqual(self.store.keys("kept/here/t"), ["kept/here/t2"])
        self.assertEqual(self.ask("DELETE", PROXY + "artifacts/none").status_code, 200)

    def test_large_files_go_in_parts_to_the_bucket_itself(self):
        self.believe_addresses()
        run = self.client.create_run(self.experiment).info
        path = self.file("large.bin", 12 * MIB)
        before = dict(os.environ)
        os.environ |= {"MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": "1", "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(5 * MIB),
                       "MLFLOW_MULTIPART_DOWNLOAD_MINIMUM_FILE_SIZE": "1", "MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE": str(5 * MIB)}
        try:
            self.client.log_artifact(run.run_id, str(path), "d")
            fetched = self.client.download_artifacts(run.run_id, "d/large.bin", str(self.folder))
        finally:
            os.environ.clear()
            os.environ.update(before)
        self.assertEqual(Path(fetched).read_bytes(), path.read_bytes())
        [key] = self.store.keys(f"kept/here/{self.experiment}/{run.run_id}/artifacts/d/")
        self.assertTrue(self.store.client.head_object(Bucket="loans", Key=key)["ETag"].endswith('-3"'), "three parts")

    def test_parts_of_an_upload_are_there_when_it_is_complete(self):
        self.believe_addresses()
        create = {"path": "/home/x/p.bin", "num_parts": 2}
        made = self.ask("POST", PROXY + "mpu/create/run", json=create).json()
        contents = [b"1" * 5 * MIB, b"2"]
        for credential in made["credentials"]:
            self.assert_signed(credential["url"], "PUT", self.environment)
        tags = [requests.put(c["url"], contents[c["part_number"] - 1], headers=c.get("headers")).headers["ETag"] for c in made["credentials"]]
        self.assertEqual(self.store.keys("kept/here/run/p.bin"), [])
        done = {"path": "p.bin", "upload_id": made["upload_id"], "parts": [{"part_number": i + 1, "etag": tag} for i, tag in enumerate(tags)]}
        self.assertEqual(self.ask("POST", PROXY + "mpu/complete/run", json=done).json(), {})
        self.assertEqual(self.content("run/p.bin"), b"".join(contents))
        made = self.ask("POST", PROXY + "mpu/create/run", json=create | {"path": "q.bin"}).json()
        self.assertEqual(self.ask("POST", PROXY + "mpu/abort/run", json={"path": "q.bin", "upload_id": made["upload_id"]}).json(), {})
        self.assertEqual(self.store.client.list_multipart_uploads(Bucket="loans").get("Uploads", []), [])

    def test_a_file_has_an_address_for_a_while(self):
        self.believe_addresses()
        self.put("d/ü 1.txt", b"hello")
        address = self.ask("GET", PROXY + "presigned/d/ü 1.txt").json()
        self.assertEqual((address["file_size"], address["headers"]), (5, {}))
        got = requests.get(address["url"])
        self.assertEqual(got.content, b"hello")
        self.assertIn("attachment", got.headers["Content-Disposition"])
        self.assertEqual(requests.get(address["url"], headers={"Range": "bytes=1-2"}).content, b"el")
        self.assert_signed(address["url"], "GET", self.environment)
        self.assert_error(self.ask("GET", PROXY + "presigned/none"), 404, "RESOURCE_DOES_NOT_EXIST")

    def test_paths_that_lead_out_are_refused(self):
        for path in ("%2e%2e/x", "a/%2e%2e/%2e%2e/x", "a%23b") + ("%2Fetc",) * IS_REEVE:
            for method in "GET", "PUT", "DELETE":
                self.assertEqual(self.ask(method, PROXY + "artifacts/" + path).status_code, 400, path)

    def test_what_the_bucket_refuses_is_said(self):
        secret = "opensesame"
        for name, environment, place, status, code in (
                ("nobody", {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": secret}, "s3://loans/x", 403, "PERMISSION_DENIED"),
                ("wrong", {"AWS_SECRET_ACCESS_KEY": secret}, "s3://loans/x", 403, "PERMISSION_DENIED"),
                ("bucket", {}, "s3://none/x", 404, "RESOURCE_DOES_NOT_EXIST")):
            server = start(self.folder / name, self.environment | environment, "--artifacts-destination", place)
            try:
                calls = [("GET", "artifacts")] if not IS_REEVE else [("GET", "artifacts"), ("GET", "artifacts/a"), ("DELETE", "artifacts/a"), ("GET", "presigned/a"), ("PUT", "artifacts/a")]
                for method, path in calls:
                    answer = self.ask(method, PROXY + path, server, data=b"x" if method == "PUT" else None)
                    # MLflow says 401 of a key that is not known; to its client that would be its own.
                    self.assertIn(answer.status_code, {status} if IS_REEVE else {status, 401})
                    self.assertNotIn(secret, answer.text)
                    if IS_REEVE:
                        self.assertEqual(answer.json()["error_code"], code)
            finally:
                server.stop()

    @unittest.skipUnless(IS_REEVE, "MLflow's server answers with a page")
    def test_a_bucket_that_is_away_is_said_and_the_rest_goes_on(self):
        server = start(self.folder / "away", self.environment | {"MLFLOW_S3_ENDPOINT_URL": "http://127.0.0.1:9"}, "--artifacts-destination", "s3://loans/x")
        try:
            for method, path in ("GET", "artifacts"), ("GET", "artifacts/a"), ("PUT", "artifacts/a"), ("DELETE", "artifacts/a"), ("GET", "presigned/a"):
                answer = self.ask(method, PROXY + path, server, data=b"x" if method == "PUT" else None)
                self.assert_error(answer, 503, "TEMPORARILY_UNAVAILABLE", "cannot be reached")
            self.assertTrue(self.ask("GET", "/health", server).ok)
        finally:
            server.stop()

    @unittest.skipUnless(IS_REEVE, "MLflow's server knows no ranges here, and spools whole files")
    def test_memory_stays_flat_in_both_directions(self):
        path = self.file("huge.bin", 200 * MIB)
        before = self.memory()
        with open(path, "rb") as content:
            self.assertEqual(self.ask("PUT", PROXY + "artifacts/huge.bin", data=content).json(), {})
        digest = hashlib.sha256()
        for chunk in self.ask("GET", PROXY + "artifacts/huge.bin", stream=True).iter_content(MIB):
            digest.update(chunk)
        self.assertEqual(digest.hexdigest(), hashlib.sha256(path.read_bytes()).hexdigest())
        self.assertLess(self.memory() - before, 64 * MIB)
        got = self.ask("GET", PROXY + "artifacts/huge.bin", headers={"Range": f"bytes={100 * MIB}-{100 * MIB + 9}"})
        self.assertEqual((got.status_code, len(got.content)), (206, 10))
        self.assertEqual(list((self.folder / "spool").iterdir()), [])

    def memory(self):
        """The most that the server ever held, in bytes."""
        lines = Path(f"/proc/{self.server.process.pid}/status").read_text().splitlines()
        [line] = [line for line in lines if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024

    def test_many_at_once(self):
        contents = {f"many/{i}": random.Random(i).randbytes(MIB + i) for i in range(12)}
        with ThreadPoolExecutor(12) as pool:
            list(pool.map(lambda item: self.ask("PUT", PROXY + "artifacts/" + item[0], data=item[1]).raise_for_status(), contents.items()))
            got = dict(zip(contents, pool.map(lambda path: self.ask("GET", PROXY + "artifacts/" + path).content, contents)))
        self.assertEqual(got, contents)


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    print(f"s3 proxy: {result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)
