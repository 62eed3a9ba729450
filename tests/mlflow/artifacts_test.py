"""MLflow's own client puts files into `reeve server` and gets them back, whole or in parts.

    artifacts_test.py REEVE

Prints "artifacts: N passed, N failed, N skipped".
"""
import hashlib
import logging
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"
REEVE = os.path.abspath(sys.argv.pop())

import requests  # noqa: E402
from mlflow.store.artifact.http_artifact_repo import HttpArtifactRepository  # noqa: E402
from mlflow.store.artifact.mlflow_artifacts_repo import MlflowArtifactsRepository  # noqa: E402

logging.getLogger("mlflow").setLevel(logging.ERROR)
IN_PARTS = {"MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true", "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": "1000000", "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": "3000001"}


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Artifacts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="reeve-artifacts-")
        cls.folder = Path(cls.temporary.name)
        cls.kept = cls.folder / "kept"
        cls.start()
        cls.big = cls.folder / "big.bin"
        cls.big.write_bytes(random.Random(7).randbytes(50_000_000))

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        cls.server.wait(20)
        cls.server.stderr.close()
        cls.temporary.cleanup()

    @classmethod
    def start(cls):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("REEVE_", "MLFLOW_"))}
        words = [REEVE, "server", "--port", "0", "--artifacts-destination", str(cls.kept)]
        cls.server = subprocess.Popen(words, cwd=cls.folder, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in cls.server.stderr:
            if found := re.search(r"http://\S+", line):
                cls.uri = found[0]
                break
        else:
            raise RuntimeError("the server ended instead of starting")
        # Read on, so that it never waits for that.
        threading.Thread(target=cls.server.stderr.read, daemon=True).start()

    def store(self, path="7/run/artifacts"):
        return MlflowArtifactsRepository(f"mlflow-artifacts:/{path}", tracking_uri=self.uri)

    def hidden(self):
        return [path.name for path in self.kept.rglob(".artifact.uploading.*")]

    def test_files_come_back_as_they_were(self):
        store, source = self.store("1/a/artifacts"), self.folder / "tree"
        texts = {"with space.txt": "a", "üñí.txt": "zażółć 🚀", "plus+and&.txt": "b", "a=b;c.txt": "c", "(x)[y].txt": "d", "deep/er/still": "e", "empty": "", "100%.txt": "f"}
        for name, text in texts.items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_text(text, encoding="utf8")
        store.log_artifacts(str(source), "t")
        out = self.folder / "tree-back"
        out.mkdir()
        back = Path(store.download_artifacts("t", str(out)))
        self.assertEqual({path.relative_to(back).as_posix(): path.read_text(encoding="utf8") for path in back.rglob("*") if path.is_file()}, texts)
        self.assertEqual([(f.path, f.is_dir, f.file_size) for f in store.list_artifacts("t/deep")], [("t/deep/er", True, None)])
        self.assertEqual(store.list_artifacts("t/empty"), [])
        store.delete_artifacts("t/deep")
        self.assertNotIn("t/deep", [f.path for f in store.list_artifacts("t")])
        store.delete_artifacts()
        self.assertEqual(store.list_artifacts(), [])

    def test_a_large_file_whole_and_in_parts(self):
        store = self.store("2/a/artifacts")
        store.log_artifact(str(self.big), "whole")
        with mock.patch.dict(os.environ, IN_PARTS):
            store.log_artifact(str(self.big), "parts")
        for path in ("whole", "parts"):
            self.assertEqual([(f.path, f.file_size) for f in store.list_artifacts(path)], [(f"{path}/big.bin", 50_000_000)])
            out = self.folder / f"{path}-back"
            out.mkdir()
            self.assertEqual(digest(store.download_artifacts(f"{path}/big.bin", str(out))), digest(self.big))
        self.assertEqual(self.hidden(), [])

    def test_the_last_part_may_come_first(self):
        store = self.store("3/a/artifacts")
        upload = store.create_multipart_upload(str(self.big), 2, "m")
        half = 30_000_000
        parts = [store._upload_part(upload.credentials[1], str(self.big), 50_000_000 - half, half), store._upload_part(upload.credentials[0], str(self.big), half, 0)]
        store.complete_multipart_upload(str(self.big), upload.upload_id, parts[::-1], "m")
        self.assertEqual(digest(self.kept / "3/a/artifacts/m/big.bin"), digest(self.big))

    def test_an_upload_that_fails_leaves_nothing(self):
        store, sound = self.store("4/a/artifacts"), HttpArtifactRepository._upload_part

        def unsound(credential, local_file, size, start_byte):
            if credential.part_number == 3:
                raise OSError("the line broke")
            return sound(credential, local_file, size, start_byte)

        with mock.patch.dict(os.environ, IN_PARTS), mock.patch.object(HttpArtifactRepository, "_upload_part", staticmethod(unsound)):
            with self.assertRaises(Exception):
                store.log_artifact(str(self.big), "m")
        self.assertEqual(store.list_artifacts("m"), [])
        self.assertEqual(self.hidden(), [])

    def test_a_killed_server_leaves_nothing_that_looks_finished(self):
        self.store("5/a/artifacts").log_artifact(str(self.big), "m")
        address = self.uri.removeprefix("http://").split(":")
        with socket.create_connection((address[0], int(address[1]))) as client:
            client.sendall(b"PUT /api/2.0/mlflow-artifacts/artifacts/5/a/artifacts/m/big.bin HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000000\r\n\r\n" + b"x" * 1_000_000)
            end = time.monotonic() + 20
            while not self.hidden() and time.monotonic() < end:
                pass
            self.assertEqual(len(self.hidden()), 1)
            self.server.kill()
            self.server.wait(20)
            self.server.stderr.close()
        type(self).start()
        self.assertEqual([(f.path, f.file_size) for f in self.store("5/a/artifacts").list_artifacts("m")], [("m/big.bin", 50_000_000)])
        self.assertEqual(digest(self.kept / "5/a/artifacts/m/big.bin"), digest(self.big))
        for path in self.kept.rglob(".artifact.uploading.*"):
            path.unlink()

    def test_a_download_goes_on_where_it_ended(self):
        self.store("6/a/artifacts").log_artifact(str(self.big))
        url = f"{self.uri}/api/2.0/mlflow-artifacts/artifacts/6/a/artifacts/big.bin"
        whole = requests.get(url, stream=True)
        tag = whole.headers["ETag"]
        first = whole.raw.read(1_234_567)
        whole.close()
        rest = requests.get(url, headers={"Range": f"bytes={len(first)}-", "If-Range": tag})
        self.assertEqual(rest.status_code, 206)
        self.assertEqual(first + rest.content, self.big.read_bytes())
        self.assertEqual(requests.get(url, headers={"If-None-Match": tag}).status_code, 304)


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    print(f"artifacts: {result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)
