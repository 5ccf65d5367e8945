#!/bin/sh
# lint_build.sh ROOT: every source stands in its room's list, and no flag makes the result depend on the machine that
# builds or on the compiler's freedom with sums.
set -eu
cd "$1"
status=0
for source in native/*/*.c; do
    list=$(dirname "$source")/CMakeLists.txt
    if ! sed 's/#.*//' "$list" 2>/dev/null | tr ' ()' '\n\n\n' | grep -qx "$(basename "$source")"; then
        echo "$source: does not stand in $list"
        status=1
    fi
done
if grep -rnE -e '-march=native|-mtune=native|-ffast-math|-Ofast|-ffp-contract=fast|-funsafe-math' \
    --include=CMakeLists.txt --include='*.cmake' --include='*.[ch]' CMakeLists.txt native tests examples; then
    echo "   <- a flag that makes results depend on the building machine or compiler"
    status=1
fi
grep -q -e '-ffp-contract=off' CMakeLists.txt || { echo "CMakeLists.txt: -ffp-contract=off is missing"; status=1; }
exit $status
