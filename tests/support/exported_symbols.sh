#!/bin/sh
# exported_symbols.sh LIBRARY HEADER-FOLDER: the shared library shows every function of the public headers and
# nothing else.
set -eu
library=$1 headers=$2
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
nm -D --defined-only "$library" | awk '{ print $NF }' | sort >"$work/exported"
sed -n 's/^FRINGE_API .*[ *]\(fringe_[a-z0-9_]*\)(.*/\1/p' "$headers"/*.h | sort >"$work/declared"
test -s "$work/declared"
comm -23 "$work/exported" "$work/declared" | sed 's/^/exported but in no public header: /'
comm -13 "$work/exported" "$work/declared" | sed 's/^/in a public header but not exported: /'
cmp -s "$work/exported" "$work/declared"
