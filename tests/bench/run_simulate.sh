#!/bin/sh
# run_simulate.sh BUILD PYTHON - Fringe's simulation against abTEM's, the same atoms: the two take turns.
#
# BUILD holds the program bench_simulate, PYTHON is an interpreter with abtem and pyfftw. THREADS (2), ROUNDS (3) and
# TURNS (3) may be set. Believe the ratio, not the times.
set -eu
: "${THREADS:=2}" "${ROUNDS:=3}" "${TURNS:=3}"
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
"$1/tests/bench/bench_simulate" write "$work/atoms"
echo "$(wc -l <"$work/atoms") atoms, 512 x 512, 42 slices, 8 phonons, $THREADS threads"
turn=0
while [ $turn -lt "$TURNS" ]; do
    "$1/tests/bench/bench_simulate" time "$THREADS" "$ROUNDS"
    OMP_NUM_THREADS=1 "$2" "$here/time_abtem.py" "$work/atoms" "$THREADS" "$ROUNDS" 2>/dev/null
    turn=$((turn + 1))
done
