#!/usr/bin/env python3
"""Checks constants.tsv: that it says what the C header says today, and that it leaves nothing out.

    constants.py PROGRAM INCLUDE_DIR    PROGRAM is built from constants.c

UPDATE_GOLDEN=1 rewrites it. What the header declares is read from its text, so that an enumerator, a
number, a struct or a field that constants.c forgets is noticed.
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys

GOLDEN = pathlib.Path(__file__).with_name("constants.tsv")


def declared(text):
    """Yields what a header declares, each as the first fields of its line in constants.tsv."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).replace("\\\n", " ")
    for kind, name, body in re.findall(r"typedef (enum|struct) (\w+) \{(.*?)\}", text, re.DOTALL):
        if kind == "enum":
            for enumerator in re.findall(r"(\w+)\s*(?:=[^,]*)?(?:,|$)", body.strip()):
                yield ("enum", name, enumerator)
        else:
            yield ("sizeof", name)
            for field in re.findall(r"(\w+)(?:\[\w+\])?;", body):
                yield ("offsetof", name, field)
    for name, value in re.findall(r"^#define (STELE_\w+)[ \t]+(\S.*)$", text, re.MULTILINE):
        # Not what stands for code: attributes and initializers.
        if not re.search(r"[{]|__attribute__", value):
            yield ("number", name)


def left_out(lines, include):
    """Returns what the headers declare and no line has, as texts."""
    present = set()
    for line in lines:
        fields = line.split("\t")
        present.add(tuple(fields[: 2 if fields[0] in ("sizeof", "number") else 3]))
    wanted = [
        item
        for header in sorted((include / "stele").glob("*.h"))
        for item in declared(header.read_text(encoding="utf-8"))
    ]
    if len(wanted) < 200:
        sys.exit(f"only {len(wanted)} declarations were found in {include}: is it read rightly?")
    return [" ".join(item) for item in wanted if item not in present]


def main(program, include):
    printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    missing = left_out(printed.splitlines(), pathlib.Path(include))
    if missing:
        sys.exit("constants.c leaves out:\n" + "\n".join(missing))
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(printed, encoding="utf-8")
        return
    golden = GOLDEN.read_text(encoding="utf-8")
    if printed != golden:
        sys.stdout.writelines(
            difflib.unified_diff(
                golden.splitlines(True), printed.splitlines(True), str(GOLDEN), "the header"
            )
        )
        sys.exit("constants.tsv is not what the header says; UPDATE_GOLDEN=1 rewrites it")


if __name__ == "__main__":
    main(*sys.argv[1:])
