#!/usr/bin/env python3
"""Runs clang-tidy over every C++ source, as the preset dev compiles it, two at a time.

  tools/tidy.py [PATH_PART...]    only sources whose path contains one of the parts

What it found in a source is kept in ~/.cache/stele-tidy ($XDG_CACHE_HOME) under a hash of all that
it depends on: the source, the project's headers it includes, the settings and the compile command.
So a second run, here or in another clone, takes only as long as what has changed. What nobody asked
for in a month is dropped.
"""
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TIDY = "clang-tidy-19"
# Clang has more in -Wconversion than g++, with which everything is compiled.
OPTIONS = ["--quiet", "--extra-arg=-Wno-sign-conversion"]
ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("bench", "examples", "src", "tests")
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.M)
FINDING = re.compile(r"^(/\S+?:\d+:\d+): (?:warning|error): (.*)$")


def closure(source):
    """Returns the source and all headers of the project that it includes, directly or not."""
    found, todo = set(), [source]
    while todo:
        path = todo.pop()
        if path in found:
            continue
        found.add(path)
        for name in INCLUDE.findall(path.read_text(errors="replace")):
            for folder in (path.parent, ROOT / "src", ROOT / "include", ROOT / "tests"):
                if (folder / name).is_file():
                    todo.append((folder / name).resolve())
                    break
    return sorted(found)


def key_of(source, command, settings):
    """Returns the hash; where the clone lies does not count."""
    digest = hashlib.sha256(command.replace(str(ROOT), "").encode() + b"\0" + settings)
    for path in closure(source):
        name = str(path.relative_to(ROOT))
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def open_cache():
    """Returns the directory of what is kept, without what is old."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stele-tidy"
    cache.mkdir(parents=True, exist_ok=True)
    for file in cache.iterdir():
        try:
            if time.time() - file.stat().st_mtime > 30 * 86400:
                file.unlink()
        except FileNotFoundError:
            pass  # Another run was quicker.
    return cache


def findings(build, cache, source, key):
    """Returns the findings in one source as "file:line:column: message" lines."""
    kept = cache / key
    if kept.exists():
        kept.touch()
        return kept.read_text().splitlines()
    run = subprocess.run([TIDY, *OPTIONS, "-p", str(build), str(source)],
                         capture_output=True, text=True, check=False)
    lines, seen = [], False
    for line in run.stdout.splitlines():
        if match := FINDING.match(line):
            seen = True  # In a header that is not ours, too: the analyzer follows calls there.
            if match[1].startswith(f"{ROOT}/"):
                place = match[1].removeprefix(f"{ROOT}/")
                lines.append(f"{place}: {match[2].replace(',-warnings-as-errors', '')}")
    if run.returncode != 0 and not seen:
        lines = [f"{source.relative_to(ROOT)}:1: {TIDY} failed: {run.stderr.strip()}"]
        return lines  # Not kept: the reason may lie outside of what the key covers.
    partial = kept.with_suffix(f".{os.getpid()}")  # Two runs may share the directory.
    partial.write_text("\n".join(lines))
    partial.rename(kept)
    return lines


def main():
    build, parts = ROOT / "build" / "dev", sys.argv[1:]
    # Nothing is built: it is the list of commands that this makes.
    subprocess.run(["cmake", "--preset", "dev"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    cache = open_cache()
    settings = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    for file in sorted([ROOT / ".clang-tidy", *ROOT.glob("*/**/.clang-tidy")]):
        if "build" not in file.relative_to(ROOT).parts:
            settings += file.read_bytes()

    jobs = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = Path(entry["file"]).resolve()
        if source.suffix != ".cpp" or not source.is_relative_to(ROOT):
            continue
        name = source.relative_to(ROOT)
        if name.parts[0] in FOLDERS and (not parts or any(part in str(name) for part in parts)):
            jobs[source] = key_of(source, entry["command"], settings)

    found = set()  # A header's findings come with each source that includes it.
    with ThreadPoolExecutor(max_workers=2) as pool:
        for lines in pool.map(lambda job: findings(build, cache, *job), jobs.items()):
            for line in lines:
                if line not in found:
                    found.add(line)
                    print(line, flush=True)
    print(f"{len(jobs)} sources, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
