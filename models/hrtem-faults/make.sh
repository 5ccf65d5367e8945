#!/bin/sh
# make.sh BUILD: everything that made this forest and its figures, from nothing but the program. BUILD is a build
# folder with tests (-DFRINGE_TESTS=ON); results go into BUILD/hrtem-faults. About two hours on one core, by its parts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
fringe=$build/native/cli/fringe
faults=$build/tests/simulate/particle_faults
mkdir -p "$build/hrtem-faults"
cd "$build/hrtem-faults"
"$fringe" simulate "$here/train-particles.yaml" --seed 1001 --count 2400 -o train
"$fringe" simulate "$here/train-particles.yaml" --seed 1003 --count 2400 -o again
"$fringe" simulate "$here/more-particles.yaml" --seed 1004 --count 2400 -o more
"$fringe" simulate "$here/wide-particles.yaml" --seed 1002 --count 1000 -o wide
# The first of the micrographs that the particle network learned from.
"$fringe" simulate --preset hrtem-particles-training --seed 2028 --count 2400 -o various
"$fringe" simulate "$here/test-particles.yaml" --seed 2001 --count 900 -o choice
"$fringe" simulate "$here/test-particles.yaml" --seed 2002 --count 900 -o test
for folder in train again more wide various choice test; do "$faults" table $folder >$folder-particles.csv; done
mv choice-particles.csv choice.csv
mv test-particles.csv test.csv
# Of all but train the materials that are not tested, and of their particles without resolved lattice one in four: with
# all of those the forest would say "cannot be decided" too often.
{
    cat train-particles.csv
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
        FNR > 1 && $column["material"] ~ /^(Au|Cu|Pd|Ni|CdTe|CdSe)$/ &&
            ($column["resolved"] == 1 || others++ % 4 == 0)' \
        again-particles.csv more-particles.csv wide-particles.csv various-particles.csv
} >train.csv
"$fringe" segment --model "$here/../hrtem-particles" -o masks/test test/[0-9][0-9][0-9][0-9].tif
"$faults" table --masks masks test >test-predicted.csv
for recipe in recipe published; do
    cp "$here/$recipe.yaml" .
    "$fringe" train $recipe.yaml -o $recipe-forest
    for table in choice.csv test.csv test-predicted.csv; do
        echo "== $recipe on $table"
        "$faults" rate $recipe-forest $table
    done
done
