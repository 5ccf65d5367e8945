#!/bin/sh
# scores.sh FRINGE RESULTS.csv ROOT DATA [print]: does each network find what results.csv says it finds?
#
# A row names a network, a micrograph, its truth, the micrograph's pixel size (0: its calibration), the pixel size to
# work at (0: the network's) and the Dice coefficient of mask and truth over all pixels, as `fringe evaluate` gives it.
# Paths that exist under ROOT (the repository) are taken from there, others from DATA, the folder of FRINGE_DATA; where
# that is absent its rows are skipped. A difference above 0.0006 fails: instruction paths differ in the last bits of a
# probability, and so in single pixels of a mask. Prints one test per row, as TAP without numbers; with `print` the
# table anew, for a change that is meant.
set -u
fringe=$1 results=$2 root=$3 data=$4 print=${5:-}

locate() {
    for folder in "$root" "$data"; do
        [ ! -e "$folder/$1" ] || { echo "$folder/$1" && return; }
    done
    return 1
}

# dice NETWORK MICROGRAPH TRUTH OWN WORKING: of the last class, the particles
dice() {
    set -- "$(locate "$1")" "$(locate "$2")" "$(locate "$3")" "$4" "$5"
    [ -n "$1" ] && [ -n "$2" ] && [ -n "$3" ] || return
    size= resample=
    [ "$4" = 0 ] || size=--pixel-size=$4
    [ "$5" = 0 ] || resample=--resample=$5
    # shellcheck disable=SC2086 # empty ones are to vanish
    "$fringe" evaluate --csv --repeats 1 --model "$1" --truth "${3%/*}" $size $resample "$2" 2>/dev/null |
        awk -F, '$2 == "pooled" && $4 != "mean" { dice = $5 } END { if (dice != "") printf "%.4f", dice }'
}

failures=0 tests=0
[ -z "$print" ] || head -n 1 "$results"
while IFS=, read -r network micrograph truth own working wanted; do
    [ "$network" != network ] || continue
    name=${network##*/}:$micrograph
    found=$(dice "$network" "$micrograph" "$truth" "$own" "$working")
    tests=$((tests + 1))
    if [ -n "$print" ]; then
        echo "$network,$micrograph,$truth,$own,$working,$found"
    elif [ -z "$found" ] && [ ! -d "$data" ]; then
        echo "ok - $name # SKIP FRINGE_DATA absent"
    elif awk -v found="$found" -v wanted="$wanted" \
        'BEGIN { exit !(found != "" && (found - wanted) ^ 2 <= 0.0006 ^ 2) }'; then
        echo "ok - $name"
    else
        echo "not ok - $name"
        echo "$name: Dice ${found:-none}, not $wanted" >&2
        failures=$((failures + 1))
    fi
done <"$results"
[ -n "$print" ] || echo "1..$tests"
[ "$failures" -eq 0 ]
