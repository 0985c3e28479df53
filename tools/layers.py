#!/usr/bin/env python3
"""Compares every #include under src and bench with src/LAYERS, and keeps the operating system out
of all modules but os and the programs.

  tools/layers.py            prints each include that is not allowed
  tools/layers.py --unused   prints the edges of src/LAYERS that no include needs
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ROOT / "src" / "LAYERS"
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')

# Modules that may talk to the operating system.
OPEN = {"os", "cli", "bench"}
# The headers by which one does: POSIX, Linux, and the parts of C++ that stand for files.
SYSTEM = re.compile(
    r"^((sys|linux|asm|net|netinet|arpa)/.*|(aio|dirent|dlfcn|fcntl|fstream|filesystem|ftw|glob|grp|"
    r"liburing|netdb|poll|pthread|pwd|sched|semaphore|signal|spawn|syslog|termios|threads|"
    r"ucontext|unistd|utime|wait)(\.h)?|csignal)$")
# <semaphore> and <threads> of C++ are not what is meant.
SYSTEM_EXCEPT = {"semaphore"}


def read_layers():
    """Returns {module: modules it may include} and a list of what is wrong with the file itself."""
    layers, wrong = {}, []
    for number, line in enumerate(LAYERS.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        module, _, allowed = line.partition(":")
        for name in allowed.split():
            if name not in layers:
                wrong.append(f"src/LAYERS:{number}: {module} names {name}, which is not above it")
        layers[module] = set(allowed.split())
    return layers, wrong


def module_of(path):
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "src" else parts[0]


def sources():
    for folder in ("src", "bench"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".h", ".cpp", ".hpp", ".c"):
                yield path


def check(path, layers, used):
    """Returns what is wrong with the includes of one file; notes the edges it uses."""
    module, wrong = module_of(path), []
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        if not (match := INCLUDE.match(line)):
            continue
        quote, name = match.groups()
        place = f"{path.relative_to(ROOT)}:{number}:"
        first = name.split("/")[0]
        if first in layers and "/" in name:
            used.add((module, first))
            if first != module and first not in layers[module]:
                wrong.append(f"{place} {module} may not include {first} (src/LAYERS)")
        elif quote == '"' and not (path.parent / name).is_file():
            wrong.append(f'{place} "{name}" is neither module/file.h nor beside this file')
        elif module not in OPEN and SYSTEM.match(name) and name not in SYSTEM_EXCEPT:
            wrong.append(f"{place} <{name}> belongs behind os")
    return wrong


def main():
    layers, wrong = read_layers()
    used = set()
    for path in sources():
        if module_of(path) not in layers:
            wrong.append(f"{path.relative_to(ROOT)}:1: its module is not in src/LAYERS")
        else:
            wrong += check(path, layers, used)
    if "--unused" in sys.argv[1:]:
        for module, allowed in layers.items():
            for name in sorted(allowed):
                if (module, name) not in used:
                    print(f"{module} does not need {name}")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
