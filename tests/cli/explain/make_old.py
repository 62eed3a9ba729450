"""Rewrites the forest of a bundle in format version 1, which had no covers: make_old.py BUNDLE NEW"""
import hashlib
import shutil
import struct
import sys
from pathlib import Path


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        return self.data[self.at - count:self.at]

    def array(self, size):
        head = self.take(8)
        return head + self.take(struct.unpack("<Q", head)[0] * size)


def to_version_1(data):
    reader = Reader(data)
    out = reader.take(8) + struct.pack("<I", 1)
    reader.take(4)
    out += reader.take(4 + 8 + 8 + 4) + reader.array(4) + reader.array(4)
    head = reader.take(8)
    out += head
    for _ in range(struct.unpack("<Q", head)[0]):
        out += reader.take(4)
        for size in (4, 4, 4, 4, 1, 4, 4):
            out += reader.array(size)
        sets = reader.take(8)
        out += sets
        for _ in range(struct.unpack("<Q", sets)[0]):
            out += reader.array(4)
        reader.array(4)  # the covers
    assert reader.at == len(data)
    return out


old = Path(sys.argv[2])
shutil.copytree(sys.argv[1], old)
before = (old / "model.reeve").read_bytes()
after = to_version_1(before)
(old / "model.reeve").write_bytes(after)
checksums = (old / "checksums").read_text()
(old / "checksums").write_text(checksums.replace(hashlib.sha256(before).hexdigest(), hashlib.sha256(after).hexdigest()))
