#!/usr/bin/env bash
# Prints {"MIB_IPFORWARDROW":{"size":56,"dwForwardDest":0,…},…} on stdout: sizes and offsets of mingw-w64's headers, without
# running a Windows program. Needs x86_64-w64-mingw32-gcc (Debian: gcc-mingw-w64-x86-64).
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
assembler=$(x86_64-w64-mingw32-gcc -S -O1 -Wall -Wextra -Werror -o - "$source_dir/layout.c")
awk '
  $1 == "#layout" {
    if ($2 != current) printf "%s\"%s\":{", (current == "" ? "{" : "},"), $2
    else printf ","
    current = $2
    printf "\"%s\":%d", $3, $4
    lines++
  }
  END {
    if (lines < 1) { print "layout.sh: no layout lines in the assembler output" > "/dev/stderr"; exit 1 }
    print "}}"
  }' <<<"$assembler"
