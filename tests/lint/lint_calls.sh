#!/bin/sh
# lint_calls.sh ROOT: what the library may not call. Nothing below cli/ prints or ends the process; memory comes from
# base/alloc.c; numbers become text and back in base/number.c, whatever the locale; the environment is base's;
# nothing keeps state that threads would share unseen.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
status=0

# forbid WHY PATTERN EXCEPTION...: no code line of native/ matches, but in the files that an exception matches
forbid() {
    why=$1 pattern=$2
    shift 2
    files=$(find native -name '*.[ch]' | sort)
    for exception in "$@"; do files=$(printf '%s\n' "$files" | grep -v "$exception"); done
    found=$(printf '%s\n' "$files" | xargs awk -v strings="$strings" -f "$here/code_only.awk" | grep -E "$pattern" || true)
    [ -z "$found" ] || { printf '%s\n' "$found" | sed "s|\$|   <- $why|"; status=1; }
}

before='(^|[^A-Za-z0-9_.>])'
strings=0
forbid "prints below cli/" "$before(printf|vprintf|puts|putchar|perror)\(|$before(stdout|stderr)([^A-Za-z0-9_]|\$)" ^native/cli/
forbid "ends the process" "$before(exit|_exit|_Exit|abort|quick_exit|assert)\(" ^native/cli/
forbid "memory is base/alloc.h's" "$before(malloc|calloc|realloc|aligned_alloc|posix_memalign|strdup|strndup|asprintf|vasprintf)\(" \
    ^native/base/alloc.c ^native/cli/ ^native/jni/
# The program itself runs under "C", since nobody sets a locale: cli/ may print and read numbers as C does.
forbid "reads a number under the locale" "$before(strtod|strtof|strtold|atof|atoi|atol|scanf|sscanf|fscanf)\(" \
    ^native/base/number.c ^native/cli/
forbid "changes the host's locale" "${before}setlocale\("
forbid "keeps what threads would share" "$before(lgamma|strtok|gmtime|localtime|asctime|ctime|rand|drand48)\("
forbid "the environment is base's" "$before(getenv|secure_getenv|setenv|putenv)\(" ^native/base/
strings=1
forbid "writes a number under the locale" '"[^"]*%[-+ #0-9.*]*l?[aAeEfFgG]' ^native/base/number.c ^native/cli/
exit $status
