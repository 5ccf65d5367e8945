#!/bin/sh
# run.sh - Fringe against ONNX Runtime on the reference nets A and B, and on C with `all`.
#
#     sh tests/bench/run.sh [all]
#
# The two engines take turns, ROUNDS times RUNS runs each, so that what else the machine does falls on both alike:
# believe the ratios, not the times. ONNX Runtime comes from PyPI into an environment that is thrown away.
# THREADS (2), SIZE (512), ROUNDS (5), RUNS (5) and FRINGE (a program already built) may be set.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
build=$root/build/bench
: "${THREADS:=2}" "${SIZE:=512}" "${ROUNDS:=5}" "${RUNS:=5}"
nets="net-a net-b"
[ "${1:-}" != all ] || nets="$nets net-c"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sh "$root/examples/install-packages.sh" tests
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DFRINGE_TESTS=ON -DFRINGE_JAVA=OFF >"$work/build.log"
ninja -C "$build" fringe_program bench_network >>"$work/build.log" || { tail -n 30 "$work/build.log"; exit 1; }
: "${FRINGE:=$build/native/cli/fringe}"
bench=$build/tests/bench/bench_network
python3 -m venv "$work/python"
"$work/python/bin/pip" install --quiet onnxruntime numpy
"$bench" write "$work" >/dev/null

# The numbers of "median X ms best Y ms" lines: the median of the medians, the least of the bests.
summary() {
    sed 's/.*median \([0-9.]*\) ms best \([0-9.]*\) ms.*/\1 \2/' "$1" | sort -n |
        awk '{ median[NR] = $1; if (NR == 1 || $2 < best) best = $2 } END { print median[int((NR + 1) / 2)], best }'
}

echo "processor: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) of them"
echo "compiler: $(cc --version | head -n 1)"
"$FRINGE" --version | tr '\n' ',' | sed 's/,$/\n/'
echo "onnxruntime $("$work/python/bin/python" -c 'import onnxruntime; print(onnxruntime.__version__)')"
echo "command: THREADS=$THREADS SIZE=$SIZE ROUNDS=$ROUNDS RUNS=$RUNS sh tests/bench/run.sh ${1:-}"
echo
echo "| net, $SIZE x $SIZE, $THREADS threads | Fringe ms, median (best) | ONNX Runtime ms, median (best) | ratio of medians | cancel heard within ms |"
echo "|---|---|---|---|---|"
for net in $nets; do
    model=$work/$net.onnx
    round=0
    while [ $round -lt "$ROUNDS" ]; do
        "$FRINGE" model time "$model" --size "$SIZE" --threads "$THREADS" --runs "$RUNS" >>"$work/$net.ours" \
            2>"$work/said" || { cat "$work/said" >&2; exit 1; }
        "$work/python/bin/python" "$root/tests/bench/time_onnxruntime.py" "$model" "$SIZE" "$THREADS" "$RUNS" >>"$work/$net.theirs"
        round=$((round + 1))
    done
    wait_ms=$("$bench" cancel "$model" "$SIZE" "$THREADS" | sed 's/.* \([0-9.]*\) ms$/\1/')
    echo "$net $(summary "$work/$net.ours") $(summary "$work/$net.theirs") $wait_ms" |
        awk '{ printf "| %s | %.1f (%.1f) | %.1f (%.1f) | %.2f | %s |\n", $1, $2, $3, $4, $5, $2 / $4, $6 }'
done
