# The recipes of examples/phases are what their data need: each is trained for one step.
. "$EXPECT"
data=${FRINGE_DATA:-$ROOT/../shared/data}
if [ ! -d "$data/stem-phases" ] || [ ! -d "$data/xct" ]; then
    echo "not run: FRINGE_DATA absent" >&2
    exit 77
fi
ln -s "$(cd "$data" && pwd)" data
for recipe in "$ROOT"/examples/phases/*.yaml; do
    sed 's/^  epochs: .*/  epochs: 1/; s/^  steps_per_epoch: .*/  steps_per_epoch: 1/; s/^  batch: .*/  batch: 1/
        s/^  crop_px: .*/  crop_px: 64/' "$recipe" >"$(basename "$recipe")"
done
expect 0 fringe train stem-phases.yaml -o stem
expect 0 fringe model info stem
says out 'pore, alumina, platinum'
expect 0 fringe train stem-phases-refined.yaml --from stem -o refined
for kind in unet segnet; do
    expect 0 fringe train xct-$kind.yaml -o $kind
    expect 0 fringe train xct-$kind-slice.yaml --from $kind -o $kind-transferred
    expect 0 fringe train xct-$kind-slice.yaml -o $kind-from-scratch
done
expect 0 fringe evaluate --model unet-transferred --model segnet-from-scratch --baseline otsu --csv data/xct/546.tif
says out '^otsu,pooled,,active material,'
