#!/bin/sh
# Trains this network from nothing: simulates micrographs, trains on them, then trains on with more of them and
# harder changes of light.
#   sh models/hrtem-particles/train.sh [FOLDER for the micrographs and the networks]
# FRINGE names the program, `fringe` otherwise. About two and a half hours on two cores; a run that was stopped goes on when it is
# called again. FOLDER/model is the package. Other processors round differently, and so end with other weights.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-${TMPDIR:-/tmp}/fringe-particles}
fringe=${FRINGE:-fringe}

# simulate FOLDER COUNT SEED
simulate() {
    test -f "$work/$1/truth.csv" ||
        "$fringe" simulate --preset hrtem-particles-training --count "$2" --seed "$3" --overwrite -o "$work/$1"
}

mkdir -p "$work"
cp "$here/first.yaml" "$here/recipe.yaml" "$work"
simulate train1 1600 2026
simulate train2 800 2027
simulate train3 4000 2028
simulate validation 80 4052
simulate validation2 120 4053
test -f "$work/first/rdf.yaml" || "$fringe" train "$work/first.yaml" -o "$work/first"
test -f "$work/model/rdf.yaml" || "$fringe" train "$work/recipe.yaml" -o "$work/model"
"$fringe" model test "$work/model"
