"""What the end-to-end tests of the program share: a directory of their own, and running it there.

A test file gets the program's path as its first argument; ctest passes it.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest
import zlib
from collections import namedtuple

STELE = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "stele"

Result = namedtuple("Result", "status out err")


class CliTest(unittest.TestCase):
    """A test in an empty current directory."""

    maxDiff = None

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="stele-cli-")
        self.addCleanup(self.directory.cleanup)
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        os.chdir(self.directory.name)

    def stele(self, *arguments, stdin=b"", **options):
        """Runs the program to its end. Text arguments, bytes in and out as text."""
        if isinstance(stdin, str):
            stdin = stdin.encode()
        done = subprocess.run([STELE, *arguments], input=stdin, capture_output=True, timeout=300,
                              check=False, **options)
        return Result(done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr))

    def succeed(self, *arguments, **options):
        """Runs the program, which must succeed in silence. Returns what it printed."""
        result = self.stele(*arguments, **options)
        self.assertEqual((result.status, result.err), (0, ""), arguments)
        return result.out

    def fail_with(self, status, message, *arguments, **options):
        """Runs the program, which must end with `status`, print nothing and say `message`."""
        result = self.stele(*arguments, **options)
        self.assertEqual((result.status, result.out), (status, ""), result.err)
        self.assertIn(message, result.err)
        return result

    def start(self, *arguments, **options):
        """Starts the program and returns the process."""
        process = subprocess.Popen([STELE, *arguments], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, **options)

        def stop():
            process.kill()
            process.communicate()

        self.addCleanup(stop)
        return process

    def read(self, *arguments):
        """Returns the events that `stele read` prints, as dictionaries."""
        return [json.loads(line) for line in self.succeed("read", *arguments).splitlines()]

    def types(self, *arguments):
        return [event["type"] for event in self.read(*arguments)]

    def head(self, database):
        return json.loads(self.succeed("stats", database, "--json"))["head"]


def write(path, content):
    """Makes a file of text, bytes, or events: one JSON line each."""
    if isinstance(content, list):
        content = "".join(json.dumps(event) + "\n" for event in content)
    if isinstance(content, str):
        content = content.encode()
    with open(path, "wb") as file:
        file.write(content)


def read_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def flip(path, offset):
    """Changes one bit of a byte; a negative offset counts from the end."""
    content = bytearray(read_bytes(path))
    content[offset] ^= 1
    write(path, bytes(content))


def seeded(test):
    """Returns a random generator. Its seed is printed, and taken from STELE_SEED if that is set;
    with STELE_SAME_SEEDS each test has its own and keeps it.
    """
    same = zlib.crc32(test.id().encode()) if "STELE_SAME_SEEDS" in os.environ else None
    seed = int(os.environ.get("STELE_SEED") or same or random.SystemRandom().getrandbits(32))
    print(f"{test.id()}: STELE_SEED={seed}", flush=True)
    return random.Random(seed)


def main():
    del sys.argv[1:2]
    unittest.main(verbosity=2)
