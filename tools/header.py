#!/usr/bin/env python3
"""Checks the public headers: they compile alone as C99, C11 and C++20 without a warning, and no name
in the C headers is a reserved word of Java, Go or C#, whose bindings take the names over. The .hpp
compile alone as C++20 and C++23, and as C++20 with clang where that is installed.

  tools/header.py [C_COMPILER CXX_COMPILER]
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADERS = ROOT / "include" / "stele"
STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-pedantic", "-Werror", "-fsyntax-only"]

CLANG = next(filter(shutil.which, ["clang++", *(f"clang-{n}" for n in range(30, 13, -1))]), None)

C = """auto break case char const continue default do double else enum extern float for goto if inline
int long register restrict return short signed sizeof static struct switch typedef union unsigned
void volatile while _Bool"""

JAVA = """abstract assert boolean break byte case catch char class const continue default do double
else enum extends final finally float for goto if implements import instanceof int interface long
native new package private protected public return short static strictfp super switch synchronized
this throw throws transient try void volatile while true false null _"""

GO = """break case chan const continue default defer else fallthrough for func go goto if import
interface map package range return select struct switch type var"""

C_SHARP = """abstract as base bool break byte case catch char checked class const continue decimal
default delegate do double else enum event explicit extern false finally fixed float for foreach goto
if implicit in int interface internal is lock long namespace new null object operator out override
params private protected public readonly ref return sbyte sealed short sizeof stackalloc static string
struct switch this throw true try typeof uint ulong unchecked unsafe ushort using virtual void
volatile while"""


def blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def reserved_words(path):
    """Returns a line for every name that is reserved elsewhere."""
    languages = {"Java": set(JAVA.split()), "Go": set(GO.split()), "C#": set(C_SHARP.split())}
    text = re.sub(r'/\*.*?\*/|//[^\n]*|"(\\.|[^"\\\n])*"', blank, path.read_text(), flags=re.S)
    text = re.sub(r"^[ \t]*#(\\\n|[^\n])*", blank, text, flags=re.M)
    wrong = []
    for number, line in enumerate(text.splitlines(), 1):
        for name in re.findall(r"\b[A-Za-z_]\w*\b", line):
            if name in C.split():
                continue
            for language, reserved in languages.items():
                if name in reserved:
                    place = f"{path.relative_to(ROOT)}:{number}:"
                    wrong.append(f"{place} '{name}' is a reserved word of {language}")
    return wrong


def compiles(path, command):
    """Returns the complaints of a compiler that gets to see nothing but the header."""
    run = subprocess.run([*command, *STRICT, f"-I{ROOT / 'include'}", "-"],
                         input=f"#include <stele/{path.relative_to(HEADERS)}>\n", capture_output=True, text=True,
                         check=False)
    if run.returncode == 0:
        return []
    return [f"{path.relative_to(ROOT)}:1: does not pass {' '.join(command)}", run.stderr]


def main():
    cc, cxx = sys.argv[1:3] if len(sys.argv) > 2 else ("cc", "c++")
    wrong = []
    for path in sorted(HEADERS.glob("*.h")):
        wrong += reserved_words(path)
        for standard in ("c99", "c11"):
            wrong += compiles(path, [cc, "-x", "c", f"-std={standard}"])
        wrong += compiles(path, [cxx, "-x", "c++", "-std=c++20"])
    for path in sorted(HEADERS.rglob("*.hpp")):
        for standard in ("c++20", "c++23"):
            wrong += compiles(path, [cxx, "-x", "c++", f"-std={standard}"])
        if CLANG:
            wrong += compiles(path, [CLANG, "-x", "c++", "-std=c++20"])
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
