#!/bin/sh
# selftest.sh - each lint can fail: plants one violation of every kind in a scratch copy of the tree and expects the
# lint to name the file it stands in. Two rooms and what is around them are tree enough.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

mkdir "$work/clean"
(cd "$root" && tar cf - .clang-format CMakeLists.txt CONTRIBUTING.md include native/base native/onnx native/nn/operator_table.c tests/support \
    tests/golden/onnx_operators.py examples/*.sh) |
    (cd "$work/clean" && tar xf -)

# expect LINT FILE WORDS: after the planting commands of standard input, run in a copy, LINT fails, and a line that it
# did not print before names FILE and holds WORDS
expect() {
    lint=$1 file=$2 words=$3
    rm -rf "$work/copy"
    cp -R "$work/clean" "$work/copy"
    (cd "$work/copy" && sh -eu -)
    if sh "$here/$lint.sh" "$work/copy" >"$work/after" 2>&1; then
        echo "$lint passed in spite of $file: $words"
        status=1
    elif ! grep -vxF -f "$work/$lint.before" "$work/after" | grep -F "$file" | grep -qF "$words"; then
        echo "$lint did not name $file: $words"
        status=1
    fi
}

for lint in includes names headers calls build operators text size; do
    sh "$here/lint_$lint.sh" "$work/clean" >"$work/lint_$lint.before" 2>&1 || true
done

expect lint_includes native/base/path.c 'base may not include onnx/onnx_model.h' <<'PLANT'
echo '#include "onnx/onnx_model.h"' >>native/base/path.c
PLANT
expect lint_includes native/base/CMakeLists.txt 'USES tensor, against the order' <<'PLANT'
printf 'fringe_room(base SOURCES path.c USES tensor)\n' >native/base/CMakeLists.txt
PLANT
expect lint_includes native/attic 'not in order_of_rooms' <<'PLANT'
mkdir native/attic
echo 'fringe_room(attic SOURCES attic.c USES base)' >native/attic/CMakeLists.txt
PLANT
expect lint_includes CONTRIBUTING.md 'onnx does not use tensor' <<'PLANT'
sed 's/^| `onnx` | base |/| `onnx` | base tensor |/' CONTRIBUTING.md >changed && mv changed CONTRIBUTING.md
PLANT
expect lint_includes CONTRIBUTING.md 'does not tell that onnx uses base' <<'PLANT'
sed 's/^| `onnx` | base |/| `onnx` |  |/' CONTRIBUTING.md >changed && mv changed CONTRIBUTING.md
PLANT
expect lint_includes CONTRIBUTING.md 'says nothing of native/onnx' <<'PLANT'
sed '/^| `onnx`/d' CONTRIBUTING.md >changed && mv changed CONTRIBUTING.md
PLANT
expect lint_includes native/onnx/planted.c 'operating system' <<'PLANT'
echo '#include <unistd.h>' >native/onnx/planted.c
PLANT
expect lint_includes native/onnx/planted.c 'belongs to native/io alone' <<'PLANT'
echo '#include <tiffio.h>' >native/onnx/planted.c
PLANT
expect lint_includes native/cli/planted.c 'cli may not include base/file.h' <<'PLANT'
mkdir -p native/cli
echo '#include "base/file.h"' >native/cli/planted.c
PLANT
expect lint_includes native/cli/planted.c 'operating system' <<'PLANT'
mkdir -p native/cli
echo '#include <unistd.h>' >native/cli/planted.c
PLANT

expect lint_names native/onnx/path.c 'the name stands also at' <<'PLANT'
touch native/onnx/path.c
PLANT
expect lint_names native/base/status.h 'bears the name of the public' <<'PLANT'
touch native/base/status.h
PLANT
expect lint_names native/base/path_util.c 'says nothing' <<'PLANT'
touch native/base/path_util.c
PLANT
expect lint_names native/base/path.c 'says nothing' <<'PLANT'
echo 'static int new_size;' >>native/base/path.c
PLANT

expect lint_headers native/base/planted.h 'does not begin with' <<'PLANT'
echo '#define PLANTED 1' >native/base/planted.h
PLANT
expect lint_headers include/fringe/status.h 'no comment above' <<'PLANT'
printf '\nFRINGE_API int fringe_status_planted(void);\n' >>include/fringe/status.h
PLANT
expect lint_headers include/fringe/planted.h 'has 1 lines' <<'PLANT'
printf '/* planted.h - short. */\n/* x */\nFRINGE_API int fringe_planted(void);\n' >include/fringe/planted.h
PLANT
expect lint_headers native/base/planted.h 'not static' <<'PLANT'
printf '/* planted.h - a definition. */\nint planted(void)\n{\n    return 1;\n}\n' >native/base/planted.h
PLANT

for code in 'printf("x")' 'fprintf(stderr, "x")' 'exit(1)' 'abort()' 'assert(1)' 'malloc(1)' 'strtod("1", 0)' 'atoi("1")' \
    'lgamma(1)' 'setlocale(0, "")' 'getenv("HOME")' 'snprintf(t, 9, "%d %.3f", 1, 2.0)' 'snprintf(t, 9, "%g", 2.0)'; do
    export code
    expect lint_calls native/onnx/planted.c "${code%%[(]*}(" <<'PLANT'
printf '%s\n' '/* exit( and "%g" in a comment are no calls */' 'void planted(char *t)' '{' "    $code;" '}' >native/onnx/planted.c
PLANT
done

expect lint_build native/base/planted.c 'does not stand in' <<'PLANT'
touch native/base/planted.c
PLANT
expect lint_build native/base/CMakeLists.txt 'march=native' <<'PLANT'
echo 'add_compile_options(-march=native)' >>native/base/CMakeLists.txt
PLANT
expect lint_build CMakeLists.txt 'is missing' <<'PLANT'
sed 's/-ffp-contract=off//' CMakeLists.txt >changed && mv changed CMakeLists.txt
PLANT

expect lint_operators native/nn/operator_table.c 'Planted is not in tests/golden' <<'PLANT'
printf '    {"Planted", VERSIONS(1), FAMILY(unary)},\n' >>native/nn/operator_table.c
PLANT
expect lint_operators tests/golden/onnx_operators.py 'ArgMin is not in native/nn' <<'PLANT'
sed '/{"ArgMin"/d' native/nn/operator_table.c >changed && mv changed native/nn/operator_table.c
PLANT

expect lint_text native/base/path.c 'clang-format' <<'PLANT'
printf 'int   x;\n' >>native/base/path.c
PLANT
expect lint_text native/base/path.c 'blanks at the end' <<'PLANT'
printf '/* x */ \n' >>native/base/path.c
PLANT
expect lint_text tests/planted.sh 'is not POSIX shell' <<'PLANT'
printf '#!/bin/sh\nif then\n' >tests/planted.sh
PLANT
expect lint_text tests/planted.sh 'is not for /bin/sh' <<'PLANT'
printf '#!/bin/bash\ntrue\n' >tests/planted.sh
PLANT
expect lint_text native/base/planted.md 'leads nowhere' <<'PLANT'
echo 'See [that](../absent.md) and [this](path.c).' >native/base/planted.md
PLANT

expect lint_size native/base/planted.bin 'more than 3072' <<'PLANT'
dd if=/dev/zero of=native/base/planted.bin bs=1024 count=3073 2>/dev/null
PLANT
expect lint_size tree 'more than 40960' <<'PLANT'
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do dd if=/dev/zero of=native/base/planted$i.bin bs=1024 count=3000 2>/dev/null; done
PLANT
exit $status
