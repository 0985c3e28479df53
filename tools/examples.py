#!/usr/bin/env python3
"""Compiles the examples in the comments of the public headers, and sees that every part has one.

  tools/examples.py [C_COMPILER CXX_COMPILER]

An example is the indented block behind a comment line that ends in "Example:", or begins with
"Example," and ends in a colon. It is compiled as the body of a function in which the names below are
declared; one that declares them itself hides these.
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADERS = ROOT / "include" / "stele"
STRICT = ["-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror", "-Wno-unused",
          "-Wno-unused-parameter", "-fsyntax-only"]

# Sections of a C header, "---- Name ----", that are lists of declarations, with nothing to show.
WITHOUT_EXAMPLE = {"Version", "Small values", "Handles"}

C_NAMES = """
#include <stdio.h>
#include <string.h>
#include <stele/stele.h>
enum { REFUSED = 1, AGAIN = 2 };
void show(const stele_event* event);
long amount_of(const stele_event* event);
void work_off(const uint8_t* records, size_t size);
void save(const uint8_t* token);
void use(stele_bytes key, stele_bytes row);
void apply(const stele_event* event, uint8_t* row, size_t* row_size);
void withdraw(long amount, uint8_t* row, size_t* row_size);
"""
C_FUNCTION = """
int example_%d(stele_db* db, stele_batch* batch, stele_query* query, stele_cursor* cursor,
    stele_ticket* ticket, stele_subscription* subscription, stele_terms* terms,
    stele_verify* verify, stele_backup* backup, stele_compact* compact,
    stele_repair* repair, stele_table* accounts, stele_table* seats, stele_table* balances,
    stele_table* table, stele_txn* txn, stele_scan* scan, stele_row_history* history,
    stele_projection* projection, const uint8_t* key, size_t key_size,
    const uint8_t* seat, size_t seat_size, const uint8_t* name, size_t name_size,
    stele_new_event deposited,
    stele_error error, stele_status status, stele_event view,
    stele_new_event sold, stele_new_event withdrawn, stele_new_event reserved,
    stele_new_event paid, uint64_t position, long balance, long price) {
  static uint8_t buffer[65536];
  static uint8_t token[STELE_TOKEN_SIZE];
  uint8_t row[100];
  size_t row_size = sizeof row;
  size_t used, size;
  uint32_t count;
  {
#line %d "%s"
%s
  }
  return 0;
}
"""

CPP_NAMES = """
#include <iostream>
#include <stele/stele.hpp>
using namespace std::chrono_literals;
constexpr int kRefused = 1;
void show(const stele::Event& event);
void show(std::uint64_t number);
void apply(const stele::Event& event);
long amount_of(const stele::Event& event);
void send(const stele::Event& event);
void store(const stele::Token& token);
void use(const stele::Row& row);
void use(const std::vector<std::uint8_t>& value);
"""
CPP_FUNCTION = """
int example_%d(stele::Database& db, stele::Batch& batch, const stele::Query& query,
    stele::Ticket& ticket, stele::Subscription& subscription, const stele::Token& stored_token,
    const stele::Table& seats, const stele::Event& event, std::uint64_t position,
    std::int64_t midnight,
    std::string_view amount, long balance, long price) {
  {
#line %d "%s"
%s
  }
  return 0;
}
"""


def comment_text(line, inside):
    """Returns what a line says as part of a comment, or None, and whether the comment goes on."""
    if match := re.match(r"\s*//(.*)", line):
        return match[1], False
    if not inside and not line.lstrip().startswith("/*"):
        return None, False
    text = re.sub(r"^\s*(/\*| \*(?!/)|\*(?!/))?", "", line, count=1)
    return text.split("*/")[0], "*/" not in line


def examples(path):
    """Returns [(line number, section, code)] of a header, and its sections by their line."""
    found, sections = [], {}
    section, inside = "", False
    code, start, armed = [], 0, False  # armed: behind the mark.

    def finish():
        nonlocal code, armed
        if code:
            found.append((start, section, "\n".join(code).rstrip()))
        code, armed = [], False

    for number, line in enumerate(path.read_text().splitlines(), 1):
        if match := re.search(r"---- (.*?) -{4,}", line):
            finish()
            section = match[1]
            sections[section] = number
            continue
        text, inside = comment_text(line, inside)
        if text is None:
            finish()
        elif re.search(r"(^|\s)Example(, .*)?:\s*$", text):
            finish()
            armed, start = True, 0
        elif armed and re.match(r" {5}", text):
            start = start or number
            code.append(text[5:])
        elif armed and not text.strip():
            if code:
                code.append("")
        else:
            finish()
    finish()
    return found, sections


def compiles(names, function, path, found, command):
    """Returns the complaints of a compiler about the examples of one header."""
    name = path.relative_to(ROOT)
    bodies = [function % (number, number, name, code) for number, _, code in found]
    run = subprocess.run([*command, *STRICT, f"-I{ROOT / 'include'}", "-"],
                         input=names + "".join(bodies), capture_output=True, text=True,
                         check=False)
    return [run.stderr] if run.returncode else []


def missing(path, found, sections):
    """Returns a line for every part of a header that has no example."""
    name = path.relative_to(ROOT)
    shown = {section for _, section, _ in found}
    wrong = [f"{name}:{line}: the part '{section}' has no example"
             for section, line in sections.items()
             if section not in shown and section not in WITHOUT_EXAMPLE]
    return wrong if sections or found else [f"{name}:1: has no example"]


def main():
    cc, cxx = sys.argv[1:3] if len(sys.argv) > 2 else ("cc", "c++")
    wrong, count = [], 0
    for path in sorted(HEADERS.rglob("*.h*")):
        found, sections = examples(path)
        count += len(found)
        wrong += missing(path, found, sections)
        if path.suffix == ".h":
            wrong += compiles(C_NAMES, C_FUNCTION, path, found, [cc, "-x", "c", "-std=c99"])
        else:
            wrong += compiles(CPP_NAMES, CPP_FUNCTION, path, found,
                              [cxx, "-x", "c++", "-std=c++20"])
    for line in wrong:
        print(line)
    print(f"{count} examples")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
