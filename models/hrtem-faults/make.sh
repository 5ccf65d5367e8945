#!/bin/sh
# make.sh BUILD: everything that made this forest and its figures, from nothing but the program. BUILD is a build
# folder with tests (-DFRINGE_TESTS=ON); results go into BUILD/hrtem-faults. About 40 minutes on one core.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
fringe=$build/native/cli/fringe
faults=$build/tests/simulate/particle_faults
mkdir -p "$build/hrtem-faults"
cd "$build/hrtem-faults"
"$fringe" simulate "$here/train-particles.yaml" --seed 1001 --count 2400 -o train
"$fringe" simulate "$here/test-particles.yaml" --seed 2001 --count 900 -o test
"$faults" table train >train.csv
"$faults" table test >test.csv
"$fringe" segment --model "$here/../hrtem-particles" -o masks/test test/[0-9][0-9][0-9][0-9].tif
"$faults" table --masks masks test >test-predicted.csv
for recipe in recipe published; do
    cp "$here/$recipe.yaml" .
    "$fringe" train $recipe.yaml -o $recipe-forest
    for table in test.csv test-predicted.csv; do
        echo "== $recipe on $table"
        "$faults" rate $recipe-forest $table
    done
done
