# Exit status 3, and nothing written.
. "$EXPECT"
cp "$INPUTS/odd.tif" .
expect 3 fringe segment --model nowhere odd.tif && says err "nowhere"
echo "no network" >broken.onnx
expect 3 fringe segment --model broken.onnx odd.tif && says err "broken.onnx"
mkdir empty
expect 3 fringe segment --model empty odd.tif && says err "empty"
expect 3 fringe model info nowhere
expect 3 fringe model test nowhere
expect 3 fringe model time nowhere --size 64
silent out
files odd.tif broken.onnx
