#!/bin/sh
# Builds Fringe three times and runs every test.
#
#     sh tests/run.sh [suite...]
#
# Suites, all by default: lint unit cli golden java malformed install recipes regression. The builds are
#     build/test-gcc      gcc, Release, -Werror
#     build/test-asan     clang, AddressSanitizer and UndefinedBehaviorSanitizer, -Werror, 16-lane kernels emulated
#     build/test-tsan     clang, ThreadSanitizer: the concurrency programs alone
# Missing Debian packages are installed first. Tests that need the data of FRINGE_DATA (default ../shared/data)
# are skipped by name where that folder is absent. The last line is `N passed, N failed, N skipped`; above it each
# skip stands with its reason and each failure with the end of its log. Exit status 0: nothing failed.
set -u

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
suites=${*:-lint unit cli golden java malformed install recipes regression}
sh examples/install-packages.sh tests || exit 1

: "${FRINGE_DATA:=$root/../shared/data}"
export FRINGE_DATA
unset FRINGE_CPU FRINGE_MODELS # of the caller's; tests set their own
gcc_build=$root/build/test-gcc
asan_build=$root/build/test-asan
tsan_build=$root/build/test-tsan
logs=$root/build/test-logs
results=$logs/results # a line for each test: passed|failed|skipped, name, reason or log, with tabs between
rm -rf "$logs"
mkdir -p "$logs"
: >"$results"
. "$root/tests/support/results.sh"

# wanted SUITE...: whether one of these was asked for
wanted() {
    for suite in "$@"; do
        case " $suites " in *" $suite "*) return 0 ;; esac
    done
    return 1
}

heading() {
    printf '\n== %s (%s s)\n' "$1" "$(($(date +%s) - started))"
}

# build NAME FOLDER CMAKE-OPTION...: a failure, and no test of that build, where it does not build
build() {
    heading "$1"
    build_name=$1
    shift
    check "$build_name" build_all "$@"
}

# Without Java, whose Maven may need the network.
build_all() {
    folder=$1
    shift
    cmake -S "$root" -B "$folder" -G Ninja -DFRINGE_TESTS=ON -DFRINGE_WERROR=ON -DFRINGE_JAVA=OFF "$@" && ninja -C "$folder"
}

# In the same folder, once all else is built and tested: Maven fetches what it lacks.
build_java() {
    cmake -S "$root" -B "$gcc_build" -DFRINGE_JAVA=ON && ninja -C "$gcc_build" fringe-plugin
}

# unit LABEL BUILD: every Criterion and every concurrency program of a build
unit() {
    for source in tests/unit/test_*.c; do
        criterion "$1" "$2/tests/unit/$(basename "$source" .c)"
    done
    concurrent "$1" "$2"
}

concurrent() {
    for source in tests/unit/concurrent_*.c; do
        plain "$1" "$2/tests/unit/$(basename "$source" .c)"
    done
}

