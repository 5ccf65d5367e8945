#!/bin/sh
# run.sh - the recipes of CONTRIBUTING.md, each a patch that is applied to a copy of the tree, built and tried.
#
#     sh tests/recipes/run.sh
#
# <recipe>.patch adds what the recipe adds; <recipe>.sh BUILD ROOT proves that it works. All patches go into one copy,
# so that it is built once; the copy stays, and only what changed is built again. The last line is `N passed,
# N failed, N skipped`.
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/build/recipes
passed=0 failed=0
fail() {
    echo "FAILED $1"
    failed=$((failed + 1))
}

rm -rf "$work/fresh"
mkdir -p "$work/fresh" "$work/tree"
(cd "$root" && tar cf - .clang-format CMakeLists.txt LICENSE include native models tests/CMakeLists.txt tests/unit \
    tests/support tests/fuzz tests/bench tests/regression) | (cd "$work/fresh" && tar xf -)
recipes=
for patch in "$here"/*.patch; do
    recipe=$(basename "$patch" .patch)
    if (cd "$work/fresh" && patch -p1 -s -f <"$patch"); then
        recipes="$recipes $recipe"
    else
        echo "the patch does not apply: bring $recipe.patch and CONTRIBUTING.md up to date"
        fail "$recipe"
    fi
done

# Only files that differ are renewed, so that the build repeats no work.
(cd "$work/fresh" && find . -type f) | while read -r file; do
    cmp -s "$work/fresh/$file" "$work/tree/$file" && continue
    mkdir -p "$work/tree/$(dirname "$file")"
    cp "$work/fresh/$file" "$work/tree/$file"
done
(cd "$work/tree" && find . -type f) | while read -r file; do
    [ -e "$work/fresh/$file" ] || rm "$work/tree/$file"
done

targets=fringe_program
for recipe in $recipes; do
    for test in $(sed -n 's|^+++ b/tests/unit/\(test_[a-z_0-9]*\)\.c.*|\1|p' "$here/$recipe.patch"); do targets="$targets $test"; done
done
if ! { cmake -S "$work/tree" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DFRINGE_TESTS=ON -DFRINGE_WERROR=ON \
    -DFRINGE_JAVA=OFF &&
    ninja -C "$work/build" $targets; } >"$work/build.log" 2>&1; then
    tail -n 30 "$work/build.log"
    fail "build of$recipes"
    recipes=
fi
for recipe in $recipes; do
    if sh "$here/$recipe.sh" "$work/build" "$root" >"$work/$recipe.log" 2>&1; then
        passed=$((passed + 1))
    else
        tail -n 30 "$work/$recipe.log"
        fail "$recipe"
    fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
