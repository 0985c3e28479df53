#!/usr/bin/env python3
"""The sizes and offsets of everything on disk are those of layout.golden.

  layout_test.py FORMAT_LAYOUT     UPDATE_GOLDEN=1 in the environment rewrites the file

A difference means that databases written before cannot be read any more, or that docs/format.md is
wrong from now on. Neither happens by accident.
"""
import difflib
import os
import subprocess
import sys
from pathlib import Path

GOLDEN = Path(__file__).with_name("layout.golden")


def main():
    layout = subprocess.run(sys.argv[1], stdout=subprocess.PIPE, check=True, text=True).stdout
    if os.environ.get("UPDATE_GOLDEN") == "1":
        GOLDEN.write_text(layout)
        return 0
    golden = GOLDEN.read_text()
    sys.stdout.writelines(difflib.unified_diff(
        golden.splitlines(True), layout.splitlines(True), "layout.golden", "the program"))
    return int(layout != golden)


sys.exit(main())
