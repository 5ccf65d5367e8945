# A bare .onnx says nothing of preparation: what was assumed stands in the provenance of every image, and nowhere
# once the command line has decided it.
. "$EXPECT"
cp "$INPUTS/odd.tif" .
bare=$(ls "$MODEL"/*.onnx)
expect 0 fringe segment --model "$bare" odd.tif && says err "odd.tif: .*says nothing of preparation"
says odd-fringe.json '"normalization: .*mean 0 and standard deviation 1' '"normalize": "model"'
expect 0 fringe segment --model "$bare" --normalize minmax --overwrite odd.tif
silence=$(grep -c "nothing of preparation" err odd-fringe.json || true)
[ "$silence" = "$(printf 'err:0\nodd-fringe.json:0')" ] || fail "$silence"
