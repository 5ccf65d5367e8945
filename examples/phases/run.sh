#!/bin/sh
# Trains networks on phases of third-party images, which are not in this project, and scores them.
#
#     FRINGE_DATA=FOLDER sh run.sh stem-phases|xct [OUTPUT]
#
# FRINGE_DATA (../shared/data) holds the folders stem-phases and xct. What is made goes below OUTPUT (phases). A run that
# was stopped goes on where it was.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=$(cd "${FRINGE_DATA:-../shared/data}" && pwd)
output=${2:-phases}
mkdir -p "$output"
ln -sfn "$data" "$output/data" # recipes name their images from their own folder on
cp "$here"/*.yaml "$output/"
cd "$output"

# trained FOLDER RECIPE [OPTION...]: a model that is finished is kept
trained() {
    folder=$1
    shift
    [ -e "$folder/rdf.yaml" ] || fringe train "$@" -o "$folder"
    fringe model test "$folder"
}

case ${1:-} in
stem-phases)
    trained stem-phases-model stem-phases.yaml
    trained stem-phases-refined stem-phases-refined.yaml --from stem-phases-model
    fringe evaluate --model stem-phases-model --model stem-phases-refined --baseline otsu,kmeans data/stem-phases/val
    ;;
xct)
    for kind in unet segnet; do
        trained xct-$kind xct-$kind.yaml
        trained xct-$kind-transferred xct-$kind-slice.yaml --from xct-$kind
        trained xct-$kind-from-scratch xct-$kind-slice.yaml
    done
    fringe evaluate --model xct-unet --model xct-unet-transferred --model xct-unet-from-scratch \
        --model xct-segnet --model xct-segnet-transferred --model xct-segnet-from-scratch \
        --baseline otsu,kmeans,threshold --csv data/xct/470.tif data/xct/546.tif >xct.csv
    awk -F, '$2 == "pooled" && $4 == "active material" { printf "%-26s IoU of the active material %.4f\n", $1, $6 }' xct.csv
    ;;
*)
    echo "usage: sh run.sh stem-phases|xct [OUTPUT]" >&2
    exit 2
    ;;
esac
