#!/usr/bin/env python3
"""Compares what libstele exports with the committed list, the version script and the header.

  tools/symbols.py LIBRARY [--write]

src/stele.symbols is the list: it shows in a review when the binary interface changes. --write
makes it anew from the library.
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "src" / "stele.symbols"
MAP = ROOT / "src" / "stele.map"
HEADERS = ROOT / "include" / "stele"


def without_comments(text):
    """Returns C text with comments blanked, so that line numbers stay."""
    return re.sub(r"/\*.*?\*/|//[^\n]*", lambda match: re.sub(r"[^\n]", " ", match[0]), text,
                  flags=re.S)


def exported(library):
    """Returns "name@@VERSION" of every symbol a program can link to."""
    lines = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    symbols = (line.split() for line in lines)
    return {name for _, kind, name in symbols if kind != "A"}  # A: the version nodes themselves.


def in_map():
    """Returns {"name@@VERSION": line number} of the version script."""
    names, version = {}, None
    for number, line in enumerate(without_comments(MAP.read_text()).splitlines(), 1):
        if match := re.match(r"\s*(\w+)\s*\{", line):
            version = match[1]
        elif match := re.match(r"\s*(\w+);", line):
            names[f"{match[1]}@@{version}"] = number
    return names


def in_headers():
    """Returns {name: "file:line"} of every function that the headers declare."""
    names = {}
    for path in sorted(HEADERS.glob("*.h")):
        text = without_comments(path.read_text())
        for match in re.finditer(r"^STELE_API\b[^;(]*?\b(\w+)\s*\(", text, re.M):
            line = text.count("\n", 0, match.start(1)) + 1
            names[match[1]] = f"{path.relative_to(ROOT)}:{line}"
    return names


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    library, names = exported(sys.argv[1]), in_map()
    if "--write" in sys.argv[2:]:
        LIST.write_text("".join(f"{name}\n" for name in sorted(library)))
    listed = {line: number for number, line in enumerate(LIST.read_text().splitlines(), 1)}
    declared = in_headers()

    wrong = []
    for name in sorted(library - listed.keys()):
        wrong.append(f"src/stele.symbols:1: {name} is exported but not listed")
    for name in sorted(listed.keys() - library):
        wrong.append(f"src/stele.symbols:{listed[name]}: {name} is listed but not exported")
    for name in sorted(names.keys() - library):
        wrong.append(f"src/stele.map:{names[name]}: {name} is not defined")
    plain = {name.split("@")[0] for name in listed}
    for name in sorted(declared.keys() - plain):
        wrong.append(f"{declared[name]}: {name} is not in src/stele.symbols")
    for name in sorted(plain - declared.keys()):
        wrong.append(f"src/stele.symbols:1: {name} is not declared by a header")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
