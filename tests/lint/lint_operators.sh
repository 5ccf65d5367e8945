#!/bin/sh
# lint_operators.sh ROOT: the operators of the engine are those that golden cases are made for.
set -eu
cd "$1"
table=native/nn/operator_table.c cases=tests/golden/onnx_operators.py
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed -n 's/^ *{"\([A-Za-z0-9]*\)", VERSIONS(.*/\1/p' $table | sort >"$work/table"
sed -n '/^GROUPS = {/,/^}/s/^ *\("[a-z ]*": *\)\{0,1\}"\([A-Za-z0-9 ]*\)",\{0,1\}$/\2/p' $cases | tr ' ' '\n' | grep . | sort >"$work/cases"
status=0
for name in $(comm -23 "$work/table" "$work/cases"); do
    echo "$table: $name is not in $cases"
    status=1
done
for name in $(comm -13 "$work/table" "$work/cases"); do
    echo "$cases: $name is not in $table"
    status=1
done
[ -s "$work/table" ] || { echo "$table: no operators are found"; status=1; }
exit $status
