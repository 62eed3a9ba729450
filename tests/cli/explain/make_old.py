"""Puts a stump of format version 1, which had no covers, into a copy of a bundle of two classes: make_old.py BUNDLE NEW"""
import hashlib
import shutil
import struct
import sys
from pathlib import Path


def array(kind, *values):
    return struct.pack(f"<Q{len(values)}{kind}", len(values), *values)


def version_1(data):
    head = data[:8] + struct.pack("<II", 1, 1) + data[16:32]  # features and classes stay
    logistic = struct.pack("<I", 0) + array("f", 0.5) + array("f") + struct.pack("<Q", 1)
    children = array("i", 1, -1, -1) + array("i", 2, -1, -1)
    tests = array("i", 0, 0, 0) + array("f", 2, -1, 1) + array("B", 1, 0, 0)
    categories = array("i", -1, -1, -1) + array("i") + struct.pack("<Q", 0)
    return head + logistic + struct.pack("<i", 0) + children + tests + categories


old = Path(sys.argv[2])
shutil.copytree(sys.argv[1], old)
before = (old / "model.reeve").read_bytes()
after = version_1(before)
(old / "model.reeve").write_bytes(after)
checksums = (old / "checksums").read_text()
(old / "checksums").write_text(checksums.replace(hashlib.sha256(before).hexdigest(), hashlib.sha256(after).hexdigest()))
