#!/bin/sh
# From a fresh clone to a report: installs what is missing, builds Fringe, and finds and measures the particles in the
# simulated micrographs beside this script.
#
#     sh examples/quickstart.sh
#
# May be called from any folder and as often as you like: what is there already is neither built nor computed again.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build/release
out=$root/out
log=$root/build/quickstart.log

sh "$root/examples/install-packages.sh"

echo "Building Fringe in $build ..."
mkdir -p "$root/build"
if ! { cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DFRINGE_JAVA=OFF && ninja -C "$build"; } >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    echo "The build failed; all of its output is in $log" >&2
    exit 1
fi

echo "Analysing the simulated micrographs of examples/micrographs; written are:"
FRINGE_MODELS=$root/models
export FRINGE_MODELS
set -- analyze --overwrite -o "$out" "$root/examples/micrographs"
"$build/native/cli/fringe" "$@" # names its outputs, one a line

echo "That was: fringe $*"
echo "Look first at $out/report.html; masks, tables and ROIs open in ImageJ with their pixel size."
