#!/bin/sh
# readme_options.sh FRINGE ROOT: the README's table of options and `fringe segment --help` name the same options, the
# names beside them exist in the C headers, and the version to cite is the library's.
set -eu
fringe=$1 root=$2
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

sed -n 's/^| `\(--*[a-z-]*\)[^`]*` |.*/\1/p' "$root/README.md" | sort >"$work/readme"
"$fringe" segment --help | sed -n 's/^  \(--*[a-z-]*\) .*/\1/p' | sort >"$work/help"
test -s "$work/help"
comm -23 "$work/readme" "$work/help" | sed 's/^/in the README but not in --help: /'
comm -13 "$work/readme" "$work/help" | sed 's/^/in --help but not in the README: /'
cmp -s "$work/readme" "$work/help"

sed -n 's/^| `--*[a-z-]*[^`]*` | \([^|]*\) |.*/\1/p' "$root/README.md" | tr '`, ' '\n\n\n' | grep . >"$work/words"
while read -r word; do
    grep -qw "$word" "$root"/include/fringe/*.h || { echo "$word: named in the README, not in include/fringe"; exit 1; }
done <"$work/words"

version=$("$fringe" --version | sed -n '1s/fringe //p')
grep -q "version = {$version}" "$root/README.md" || { echo "README.md: cites another version than $version"; exit 1; }
