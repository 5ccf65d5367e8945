#!/bin/sh
# From nothing to a network of one's own: environment, training, export, package, Dice tables; and examples/micrographs.
#   sh examples/bring-your-own-network/run.sh [FOLDER for the environment, the checkpoint and the package]
# About 40 minutes on one core and a half. The seeds are fixed; other package versions or processors round differently.
# Real panels are reported on where FRINGE_DATA names a folder with hrtem/ and models/hrtem/.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${1:-${TMPDIR:-/tmp}/fringe-network}

mkdir -p "$work"
work=$(cd "$work" && pwd)
test -x "$work/venv/bin/python" || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet -r "$here/requirements.txt"
python=$work/venv/bin/python
export PYTHONDONTWRITEBYTECODE=1
mkdir -p "$work/lattice-fringes"
network=$work/lattice-fringes/lattice-fringes.onnx

cd "$here"
"$python" train.py --out "$work/checkpoint"
"$python" train.py --out "$work/checkpoint" --export "$network"
"$python" package.py "$network"
"$python" sample_micrographs.py "$root/examples/micrographs"
"$python" evaluate.py simulated "$network"
if test -d "${FRINGE_DATA:-}/hrtem"; then
    "$python" evaluate.py panels "$FRINGE_DATA/hrtem" "$network" "$FRINGE_DATA"/models/hrtem/*.onnx
else
    echo "not run: Dice on real panels (FRINGE_DATA absent)"
fi
