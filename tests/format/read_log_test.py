#!/usr/bin/env python3
"""What a reader finds that was written from docs/format.md alone is what the library reads.

  read_log_test.py FORMAT_DATABASE

Makes a database of varied events, with a torn tail, and compares the library's export with that of
read_log.py; before the library has opened it again, and after it has gone on with it.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

TOOL = sys.argv[1]
READER = Path(__file__).with_name("read_log.py")


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def main():
    with tempfile.TemporaryDirectory(prefix="stele-format-") as scratch:
        database = f"{scratch}/database"
        run(TOOL, "make", database)
        segments = sorted(Path(database, "wal").iterdir())
        assert len(segments) >= 3, segments
        by_reader = run(sys.executable, READER, database)
        by_library = run(TOOL, "export", database)
        assert by_reader == by_library, "the reader and the library differ"
        assert by_library.count("\nevent ") > 60
        run(TOOL, "extend", database)
        by_reader = run(sys.executable, READER, database)
        assert by_reader == run(TOOL, "export", database)
        assert by_reader.startswith(by_library.split("source")[0])
        assert 'data "by a later version"' in by_reader


main()
