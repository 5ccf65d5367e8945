#!/bin/sh
# lint_size.sh ROOT: no file above 3 MB, the whole tree below 40 MB, and a clone's history below 60 MB.
set -eu
cd "$1"
status=0
largest_kb=3072 tree_kb=40960 clone_kb=61440

if git rev-parse --git-dir >/dev/null 2>&1; then
    files() { git ls-files -z | xargs -0 ls -d 2>/dev/null; }
    packed=$(git count-objects -v | awk '/^size(-pack)?:/ { kb += $2 } END { print kb }')
    if [ "$packed" -gt "$clone_kb" ]; then
        echo "history: $packed kB, more than $clone_kb"
        status=1
    fi
else
    files() { find . -path ./build -prune -o -path ./out -prune -o -type f -print; }
fi
files | tr '\n' '\0' | xargs -0 du -k --apparent-size | awk -v largest="$largest_kb" -v tree="$tree_kb" '
    $1 > largest { print $2 ": " $1 " kB, more than " largest; bad = 1 }
    { total += $1 }
    END { if (total > tree) { print "tree: " total " kB, more than " tree; bad = 1 }; exit bad }' || status=1
exit $status