# replay LABEL BUILD: each fuzz target over the malformed files of its reader, and over whole ones
replay() {
    for source in tests/fuzz/fuzz_*.c; do
        [ -e "$source" ] || continue
        target=$(basename "$source" .c)
        corpus=tests/malformed/${target#fuzz_}
        if [ -d "$corpus" ]; then
            plain "$1" "$2/tests/fuzz/$target" "$corpus"
        else
            failed "$1/$target" "there is no corpus $corpus"
        fi
    done
}

# golden LABEL BUILD: ONNX's own operator cases and one per earlier definition, each as a model to test
golden() {
    for archive in tests/golden/*.zip; do
        cases=$logs/cases/$(basename "$archive" .zip)
        if [ ! -d "$cases" ]; then
            mkdir -p "$cases"
            (cd "$cases" && cmake -E tar xf "$root/$archive")
        fi
        listed "$1/$(basename "$archive" .zip)" "$2/tests/support/model_cases" "$cases"/*
        listed "$1/$(basename "$archive" .zip), dense" "$2/tests/support/dense_cases" "$cases"/*
    done
}

# planted KIND PROGRAM WORDS: a program that is wrong on purpose must fail when run as KIND (criterion or plain), with
# these words in its log, lest it fail for another reason
planted() {
    kept=$results
    results=$logs/planted-results
    : >"$results"
    "$1" planted "$2" >/dev/null 2>&1
    outcomes=$(cut -f 1 "$results")
    results=$kept
    planted_log=$(log_of "planted/$(basename "$2")")
    case "$outcomes" in
    *failed*)
        if grep -q "$3" "$planted_log"; then
            passed "runner sees $(basename "$2")"
            return
        fi
        ;;
    esac
    echo "this program is wrong on purpose and did not fail with '$3'" >>"$planted_log"
    failed "runner sees $(basename "$2")" "$planted_log"
}

started=$(date +%s)
if wanted lint; then
    heading lint
    check lint/selftest sh tests/lint/selftest.sh
    for lint in tests/lint/lint_*.sh; do
        check "lint/$(basename "$lint" .sh)" sh "$lint" "$root"
    done
fi

if wanted unit cli golden java install regression && build build-gcc "$gcc_build" -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Release; then
    if wanted unit; then
        heading "unit tests, gcc"
        unit gcc "$gcc_build"
        planted criterion "$gcc_build/tests/support/planted_failure" 'is false'
        check "gcc/kernel symbols" sh tests/support/kernel_symbols.sh "$gcc_build"
        check "gcc/exported symbols" sh tests/support/exported_symbols.sh "$gcc_build/native/libfringe.so" include/fringe
    fi
    if wanted cli; then
        heading "command line"
        suite cli sh tests/cli/run.sh "$gcc_build/native/cli/fringe"
        check "cli/readme" sh tests/support/readme_options.sh "$gcc_build/native/cli/fringe" "$root"
    fi
    if wanted golden; then
        heading "golden cases, gcc"
        golden gcc "$gcc_build"
    fi
    if wanted install; then
        heading install
        check install sh tests/support/moved_install.sh "$gcc_build" "$root"
        check quickstart sh -c 'cd / && exec sh "$1"' sh "$root/examples/quickstart.sh"
    fi
    if wanted regression; then
        heading regression
        listed regression sh tests/regression/scores.sh "$gcc_build/native/cli/fringe" tests/regression/results.csv "$root" "$FRINGE_DATA"
    fi
    if wanted java; then
        heading "Java and ImageJ"
        check build-java build_java && suite java sh tests/java/run.sh "$gcc_build"
    fi
fi

if wanted unit cli golden malformed && build build-asan "$asan_build" -DCMAKE_C_COMPILER=clang \
    -DCMAKE_BUILD_TYPE=Release -DFRINGE_SANITIZE=address,undefined -DFRINGE_EMULATE_AVX512=ON; then
    if wanted unit; then
        heading "unit tests, sanitizers"
        unit asan "$asan_build"
        planted criterion "$asan_build/tests/support/planted_failure" 'is false'
        planted criterion "$asan_build/tests/support/planted_leak" 'LeakSanitizer: detected memory leaks'
        planted criterion "$asan_build/tests/support/planted_overflow" 'heap-buffer-overflow'
        planted criterion "$asan_build/tests/support/planted_undefined" 'signed integer overflow'
    fi
    if wanted cli; then
        heading "command line, sanitizers"
        # Those that touch every part of the program and stay quick.
        suite asan/cli sh tests/cli/run.sh "$asan_build/native/cli/fringe" info_json json_lines model_info model_test \
            names_beside_and_below own_outputs_are_no_inputs png_named_tif second_run_is_skipped stack_gives_stack \
            truncated_files
    fi
    if wanted golden; then
        heading "golden cases, sanitizers"
        golden asan "$asan_build"
    fi
    if wanted malformed; then
        heading "malformed files, sanitizers"
        replay asan "$asan_build"
    fi
fi

if wanted unit && build build-tsan "$tsan_build" -DCMAKE_C_COMPILER=clang \
    -DCMAKE_BUILD_TYPE=Release -DFRINGE_SANITIZE=thread; then
    heading "threads"
    concurrent tsan "$tsan_build"
    planted plain "$tsan_build/tests/support/planted_race" 'ThreadSanitizer: data race'
fi

if wanted recipes; then
    heading recipes
    suite recipes sh tests/recipes/run.sh
fi

summary
