#!/bin/sh
# Simulates a few micrographs, trains a small network on them, tests the package that comes out, and scores it on
# micrographs that it has not seen. Takes seconds; the network is too small to be of use.
#
#     sh run.sh [FOLDER]            writes below FOLDER (trained-network)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-trained-network}

fringe train "$here/recipe.yaml" -o "$folder/model"
fringe model test "$folder/model"
fringe simulate --preset hrtem-small --count 3 --seed 99 --overwrite -o "$folder/unseen"
fringe evaluate --model "$folder/model" --baseline otsu,local-variance "$folder/unseen"
