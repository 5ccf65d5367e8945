#!/bin/sh
# run.sh FRINGE [name...]: the tests of the command line, all or those named.
#
# A test is a script cases/<name>.sh. It runs in an empty folder of its own under `sh -eu`, with fringe on its path
# and these variables: INPUTS (small micrographs of ours), EXAMPLES (examples/micrographs), MODEL (the model that
# ships), ROOT (of the tree), EXPECT (to be sourced). Beside it may lie
#     <name>.stdout.glob, <name>.stderr.glob   what it prints: a shell pattern for each line; the line `...` stands for
#                                              any number of lines; without the file anything may be printed
#     <name>.exit                              its exit status, 0 without the file
# Status 77 skips the test, its last line on standard error being the reason. Prints a line for each test and, last,
# `N passed, N failed, N skipped`. FRINGE_KEEP=1 keeps the folders of failed tests and names them.
set -u

here=$(cd "$(dirname "$0")" && pwd)
fringe=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
root=$(cd "$here/../.." && pwd)
INPUTS=$here/inputs EXAMPLES=$root/examples/micrographs MODEL=$root/models/hrtem-particles
EXPECT=$here/expect.sh ROOT=$root
export INPUTS EXAMPLES MODEL EXPECT ROOT
unset FRINGE_CPU FRINGE_MODELS
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$fringe" "$work/bin/fringe"
PATH=$work/bin:$PATH
export PATH
passed=0 failed=0 skipped=0

# compare GLOB FILE: every line of FILE matches its line of GLOB
compare() {
    anything=0
    exec 3<"$1" 4<"$2"
    while IFS= read -r pattern <&3; do
        if [ "$pattern" = ... ]; then
            anything=1
            continue
        fi
        while :; do
            if ! IFS= read -r line <&4; then
                echo "no line like: $pattern"
                return 1
            fi
            # The pattern is meant to be one.
            # shellcheck disable=SC2254
            case $line in
            $pattern) break ;;
            esac
            if [ $anything = 0 ]; then
                echo "expected: $pattern"
                echo "     got: $line"
                return 1
            fi
        done
        anything=0
    done
    if [ $anything = 0 ] && IFS= read -r line <&4; then
        echo "unexpected: $line"
        return 1
    fi
    return 0
}

# judge NAME STATUS: prints why the test failed, nothing when it passed
judge() {
    expected=0
    [ ! -f "$here/cases/$1.exit" ] || expected=$(cat "$here/cases/$1.exit")
    [ "$2" = "$expected" ] || echo "exit status $2, not $expected"
    for stream in stdout stderr; do
        glob=$here/cases/$1.$stream.glob
        if [ -f "$glob" ] && ! why=$(compare "$glob" "$work/$stream"); then
            printf '%s: %s\n' "$stream" "$why"
        fi
    done
}

[ $# -gt 0 ] || set -- $(cd "$here/cases" && ls | sed -n 's/\.sh$//p')
for name; do
    folder=$work/$name
    mkdir "$folder"
    (cd "$folder" && exec sh -eu "$here/cases/$name.sh") >"$work/stdout" 2>"$work/stderr" </dev/null
    status=$?
    if [ $status = 77 ]; then
        skipped=$((skipped + 1))
        echo "skipped $name: $(tail -n 1 "$work/stderr")"
        continue
    fi
    why=$(judge "$name" "$status")
    if [ -z "$why" ]; then
        passed=$((passed + 1))
        echo "ok $name"
    else
        failed=$((failed + 1))
        echo "FAILED $name ($(echo "$why" | head -n 1))"
        echo "$why" | sed 's/^/    /'
        tail -n 5 "$work/stderr" | sed 's/^/    stderr: /'
        if [ -n "${FRINGE_KEEP:-}" ]; then
            cp -r "$folder" "${TMPDIR:-/tmp}/fringe-failed-$name" && echo "    kept as ${TMPDIR:-/tmp}/fringe-failed-$name"
        fi
    fi
    rm -rf "$folder"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ] && [ $passed != 0 ]
