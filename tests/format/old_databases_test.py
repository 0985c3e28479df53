#!/usr/bin/env python3
"""Every database that a released format has made opens, reads back, verifies and goes on, for ever.

  old_databases_test.py FORMAT_DATABASE             compares
  old_databases_test.py FORMAT_DATABASE --make v2   makes databases/v2 and databases/v2.txt, once

databases/v1.txt holds what databases/v1 held when it was made. Neither may ever change.
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOOL = sys.argv[1]
HERE = Path(__file__).resolve().parent
DATABASES = HERE / "databases"


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def make(name):
    run(TOOL, "make", DATABASES / name)
    (DATABASES / name / "lock").unlink()  # Opening makes one.
    with tempfile.TemporaryDirectory(prefix="stele-format-") as scratch:
        copy = shutil.copytree(DATABASES / name, f"{scratch}/copy")
        (DATABASES / f"{name}.txt").write_text(run(TOOL, "export", copy))


def check(database):
    with tempfile.TemporaryDirectory(prefix="stele-format-") as scratch:
        copy = shutil.copytree(database, f"{scratch}/copy")
        expected = database.with_suffix(".txt").read_text()
        assert run(sys.executable, HERE / "read_log.py", copy) == expected, f"{database}: bytes"
        assert run(TOOL, "export", copy) == expected, f"{database}: read back"
        # Opening it once more, and going on with it, changes nothing of what was there.
        run(TOOL, "extend", copy)
        events = expected.split("source")[0]
        assert run(TOOL, "export", copy).startswith(events), f"{database}: extended"


def main():
    if "--make" in sys.argv:
        make(sys.argv[sys.argv.index("--make") + 1])
        return
    databases = sorted(path for path in DATABASES.iterdir() if path.is_dir())
    assert databases, "there are no databases to read"
    for database in databases:
        check(database)


main()
