#!/usr/bin/env python3
"""Plays scenarios with the drivers of the languages and compares what they print. See README.txt.

    run.py scenarios [--only NAME]... DRIVER...
        Plays each scenarios/NAME.tsv, in an empty directory, with the command DRIVER..., and compares
        with NAME.out. UPDATE_GOLDEN=1 rewrites that instead: for the driver in C, and then to be read.

    run.py matrix NAME=DRIVER...
        Each driver, a command split at '|', writes a database as matrix/write.tsv says; each reads
        that of each. All must print what the first one does, and it what matrix/*.out have.
"""

import argparse
import difflib
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT_S = 300  # Of one scenario: a machine may be busy.
DIFF_LINES_MAX = 40
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))


def play(driver, scenario, directory):
    """Returns what the driver prints, as bytes, and what is wrong with how it ended, or None."""
    try:
        done = subprocess.run(
            [*driver, str(scenario)],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            # Some runtimes take paths for ASCII otherwise.
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired as late:
        return late.stdout or b"", f"it did not end within {TIMEOUT_S} s"
    if done.returncode == 0:
        return done.stdout, None
    errors = done.stderr.decode(errors="replace").rstrip()
    return done.stdout, f"it ended with {done.returncode}\n{errors}"


def commands(scenario):
    """Yields number and text of the lines that are commands."""
    for number, line in enumerate(scenario.read_text(encoding="utf-8").split("\n"), 1):
        if line and not line.startswith("#"):
            yield number, line


def is_listed(line):
    """Says whether a line is one of a list, and another one ends the command's output."""
    return line.split("\t")[0] in ("event", "term", "positions", "table", "row")


def place(scenario, printed):
    """Returns the command that the last of the lines belongs to, as text."""
    ended = sum(not is_listed(line) for line in printed[:-1])
    for index, (number, line) in enumerate(commands(scenario)):
        if index == ended:
            return f"{scenario.name}:{number}: {shorten(line)}"
    return f"{scenario.name}: behind the last command"


def shorten(line):
    return line if len(line) <= 300 else line[:300] + "..."


def difference(scenario, expected, printed, expected_name):
    """Returns where two outputs part, as text, or None when they are equal."""
    if expected == printed:
        return None
    wanted = expected.decode(errors="backslashreplace").split("\n")
    got = printed.decode(errors="backslashreplace").split("\n")
    first = 0
    while first < min(len(wanted), len(got)) and wanted[first] == got[first]:
        first += 1
    lines = [place(scenario, got[: first + 1])]
    diff = difflib.unified_diff(wanted, got, expected_name, "printed", lineterm="", n=1)
    lines += [shorten(line) for line in diff]
    if len(lines) > DIFF_LINES_MAX:
        lines = lines[:DIFF_LINES_MAX] + ["..."]
    return "\n".join(lines)


def compare_golden(scenario, printed):
    """Returns what is wrong with an output, as text, or None; may rewrite the golden file."""
    golden = scenario.with_suffix(".out")
    if UPDATE:
        golden.write_bytes(printed)
        return None
    if not golden.exists():
        return f"{golden.name} is missing"
    return difference(scenario, golden.read_bytes(), printed, golden.name)


def run_scenarios(driver, only):
    names = only or sorted(path.stem for path in (HERE / "scenarios").glob("*.tsv"))
    if not names:
        sys.exit("there are no scenarios")
    failures = 0
    for name in names:
        scenario = HERE / "scenarios" / f"{name}.tsv"
        with tempfile.TemporaryDirectory(prefix="stele-") as directory:
            printed, wrong = play(driver, scenario, directory)
        differs = None if wrong and UPDATE else compare_golden(scenario, printed)
        found = [text for text in (wrong, differs) if text]
        if found:
            failures += 1
            print(f"== {name}", *found, sep="\n")
    print(f"{len(names) - failures} of {len(names)} scenarios passed")
    return 1 if failures else 0


def run_matrix(drivers):
    """Plays write.tsv with each driver, and read.tsv with each on what each wrote."""
    write, read = HERE / "matrix" / "write.tsv", HERE / "matrix" / "read.tsv"
    failures = []

    def check(title, scenario, driver, directory):
        printed, wrong = play(driver, scenario, directory)
        found = [text for text in (wrong, compare_golden(scenario, printed)) if text]
        if found:
            failures.append(title)
            print(f"== {title}", *found, sep="\n")

    for writer, write_driver in drivers:
        with tempfile.TemporaryDirectory(prefix="stele-") as directory:
            check(f"{writer} writes", write, write_driver, directory)
            for reader, read_driver in drivers:
                check(f"{reader} reads what {writer} wrote", read, read_driver, directory)
    total = len(drivers) * (len(drivers) + 1)
    print(f"{total - len(failures)} of {total} passed: {', '.join(name for name, _ in drivers)}")
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    kinds = parser.add_subparsers(dest="what", required=True)
    scenarios = kinds.add_parser("scenarios")
    scenarios.add_argument("--only", action="append", metavar="NAME")
    scenarios.add_argument("driver", nargs=argparse.REMAINDER)
    matrix = kinds.add_parser("matrix")
    matrix.add_argument("drivers", nargs="+", metavar="NAME=DRIVER")
    arguments = parser.parse_args()
    if arguments.what == "scenarios":
        if not arguments.driver:
            parser.error("which driver?")
        return run_scenarios(arguments.driver, arguments.only)
    pairs = [text.partition("=") for text in arguments.drivers]
    return run_matrix([(name, driver.split("|")) for name, _, driver in pairs])


if __name__ == "__main__":
    sys.exit(main())
