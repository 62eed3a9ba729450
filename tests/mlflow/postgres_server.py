"""A PostgreSQL server of its own for tests; as a program: runs a command that finds it in POSTGRES_PROGRAMS and POSTGRES_URI.

    postgres_server.py COMMAND ARGUMENTS …

Ends with the command's code; with NO_SERVER where this machine has no PostgreSQL.
"""
import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

PASSWORD = "opensesame/@:7"
NO_SERVER = 77


class Missing(unittest.SkipTest):
    """No PostgreSQL is installed."""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class PostgresServer:
    """A cluster in a temporary folder, on the loopback address, whose user has to say a password."""

    def __init__(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
        if not found:
            raise Missing("no PostgreSQL server on this machine: apt-get install postgresql")
        self.programs = Path(found[-1]).parent
        self.folder = Path(tempfile.mkdtemp(prefix="reeve-postgres-"))
        self.port = free_port()
        # A server refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user)
        (self.folder / "password").write_text(PASSWORD)
        self.run("initdb", "-D", self.folder / "data", "-U", "ada", "-E", "UTF8", "--locale=C", "--no-sync", "-A", "scram-sha-256", f"--pwfile={self.folder}/password", user=self.user)
        self.process = subprocess.Popen([self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port), "-k", self.folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "lc_messages=C"],
                                        user=self.user, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if "ready to accept connections" in line:
                break
        else:
            raise RuntimeError("the PostgreSQL server ended instead of starting")
        # Read on, so that it never waits for that.
        self.reader = threading.Thread(target=lambda: [None for _ in self.process.stderr])
        self.reader.start()

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        self.reader.join()
        self.process.stderr.close()
        shutil.rmtree(self.folder)

    def run(self, program, *words, user=None):
        environment = dict(os.environ, PGPASSWORD=PASSWORD, PGUSER="ada", PGHOST="127.0.0.1", PGPORT=str(self.port))
        done = subprocess.run([self.programs / program, *words], user=user, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{program}: {done.stderr[-2000:]}"
        return done.stdout

    def sql(self, database, query):
        return self.run("psql", "-d", database, "-AtX", "-v", "ON_ERROR_STOP=1", "-c", query).strip()

    def schema(self, database):
        # Reeve keeps a table of its own beside MLflow's.
        dump = self.run("pg_dump", "-s", "-O", "-x", "-t", "public.*", "-T", "public.reeve_*", database)
        # Newer programs of PostgreSQL put a random word there.
        return re.sub(r"^\\(un)?restrict .*$", "", dump, flags=re.M)

    def uri(self, database):
        escaped = "".join(f"%{ord(c):02X}" if c in "/@:" else c for c in PASSWORD)
        return f"postgresql+psycopg2://ada:{escaped}@127.0.0.1:{self.port}/{database}"


def main():
    try:
        server = PostgresServer()
    except Missing as why:
        print(why, file=sys.stderr)
        return NO_SERVER
    try:
        environment = dict(os.environ, POSTGRES_PROGRAMS=str(server.programs), POSTGRES_URI=server.uri(""))
        return subprocess.run(sys.argv[1:], env=environment).returncode
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
