#!/bin/sh
# run.sh - Fringe against OpenVINO and ONNX Runtime on the reference nets A and B, on C with `all`, or on given models.
#
#     sh tests/bench/run.sh [all | MODEL.onnx...]
#
# The engines take turns, ROUNDS times RUNS runs each, so that what else the machine does falls on all alike: believe
# the ratios, not the times. The competitors come from PyPI into an environment that is thrown away.
# THREADS (2), SIZE (512), ROUNDS (5), RUNS (5) and FRINGE (a program already built) may be set.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
build=$root/build/bench
: "${THREADS:=2}" "${SIZE:=512}" "${ROUNDS:=5}" "${RUNS:=5}"
words=$*
work=$(mktemp -d)
case "${1:-}" in
*.onnx) models=$words ;;
all) models="$work/net-a.onnx $work/net-b.onnx $work/net-c.onnx" ;;
*) models="$work/net-a.onnx $work/net-b.onnx" ;;
esac
trap 'rm -rf "$work"' EXIT

sh "$root/examples/install-packages.sh" tests
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DFRINGE_TESTS=ON -DFRINGE_JAVA=OFF >"$work/build.log"
ninja -C "$build" fringe_program bench_network >>"$work/build.log" || { tail -n 30 "$work/build.log"; exit 1; }
: "${FRINGE:=$build/native/cli/fringe}"
bench=$build/tests/bench/bench_network
python3 -m venv "$work/python"
"$work/python/bin/pip" install --quiet onnxruntime openvino numpy
"$bench" write "$work" >/dev/null

# The numbers of "median X ms best Y ms" lines: the median of the medians, the least of the bests.
summary() {
    sed 's/.*median \([0-9.]*\) ms best \([0-9.]*\) ms.*/\1 \2/' "$1" | sort -n |
        awk '{ median[NR] = $1; if (NR == 1 || $2 < best) best = $2 } END { print median[int((NR + 1) / 2)], best }'
}

echo "processor: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) of them"
echo "compiler: $(cc --version | head -n 1)"
"$FRINGE" --version | tr '\n' ',' | sed 's/,$/\n/'
"$work/python/bin/python" -c 'import onnxruntime, openvino
print("openvino", openvino.__version__.split("-")[0], "in float32, onnxruntime", onnxruntime.__version__)'
echo "command: THREADS=$THREADS SIZE=$SIZE ROUNDS=$ROUNDS RUNS=$RUNS sh tests/bench/run.sh $words"
echo
echo "Milliseconds, median (best), and how many times longer the others' medians are:"
echo
echo "| net, $SIZE x $SIZE, $THREADS threads | Fringe | OpenVINO | ratio | ONNX Runtime | ratio | cancel heard within |"
echo "|---|---|---|---|---|---|---|"
for model in $models; do
    net=$(basename "$model" .onnx)
    round=0
    while [ $round -lt "$ROUNDS" ]; do
        "$FRINGE" model time "$model" --size "$SIZE" --threads "$THREADS" --runs "$RUNS" >>"$work/$net.fringe" \
            2>"$work/said" || { cat "$work/said" >&2; exit 1; }
        for engine in openvino onnxruntime; do
            "$work/python/bin/python" "$root/tests/bench/time_$engine.py" "$model" "$SIZE" "$THREADS" "$RUNS" \
                >>"$work/$net.$engine"
        done
        round=$((round + 1))
    done
    wait_ms=$("$bench" cancel "$model" "$SIZE" "$THREADS" | sed 's/.* \([0-9.]*\) ms$/\1/')
    echo "$net $(summary "$work/$net.fringe") $(summary "$work/$net.openvino") $(summary "$work/$net.onnxruntime") $wait_ms" |
        awk '{ printf "| %s | %.1f (%.1f) | %.1f (%.1f) | %.2f | %.1f (%.1f) | %.2f | %s |\n",
               $1, $2, $3, $4, $5, $4 / $2, $6, $7, $6 / $2, $8 }'
done
