#!/bin/sh
# run_forest.sh BUILD [PYTHON] - Fringe's random forest beside scikit-learn's: one run, the two take turns.
#
# BUILD holds the program bench_forest; PYTHON is an interpreter with scikit-learn: without it, one is fetched into a
# folder that is deleted again. ROWS (500000), FEATURES (80), TREES (20), THREADS (2), TURNS (2) and SEEDS (10) may be
# set. First speed, each turn with another seed; then accuracy over SEEDS tables of a tenth of the rows, each with its own
# forest, for histogram and exact splits. Times are seconds of processor time; believe the ratio.
set -eu
: "${ROWS:=500000}" "${FEATURES:=80}" "${TREES:=20}" "${THREADS:=2}" "${TURNS:=2}" "${SEEDS:=10}"
here=$(cd "$(dirname "$0")" && pwd)
bench=$1/tests/bench/bench_forest
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
if [ $# -gt 1 ]; then
    python=$2
else
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet 'scikit-learn==1.9.*'
    python=$work/venv/bin/python
fi
sklearn() { "$python" "$here/time_sklearn.py" "$@"; }

echo "$ROWS x $FEATURES, 3 classes, $TREES trees, $THREADS threads; predicts $((ROWS / 5)) rows"
sklearn make "$work/train.npy" "$work/test.npy" "$ROWS" "$FEATURES" 1
for turn in $(seq "$TURNS"); do
    "$bench" "$work/train.npy" "$work/test.npy" "$TREES" "$THREADS" "$turn"
    sklearn time "$work/train.npy" "$work/test.npy" "$TREES" "$THREADS" "$turn"
done | tee "$work/times"
awk '{ fit[$1] += $3; predict[$1] += $7 }
    END { printf "scikit-learn takes %.1f times as long to fit, %.1f to predict\n", fit["sklearn:"] / fit["fringe:"],
        predict["sklearn:"] / predict["fringe:"] }' "$work/times"

for seed in $(seq "$SEEDS"); do
    sklearn make "$work/train.npy" "$work/test.npy" $((ROWS / 10)) "$FEATURES" "$seed"
    "$bench" "$work/train.npy" "$work/test.npy" "$TREES" "$THREADS" "$seed"
    "$bench" "$work/train.npy" "$work/test.npy" "$TREES" "$THREADS" "$seed" exact | sed 's/fringe/exact/'
    sklearn time "$work/train.npy" "$work/test.npy" "$TREES" "$THREADS" "$seed"
done >"$work/scores"
awk '{ n[$1]++; sum[$1] += $NF; value[$1, n[$1]] = $NF }
    END { for (who in n) {
        squares = 0
        mean = (sum[who] - sum["sklearn:"]) / n[who]
        for (i = 1; i <= n[who]; i++) squares += (value[who, i] - value["sklearn:", i] - mean) ^ 2
        error = n[who] > 1 ? sqrt(squares / (n[who] - 1) / n[who]) : 0
        printf "%s mean accuracy %.5f over %d seeds, minus scikit-learn %+.5f, standard error %.5f\n", who,
            sum[who] / n[who], n[who], mean, error } }' "$work/scores"
