#!/bin/sh
# lint_text.sh ROOT: clang-format's form for C, scripts that a POSIX shell can read, no blanks at line ends, and links in
# Markdown that lead to files of the tree.
set -eu
cd "$1"
status=0
find native include tests examples -name '*.[ch]' | sort | xargs clang-format --dry-run --Werror || status=1
find tests examples .ci -type f \( -name '*.sh' -o -path .ci/run \) | sort >"${TMPDIR:-/tmp}/scripts.$$"
while read -r script; do
    sh -n "$script" || { echo "$script: is not POSIX shell"; status=1; }
    if [ "$script" != .ci/run ] && [ "$(head -n 1 "$script" | cut -c 1-2)" = '#!' ] && ! head -n 1 "$script" | grep -qx '#!/bin/sh'; then
        echo "$script:1: is not for /bin/sh"
        status=1
    fi
done <"${TMPDIR:-/tmp}/scripts.$$"
rm "${TMPDIR:-/tmp}/scripts.$$"
find . \( -path ./.git -o -path ./build -o -path ./out -o -path ./tests/malformed \) -prune -o -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.awk' \
    -o -name '*.py' -o -name CMakeLists.txt -o -name '*.md' -o -name '*.yaml' -o -name '*.proto' \) -print | sort |
    xargs awk '
        /[ \t]$/ { print FILENAME ":" FNR ": blanks at the end of the line"; bad = 1 }
        /\r/ { print FILENAME ":" FNR ": carriage return"; bad = 1 }
        END { exit bad }' || status=1

for page in $(find . \( -path ./.git -o -path ./build -o -path ./out \) -prune -o -name '*.md' -print); do
    for target in $(grep -o '](\([^):]*\))' "$page" | sed 's/^](//; s/)$//'); do
        # Places within a page (behind #) are not looked up.
        [ -e "$(dirname "$page")/${target%%#*}" ] || { echo "$page: the link to $target leads nowhere"; status=1; }
    done
done
exit $status
