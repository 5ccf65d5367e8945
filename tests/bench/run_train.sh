#!/bin/sh
# run_train.sh BUILD PYTHON - a training step in Fringe and in PyTorch, nets A and B: the two take turns.
#
# BUILD holds the program bench_train, PYTHON is an interpreter with torch. THREADS (2), STEPS (5) and TURNS (3) may
# be set. The last line for each net is PyTorch's best over Fringe's best, and the same of processor time. Believe the
# ratios, not the times.
set -eu
: "${THREADS:=2}" "${STEPS:=5}" "${TURNS:=3}"
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
echo "batch of 4, 256 x 256, $THREADS threads"
for net in a b; do
    turn=0
    while [ $turn -lt "$TURNS" ]; do
        "$1/tests/bench/bench_train" "$net" "$THREADS" "$STEPS" | tee -a "$work/$net"
        "$2" "$here/time_pytorch.py" "$net" "$THREADS" "$STEPS" 2>/dev/null | tee -a "$work/$net"
        turn=$((turn + 1))
    done
    awk -v net="$net" '
        function after(word) { match($0, word " [0-9.]+"); return substr($0, RSTART + length(word) + 1, RLENGTH) + 0 }
        function least(old, value) { return old == 0 || value < old ? value : old }
        /^fringe/ { ours = least(ours, after("best")); our_cpu = least(our_cpu, after("time")) }
        /^PyTorch/ { theirs = least(theirs, after("best")); their_cpu = least(their_cpu, after("time")) }
        END { printf "net %s: PyTorch / Fringe %.2f, of processor time %.2f\n", net, theirs / ours, their_cpu / our_cpu }
    ' "$work/$net"
done
