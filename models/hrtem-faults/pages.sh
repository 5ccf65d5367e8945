#!/bin/sh
# pages.sh BUILD FOLDER: how the forest does on the CdTe pages in FOLDER, which are not part of Fringe. BUILD as make.sh has it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
faults=$1/tests/simulate/particle_faults
table=$(mktemp)
trap 'rm -f "$table"' EXIT
"$faults" pages "stacking fault=$2/SF1.tif" "twin=$2/Twin_Bound.tif" "no fault seen=$2/Bulk.tif" "no fault seen=$2/LC.tif" \
    "no fault seen=$2/Vacancy_CdTe.tif" "no fault seen=$2/interstitial.tif" >"$table"
"$faults" rate "$here" "$table"
