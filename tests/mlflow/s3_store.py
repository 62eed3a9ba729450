"""A store that speaks like S3 and checks every signature, for tests (moto)."""
import json
import tempfile
import urllib.request
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


class S3Store:
    """On a port of its own, with one bucket; `environment` is how a client finds it and who it is."""

    def __init__(self, bucket):
        self.bucket = bucket
        self.server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self.server.start()
        self.uri = "http://{}:{}".format(*self.server.get_host_and_port())
        anyone = {"endpoint_url": self.uri, "region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
        iam = boto3.client("iam", **anyone)
        iam.create_user(UserName="tester")
        iam.put_user_policy(UserName="tester", PolicyName="files", PolicyDocument=json.dumps(POLICY))
        key = iam.create_access_key(UserName="tester")["AccessKey"]
        self.environment = {"MLFLOW_S3_ENDPOINT_URL": self.uri, "AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
                            "AWS_DEFAULT_REGION": "us-east-1"}
        self.client = boto3.client("s3", endpoint_url=self.uri, region_name="us-east-1", aws_access_key_id=key["AccessKeyId"],
                                   aws_secret_access_key=key["SecretAccessKey"])
        self.client.create_bucket(Bucket=bucket)
        self.check(True)

    def check(self, is_checked):
        """From the next call on who asks and what is signed is looked at, or not: an address that is signed this store never checks, and fails over."""
        calls = b"0" if is_checked else b"1000000000"
        urllib.request.urlopen(urllib.request.Request(self.uri + "/moto-api/reset-auth", calls, {"Content-Type": "text/plain"}))

    def stop(self):
        self.server.stop()

    def keys(self, prefix=""):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


def give(story, prefix):
    """Gives a class of tests a `folder` and a `store` of its own, until its end."""
    temporary = tempfile.TemporaryDirectory(prefix=prefix)
    story.addClassCleanup(temporary.cleanup)
    story.folder = Path(temporary.name)
    story.store = S3Store("loans")
    story.addClassCleanup(story.store.stop)
