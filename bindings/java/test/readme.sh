#!/usr/bin/env bash
# The quickstart in the README is the program that is tested, word for word.
#   readme.sh README.md Quickstart.java
set -euo pipefail
text=$(awk '$0 == "```java" { inside = 1; next }
            inside && /^```$/ { exit }
            inside { print }' "$1")
diff -u "$2" - <<<"$text"
