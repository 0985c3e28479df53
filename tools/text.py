#!/usr/bin/env python3
"""Checks all text files: no tab, no trailing blank, no carriage return, a newline at the end; and no
source file longer than anyone wants to read.
"""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SKIPPED_FOLDERS = {".git", "build", "__pycache__"}
WITH_TABS = {".go", ".mod", ".tsv", ".out", ".md"}  # As gofmt has it; fields between tabs.
SOURCES = {".c", ".cpp", ".h", ".hpp", ".py", ".sh", ".cmake", ""}
LINES_MAX = 600
GENERATED = {ROOT / "bindings/go/internal/native/native_wrap.c"}  # By SWIG; go.drift compares it.


def files(folder):
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name in SKIPPED_FOLDERS or path in GENERATED:
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def check(path):
    data = path.read_bytes()
    name = path.relative_to(ROOT)
    if b"\0" in data or not data:
        return []
    wrong = []
    lines = data.decode(errors="replace").split("\n")
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            wrong.append(f"{name}:{number}: blanks at the end of the line")
        if "\t" in line and path.suffix not in WITH_TABS:
            wrong.append(f"{name}:{number}: a tab")
    if lines[-1]:
        wrong.append(f"{name}:{len(lines)}: no newline at the end of the file")
    if path.suffix in SOURCES and len(lines) > LINES_MAX:
        wrong.append(f"{name}:{LINES_MAX}: {len(lines) - 1} lines, more than {LINES_MAX}")
    return wrong


def main():
    wrong = [line for path in files(ROOT) for line in check(path)]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
